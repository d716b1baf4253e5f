"""Encryption at rest: the key, and the small files of ours that are not DuckDB's.

The key is read at the edge (``read_key``) and lent to the process (``using_key``); no stage asks the environment.
Databases and Parquet files are encrypted behind the door to DuckDB (``pipelines.ground.warehouse``), the small files
that hold member data (recorded decisions, samples, the cases of the history) here. Without a key nothing changes
(decision 0094).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pipelines.ground.errors import KeyFaultError
from pipelines.ground.files import OTHERS_MASK, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


KEY_VARIABLE = "STIMAUDIT_KEY"
KEY_FILE_VARIABLE = f"{KEY_VARIABLE}_FILE"
OLD_KEY_VARIABLE = "STIMAUDIT_OLD_KEY"
KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_KEY_FILE = 4096
ENCRYPTED_MARK = b"stimaudit sealed 1\n"
"""How an encrypted file of ours begins. The bytes are those of the first version, so that its files can be opened."""


class Key:
    """A secret of 256 bits, as the base64 text that an operator keeps. It does not show itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Takes the base64 of 32 bytes; raises ``ValueError``, which quotes nothing, for anything else."""
        try:
            is_whole = len(base64.b64decode(text, validate=True)) == KEY_BYTES
        except (binascii.Error, ValueError):
            is_whole = False
        if not is_whole:
            message = f"a key is the base64 of {KEY_BYTES} bytes"
            raise ValueError(message) from None
        self._text = text

    def __repr__(self) -> str:
        return "Key(not shown)"

    def __reduce__(self) -> NoReturn:
        message = "a key is not written down"
        raise TypeError(message)

    def reveal(self) -> str:
        """The key's text, for the statement that hands it to DuckDB and for nothing else."""
        return self._text

    def derived(self, purpose: str) -> bytes:
        """A key of 256 bits for one purpose, from which this one cannot be told."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(base64.b64decode(self._text))


class _Holder:
    """What the process works with: one key, or none. A thread of a scheduler sees the same."""

    key: Key | None = None


@contextmanager
def using_key(key: Key | None) -> Iterator[None]:
    """Everything inside reads and writes with ``key``, in all threads of the process; none: in the clear."""
    before, _Holder.key = _Holder.key, key
    try:
        yield
    finally:
        _Holder.key = before


def key_in_use() -> Key | None:
    """The key that the process works with."""
    return _Holder.key


def read_key(environment: Mapping[str, str], *, variable: str = KEY_VARIABLE) -> Key | None:
    """The key that the environment holds in ``variable``, or in the file that ``<variable>_FILE`` names; none: neither.

    Raises ``KeyFaultError`` where both are set, where the file cannot be read or is open to others, and where the text
    is no key. The text is never part of the message.
    """
    file_variable = f"{variable}_FILE"
    if variable in environment and file_variable in environment:
        message = f"Both {variable} and {file_variable} are set, so two keys are given. Unset one."
        raise KeyFaultError(message)
    if file_variable in environment:
        path = Path(environment[file_variable])
        source, text = f"The file {path} that {file_variable} names", _text_of(path)
    elif variable in environment:
        source, text = f"The variable {variable}", environment[variable]
    else:
        return None
    try:
        return Key(text.strip())
    except ValueError:
        message = (
            f"{source} does not hold a key: expected the base64 of {KEY_BYTES} random bytes, 44 characters; make one "
            "with `openssl rand -base64 32`."
        )
        raise KeyFaultError(message) from None


def _text_of(path: Path) -> str:
    try:
        rights = stat.S_IMODE(path.stat().st_mode)
        read = read_file(path, most=LONGEST_KEY_FILE)
    except OSError as error:
        message = (
            f"The key file {path} cannot be read ({error.strerror}). Name one that the account of the audit may read."
        )
        raise KeyFaultError(message) from None
    if rights & OTHERS_MASK:
        message = (
            f"The key file {path} is open to others (mode {rights:o}), so the key may be known to them. "
            "Take the rights away with `chmod 600`, and consider a new key."
        )
        raise KeyFaultError(message)
    return read.decode("ascii", "replace")


def protect(content: bytes) -> bytes:
    """``content`` as a file of ours keeps it: encrypted with the key in use, or as it is where there is none."""
    key = _Holder.key
    if key is None:
        return content
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return ENCRYPTED_MARK + nonce + AESGCM(key.derived("stimaudit files")).encrypt(nonce, content, ENCRYPTED_MARK)


def plain(content: bytes, path: Path) -> bytes:
    """What ``protect`` was given; ``path`` is where ``content`` was read, for the message.

    Raises ``KeyFaultError`` where the key in use is missing, is another one, or is used on a file in the clear.
    """
    key = _Holder.key
    check_key_state(path, is_encrypted=content.startswith(ENCRYPTED_MARK))
    if key is None:
        return content
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    kept = content.removeprefix(ENCRYPTED_MARK)
    try:
        return AESGCM(key.derived("stimaudit files")).decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], ENCRYPTED_MARK)
    except (InvalidTag, ValueError):
        raise wrong_key(path) from None


def content_digest(content: bytes) -> str:
    """The SHA-256 of ``content`` in hexadecimal; with a key in use one that nobody without the key can compare."""
    key = _Holder.key
    if key is None:
        return hashlib.sha256(content).hexdigest()
    return hmac.new(key.derived("stimaudit digests"), content, hashlib.sha256).hexdigest()


def check_key_state(path: Path, *, is_encrypted: bool) -> None:
    """Nothing where a file and the key in use go together; ``KeyFaultError`` where only one of the two is there."""
    if is_encrypted and _Holder.key is None:
        raise missing_key(path)
    if not is_encrypted and _Holder.key is not None:
        raise needless_key(path)


def missing_key(path: Path) -> KeyFaultError:
    """The fault of an encrypted file and no key."""
    return KeyFaultError(
        f"{path} is encrypted and no key is given. Set {KEY_VARIABLE}, or {KEY_FILE_VARIABLE} to the file with the key."
    )


def needless_key(path: Path) -> KeyFaultError:
    """The fault of a file in the clear and a key."""
    return KeyFaultError(
        f"{path} is not encrypted and a key is given; nothing was changed. Unset {KEY_VARIABLE} and "
        f"{KEY_FILE_VARIABLE}, or land all deliveries again into a new folder (docs/operations.md, 'Encryption')."
    )


def wrong_key(path: Path) -> KeyFaultError:
    """The fault of a key that does not open a file."""
    return KeyFaultError(
        f"The key does not open {path}; nothing was changed. Give the key that this output folder was made with. If it "
        "is that one, the file is damaged: `stimaudit verify` says so."
    )

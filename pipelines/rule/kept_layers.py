"""The layers of kept rows on the disk: which there are, under what they were made, and which of them still hold.

A layer is a folder below ``landed/kept`` with one Parquet file a table. ``register.json`` names the layers in their
order, each with the landed files it was made from and the digests of its own: nothing counts that it does not name.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipelines.ground.files import fault_of, make_folder, read_text, write_file
from pipelines.ground.formats import KEPT_ROWS
from pipelines.ground.records import RecordError, judge, record
from pipelines.ground.sealed_json import sealed_text, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pipelines.intake.ledger import DeliveredFile

    LandedFile = tuple[int, DeliveredFile]


FOLDER = "kept"
"""The folder below the landed files."""
REGISTER_FILE = "register.json"
UNFINISHED = "partial"
"""Where a layer lies until it is whole."""
KEYS = "keys"
"""Where the lists of keys lie."""


@record
@dataclass(frozen=True)
class LookedThrough:
    """A landed file that a layer was made from, with the digest it had."""

    table_name: str
    delivery_number: int
    file_number: int
    sha256: str


@record
@dataclass(frozen=True)
class Layer:
    """What one night kept: the files it looked through for the first time, and its own files by table with digests."""

    number: int
    looked_through: tuple[LookedThrough, ...]
    files: dict[str, str]


@record
@dataclass(frozen=True)
class KeyList:
    """A list of the keys (members and claims, hashed by a version of DuckDB) of a landed file, with its digest."""

    of: LookedThrough
    hashed_by: str
    sha256: str


@record
@dataclass(frozen=True)
class Register:
    """The layers in their order, a digest of the codes, columns and models they were made under, and lists of keys."""

    format: int
    made_under: str
    layers: tuple[Layer, ...]
    key_lists: tuple[KeyList, ...]


def kept_folder(landed: Path) -> Path:
    """Where the kept rows lie."""
    return landed / FOLDER


def unfinished_folder(landed: Path) -> Path:
    """Where a layer is made."""
    return kept_folder(landed) / UNFINISHED


def layer_path(landed: Path, number: int, table_name: str) -> Path:
    """Where the rows of one table of a layer lie."""
    return kept_folder(landed) / f"{number:06d}" / f"{table_name}.parquet"


def key_list_path(landed: Path, of: LookedThrough) -> Path:
    """Where the list of the keys of a landed file lies."""
    return kept_folder(landed) / KEYS / f"{of.table_name}-{of.delivery_number:06d}-{of.file_number:04d}.parquet"


def register_path(landed: Path) -> Path:
    """Where the register lies."""
    return kept_folder(landed) / REGISTER_FILE


def looked_through(delivery_number: int, file: DeliveredFile) -> LookedThrough:
    """A landed file as a layer names it; one of an older version by its delivered bytes, for it has no other digest."""
    digest = file.parquet_sha256 or f"{file.parquet_bytes}:{file.sha256}"
    return LookedThrough(file.table_name or "", delivery_number, file.file_number, digest)


def read_register(landed: Path) -> Register | None:
    """The register; none where there is none, or where it is not as this version wrote it."""
    try:
        content = unsealed(read_text(register_path(landed)))
        found = judge(Register, content)
    except (OSError, ValueError, RecordError):
        return None
    return found if found.format == KEPT_ROWS else None


def sound_layers(landed: Path, made_under: str, files: Iterable[LandedFile]) -> tuple[Layer, ...]:
    """The first layers, as many as were made as ``made_under`` says, of ``files`` alone, and lie there to the byte.

    A layer knows the candidates of those before it, so one that does not hold takes those after it along.
    """
    register = read_register(landed)
    if register is None or register.made_under != made_under:
        return ()
    there = {looked_through(number, file) for number, file in files}
    sound: list[Layer] = []
    for layer in register.layers:
        if not set(layer.looked_through) <= there or any(layer_faults(landed, layer)):
            break
        sound.append(layer)
    return tuple(sound)


def sound_key_lists(landed: Path, hashed_by: str, files: Iterable[LandedFile]) -> tuple[KeyList, ...]:
    """The lists of keys of landed files among ``files`` that lie there to the byte."""
    register = read_register(landed)
    there = {looked_through(number, file) for number, file in files}
    return tuple(
        each
        for each in (register.key_lists if register else ())
        if each.hashed_by == hashed_by and each.of in there and not any(key_list_faults(landed, [each]))
    )


def key_list_faults(landed: Path, key_lists: Iterable[KeyList]) -> Iterator[str]:
    """A sentence for each list of keys that is gone or was changed."""
    for each in key_lists:
        if wrong := fault_of(key_list_path(landed, each.of), each.sha256):
            yield wrong


def layer_faults(landed: Path, layer: Layer) -> Iterator[str]:
    """A sentence for each file of a layer that is gone or was changed."""
    for table_name, sha256 in layer.files.items():
        if wrong := fault_of(layer_path(landed, layer.number, table_name), sha256):
            yield wrong


def write_register(landed: Path, made_under: str, layers: Sequence[Layer], key_lists: Sequence[KeyList] = ()) -> None:
    """Names layers and lists of keys, where the register does not yet: from here on they count."""
    register = Register(KEPT_ROWS, made_under, tuple(layers), tuple(key_lists))
    if read_register(landed) != register:
        write_file(register_path(landed), sealed_text(asdict(register)).encode())


def clear(landed: Path, layers: Iterable[Layer], key_lists: Iterable[KeyList]) -> None:
    """Removes all that is kept but ``layers`` and ``key_lists``: dropped ones, and what a killed run left."""
    make_folder(kept_folder(landed))
    make_folder(kept_folder(landed) / KEYS)
    named = {KEYS, *(layer_path(landed, layer.number, "any").parent.name for layer in layers)}
    for path in kept_folder(landed).iterdir():
        if path.is_dir() and not path.is_symlink() and path.name not in named:
            shutil.rmtree(path)
    lists = {key_list_path(landed, each.of) for each in key_lists}
    for path in (kept_folder(landed) / KEYS).iterdir():
        if path not in lists:
            path.unlink()


def kept_files(landed: Path) -> Iterator[Path]:
    """Every file of kept rows that the register names, and itself."""
    if register_path(landed).is_file():
        yield register_path(landed)
    register = read_register(landed)
    if register is None:
        return
    for layer in register.layers:
        for table_name in layer.files:
            yield layer_path(landed, layer.number, table_name)
    for each in register.key_lists:
        yield key_list_path(landed, each.of)

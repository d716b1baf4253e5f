"""Registers: which files of an output folder were written outside of a publish, with their digests, in their order.

A file that is there can tell whether it was changed; that one is gone only somebody else can tell. So decisions,
samples, letters and the entries of the history are entered here when they are written, and the ends of the registers
are kept in ``status.json`` and, where a payer names one, in a file outside of the output folder.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipelines.ground.errors import IntegrityError
from pipelines.ground.files import file_sha256, make_folder, read_text, write_file
from pipelines.ground.records import judge, record
from pipelines.ground.sealed_json import sealed_text, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


REGISTERS: Mapping[str, str] = {
    "decisions": "decisions/*.jsonl",
    "samples": "decisions/samples/*.json",
    "letters": "letters/*.pdf",
    "runs": "history/runs/*.json",
    "profiles": "history/profiles/*.json",
    "outcomes": "history/outcomes/*.json",
}
"""The registers by name, with the pattern of the files below the output folder that each lists."""
GROWING = ("decisions", "runs")
"""Registers that only ever grow, so that an earlier end of theirs stays the beginning of a later one."""


@record
@dataclass(frozen=True)
class Entered:
    """A file by its path below the output folder, and its digest."""

    name: str
    sha256: str


@record
@dataclass(frozen=True)
class End:
    """Up to where a register went at some time: how many files, and the digest of all of their lines."""

    count: int
    sha256: str


def register_path(out: Path, register: str) -> Path:
    """Where a register lies."""
    return out / "history" / "registers" / f"{register}.json"


def read_register(out: Path, register: str) -> tuple[Entered, ...] | None:
    """The files that a register lists, in the order of their entry; none where an older version kept no register.

    Raises ``IntegrityError`` where it is not as it was written.
    """
    path = register_path(out, register)
    if not path.is_file():
        return None
    try:
        content = unsealed(read_text(path))
        if content.get("register", register) == register:  # older versions did not write which one it is
            return judge(tuple[Entered, ...], content["files"])
    except (OSError, ValueError, KeyError):
        pass
    message = f"The register {path} is not as it was written. Restore it from its backup."
    raise IntegrityError(message)


def enter(out: Path, register: str, paths: Iterable[Path], *, gone: Iterable[Path] = ()) -> None:
    """Enters the files ``paths`` of ``out``, which were just written, and takes out those of ``gone``.

    A register that begins here takes up what an older version left.
    """
    known = {entered.name: entered.sha256 for entered in read_register(out, register) or _found(out, register)}
    for path in gone:
        known.pop(path.relative_to(out).as_posix(), None)
    for path in paths:
        name, sha256 = path.relative_to(out).as_posix(), file_sha256(path)
        if known.get(name) != sha256:
            known.pop(name, None)
            known[name] = sha256
    files = [asdict(Entered(name, sha256)) for name, sha256 in known.items()]
    path = register_path(out, register)
    make_folder(path.parent)
    write_file(path, sealed_text({"register": register, "files": files}).encode())


def enter_newest(out: Path, register: str, path: Path) -> None:
    """Enters the newest file of a register where whoever wrote it was stopped before it did."""
    known = read_register(out, register)
    if known is not None and path.relative_to(out).as_posix() not in {entered.name for entered in known}:
        enter(out, register, [path])


def ends(out: Path) -> dict[str, End]:
    """The ends of the registers that only grow."""
    return {register: _end(entered) for register in GROWING if (entered := read_register(out, register)) is not None}


def check_ends(out: Path, kept: Mapping[str, End], *, keeper: str) -> None:
    """Nothing where the registers of ``out`` go on from the ends that were ``kept`` earlier.

    Raises ``IntegrityError``, which names the ``keeper`` of the ends, where files were taken away or exchanged since.
    """
    for register, end in kept.items():
        entered = read_register(out, register) or ()
        if len(entered) < end.count or _end(entered[: end.count]) != end:
            message = (
                f"{keeper} knows of {end.count:,} files in the register of {register}, and {len(entered):,} are in it "
                f"now, or others: {REGISTERS[register]} below {out} is older than it was. Restore it from its backup."
            )
            raise IntegrityError(message)


def missing_files(out: Path, registers: Iterable[str] = REGISTERS) -> list[str]:
    """A sentence for each entered file that is not there; its content is not looked at."""
    return [
        f"{out / entered.name} is missing."
        for register in registers
        for entered in read_register(out, register) or ()
        if not (out / entered.name).is_file() or (out / entered.name).is_symlink()
    ]


def _found(out: Path, register: str) -> tuple[Entered, ...]:
    paths = sorted(out.glob(REGISTERS[register]))
    return tuple(Entered(path.relative_to(out).as_posix(), file_sha256(path)) for path in paths)


def _end(entered: Iterable[Entered]) -> End:
    lines = [f"{each.sha256}  {each.name}" for each in entered]
    return End(len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())

"""The vault soak: every file below an output folder is changed in every way, and `verify` must name it.

`python -m tests.soak.changed` makes two nights with decisions, a sample, a letter and a question of an auditor. Then
each file is deleted, cut, has one bit flipped, is replaced by an older one of its kind, by a link to itself elsewhere,
and gets a stray sibling, one at a time. It prints the changes that went by unnoticed and the figures, and ends with 1
where there was one. The lock, the logs, `status.json` and the payer's own words are nobody's (docs/assurance.md).
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.published_file import open_published
from pipelines.operation.verify import verify
from tests.intake.landing import deliver
from tests.support.installed import Installed
from tests.support.review_in_small import SUPPORTED, case_rows, write_rows
from tests.support.two_sites import FIRST, MEMBER, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOBODYS = re.compile(r"\.lock|decisions/\.lock|log/.*|status\.json|letter\.toml|work(/.*)?")


def two_nights(folder: Path, stimaudit: Installed) -> Path:
    """An output folder as its users leave it after two nights."""
    out = folder / "out"

    def done(*words: object) -> None:
        ended = stimaudit(*words, "--out", out, folder=folder)
        assert ended.code in {0, 5}, ended.err

    for number, files in enumerate((FIRST, SECOND), start=1):
        extracts = deliver(folder / f"delivery-{number}", files)
        done("run", "--no-prefect", "--extracts", extracts, "--as-of", "2026-06-30")
        if number == 1:
            reviewed = write_rows(folder / "reviewed.csv", case_rows(out / "published")[MEMBER] | SUPPORTED)
            done("decision", "import", reviewed, "--by", "Lead")
    with open_published(out / "published") as connection:
        [[case]] = connection.execute("select case_id from finding order by case_id desc limit 1").fetchall()
    done("letter", case)
    done("sample", "--seed", "7")
    done("sql", "from audit.finding")
    done("report")
    return out


def older_of(path: Path, out: Path) -> bytes | None:
    """The content of an earlier file of the same kind, where there is one that differs."""
    folders = [path.parent]
    place = path.relative_to(out).parts
    if place[0] == "publishes":
        folders = [each / Path(*place[2:-1]) for each in sorted((out / "publishes").iterdir())]
    kind = [
        each
        for folder in folders
        if folder.is_dir()
        for each in sorted(folder.iterdir())
        if each.is_file() and each.suffix == path.suffix and (place[0] != "publishes" or each.name == path.name)
    ]
    content = path.read_bytes()
    return next((found for each in kind if each != path and (found := each.read_bytes()) != content), None)


def _deleted(path: Path, _out: Path) -> bool:
    path.unlink()
    return True


def _cut(path: Path, _out: Path) -> bool:
    os.truncate(path, path.stat().st_size // 2)
    return True


def _flipped(path: Path, _out: Path) -> bool:
    content = bytearray(path.read_bytes())
    place = random.Random(str(path)).randrange(len(content))
    content[place] ^= 1 << (place % 8)
    path.write_bytes(content)
    return True


def _older(path: Path, out: Path) -> bool:
    content = older_of(path, out)
    if content is not None:
        path.write_bytes(content)
    return content is not None


def _linked(path: Path, out: Path) -> bool:
    elsewhere = out.parent / "elsewhere"
    shutil.copy2(path, elsewhere)
    path.unlink()
    path.symlink_to(elsewhere)
    return True


def _sibling(path: Path, _out: Path) -> bool:
    path.with_name(f"{path.name}~").write_bytes(b"x")
    return True


CHANGES: Mapping[str, Callable[[Path, Path], bool]] = {
    "deleted": _deleted,
    "cut": _cut,
    "one bit flipped": _flipped,
    "replaced by an older one": _older,
    "replaced by a link": _linked,
    "given a stray sibling": _sibling,
}


def put_back(kept: Path, out: Path, path: Path) -> None:
    """Makes ``path`` and its neighbour what they were."""
    path.with_name(f"{path.name}~").unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    shutil.copy2(kept / path.relative_to(out), path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Changes a share of the files in every way and counts what was noticed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the changes")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    noticed: Counter[str] = Counter()
    unnoticed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="stimaudit-soak-") as folder, Installed() as stimaudit:
        made = two_nights(Path(folder), stimaudit)
        # A copy has no hard links, so that a change of one file is a change of one file.
        out = Path(shutil.copytree(made, Path(folder) / "copy", symlinks=True))
        assert verify(out).faults == (), verify(out).faults
        files = [
            path
            for path in sorted(out.rglob("*"))
            if path.is_file() and not path.is_symlink() and not NOBODYS.fullmatch(path.relative_to(out).as_posix())
        ]
        for path in files:
            for change, do in CHANGES.items():
                if chance.random() >= asked.share or not do(path, out):
                    continue
                named = [fault for fault in verify(out).faults if path.name in fault]
                noticed[change] += bool(named)
                if not named:
                    unnoticed.append(f"{path.relative_to(out)} {change}")
                    sys.stdout.write(f"FAULT {unnoticed[-1]}: {verify(out).faults[:2]}\n")
                    sys.stdout.flush()
                put_back(made, out, path)
        assert verify(out).faults == ()
        sys.stdout.write(
            f"{len(files)} files, {sum(noticed.values())} changes noticed and named ({dict(noticed)}), seed "
            f"{asked.seed}\n{len(unnoticed)} faults\n"
        )
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())

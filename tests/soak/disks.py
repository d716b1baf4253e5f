"""The disk soak: every command on a disk without room, on one that is read-only, and on a folder with a damaged file.

`python -m tests.soak.disks` prints a line a finding and the figures at the end; it exits 1 when anything is not as it
should be. A command may fail there, with a code of the contract and a sentence: Python never tells of a fault in its
own words, no member is named on standard error, readers have the old audit or the new one, whole. Where there is room
again the same command does its work, `verify` says sound, and nothing is left over. The disks are file systems in
memory, mounted in a namespace of this process; where none can be had, it says so and ends with 2.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.errors import ExitCode
from pipelines.publishing.history import read_history
from tests.intake.landing import deliver
from tests.soak.nights import audit_tables, leftovers
from tests.support.installed import Ended, Installed
from tests.support.places import ROOT
from tests.support.review_in_small import FLAG_ERROR, case_rows, write_rows
from tests.support.two_sites import CANARIES, SECOND, two_nights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TextIO

IN_NAMESPACE = "STIMAUDIT_SOAK_DISKS"
FREE = (0, 4_096, 300_000)
"""How many bytes a full disk still has."""
SIZE = 256 * 2**20
WRITING = ("run", "validate", "report", "rollback", "sample", "letter", "decision import", "decision record")
TOLD_EVERY = 50
READABLE = {ExitCode.DONE, ExitCode.CAVEATS}


class Sitting:
    """A folder of two nights, its copies on disks that are bad, and what was found."""

    def __init__(self, folder: Path, told: TextIO, stimaudit: Installed) -> None:
        self.folder = folder
        self.told = told
        self.stimaudit = stimaudit
        self.calls: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.faults: list[str] = []
        self.clear = two_nights(folder / "clear")
        shutil.rmtree(self.clear / "work", ignore_errors=True)
        self.old = audit_tables(self.clear / "published")
        self.first = read_history(self.clear / "history")[0].run_id
        self.run_id = read_history(self.clear / "history")[-1].run_id
        self.case = case_rows(self.clear / "published")["bea"]
        deliver(folder / "tonight", SECOND)
        (folder / "settings.toml").write_text("max_failed_history_checks = 99\n", encoding="utf-8")
        write_rows(folder / "reviewed.csv", self.case | FLAG_ERROR)

    def say(self, line: str) -> None:
        self.told.write(f"{line}\n")
        self.told.flush()

    def fault(self, text: str) -> None:
        self.faults.append(text)
        self.say(f"FAULT {text}")

    def commands(self, *, with_runs: bool = True) -> Mapping[str, tuple[str, ...]]:
        """Every command that looks into an output folder, with what else it is given."""
        run = ("--extracts", str(self.folder / "tonight"), "--config", str(self.folder / "settings.toml"))
        dated = ("--as-of", "2026-06-30")
        found: dict[str, tuple[str, ...]] = {
            "status": (),
            "doctor": (),
            "show": (self.case["case_id"],),
            "metrics": (),
            "dictionary": ("finding",),
            "sql": ("select count(*) from audit.finding",),
            "diff": (self.first, self.run_id),
            "verify": (),
            "decision list": (),
            "value-sets drift": (),
            "report": (),
            "rollback": (self.first,),
            "sample": ("--seed", "9"),
            "letter": (self.case["case_id"],),
            "decision import": (str(self.folder / "reviewed.csv"), "--by", "Lead"),
            "decision record": (
                *(self.case["case_id"], "--outcome", "FLAG_ERROR", "--reason", "duplicate", "--reviewer", "Ann Lee"),
                *("--decided-on", "2026-07-02"),
            ),
            "policy compare": ("evidence_low_back_pain", "commercial_strict"),
            "reproduce": (self.first,),
        }
        if with_runs:
            found |= {"validate": (*run, *dated), "run": ("--no-prefect", *run, *dated)}
        return found

    def call(self, what: str, name: str, out: Path) -> Ended:
        """How the command ended on ``out``; whatever it may not do is a fault."""
        began = time.monotonic()
        ended = self.stimaudit(*name.split(), *self.commands()[name], "--out", out, folder=self.folder)
        self.calls[what] += 1
        if sum(self.calls.values()) % TOLD_EVERY == 0:
            self.say(f"  {sum(self.calls.values()):,} calls, {len(self.faults)} faults; now {what}")
        self.codes[f"{name} {ended.code}"] += 1
        where = f"{what}: {name} ended with {ended.code} after {time.monotonic() - began:.1f} s"
        if ended.has_trace:
            self.fault(f"{where} and told in Python's words: {ended.err[-1500:]}")
        if ended.code not in {int(code) for code in ExitCode}:
            self.fault(f"{where}, which is no code of the contract: {ended.err[-1500:]}")
        elif ended.code not in READABLE and not (ended.err + ended.out).strip() and name not in {"status", "doctor"}:
            self.fault(f"{where} without a word")
        if "It is a fault of ours" in ended.err:
            self.fault(f"{where} and called it our fault: {ended.err[-300:]}")
        if told := [canary for canary in CANARIES if canary in ended.err]:
            self.fault(f"{where} and told {told}: {ended.err[-500:]}")
        return ended

    def whole(self, what: str, name: str, out: Path, *, new: bool) -> None:
        """Readers find the old audit, or another one that is whole where the command makes one."""
        try:
            found = audit_tables(out / "published")
        except Exception as fault:  # noqa: BLE001 - whatever a reader would see
            self.fault(f"{what}: after {name} nobody can read the audit: {type(fault).__name__}")
            return
        if found != self.old and not new:
            self.fault(f"{what}: after {name} the audit is another")

    def on_full_disks(self, names: Sequence[str], frees: Sequence[int]) -> None:
        for free in frees:
            for name in names:
                what = f"full disk, {free:,} bytes free"
                with disk(self.folder / "disk", self.clear) as (place, out):
                    fill(place, free)
                    self.call(what, name, out)
                    self.whole(what, name, out, new=name in WRITING)
                    (place / "filler").unlink()
                    again = self.call("room again", name, out)
                    if again.code not in READABLE and name not in {"status", "doctor"}:
                        self.fault(f"room again after {what}: {name} ended with {again.code}: {again.err[-800:]}")
                    verified = self.call("room again", "verify", out)
                    if verified.code != ExitCode.DONE:
                        self.fault(f"room again after {what}: after {name} verify said {verified.err[-800:]}")
                    if left := leftovers(out):
                        self.fault(f"room again after {what}: {name} left {left}")

    def on_a_read_only_disk(self, names: Sequence[str]) -> None:
        with disk(self.folder / "disk", self.clear) as (place, out):
            subprocess.run([tool("mount"), "-o", "remount,ro", str(place)], check=True)
            for name in names:
                self.call("read-only disk", name, out)
                self.whole("read-only disk", name, out, new=False)

    def with_damage(self, names: Sequence[str], hurts: Mapping[str, Callable[[Path], None]], chance: random.Random,
                    share: float) -> None:  # fmt: skip
        for file in damageable(self.clear):
            for kind, hurt in hurts.items():
                out = self.folder / "damaged"
                shutil.rmtree(out, ignore_errors=True)
                shutil.copytree(self.clear, out, symlinks=True)
                hurt(out / file)
                for name in names:
                    if chance.random() < share:
                        self.call(f"{kind} {file}", name, out)
                if self.call(f"{kind} {file}", "verify", out).code != ExitCode.INTEGRITY:
                    self.fault(f"{kind} {file}: verify ended otherwise than with 6")


@contextmanager
def disk(place: Path, out: Path) -> Iterator[tuple[Path, Path]]:
    """A disk in memory at ``place`` with a copy of ``out``, and that copy."""
    place.mkdir(exist_ok=True)
    subprocess.run([tool("mount"), "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], check=True)
    try:
        yield place, Path(shutil.copytree(out, place / "out", symlinks=True))
    finally:
        subprocess.run([tool("umount"), "-l", str(place)], check=True)


def tool(name: str) -> str:
    """Where a program of the system is."""
    return shutil.which(name) or name


def fill(place: Path, free: int) -> None:
    """Fills a disk but for ``free`` bytes."""
    with (place / "filler").open("wb") as filler:
        try:
            while filler.write(bytes(65_536)):
                filler.flush()
        except OSError:
            pass
        with_room = max(0, filler.seek(0, os.SEEK_END) - free)
    os.truncate(place / "filler", with_room)


def damageable(out: Path) -> list[str]:
    """One file of each kind below ``out``, the newest."""
    patterns = (
        "published/stimaudit.duckdb", "published/manifest.json", "published/worklist.csv", "history/runs/*.json",
        "history/cases/*", "history/registers/decisions.json", "history/registers/runs.json", "history/inputs/*",
        "decisions/*.jsonl", "decisions/samples/*.json", "landed/deliveries/*.json",
        "landed/medical_claim/*.parquet",
    )  # fmt: skip
    found = [max(out.glob(pattern), default=None) for pattern in patterns]
    return [path.relative_to(out).as_posix() for path in found if path is not None]


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _filled(path: Path) -> None:
    path.write_bytes(f"{CANARIES[0]},".encode() * 4_096)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


HURTS: Mapping[str, Callable[[Path], None]] = {
    "cut": _cut,
    "overwritten": _filled,
    "emptied": _emptied,
    "flipped": _flipped,
    "a folder in place of": _a_folder,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Tries all of it, or a share."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the commands on each damaged file")
    parser.add_argument("--parts", nargs="+", choices=("full", "read-only", "damage"),
                        default=("full", "read-only", "damage"))  # fmt: skip
    parser.add_argument("--only", nargs="+", help="names of commands")
    asked = parser.parse_args(arguments)
    if os.environ.get(IN_NAMESPACE) != "1":
        return _again_in_a_namespace(sys.argv[1:] if arguments is None else list(arguments))
    with tempfile.TemporaryDirectory(prefix="stimaudit-soak-") as folder, Installed() as stimaudit:
        sitting = Sitting(Path(folder), sys.stdout, stimaudit)
        names = [name for name in sitting.commands() if not asked.only or name in asked.only]
        if "full" in asked.parts:
            sitting.on_full_disks(names, FREE)
        if "read-only" in asked.parts:
            sitting.on_a_read_only_disk(names)
        if "damage" in asked.parts:
            quick = [name for name in sitting.commands(with_runs=False) if name in names]
            sitting.with_damage(quick, HURTS, random.Random(asked.seed), asked.share)
        sitting.say(f"{sum(sitting.calls.values()):,} calls, seed {asked.seed}")
        sitting.say(f"codes: {dict(sorted(sitting.codes.items()))}")
        sitting.say(f"{len(sitting.faults)} faults")
    return 1 if sitting.faults else 0


def _again_in_a_namespace(arguments: Sequence[str]) -> int:
    """This program once more, where it may mount disks that nobody else sees."""
    environment = {**os.environ, IN_NAMESPACE: "1"}
    if subprocess.run([tool("unshare"), "-rm", "true"], check=False, capture_output=True).returncode:
        sys.stderr.write("No namespace can be had here (unshare -rm): no disk was tried.\n")
        return 2
    command = [tool("unshare"), "-rm", sys.executable, "-m", "tests.soak.disks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""The crash soak: a command is ended by SIGKILL a thousand times, and what it leaves is looked at each time.

`python -m tests.soak.crash --kills 1000` prints a line a kill and the figures at the end; it exits 1 when anything is
not as it should be. Run, import, report, rollback, sample, letter and reproduce take turns, each as the command line
calls it, at a clock that stands still. Half of the kills stand before and after every line of the program that changes
something on disk, a quarter at random lines, a quarter at random instants. After each kill readers must find the old
audit or the new one, whole. After every second kill of a command it is let through, and must end with the bytes of one
that was never disturbed; nothing is left over, and `verify` says sound.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipelines.commands import auditors, cli, nightly, operations, review, shared
from pipelines.gates.profile import read_profile
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.operation import nightly as night
from pipelines.operation.unread import UNREAD_CHECKS
from pipelines.operation.verify import verify
from pipelines.publishing.history import read_history
from tests.intake.landing import deliver
from tests.soak.ending import Line, Point, answer, ended, lines_executed, source_lines
from tests.soak.nights import SETTINGS, Remembered, audit_tables, files_of, leftovers, stages_of
from tests.support.nights import implant
from tests.support.review_in_small import FLAG_ERROR, SUPPORTED, case_rows, write_rows
from tests.support.two_sites import FIRST, MEMBER, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

CHANGES_DISK = re.compile(
    r"\.replace\(\w+|rename|unlink\(|rmtree|mkdir|write_text|write_bytes|write_parquet|symlink_to|os\.link|fsync|"
    r"swap_in|commit_file|write_file|to_disk|open_file|chmod|ftruncate|pwrite|attach |checkpoint|copy \(|"
    r"stages\.|= open_warehouse|write_manifest|write_record|prepare_night|settle\(|finish\(|swing\(|let_go\(|enter\(|"
    r"write_worklist|_build\(|copyfile|throw_away|begin\("
)
OCCURRENCES = 3
"""A line in a loop is a point the first, the last and a middle time."""
IN_A_ROW = 2
"""How often a command is ended before it is let through."""
SLOWEST_TURN = 6
"""A command that takes long has its turn every sixth time at the least."""
TELL_THE_TIME = (auditors, nightly, operations, review, shared)
"""The modules of the command line that ask what time it is."""
DONE = {0, 5}
FIRST_DAY = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Left:
    """What is on disk after a command: a digest a table of the audit, a digest a file, and what should be gone."""

    tables: dict[str, str]
    files: dict[str, str]
    leftovers: list[str]
    faults: tuple[str, ...]


@dataclass
class Operation:
    """A command that is ended again and again: its words, what it does undisturbed, and where it can be ended."""

    name: str
    words: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    named: list[Point] = field(default_factory=list)
    seconds: float = 0.0
    new: Left | None = None


class Sitting:
    """An output folder of two nights, and the commands that are ended on copies of it."""

    def __init__(self, folder: Path, told: TextIO) -> None:
        self.folder = folder
        self.told = told
        self.log = folder / "child.log"
        self.before, self.out = folder / "before", folder / "out"
        self.faults: list[str] = []
        self.endings: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.recoveries = 0
        self.remembered: Remembered | None = None

    def say(self, line: str) -> None:
        self.told.write(f"{line}\n")
        self.told.flush()

    def fault(self, text: str) -> None:
        self.faults.append(text)
        self.say(f"FAULT {text}")

    def prepare(self, names: Sequence[str]) -> list[Operation]:
        """Makes two nights with a decision, and of each command an undisturbed end and the lines it executes."""
        (self.folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
        self._make_nights()
        self.old = answer(lambda: _left(self.before), log=self.log)
        operations = [each for each in self._operations() if each.name in names]
        for operation in operations:
            if operation.name == "run":
                self.remembered = self._remembered(operation)
            self.renew()
            operation.lines = lines_executed(partial(self.work, operation), log=self.log)
            operation.new = answer(lambda: _left(self.out), log=self.log)
            if operation.new.leftovers or operation.new.faults:
                self.fault(f"{operation.name}, undisturbed, left {operation.new.leftovers} {operation.new.faults}")
            operation.named = named_points(operation.lines)
            self.renew()
            began = time.monotonic()
            ended(partial(self.work, operation), log=self.log)
            operation.seconds = time.monotonic() - began
            self.say(
                f"{operation.name}: {len(operation.lines):,} lines, {len(operation.named)} named points, "
                f"{operation.seconds:.1f} s"
            )
        return operations

    def _make_nights(self) -> None:
        """Two nights in ``before``, a decision after the first, and words of the payer that no page has yet."""
        third = implant("C1", "cy", "2026-03-04")
        rows = FIRST["medical_claim.csv"].splitlines()
        rows += [f"{row},1" for row in third]
        first = FIRST | {"medical_claim.csv": "\n".join(rows) + "\n"}
        first["claim_diagnosis.csv"] += "C1,1,M5450\n"
        for number, files in enumerate((first, SECOND), start=1):
            deliver(self.folder / f"delivery-{number}", files)
            self._done(partial(self.command, self.before, day=number, words=self._run(number)))
            if number == 1:
                reviewed = self.folder / "reviewed.csv"
                cases = answer(lambda: case_rows(self.before / "published"), log=self.log)
                write_rows(reviewed, cases[MEMBER] | SUPPORTED)
                self._done(partial(self.command, self.before, day=1, words=("decision", "import", str(reviewed))))
        cases = answer(lambda: case_rows(self.before / "published"), log=self.log)
        write_rows(self.folder / "tonight.csv", cases["bea"] | FLAG_ERROR)
        self.case = cases["bea"]["case_id"]
        entries = answer(lambda: [entry.run_id for entry in read_history(self.before / "history")], log=self.log)
        self.first_run = entries[0]
        words = (nightly_letter()).replace("[name of the plan]", "The plan")
        (self.before / "letter.toml").write_text(words, encoding="utf-8")
        (self.before / "letter.toml").chmod(0o640)
        changed = [f"{row},1" for row in implant("C1", "cy", "2026-03-04", paid="1200", more="2026-05-01,,,")]
        header = FIRST["medical_claim.csv"].splitlines()[0]
        deliver(self.folder / "delivery-3", {"medical_claim.csv": "\n".join([header, *changed]) + "\n"})

    def _run(self, number: int) -> tuple[str, ...]:
        extracts, settings = self.folder / f"delivery-{number}", self.folder / "settings.toml"
        return ("run", "--no-prefect", "--extracts", str(extracts), "--config", str(settings), "--as-of", "2026-06-30")

    def _operations(self) -> list[Operation]:
        return [
            Operation("run", self._run(3)),
            Operation("import", ("decision", "import", str(self.folder / "tonight.csv"), "--by", "Lead")),
            Operation("report", ("report",)),
            Operation("rollback", ("rollback", self.first_run)),
            Operation("sample", ("sample", "--seed", "9")),
            Operation("letter", ("letter", self.case)),
            Operation("reproduce", ("reproduce", self.first_run)),
        ]

    def _remembered(self, run: Operation) -> Remembered:
        """What the checks of the run that is ended say: they write nothing and take most of its time."""
        self.renew()
        kept: list[night.Outcome] = []

        def undisturbed() -> Remembered:
            with replaced(night, "nightly", _keeping(kept)):
                self.command(self.out, day=3, words=run.words)
            [outcome] = kept
            number = outcome.landing.delivery_number or 0
            names = [each.check_name for each in outcome.check_results]
            checks = outcome.check_results[: names.index(UNREAD_CHECKS[0])]
            control = outcome.check_results[names.index("control_members")]
            profile = read_profile(self.out / "history", number)
            assert profile is not None
            return Remembered({number: checks}, control, {number: profile})

        found: Remembered = answer(undisturbed, log=self.log)
        return found

    def _done(self, work: Callable[[], object]) -> None:
        ending = ended(work, log=self.log)
        if ending.exit_code not in DONE:
            message = f"a command that prepares the sitting ended with {ending.exit_code}: {ending.told[-3000:]}"
            raise RuntimeError(message)

    def renew(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(self.before, self.out, symlinks=True)

    def work(self, operation: Operation) -> None:
        """What the command does, with the checks of a run remembered."""
        if operation.name != "run" or self.remembered is None:
            self.command(self.out, day=3, words=operation.words)
            return
        remembered = self.remembered
        with (
            replaced(night, "control_members", lambda _: remembered.control),
            replaced(night, "nightly", partial(night.nightly, stages=stages_of(remembered))),
        ):
            self.command(self.out, day=3, words=operation.words)

    def command(self, out: Path, *, day: int, words: Sequence[str]) -> None:
        """One call of the command line in this process, on ``out`` at two in the morning of a day."""
        at = FIRST_DAY + timedelta(days=day - 1)
        os.environ["LOGNAME"] = "soak"
        sys.argv = ["stimaudit", *words, "--out", str(out)]
        for module in TELL_THE_TIME:
            vars(module)["now"] = lambda: at
        try:
            cli.main()
        except SystemExit as leaving:
            if leaving.code not in {None, *DONE}:
                raise

    def kill(self, operation: Operation, at: Point | float) -> bool:
        """Ends the command, and looks at what readers have then; whether it was killed at all."""
        ending = ended(partial(self.work, operation), at=at, log=self.log)
        where = f"{operation.name}, {at if isinstance(at, Point) else f'after {at:.2f} s'}"
        if not ending.is_killed:
            self.endings["not reached"] += 1
            if ending.exit_code not in DONE:
                self.fault(f"{where}: not killed, but ended with {ending.exit_code}: {ending.told[-2000:]}")
            return False
        readable = answer(lambda: _readable(self.out), log=self.log)
        assert operation.new is not None
        states = {"old audit": self.old.tables, "new audit": operation.new.tables}
        state = next((name for name, tables in states.items() if tables == readable), "torn audit")
        if state == "torn audit":
            self.fault(f"{where}: the published audit is neither the old nor the new one")
        self.endings[state] += 1
        self.kills[operation.name] += 1
        self.say(f"  killed {where}: {state}")
        return True

    def recover(self, operation: Operation) -> None:
        """Lets the command through; it must end as if nothing had happened."""
        before = len(self.faults)
        ending = ended(partial(self.work, operation), log=self.log)
        self.recoveries += 1
        if ending.exit_code not in DONE:
            self.fault(f"{operation.name} after the kills ended with {ending.exit_code}: {ending.told[-2000:]}")
        else:
            self.compare(operation, answer(lambda: _left(self.out), log=self.log))
        if len(self.faults) > before:
            kept = self.folder.parent / f"{self.folder.name}-fault-{len(self.faults)}"
            shutil.copytree(self.out, kept, symlinks=True, dirs_exist_ok=True)
            self.say(f"  what it left is kept in {kept}")
        self.renew()

    def compare(self, operation: Operation, left: Left) -> None:
        assert operation.new is not None
        for kind, expected, found in (
            ("table", operation.new.tables, left.tables),
            ("file", operation.new.files, left.files),
        ):
            other = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
            if other:
                self.fault(f"{operation.name} after the kills left another {kind}: {', '.join(other)}")
        if left.leftovers or left.faults:
            self.fault(f"{operation.name} after the kills left {', '.join((*left.leftovers, *left.faults))}")


def nightly_letter() -> str:
    """The example of a letter's words."""
    from pipelines.reports.payer_words import EXAMPLE_TEMPLATE

    return EXAMPLE_TEMPLATE.read_text(encoding="utf-8")


@contextmanager
def replaced(module: object, name: str, by: object) -> Iterator[None]:
    """Inside, ``module`` has ``by`` under ``name``."""
    before = vars(module)[name]
    vars(module)[name] = by
    try:
        yield
    finally:
        vars(module)[name] = before


def _keeping(kept: list[night.Outcome]) -> Callable[..., night.Outcome]:
    """The night as a function that also keeps what came of it."""
    real = night.nightly

    def run(*arguments: object, **others: object) -> night.Outcome:
        kept.append(real(*arguments, **others))  # type: ignore[arg-type]
        return kept[-1]

    return run


def _left(out: Path) -> Left:
    return Left(audit_tables(out / "published"), files_of(out), leftovers(out), verify(out).faults)


def _readable(out: Path) -> Mapping[str, str]:
    """The tables a reader finds; a link or file that cannot be read is an error that ends the sitting's question."""
    if (out / "published" / "audit.duckdb").resolve().name != DATABASE_FILE:
        return {}
    return audit_tables(out / "published")


def named_points(lines: Sequence[Line]) -> list[Point]:
    """Before and after every line of ``lines`` that changes something on disk."""
    sources = source_lines()
    counts = Counter(lines)
    points = []
    for line in dict.fromkeys(lines):
        module, _, number = line
        if CHANGES_DISK.search(sources[module][number - 1]):
            times = sorted({1, (counts[line] + 1) // 2, counts[line]})[:OCCURRENCES]
            points += [Point(line, time, side) for time in times for side in ("before", "after")]
    return points


def random_points(lines: Sequence[Line], chance: Random) -> Iterator[Point]:
    """Before lines that ``lines`` holds, each line as likely as any other, at any of its times."""
    counts = Counter(lines)
    distinct = sorted(counts)
    while True:
        line = chance.choice(distinct)
        yield Point(line, chance.randint(1, counts[line]))


def picks(operation: Operation, chance: Random) -> Iterator[Point | float]:
    """Where the command is ended next: named points in a shuffled order, between them random lines and instants."""
    shuffled = chance.sample(operation.named, len(operation.named))
    anywhere = random_points(operation.lines, chance)
    while True:
        yield shuffled.pop() if shuffled else next(anywhere)
        yield next(anywhere)
        yield shuffled.pop() if shuffled else next(anywhere)
        yield chance.uniform(0.0, operation.seconds)


NAMES = ("run", "import", "report", "rollback", "sample", "letter", "reproduce")


def main(arguments: Sequence[str] | None = None) -> int:
    """Sits through the kills and says how they ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so many, however many kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, help="the commands that are ended")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(prefix="stimaudit-soak-") as folder:
        sitting = Sitting(Path(folder), sys.stdout)
        operations = sitting.prepare(asked.only)
        sitting.renew()
        _sit(sitting, operations, chance, asked)
        sitting.say(
            f"{sum(sitting.kills.values())} kills ({dict(sitting.kills)}), {sitting.recoveries} times let through, "
            f"{dict(sitting.endings)}, seed {asked.seed}"
        )
        sitting.say(f"{len(sitting.faults)} faults")
    return 1 if sitting.faults else 0


def _sit(sitting: Sitting, operations: Sequence[Operation], chance: Random, asked: argparse.Namespace) -> None:
    """The kills, command by command in turn; one that takes long has its turn less often."""
    until = time.monotonic() + asked.seconds
    places = {operation.name: picks(operation, chance) for operation in operations}
    quickest = min(operation.seconds for operation in operations)
    for turn in count():
        for operation in operations:
            if turn % min(SLOWEST_TURN, max(1, round(operation.seconds / quickest / 2))):
                continue
            if sum(sitting.kills.values()) >= asked.kills or time.monotonic() > until:
                return
            for _ in range(IN_A_ROW):
                if not sitting.kill(operation, next(places[operation.name])):
                    break
            sitting.recover(operation)


if __name__ == "__main__":
    sys.exit(main())

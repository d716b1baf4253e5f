"""The crash soak: a night is ended by SIGKILL a hundred times, and what it leaves is looked at each time.

`python -m tests.soak.crash --kills 100` prints a line a kill and the figures at the end; it exits 1 when anything is
not as it should be. Half of the kills stand before and after every line of the program that changes something on disk,
a quarter at random lines, a quarter at random instants. After each kill the published audit must be the old one or the
new one, whole. After every few kills in a row a run is let through, and must end with the bytes of a night that was
never disturbed.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipelines.gates.profile import read_profile
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.operation.unread import UNREAD_CHECKS
from tests.soak.ending import Line, Point, answer, ended, lines_executed, source_lines
from tests.soak.nights import Remembered, audit_tables, deliver, files_of, leftovers, run_night

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

CHANGES_DISK = re.compile(
    r"\.replace\(\w+|rename|unlink\(|rmtree|mkdir|write_text|write_bytes|write_parquet|symlink_to|os\.link|fsync|"
    r"swap_in|commit_file|write_file|to_disk|open_file|chmod|ftruncate|pwrite|attach |checkpoint|copy \(|"
    r"stages\.|= open_warehouse|write_manifest|write_record|prepare_night|settle\(|finish\(|swing\(|let_go\(|enter\(|"
    r"write_worklist|_build\("
)
OCCURRENCES = 3
"""A line in a loop is a point the first, the last and a middle time."""


@dataclass(frozen=True)
class Left:
    """What is on disk after a run: a digest a table of the audit, a digest a file, and what should be gone."""

    tables: dict[str, str]
    files: dict[str, str]
    leftovers: list[str]


class Sitting:
    """Two nights, the second of which is ended again and again."""

    def __init__(self, folder: Path, told: TextIO) -> None:
        self.folder = folder
        self.told = told
        self.log = folder / "child.log"
        self.first, self.second = deliver(folder)
        self.before = folder / "before"
        self.out = folder / "out"
        self.faults: list[str] = []
        self.endings: Counter[str] = Counter()
        self.recoveries = 0
        self.seconds = 0.0
        self.remembered: Remembered | None = None

    def say(self, line: str) -> None:
        self.told.write(f"{line}\n")
        self.told.flush()

    def prepare(self) -> list[Line]:
        """Makes the first night, an undisturbed second one, and returns the lines which that executes."""
        answer(lambda: run_night(self.first, self.before, day=1).published.run_id, log=self.log)
        self.old = answer(lambda: _left(self.before), log=self.log)
        self.renew()

        def undisturbed() -> Remembered:
            outcome = run_night(self.second, self.out, day=2)
            number = outcome.landing.delivery_number or 0
            # What the checks say, then what was not read, the control members, and what the night found.
            names = [each.check_name for each in outcome.check_results]
            checks = outcome.check_results[: names.index(UNREAD_CHECKS[0])]
            control = outcome.check_results[names.index("control_members")]
            profile = read_profile(self.out / "history", number)
            assert profile is not None
            return Remembered({number: checks}, control, {number: profile})

        self.remembered = answer(undisturbed, log=self.log)
        self.new = answer(lambda: _left(self.out), log=self.log)
        self.renew()
        began = time.monotonic()
        lines = lines_executed(lambda: self.night(), log=self.log)  # noqa: PLW0108 - the night of this sitting
        self.compare("a night with remembered checks", answer(lambda: _left(self.out), log=self.log))
        self.renew()
        began = time.monotonic()
        ended(self.night, log=self.log)
        self.seconds = time.monotonic() - began
        self.renew()
        return lines

    def renew(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(self.before, self.out, symlinks=True)

    def night(self) -> None:
        run_night(self.second, self.out, day=2, remembered=self.remembered)

    def whole_night(self) -> None:
        run_night(self.second, self.out, day=2)

    def kill(self, at: Point | float, *, with_checks: bool = False) -> bool:
        """Ends a night, and looks at what readers have then; whether it was killed at all."""
        ending = ended(self.whole_night if with_checks else self.night, at=at, log=self.log)
        where = str(at) if isinstance(at, Point) else f"after {at:.2f} s"
        if not ending.is_killed:
            self.endings["ended before" if ending.exit_code == 0 else f"exit {ending.exit_code}"] += 1
            if ending.exit_code != 0:
                self.fault(f"{where}: not killed, but ended with {ending.exit_code}: {ending.told[-2000:]}")
            self.say(f"  not reached: {where}")
            return False
        readable = answer(lambda: _readable(self.out), log=self.log)
        if readable == self.old.tables:
            state = "old audit"
        elif readable == self.new.tables:
            state = "new audit"
        else:
            state = "torn audit"
            self.fault(f"{where}: the published audit is neither the old nor the new one")
        self.endings[state] += 1
        self.say(f"  killed {where}: {state}")
        return True

    def recover(self) -> None:
        """Lets a run through; it must end as if nothing had happened."""
        ending = ended(self.night, log=self.log)
        self.recoveries += 1
        if ending.exit_code != 0:
            self.fault(f"the run after the kills ended with {ending.exit_code}: {ending.told[-2000:]}")
        else:
            self.compare("the run after the kills", answer(lambda: _left(self.out), log=self.log))
        self.say(
            f"recovered {self.recoveries}: {'as undisturbed' if not self.faults else f'{len(self.faults)} faults'}"
        )
        self.renew()

    def compare(self, what: str, left: Left) -> None:
        for kind, expected, found in (
            ("table", self.new.tables, left.tables),
            ("file", self.new.files, left.files),
        ):
            other = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
            if other:
                self.fault(f"{what} left another {kind}: {', '.join(other)}")
        if left.leftovers:
            self.fault(f"{what} left {', '.join(left.leftovers)}")

    def fault(self, text: str) -> None:
        self.faults.append(text)
        self.say(f"FAULT {text}")


def _left(out: Path) -> Left:
    return Left(audit_tables(out / "published"), files_of(out), leftovers(out))


def _readable(out: Path) -> dict[str, str]:
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Sits through the kills and says how they ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--in-a-row", type=int, default=4, help="kills before a run is let through")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checks-every", type=int, default=20, help="every so many kills, with the real checks")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(prefix="stimaudit-soak-") as folder:
        sitting = Sitting(Path(folder), sys.stdout)
        lines = sitting.prepare()
        named = named_points(lines)
        sitting.say(f"{len(lines):,} lines a night, {len(named)} named points, {sitting.seconds:.1f} s a night")
        _sit(sitting, lines, named, chance, asked)
        killed = sum(sitting.endings[state] for state in ("old audit", "new audit", "torn audit"))
        sitting.say(
            f"{killed} kills, {sitting.recoveries} runs let through, {dict(sitting.endings)}, seed {asked.seed}"
        )
        sitting.say(f"{len(sitting.faults)} faults")
    return 1 if sitting.faults else 0


def _sit(
    sitting: Sitting, lines: Sequence[Line], named: Sequence[Point], chance: Random, asked: argparse.Namespace
) -> None:
    """The kills in rounds of ``asked.in_a_row``; a round's named points go forward through the night."""
    shuffled = chance.sample(named, len(named))
    anywhere = random_points(lines, chance)
    picks: list[Callable[[], Point | float]] = [
        lambda: shuffled.pop() if shuffled else next(anywhere),
        lambda: next(anywhere),
        lambda: shuffled.pop() if shuffled else next(anywhere),
        lambda: chance.uniform(0.0, sitting.seconds),
    ]
    killed = tried = 0
    while killed < asked.kills:
        in_a_row = 0
        while in_a_row < asked.in_a_row and killed < asked.kills:
            with_checks = asked.checks_every > 0 and tried % asked.checks_every == asked.checks_every - 1
            at = chance.uniform(0.0, 3 * sitting.seconds) if with_checks else picks[tried % len(picks)]()
            tried += 1
            if sitting.kill(at, with_checks=with_checks):
                in_a_row += 1
                killed += 1
            else:
                break
        sitting.recover()


if __name__ == "__main__":
    sys.exit(main())

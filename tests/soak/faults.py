"""The matrix of faults: every kind of the catalogue, planted in four shares, on two nights, through the whole program.

`python -m tests.soak.faults` prints a line a run and a table at the end; it exits 1 where a run was silent or did not
end as its kind says. Silent is a run that ends well, says nothing that the same night without the fault does not say,
and publishes another worklist. `--kinds` takes a pattern of names, `--shares` and `--nights` some of them; `--quick`
leaves out the pages and the control members, which no fault touches, and lets the second witness judge alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipelines.gates.measures import read_measure_checks
from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import literal, open_warehouse
from tests.gates.catalogue import BETWEEN_KINDS, FILE_KINDS, VALUE_KINDS, FileKind, Kind, update
from tests.gates.feed import deliver, new_feed, run_day
from tests.gates.test_feed_faults import FAULTS
from tests.gates.text_rows import make_text, write_text
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from multiprocessing.context import ForkServerContext

    from pipelines.gates.suites import Suite
    from pipelines.ground.warehouse import Connection

Share = Literal["one row", "1 %", "one sender", "all"]
Night = Literal["first", "later"]
SHARES: tuple[Share, ...] = ("one row", "1 %", "one sender", "all")
NIGHTS: tuple[Night, ...] = ("first", "later")
CLEAN_NIGHTS = 3
LATER = CLEAN_NIGHTS + 1
CLAIMS = 1200
SENDER = "east"
SAID, REFUSED = 5, 3

SETTINGS = """
[reach.medical_claim]
from = 2020-01-01
[reach.pharmacy_claim]
from = 2020-01-01
"""
"""The feed of some months stands for one of years: else no case could be judged, and no fault would change any."""

SENDERS = """
create or replace table sender as
select table_name, row, data_source
from (
    select 'medical_claim' as table_name, row, member_id from text.medical_claim
    union all
    select 'claim_diagnosis', diagnosis.row, claim.member_id
    from text.claim_diagnosis as diagnosis
    inner join (select distinct claim_id, member_id from text.medical_claim) as claim using (claim_id)
    union all
    select 'pharmacy_claim', row, member_id from text.pharmacy_claim
    union all
    select 'eligibility', row, member_id from text.eligibility
    union all
    select 'prior_authorization', row, member_id from text.prior_authorization
    union all
    select 'care_documentation', row, member_id from text.care_documentation
)
inner join (select distinct member_id, data_source from text.medical_claim) using (member_id)
"""


class Planting(NamedTuple):
    """A kind at a place: what it does to typed rows, to text or to files, and the end that it must have everywhere."""

    name: str
    typed: str
    value: Kind | None
    file: FileKind | None
    ends: Mapping[Night, str | None]


@dataclass(frozen=True)
class Seen:
    """What a run left: its exit code, the worklist with its dollars, what was counted, and what was told."""

    exit_code: int
    worklist: frozenset[tuple[object, ...]]
    counted: Mapping[tuple[str, ...], int]
    failed: frozenset[str]
    told: str


def plantings() -> tuple[Planting, ...]:
    """Every kind of the catalogue; diagnoses on claim lines are no part of these extracts."""
    values = [
        Planting(kind.name, "", kind, None, dict.fromkeys(NIGHTS, f"{kind.end} {kind.rule}")) for kind in VALUE_KINDS
    ]
    files = [
        Planting(kind.name, "", None, kind, dict.fromkeys(NIGHTS, f"{kind.end} {kind.said}")) for kind in FILE_KINDS
    ]
    between = [
        Planting(kind.name, kind.sql, None, None, dict.fromkeys(NIGHTS, f"{kind.end} {kind.check}"))
        for kind in BETWEEN_KINDS
    ]
    feeds = [
        Planting(fault.name, fault.sql, None, None, {"first": fault.first, "later": fault.later})
        for fault in FAULTS
        if not fault.name.startswith("wide_")
    ]
    return (*feeds, *between, *values, *files)


class Payer:
    """The deliveries of a payer, the history of its clean nights, and what the program says of each night."""

    def __init__(self, folder: Path, *, is_quick: bool) -> None:
        self.folder = folder
        self.is_quick = is_quick
        self.runs = 0
        self.context: ForkServerContext = multiprocessing.get_context("forkserver")
        preloaded = ["pipelines.commands.cli", "pipelines.operation.nightly"]
        self.context.set_forkserver_preload(preloaded if is_quick else [*preloaded, "great_expectations"])
        self.connection: Connection

    def prepare(self, *, until: Night) -> Iterator[str]:
        """Makes the deliveries and runs the clean nights that are needed; a line for each."""
        new_feed(self.connection)
        for number in range(1, LATER + 1):
            deliver(self.connection, number, claims=CLAIMS)
        self.before = self.folder / "before"
        self.clean: dict[Night, Seen] = {}
        for number in range(1, LATER + 1 if until == "later" else 2):
            make_text(self.connection, number)
            extracts = write_text(self.connection, self.folder / f"clean-{number}")
            out = self.before if number < LATER else self.copied()
            seen = self.run(extracts, out, run_day(number))
            yield f"clean night {number}: exit {seen.exit_code}, {len(seen.worklist)} flagged, {sorted(seen.failed)}"
            if number == 1:
                self.clean["first"] = seen
            self.clean["later"] = seen

    def copied(self) -> Path:
        """The output folder after the clean nights, as hard links: the program replaces files and changes none."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(self.before, out, symlinks=True, copy_function=os.link)
        return out

    def plant(self, planting: Planting, share: Share, night: Night) -> Seen | None:
        """What the program makes of the night with the fault in it; none where there is nothing to spoil."""
        number = 1 if night == "first" else LATER
        make_text(self.connection, number)
        if not self._spoil(planting, share, number):
            return None
        extracts = self.folder / "spoiled"
        shutil.rmtree(extracts, ignore_errors=True)
        write_text(self.connection, extracts, schema="mixed")
        if planting.file:
            planting.file.spoil(extracts)
        if night == "first":
            shutil.rmtree(self.folder / "out", ignore_errors=True)
        out = self.folder / "out" if night == "first" else self.copied()
        return self.run(extracts, out, run_day(number))

    def _spoil(self, planting: Planting, share: Share, number: int) -> bool:
        """Makes schema ``mixed``: the clean rows, and of the rows that the fault changes those of the share."""
        connection = self.connection
        connection.execute(SENDERS)
        if planting.typed:
            # Files stay when the rows are as they were again.
            place = self.folder / "typed"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            connection.begin()
            try:
                for statement in planting.typed.format(delivery=number).split("; "):
                    connection.execute(statement)
                tables = make_text(connection, number, schema="spoiled")
                for table in tables:
                    connection.execute(f"copy spoiled.{table} to {literal(place / f'{table}.parquet')}")
            finally:
                connection.rollback()
            for table in tables:
                parquet = literal(place / f"{table}.parquet")
                connection.execute(f"create or replace table kept_{table} as from {parquet}")
        else:
            for table in _tables(connection, "text"):
                connection.execute(f"create or replace table kept_{table} as from text.{table}")
            if planting.value:
                kind = planting.value
                change = update(kind, rows=kind.rows).replace(f"text.{kind.table}", f"kept_{kind.table}", 1)
                connection.execute(change)
        connection.execute("drop schema if exists mixed cascade; create schema mixed")
        changed = sum(self._mix(table, share) for table in _tables(connection, "text"))
        return changed > 0 or planting.file is not None

    def _mix(self, table: str, share: Share) -> int:
        connection = self.connection
        exists = f"kept_{table}" in _tables(connection, "main")
        spoiled = f"kept_{table}" if exists else f"(from text.{table} where false)"
        connection.execute(
            f"create or replace temp table changed as select row from (from text.{table} except from {spoiled})"
        )
        of_sender = f"select row from sender where table_name = '{table}' and data_source = '{SENDER}'"
        first = "row" if table != "medical_claim" else f"row not in (select row from text.{table} where {OPENING}), row"
        chosen = {
            "one row": f"select row from changed order by {first} limit 1",
            "1 %": "select row from changed order by hash(row) limit (select ceil(count(*) / 100) from changed)",
            "one sender": f"select row from changed where row in ({of_sender})",
            "all": "from changed",
        }[share]
        connection.execute(f"create or replace temp table chosen as {chosen}")
        connection.execute(
            f"create table mixed.{table} as from text.{table} where row not in (from chosen) "
            f"union all by name select * from {spoiled} where row in (from chosen)"
        )
        if exists:
            connection.execute(f"drop table {spoiled}")
        return int(connection.execute("select count(*) from chosen").fetchall()[0][0])

    def run(self, extracts: Path, out: Path, day: date) -> Seen:
        """What the program leaves of a delivery."""
        self.runs += 1
        log = self.folder / "log"
        config = self.folder / "settings.toml"
        config.write_text(SETTINGS, encoding="utf-8")
        arguments = ["run", "--extracts", str(extracts), "--out", str(out), "--as-of", day.isoformat(), "--no-prefect"]
        arguments += ["--config", str(config)]
        process = self.context.Process(target=_run, args=(arguments, str(log), self.is_quick))
        process.start()
        process.join()
        told = log.read_text(encoding="utf-8")
        code = process.exitcode if process.exitcode is not None else 1
        if code not in {0, SAID}:
            return Seen(code, frozenset(), {}, frozenset(), told)
        with open_published(out / "published") as connection:
            worklist = frozenset(
                connection.execute("select episode_id, paid_amount, priority_score from audit.finding").fetchall()
            )
            quality = connection.execute(
                "select table_name, coalesce(column_name, ''), check_name, sum(failed_count) from audit.data_quality "
                "group by all union all "
                "select table_name, column_name, rule, count(*) from audit.rejected_row group by all union all "
                "select table_name, '', 'repeats', sum(repeat_count) from audit.delivered_file group by all"
            ).fetchall()
            failed = connection.execute(
                "select table_name || '.' || check_name from audit.data_quality where status = 'failed'"
            ).fetchall()
        return Seen(
            code,
            worklist,
            {tuple(map(str, place)): int(count or 0) for *place, count in quality},
            frozenset(str(name) for (name,) in failed),
            told,
        )


OPENING = "hcpcs_code in ('63650', '63655', '64555')"


def _tables(connection: Connection, schema: str) -> list[str]:
    return [
        str(name)
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = ? order by all", [schema]
        ).fetchall()
    ]


def _run(arguments: Sequence[str], log: str, is_quick: bool) -> None:
    """The `stimaudit` command with these arguments, in a process of its own."""
    from pipelines.commands.cli import main

    if is_quick:
        _hurry()
    sys.argv = ["stimaudit", *arguments]
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(told, stream.fileno())
    main()


def _hurry() -> None:
    """Leaves out what no fault touches; what Great Expectations judges is judged by the counts alone."""
    import pipelines.operation.nightly as program
    from pipelines.gates import measures, validate
    from pipelines.reports.report import Reports
    from tests.soak.nights import NOTHING_FOUND

    vars(measures)["judge_tables"] = lambda *_: {}
    vars(validate).update(_judge=_counted, import_module=lambda _: None)
    plain: dict[str, Any] = vars(program)
    plain["control_members"] = lambda _: NOTHING_FOUND
    object.__setattr__(program.PLAIN_STAGES, "report", lambda published, **_: Reports(None, (), published))


def _counted(_: Path, suites: Sequence[Suite], counts: Mapping[Any, Any], **__: object) -> dict[Any, bool]:
    """Whether each check passes by its counts and what it tolerates."""
    return {
        check.key: counts[check.key].failed
        <= max(check.kwargs.get("tolerated_count", 0), (1 - check.kwargs.get("mostly", 1)) * counts[check.key].total)
        for suite in suites
        for check in suite.checks
    }


# What comes of it


class Ending(NamedTuple):
    """How a run ended, and whether that is right."""

    word: str
    is_right: bool
    found: str


def judged(
    planting: Planting, share: Share, night: Night, seen: Seen, clean: Seen, names: Mapping[str, set[str]]
) -> Ending:
    """The verdict on a run beside the same night without the fault."""
    more = sorted(".".join(place) for place, count in seen.counted.items() if count > clean.counted.get(place, 0))
    news = sorted(seen.failed - clean.failed)
    changed = seen.worklist != clean.worklist
    wanted = planting.ends[night]
    if seen.exit_code == REFUSED:
        word = "refused"
    elif seen.exit_code not in {0, SAID}:
        return Ending("failed", is_right=False, found=f"exit {seen.exit_code}: {seen.told[-300:]}")
    elif news:
        word = "said"
    elif more:
        word = "counted"
    elif changed:
        word = "SILENT"
    else:
        word = "no change"
    found = ", ".join(_named(seen.told) if word == "refused" else news or more)
    return Ending(word, _is_right(planting, share, wanted, word, found, changed=changed, names=names), found)


def _named(told: str) -> list[str]:
    return sorted(set(re.findall(r"--accept-change (\S+)", told))) or [" ".join(told.split())[-200:]]


def _is_right(
    planting: Planting,
    share: Share,
    wanted: str | None,
    word: str,
    found: str,
    *,
    changed: bool,
    names: Mapping[str, set[str]],
) -> bool:
    if planting.value and planting.value.end in {"read", "mended"}:
        return not changed and word != "failed"
    if share != "all" or wanted is None:
        return word != "SILENT" or _as_sent(planting, share)
    end, _, what = wanted.partition(" ")
    checks = names.get(what, {what})
    is_named = any(check in found for check in checks)
    match end:
        case "held":
            return word == "refused" and is_named
        case "said":
            return word in {"said", "refused"} and is_named
        case "refused":
            return word == "refused"
        case "named":
            return word in {"said", "counted"}
        case _:
            return word in {"said", "counted", "refused"}


def _as_sent(planting: Planting, share: Share) -> bool:
    """Whether nobody can know: a few values that other rows have as well, such as a denied line among paid ones."""
    return planting.value is None and share in {"one row", "1 %"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the matrix and says how each run ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kinds", default="", help="a pattern that the names of the kinds match")
    parser.add_argument("--shares", nargs="*", choices=SHARES, default=SHARES)
    parser.add_argument("--nights", nargs="*", choices=NIGHTS, default=NIGHTS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--planned-only", action="store_true", help="only the nights for which a kind says its end")
    asked = parser.parse_args(arguments)
    names: dict[str, set[str]] = {}
    for check in read_measure_checks(ROOT / "expectations" / "measures"):
        names.setdefault(check.expectation.meta.measure, set()).add(check.key.check_name)
    ended: Counter[tuple[str, str, str]] = Counter()
    wrong = 0
    with (
        tempfile.TemporaryDirectory(prefix="stimaudit-faults-") as folder,
        open_warehouse() as connection,
    ):
        payer = Payer(Path(folder), is_quick=asked.quick)
        payer.connection = connection
        connection.execute("set enable_progress_bar = false")
        for line in payer.prepare(until="later" if "later" in asked.nights else "first"):
            _say(line)
        for planting in plantings():
            if not re.search(asked.kinds, planting.name):
                continue
            for night in asked.nights:
                if asked.planned_only and planting.ends[night] is None:
                    continue
                shares: Sequence[Share] = SHARES[-1:] if planting.file else asked.shares
                for share in shares:
                    began = time.monotonic()
                    seen = payer.plant(planting, share, night)
                    if seen is None:
                        _say(f"{planting.name:36} {night:5} {share:10} nothing to spoil")
                        continue
                    verdict = judged(planting, share, night, seen, payer.clean[night], names)
                    ended[night, share, verdict.word] += 1
                    wrong += not verdict.is_right
                    mark = "" if verdict.is_right else "WRONG, "
                    wanted = planting.ends[night] if share == "all" else ""
                    _say(
                        f"{planting.name:36} {night:5} {share:10} {mark}{verdict.word}: {verdict.found[:160]}"
                        f"{f' (wanted: {wanted})' if mark else ''} [{time.monotonic() - began:.0f} s]"
                    )
        _say(_table(ended))
        _say(f"{payer.runs} runs, {wrong} not as they should be")
    return 1 if wrong else 0


def _table(ended: Mapping[tuple[str, str, str], int]) -> str:
    words = sorted({word for _, _, word in ended})
    lines = [f"{'night':8}{'share':12}" + "".join(f"{word:>12}" for word in words)]
    for night, share in sorted({(night, share) for night, share, _ in ended}):
        lines.append(f"{night:8}{share:12}" + "".join(f"{ended.get((night, share, word), 0):12}" for word in words))
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

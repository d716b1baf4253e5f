"""The matrix of faults: every kind of the catalogue, planted in four shares, on two nights, through the whole program.

`python -m tests.soak.faults` prints a line a run and a table at the end; it exits 1 where a run was silent or did not
end as its kind says. Silent is a run that ends well, says nothing that the same night without the fault does not say,
and publishes another worklist. `--kinds` takes a pattern of names, `--shares` and `--nights` some of them; `--quick`
leaves out the pages and the control members, which no fault touches, lets the second witness judge alone, and audits
only where what landed and the gates do not tell already: rows that land as those of the clean night are audited as
those. `--keep` adds how each run ended to a file, and `--write` makes `docs/faults.md` of one.
"""

from __future__ import annotations

import argparse
import json
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

from pipelines.gates import measures, validate
from pipelines.gates.measures import read_measure_checks
from pipelines.ground.errors import StimauditError
from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import literal, open_warehouse
from pipelines.intake.land import land
from pipelines.intake.ledger import parquet_path, read_ledger
from pipelines.operation.nightly import gates_of, make_catalog, validate_landed
from pipelines.operation.plan import RunRequest, landing_rules, make_plan
from tests.gates.catalogue import BETWEEN_KINDS, FILE_KINDS, VALUE_KINDS, FileKind, Kind, update
from tests.gates.feed import CLAIMS, deliver, new_feed, run_day
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
EndingWord = Literal["held", "refused", "said", "counted", "mended", "the same", "SILENT", "failed"]
SHARES: tuple[Share, ...] = ("one row", "1 %", "one sender", "all")
NIGHTS: tuple[Night, ...] = ("first", "later")
CLEAN_NIGHTS = 3
LATER = CLEAN_NIGHTS + 1
SENDER = "east"
SAID, REFUSED = 5, 3
AT_THE_GATES = -1
"""Stands for an exit code where the gates let a delivery pass and nothing was audited."""

PAGE = ROOT / "docs" / "faults.md"
PAGE_HEAD = """# How each fault ends

Written by `python -m tests.soak.faults --write`, of nights of a small payer of four senders. Spoiled are one row, one
row in a hundred, all rows of one sender, and all rows, on a first night and on one after three clean ones.
`make soak` runs it.

- *held*: nothing is published until the change is accepted by name. *refused*: the delivery is not taken in.
- *said*: a check fails by name; published with a caveat.
- *counted*: set aside, blank or doubtful, and counted in `audit.data_quality`.
- *mended*: counted, and the rows land, or the worklist comes out, as those of the clean night.
- *the same*: the worklist is that of the clean night, and there was nothing to count.
- *as sent*: nobody can know that a single row is wrong which right deliveries have, too (decision 0168).
- A blank cell was not run for this page, or there was nothing to spoil.
"""
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
    landed: str = ""


def plantings() -> tuple[Planting, ...]:
    """Every kind of the catalogue; diagnoses on claim lines are no part of these extracts."""
    values = [
        Planting(kind.name, "", kind, None, dict.fromkeys(NIGHTS, f"{kind.end} {kind.rule}")) for kind in VALUE_KINDS
    ]
    files = [
        Planting(kind.name, "", None, kind, dict.fromkeys(NIGHTS, f"{kind.end} {kind.said}")) for kind in FILE_KINDS
    ]
    between = [
        Planting(
            kind.name,
            kind.sql,
            None,
            None,
            {"first": f"{kind.end} {kind.check}", "later": f"{kind.end} {kind.later_check or kind.check}"},
        )
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
        preloaded = ["pipelines.commands.cli", "pipelines.operation.nightly", "pandas"]
        self.context.set_forkserver_preload(preloaded if is_quick else [*preloaded, "great_expectations"])
        if is_quick:
            _judge_by_counts()
        self.connection: Connection

    def prepare(self, *, until: Night) -> Iterator[str]:
        """Makes the deliveries and runs the clean nights that are needed; a line for each."""
        new_feed(self.connection)
        (self.folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
        for number in range(1, LATER + 1):
            deliver(self.connection, number, claims=CLAIMS)
        self.before = self.folder / "before"
        self.clean: dict[Night, Seen] = {}
        self.clean_gates: dict[Night, Seen] = {}
        for number in range(1, LATER + 1 if until == "later" else 2):
            make_text(self.connection, number)
            extracts = write_text(self.connection, self.folder / f"clean-{number}")
            out = self.before if number < LATER else self.copied()
            if self.is_quick and number in {1, LATER}:
                night: Night = "first" if number == 1 else "later"
                self.clean_gates[night] = self.pass_gates(extracts, out, run_day(number))
                shutil.rmtree(out) if number == 1 else self.copied()
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

    def spoil(self, planting: Planting, share: Share, night: Night) -> bool:
        """Whether there was anything to spoil; the delivery with the fault in it lies in ``spoiled`` then."""
        number = 1 if night == "first" else LATER
        make_text(self.connection, number)
        if not self._spoil(planting, share, number):
            return False
        extracts = self.folder / "spoiled"
        shutil.rmtree(extracts, ignore_errors=True)
        write_text(self.connection, extracts, schema="mixed")
        if planting.file:
            planting.file.spoil(extracts)
        return True

    def night(self, night: Night, *, gates_alone: bool = False) -> Seen:
        """What the program, or its gates alone, make of the night with what ``spoil`` left."""
        number = 1 if night == "first" else LATER
        if night == "first":
            shutil.rmtree(self.folder / "out", ignore_errors=True)
        out = self.folder / "out" if night == "first" else self.copied()
        return (self.pass_gates if gates_alone else self.run)(self.folder / "spoiled", out, run_day(number))

    def pass_gates(self, extracts: Path, out: Path, day: date) -> Seen:
        """What landing and the gates say of a delivery, without an audit; it stays landed in ``out``."""
        request = RunRequest(extracts=extracts, out=out, config=self.folder / "settings.toml")
        plan = make_plan(request, today=day)
        catalog = self.folder / "catalog.duckdb"
        try:
            landing = land(extracts, landed=plan.landed, as_of=day, rules=landing_rules(plan.settings))
            make_catalog(plan.landed, catalog)
            number = landing.delivery_number or 1
            results = validate_landed(catalog, gates=gates_of(plan), as_of=day, delivery_number=number)
        except StimauditError as error:
            return Seen(error.exit_code, frozenset(), {}, frozenset(), str(error))
        failed = frozenset(f"{one.table_name}.{one.check_name}" for one in results if one.status == "failed")
        return Seen(AT_THE_GATES, frozenset(), _values_counted(plan.landed), failed, "", _rows_landed(plan.landed))

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
    from pipelines.reports import report
    from tests.soak.nights import NOTHING_FOUND

    _judge_by_counts()
    vars(program)["control_members"] = lambda _: NOTHING_FOUND
    vars(report)["_write_in"] = lambda *_: None


def _values_counted(landed: Path) -> dict[tuple[str, ...], int]:
    """How many values of the newest delivery were mended, are doubtful or stand in rows set aside, by place."""
    counted: Counter[tuple[str, ...]] = Counter()
    for file in read_ledger(landed)[-1].files:
        table = str(file.table_name)
        for value in file.repaired_values:
            counted[table, value.column_name, value.rule] += value.row_count
        counted[table, "", "rejected"] += file.rejected_count
        counted[table, "", "repeats"] += file.repeat_count
    return dict(counted)


def _rows_landed(landed: Path) -> str:
    """The rows of the newest delivery that were loaded, as a number of rows and a sum of their hashes a table."""
    delivery = read_ledger(landed)[-1]
    sums = []
    with open_warehouse() as connection:
        for file in delivery.files:
            if file.fate != "landed":
                continue
            path = parquet_path(landed, str(file.table_name), delivery.delivery_number, file.file_number)
            found = connection.execute(
                f"select count(*), sum(row_hash) from read_parquet({literal(path)}) where row_faults is null"
            ).fetchall()[0]
            sums.append((file.table_name, *map(str, found)))
    return json.dumps(sorted(sums))


def _judge_by_counts() -> None:
    """Lets the second witness judge alone, which needs no Great Expectations."""
    vars(measures)["judge_tables"] = lambda *_: {}
    vars(validate).update(_judge=_counted, import_module=lambda _: None)


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

    word: EndingWord
    is_right: bool
    found: str


class KeptEnding(NamedTuple):
    """How a kind ended in a share on a night, as it is kept for the page."""

    kind: str
    night: Night
    share: Share
    word: str
    found: str
    is_right: bool


def judged(
    planting: Planting, share: Share, night: Night, seen: Seen, clean: Seen, names: Mapping[str, set[str]]
) -> Ending:
    """The verdict on a run beside the same night without the fault."""
    more = sorted(".".join(place) for place, count in seen.counted.items() if count > clean.counted.get(place, 0))
    news = sorted(seen.failed - clean.failed)
    # Rows that landed as those of the clean night are audited as those.
    is_audited = seen.exit_code != AT_THE_GATES
    is_same = seen.worklist == clean.worklist if is_audited else seen.landed == clean.landed
    if seen.exit_code == REFUSED:
        word: EndingWord = "held" if "--accept-change" in seen.told else "refused"
    elif seen.exit_code not in {0, SAID, AT_THE_GATES}:
        return Ending("failed", is_right=False, found=f"exit {seen.exit_code}: {seen.told[-300:]}")
    elif news:
        word = "said"
    elif more:
        word = "mended" if is_same else "counted"
    else:
        word = "the same" if is_same else "SILENT"
    found = ", ".join(_named(seen.told) if word in {"held", "refused"} else news or more)
    is_right = _is_right(planting, share, planting.ends[night], word, found, is_same=is_same, names=names)
    return Ending(word, is_right, found)


def _named(told: str) -> list[str]:
    return sorted(set(re.findall(r"--accept-change (\S+)", told))) or [" ".join(told.split())[-200:]]


def _is_right(
    planting: Planting,
    share: Share,
    wanted: str | None,
    word: EndingWord,
    found: str,
    *,
    is_same: bool,
    names: Mapping[str, set[str]],
) -> bool:
    if planting.value and planting.value.end in {"read", "mended"}:
        return is_same
    if share != "all" or wanted is None:
        return word != "SILENT" or _as_sent(planting, share)
    end, _, what = wanted.partition(" ")
    is_named = any(check in found for check in names.get(what, {what}))
    match end:
        case "held":
            return word == "refused" or (word == "held" and is_named)
        case "said":
            return word == "held" or (word == "said" and is_named)
        case "refused":
            return word == "refused"
        case "named":
            return word in {"said", "counted", "mended"}
        case _:
            return word in {"said", "counted", "mended", "held", "refused"}


def _as_sent(planting: Planting, share: Share) -> bool:
    """Whether nobody can know: a few values that other rows have as well, such as a denied line among paid ones."""
    return planting.value is None and share in {"one row", "1 %"}


def endings(
    payer: Payer, planting: Planting, night: Night, shares: Sequence[Share], names: Mapping[str, set[str]]
) -> Iterator[tuple[Share, Ending | None]]:
    """How a kind ended in each share; none where there was nothing to spoil."""
    for share in shares:
        if not payer.spoil(planting, share, night):
            yield share, None
            continue
        if payer.is_quick and planting.file is None:
            seen = payer.night(night, gates_alone=True)
            ending = judged(planting, share, night, seen, payer.clean_gates[night], names)
            # Where a few rows may pass as sent, the audit has nothing to add.
            if ending.is_right:
                yield share, ending
                continue
        yield share, judged(planting, share, night, payer.night(night), payer.clean[night], names)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the matrix and says how each run ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kinds", default="", help="a pattern that the names of the kinds match")
    parser.add_argument("--shares", nargs="*", choices=SHARES, default=SHARES)
    parser.add_argument("--nights", nargs="*", choices=NIGHTS, default=NIGHTS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--planned-only", action="store_true", help="only the nights for which a kind says its end")
    parser.add_argument("--part", default="1/1", help="only every n-th kind: 1/2 and 2/2 are two halves")
    parser.add_argument("--keep", type=Path, help="adds how each run ended to this file")
    parser.add_argument("--write", type=Path, nargs="*", help="runs nothing and writes docs/faults.md of such files")
    asked = parser.parse_args(arguments)
    if asked.write:
        PAGE.write_text(page([KeptEnding(**json.loads(line)) for path in asked.write for line in path.open()]), "utf-8")
        return 0
    names: dict[str, set[str]] = {}
    for check in read_measure_checks(ROOT / "expectations" / "measures"):
        names.setdefault(check.expectation.meta.measure, set()).add(check.key.check_name)
    ended: Counter[tuple[str, str, str]] = Counter()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="stimaudit-faults-") as folder, open_warehouse() as connection:
        payer = Payer(Path(folder), is_quick=asked.quick)
        payer.connection = connection
        connection.execute("set enable_progress_bar = false")
        for line in payer.prepare(until="later" if "later" in asked.nights else "first"):
            _say(line)
        for planting, night in _asked(asked):
            shares: Sequence[Share] = SHARES[-1:] if planting.file else asked.shares
            began = time.monotonic()
            for share, ending in endings(payer, planting, night, shares, names):
                if ending is None:
                    _say(f"{planting.name:36} {night:5} {share:10} nothing to spoil")
                    continue
                ended[night, share, ending.word] += 1
                wrong += not ending.is_right
                mark = "" if ending.is_right else "WRONG, "
                wanted = f" (wanted: {planting.ends[night]})" if mark and share == "all" else ""
                _say(
                    f"{planting.name:36} {night:5} {share:10} {mark}{ending.word}: {ending.found[:160]}{wanted} "
                    f"[{time.monotonic() - began:.0f} s]"
                )
                if asked.keep:
                    with asked.keep.open("a", encoding="utf-8") as kept:
                        of_run = KeptEnding(planting.name, night, share, ending.word, ending.found, ending.is_right)
                        kept.write(json.dumps(of_run._asdict()) + "\n")
        _say(_table(ended))
        _say(f"{payer.runs} runs, {wrong} not as they should be")
    return 1 if wrong else 0


def _asked(asked: argparse.Namespace) -> Iterator[tuple[Planting, Night]]:
    """The kinds and nights that were asked for."""
    part, parts = map(int, asked.part.split("/"))
    chosen = [planting for planting in plantings() if re.search(asked.kinds, planting.name)]
    for planting in chosen[part - 1 :: parts]:
        for night in asked.nights:
            if not asked.planned_only or planting.ends[night] is not None:
                yield planting, night


# The page


def page(kept: Sequence[KeptEnding]) -> str:
    """`docs/faults.md`: how each kind ended by night and share."""
    by_kind: dict[str, dict[tuple[Night, Share], KeptEnding]] = {}
    for one in kept:
        by_kind.setdefault(one.kind, {})[one.night, one.share] = one
    groups = (
        ("Whole feeds", [planting for planting in plantings() if planting.typed and not _is_between(planting)]),
        ("Between tables", [planting for planting in plantings() if _is_between(planting)]),
        ("Values", [planting for planting in plantings() if planting.value]),
        ("Files", [planting for planting in plantings() if planting.file]),
    )
    columns = [(night, share) for night in NIGHTS for share in SHARES]
    lines = [PAGE_HEAD]
    for title, chosen in groups:
        lines += [f"## {title}", "", "| kind | " + " | ".join(f"{n}, {s}" for n, s in columns) + " |"]
        lines.append("|---" * (1 + len(columns)) + "|")
        for planting in chosen:
            ends = by_kind.get(planting.name, {})
            cells = [_cell(planting, share, ends.get((night, share))) for night, share in columns]
            lines.append(f"| `{planting.name}` | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _is_between(planting: Planting) -> bool:
    return planting.name in {kind.name for kind in BETWEEN_KINDS}


def _cell(planting: Planting, share: Share, kept: KeptEnding | None) -> str:
    if kept is None:
        return ""
    if kept.word == "SILENT" and _as_sent(planting, share):
        return "as sent"
    return kept.word if kept.is_right else f"**{kept.word}, which is wrong**"


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

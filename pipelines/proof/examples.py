"""Examples: tiny members in a few lines of text, audited by the real models and compared with what is expected.

Members do not influence each other, so all examples of equal settings are audited in one run. What does hold for a
whole run (the run date, the feeds, the policies, the newest line, the crosswalk of drug codes) parts the examples into
runs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from pipelines.ground.errors import UsageError
from pipelines.ground.files import MEGABYTE, read_text
from pipelines.ground.warehouse import identifier, insert_rows, open_scratch
from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.layouts.canonical import judged_in_steps
from pipelines.intake.layouts.projection import Projection
from pipelines.intake.ledger import EXTRA_COLUMNS, make_delivery_table, make_rejected_row
from pipelines.proof.example_text import (
    Example,
    ExampleRow,
    ExampleSettings,
    ExampleTextError,
    parse_day,
    parse_examples,
)
from pipelines.proof.expected import NOTHING, REVIEW_COLUMNS, listed
from pipelines.rule.audit import judge
from pipelines.rule.narrow import stage_candidates
from pipelines.rule.policy import DEFAULT_POLICY, load_policies, write_policies
from pipelines.rule.value_sets import load_value_sets, write_value_sets
from pipelines.rule.vocabulary import CRITERIA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.ground.warehouse import Connection
    from pipelines.intake.extracts import ExtractTable
    from pipelines.proof.expected import Check
    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet


SUFFIX: Final = ".txt"
MOST_OF_EXAMPLES: Final = MEGABYTE
"""The bytes that one file of examples may have; a folder may hold many."""
_NEWEST_LINE: Final = "newest-line"
"""The member whose one claim says how far the data of a run reach; no example can take this name."""
_CLAIM_COLUMNS: Final = frozenset({"claim_id", "original_claim_id"})
_SEPARATOR: Final = "/"


@dataclass(frozen=True)
class ExampleResult:
    """What the audit said of one example: the differences from what was expected, and its own explanations.

    ``episodes`` are rows of ``audit.episode_review`` by anchor date; ``explanation`` is in lines of plain text.
    """

    example: Example
    episodes: tuple[Mapping[str, Any], ...]
    differences: tuple[str, ...]
    explanation: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """Whether everything expected was found."""
        return not self.differences

    def lines(self) -> tuple[str, ...]:
        """The example as a person reads it: one line where it is met, else its text, what differs, what was found."""
        if self.is_met:
            return (f"met      {self.example.title}",)
        given = (line.rstrip() for line in self.example.text.strip("\n").splitlines())
        return (
            f"not met  {self.example.title} ({self.example.place})",
            *(f"    {line.strip()}" for line in given if line.strip()),
            *(f"  {difference}" for difference in self.differences),
            "  The audit says:",
            *(f"    {line}" for line in self.explanation),
        )


@dataclass(frozen=True)
class ExampleReport:
    """The results of every example of a folder, by file and place in the file."""

    results: tuple[ExampleResult, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every example is met."""
        return all(result.is_met for result in self.results)

    def lines(self) -> tuple[str, ...]:
        """The report as lines of plain text, with the count of examples at the end."""
        not_met = sum(not result.is_met for result in self.results)
        return (
            *(line for result in self.results for line in result.lines()),
            f"{len(self.results)} examples, {not_met} not met.",
        )

    def as_json(self) -> dict[str, Any]:
        """An entry an example, met or with what differs, and how many are not met."""
        return {
            "examples": [
                {
                    "title": result.example.title,
                    "place": result.example.place,
                    "is_met": result.is_met,
                    "differences": list(result.differences),
                }
                for result in self.results
            ],
            "not_met_count": sum(not result.is_met for result in self.results),
        }


def run_examples(folder: Path, *, sql: Path, policies: Path | None = None) -> ExampleReport:
    """What the audit says of every example in the files ``*.txt`` of ``folder``.

    ``sql`` has the models, the value sets and, unless ``policies`` names another folder, the policies. A dossier that
    is due for review is used all the same, for examples are how it is reviewed. Raises ``ExampleTextError`` with every
    fault of the texts, and ``UsageError`` where the folder has no example file.
    """
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        message = f"{folder}: there is no example file (*{SUFFIX}) here; name the folder that holds the examples."
        raise UsageError(message)
    examples: list[Example] = []
    faults: list[str] = []
    for path in paths:
        try:
            examples.extend(parse_examples(read_text(path, most=MOST_OF_EXAMPLES), source=path.name))
        except ExampleTextError as error:
            faults.extend(error.faults)
        except OSError as error:
            faults.append(f"{path.name}: the file cannot be read ({error.strerror}).")
        except UnicodeDecodeError:
            faults.append(f"{path.name}: the file cannot be read as UTF-8 text; save it as UTF-8.")
    if faults:
        raise ExampleTextError(faults)
    return ExampleReport(audit_examples(examples, sql=sql, policies=policies))


def audit_examples(
    examples: Sequence[Example], *, sql: Path, policies: Path | None = None, workers: int = 2
) -> tuple[ExampleResult, ...]:
    """The result of each of ``examples``, in their order, from as few runs as their settings allow.

    ``workers`` runs are made at a time. Raises ``ExampleTextError`` naming every line that landing would set aside, and
    ``PolicyError`` for an unknown policy.
    """
    runs: dict[ExampleSettings, dict[str, Example]] = defaultdict(dict)
    for number, example in enumerate(examples):
        runs[example.settings][f"example-{number:05d}"] = example
    prepared = _Prepared(sql, policies or sql / "policies", load_value_sets(sql / "value_sets"))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        made = list(pool.map(prepared.run, runs, runs.values()))
    faults = [fault for _, found in made for fault in found]
    if faults:
        raise ExampleTextError(faults)
    results = {member_id: result for found, _ in made for member_id, result in found.items()}
    return tuple(results[member_id] for member_id in sorted(results))


@dataclass(frozen=True)
class _Prepared:
    """What every run of examples needs, read once."""

    sql: Path
    policies: Path
    value_sets: tuple[ValueSet, ...]

    def run(
        self, settings: ExampleSettings, members: Mapping[str, Example]
    ) -> tuple[dict[str, ExampleResult], list[str]]:
        """The result of each member of one run, or the faults of its lines. One thread: the data are tiny."""
        with open_scratch() as connection:
            write_value_sets(connection, self.value_sets)
            _make_policies(connection, self.policies, settings)
            faults = _make_landed(connection, members, settings)
            if faults:
                return {}, faults
            stage_candidates(
                connection,
                self.sql,
                as_of=settings.as_of,
                assume_enrolled=settings.assume_enrolled,
                reach=dict(settings.reach),
            )
            judge(connection, self.sql, run_id="examples")
            found = _Found(connection)
            return {member_id: found.result(member_id, example) for member_id, example in members.items()}, []


def _make_policies(connection: Connection, folder: Path, settings: ExampleSettings) -> None:
    changed = dict(settings.parameters)
    write_policies(
        connection,
        [_overridden(policy, changed) for policy in load_policies(folder, as_of=settings.as_of, allow_overdue=True)],
        default_policy=DEFAULT_POLICY,
        single_policy=settings.single_policy,
        policy_by_line_of_business=dict(settings.policy_by_line_of_business),
    )


def _overridden(policy: Policy, changed: Mapping[str, Any]) -> Policy:
    return replace(
        policy,
        parameters=tuple(
            replace(parameter, value=changed.get(parameter.name, parameter.value)) for parameter in policy.parameters
        ),
    )


def _make_landed(connection: Connection, members: Mapping[str, Example], settings: ExampleSettings) -> list[str]:
    """Makes the schema ``landed`` as landing leaves it; returns a fault for each line that it would set aside."""
    connection.execute("create schema if not exists landed")
    rows = _rows_by_table(members, settings)
    tables = read_extract_tables()
    faults: list[str] = []
    for table in tables.values():
        faults.extend(_make_landed_table(connection, table, rows[table.table_name], members, settings))
    delivered = Counter(
        (row.delivery_number, row.file_number, row.table_name) for each in rows.values() for _, row in each
    )
    connection.execute(
        "create or replace table landed.delivered_file (delivery_number INTEGER, file_number INTEGER, "
        "table_name VARCHAR, file_name VARCHAR, row_count BIGINT, loaded_count BIGINT, repeat_count BIGINT, "
        "rejected_count BIGINT, fate VARCHAR)"
    )
    insert_rows(
        connection,
        "landed.delivered_file",
        [(*file, "example", row_count, row_count, 0, 0, "landed") for file, row_count in sorted(delivered.items())],
    )
    make_delivery_table(connection, ())
    make_rejected_row(connection, Path(), ())
    connection.execute("create or replace table landed.feed (table_name VARCHAR, is_supplied BOOLEAN)")
    insert_rows(
        connection,
        "landed.feed",
        [
            (name, bool(rows[name]) if name.endswith("_crosswalk") else name not in settings.feeds_left_out)
            for name in tables
        ],
    )
    return faults


def _rows_by_table(
    members: Mapping[str, Example], settings: ExampleSettings
) -> dict[str, list[tuple[str, ExampleRow]]]:
    rows: dict[str, list[tuple[str, ExampleRow]]] = defaultdict(list)
    for member_id, example in members.items():
        for row in example.rows:
            rows[row.table_name].append((member_id, row))
    for from_system, from_code, ingredient in settings.crosswalk:
        entry = {"from_system": from_system, "from_code": from_code, "rxnorm_ingredient": ingredient}
        rows["drug_crosswalk"].append(("", ExampleRow("drug_crosswalk", entry, 0)))
    newest = {
        "claim_id": _NEWEST_LINE,
        "claim_line_number": "1",
        "claim_type": "professional",
        "claim_line_start_date": (settings.data_until or settings.as_of).isoformat(),
        "hcpcs_code": "99213",
        "paid_amount": "0",
    }
    rows["medical_claim"].append((_NEWEST_LINE, ExampleRow("medical_claim", newest, 0)))
    return rows


def _make_landed_table(
    connection: Connection,
    table: ExtractTable,
    rows: Sequence[tuple[str, ExampleRow]],
    members: Mapping[str, Example],
    settings: ExampleSettings,
) -> list[str]:
    """One row per loaded row of ``rows``, read by the expressions that landing reads with."""
    names = [column.column_name for column in table.columns]
    schema: dict[str, pl.DataType] = dict.fromkeys(names, pl.String())
    schema |= {"source_row": pl.Int64(), "delivery_number": pl.Int32(), "file_number": pl.Int32()}
    frame = pl.DataFrame(
        [_as_delivered(number, *row, table) for number, row in enumerate(rows, start=1)], schema=schema
    )
    connection.register("source", frame.to_arrow())
    query = f"select {', '.join(map(identifier, names))}, source_row from source"
    projection = Projection(table.table_name, tuple(names), query, has_source_row=True, types={})
    judged = judged_in_steps(
        connection, projection, table, as_of=settings.as_of, payments_are_supplied=settings.payments_supplied
    )
    connection.execute(
        "create or replace temporary table judged as "
        f"select judged.*, source.delivery_number, source.file_number "
        f"from ({judged}) as judged "
        "inner join source on judged.source_row = source.source_row"
    )
    columns = ", ".join(map(identifier, [*names, *EXTRA_COLUMNS]))
    connection.execute(
        f"create or replace table landed.{identifier(table.table_name)} as "
        f"select {columns} from judged where row_faults is null order by source_row"
    )
    rejected = connection.execute(
        "select source_row, row_faults from judged where row_faults is not null order by source_row"
    ).fetchall()
    connection.unregister("source")
    messages = {
        f"{column.column_name}:{rule}": column.message(rule) for column in table.columns for rule in column.rules
    }
    return [
        f"{_place(members, *rows[number - 1])}: landing would set the row aside: {messages[fault]}."
        for number, faults in rejected
        for fault in faults.split(";")
    ]


def _place(members: Mapping[str, Example], member_id: str, row: ExampleRow) -> str:
    source, _, _ = members[member_id].place.rpartition(", line ")
    return f"{source}, line {row.line_number}"


def _as_delivered(number: int, member_id: str, row: ExampleRow, table: ExtractTable) -> dict[str, Any]:
    """The row with the identifiers of its member in it, so that no two examples share a claim."""
    values = {
        name: f"{member_id}{_SEPARATOR}{value}" if name in _CLAIM_COLUMNS and value else value
        for name, value in row.values.items()
    }
    owner = values.get("member_id", "own" if "member_id" in table.required_columns else "")
    if "member_id" in {column.column_name for column in table.columns}:
        values["member_id"] = {"own": member_id, "other": f"{member_id}{_SEPARATOR}other"}.get(owner, "")
    places = {"source_row": number, "delivery_number": row.delivery_number, "file_number": row.file_number}
    return values | places


class _Found:
    """What one run left, by member and episode."""

    def __init__(self, connection: Connection) -> None:
        self.review = _read(connection, "audit.episode_review", "member_id", "anchor_date, episode_id")
        self.criterion = _read(connection, "audit.criterion_result", "episode_id", "criterion_number")
        self.group = _read(connection, "audit.care_group_state", "episode_id", "care_group")
        self.part = _read(connection, "audit.priority_part", "episode_id", "part_number")
        self.ledger = _read(connection, "audit.care_ledger", "episode_id", "service_date, source_row")
        self.statement = _read(connection, "audit.statement", "episode_id", "document_date, source_row")
        self.claim = _read(connection, "intermediate.claim_final_state", "member_id", "claim_id")

    def result(self, member_id: str, example: Example) -> ExampleResult:
        """The result of one example."""
        episodes = tuple(_without_prefix(row) for row in self.review[member_id])
        differences = []
        if len(episodes) != example.episode_count:
            differences.append(f"Expected {_episodes(example.episode_count)}; found {_episodes(len(episodes))}.")
        for number, checks in example.checks.items():
            for check in checks:
                found = self._of(check, member_id, episodes[number - 1] if number <= len(episodes) else None)
                if not _holds(check, found, example):
                    which = f" of episode {number}" if example.episode_count > 1 else ""
                    differences.append(
                        f"Line {check.line_number}: expected{which} {check.text}; found {_shown(found)}."
                    )
        return ExampleResult(example, episodes, tuple(differences), tuple(self._explanation(episodes)))

    def _of(self, check: Check, member_id: str, episode: Mapping[str, Any] | None) -> object:
        """What was found of the subject of ``check``; none where it is not there."""
        part = check.part or ""
        if check.subject == "claim":
            return {_bare(row["claim_id"]): row["final_state"] for row in self.claim[member_id]}.get(part)
        if episode is None:
            return None
        if check.subject in REVIEW_COLUMNS and not part:
            return episode[REVIEW_COLUMNS[check.subject]]
        return self._evidence(check.subject, part, episode["episode_id"])

    def _evidence(self, subject: str, part: str, episode_id: str) -> object:
        match subject:
            case "ledger":
                code = part.replace(".", "")
                return sorted({row["counts"] for row in self.ledger[episode_id] if row["code"] == code})
            case "statement":
                return _value(self.statement[episode_id], "document_id", part, "statement_state")
            case "priority":
                return _value(self.part[episode_id], "part", part, "points")
        if subject in CRITERIA:
            return _value(self.criterion[episode_id], "criterion", subject, part or "result")
        return _value(self.group[episode_id], "care_group", subject, part or "state")

    def _explanation(self, episodes: Iterable[Mapping[str, Any]]) -> Iterable[str]:
        is_empty = True
        for number, row in enumerate(episodes, start=1):
            is_empty = False
            yield (
                f"episode {number}, {row['episode_kind']}, {row['event_stage']}, anchor {row['anchor_date']}: "
                f"{row['outcome']}, {row['outcome_reason']}; exclusions {_shown(row['exclusion_reasons'])}; "
                f"{_shown(row['diagnosis_class'])} ({_shown(row['billed_diagnoses'])}); notes {_shown(row['notes'])}; "
                f"paid {_shown(row['paid_amount'])}, priority {_shown(row['priority_score'])}, "
                f"policy {row['policy_id']}"
            )
            for criterion in self.criterion[row["episode_id"]]:
                yield f"{criterion['criterion']} {criterion['result']}: {criterion['explanation']}"
            for group in self.group[row["episode_id"]]:
                if group["state"] != "none":
                    yield (
                        f"{group['care_group']} {group['state']}: {group['service_count']} services, "
                        f"measure {_shown(group['measure'])} of {_shown(group['threshold'])}"
                    )
            for statement in self.statement[row["episode_id"]]:
                missing = f", missing: {_shown(statement['missing'])}" if statement["missing"] else ""
                yield f"statement {statement['document_id']}: {statement['statement_state']}{missing}"
        if is_empty:
            yield "no episode"


def _value(rows: Iterable[Mapping[str, Any]], key: str, wanted: str, column: str) -> object:
    return next((row[column] for row in rows if row[key] == wanted), None)


def _read(connection: Connection, table: str, key: str, order: str) -> Mapping[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(f"select * from {table} order by {key}, {order}").pl().iter_rows(named=True):
        rows[row[key]].append(row)
    return rows


def _without_prefix(episode: Mapping[str, Any]) -> dict[str, Any]:
    return {**episode, "claim_ids": [_bare(claim_id) for claim_id in episode["claim_ids"]]}


def _bare(claim_id: str) -> str:
    return claim_id.partition(_SEPARATOR)[2]


def _holds(check: Check, found: object, example: Example) -> bool:
    if check.operator != "=":
        is_wanted = check.operator == "+="
        return isinstance(found, list) and all((word in found) == is_wanted for word in listed(check.value))
    match found:
        case list():
            return [str(word) for word in found] == listed(check.value)
        case date():
            return parse_day(check.value, example.day_zero) == found
        case bool() | None:
            return check.value == _shown(found)
        case int() | float() | Decimal():
            return _equals(check.value, found)
        case _:
            return check.value == str(found)


def _equals(written: str, found: float | Decimal) -> bool:
    """Whether the number found is the one written, to as many decimals as were written."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return False
    return Decimal(str(found)).quantize(Decimal(1).scaleb(int(number.as_tuple().exponent))) == number


def _shown(found: object) -> str:
    match found:
        case None:
            return NOTHING
        case list():
            return f"[{','.join(map(str, found))}]"
        case bool():
            return str(found).lower()
        case _:
            return str(found)


def _episodes(count: int) -> str:
    return "no episode" if count == 0 else f"{count} episode{'s' if count > 1 else ''}"

"""The product run on text rows: written as CSV, landed, narrowed and judged; and compared with a second opinion."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.ground.warehouse import open_warehouse
from pipelines.intake import ledger
from pipelines.intake.land import LandingRules, land
from pipelines.rule.audit import judge
from pipelines.rule.narrow import stage_candidates
from pipelines.rule.policy import write_policies
from pipelines.rule.value_sets import write_value_sets
from tests.messy.members import RUN_DATE, write_extracts
from tests.second_opinion.opinion import POLICIES, second_opinion
from tests.second_opinion.reading import DEFAULT_INTAKE, Intake
from tests.support.places import ROOT
from tests.support.shipped import shipped_policies, shipped_value_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet
    from pipelines.rule.vocabulary import ParameterValue
    from tests.messy.text import Row
    from tests.second_opinion.opinion import Opinion
    from tests.second_opinion.reach import Bounds

SQL = ROOT / "sql"
VALUE_SETS = SQL / "value_sets"
DEFAULT_POLICY = "evidence_low_back_pain"
REVIEWED_BY = date(2026, 11, 22)
TAKE_ALL = LandingRules(max_rejected_share=1.0)
"""Messy members have more bad rows in small tables than a delivery may have."""

COMPARED: dict[str, tuple[str, ...]] = {
    "episode_review": ("episode_id",),
    "criterion_result": ("episode_id", "criterion"),
    "care_group_state": ("episode_id", "care_group"),
    "care_ledger": (
        *("episode_id", "care_group", "service_date", "source_table", "claim_id", "claim_line_number"),
        *("code_system", "code", "copy"),
    ),
}
"""The tables compared, with their key; ``copy`` numbers the ledger rows that are alike."""

OF_THE_RUN = frozenset({"run_id", "source_file", "source_row"})
"""Columns that say how rows came in, not what they mean."""

Key = tuple[object, ...]
Table = dict[Key, dict[str, object]]


@dataclass(frozen=True)
class Setup:
    """How a run is set up: policies and what their parameters are instead of those shipped, run date, enrolment.

    ``reach`` gives first and last day of a feed, ``intake`` what the configuration says of deliveries.
    """

    as_of: date = RUN_DATE
    single_policy: str | None = None
    policy_by_line_of_business: Mapping[str, str] = field(default_factory=dict)
    assume_enrolled: bool = False
    parameters: Mapping[str, Mapping[str, ParameterValue]] = field(default_factory=dict)
    reach: Mapping[str, Bounds] = field(default_factory=dict)
    intake: Intake = DEFAULT_INTAKE


DEFAULT_SETTINGS = Setup()


@dataclass(frozen=True)
class Difference:
    """One value on which the product and the second opinion differ; a row that only one of them has is a difference."""

    table: str
    key: Key
    column: str
    product: object
    opinion: object

    @property
    def episode_id(self) -> object:
        """The episode it is about."""
        return self.key[0]


def landed_connection(
    extracts: Mapping[str, Sequence[Row]], folder: Path, *, as_of: date = RUN_DATE, intake: Intake = DEFAULT_INTAKE
) -> Connection:
    """A database in memory whose schema ``landed`` holds the rows, after the real landing of each of their deliveries.

    A row's ``_delivery``, ``_file`` say where it is delivered; ``folder`` takes the files and must be empty.
    """
    for number, delivery in enumerate(deliver(extracts, folder), start=1):
        land(delivery, landed=folder / "landed", as_of=as_of, rules=_rules(intake, number))
    connection = open_warehouse()
    ledger.attach(connection, folder / "landed")
    return connection


def _rules(intake: Intake, number: int) -> LandingRules:
    """What the configuration says of landing the delivery of that number."""
    covers = (intake.full_deliveries or {}).get(number)
    return replace(
        TAKE_ALL,
        null_words=tuple(intake.null_words),
        payments_supplied=dict.fromkeys(sorted(intake.files_without_payments), False),
        is_whole=intake.redelivered_claims == "whole" or covers is not None,
        covers=covers,
    )


def deliver(extracts: Mapping[str, Sequence[Row]], folder: Path) -> list[Path]:
    """The folders of the deliveries, in order, after the rows were written into them as canonical CSV."""
    numbers = sorted({row.get("_delivery") or "" for rows in extracts.values() for row in rows} or {""})
    folders = []
    for number in numbers:
        place = folder / "delivered" / (number or "only")
        tables = {
            table: [{**row, "_delivery": None} for row in rows if (row.get("_delivery") or "") == number]
            for table, rows in extracts.items()
        }
        write_extracts(
            {table: rows for table, rows in tables.items() if rows or (number == numbers[0] and not extracts[table])},
            place,
        )
        folders.append(place)
    return folders


def judge_landed(
    connection: Connection,
    settings: Setup = DEFAULT_SETTINGS,
    *,
    policies: Sequence[Policy] | None = None,
    value_sets: Sequence[ValueSet] | None = None,
) -> Connection:
    """The same connection with every table of the audit made from its schema ``landed``."""
    write_value_sets(connection, shipped_value_sets() if value_sets is None else value_sets)
    write_policies(
        connection,
        _policies_with(settings.parameters) if policies is None else policies,
        default_policy=DEFAULT_POLICY,
        single_policy=settings.single_policy,
        policy_by_line_of_business=settings.policy_by_line_of_business,
    )
    stage_candidates(
        connection,
        SQL,
        as_of=settings.as_of,
        assume_enrolled=settings.assume_enrolled,
        reach=settings.reach,
        redelivered_claims=settings.intake.redelivered_claims,
    )
    judge(connection, SQL, run_id="R")
    return connection


def product(extracts: Mapping[str, Sequence[Row]], folder: Path, settings: Setup = DEFAULT_SETTINGS) -> Connection:
    """A database in memory with every table of the audit of the rows, landed in ``folder`` on the way."""
    return judge_landed(landed_connection(extracts, folder, as_of=settings.as_of, intake=settings.intake), settings)


def _policies_with(parameters: Mapping[str, Mapping[str, ParameterValue]]) -> tuple[Policy, ...]:
    return tuple(
        replace(
            policy,
            parameters=tuple(
                replace(parameter, value=parameters.get(policy.id, {}).get(parameter.name, parameter.value))
                for parameter in policy.parameters
            ),
        )
        for policy in shipped_policies(REVIEWED_BY)
    )


def opinion_on(extracts: Mapping[str, Sequence[Row]], settings: Setup = DEFAULT_SETTINGS) -> Opinion:
    """The second opinion on the rows under the same settings and the versions of the shipped policies."""
    return second_opinion(
        in_delivered_order(extracts),
        as_of=settings.as_of,
        value_sets=VALUE_SETS,
        parameters={name: {**values, **settings.parameters.get(name, {})} for name, values in POLICIES.items()},
        policy_versions={policy.id: policy.version for policy in shipped_policies(REVIEWED_BY)},
        default_policy=DEFAULT_POLICY,
        policy_by_line_of_business=settings.policy_by_line_of_business,
        single_policy=settings.single_policy,
        assume_enrolled=settings.assume_enrolled,
        reach=settings.reach,
        intake=settings.intake,
    )


def in_delivered_order(extracts: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """The rows with their deliveries numbered from 1, as the second opinion reads them."""
    names = sorted({row["_delivery"] or "" for rows in extracts.values() for row in rows if row.get("_delivery")})
    numbers = {name: str(number) for number, name in enumerate(names, start=1)}
    return {
        table: [
            {**row, "_delivery": numbers[row["_delivery"] or ""]} if row.get("_delivery") else dict(row) for row in rows
        ]
        for table, rows in extracts.items()
    }


def audit_tables(connection: Connection) -> dict[str, Table]:
    """The compared tables of ``audit`` by name: their rows by key."""
    return {name: _by_key(name, connection.table(f"audit.{name}").pl().to_dicts()) for name in COMPARED}


def opinion_tables(opinion: Opinion) -> dict[str, Table]:
    """The compared tables of a second opinion by name: their rows by key."""
    return {name: _by_key(name, getattr(opinion, name)) for name in COMPARED}


def differences(product_tables: Mapping[str, Table], other_tables: Mapping[str, Table]) -> list[Difference]:
    """Every value on which the product differs from other tables, by table and key; columns are those of the others."""
    found = []
    for name, theirs in other_tables.items():
        mine = product_tables[name]
        for key in sorted(mine.keys() | theirs.keys(), key=str):
            if key not in mine or key not in theirs:
                found.append(Difference(name, key, "(row)", mine.get(key), theirs.get(key)))
                continue
            found += [
                Difference(name, key, column, mine[key].get(column, "(no such column)"), value)
                for column, value in theirs[key].items()
                if mine[key].get(column, "(no such column)") != value
            ]
    return found


def report(
    found: Sequence[Difference],
    extracts: Mapping[str, Sequence[Row]],
    tables: Iterable[Mapping[str, Table]],
    stories: Mapping[str, Mapping[str, int]],
    *,
    most: int = 3,
) -> str:
    """The differences by column, then for a few members what differs, their stories and their rows."""
    by_column: dict[str, int] = {}
    for each in found:
        name = f"{each.table}.{each.column}"
        by_column[name] = by_column.get(name, 0) + 1
    members = {key[0]: row["member_id"] for each in tables for key, row in each["episode_review"].items()}
    lines = [f"{count} x {name}" for name, count in sorted(by_column.items())]
    shown: list[object] = list(dict.fromkeys(members.get(each.episode_id) for each in found))[:most]
    for member_id in shown:
        lines += ["", f"member {member_id}: {dict(stories.get(str(member_id), {}))}"]
        lines += [
            f"  {each.table} {each.key} {each.column}: product {each.product!r}, second opinion {each.opinion!r}"
            for each in found
            if members.get(each.episode_id) == member_id
        ]
        lines += _rows_of(member_id, extracts)
    return "\n".join(lines)


def _rows_of(member_id: object, extracts: Mapping[str, Sequence[Row]]) -> list[str]:
    claim_ids = {
        (row["claim_id"] or "").strip()
        for row in extracts["medical_claim"]
        if (row["member_id"] or "").strip() == member_id
    }
    return [
        f"    {table} { {name: value for name, value in row.items() if value} }"
        for table, rows in extracts.items()
        for row in rows
        if (
            (row["member_id"] or "").strip() == member_id
            if row.get("member_id")
            else (row.get("claim_id") or "").strip() in claim_ids
        )
    ]


def _by_key(name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    table: Table = {}
    copies: Counter[Key] = Counter()
    for row in sorted(rows, key=lambda each: str(each.get("counts"))):
        values = {column: _comparable(column, value) for column, value in row.items() if column not in OF_THE_RUN}
        key = tuple(values.get(column) for column in COMPARED[name] if column != "copy")
        copies[key] += 1
        table[(*key, copies[key]) if "copy" in COMPARED[name] else key] = values
    return table


def _comparable(column: str, value: object) -> object:
    """A value as both sides write it: numbers to the sixth decimal, line numbers without leading zeros."""
    if column == "claim_line_number" and isinstance(value, str):
        return value.lstrip("0")
    if value is None or isinstance(value, (str, bool, date, list)):
        return value
    return round(float(value), 6)  # type: ignore[arg-type]

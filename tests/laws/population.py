"""One messy population, judged once a session, and the ways in which a law changes what is delivered."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.messy.members import RUN_DATE, messy_members
from tests.second_opinion.sitting import BY_LINE_OF_BUSINESS
from tests.second_opinion.values import NULL_WORDS, RejectedRowError, boolean, clean_row, start_or_open, text
from tests.support.product import REVIEWED_BY, VALUE_SETS, Setup, audit_tables, judge_landed, landed_connection
from tests.support.shipped import shipped_policies

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.dossier import Policy
    from pipelines.rule.vocabulary import ParameterValue
    from tests.messy.text import Row
    from tests.support.product import Table

SEED = 5501
MEMBERS = 150
SETTINGS = Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS)
BACK_PAIN_FROM_ICD_10, BACK_PAIN_BEFORE = "M54.50", "724.5"
ICD_10_FROM = date(2015, 10, 1)

Extracts = dict[str, list["Row"]]


@dataclass(frozen=True)
class Judged:
    """Extracts and what the product says of them."""

    extracts: Extracts
    connection: Connection
    tables: dict[str, Table]

    @property
    def reviews(self) -> list[dict[str, object]]:
        """The rows of ``audit.episode_review``."""
        return list(self.tables["episode_review"].values())


def population(seed: int = SEED, count: int = MEMBERS, *, shared_claim_ids: bool = False) -> Extracts:
    """Messy members without bad rows or spoiled cells, and a stranger's line on the run date, the newest date."""
    extracts = messy_members(
        seed, count, value_sets=VALUE_SETS, bad_row_share=0, odd_members=0, shared_claim_ids=shared_claim_ids
    )
    return with_newest_line(extracts)


def with_newest_line(extracts: Mapping[str, Sequence[Row]]) -> Extracts:
    """The extracts with a line of the run date, of a member nobody audits."""
    stranger = medical_line("stranger", "stranger-1", RUN_DATE, "99213")
    return {table: [*rows, stranger] if table == "medical_claim" else list(rows) for table, rows in extracts.items()}


def judged(extracts: Extracts, folder: Path, policies: Sequence[Policy] | None = None) -> Judged:
    """The extracts landed, narrowed and judged in ``folder``."""
    connection = judge_landed(landed_connection(extracts, folder), SETTINGS, policies=policies)
    return Judged(extracts, connection, audit_tables(connection))


def medical_line(member_id: str, claim_id: str, day: date, hcpcs_code: str, **columns: str) -> Row:
    """One paid professional line."""
    line: Row = {
        "claim_id": claim_id,
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": member_id,
        "claim_line_start_date": day.isoformat(),
        "hcpcs_code": hcpcs_code,
        "service_unit_quantity": "1",
        "paid_amount": "90.00",
        "_file": "medical_claim.csv",
    }
    return line | columns


def diagnosis(claim_id: str, code: str) -> Row:
    """The first diagnosis of a claim."""
    return {"claim_id": claim_id, "diagnosis_rank": "1", "diagnosis_code": code, "_file": "claim_diagnosis.csv"}


def fill(member_id: str, claim_id: str, day: date, rxnorm_code: str, *, days: int, status: str = "paid") -> Row:
    """One dispensed fill."""
    return {
        "claim_id": claim_id,
        "claim_line_number": "1",
        "member_id": member_id,
        "dispensing_date": day.isoformat(),
        "rxnorm_code": rxnorm_code,
        "days_supply": str(days),
        "paid_amount": "12.00",
        "claim_status": status,
        "_file": "pharmacy_claim.csv",
    }


def back_pain(day: date) -> str:
    """The code of unspecified low back pain on a day."""
    return BACK_PAIN_FROM_ICD_10 if day >= ICD_10_FROM else BACK_PAIN_BEFORE


def added(extracts: Extracts, more: Mapping[str, Iterable[Row]]) -> Extracts:
    """The extracts with more rows at the end of each table."""
    return {table: [*rows, *more.get(table, ())] for table, rows in extracts.items()}


def shuffled(extracts: Extracts, rng: random.Random) -> Extracts:
    """The extracts with the rows of each file in another order."""
    mixed: Extracts = {}
    for table, rows in extracts.items():
        files: dict[str, list[Row]] = {}
        for row in rows:
            files.setdefault(row.get("_file") or "", []).append(row)
        mixed[table] = [row for file in files.values() for row in rng.sample(file, len(file))]
    return mixed


def first_versions(extracts: Extracts) -> Extracts:
    """The extracts without what later files correct: no two rows name the same line, rank or procedure."""
    return {table: [row for row in rows if row.get("_file") == f"{table}.csv"] for table, rows in extracts.items()}


def covers_side_by_side(extracts: Extracts) -> Extracts:
    """The extracts with spans that differ in the benefit alone in the delivery of the first of them.

    A row of a later delivery takes the place of such rows of earlier ones, and "rows of one delivery that do so stand
    together: two covers" (docs/rule.md 2.2): whether one delivery or two bring them is told by the audit.
    """
    covers: dict[tuple[str, ...], list[Row]] = {}
    for row in extracts["eligibility"]:
        covers.setdefault(span_of(row), []).append(row)
    apart = {span: rows[0]["_delivery"] for span, rows in covers.items() if len({benefit_of(row) for row in rows}) > 1}
    together = [{**row, "_delivery": apart.get(span_of(row), row["_delivery"])} for row in extracts["eligibility"]]
    return {**extracts, "eligibility": together}


def span_of(row: Row) -> tuple[str, ...]:
    """Whose span it is, its start (every open one equal), line of business, payer and plan."""
    cells = clean_row(row, NULL_WORDS)
    try:
        start = start_or_open(cells, "enrollment_start_date", RUN_DATE).isoformat()
    except RejectedRowError:
        start = "set aside"
    return (owner_of(row), start, *(text(cells, name) for name in ("line_of_business", "payer", "plan")))


def benefit_of(row: Row) -> bool | None:
    """Whether a span covers drugs; None where it does not say so."""
    return boolean(clean_row(row, NULL_WORDS), "has_pharmacy_benefit")


def drugs_came_to_light(key: object, before: Mapping[str, Table], after: Mapping[str, Table]) -> bool:
    """Whether medication of an episode was unknown and is adequate, and care is known but spans too few days.

    "not met, and (enrolment incomplete or medication is unknown)" is the one thing that leaves a span open
    (docs/rule.md 8.5): once medication is adequate, a span that is too short is so for certain.
    """
    return (
        before["care_group_state"][key, "medication"]["state"] == "unknown"
        and after["care_group_state"][key, "medication"]["state"] == "adequate"
        and bool(after["episode_review"][key,]["enrollment_complete"])
        and before["criterion_result"][key, "care_span"]["result"] == "cannot_tell"
        and after["criterion_result"][key, "care_span"]["result"] == "not_met"
    )


def owner_of(row: Row) -> str:
    """The member a row is of, also where it stands under an identifier of before; empty where it names none."""
    return (row.get("member_id") or "").strip().removeprefix("OLD-").removeprefix("MID-")


def of_members(extracts: Extracts, member_ids: frozenset[str]) -> Extracts:
    """The rows of some members; rows of no member (the drug crosswalk) stay."""
    claim_ids = {(row["claim_id"] or "").strip() for row in extracts["medical_claim"] if owner_of(row) in member_ids}
    return {
        table: [
            row
            for row in rows
            if table == "drug_crosswalk"
            or (
                owner_of(row) in member_ids
                if table not in ("claim_diagnosis", "claim_procedure")
                else (row["claim_id"] or "").strip() in claim_ids
            )
        ]
        for table, rows in extracts.items()
    }


def members_of(extracts: Extracts) -> list[str]:
    """The members with a claim line."""
    return sorted({owner_of(row) for row in extracts["medical_claim"]} - {"stranger"})


def counting_codes(care_group: str, day: date) -> list[str]:
    """HCPCS codes of ``conservative_care`` that count for a group on a day."""
    with (VALUE_SETS / "conservative_care.csv").open(encoding="utf-8", newline="") as lines:
        return [
            row["code"]
            for row in csv.DictReader(lines)
            if row["care_group"] == care_group
            and row["counts"] == "yes"
            and row["code_system"] in ("cpt", "hcpcs")
            and (row["effective_start"] or "0000") <= day.isoformat() <= (row["effective_end"] or "9999")
        ]


def counting_ingredients() -> list[str]:
    """RxNorm ingredients of ``medications`` that count."""
    with (VALUE_SETS / "medications.csv").open(encoding="utf-8", newline="") as lines:
        return [
            row["code"]
            for row in csv.DictReader(lines)
            if row["code_system"] == "rxnorm-ingredient" and row["counts"] == "yes"
        ]


def policies_asking_less(**values: ParameterValue) -> tuple[Policy, ...]:
    """The shipped policies with these parameters in place of their own, where their own asks for more.

    Of a least number the smaller is easier to reach, of a window, a gap or a most the greater.
    """
    return tuple(
        replace(
            policy,
            parameters=tuple(
                replace(parameter, value=_easier(parameter.name, parameter.value, values[parameter.name]))
                if parameter.name in values
                else parameter
                for parameter in policy.parameters
            ),
        )
        for policy in shipped_policies(REVIEWED_BY)
    )


def _easier(name: str, own: ParameterValue, other: ParameterValue) -> ParameterValue:
    if isinstance(own, (bool, date)) or isinstance(other, (bool, date)):
        return other
    return min(own, other) if "min_" in name else max(own, other)


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)

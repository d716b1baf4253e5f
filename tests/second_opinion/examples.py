"""Rows of the cases worked out by hand, and how they are judged.

The member of every case has an implant (lead and generator) on 3 June 2024 for M54.50; `day(-1)` is the day before it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from tests.second_opinion.opinion import POLICIES, Opinion, Row, second_opinion
from tests.support.places import ROOT

ANCHOR = date(2024, 6, 3)
AS_OF = date(2026, 12, 31)
VALUE_SETS = ROOT / "sql" / "value_sets"
Extracts = dict[str, list[Row]]


def day(offset: int) -> str:
    return (ANCHOR + timedelta(days=offset)).isoformat()


def line(claim_id: str, offset: int, code: str, **more: str | None) -> Row:
    made: Row = {
        "claim_id": claim_id,
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": "M",
        "claim_line_start_date": day(offset),
        "hcpcs_code": code,
        "paid_amount": "100",
        "diagnosis_code_1": "M54.50",
    }
    return made | more


def fill(claim_id: str, offset: int, days: int, drug: str = "naproxen", **more: str | None) -> Row:
    made: Row = {
        "claim_id": claim_id,
        "member_id": "M",
        "dispensing_date": day(offset),
        "days_supply": str(days),
        "generic_name": drug,
    }
    return made | more


def statement(modality: str, **more: str | None) -> Row:
    made: Row = {
        "document_id": f"D-{modality}",
        "member_id": "M",
        "modality": modality,
        "outcome": "no_benefit",
        "document_date": day(-10),
        "start_date": day(-200),
        "end_date": day(-20),
        "author_role": "physician",
        "source_type": "chart",
    }
    return made | more


IMPLANT = [line("I", 0, "63650"), line("I", 0, "63685", claim_line_number="2")]
SPAN: Row = {
    "member_id": "M",
    "enrollment_start_date": "2015-01-01",
    "line_of_business": "commercial",
}


OTHERS: Extracts = {
    "pharmacy_claim": [fill("N", 0, 30) | {"member_id": "N"}],
    "prior_authorization": [{"authorization_id": "N", "member_id": "N", "decision": "pended"}],
    "care_documentation": [{"member_id": "N"}],
}
"""Rows of somebody else, so that these feeds are supplied and say nothing of our member."""


def extracts(*lines: Row, implant: list[Row] = IMPLANT, **tables: list[Row] | None) -> Extracts:
    every: dict[str, list[Row] | None] = {
        "medical_claim": [*implant, *lines],
        "claim_diagnosis": [],
        "eligibility": [SPAN],
        **OTHERS,
    }
    every.update(tables)
    return {name: rows for name, rows in every.items() if rows is not None}


def judged(given: Extracts, *, policy: str | None = None, **more: Any) -> Opinion:
    return second_opinion(
        given,
        as_of=AS_OF,
        value_sets=more.pop("value_sets", VALUE_SETS),
        parameters=more.pop("parameters", POLICIES),
        policy_versions=dict.fromkeys(POLICIES, "1"),
        default_policy="evidence_low_back_pain",
        single_policy=policy,
        **more,
    )


def episodes(given: Extracts, **more: Any) -> list[dict[str, object]]:
    return judged(given, **more).episode_review


def episode(given: Extracts, **more: Any) -> dict[str, object]:
    (row,) = episodes(given, **more)
    return row


def outcome(given: Extracts, **more: Any) -> object:
    return episode(given, **more)["outcome_reason"]


def notes(given: Extracts, **more: Any) -> list[str]:
    return cast("list[str]", episode(given, **more)["notes"])


def group(given: Extracts, name: str, **more: Any) -> dict[str, object]:
    (row,) = (row for row in judged(given, **more).care_group_state if row["care_group"] == name)
    return row


def exercise(offsets: list[int]) -> list[Row]:
    return [line(f"X{offset}", offset, "97110") for offset in offsets]


ENOUGH_EXERCISE = exercise([-200, -190, -180, -170, -160, -150])
ENOUGH_CHIROPRACTIC = [line(f"C{offset}", offset, "98940") for offset in (-60, -50, -40, -30, -20, -10)]


def seven(claim_id: str, original: str, paid_on: int = 30, **more: str | None) -> Row:
    return line(
        claim_id,
        0,
        "63650",
        claim_frequency_code="7",
        original_claim_id=original,
        paid_date=day(paid_on),
        **more,
    )


def claims_of(*lines: Row) -> list[list[str]]:
    return [cast("list[str]", row["claim_ids"]) for row in judged(extracts(implant=list(lines))).episode_review]


ORIGINAL = line("A", 0, "63650")

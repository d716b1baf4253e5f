"""A denied, reversed or later claim never changes an outcome before it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.laws.population import (
    Judged,
    added,
    back_pain,
    counting_ingredients,
    days,
    diagnosis,
    fill,
    judged,
    medical_line,
)
from tests.support.product import differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.messy.text import Row

SETTLED = ("outcome", "outcome_reason", "exclusion_reasons", "diagnosis_class", "anchor_date", "paid_amount")
RED_FLAG, INDICATION, COMPLICATION = "C79.51", "M96.1", "T85.112A"


def test_denied_and_reversed_claims_and_fills_change_nothing_at_all(base: Judged, tmp_path: Path) -> None:
    claims: list[Row] = []
    diagnoses: list[Row] = []
    fills: list[Row] = []
    for member_id, anchor, number in _episodes(base):
        for week in range(10):
            day = anchor - days(20 + 20 * week)
            status = ("denied", "reversed")[week % 2]
            for code in ("97110", "98941", "63650", "63685"):
                claim_id = f"unpaid-{number}-{week}-{code}"
                claims.append(medical_line(member_id, claim_id, day, code, claim_status=status, diagnosis_pointer="1"))
                diagnoses.append(diagnosis(claim_id, (back_pain(day), RED_FLAG, INDICATION)[week % 3]))
            fills += [
                fill(member_id, f"unpaid-fill-{number}-{week}-{ingredient}", day, ingredient, days=30, status=status)
                for ingredient in counting_ingredients()[:4]
            ]
    for number, row in enumerate(base.extracts["medical_claim"]):
        if (row["claim_line_number"] or "").strip().lstrip("0") == "1" and number % 3 == 0:
            claims.append(
                medical_line(
                    (row["member_id"] or "").strip(),
                    f"unpaid-change-{number}",
                    date(2024, 1, 1),
                    "63650",
                    claim_status="denied",
                    claim_frequency_code="78"[number % 2],
                    original_claim_id=(row["claim_id"] or "").strip(),
                )
            )

    changed = added(base.extracts, {"medical_claim": claims, "claim_diagnosis": diagnoses, "pharmacy_claim": fills})
    assert differences(judged(changed, tmp_path).tables, base.tables) == []


@pytest.mark.long
def test_a_claim_fill_statement_or_authorization_after_the_last_event_settles_nothing_before_it(
    base: Judged, tmp_path: Path
) -> None:
    more: dict[str, list[Row]] = {
        name: []
        for name in ("medical_claim", "claim_diagnosis", "pharmacy_claim", "care_documentation", "prior_authorization")
    }
    last_event: dict[str, date] = {}
    for review in base.reviews:
        member_id, day = str(review["member_id"]), review["last_event_date"]
        assert isinstance(day, date)
        last_event[member_id] = max(day, last_event.get(member_id, day))
    for number, (member_id, last) in enumerate(last_event.items()):
        # Devices and their companions within same_surgery_days (3) still belong to the event.
        for after, code, found in (
            *((4 + 5 * week, "97110", back_pain(last + days(4 + 5 * week))) for week in range(10)),
            (4, "99213", RED_FLAG),
            (5, "99213", INDICATION),
            (6, "99213", COMPLICATION),
        ):
            claim_id = f"later-{number}-{after}-{found}"
            more["medical_claim"].append(medical_line(member_id, claim_id, last + days(after), code))
            more["claim_diagnosis"].append(diagnosis(claim_id, found))
        more["pharmacy_claim"] += [
            fill(member_id, f"later-{number}-{ingredient}", last + days(4), ingredient, days=60)
            for ingredient in counting_ingredients()
        ]
        more["care_documentation"] += [
            {
                "document_id": f"later-{number}-{modality}",
                "member_id": member_id,
                "modality": modality,
                "outcome": "no_benefit",
                "document_date": (last + days(1)).isoformat(),
                "start_date": (last - days(90)).isoformat(),
                "end_date": (last - days(30)).isoformat(),
                "author_role": "physician",
                "source_type": "clinic_note",
                "_file": "care_documentation.csv",
            }
            for modality in ("exercise", "manipulation", "medication")
        ]
        more["prior_authorization"].append(
            {
                "authorization_id": f"later-{number}",
                "member_id": member_id,
                "decision": "approved",
                "valid_from": (last + days(1)).isoformat(),
                "_file": "prior_authorization.csv",
            }
        )

    after_all = judged(added(base.extracts, more), tmp_path).tables

    settled = {key: {column: row[column] for column in SETTLED} for key, row in base.tables["episode_review"].items()}
    expected = {**base.tables, "episode_review": settled}
    assert differences(after_all, expected) == []


def _episodes(base: Judged) -> Iterator[tuple[str, date, int]]:
    for number, row in enumerate(base.reviews):
        anchor = row["anchor_date"]
        assert isinstance(anchor, date)
        yield str(row["member_id"]), anchor, number

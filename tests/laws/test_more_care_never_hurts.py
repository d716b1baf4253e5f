"""Adding counting care never moves an episode from a better state to a worse one.

But for one: drugs that come to light may show for certain that care spanned too few days.
"""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.laws.population import (
    Extracts,
    Judged,
    added,
    back_pain,
    counting_codes,
    counting_ingredients,
    days,
    diagnosis,
    drugs_came_to_light,
    fill,
    judged,
    medical_line,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.messy.text import Row

GROUPS = ("exercise", "manipulation", "acupuncture", "psychological", "interdisciplinary", "medication")
STATE = {"none": 0, "unknown": 0, "short": 1, "adequate": 2}
RESULT = {"not_met": 0, "cannot_tell": 1, "met": 2}
NO_CARE, SHORT_CARE = "no_conservative_care_found", "conservative_care_too_short"


def with_more_care(base: Judged, rng: random.Random) -> Extracts:
    """The extracts with one to six more services or fills in the look-back of each episode."""
    claims: list[Row] = []
    diagnoses: list[Row] = []
    fills: list[Row] = []
    for number, review in enumerate(base.reviews):
        member_id, anchor = str(review["member_id"]), review["anchor_date"]
        assert isinstance(anchor, date)
        for service in range(rng.randrange(1, 7)):
            day = anchor - days(rng.randrange(1, 366))
            group = rng.choice(GROUPS)
            name = f"more-{number}-{service}"
            if group == "medication":
                ingredient = rng.choice(counting_ingredients())
                fills.append(fill(member_id, name, day, ingredient, days=rng.randrange(1, 90)))
            elif codes := counting_codes(group, day):
                claims.append(medical_line(member_id, name, day, rng.choice(codes)))
                diagnoses.append(diagnosis(name, back_pain(day)))
    return added(base.extracts, {"medical_claim": claims, "claim_diagnosis": diagnoses, "pharmacy_claim": fills})


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_more_counting_care_never_makes_a_group_or_a_criterion_worse(base: Judged, tmp_path: Path, seed: int) -> None:
    after = judged(with_more_care(base, random.Random(seed)), tmp_path).tables

    raised = 0
    settled: set[object] = set()
    for key, row in base.tables["care_group_state"].items():
        now = after["care_group_state"][key]
        assert STATE[str(now["state"])] >= STATE[str(row["state"])], key
        raised += now["state"] != row["state"]
    for key, row in base.tables["criterion_result"].items():
        if key[1] in ("care_span", "adequate_care") and drugs_came_to_light(key[0], base.tables, after):
            settled.add(key[0])
            continue
        assert RESULT[str(after["criterion_result"][key]["result"])] >= RESULT[str(row["result"])], key
    for key, row in base.tables["episode_review"].items():
        now = after["episode_review"][key]
        assert now["exclusion_reasons"] == row["exclusion_reasons"], key
        if row["outcome"] == "documented" or now["outcome_reason"] == NO_CARE:
            assert now["outcome"] == row["outcome"], key
            assert now["outcome_reason"] == row["outcome_reason"], key
        if now["outcome_reason"] == SHORT_CARE:
            before = (NO_CARE, SHORT_CARE, "medication_unknown") if key[0] in settled else (NO_CARE, SHORT_CARE)
            assert row["outcome_reason"] in before, key
    assert raised > len(base.tables["care_group_state"]) / 20

"""Compares the product with the second opinion on many messy members.

    python -m tests.second_opinion.sitting --members 20000

Members come in batches; each batch is landed, narrowed and judged by the product under the next of the
configurations, and judged again by the second opinion. Ends with exit code 1 at the first batch that differs, after it
showed the stories and rows of a few members concerned.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.messy.members import ALL_FEEDS, messy_members, stories
from tests.support.product import (
    DEFAULT_SETTINGS,
    VALUE_SETS,
    Setup,
    audit_tables,
    differences,
    opinion_on,
    opinion_tables,
    product,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.rule.vocabulary import ParameterValue

BY_LINE_OF_BUSINESS = {
    "medicare_ffs": "medicare_ncd_160_7",
    "medicare_advantage": "medicare_ncd_160_7",
    "commercial": "commercial_strict",
}
OTHER_NUMBERS: dict[str, dict[str, ParameterValue]] = {
    "evidence_low_back_pain": {
        "acupuncture_counts": False,
        "include_other_low_back_pain": False,
        "pain_label_exempts": True,
        "spine_diagnosis_required": False,
        "must_have_exercise": False,
    },
    "medicare_ncd_160_7": {
        "manipulation_window_days": 40,
        "exercise_max_gap_days": 10,
        "exercise_min_dates": 0,
        "interdisciplinary_min_hours": 0,
        "interdisciplinary_max_hours_per_day": 3,
        "medication_min_days": 0,
        "history_days": 500,
        "lookback_days": 300,
        "max_gap_days": 20,
        "followup_days": 400,
    },
    "commercial_strict": {
        "exercise_max_gap_days": 40,
        "manipulation_window_days": 120,
        "min_groups": 3,
        "red_flag_days": 45,
        "symptom_days": 10,
        "chronic_days": 180,
        "statement_max_age_days": 365,
        "pain_label_exempts": True,
    },
}
"""Numbers nobody ships, each policy its own: what is the same in all shipped policies is otherwise never told apart."""

BATCH = 1000


@dataclass(frozen=True)
class Configuration:
    """What is delivered, how, and how the run is set up."""

    messy: Mapping[str, Any] = field(default_factory=dict)
    settings: Setup = DEFAULT_SETTINGS


CONFIGURATIONS: dict[str, Configuration] = {
    "defaults": Configuration(),
    "two deliveries": Configuration({"deliveries": 2}),
    "policies by line of business": Configuration(settings=Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS)),
    "one policy for all": Configuration(settings=Setup(single_policy="medicare_ncd_160_7")),
    "no documents and no fills": Configuration({"feeds": ALL_FEEDS - {"care_documentation", "pharmacy_claim"}}),
    "no eligibility": Configuration({"feeds": ALL_FEEDS - {"eligibility"}}),
    "enrolment assumed": Configuration(
        {"feeds": ALL_FEEDS - {"eligibility", "prior_authorization"}}, Setup(assume_enrolled=True)
    ),
    "wide diagnoses, policies by line of business": Configuration(
        {"feeds": ALL_FEEDS - {"claim_diagnosis"}}, Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS)
    ),
    "claim ids of two members, many bad rows": Configuration(
        {"shared_claim_ids": True, "bad_row_share": 0.03, "deliveries": 2},
        Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS),
    ),
    "other numbers in each policy": Configuration(
        {"deliveries": 2},
        Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS, parameters=OTHER_NUMBERS),
    ),
    "no procedure rows and no crosswalk": Configuration({"feeds": ALL_FEEDS - {"claim_procedure", "drug_crosswalk"}}),
    "nobody says who has a pharmacy benefit": Configuration({"benefit_told": False, "deliveries": 2}),
}


@dataclass(frozen=True)
class Comparison:
    """What comparing one batch found; ``text`` is empty when nothing differs."""

    episode_count: int
    ledger_count: int
    text: str


def compare(seed: int, count: int, configuration: Configuration, folder: Path) -> Comparison:
    """How far product and second opinion agree on ``count`` members of ``seed``."""
    extracts = messy_members(seed, count, value_sets=VALUE_SETS, **configuration.messy)
    mine = audit_tables(product(extracts, folder, configuration.settings))
    theirs = opinion_tables(opinion_on(extracts, configuration.settings))
    found = differences(mine, theirs)
    told = stories(seed, count, value_sets=VALUE_SETS) if found else {}
    return Comparison(
        len(theirs["episode_review"]),
        len(theirs["care_ledger"]),
        report(found, extracts, [mine, theirs], told) if found else "",
    )


def main() -> None:
    """Runs the sitting and shows how it goes."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.second_opinion.sitting", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first batch; each batch has the next one")
    options = parser.parse_args()
    started = time.monotonic()
    compared = episodes = ledger_rows = batch = 0
    while compared < options.members:
        count = min(BATCH, options.members - compared)
        name, configuration = list(CONFIGURATIONS.items())[batch % len(CONFIGURATIONS)]
        with TemporaryDirectory() as folder:
            comparison = compare(options.seed + batch, count, configuration, Path(folder))
        if comparison.text:
            _say(f"seed {options.seed + batch}, {name}: the two differ.\n{comparison.text}")
            sys.exit(1)
        batch += 1
        compared += count
        episodes += comparison.episode_count
        ledger_rows += comparison.ledger_count
        _say(
            f"{compared:>6} of {options.members} members, {episodes} episodes, {ledger_rows} ledger rows, "
            f"no difference, {time.monotonic() - started:.0f} s (seed {options.seed + batch - 1}: {name})"
        )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

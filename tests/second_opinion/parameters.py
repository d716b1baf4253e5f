"""Policy parameters, typed, for the second opinion (docs/rule.md 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Parameters:
    """The numbers of rule.md; the defaults are the policy `evidence_low_back_pain`."""

    icd_10_from: date = date(2015, 10, 1)
    same_surgery_days: int = 3
    trial_link_days: int = 120
    clean_period_days: int = 730
    max_gap_days: int = 45
    include_other_low_back_pain: bool = True
    pain_label_exempts: bool = False
    history_days: int = 730
    red_flag_days: int = 90
    symptom_days: int = 30
    lookback_days: int = 365
    exercise_min_dates: int = 6
    exercise_min_span_days: int = 42
    exercise_max_gap_days: int = 28
    manipulation_min_dates: int = 6
    manipulation_window_days: int = 84
    psychological_min_sessions: int = 4
    psychological_min_span_days: int = 28
    interdisciplinary_min_hours: int = 20
    interdisciplinary_max_hours_per_day: int = 8
    acupuncture_counts: bool = True
    medication_min_classes: int = 2
    medication_min_days: int = 28
    spine_diagnosis_required: bool = True
    statement_max_age_days: int = 730
    min_groups: int = 2
    must_have_exercise: bool = True
    min_total_span_days: int = 182
    chronic_days: int = 90
    followup_days: int = 730
    evidence_review: bool = True
    reach_min_rows: int = 10_000
    reach_busy_share: Decimal = Decimal("0.1")


DEFAULT_PARAMETERS: dict[str, object] = dict(vars(Parameters()))

POLICIES: dict[str, dict[str, object]] = {
    "evidence_low_back_pain": dict(DEFAULT_PARAMETERS),
    "medicare_ncd_160_7": DEFAULT_PARAMETERS
    | {
        "must_have_exercise": False,
        "min_groups": 1,
        "min_total_span_days": 0,
        "exercise_min_dates": 1,
        "exercise_min_span_days": 0,
        "manipulation_min_dates": 1,
        "psychological_min_sessions": 1,
        "psychological_min_span_days": 0,
        "interdisciplinary_min_hours": 1,
        "medication_min_classes": 1,
        "medication_min_days": 1,
        "evidence_review": False,
    },
    "commercial_strict": DEFAULT_PARAMETERS | {"exercise_min_dates": 12},
}


def typed(values: Mapping[str, object]) -> Parameters:
    """Return parameters of one policy; a name that is absent has its default, an unknown name is ours to refuse."""
    found: dict[str, int | bool | date | Decimal] = {}
    for name, value in values.items():
        default = DEFAULT_PARAMETERS[name]
        if isinstance(default, bool):
            found[name] = bool(value)
        elif isinstance(default, date):
            found[name] = value if isinstance(value, date) else date.fromisoformat(str(value))
        elif isinstance(default, Decimal):
            found[name] = Decimal(str(value))
        else:
            found[name] = int(Decimal(str(value)))
    return Parameters(**found)  # type: ignore[arg-type]

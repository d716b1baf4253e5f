"""The closed words and numbers of the rule, once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


ParameterValue = bool | int | float | date

UNITS: Final[Mapping[str, str]] = {
    "days": "INTEGER",
    "service_dates": "INTEGER",
    "sessions": "INTEGER",
    "classes": "INTEGER",
    "groups": "INTEGER",
    "hours": "DOUBLE",
    "hours_per_day": "DOUBLE",
    "points": "DOUBLE",
    "us_dollars": "DOUBLE",
    "factor": "DOUBLE",
    "yes_no": "BOOLEAN",
    "calendar_date": "DATE",
}
"""The units a parameter may have, each with the type of its column (DuckDB takes an INTEGER off a date, no BIGINT)."""

PARAMETERS: Final[Mapping[str, str]] = {
    "icd_10_from": "calendar_date",
    "same_surgery_days": "days",
    "trial_link_days": "days",
    "clean_period_days": "days",
    "max_gap_days": "days",
    "include_other_low_back_pain": "yes_no",
    "pain_label_exempts": "yes_no",
    "history_days": "days",
    "red_flag_days": "days",
    "symptom_days": "days",
    "lookback_days": "days",
    "exercise_min_dates": "service_dates",
    "exercise_min_span_days": "days",
    "exercise_max_gap_days": "days",
    "manipulation_min_dates": "service_dates",
    "manipulation_window_days": "days",
    "psychological_min_sessions": "sessions",
    "psychological_min_span_days": "days",
    "interdisciplinary_min_hours": "hours",
    "interdisciplinary_max_hours_per_day": "hours_per_day",
    "acupuncture_counts": "yes_no",
    "medication_min_classes": "classes",
    "medication_min_days": "days",
    "spine_diagnosis_required": "yes_no",
    "statement_max_age_days": "days",
    "min_groups": "groups",
    "must_have_exercise": "yes_no",
    "min_total_span_days": "days",
    "chronic_days": "days",
    "followup_days": "days",
    "evidence_review": "yes_no",
    "priority_no_conservative_care_found": "points",
    "priority_conservative_care_too_short": "points",
    "priority_failure_not_documented": "points",
    "priority_low_back_pain_only": "points",
    "priority_low_back_pain_with_neighbour": "points",
    "priority_dollars": "points",
    "priority_dollars_reference": "us_dollars",
    "priority_enrollment_complete": "points",
    "priority_drugs_visible": "points",
    "priority_authorization_supplied": "points",
    "priority_revision": "points",
    "priority_complication": "points",
    "priority_miscoded_factor": "factor",
}
"""Every parameter of the rule with its unit, in the order of the rule."""

CRITERIA: Final = ("exercise_course", "enough_groups", "care_span", "adequate_care", "failure_documented")
EXCLUSIONS: Final = (
    "procedure_aborted",
    "not_initial_implant",
    "not_low_back_pain",
    "red_flag",
    "other_indication",
    "clinical_trial",
    "prior_authorization_approved",
)


OUTCOMES: Final = ("flagged", "documented", "excluded", "not_assessable")
REASONS: Final = (
    *EXCLUSIONS,
    "failure_documented",
    "documentation_not_supplied",
    "failure_not_documented",
    "no_conservative_care_found",
    "conservative_care_too_short",
    "insufficient_enrollment",
    "medication_unknown",
)
NOTES: Final = (
    "care_before_look_back",
    "complication_within_24_months",
    "device_history_unknown",
    "diagnosis_code_not_valid_on_date",
    "documentation_feed_not_supplied",
    "drugs_not_visible",
    "evidence_review",
    "follow_up_incomplete",
    "likely_miscoded",
    "no_psychological_evaluation",
    "no_trial_found",
    "not_chronic",
    "only_passive_or_invasive_care",
    "paddle_lead_without_generator",
    "partial_failure_documentation",
    "pending_claims",
    "revision_within_24_months",
    "specificity_conflict",
    "trial_marker_incomplete",
)
CARE_GROUPS: Final = (
    "exercise",
    "manipulation",
    "psychological",
    "interdisciplinary",
    "acupuncture",
    "medication",
)
PRIORITY_PARTS: Final = ("reason", "diagnosis", "dollars", "completeness", "harm", "factor")

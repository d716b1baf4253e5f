"""The closed words of the rule that its code goes through, and the units a parameter may have."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pipelines.ground.closed_words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping


ParameterValue = bool | int | float | date

UNITS: Final[Mapping[str, str]] = {
    "days": "INTEGER",
    "service_dates": "INTEGER",
    "sessions": "INTEGER",
    "classes": "INTEGER",
    "rows": "INTEGER",
    "groups": "INTEGER",
    "hours": "DOUBLE",
    "hours_per_day": "DOUBLE",
    "points": "DOUBLE",
    "us_dollars": "DOUBLE",
    "factor": "DOUBLE",
    "share": "DOUBLE",
    "yes_no": "BOOLEAN",
    "calendar_date": "DATE",
}
"""The units a parameter may have, each with the type of its column (DuckDB takes an INTEGER off a date, no BIGINT)."""

CRITERIA: Final = words_of("criterion")
EXCLUSIONS: Final = words_of("exclusion")
CARE_GROUPS: Final = words_of("care_group")

"""The planted stories, one module an outcome; importing this package plants them all."""

from __future__ import annotations

from sample_data.stories import (
    documented,
    excluded,
    final_state,
    flagged_none,
    flagged_short,
    not_assessable,
    without_feeds,
)

__all__ = [
    "documented",
    "excluded",
    "final_state",
    "flagged_none",
    "flagged_short",
    "not_assessable",
    "without_feeds",
]

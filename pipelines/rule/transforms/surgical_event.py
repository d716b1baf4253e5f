"""Implantation events: index lines a few days apart are one surgery."""

from __future__ import annotations

import polars as pl

from pipelines.rule.transforms.windows import opening_dates


def surgical_event(index_line: pl.LazyFrame, *, same_surgery_days: int) -> pl.LazyFrame:
    """One row per member and implantation event, with its first and last possible day.

    A member's first index line opens an event; every index line dated at most ``same_surgery_days`` days after the
    event's first date (inclusive) joins it; the next one opens a new event. Not chained (docs/rule.md 3.2).
    """
    return (
        index_line.group_by("member_id")
        .agg(event_date=opening_dates(pl.col("service_date"), within_days=pl.lit(same_surgery_days)))
        .explode("event_date", empty_as_null=False)
        .select(
            "member_id",
            "event_date",
            event_window_end_date=pl.col("event_date") + pl.duration(days=same_surgery_days),
        )
        .sort("member_id", "event_date")
    )

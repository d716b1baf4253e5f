"""Days in order: what both events and episodes need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def opening_dates(dates: pl.Expr, *, within_days: pl.Expr) -> pl.Expr:
    """The dates of a group that open a window, as a list in order.

    The earliest date opens a window that holds every date at most ``within_days`` days after it (both ends in);
    the next date opens another. Windows are anchored on their first date, not chained: with 3 days, days 0, 3
    and 6 open at 0 and at 6. ``within_days`` is one number for the group.
    """
    return pl.map_groups(
        exprs=[dates.unique().sort(), within_days.first()],
        function=_opening_dates,
        return_dtype=pl.List(pl.Date),
        returns_scalar=True,
    )


def _opening_dates(columns: Sequence[pl.Series]) -> pl.Series:
    dates, within_days = columns
    openings: list[date] = []
    for day in dates:
        if not openings or (day - openings[-1]).days > within_days[0]:
            openings.append(day)
    return pl.Series([openings], dtype=pl.List(pl.Date))

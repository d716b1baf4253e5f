"""The reach of a feed and what it leaves of a look-back, for the second opinion (docs/rule.md 8)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.second_opinion.care import Window
    from tests.second_opinion.parameters import Parameters
    from tests.second_opinion.reading import Span

Bounds = tuple[date | None, date | None]
"""First and last day of a feed as the configuration gives them; None has no bound."""


@dataclass(frozen=True)
class Reach:
    """The days a feed can speak of: between two days, and where `months` is given in one of these alone."""

    first: date | None = None
    last: date | None = None
    months: frozenset[tuple[int, int]] | None = None

    def __contains__(self, on: date) -> bool:
        """Tell whether the feed can speak of a day."""
        return (
            (self.first is None or self.first <= on)
            and (self.last is None or on <= self.last)
            and (self.months is None or (on.year, on.month) in self.months)
        )


NO_BOUNDS = Reach()


def usual_size(counts: Iterable[int]) -> int:
    """Return the largest number such that months of at least that many rows hold at least half of all rows."""
    told = list(counts)
    return max(size for size in told if 2 * sum(count for count in told if count >= size) >= sum(told))


def reach_of(days: Iterable[date], as_of: date, parameters: Parameters, configured: Bounds | None) -> Reach:
    """Return the reach of a feed: as configured, else found from the days of its rows, else without bounds."""
    if configured is not None:
        return Reach(*configured)
    told = [on for on in days if on <= as_of]
    if not told or len(told) < parameters.reach_min_rows:
        return NO_BOUNDS
    by_month = Counter((on.year, on.month) for on in told)
    least = parameters.reach_busy_share * usual_size(by_month.values())
    return Reach(last=max(told), months=frozenset(month for month, count in by_month.items() if count >= least))


def days_of(window: Window) -> set[date]:
    """Return the days of a window."""
    return {date.fromordinal(number) for number in range(window.first.toordinal(), window.last.toordinal() + 1)}


def covered_days(spans: Sequence[Span], window: Window) -> set[date]:
    """Return the days of a window covered by the union of spans, both ends in (docs/rule.md 8)."""
    covered: set[date] = set()
    for span in spans:
        first, last = max(span.start, window.first), min(span.end, window.last)
        covered |= {date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)}
    return covered


def final_spans(spans: Iterable[Span]) -> list[Span]:
    """Return one member's spans in force (docs/rule.md 2.2).

    Of one start, line of business, payer, plan and benefit the last delivered stands; a row of a later delivery also
    takes the place of those of earlier deliveries that differ from it in the benefit alone.
    """
    delivered = sorted(spans, key=lambda span: span.position)
    last = {(_cover(span), span.pharmacy_benefit): span for span in delivered}
    newest = {_cover(span): span.position[0] for span in delivered}
    return [span for span in last.values() if span.position[0] == newest[_cover(span)]]


def _cover(span: Span) -> tuple[date, str, str, str]:
    """Return what a span is of, but for its benefit and its end."""
    return span.start, span.line_of_business, span.payer, span.plan

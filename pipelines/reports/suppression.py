"""Small counts kept out of reports that name nobody: no count of 1 to 10 shows, directly or by subtraction.

CMS's cell-size rule sets the bound. What is hidden is hidden without a range, for a range and a total give it away.
What is shown is rounded up, counts to tens and dollars to steps that ten episodes cost, so that two nights, or two
cells, subtracted from each other tell of no single member (decision 0196).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


LEAST_SHOWN = 11
ROUNDED_TO = 10
LINES_ROUNDED_TO = 100
"""What counts of claim lines are rounded up to: ten members with ten lines each."""
DOLLAR_STEP = Decimal(1_000_000)
"""What dollars are rounded up to: ten episodes of 100,000 dollars, which few cost."""


@dataclass(frozen=True)
class ShownStep:
    """One step of a funnel as it may be shown; steps between two shown counts are told together."""

    names: tuple[str, ...]
    left_count: int
    remaining_count: int | None


@dataclass(frozen=True)
class ShownGroup:
    """One group of a total as it may be shown; groups too small are told together under all their names."""

    names: tuple[str, ...]
    count: int
    indices: tuple[int, ...]


def may_show(count: int) -> bool:
    """Whether a count can stand in a report that names nobody."""
    return count == 0 or count >= LEAST_SHOWN


def rounded_up(count: int, to: int = ROUNDED_TO) -> int:
    """A count rounded up to tens, so that its difference from another shown count tells of no few members."""
    return -(-count // to) * to


def dollar_step(largest: Decimal) -> Decimal:
    """What dollars are rounded up to where one episode costs up to ``largest``: as much as ten of these, or more."""
    step = DOLLAR_STEP
    while largest * ROUNDED_TO > step:
        step *= ROUNDED_TO
    return step


def dollars_rounded_up(amount: Decimal, step: Decimal) -> Decimal:
    """Dollars rounded up to ``step``, so that their difference from others tells of no episode; 0 stays 0."""
    return (amount / step).to_integral_value(ROUND_CEILING) * step


def steps_rounded_up(steps: Sequence[ShownStep] | None, to: int = ROUNDED_TO) -> tuple[ShownStep, ...] | None:
    """Steps that may be shown, with their counts rounded up, each by itself."""
    if steps is None:
        return None
    return tuple(
        replace(
            step,
            left_count=rounded_up(step.left_count, to),
            remaining_count=None if step.remaining_count is None else rounded_up(step.remaining_count, to),
        )
        for step in steps
    )


def shown_steps(first_count: int, steps: Sequence[tuple[str, int]]) -> tuple[ShownStep, ...] | None:
    """The steps of a chain (name, left) that starts with ``first_count``, as they may be shown; none where nothing may.

    The first and last counts are shown where they can be; between them a count is shown only if it differs by 0 or 11
    and more from the shown counts before it and from the last, so that no difference of two shown counts is 1 to 10.
    """
    remaining = first_count
    chain: list[tuple[str, int, int]] = []
    for name, left in steps:
        remaining -= left
        chain.append((name, left, remaining))
    if not may_show(first_count):
        return None
    last = remaining
    floor = last if may_show(last) and may_show(first_count - last) else None
    shown: list[ShownStep] = []
    names: list[str] = []
    before = first_count
    for position, (name, _, count) in enumerate(chain):
        names.append(name)
        is_last = position == len(chain) - 1
        fits = may_show(count) and may_show(before - count) and (floor is None or may_show(count - floor))
        if fits and not (is_last and floor is None and count != before):
            shown.append(ShownStep(tuple(names), before - count, count))
            before, names = count, []
    if names:
        shown.append(ShownStep(tuple(names), 0, None))
    return tuple(shown)


def shown_groups(groups: Sequence[tuple[str, int]]) -> tuple[ShownGroup, ...]:
    """The groups (name, count) of one total, the large ones alone and the small ones together.

    Groups of 0 are left out. Those told together are at least two and at least 11 in all, or the next smallest joins
    them; where even all groups are too few, nothing is shown.
    """
    held = [(count, position) for position, (_, count) in enumerate(groups) if count > 0]
    small = sorted(entry for entry in held if not may_show(entry[0]))
    large = sorted(entry for entry in held if may_show(entry[0]))
    while small and large and _gives_away(small):
        small.append(large.pop(0))
    shown = [ShownGroup((groups[position][0],), count, (position,)) for count, position in large]
    total = sum(count for count, _ in small)
    if small and not _gives_away(small):
        places = tuple(sorted(position for _, position in small))
        shown.append(ShownGroup(tuple(groups[position][0] for position in places), total, places))
    return tuple(sorted(shown, key=lambda group: (len(group.names) > 1, group.indices)))


def _gives_away(small: Sequence[tuple[int, int]]) -> bool:
    """Whether the total of these small groups is itself too small, or can be parted in one way only."""
    total = sum(count for count, _ in small)
    return len(small) == 1 or total < LEAST_SHOWN or total in {len(small), (LEAST_SHOWN - 1) * len(small)}

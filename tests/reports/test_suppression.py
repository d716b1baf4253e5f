"""Small counts: what a summary may show of a funnel and of the groups of a total."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.suppression import may_show, shown_groups, shown_steps


def test_a_step_that_takes_ten_is_told_together_with_the_next_and_one_that_takes_eleven_is_told() -> None:
    shown = shown_steps(100, [("ten", 10), ("eleven", 11), ("flagged", 0)])
    alone = shown_steps(100, [("eleven", 11), ("twelve", 12), ("flagged", 0)])

    assert shown is not None
    assert alone is not None
    assert [(step.names, step.left_count, step.remaining_count) for step in shown] == [
        (("ten", "eleven"), 21, 79),
        (("flagged",), 0, 79),
    ]
    assert [(step.names, step.left_count) for step in alone] == [
        (("eleven",), 11),
        (("twelve",), 12),
        (("flagged",), 0),
    ]


def test_few_flagged_episodes_are_not_shown_nor_what_would_tell_them() -> None:
    shown = shown_steps(60, [("excluded", 50), ("on hold", 3), ("flagged", 0)])

    assert shown is not None
    assert [(step.names, step.remaining_count) for step in shown] == [(("excluded", "on hold", "flagged"), None)]


def test_nothing_is_shown_of_ten_episodes() -> None:
    assert shown_steps(10, [("excluded", 0), ("flagged", 0)]) is None


@given(st.integers(0, 200), st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_no_two_shown_counts_of_a_funnel_differ_by_one_to_ten(spare: int, lefts: list[int]) -> None:
    first = spare + sum(lefts)
    shown = shown_steps(first, [(str(place), left) for place, left in enumerate(lefts)])

    counts = (
        [] if shown is None else [first, *(step.remaining_count for step in shown if step.remaining_count is not None)]
    )
    assert all(may_show(count) for count in counts)
    assert all(may_show(abs(one - other)) for one, other in combinations(counts, 2))
    if shown is not None:
        assert [name for step in shown for name in step.names] == [str(place) for place in range(len(lefts))]


@given(st.lists(st.integers(0, 60), max_size=8))
def test_groups_told_together_are_two_or_more_and_eleven_or_more(counts: list[int]) -> None:
    groups = shown_groups([(str(place), count) for place, count in enumerate(counts)])

    assert all(group.count > 10 for group in groups)
    assert sum(len(group.names) > 1 for group in groups) <= 1
    hidden = sum(counts) - sum(group.count for group in groups)
    assert hidden == 0 or not groups


def test_a_single_small_group_takes_the_next_smallest_with_it() -> None:
    groups = shown_groups([("large", 50), ("middle", 20), ("small", 3)])

    assert [(group.names, group.count) for group in groups] == [(("large",), 50), (("middle", "small"), 23)]

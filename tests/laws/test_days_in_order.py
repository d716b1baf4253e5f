"""The transforms hold their promises for any days, in any order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rule.transforms.care_cluster import care_cluster
from pipelines.rule.transforms.care_course import care_course
from pipelines.rule.transforms.implant_episode import implant_episode
from pipelines.rule.transforms.surgical_event import surgical_event

if TYPE_CHECKING:
    from random import Random

DAY_0 = date(2024, 1, 1)
OFTEN = settings(max_examples=150, deadline=None, database=None, derandomize=True)

day_numbers = st.lists(st.integers(0, 400), min_size=1, max_size=25)
near_days = st.integers(1, 12).flatmap(
    lambda step: st.lists(st.integers(0, 12), min_size=1, max_size=20).map(lambda few: [each * step for each in few])
)


def _days(numbers: list[int]) -> list[date]:
    return [DAY_0 + timedelta(days=number) for number in numbers]


@OFTEN
@given(numbers=near_days, same_surgery_days=st.integers(0, 6))
def test_every_index_line_is_in_the_window_of_exactly_one_event_that_opens_on_an_index_line(
    numbers: list[int], same_surgery_days: int
) -> None:
    lines = pl.LazyFrame({"member_id": ["ada"] * len(numbers), "service_date": _days(numbers)})

    events = surgical_event(lines, same_surgery_days=same_surgery_days).collect()

    windows = list(zip(events["event_date"], events["event_window_end_date"], strict=True))
    assert {start for start, _ in windows} <= set(_days(numbers))
    for day in _days(numbers):
        assert sum(start <= day <= end for start, end in windows) == 1


@OFTEN
@given(numbers=near_days, gap_days=st.integers(0, 30))
def test_courses_part_the_dates_where_and_only_where_a_gap_is_too_long(numbers: list[int], gap_days: int) -> None:
    dates = pl.LazyFrame(
        {"episode_id": "E", "service_date": _days(numbers), "exercise_max_gap_days": gap_days},
        schema_overrides={"service_date": pl.Date},
    )

    courses = care_course(dates).collect()

    ordered = sorted(set(_days(numbers)))
    expected: list[list[date]] = []
    for day in ordered:
        if expected and (day - expected[-1][-1]).days <= gap_days:
            expected[-1].append(day)
        else:
            expected.append([day])
    assert courses.select("first_date", "last_date", "date_count").rows() == [
        (course[0], course[-1], len(course)) for course in expected
    ]


@OFTEN
@given(numbers=day_numbers, window_days=st.integers(0, 100))
def test_a_cluster_counts_the_distinct_dates_of_the_window_that_opens_on_each_date(
    numbers: list[int], window_days: int
) -> None:
    dates = pl.LazyFrame(
        {"episode_id": "E", "care_group": "manipulation", "service_date": _days(numbers), "window_days": window_days},
        schema_overrides={"service_date": pl.Date},
    )

    clusters = care_cluster(dates).collect()

    ordered = sorted(set(_days(numbers)))
    assert clusters.select("service_date", "date_count").rows() == [
        (day, sum(0 <= (other - day).days <= window_days for other in ordered)) for day in ordered
    ]


event = st.tuples(
    st.integers(0, 60), st.sampled_from(["trial", "permanent"]), st.booleans(), st.sampled_from([False, False, True])
)


@OFTEN
@given(
    events=st.lists(event, min_size=1, max_size=12, unique_by=lambda each: each[0]),
    trial_link_days=st.integers(1, 25),
    order=st.randoms(use_true_random=False),
)
def test_every_event_is_in_one_episode_whose_trials_and_permanent_are_near_whatever_the_order_of_rows(
    events: list[tuple[int, str, bool, bool]], trial_link_days: int, order: Random
) -> None:
    rows: list[dict[str, Any]] = [
        {"member_id": "ada", "event_date": day, "event_kind": kind, "is_initial": initial, "is_aborted": aborted}
        for (number, kind, initial, aborted) in events
        for day in _days([number * 3])
    ]
    shuffled = order.sample(rows, len(rows))

    episodes = implant_episode(pl.LazyFrame(shuffled), trial_link_days=trial_link_days).collect()

    assert episodes.equals(implant_episode(pl.LazyFrame(rows), trial_link_days=trial_link_days).collect())
    assert sorted(episodes["event_date"]) == sorted(row["event_date"] for row in rows)
    by_date = {row["event_date"]: row for row in rows}
    for anchor in set(episodes["anchor_date"]):
        members = [by_date[day] for day in episodes.filter(pl.col("anchor_date") == anchor)["event_date"]]
        assert min(row["event_date"] for row in members) == anchor
        if len(members) > 1:
            assert all(row["is_initial"] and not row["is_aborted"] for row in members)
            last = max(row["event_date"] for row in members)
            kinds = [row["event_kind"] for row in sorted(members, key=lambda row: row["event_date"])]
            assert set(kinds[:-1]) == {"trial"}
            for row in members:
                near = last if kinds[-1] == "permanent" else anchor
                assert abs((row["event_date"] - near).days) <= trial_link_days

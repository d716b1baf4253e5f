"""How many days of its windows a member was enrolled, and the feeds can speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


WINDOWS = """
    episode_id | member_id | look_back_start_date | look_back_end_date | device_history_start_date | device_history_end_date
    -----------+-----------+----------------------+--------------------+---------------------------+------------------------
    E1         | ada       | 2025-01-01           | 2025-01-31         | 2024-01-01                | 2024-12-31
"""
EVER = "0001-01-01 | 9999-12-31"
THROUGHOUT = ["ada | 2000-01-01 | 9999-12-31 | true"]


def days(
    model: RunModel,
    spans: list[str],
    *,
    medical: tuple[str, ...] = (EVER,),
    pharmacy: tuple[str, ...] = (EVER,),
    is_assumed: bool = False,
    is_benefit_told: bool = True,
) -> dict[str | None, int]:
    """The days covered in the window, by kind of cover."""
    reach = [f"medical_claim | {days}" for days in medical] + [f"pharmacy_claim | {days}" for days in pharmacy]
    made = model(
        "intermediate.enrolled_day",
        {
            "intermediate.episode_window": WINDOWS,
            "intermediate.enrollment_span": "\n".join(
                ["member_id | enrollment_start_date | enrollment_end_date | has_pharmacy_benefit", *spans]
            ),
            "staging.feed_reach": "\n".join(["table_name | first_date | last_date", *reach]),
            "staging.run": f"is_enrollment_assumed | is_pharmacy_benefit_told\n{is_assumed} | {is_benefit_told}",
        },
    )
    return {row[0]: int(row[1] or "") for row in made.rows("cover", "covered_days")}


def test_overlapping_and_neighbouring_spans_count_each_day_of_a_window_once(model: RunModel) -> None:
    spans = [
        "ada | 2024-12-30 | 2025-01-05 | true",
        "ada | 2025-01-03 | 2025-01-10 | false",
        "ada | 2025-01-04 | 2025-01-06 | false",
        "ada | 2025-01-11 | 2025-01-12 | true",
        "ada | 2025-01-31 | 2025-02-10 | true",
        "bea | 2025-01-01 | 2025-01-31 | true",
    ]

    assert days(model, spans) == {"look_back": 13, "enrolled": 13, "feed": 31, "drugs": 8, "device_history": 2}


def test_spans_that_touch_a_window_in_one_day_count_it_and_those_a_day_off_count_none(model: RunModel) -> None:
    spans = [
        "ada | 2024-11-30 | 2025-01-01 | false",
        "ada | 2025-01-31 | 2025-01-31 | true",
        "ada | 2025-02-01 | 2025-03-01 | true",
        "ada | 2023-01-01 | 2023-12-31 | true",
    ]

    assert days(model, spans) == {"look_back": 2, "enrolled": 2, "feed": 31, "drugs": 1, "device_history": 32}


def test_a_member_without_a_span_is_enrolled_on_no_day_unless_enrolment_is_assumed(model: RunModel) -> None:
    assert days(model, []) == {"look_back": 0, "enrolled": 0, "feed": 31, "drugs": 0, "device_history": 0}
    assert days(model, [], is_assumed=True) == {
        "look_back": 31,
        "enrolled": 31,
        "feed": 31,
        "drugs": 31,
        "device_history": 366,
    }


def test_days_outside_the_reach_of_the_claims_are_no_days_seen(model: RunModel) -> None:
    found = days(model, THROUGHOUT, medical=("2024-12-30 | 2025-01-10", "2025-01-12 | 2025-01-13"))

    assert found == {"look_back": 12, "enrolled": 31, "feed": 12, "drugs": 12, "device_history": 2}


def test_a_reach_that_touches_the_window_in_one_day_counts_it_and_one_a_day_off_counts_none(model: RunModel) -> None:
    assert days(model, THROUGHOUT, medical=("2025-01-31 | 2025-03-31",))["look_back"] == 1
    assert days(model, THROUGHOUT, medical=("2025-02-01 | 2025-03-31",))["look_back"] == 0
    assert days(model, THROUGHOUT, medical=("2024-02-01 | 2025-01-01",))["feed"] == 1
    assert days(model, THROUGHOUT, medical=("2024-02-01 | 2024-12-31",))["feed"] == 0


def test_where_enrolment_is_assumed_the_reach_alone_decides(model: RunModel) -> None:
    found = days(model, [], is_assumed=True, medical=("2024-12-30 | 2025-01-10",))

    assert found == {"look_back": 10, "enrolled": 31, "feed": 10, "drugs": 10, "device_history": 2}


def test_drugs_are_seen_inside_the_reach_of_both_feeds_alone(model: RunModel) -> None:
    medical = ("2024-01-01 | 2025-01-20",)
    assert days(model, THROUGHOUT, medical=medical, pharmacy=("2025-01-11 | 2025-12-31",))["drugs"] == 10
    assert days(model, THROUGHOUT, medical=medical, pharmacy=("2025-01-20 | 2025-12-31",))["drugs"] == 1
    assert days(model, THROUGHOUT, medical=medical, pharmacy=("2025-01-21 | 2025-12-31",))["drugs"] == 0
    assert days(model, THROUGHOUT, pharmacy=("2025-01-11 | 2025-12-31",))["look_back"] == 31


def test_a_blank_drug_benefit_covers_only_where_no_row_of_the_feed_says_either(model: RunModel) -> None:
    spans = ["ada | 2025-01-01 | 2025-01-10 |", "ada | 2025-01-11 | 2025-01-31 | true"]

    assert days(model, spans, is_benefit_told=False)["drugs"] == 31
    assert days(model, spans, is_benefit_told=True)["drugs"] == 21
    assert days(model, spans, is_benefit_told=True)["look_back"] == 31

"""Remarks on what came of a member, or did not come, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EMPTY = dict.fromkeys(
    (
        "intermediate.final_eligibility",
        "intermediate.final_line",
        "intermediate.claim_final_state",
        "intermediate.claim_version",
        "staging.feed_month",
        "staging.feed_reach",
        "staging.member_spelling",
        "staging.unenrolled_month",
        "staging.ended_claim",
    ),
    "",
) | {
    "staging.run": "has_eligibility\ntrue",
    "intermediate.episode_window": """
        episode_id | member_id | look_back_start_date | look_back_end_date | last_event_date | followup_end_date
        E1         | ada       | 2024-01-01           | 2024-12-31         | 2025-01-01      | 2026-12-31
    """,
}
ALL_DAYS = "table_name | first_date\nmedical_claim | 0001-01-01"
FROM_FEBRUARY = "table_name | month_start_date\nmedical_claim | 2024-02-01\npharmacy_claim | 2024-06-01"


def remarks(model: RunModel, given: dict[str, str]) -> list[tuple[str | None, ...]]:
    return model("intermediate.member_remark", EMPTY | given).rows("remark", "source_table", "claim_id", "source_row")


def spans(*ends: str) -> dict[str, str]:
    rows = [f"ada | {end} | 1 | 1 | {row}" for row, end in enumerate(ends, 1)]
    head = "member_id | enrollment_end_date | delivery_number | file_number | source_row"
    return {"intermediate.final_eligibility": "\n".join([head, *rows])}


def test_more_than_two_spans_without_an_end_are_doubtful(model: RunModel) -> None:
    assert remarks(model, spans("", "", "", "2024-01-01")) == [("more_than_two_open_spans", "eligibility", None, "3")]
    assert remarks(model, spans("", "", "2024-01-01")) == []


def test_another_spelling_of_the_member_is_told(model: RunModel) -> None:
    given = {
        "staging.member_spelling": """
            member_id | other_member_id | differs_in | table_name     | delivery_number
            ada       | ADA             | case       | eligibility    | 1
            ada       | 0ada            | zeros      | pharmacy_claim | 1
        """
    }

    assert remarks(model, given) == [
        ("member_id_differs_in_case", "eligibility", None, None),
        ("member_id_differs_in_zeros", "pharmacy_claim", None, None),
    ]


def test_claims_that_begin_inside_the_look_back_are_told_where_no_reach_is_known(model: RunModel) -> None:
    known = "table_name | first_date\nmedical_claim | 2024-02-01"

    begins = ("feed_begins_in_look_back", "medical_claim", None, None)
    assert remarks(model, {"staging.feed_month": FROM_FEBRUARY, "staging.feed_reach": ALL_DAYS}) == [begins]
    assert remarks(model, {"staging.feed_month": FROM_FEBRUARY, "staging.feed_reach": known}) == []
    at_its_start = FROM_FEBRUARY.replace("2024-02", "2024-01")
    assert remarks(model, {"staging.feed_month": at_its_start, "staging.feed_reach": ALL_DAYS}) == []


def test_claims_of_people_without_enrolment_are_told_where_the_member_has_none_in_the_look_back(
    model: RunModel,
) -> None:
    strangers = {"staging.unenrolled_month": "month_start_date | line_count | delivery_number\n2024-03-01 | 4 | 1"}
    own = {"intermediate.final_line": "member_id | claim_line_start_date\nada | 2024-12-31"}
    early = {"staging.unenrolled_month": "month_start_date | line_count | delivery_number\n2023-12-01 | 4 | 1"}

    told = [("older_claims_without_eligibility", "medical_claim", None, None)]
    assert remarks(model, strangers) == told
    assert remarks(model, strangers | own) == []
    assert remarks(model, early) == []
    assert remarks(model, strangers | {"staging.run": "has_eligibility\nfalse"}) == []


def test_claims_of_its_time_that_a_full_delivery_ended_are_told(model: RunModel) -> None:
    head = "member_id | claim_id | first_service_date | last_service_date | ended_by_delivery_number\n"
    given = {
        "staging.ended_claim": head + "ada | PT | 2024-01-01 | 2024-01-01 | 2\nada | OLD | 2023-01-01 | 2023-12-31 | 2"
    }

    assert remarks(model, given) == [("claim_ended_by_full_delivery", "medical_claim", "PT", None)]


def test_replacements_that_cannot_be_followed_are_told_where_they_lie_in_its_time(model: RunModel) -> None:
    made = remarks(
        model,
        {
            "intermediate.claim_final_state": """
                member_id | claim_id | claim_frequency_code | final_state
                ada       | A        | 7                    | in_ring
                ada       | B        | 7                    | counts
                ada       | C        | 7                    | counts
                ada       | D        | 8                    | void_request
                ada       | E        |                      | counts
            """,
            "intermediate.claim_version": """
                member_id | claim_id | has_original
                ada       | A        | true
                ada       | B        | false
                ada       | C        | true
                ada       | D        | false
                ada       | E        | false
            """,
            "intermediate.final_line": """
                member_id | claim_id | claim_line_start_date | source_row
                ada       | A        | 2024-01-01            | 1
                ada       | B        | 2025-01-01            | 2
                ada       | C        | 2024-06-01            | 3
                ada       | D        | 2025-01-02            | 4
                ada       | E        | 2024-06-01            | 5
            """,
        },
    )

    assert made == [
        ("claim_may_be_replaced", "medical_claim", "A", "1"),
        ("claim_may_be_replaced", "medical_claim", "B", "2"),
    ]

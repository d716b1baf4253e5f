"""The implant episodes with their kind, stage, claims and dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EVENTS = """
    episode_id | member_id | anchor_date | event_date | event_kind | is_initial | is_aborted | has_paddle_lead | trial_date
    -----------+-----------+-------------+------------+------------+------------+------------+-----------------+-----------
    E1         | ada       | 2025-03-01  | 2025-03-01 | trial      | true       | true       | false           | 2025-03-01
    E1         | ada       | 2025-03-01  | 2025-04-01 | permanent  | true       | false      | true            | 2025-03-01
    E2         | bea       | 2025-03-01  | 2025-03-01 | trial      | true       | true       | false           | 2025-03-01
    E2         | bea       | 2025-03-01  | 2025-03-20 | trial      | false      | true       | false           | 2025-03-20
    E3         | cid       | 2025-03-01  | 2025-03-01 | permanent  | false      | false      | false           | 2025-02-01
"""
LINES = """
    episode_id | member_id | claim_id | event_date | code
    -----------+-----------+----------+------------+------
    E1         | ada       | A2       | 2025-03-01 | 63650
    E1         | ada       | A3       | 2025-03-01 | 63650
    E1         | ada       | A1       | 2025-04-01 | 63685
    E2         | bea       | B1       | 2025-03-01 | 63650
    E3         | cid       | C1       | 2025-03-01 | 63685
"""
NO_CLAIMS = {
    "intermediate.episode_claim": "",
    "intermediate.claim": "",
    "intermediate.event_dollar_line": "",
    "intermediate.shared_claim": "",
}


def test_events_together_say_the_kind_the_stage_and_how_far_the_device_history_goes(model: RunModel) -> None:
    made = model(
        "intermediate.episode",
        {
            **NO_CLAIMS,
            "intermediate.episode_event": EVENTS,
            "intermediate.episode_index_line": LINES,
        },
    )

    assert made.rows("episode_id", "episode_kind", "has_permanent_event", "event_stage", "is_aborted") == [
        ("E1", "trial_then_permanent", "true", "initial", "false"),
        ("E2", "trial_only", "false", "replacement_or_revision", "true"),
        ("E3", "permanent_only", "true", "replacement_or_revision", "false"),
    ]
    assert made.rows("episode_id", "last_event_date", "has_paddle_lead", "device_history_until_date") == [
        ("E1", "2025-04-01", "true", "2025-03-01"),
        ("E2", "2025-03-20", "false", "2025-03-01"),
        ("E3", "2025-03-01", "false", "2025-02-01"),
    ]


def test_claims_and_pending_lines_are_those_that_the_episode_owns(model: RunModel) -> None:
    made = model(
        "intermediate.episode",
        {
            **NO_CLAIMS,
            "intermediate.episode_event": EVENTS,
            "intermediate.episode_index_line": LINES,
            "intermediate.episode_claim": """
                episode_id | member_id | claim_id | is_owned
                -----------+-----------+----------+---------
                E1         | ada       | A2       | true
                E1         | ada       | A1       | true
                E2         | bea       | B1       | true
                E3         | cid       | C1       | false
            """,
            "intermediate.claim": """
                member_id | claim_id | pending_count
                ----------+----------+--------------
                ada       | A1       | 0
                ada       | A2       | 1
                bea       | A1       | 9
                bea       | B1       | 0
                cid       | C1       | 1
            """,
        },
    )

    assert made.rows("episode_id", "claim_ids", "has_pending_line") == [
        ("E1", "[A1, A2]", "true"),
        ("E2", "[B1]", "false"),
        ("E3", "[]", "false"),
    ]


def dollars_of_e1(model: RunModel, *lines: str) -> tuple[str | None, ...]:
    """Dollars of E1 and whether they are unknown or leave a repeated line out: lines of its two events."""
    made = model(
        "intermediate.episode",
        {
            **NO_CLAIMS,
            "intermediate.episode_event": EVENTS,
            "intermediate.episode_index_line": LINES,
            "intermediate.event_dollar_line": "\n".join(
                ["member_id | event_date | paid_amount | allowed_amount | is_repeated_interim", *lines]
            ),
        },
    )
    [row] = [
        row
        for row in made.rows(
            *("episode_id", "paid_amount", "allowed_amount", "is_payment_unknown", "has_repeated_interim_line")
        )
        if row[0] == "E1"
    ]
    return row[1:]


def test_dollars_are_those_of_the_lines_of_all_its_events(model: RunModel) -> None:
    assert dollars_of_e1(
        model,
        "ada | 2025-03-01 | 100.10 | 120.00 | false",
        "ada | 2025-04-01 | 200.20 | 220.00 | false",
        "ada | 2025-05-01 | 5.00 | 6.00 | false",
        "bea | 2025-03-01 | 7.00 | 8.00 | false",
    ) == ("300.30", "340.00", "false", "false")
    assert dollars_of_e1(model) == ("0.00", "0.00", "false", "false")


def test_a_repeated_line_of_an_interim_bill_carries_no_dollars(model: RunModel) -> None:
    assert dollars_of_e1(
        model, "ada | 2025-03-01 | 100.00 | 120.00 | false", "ada | 2025-03-01 | 100.00 | 120.00 | true"
    ) == ("100.00", "120.00", "false", "true")


def test_one_amount_that_nobody_sent_makes_the_sum_unknown(model: RunModel) -> None:
    assert dollars_of_e1(model, "ada | 2025-03-01 | 100.00 | 120.00 | false", "ada | 2025-04-01 | | 5.00 | false") == (
        *(None, "125.00"),
        *("true", "false"),
    )
    assert dollars_of_e1(model, "ada | 2025-03-01 | | 120.00 | false", "ada | 2025-04-01 | | | false") == (
        *(None, None),
        *("true", "false"),
    )
    assert dollars_of_e1(model, "ada | 2025-03-01 | 0.00 | | false") == ("0.00", "0.00", "false", "false")


def test_a_claim_of_a_shared_number_marks_the_episodes_it_bears_on(model: RunModel) -> None:
    made = model(
        "intermediate.episode",
        {
            **NO_CLAIMS,
            "intermediate.episode_event": EVENTS,
            "intermediate.episode_index_line": LINES,
            "intermediate.episode_claim": """
                episode_id | member_id | claim_id | is_owned
                -----------+-----------+----------+---------
                E1         | ada       | A1       | true
                E2         | bea       | B1       | true
                E3         | cid       | C1       | false
            """,
            "intermediate.shared_claim": """
                member_id | claim_id
                ----------+---------
                ada       | B1
                bea       | B1
                cid       | C1
            """,
        },
    )

    assert made.rows("episode_id", "has_shared_claim") == [("E1", "false"), ("E2", "true"), ("E3", "true")]


def test_a_new_case_is_named_by_its_year_and_the_first_claim_of_the_anchor_date(model: RunModel) -> None:
    made = model(
        "intermediate.episode",
        {
            **NO_CLAIMS,
            "intermediate.episode_event": EVENTS,
            "intermediate.episode_index_line": LINES,
        },
    )

    assert made.rows("episode_id", "new_case_id", "index_codes") == [
        ("E1", "NA-2025-78B1751E58F7", "[63650, 63685]"),
        ("E2", "NA-2025-055A0287B55C", "[63650]"),
        ("E3", "NA-2025-15C72F6D657F", "[63685]"),
    ]

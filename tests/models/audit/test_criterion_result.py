"""What each criterion asked and found, in numbers and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


CRITERIA = {
    "exercise_course": "met",
    "enough_groups": "met",
    "care_span": "met",
    "failure_documented": "met",
    "adequate_care": "met",
}
CARE = {
    "adequate_group_count": "2",
    "documented_group_count": "0",
    "is_exercise_adequate": "true",
    "is_exercise_documented": "false",
    "is_medication_unknown": "false",
    "exercise_date_count": "6",
    "exercise_span_days": "42",
    "exercise_last_date": "2025-02-19",
    "service_count": "9",
    "span_days": "50",
    "span_start_date": "2025-01-01",
    "span_end_date": "2025-02-20",
}
POLICY = {
    "must_have_exercise": "true",
    "exercise_min_dates": "6",
    "exercise_min_span_days": "28",
    "exercise_max_gap_days": "30",
    "min_groups": "2",
    "min_total_span_days": "42",
    "lookback_days": "180",
}
VISIBILITY = {
    "enrollment_complete": "true",
    "enrolled_days": "180",
    "is_look_back_outside_feed": "false",
    "outside_feed_days": "0",
}
FINDINGS = """
    episode_id | care_group   | state    | has_failure_statement
    -----------+--------------+----------+----------------------
    E1         | manipulation | adequate | true
    E1         | exercise     | adequate | true
    E1         | acupuncture  | short    | false
"""


def explained(model: RunModel, criterion: str, **changes: str) -> tuple[str | None, ...]:
    """Result, observed and asked value and explanation of one criterion of E1, but for ``changes``."""

    def one(facts: dict[str, str]) -> str:
        row = {"episode_id": "E1"} | {name: changes.get(name, value) for name, value in facts.items()}
        return " | ".join(row) + "\n" + " | ".join(row.values())

    made = model(
        "audit.criterion_result",
        {
            "intermediate.episode_criterion": one(CRITERIA),
            "intermediate.episode_care": one(CARE),
            "intermediate.episode_policy": one(POLICY),
            "intermediate.episode_visibility": one(VISIBILITY),
            "intermediate.open_episode": """
                episode_id | anchor_date | look_back_start_date | look_back_end_date
                -----------+-------------+----------------------+-------------------
                E1         | 2025-03-01  | 2024-09-02           | 2025-02-28
            """,
            "intermediate.care_group_finding": changes.get("findings", FINDINGS),
            "staging.run": "has_care_documentation\n" + changes.get("has_care_documentation", "true"),
        },
    )
    [row] = [
        row
        for row in made.in_order("criterion", "result", "observed_value", "threshold_value", "explanation")
        if row[0] == criterion
    ]
    return row[1:]


SEEN = "in the data received from 2024-09-02 to 2025-02-28"
PARTLY = " The member was enrolled 100 of 180 days, so care in the other days cannot be seen."


def test_what_cannot_be_seen_is_told_by_its_cause(model: RunModel) -> None:
    none = f"No claim for exercise that counts was found {SEEN}; 6 dates over 28 days are asked."

    def unseen(**changes: str) -> str:
        told = explained(model, "exercise_course", exercise_date_count="0", enrollment_complete="false", **changes)[3]
        assert told is not None
        return told.removeprefix(none)

    assert unseen(enrolled_days="100") == PARTLY
    assert unseen(enrolled_days="") == (
        " No enrolment was delivered, so days without care cannot be told from days not enrolled."
    )
    assert unseen(enrolled_days="90", is_look_back_outside_feed="true", outside_feed_days="70") == (
        " The claims received do not reach 70 of 180 days, and of the others the member was enrolled 90, so care in the "
        "rest cannot be seen."
    )


def test_the_exercise_course_says_what_was_found_and_asked(model: RunModel) -> None:
    found = (
        "6 exercise dates over 42 days in the best course, 6 over 28 asked; the last exercise date is 10 days before "
        "the anchor."
    )
    none = f"No claim for exercise that counts was found {SEEN}; 6 dates over 28 days are asked."
    partly = {"enrollment_complete": "false", "enrolled_days": "100"}

    assert explained(model, "exercise_course") == ("met", "6.0", "6.0", found)
    assert explained(model, "exercise_course", is_exercise_adequate="false", **partly)[3] == found + PARTLY
    assert explained(model, "exercise_course", **partly)[3] == found
    assert explained(model, "exercise_course", exercise_date_count="0")[3] == none
    assert explained(model, "exercise_course", exercise_date_count="0", **partly)[3] == none + PARTLY
    assert explained(model, "exercise_course", is_exercise_documented="true")[3] == (
        "A failure statement covers exercise."
    )
    assert explained(model, "exercise_course", is_exercise_documented="true", is_exercise_adequate="false")[3] == found
    assert explained(model, "exercise_course", must_have_exercise="false")[3] == (
        "This policy does not ask for an exercise course."
    )


def test_enough_groups_names_the_groups_and_what_cannot_be_seen_where_it_is_not_met(model: RunModel) -> None:
    named = f"Adequate {SEEN}: exercise, manipulation; 2 asked. Found but too little: acupuncture."
    unseen = {"is_medication_unknown": "true", "enrollment_complete": "false", "enrolled_days": "100"}

    assert explained(model, "enough_groups") == ("met", "2.0", "2.0", named)
    assert explained(model, "enough_groups", **unseen)[3] == named
    assert explained(model, "enough_groups", enough_groups="cannot_tell", **unseen)[3] == (
        f"{named}{PARTLY} Drug fills cannot be seen."
    )
    assert explained(
        model,
        "enough_groups",
        adequate_group_count="0",
        findings="episode_id | care_group | state\nE1 | exercise | none",
    ) == ("met", "0.0", "2.0", f"No group of care is adequate {SEEN}; 2 asked.")


def test_the_span_names_its_first_and_last_day(model: RunModel) -> None:
    assert explained(model, "care_span") == (
        "met",
        "50.0",
        "42.0",
        "Care that counts runs from 2025-01-01 to 2025-02-20, 50 days; 42 asked.",
    )
    assert explained(model, "care_span", care_span="not_met", span_start_date="", span_end_date="", span_days="0") == (
        "not_met",
        "0.0",
        "42.0",
        f"No care that counts was found {SEEN}; a span of 42 days is asked.",
    )


def test_a_span_that_is_not_met_says_what_cannot_be_seen(model: RunModel) -> None:
    unseen = {"is_medication_unknown": "true", "enrollment_complete": "false", "enrolled_days": "100"}
    met = explained(model, "care_span")[3]

    assert explained(model, "care_span", **unseen)[3] == met
    assert explained(model, "care_span", care_span="cannot_tell", **unseen)[3] == (
        f"{met}{PARTLY} Drug fills cannot be seen."
    )


def test_documented_failure_names_the_groups_or_what_was_not_delivered(model: RunModel) -> None:
    stated = "Statements that document failure, intolerance or contraindication cover: exercise, manipulation; 2 groups asked"

    assert explained(model, "failure_documented", documented_group_count="2") == (
        "met",
        "2.0",
        "2.0",
        f"{stated}, exercise among them.",
    )
    assert explained(model, "failure_documented", documented_group_count="1", must_have_exercise="false")[3] == (
        f"{stated}."
    )
    assert explained(model, "failure_documented")[3] == (
        "No complete failure statement was found in the documentation received."
    )
    assert explained(model, "failure_documented", has_care_documentation="false")[3] == (
        "No extract of care documentation was delivered, so failure cannot be told."
    )


def test_adequate_care_counts_the_criteria_met(model: RunModel) -> None:
    assert explained(model, "adequate_care") == (
        "met",
        "3.0",
        "3.0",
        "Exercise course, enough groups and care span are all met.",
    )
    assert explained(model, "adequate_care", adequate_care="not_met", care_span="not_met") == (
        "not_met",
        "2.0",
        "3.0",
        "At least one of exercise course, enough groups and care span is not evidenced.",
    )
    assert explained(
        model, "adequate_care", adequate_care="cannot_tell", exercise_course="cannot_tell", enough_groups="not_met"
    ) == ("cannot_tell", "1.0", "3.0", "What is open cannot be told from the data received.")

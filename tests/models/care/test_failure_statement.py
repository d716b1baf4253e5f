"""Whether a statement validly documents that care failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


COMPLETE = {
    "document_id": "D1",
    "modality": "physical_therapy",
    "outcome": "no_benefit",
    "document_date": "2025-02-20",
    "start_date": "2025-01-05",
    "end_date": "2025-02-10",
    "visit_count": "",
    "author_role": "physician",
    "source_type": "chart_note",
}


def judged(model: RunModel, *columns: str, **changes: str) -> tuple[str | None, ...]:
    """Columns of the statement that is complete but for ``changes``; the oldest date is 2025-01-30."""
    statement = {"member_id": "ada"} | COMPLETE | changes
    return model(
        "intermediate.failure_statement",
        {
            "intermediate.open_episode": """
                episode_id | member_id | anchor_date | look_back_start_date | look_back_end_date
                -----------+-----------+-------------+----------------------+-------------------
                E1         | ada       | 2025-03-01  | 2025-01-10           | 2025-02-28
            """,
            "intermediate.episode_policy": """
                episode_id | statement_max_age_days
                -----------+-----------------------
                E1         | 30
            """,
            "value_sets.documentation_modalities": """
                word             | care_group
                -----------------+-----------
                physical_therapy | exercise
            """,
            "staging.care_documentation": " | ".join(statement) + "\n" + " | ".join(statement.values()),
        },
    ).row(*columns)


def test_a_complete_statement_is_valid_for_its_group_and_spans_its_days_in_the_look_back(model: RunModel) -> None:
    assert judged(model, "is_valid", "statement_state", "care_group", "missing") == ("true", "valid", "exercise", "[]")
    assert judged(model, "span_start_date", "span_end_date") == ("2025-01-10", "2025-02-10")
    assert judged(model, "span_start_date", "span_end_date", end_date="", start_date="2025-02-01", visit_count="3") == (
        "2025-02-01",
        "2025-02-01",
    )
    assert judged(model, "span_start_date", "span_end_date", end_date="2025-03-01", document_date="2025-03-01") == (
        "2025-01-10",
        "2025-02-28",
    )


def test_what_is_missing_is_said_in_words(model: RunModel) -> None:
    def missing(**changes: str) -> str | None:
        return judged(model, "missing", **changes)[0]

    assert missing(modality="rest") == "[a modality the policy knows]"
    assert missing(outcome="") == "['an outcome that shows failure, intolerance or contraindication']"
    assert missing(outcome="improved") == "['an outcome that shows failure, intolerance or contraindication']"
    assert missing(outcome="intolerance") == "[]"
    assert missing(document_id="") == "[a document identifier]"
    assert missing(author_role="") == "[the role of its author]"
    assert missing(source_type="") == "[the type of its source]"
    assert missing(start_date="") == "[the date the care started]"


def test_the_document_is_dated_in_the_days_before_the_anchor_both_ends_in(model: RunModel) -> None:
    def is_valid(document_date: str) -> str | None:
        return judged(model, "is_valid", document_date=document_date, start_date="2025-01-05", end_date="2025-01-30")[0]

    assert is_valid("2025-01-29") == "false"
    assert is_valid("2025-01-30") == "true"
    assert is_valid("2025-03-01") == "true"
    assert is_valid("2025-03-02") == "false"
    assert is_valid("") == "false"


def test_the_care_runs_from_start_to_end_to_document_and_ended_not_too_long_ago(model: RunModel) -> None:
    def missing(**changes: str) -> str | None:
        return judged(model, "missing", **changes)[0]

    out_of_order = "['care dated before the document, from start to end']"
    assert missing(start_date="2025-02-10") == "[]"
    assert missing(start_date="2025-02-11") == out_of_order
    assert missing(end_date="2025-02-20") == "[]"
    assert missing(end_date="2025-02-21") == out_of_order
    assert missing(end_date="", visit_count="1", start_date="2025-02-20") == "[]"
    assert missing(end_date="", visit_count="1", start_date="2025-02-21") == out_of_order
    assert missing(end_date="", visit_count="0") == "[an end of the care or a number of visits]"
    assert missing(end_date="") == "[an end of the care or a number of visits]"
    assert missing(end_date="2025-01-30") == "[]"
    assert missing(end_date="2025-01-29") == "[care that ended in the period the policy looks at]"


def test_care_that_was_contraindicated_needs_no_dates(model: RunModel) -> None:
    def missing(**changes: str) -> str | None:
        return judged(model, "missing", outcome="contraindicated", **changes)[0]

    assert missing(start_date="", end_date="") == "[]"
    assert missing(start_date="2025-02-25", end_date="2024-01-01") == "[]"

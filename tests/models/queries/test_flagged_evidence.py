"""The rows of the sheet Evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


CRITERIA, FACTS, STATEMENTS, CARE, REMARKS = (
    f"audit.{name}" for name in ("criterion_result", "history_fact", "statement", "care_ledger", "episode_remark")
)
FLAGGED = "episode_id | case_id | outcome | priority_score | anchor_date\n"
NONE = {CRITERIA: "", FACTS: "", STATEMENTS: "", CARE: "", REMARKS: ""}


def test_each_kind_of_evidence_fills_its_own_columns(published: RunModel) -> None:
    made = published(
        "flagged_evidence",
        {
            "audit.episode_review": FLAGGED + "E1 | C1 | flagged | 40.0 | 2025-01-01",
            CRITERIA: """
                episode_id | criterion | criterion_number | result  | explanation
                E1         | care_span | 3                | not_met | Short.
            """,
            FACTS: """
                episode_id | fact     | fact_date  | code_system | code  | claim_id
                E1         | red_flag | 2024-03-01 | icd10       | C7951 | A1
            """,
            STATEMENTS: """
                episode_id | document_date | modality | statement_state | documented_outcome | missing       | visit_count | document_id | source_file | source_row
                E1         | 2024-04-01    | exercise | incomplete      | no_benefit         | [author, end] | 6           | D1          | docs.csv    | 4
            """,
            REMARKS: """
                episode_id | remark_kind | remark_text | column_names | source_table  | claim_id | claim_line_number | source_file | source_row
                E1         | doubtful    | A doubt.    | [hcpcs_code] | medical_claim | A2       | 1                 | claims.csv  | 7
            """,
            CARE: """
                episode_id | service_date | care_group | modality | counts | counts_reason | code_system | code  | quantity | claim_id | claim_line_number | source_file | source_row
                E1         | 2024-05-01   | exercise   | therapy  | yes    | in_window     | hcpcs       | 97110 | 2        | A2       | 1                 | claims.csv  | 7
                E1         | 2024-05-02   |            | massage  | no     | not_asked     | hcpcs       | 97124 | 1        | A3       | 2                 | claims.csv  | 8
            """,
        },
    )

    assert made.columns == (
        *("case_id", "row_kind", "row_date", "subject", "result", "detail", "code_system", "code", "quantity"),
        *("claim_id", "claim_line_number", "source_file", "source_row", "row_order"),
    )
    assert list(made.cells) == [
        ("C1", "criterion", None, "care_span", "not_met", "Short.", *[None] * 7, "1"),
        ("C1", "fact", "2024-03-01", "red_flag", None, None, "icd10", "C7951", None, "A1", None, None, None, "2"),
        (
            *("C1", "statement", "2024-04-01", "exercise", "incomplete", "no_benefit; author, end"),
            *(None, None, "6.0", "D1", None, "docs.csv", "4", "3"),
        ),
        (
            *("C1", "care", "2024-05-01", "exercise: therapy", "counts", "in_window"),
            *("hcpcs", "97110", "2.0", "A2", "1", "claims.csv", "7", "4"),
        ),
        (
            *("C1", "care", "2024-05-02", "other care: massage", "does not count", "not_asked"),
            *("hcpcs", "97124", "1.0", "A3", "2", "claims.csv", "8", "5"),
        ),
        (
            *("C1", "remark", None, "medical_claim", "doubtful", "A doubt. hcpcs_code"),
            *(None, None, None, "A2", "1", "claims.csv", "7", "6"),
        ),
    ]


def test_cases_stand_best_first_and_only_flagged_ones(published: RunModel) -> None:
    made = published(
        "flagged_evidence",
        NONE
        | {
            "audit.episode_review": FLAGGED
            + """E1 | C1 | flagged    |      | 2025-01-01
                 E2 | C2 | flagged    | 40.0 | 2025-01-02
                 E3 | C3 | flagged    | 50.0 | 2025-01-03
                 E5 | C5 | flagged    | 40.0 | 2025-01-01
                 E4 | C4 | flagged    | 40.0 | 2025-01-01
                 E6 | C6 | documented | 90.0 | 2025-01-01""",
            FACTS: "episode_id | fact\nE1 | a\nE2 | b\nE3 | c\nE4 | z\nE5 | e\nE6 | f",
        },
    )

    assert made.in_order("case_id", "row_order") == [
        ("C3", "1"),
        ("C4", "2"),
        ("C5", "3"),
        ("C2", "4"),
        ("C1", "5"),
    ]


def test_criteria_stand_in_the_order_of_the_policy_and_care_by_date_subject_claim_line_code_and_row(
    published: RunModel,
) -> None:
    made = published(
        "flagged_evidence",
        NONE
        | {
            "audit.episode_review": FLAGGED + "E1 | C1 | flagged | 40.0 | 2025-01-01",
            CRITERIA: """
                episode_id | criterion | criterion_number
                E1         | alpha     | 2
                E1         | omega     | 1
            """,
            CARE: """
                episode_id | service_date | care_group | modality | claim_id | claim_line_number | code | source_file | source_row
                E1         | 2024-05-02   | exercise   | a        | A1       | 1                 | 1    | a.csv       | 8
                E1         | 2024-05-01   | exercise   | b        | A1       | 1                 | 1    | a.csv       | 7
                E1         | 2024-05-01   | exercise   | a        | A2       | 1                 | 1    | a.csv       | 6
                E1         | 2024-05-01   | exercise   | a        | A1       | 2                 | 1    | a.csv       | 5
                E1         | 2024-05-01   | exercise   | a        | A1       | 1                 | 2    | a.csv       | 4
                E1         | 2024-05-01   | exercise   | a        | A1       | 1                 | 1    | b.csv       | 3
                E1         | 2024-05-01   | exercise   | a        | A1       | 1                 | 1    | a.csv       | 2
                E1         | 2024-05-01   | exercise   | a        | A1       | 1                 | 1    | a.csv       | 10
            """,
        },
    )

    assert made.in_order("subject", "source_row") == [
        ("omega", None),
        ("alpha", None),
        ("exercise: a", "2"),
        ("exercise: a", "10"),
        ("exercise: a", "3"),
        ("exercise: a", "4"),
        ("exercise: a", "5"),
        ("exercise: a", "6"),
        ("exercise: b", "7"),
        ("exercise: a", "8"),
    ]


def test_evidence_that_is_alike_stands_as_often_as_it_was_found(published: RunModel) -> None:
    made = published(
        "flagged_evidence",
        {
            "audit.episode_review": FLAGGED + "E1 | C1 | flagged | 40.0 | 2025-01-01",
            CRITERIA: "episode_id | criterion\nE1 | care_span\nE1 | care_span",
            FACTS: "episode_id | fact\nE1 | red_flag\nE1 | red_flag",
            STATEMENTS: "episode_id | modality\nE1 | exercise\nE1 | exercise",
            CARE: "episode_id | modality\nE1 | massage\nE1 | massage",
            REMARKS: "",
        },
    )

    assert made.in_order("row_kind", "row_order") == [
        ("criterion", "1"),
        ("criterion", "2"),
        ("fact", "3"),
        ("fact", "4"),
        ("statement", "5"),
        ("statement", "6"),
        ("care", "7"),
        ("care", "8"),
    ]

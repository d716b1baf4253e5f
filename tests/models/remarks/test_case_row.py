"""The delivered rows that may bear on an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


WINDOW = """
    episode_id | member_id | look_back_start_date | look_back_end_date
    E1         | ada       | 2024-01-01           | 2024-12-31
"""
EMPTY = dict.fromkeys(
    (
        "intermediate.final_line",
        "intermediate.care_line",
        "intermediate.episode_claim",
        "intermediate.final_eligibility",
        "intermediate.final_authorization",
        "staging.claim_diagnosis",
        "staging.claim_procedure",
        "staging.pharmacy_claim",
        "staging.care_documentation",
    ),
    "",
)


def test_lines_of_the_episode_and_of_care_are_evidence_and_others_of_the_look_back_are_not(model: RunModel) -> None:
    made = model(
        "intermediate.case_row",
        EMPTY
        | {
            "intermediate.episode_window": WINDOW,
            "intermediate.final_line": """
                member_id | claim_id | claim_line_start_date | delivery_number | file_number | source_row
                ada       | IMP      | 2025-01-01            | 1               | 1           | 1
                ada       | PT       | 2024-01-01            | 1               | 1           | 2
                ada       | OV       | 2024-12-31            | 1               | 1           | 3
                ada       | OLD      | 2023-12-31            | 1               | 1           | 4
                bea       | OV       | 2024-06-01            | 1               | 1           | 5
            """,
            "intermediate.episode_claim": "episode_id | claim_id\nE1 | IMP",
            "intermediate.care_line": """
                episode_id | source_table    | is_in_look_back | delivery_number | file_number | source_row
                E1         | medical_claim   | true            | 1               | 1           | 2
                E1         | medical_claim   | false           | 1               | 1           | 3
                E1         | claim_procedure | true            | 1               | 1           | 3
            """,
            "staging.claim_diagnosis": """
                claim_id | member_id | delivery_number | file_number | source_row
                PT       |           | 1               | 2           | 1
                PT       | bea       | 1               | 2           | 2
                OV       | ada       | 1               | 2           | 3
            """,
        },
    )

    assert made.rows("source_table", "source_row", "claim_id", "is_evidence") == [
        ("claim_diagnosis", "1", "PT", "true"),
        ("medical_claim", "1", "IMP", "true"),
        ("medical_claim", "2", "PT", "true"),
        ("medical_claim", "3", "OV", "false"),
    ]


def test_fills_of_the_look_back_and_spans_authorisations_and_statements_of_the_member_are(model: RunModel) -> None:
    place = "member_id | delivery_number | file_number | source_row\n"
    made = model(
        "intermediate.case_row",
        EMPTY
        | {
            "intermediate.episode_window": WINDOW,
            "staging.pharmacy_claim": """
                member_id | dispensing_date | source_row
                ada       | 2024-01-01      | 1
                ada       | 2025-01-01      | 2
            """,
            "intermediate.final_eligibility": place + "ada | 1 | 1 | 3\nbea | 1 | 1 | 4",
            "intermediate.final_authorization": place + "ada | 1 | 1 | 5",
            "staging.care_documentation": place + "ada | 1 | 1 | 6",
        },
    )

    assert made.rows("source_table", "source_row", "is_evidence") == [
        ("care_documentation", "6", "true"),
        ("eligibility", "3", "true"),
        ("pharmacy_claim", "1", "true"),
        ("prior_authorization", "5", "true"),
    ]

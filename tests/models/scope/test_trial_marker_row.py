"""The rows of an episode's claims that carry a mark of a clinical trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


MARKERS = """
    match_system   | code   | trial_marker    | effective_start | effective_end
    ---------------+--------+-----------------+-----------------+--------------
    icd-10-cm      | Z006   | diagnosis       | 2025-01-01      | 2025-12-31
    modifier       | Q0     | investigational | 2025-01-01      | 2025-12-31
    modifier       | Q1     |                 | 2025-01-01      | 2025-12-31
    condition-code | 30     | investigational | 2025-01-01      | 2025-12-31
    icd-10-cm      | Z0000  |                 | 2025-01-01      | 2025-12-31
"""
CLAIMS = """
    episode_id | member_id | claim_id
    -----------+-----------+---------
    E1         | ada       | A1
    E2         | bea       | B1
    E3         | cid       | C1
    E4         | dan       | D1
    E5         | eve       | F1
"""


def test_a_trial_diagnosis_is_a_marker_where_it_is_valid_on_the_coding_date(model: RunModel) -> None:
    made = model(
        "intermediate.trial_marker_row",
        {
            "intermediate.episode_claim": CLAIMS,
            "intermediate.episode_index_line": "",
            "intermediate.standing_line": "",
            "value_sets.clinical_trial": MARKERS,
            "intermediate.claim_diagnosis": """
                member_id | claim_id | diagnosis_code | code_system | coding_date
                ----------+----------+----------------+-------------+------------
                ada       | A1       | Z006           | icd-10-cm   | 2025-01-01
                bea       | B1       | Z006           | icd-10-cm   | 2024-12-31
                cid       | C1       | Z006           | icd-10-cm   | 2025-12-31
                dan       | D1       | Z006           | icd-10-cm   | 2026-01-01
                eve       | F1       | Z0000          | icd-10-cm   | 2025-06-01
                eve       | A1       | Z006           | icd-10-cm   | 2025-06-01
            """,
        },
    )

    assert made.rows("episode_id", "fact", "claim_id", "code_system", "code", "is_complete") == [
        ("E1", "trial_diagnosis", "A1", "icd-10-cm", "Z006", "true"),
        ("E3", "trial_diagnosis", "C1", "icd-10-cm", "Z006", "true"),
    ]


def test_the_modifier_of_an_index_line_or_the_condition_of_a_claim_is_the_investigational_mark_once_a_claim(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.trial_marker_row",
        {
            "intermediate.episode_claim": CLAIMS,
            "intermediate.claim_diagnosis": "",
            "value_sets.clinical_trial": MARKERS,
            "intermediate.episode_index_line": """
                episode_id | modifiers | service_date
                -----------+-----------+-------------
                E1         | [RT, Q0]  | 2025-01-01
                E2         | [Q0]      | 2024-12-31
                E2         | [Q0]      | 2026-01-01
                E2         | [Q1, 30]  | 2025-06-01
                E6         | [Q0]      | 2025-12-31
            """,
            "intermediate.standing_line": """
                member_id | claim_id | line_key | condition_codes | claim_line_start_date | source_row
                ----------+----------+----------+-----------------+-----------------------+-----------
                cid       | C1       | 1        | 18: 30          | 2025-01-01            |
                dan       | D1       | 1        | 30              | 2024-12-31            |
                dan       | D1       | 2        | 30              | 2026-01-01            |
                dan       | D1       | 3        | 130             | 2025-06-01            |
                dan       | D1       | 4        |                 | 2025-06-01            |
                eve       | F1       | 10       | 30              | 2025-12-31            | 3
                eve       | F1       | 9        | 30:30           | 2025-12-31            | 4
            """,
        },
    )

    assert made.rows("episode_id", "fact", "code_system", "code", "source_row") == [
        ("E1", "trial_modifier_or_condition", "modifier", "Q0", None),
        ("E3", "trial_modifier_or_condition", "condition-code", "30", None),
        ("E5", "trial_modifier_or_condition", "condition-code", "30", "4"),
        ("E6", "trial_modifier_or_condition", "modifier", "Q0", None),
    ]


def test_a_trial_number_has_eight_digits_with_or_without_its_letters(model: RunModel) -> None:
    made = model(
        "intermediate.trial_marker_row",
        {
            "intermediate.episode_claim": CLAIMS,
            "intermediate.claim_diagnosis": "",
            "value_sets.clinical_trial": MARKERS,
            "intermediate.episode_index_line": "",
            "intermediate.standing_line": """
                member_id | claim_id | clinical_trial_number | claim_line_start_date
                ----------+----------+-----------------------+----------------------
                ada       | A1       | nct 0123.4567         | 2025-06-01
                ada       | A1       |                       | 2025-06-01
                bea       | B1       | 01234567              | 2025-06-01
                cid       | C1       | 1234567               | 2025-06-01
                dan       | D1       | NCT012345678          | 2025-06-01
                eve       | F1       |                       | 2025-06-01
            """,
        },
    )

    assert made.rows("episode_id", "fact", "code", "is_complete") == [
        ("E1", "trial_number", "nct 0123.4567", "true"),
        ("E2", "trial_number", "01234567", "true"),
        ("E3", "trial_number", "1234567", "false"),
        ("E4", "trial_number", "NCT012345678", "false"),
    ]

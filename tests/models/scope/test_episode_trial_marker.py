"""The markers of a clinical trial on the claims of an episode."""

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
EPISODES = """
    episode_id
    ----------
    E1
    E2
    E3
    E4
    E5
    E6
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
        "intermediate.episode_trial_marker",
        {
            "intermediate.episode": EPISODES,
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

    assert made.rows("episode_id", "has_trial_diagnosis") == [
        ("E1", "true"),
        ("E2", "false"),
        ("E3", "true"),
        ("E4", "false"),
        ("E5", "false"),
        ("E6", "false"),
    ]


def test_the_modifier_of_an_index_line_or_the_condition_of_a_claim_is_the_investigational_marker(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.episode_trial_marker",
        {
            "intermediate.episode": EPISODES,
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
                member_id | claim_id | condition_codes | claim_line_start_date
                ----------+----------+-----------------+----------------------
                cid       | C1       | 18: 30          | 2025-01-01
                dan       | D1       | 30              | 2024-12-31
                dan       | D1       | 30              | 2026-01-01
                dan       | D1       | 130             | 2025-06-01
                dan       | D1       |                 | 2025-06-01
                eve       | F1       | 30              | 2025-12-31
            """,
        },
    )

    assert made.rows("episode_id", "has_investigational_marker") == [
        ("E1", "true"),
        ("E2", "false"),
        ("E3", "true"),
        ("E4", "false"),
        ("E5", "true"),
        ("E6", "true"),
    ]


def test_a_trial_number_has_eight_digits_with_or_without_its_letters(model: RunModel) -> None:
    made = model(
        "intermediate.episode_trial_marker",
        {
            "intermediate.episode": EPISODES,
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

    assert made.rows("episode_id", "has_trial_number", "has_any_trial_number") == [
        ("E1", "true", "true"),
        ("E2", "true", "true"),
        ("E3", "false", "true"),
        ("E4", "false", "true"),
        ("E5", "false", "false"),
        ("E6", "false", "false"),
    ]

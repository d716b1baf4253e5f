"""The red flags of an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def given(red_flag: str, diagnoses: str, back_diagnoses: str = "", claims: str = "") -> dict[str, str]:
    """The tables of one episode of ada anchored on 2025-06-01 with the diagnoses given."""
    return {
        "intermediate.episode_window": """
            episode_id | member_id | red_flag_start_date | symptom_start_date | last_event_date
            -----------+-----------+---------------------+--------------------+----------------
            E1         | ada       | 2025-01-01          | 2025-05-01         | 2025-06-10
        """,
        "intermediate.claim_diagnosis": diagnoses,
        "intermediate.back_diagnosis": back_diagnoses,
        "intermediate.episode_claim": claims,
        "value_sets.red_flags": red_flag,
    }


TUMOUR = """
    match_system | code | value_set    | effective_start | effective_end
    -------------+------+--------------+-----------------+--------------
    icd-10-cm    | C412 | spine_tumour | 2025-01-01      | 2025-12-31
"""
SYMPTOM = """
    match_system | code | value_set
    -------------+------+---------------------
    icd-10-cm    | R339 | cauda_equina_symptom
"""


def test_a_code_counts_from_the_first_day_of_its_window_to_the_last_event(model: RunModel) -> None:
    made = model(
        "intermediate.episode_red_flag",
        given(
            TUMOUR,
            """
            member_id | claim_id | diagnosis_code | code_system | claim_date | coding_date
            ----------+----------+----------------+-------------+------------+------------
            ada       | A0       | C412           | icd-10-cm   | 2024-12-31 | 2025-01-02
            ada       | A1       | C412           | icd-10-cm   | 2025-01-01 | 2025-01-02
            ada       | A2       | C412           | icd-10-cm   | 2025-06-10 | 2025-06-10
            ada       | A2       | C412           | icd-10-cm   | 2025-06-10 | 2025-06-10
            ada       | A3       | C412           | icd-10-cm   | 2025-06-11 | 2025-06-11
            ada       | A4       | C412           | icd-9-cm    | 2025-06-01 | 2025-06-01
            ada       | A5       | C413           | icd-10-cm   | 2025-06-01 | 2025-06-01
            ada       | A6       | C412           | icd-10-cm   | 2025-06-01 | 2024-12-31
            ada       | A7       | C412           | icd-10-cm   | 2025-06-01 | 2026-01-01
            ada       | A8       | C412           | icd-10-cm   | 2025-06-01 | 2025-01-01
            ada       | A9       | C412           | icd-10-cm   | 2025-06-01 | 2025-12-31
            bea       | B1       | C412           | icd-10-cm   | 2025-06-01 | 2025-06-01
            """,
        ),
    )

    assert made.rows("episode_id", "claim_id", "claim_date", "diagnosis_code", "value_set") == [
        ("E1", "A1", "2025-01-01", "C412", "spine_tumour"),
        ("E1", "A2", "2025-06-10", "C412", "spine_tumour"),
        ("E1", "A8", "2025-06-01", "C412", "spine_tumour"),
        ("E1", "A9", "2025-06-01", "C412", "spine_tumour"),
    ]


def test_a_claim_of_the_episode_counts_whatever_its_date(model: RunModel) -> None:
    made = model(
        "intermediate.episode_red_flag",
        given(
            TUMOUR,
            """
            member_id | claim_id | diagnosis_code | code_system | claim_date | coding_date
            ----------+----------+----------------+-------------+------------+------------
            ada       | A0       | C412           | icd-10-cm   | 2024-12-31 | 2025-01-02
            ada       | A1       | C412           | icd-10-cm   | 2024-12-31 | 2025-01-02
            """,
            claims="""
            episode_id | member_id | claim_id
            -----------+-----------+---------
            E1         | ada       | A0
            E2         | ada       | A1
            """,
        ),
    )

    assert made.column("claim_id") == ["A0"]


def test_a_symptom_counts_only_beside_a_back_code_and_in_its_shorter_window(model: RunModel) -> None:
    made = model(
        "intermediate.episode_red_flag",
        given(
            SYMPTOM,
            """
            member_id | claim_id | diagnosis_code | code_system | claim_date | coding_date
            ----------+----------+----------------+-------------+------------+------------
            ada       | A0       | R339           | icd-10-cm   | 2025-04-30 | 2025-04-30
            ada       | A1       | R339           | icd-10-cm   | 2025-05-01 | 2025-05-01
            ada       | A2       | R339           | icd-10-cm   | 2025-05-01 | 2025-05-01
            ada       | A3       | R339           | icd-10-cm   | 2025-05-01 | 2025-05-01
            """,
            """
            member_id | claim_id | is_pain_label
            ----------+----------+--------------
            ada       | A0       | false
            ada       | A1       | false
            ada       | A3       | true
            bea       | A2       | false
            """,
        ),
    )

    assert made.column("claim_id") == ["A1"]

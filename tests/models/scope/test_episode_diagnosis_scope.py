"""The billed diagnoses of an episode and its diagnosis class."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    episode_id | member_id | claim_id | source_table  | source_key
    -----------+-----------+----------+---------------+-----------
    E1         | ada       | A1       | medical_claim | 1
    E2         | bea       | B1       | medical_claim | 1
    E3         | cid       | C1       | medical_claim | 1
    E4         | dan       | D1       | medical_claim | 1
    E5         | eve       | F1       | medical_claim | 1
"""
EPISODES = """
    episode_id | has_shared_claim
    -----------+-----------------
    E1         | false
    E2         | false
    E3         | false
    E4         | false
    E5         | false
"""
CLAIMS = """
    episode_id | member_id | claim_id
    -----------+-----------+---------
    E1         | ada       | A1
    E2         | bea       | B1
    E3         | cid       | C1
    E3         | cid       | C2
    E4         | dan       | D1
    E5         | eve       | F1
"""


def policies(*, other_low_back_pain: bool, pain_label: bool) -> str:
    rows = "\n".join(f"E{number} | {other_low_back_pain} | {pain_label}" for number in range(1, 6))
    return f"episode_id | include_other_low_back_pain | pain_label_exempts\n{rows}"


def test_the_class_is_the_first_that_holds(model: RunModel) -> None:
    made = model(
        "intermediate.episode_diagnosis_scope",
        {
            "intermediate.episode_index_line": LINES,
            "intermediate.episode": EPISODES,
            "intermediate.episode_claim": CLAIMS,
            "intermediate.episode_policy": policies(other_low_back_pain=False, pain_label=False),
            "intermediate.billed_diagnosis": """
                member_id | claim_id | source_table  | source_key | diagnosis_rank | diagnosis_code
                ----------+----------+---------------+------------+----------------+---------------
                ada       | A1       | medical_claim | 1          | 1              | M5450
                ada       | A1       | medical_claim | 1          | 2              | E119
                bea       | B1       | medical_claim | 1          | 1              | M5450
                cid       | C1       | medical_claim | 1          | 1              | M5450
                dan       | D1       | medical_claim | 1          | 1              | M961
            """,
            "intermediate.back_diagnosis": """
                member_id | claim_id | diagnosis_rank | value_set          | specificity            | is_pain_label | is_valid_on_date
                ----------+----------+----------------+--------------------+------------------------+---------------+-----------------
                ada       | A1       | 1              | lbp_unspecified    | unspecified            | false         | true
                ada       | A1       | 3              | lbp_near_neighbour | pain_label             | true          | true
                ada       | A1       | 4              | lbp_near_neighbour | nonspecific_soft_tissue | false         | true
                bea       | B1       | 1              | lbp_unspecified    | unspecified            | false         | false
                bea       | B1       | 2              | lbp_near_neighbour | radicular              | false         | true
                cid       | C1       | 1              | lbp_unspecified    | unspecified            | false         | true
                cid       | C1       | 2              | lbp_near_neighbour | radicular              | false         | true
                dan       | D1       | 2              | lbp_unspecified    | unspecified            | false         | true
            """,
            "intermediate.supported_indication": """
                member_id | claim_id
                ----------+---------
                cid       | C2
                dan       | D1
                bea       | B9
            """,
        },
    )

    assert made.rows("episode_id", "diagnosis_class", "billed_diagnoses", "has_invalid_code") == [
        ("E1", "low_back_pain_only", "[E119, M5450]", "false"),
        ("E2", "low_back_pain_with_neighbour", "[M5450]", "true"),
        ("E3", "other_indication", "[M5450]", "false"),
        ("E4", "not_low_back_pain", "[M961]", "false"),
        ("E5", "not_low_back_pain", "[]", "false"),
    ]


def test_other_low_back_pain_and_pain_labels_mean_what_the_policy_says(model: RunModel) -> None:
    def classes(*, other_low_back_pain: bool, pain_label: bool) -> list[str | None]:
        made = model(
            "intermediate.episode_diagnosis_scope",
            {
                "intermediate.episode_index_line": LINES,
                "intermediate.episode": EPISODES,
                "intermediate.episode_claim": CLAIMS,
                "intermediate.episode_policy": policies(other_low_back_pain=other_low_back_pain, pain_label=pain_label),
                "intermediate.billed_diagnosis": """
                    member_id | claim_id | source_table  | source_key | diagnosis_rank | diagnosis_code
                    ----------+----------+---------------+------------+----------------+---------------
                    ada       | A1       | medical_claim | 1          | 1              | M5459
                    bea       | B1       | medical_claim | 1          | 1              | M5450
                    cid       | C1       | medical_claim | 1          | 1              | M5451
                    dan       | D1       | medical_claim | 1          | 1              | M5416
                """,
                "intermediate.back_diagnosis": """
                    member_id | claim_id | diagnosis_rank | value_set          | specificity    | is_pain_label | is_valid_on_date
                    ----------+----------+----------------+--------------------+----------------+---------------+-----------------
                    ada       | A1       | 1              | lbp_unspecified    | other_lbp      | false         | true
                    bea       | B1       | 1              | lbp_unspecified    | unspecified    | false         | true
                    bea       | B1       | 2              | lbp_near_neighbour | pain_label     | true          | true
                    cid       | C1       | 1              | lbp_unspecified    | axial_specific | false         | true
                    dan       | D1       | 1              | lbp_near_neighbour | unspecified    | false         | true
                """,
                "intermediate.supported_indication": "",
            },
        )
        return [row[1] for row in made.rows("episode_id", "diagnosis_class")][:4]

    assert classes(other_low_back_pain=False, pain_label=False) == [
        "not_low_back_pain",
        "low_back_pain_only",
        "not_low_back_pain",
        "not_low_back_pain",
    ]
    assert classes(other_low_back_pain=True, pain_label=True) == [
        "low_back_pain_only",
        "other_indication",
        "not_low_back_pain",
        "not_low_back_pain",
    ]


def test_an_episode_of_a_shared_claim_number_has_no_class(model: RunModel) -> None:
    made = model(
        "intermediate.episode_diagnosis_scope",
        {
            "intermediate.episode_index_line": LINES,
            "intermediate.episode": "episode_id | has_shared_claim\nE1 | true\nE2 | false",
            "intermediate.episode_claim": CLAIMS,
            "intermediate.episode_policy": policies(other_low_back_pain=False, pain_label=False),
            "intermediate.billed_diagnosis": """
                member_id | claim_id | source_table  | source_key | diagnosis_rank | diagnosis_code
                ----------+----------+---------------+------------+----------------+---------------
                ada       | A1       | medical_claim | 1          | 1              | M5450
            """,
            "intermediate.back_diagnosis": "",
            "intermediate.supported_indication": "",
        },
    )

    assert made.rows("episode_id", "diagnosis_class", "billed_diagnoses") == [
        ("E1", None, "[M5450]"),
        ("E2", "not_low_back_pain", "[]"),
    ]

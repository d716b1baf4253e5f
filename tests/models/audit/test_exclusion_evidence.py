"""The delivered rows that decided each exclusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


DIAGNOSES = """
    member_id | claim_id | diagnosis_rank | code_system | diagnosis_code | claim_date | source_table    | delivery_number | file_number | source_row
    ----------+----------+----------------+-------------+----------------+------------+-----------------+-----------------+-------------+-----------
    ada       | A1       | 1              | icd-10-cm   | M961           | 2025-03-01 | claim_diagnosis | 1               | 2           | 5
    ada       | A1       | 2              | icd-10-cm   | M5450          | 2025-03-01 | claim_diagnosis | 1               | 2           | 6
"""
TABLES = (
    *("not_initial_row", "billed_diagnosis", "claim_diagnosis", "episode_red_flag", "supported_indication"),
    *("trial_marker_row", "episode_authorization", "back_diagnosis"),
)


def shown(model: RunModel, *reasons: str, exempts: str = "false", **tables: str) -> list[tuple[str | None, ...]]:
    """Exclusion, kind, claim, code, file and row of E1, which holds these reasons and has an index line with 73."""
    given = dict.fromkeys(TABLES, "") | tables
    made = model(
        "audit.exclusion_evidence",
        {
            "intermediate.episode_exclusion": f"episode_id | exclusion_reasons\nE1 | [{', '.join(reasons)}]",
            "intermediate.episode_policy": f"episode_id | pain_label_exempts\nE1 | {exempts}",
            "intermediate.episode_claim": "episode_id | member_id | claim_id\nE1 | ada | A1",
            "intermediate.episode_index_line": """
                episode_id | member_id | claim_id | source_table  | source_key | modifiers | service_date | match_system | code  | delivery_number | file_number | source_row
                -----------+-----------+----------+---------------+------------+-----------+--------------+--------------+-------+-----------------+-------------+-----------
                E1         | ada       | A1       | medical_claim | 1          | [LT, 73]  | 2025-03-01   | hcpcs        | 63650 | 1               | 1           | 3
            """,
            "value_sets.discontinued_procedure": "match_system | code\nmodifier | 53\nmodifier | 73",
            "landed.delivered_file": """
                delivery_number | file_number | table_name      | file_name
                ----------------+-------------+-----------------+--------------
                1               | 1           | medical_claim   | lines.csv
                1               | 2           | claim_diagnosis | diagnoses.csv
            """,
        }
        | {f"intermediate.{name}": text for name, text in given.items()},
    )
    return made.in_order("exclusion_reason", "evidence_kind", "claim_id", "code", "source_file", "source_row")


def test_a_stopped_procedure_is_shown_by_its_modifier_and_an_exclusion_that_does_not_hold_by_nothing(
    model: RunModel,
) -> None:
    assert shown(model, "procedure_aborted") == [
        ("procedure_aborted", "discontinued_modifier", "A1", "73", "lines.csv", "3"),
    ]
    assert shown(model) == []


def test_the_diagnosis_billed_is_shown_or_the_implant_line_where_there_is_none(model: RunModel) -> None:
    billed = "member_id | claim_id | source_table | source_key | diagnosis_rank\nada | A1 | medical_claim | 1 | 1"

    assert shown(model, "not_low_back_pain", billed_diagnosis=billed, claim_diagnosis=DIAGNOSES) == [
        ("not_low_back_pain", "billed_diagnosis", "A1", "M961", "diagnoses.csv", "5"),
    ]
    assert shown(model, "not_low_back_pain") == [
        ("not_low_back_pain", "no_diagnosis", "A1", "63650", "lines.csv", "3"),
    ]


def test_a_supported_indication_is_shown_and_a_pain_label_only_where_the_policy_lets_it_exempt(
    model: RunModel,
) -> None:
    labels = DIAGNOSES.replace("source_row\n", "source_row | is_pain_label\n", 1).replace("| 5\n", "| 5 | true\n")
    labels = labels.replace("| 6\n", "| 6 | false\n")

    assert shown(model, "other_indication", supported_indication=DIAGNOSES) == [
        ("other_indication", "supported_indication", "A1", "M961", "diagnoses.csv", "5"),
        ("other_indication", "supported_indication", "A1", "M5450", "diagnoses.csv", "6"),
    ]
    assert shown(model, "other_indication", back_diagnosis=labels) == []
    assert shown(model, "other_indication", back_diagnosis=labels, exempts="true") == [
        ("other_indication", "pain_label", "A1", "M961", "diagnoses.csv", "5"),
    ]


def test_signs_red_flags_marks_and_approvals_are_shown_as_they_stand(model: RunModel) -> None:
    place = "delivery_number | file_number | source_row"
    assert shown(
        model,
        *("not_initial_implant", "red_flag", "clinical_trial", "prior_authorization_approved"),
        not_initial_row=f"episode_id | evidence_kind | claim_id | code | {place}\n"
        "E1 | generator_alone | A1 | 63685 | 1 | 1 | 4",
        episode_red_flag=f"episode_id | claim_id | diagnosis_code | {place}\nE1 | A1 | C412 | 1 | 2 | 7",
        trial_marker_row=f"episode_id | fact | claim_id | code | is_complete | {place}\n"
        "E1 | trial_number | A1 | 12345678 | true | 1 | 1 | 3\nE1 | trial_number | A1 | 1234 | false | 1 | 1 | 4",
        episode_authorization=f"episode_id | hcpcs_code | {place}\nE1 | | 1 | 1 | 9",
    ) == [
        ("clinical_trial", "trial_number", "A1", "12345678", "lines.csv", "3"),
        ("not_initial_implant", "generator_alone", "A1", "63685", "lines.csv", "4"),
        ("prior_authorization_approved", "prior_authorization", None, None, "lines.csv", "9"),
        ("red_flag", "red_flag", "A1", "C412", "diagnoses.csv", "7"),
    ]

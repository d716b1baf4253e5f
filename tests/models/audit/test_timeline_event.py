"""What the timeline of a case shows, lane by lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


VALUE_SETS = {
    "conservative_care": "code_system | match_system | code | label\ncpt | hcpcs | 97110 | Exercise",
    "not_conservative": "code_system | match_system | code | label\ncpt | hcpcs | 62323 | Injection",
    "medications": "code_system | match_system | code | label\nrxnorm-ingredient | rxnorm-ingredient | 5640 | ibuprofen",
    "index_procedures": "code_system | match_system | code | label\ncpt | hcpcs | 63650 | Lead",
    "complications": """
        code_system | match_system | code   | label        | value_set  | effective_start | effective_end
        ------------+--------------+--------+--------------+------------+-----------------+--------------
        icd-10-cm   | icd-10-cm    | T85733 | Infection    | infection  | 2025-01-01      | 2026-12-31
        cpt         | hcpcs        | 63661  | Lead removal | lead_taken | 2025-01-01      | 2026-12-31
    """,
    "other_indications": "code_system | match_system | code | label\nicd-10-cm | icd-10-cm | M961 | Failed back",
    "psych_evaluation": """
        code_system | match_system | code  | label      | value_set  | counts | effective_start | effective_end
        ------------+--------------+-------+------------+------------+--------+-----------------+--------------
        cpt         | hcpcs        | 90791 | Evaluation | psych_eval | yes    | 2025-02-01      | 2025-03-01
        cpt         | hcpcs        | 90792 | Evaluation | psych_eval | no     | 2025-02-01      | 2025-03-01
    """,
    "prior_spine_surgery": "code_system | match_system | code | label\ncpt | hcpcs | 63030 | Discectomy",
}
OTHER_TABLES = (
    *("care_line", "care_fill", "service", "episode_index_line", "episode_event", "device_service"),
    *("episode_claim", "claim_diagnosis", "supported_indication", "prior_spine_surgery_row"),
    *("failure_statement", "counting_line"),
)


def shown(
    model: RunModel, *columns: str, files: str = "", diagnoses: str = "", **tables: str
) -> list[tuple[str | None, ...]]:
    """Columns of the timeline of E1 of ada: history 2025-01-01, anchor 2025-03-01, last event 04-01, followed to 12-31."""
    given = dict.fromkeys(OTHER_TABLES, "") | tables
    return model(
        "audit.timeline_event",
        {
            "intermediate.open_episode": """
                episode_id | member_id | anchor_date | history_start_date | look_back_end_date | last_event_date | followup_end_date
                -----------+-----------+-------------+--------------------+--------------------+-----------------+------------------
                E1         | ada       | 2025-03-01  | 2025-01-01         | 2025-02-28         | 2025-04-01      | 2025-12-31
            """,
            "intermediate.delivered_diagnosis": diagnoses,
            "landed.delivered_file": files,
            "intermediate.enrollment_gap": "episode_id | start_date | end_date\nE1 | 2025-02-02 | 2025-02-03",
        }
        | {f"value_sets.{name}": text for name, text in VALUE_SETS.items()}
        | {f"intermediate.{name}": text for name, text in given.items()},
    ).in_order(*columns)


def test_a_line_of_care_stands_in_the_lane_of_its_group_with_its_label_provider_and_dollars(model: RunModel) -> None:
    assert shown(
        model,
        *("lane", "code", "label", "counts", "rendering_npi", "paid_amount", "claim_line_number", "source_file"),
        care_line="""
            episode_id | claim_id | source_table  | source_key | service_date | care_group | modality    | code_system | code  | counts | is_not_conservative | delivery_number | file_number | source_row
            -----------+----------+---------------+------------+--------------+------------+-------------+-------------+-------+--------+---------------------+-----------------+-------------+-----------
            E1         | A1       | medical_claim | 1          | 2025-02-01   | exercise   | exercise_pt | cpt         | 97110 | yes    | false               | 1               | 1           | 1
            E1         | A2       | medical_claim | 2          | 2025-02-02   |            | injection   | cpt         | 62323 | no     | true                | 1               | 2           | 2
        """,
        counting_line="""
            member_id | claim_id | line_key | claim_line_number | rendering_npi | paid_amount
            ----------+----------+----------+-------------------+---------------+------------
            ada       | A1       | 1        | 001               | 1234567893    | 80.00
            ada       | A1       | 2        | 002               | 9999999999    | 90.00
            bea       | A2       | 2        | 002               | 9999999999    | 90.00
        """,
        files="""
            delivery_number | file_number | table_name      | file_name
            ----------------+-------------+-----------------+----------
            1               | 1           | medical_claim   | lines.csv
            1               | 2           | claim_procedure | stays.csv
        """,
    ) == [
        ("exercise", "97110", "Exercise", "yes", "1234567893", "80.00", "001", "lines.csv"),
        ("other_care", "62323", "Injection", "no", None, None, None, "stays.csv"),
    ]


def test_a_fill_lasts_its_days_supply_at_most_to_the_day_before_the_anchor(model: RunModel) -> None:
    assert shown(
        model,
        *("lane", "modality", "start_date", "end_date", "label", "quantity"),
        care_fill="""
            episode_id | claim_id | dispensing_date | drug_class | code_system       | code | days_supply
            -----------+----------+-----------------+------------+-------------------+------+------------
            E1         | P1       | 2025-02-01      | nsaid      | rxnorm-ingredient | 5640 | 10
            E1         | P2       | 2025-02-10      | nsaid      | rxnorm-ingredient | 5640 | 30
            E1         | P3       | 2025-02-11      | nsaid      | rxnorm-ingredient | 5640 | -10
        """,
    ) == [
        ("medication", "nsaid", "2025-02-01", "2025-02-10", "ibuprofen", "10.0000"),
        ("medication", "nsaid", "2025-02-10", "2025-02-28", "ibuprofen", "30.0000"),
        ("medication", "nsaid", "2025-02-11", "2025-02-11", "ibuprofen", "-10.0000"),
    ]


def test_an_evaluation_is_shown_to_the_anchor_day_unless_the_line_stands_as_care(model: RunModel) -> None:
    assert shown(
        model,
        *("claim_id", "lane", "modality", "counts", "counts_reason"),
        service="""
            member_id | claim_id | source_table  | source_key | match_system | code  | service_date
            ----------+----------+---------------+------------+--------------+-------+-------------
            ada       | A0       | medical_claim | 1          | hcpcs        | 90791 | 2025-01-31
            ada       | A1       | medical_claim | 1          | hcpcs        | 90791 | 2025-02-01
            ada       | A2       | medical_claim | 1          | hcpcs        | 90791 | 2025-03-01
            ada       | A3       | medical_claim | 1          | hcpcs        | 90792 | 2025-02-10
            ada       | A4       | medical_claim | 1          | hcpcs        | 90791 | 2025-02-10
            bea       | B1       | medical_claim | 1          | hcpcs        | 90791 | 2025-02-10
        """,
        care_line="""
            episode_id | claim_id | source_table  | source_key | service_date | care_group    | counts | is_not_conservative
            -----------+----------+---------------+------------+--------------+---------------+--------+--------------------
            E1         | A4       | medical_claim | 1          | 2025-02-10   | psychological | yes    | false
        """,
    ) == [
        ("A1", "psychological", "psych_eval", "no", "evaluation_not_treatment"),
        ("A4", "psychological", None, "yes", None),
        ("A2", "psychological", "psych_eval", "no", "evaluation_not_treatment"),
    ]


def test_own_index_lines_stand_as_trial_or_implant_and_other_events_and_revisions_apart(model: RunModel) -> None:
    assert shown(
        model,
        *("claim_id", "lane", "modality", "label"),
        episode_index_line="""
            episode_id | member_id | claim_id | source_table  | source_key | event_date | service_date | role          | match_system | code
            -----------+-----------+----------+---------------+------------+------------+--------------+---------------+--------------+------
            E1         | ada       | A1       | medical_claim | 1          | 2025-03-01 | 2025-03-01   | trial_or_lead | hcpcs        | 63650
            E1         | ada       | A2       | medical_claim | 1          | 2025-04-01 | 2025-04-01   | generator     | hcpcs        | 63685
            E2         | ada       | A3       | medical_claim | 1          | 2025-10-01 | 2025-10-01   | generator     | hcpcs        | 63685
        """,
        episode_event="""
            episode_id | member_id | event_date | event_kind
            -----------+-----------+------------+-----------
            E1         | ada       | 2025-03-01 | trial
            E1         | ada       | 2025-04-01 | permanent
            E2         | ada       | 2025-10-01 | permanent
        """,
        device_service="""
            member_id | claim_id | source_table  | source_key | service_date | role          | is_in_scope | match_system | code
            ----------+----------+---------------+------------+--------------+---------------+-------------+--------------+------
            ada       | A1       | medical_claim | 1          | 2025-03-01   | trial_or_lead | true        | hcpcs        | 63650
            ada       | A3       | medical_claim | 1          | 2025-10-01   | generator     | true        | hcpcs        | 63685
            ada       | R0       | medical_claim | 1          | 2024-12-31   | revision      | true        | hcpcs        | 63663
            ada       | R1       | medical_claim | 1          | 2025-01-01   | revision      | true        | hcpcs        | 63663
            ada       | R2       | medical_claim | 1          | 2025-12-31   | removal       | true        | hcpcs        | 63661
            ada       | R3       | medical_claim | 1          | 2026-01-01   | removal       | true        | hcpcs        | 63661
            ada       | R4       | medical_claim | 1          | 2025-06-01   | removal       | false       | hcpcs        | 63661
            ada       | R5       | medical_claim | 1          | 2025-06-01   | programming   | true        | hcpcs        | 95972
        """,
    ) == [
        ("R1", "revision_or_complication", "revision", None),
        ("A1", "trial", "trial_or_lead", "Lead"),
        ("A2", "implant", "generator", None),
        ("A3", "revision_or_complication", "other_implant_event", None),
        ("R2", "revision_or_complication", "removal", None),
    ]


def test_complications_of_other_claims_are_shown_to_the_end_of_the_follow_up(model: RunModel) -> None:
    assert shown(
        model,
        *("claim_id", "modality", "start_date", "label", "source_table", "source_row"),
        service="""
            member_id | claim_id | source_table  | source_key | match_system | code  | service_date
            ----------+----------+---------------+------------+--------------+-------+-------------
            ada       | S0       | medical_claim | 1          | hcpcs        | 63661 | 2025-04-01
            ada       | S1       | medical_claim | 1          | hcpcs        | 63661 | 2025-04-02
            ada       | own      | medical_claim | 1          | hcpcs        | 63661 | 2025-04-02
            ada       | S2       | medical_claim | 1          | hcpcs        | 63661 | 2026-01-01
        """,
        claim_diagnosis="""
            member_id | claim_id | diagnosis_rank | code_system | diagnosis_code | claim_date | coding_date
            ----------+----------+----------------+-------------+----------------+------------+------------
            ada       | D0       | 1              | icd-10-cm   | T85733         | 2025-03-01 | 2025-03-01
            ada       | D1       | 1              | icd-10-cm   | T85733         | 2025-03-02 | 2025-03-02
            ada       | D2       | 1              | icd-10-cm   | T85733         | 2025-12-31 | 2025-12-31
            ada       | D3       | 1              | icd-10-cm   | T85733         | 2026-01-01 | 2026-01-01
            ada       | own      | 1              | icd-10-cm   | T85733         | 2025-06-01 | 2025-06-01
        """,
        episode_claim="episode_id | claim_id\nE1 | own",
        diagnoses="""
            member_id | claim_id | diagnosis_rank | delivery_number | file_number | source_row | is_unowned | is_in_columns
            ----------+----------+----------------+-----------------+-------------+------------+------------+--------------
            ada       | D1       | 1              | 1               | 1           | 9          | false      | false
            ada       | D1       | 1              | 2               | 1           | 5          | false      | false
            ada       | D1       | 1              | 3               | 1           | 6          | true       | false
            ada       | D1       | 1              | 3               | 1           | 8          | false      | true
            ada       | D1       | 2              | 3               | 1           | 7          | false      | false
            bea       | D1       | 1              | 3               | 1           | 4          | false      | false
        """,
    ) == [
        ("D1", "infection", "2025-03-02", "Infection", "claim_diagnosis", "5"),
        ("S1", "lead_taken", "2025-04-02", "Lead removal", "medical_claim", None),
        ("D2", "infection", "2025-12-31", "Infection", "claim_diagnosis", None),
    ]


def test_indications_and_surgery_share_a_lane(model: RunModel) -> None:
    assert shown(
        model,
        *("claim_id", "lane", "modality", "label", "source_table", "source_row"),
        supported_indication="""
            member_id | claim_id | diagnosis_rank | code_system | diagnosis_code | claim_date
            ----------+----------+----------------+-------------+----------------+-----------
            ada       | I0       | 1              | icd-10-cm   | M961           | 2024-12-31
            ada       | I1       | 1              | icd-10-cm   | M961           | 2025-01-01
            ada       | I2       | 1              | icd-10-cm   | M961           | 2025-04-01
            ada       | I3       | 1              | icd-10-cm   | M961           | 2025-04-02
        """,
        prior_spine_surgery_row="""
            member_id | claim_id | surgery_date | code_system | code  | source_table    | source_key | source_row
            ----------+----------+--------------+-------------+-------+-----------------+------------+-----------
            ada       | S0       | 2024-12-31   | hcpcs       | 63030 | medical_claim   | 1          | 3
            ada       | S1       | 2025-01-02   | hcpcs       | 63030 | medical_claim   | 1          | 4
            ada       | S2       | 2025-02-28   | icd-10-cm   | Z981  | claim_diagnosis |            | 9
            ada       | S3       | 2025-03-01   | hcpcs       | 63030 | medical_claim   | 1          | 5
        """,
    ) == [
        ("I1", "surgery_or_indication", "supported_indication", "Failed back", "claim_diagnosis", None),
        ("S1", "surgery_or_indication", "prior_spine_surgery", "Discectomy", "medical_claim", "4"),
        ("S2", "surgery_or_indication", "prior_spine_surgery", None, "claim_diagnosis", "9"),
        ("I2", "surgery_or_indication", "supported_indication", "Failed back", "claim_diagnosis", None),
    ]


def test_a_statement_lasts_the_care_it_speaks_of_or_the_day_of_its_document(model: RunModel) -> None:
    assert shown(
        model,
        *("lane", "start_date", "end_date", "counts", "counts_reason", "quantity"),
        failure_statement="""
            episode_id | care_group | start_date | end_date   | document_date | is_valid | visit_count
            -----------+------------+------------+------------+---------------+----------+------------
            E1         | exercise   | 2025-01-01 | 2025-01-20 | 2025-02-20    | true     | 4
            E1         | exercise   | 2025-01-02 |            | 2025-02-20    | true     |
            E1         |            |            |            | 2025-02-20    | false    |
            E1         | exercise   | 2025-01-05 | 2025-01-04 | 2025-02-21    | false    |
        """,
    ) == [
        ("exercise", "2025-01-01", "2025-01-20", "yes", None, "4.0000"),
        ("exercise", "2025-01-02", "2025-01-02", "yes", None, None),
        ("other_care", "2025-02-20", "2025-02-20", "no", "incomplete_statement", None),
        ("exercise", "2025-02-21", "2025-02-21", "no", "incomplete_statement", None),
    ]


def test_care_on_a_day_not_enrolled_is_marked_and_nothing_else_is(model: RunModel) -> None:
    assert shown(
        model,
        *("claim_id", "is_in_enrollment_gap"),
        care_line="""
            episode_id | claim_id | source_table  | source_key | service_date | care_group | is_not_conservative
            -----------+----------+---------------+------------+--------------+------------+--------------------
            E1         | A1       | medical_claim | 1          | 2025-02-01   | exercise   | false
            E1         | A2       | medical_claim | 1          | 2025-02-02   |            | true
            E1         | A3       | medical_claim | 1          | 2025-02-04   | exercise   | false
        """,
        care_fill="""
            episode_id | claim_id | dispensing_date | drug_class | days_supply
            -----------+----------+-----------------+------------+------------
            E1         | P1       | 2025-02-03      | nsaid      | 30
        """,
        prior_spine_surgery_row="""
            member_id | claim_id | surgery_date | code_system | code  | source_table
            ----------+----------+--------------+-------------+-------+--------------
            ada       | S1       | 2025-02-02   | hcpcs       | 63030 | medical_claim
        """,
    ) == [("A1", "false"), ("A2", "true"), ("S1", "false"), ("P1", "true"), ("A3", "false")]

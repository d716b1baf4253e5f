"""The delivered rows that show that an event is not initial."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


SIGNS = (
    *("has_earlier_permanent_event", "has_earlier_revision", "has_device_history_diagnosis"),
    *("has_revision_on_index_claim", "has_device_history_on_index_claim", "is_generator_alone", "is_lead_exchange"),
)
SERVICES = """
    member_id | claim_id | source_table  | source_key | service_date | match_system | code  | role          | is_generator | is_lead
    ----------+----------+---------------+------------+--------------+--------------+-------+---------------+--------------+--------
    ada       | P1       | medical_claim | 1          | 2024-03-01   | hcpcs        | 63685 | generator     | true         | false
    ada       | P1       | medical_claim | 2          | 2024-03-01   | hcpcs        | 63650 | trial_or_lead | false        | true
    ada       | R1       | medical_claim | 1          | 2023-03-02   | hcpcs        | 63663 | revision      | false        | false
    ada       | R2       | medical_claim | 1          | 2025-02-28   | hcpcs        | 63688 | revision      | false        | false
    ada       | R3       | medical_claim | 1          | 2023-03-01   | hcpcs        | 63663 | revision      | false        | false
    ada       | A1       | medical_claim | 1          | 2025-03-01   | hcpcs        | 63685 | generator     | true         | false
    ada       | A1       | medical_claim | 2          | 2025-03-01   | hcpcs        | 63688 | revision      | false        | false
    ada       | A1       | medical_claim | 3          | 2025-03-01   | hcpcs        | 63661 | removal       | false        | false
    ada       | A1       | medical_claim | 4          | 2025-03-02   | hcpcs        | 63661 | removal       | false        | false
    ada       | A1       | medical_claim | 5          | 2025-03-01   | hcpcs        | 63650 | trial_or_lead | false        | true
"""
INDEX_LINES = "\n".join(line for line in SERVICES.splitlines() if "revision" not in line and "removal" not in line)
DIAGNOSES = """
    member_id | claim_id | claim_date | code_system | diagnosis_code | source_row
    ----------+----------+------------+-------------+----------------+-----------
    ada       | H0       | 2023-03-01 | icd-10-cm   | Z9682          | 1
    ada       | H1       | 2023-03-02 | icd-10-cm   | Z9682          | 2
    ada       | H2       | 2025-02-28 | icd-10-cm   | Z4542          | 3
    ada       | A1       | 2025-03-01 | icd-10-cm   | Z9682          | 4
"""


def shown(model: RunModel, sign: str) -> list[tuple[str | None, ...]]:
    """Kind, claim and code of the rows for E1, whose event of 2025-03-01 has this sign alone; clean for 730 days."""
    flags = {name: str(name == sign).lower() for name in SIGNS}
    event = {
        "episode_id": "E1",
        "member_id": "ada",
        "event_date": "2025-03-01",
        "event_window_end_date": "2025-03-04",
        "trial_date": "2025-03-01",
        "is_initial": "false",
    } | flags
    made = model(
        "intermediate.not_initial_row",
        {
            "policies.default_policy": "clean_period_days\n730",
            "intermediate.episode": "episode_id | member_id\nE1 | ada",
            "intermediate.episode_event": " | ".join(event) + "\n" + " | ".join(event.values()),
            "intermediate.event_claim": "member_id | event_date | claim_id | is_index_claim\n"
            "ada | 2025-03-01 | A1 | true\nada | 2025-03-01 | R2 | false",
            "intermediate.event_part": """
                member_id | event_date | event_window_end_date | is_aborted
                ----------+------------+-----------------------+-----------
                ada       | 2024-03-01 | 2024-03-04            | false
                ada       | 2025-03-01 | 2025-03-04            | false
            """,
            "intermediate.index_line": INDEX_LINES,
            "intermediate.device_service": SERVICES,
            "intermediate.device_history_diagnosis": DIAGNOSES,
        },
    )
    return made.rows("evidence_kind", "claim_id", "code", "evidence_date")


def test_each_sign_is_shown_by_the_rows_in_its_window_and_by_no_other(model: RunModel) -> None:
    assert shown(model, "has_earlier_permanent_event") == [
        ("earlier_permanent_event", "P1", "63685", "2024-03-01"),
    ]
    assert shown(model, "has_earlier_revision") == [
        ("earlier_revision", "R1", "63663", "2023-03-02"),
        ("earlier_revision", "R2", "63688", "2025-02-28"),
    ]
    assert shown(model, "has_device_history_diagnosis") == [
        ("device_history_diagnosis", "H1", "Z9682", "2023-03-02"),
        ("device_history_diagnosis", "H2", "Z4542", "2025-02-28"),
    ]


def test_signs_of_the_index_claims_are_shown_by_rows_of_those_alone(model: RunModel) -> None:
    assert shown(model, "has_revision_on_index_claim") == [
        ("revision_on_index_claim", "A1", "63688", "2025-03-01"),
    ]
    assert shown(model, "has_device_history_on_index_claim") == [
        ("device_history_on_index_claim", "A1", "Z9682", "2025-03-01"),
    ]
    assert shown(model, "is_lead_exchange") == [
        ("lead_exchange", "A1", "63661", "2025-03-01"),
    ]


def test_a_generator_alone_is_shown_by_its_own_lines(model: RunModel) -> None:
    assert shown(model, "is_generator_alone") == [("generator_alone", "A1", "63685", "2025-03-01")]
    assert shown(model, "no sign") == []

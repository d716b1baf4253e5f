"""Services whose code stands in the value set of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_code_matches_in_its_system_from_its_first_to_its_last_day(model: RunModel) -> None:
    made = model(
        "intermediate.device_service",
        {
            "intermediate.service": """
                claim_id | match_system | code    | service_date
                ---------+--------------+---------+-------------
                A1       | hcpcs        | 63650   | 2025-01-01
                A2       | hcpcs        | 63650   | 2024-12-31
                A3       | hcpcs        | 63650   | 2025-12-31
                A4       | hcpcs        | 63650   | 2026-01-01
                A5       | icd-10-pcs   | 63650   | 2025-01-01
                A6       | hcpcs        | 99213   | 2025-01-01
            """,
            "value_sets.index_procedures": """
                match_system | code  | value_set | role          | opens_event | effective_start | effective_end
                -------------+-------+-----------+---------------+-------------+-----------------+--------------
                hcpcs        | 63650 | scs_index | trial_or_lead | yes         | 2025-01-01      | 2025-12-31
            """,
        },
    )

    assert made.rows("claim_id", "role", "opens_event") == [
        ("A1", "trial_or_lead", "yes"),
        ("A3", "trial_or_lead", "yes"),
    ]


def test_the_role_says_what_is_a_lead_and_what_a_generator_and_the_set_what_is_in_scope(model: RunModel) -> None:
    made = model(
        "intermediate.device_service",
        {
            "intermediate.service": """
                match_system | code | service_date
                -------------+------+-------------
                hcpcs        | C1   | 2025-01-01
                hcpcs        | C2   | 2025-01-01
                hcpcs        | C3   | 2025-01-01
                hcpcs        | C4   | 2025-01-01
                hcpcs        | C5   | 2025-01-01
            """,
            "value_sets.index_procedures": """
                match_system | code | value_set                | role
                -------------+------+--------------------------+----------
                hcpcs        | C1   | scs_index                | one_piece
                hcpcs        | C2   | scs_index                | pns_lead
                hcpcs        | C3   | scs_index                | generator
                hcpcs        | C4   | not_in_scope_neurostim   | paddle_lead
                hcpcs        | C5   | scs_index                | revision
            """,
        },
    )

    assert made.rows("code", "is_in_scope", "is_lead", "is_generator") == [
        ("C1", "true", "true", "true"),
        ("C2", "true", "true", "false"),
        ("C3", "true", "false", "true"),
        ("C4", "false", "false", "false"),
        ("C5", "true", "false", "false"),
    ]


def test_a_procedure_row_of_a_claim_credited_whole_opens_nothing_and_stays_a_device_service(model: RunModel) -> None:
    made = model(
        "intermediate.device_service",
        {
            "intermediate.service": """
                claim_id | match_system | code    | service_date | is_credited_claim
                ---------+--------------+---------+--------------+------------------
                A1       | icd-10-pcs   | 00HU3MZ | 2025-01-01   | false
                A2       | icd-10-pcs   | 00HU3MZ | 2025-01-01   | true
            """,
            "value_sets.index_procedures": """
                match_system | code    | value_set | role          | opens_event
                -------------+---------+-----------+---------------+------------
                icd-10-pcs   | 00HU3MZ | scs_index | trial_or_lead | yes
            """,
        },
    )

    assert made.rows("claim_id", "role", "opens_event") == [
        ("A1", "trial_or_lead", "yes"),
        ("A2", "trial_or_lead", "no"),
    ]

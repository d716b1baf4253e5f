"""Rows that may open an implantation event and were not read as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


CODES = """
    code    | match_system | opens_event
    63650   | hcpcs        | yes
    L8680   | hcpcs        | with_low_back_pain_diagnosis
    63662   | hcpcs        | no
    00HU0MZ | icd-10-pcs   | yes
"""


def unread(model: RunModel, **given: str) -> list[tuple[str | None, ...]]:
    tables = {"rejected_row": "", "medical_claim": "", "claim_procedure": ""} | given
    return model(
        "kept.unread_opening_row",
        {f"landed.{table}": text for table, text in tables.items()} | {"value_sets.index_procedures": CODES},
    ).rows("source_row", "table_name", "unread_reason", "column_name", "unread_rule", "code", "opening_code")


def test_a_set_aside_row_with_an_opening_code_is_listed_by_the_rule_it_broke(model: RunModel) -> None:
    rows = """
        source_row | table_name          | column_name           | rule       | procedure_codes
        1          | medical_claim       | claim_line_start_date | not_a_date | [63650]
        2          | medical_claim       | paid_amount           | not_a_number | [63662]
        3          | claim_procedure     | procedure_rank        | below_one  | [00HU0MZ]
        4          | prior_authorization | decision              | missing    | [63650]
    """

    assert unread(model, rejected_row=rows) == [
        ("1", "medical_claim", "set_aside", "claim_line_start_date", "not_a_date", "63650", "63650"),
        ("3", "claim_procedure", "set_aside", "procedure_rank", "below_one", "00HU0MZ", "00HU0MZ"),
    ]


def test_a_malformed_code_is_listed_with_the_code_within_from_the_column_that_was_warned_of(model: RunModel) -> None:
    lines = """
        source_row | hcpcs_code | revenue_center_code | hcpcs_modifier_2 | procedure_code_3 | row_warnings
        1          | HC-63650   |                     |                  |                  | hcpcs_code:opening_code_within
        2          |            | 63650               |                  |                  | revenue_center_code:opening_code_within
        3          | 99213      |                     | 63650            |                  | paid_amount:blank_is_zero;hcpcs_modifier_2:opening_code_within
        4          | 99213      |                     |                  | 00HU0MZX         | procedure_code_3:opening_code_within
        5          | 99213      |                     |                  |                  | hcpcs_code:not_ascii
    """
    procedures = """
        source_row | procedure_code | row_warnings
        6          | 00HU0MZ1       | procedure_code:opening_code_within
    """

    assert [row[:1] + row[3:] for row in unread(model, medical_claim=lines, claim_procedure=procedures)] == [
        ("1", "hcpcs_code", "opening_code_within", "HC-63650", "63650"),
        ("2", "revenue_center_code", "opening_code_within", "63650", "63650"),
        ("3", "hcpcs_modifier_2", "opening_code_within", "63650", "63650"),
        ("4", "procedure_code_3", "opening_code_within", "00HU0MZX", "00HU0MZ"),
        ("6", "procedure_code", "opening_code_within", "00HU0MZ1", "00HU0MZ"),
    ]


def test_letters_for_digits_are_seen_and_codes_that_are_known_are_none(model: RunModel) -> None:
    lines = "source_row | hcpcs_code\n1 | 6365O\n2 | L868O\n3 | 63650\n4 | 63662\n5 | 6366Z"

    assert [row[:1] + row[2:3] + row[5:] for row in unread(model, medical_claim=lines)] == [
        ("1", "look_alike", "6365O", "63650"),
        ("2", "look_alike", "L868O", "L8680"),
    ]

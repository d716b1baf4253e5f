"""The procedure rows of a claim that counts, by rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_the_last_delivered_row_of_a_rank_wins_and_a_blank_code_empties_it(model: RunModel) -> None:
    made = model(
        "intermediate.claim_procedure",
        {
            "staging.claim_procedure": """
                claim_id | procedure_rank | procedure_code | procedure_code_type | delivery_number | file_number | source_row
                ---------+----------------+----------------+---------------------+-----------------+-------------+-----------
                A1       | 1              | 00HU0MZ        | icd-10-pcs          | 1               | 2           | 9
                A1       | 1              | 00HU3MZ        | icd-10-pcs          | 2               | 1           | 1
                A1       | 2              | 00HU3MZ        | icd-10-pcs          | 1               | 1           | 1
                A1       | 2              |                | icd-10-pcs          | 1               | 2           | 1
                A1       | 3              | 0JH70DZ        | icd-10-pcs          | 1               | 1           | 3
                A1       | 3              | 0JH80DZ        | icd-10-pcs          | 1               | 1           | 4
                A9       | 1              | 00HU0MZ        | icd-10-pcs          | 1               | 1           | 1
            """,
            "intermediate.final_line": "",
            "staging.medical_claim": "",
            "intermediate.claim": """
                member_id | claim_id | claim_type    | claim_date | coding_date
                ----------+----------+---------------+------------+------------
                ada       | A1       | institutional | 2026-01-02 | 2026-01-02
            """,
            "policies.default_policy": """
                icd_10_from
                -----------
                2015-10-01
            """,
        },
    )

    assert made.rows("member_id", "claim_id", "claim_type", "procedure_rank", "procedure_code") == [
        ("ada", "A1", "institutional", "1", "00HU3MZ"),
        ("ada", "A1", "institutional", "3", "0JH80DZ"),
    ]


def test_a_row_without_a_date_is_dated_by_its_claim_and_without_a_type_read_by_the_coding_date(model: RunModel) -> None:
    made = model(
        "intermediate.claim_procedure",
        {
            "staging.claim_procedure": """
                claim_id | procedure_rank | procedure_code | procedure_code_type | procedure_date
                ---------+----------------+----------------+---------------------+---------------
                A1       | 1              | 0393           |                     |
                A2       | 1              | 00HU0MZ        |                     | 2015-09-30
                A2       | 2              | 0393           | icd-9-pcs           |
            """,
            "intermediate.final_line": "",
            "staging.medical_claim": "",
            "intermediate.claim": """
                member_id | claim_id | claim_date | coding_date
                ----------+----------+------------+------------
                ada       | A1       | 2015-09-28 | 2015-09-30
                ada       | A2       | 2015-09-29 | 2015-10-01
            """,
            "policies.default_policy": """
                icd_10_from
                -----------
                2015-10-01
            """,
        },
    )

    assert made.rows("claim_id", "procedure_rank", "code_system", "procedure_date") == [
        ("A1", "1", "icd-9-pcs", "2015-09-28"),
        ("A2", "1", "icd-10-pcs", "2015-09-30"),
        ("A2", "2", "icd-9-pcs", "2015-09-29"),
    ]


def test_a_row_that_names_a_member_is_that_member_s_and_one_that_names_none_is_every_claim_s(model: RunModel) -> None:
    made = model(
        "intermediate.claim_procedure",
        {
            "staging.claim_procedure": """
                claim_id | member_id | procedure_rank | procedure_code | delivery_number
                ---------+-----------+----------------+----------------+----------------
                A1       |           | 1              | 00HU0MZ        | 1
                A1       | ada       | 1              | 00HU3MZ        | 2
                A1       | bea       | 2              | 0JH70DZ        | 1
                A1       | cid       | 3              | 0JH70DZ        | 1
            """,
            "intermediate.final_line": "",
            "staging.medical_claim": "",
            "intermediate.claim": "member_id | claim_id | coding_date\nada | A1 | 2026-01-02\nbea | A1 | 2026-01-02",
            "policies.default_policy": "icd_10_from\n2015-10-01",
        },
    )

    assert made.rows("member_id", "procedure_rank", "procedure_code") == [
        ("ada", "1", "00HU3MZ"),
        ("bea", "1", "00HU0MZ"),
        ("bea", "2", "0JH70DZ"),
    ]


def test_procedures_in_columns_are_those_of_the_final_lines_and_compete_with_rows_of_their_rank(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.claim_procedure",
        {
            "staging.claim_procedure": """
                claim_id | procedure_rank | procedure_code | delivery_number | file_number | source_row
                ---------+----------------+----------------+-----------------+-------------+-----------
                A1       | 1              | 0JH70DZ        | 1               | 1           | 1
                A1       | 2              | 0JH70DZ        | 3               | 1           | 1
                A1       | 3              |                | 3               | 1           | 2
                A1       | 4              | 0JH70DZ        | 1               | 1           | 2
            """,
            "intermediate.final_line": """
                member_id | claim_id | claim_line_number | delivery_number | file_number | source_row
                ----------+----------+-------------------+-----------------+-------------+-----------
                ada       | A1       | 01                | 2               | 1           | 7
                bea       | B9       | 1                 | 2               | 1           | 8
            """,
            "staging.medical_claim": """
                member_id | claim_id | claim_line_number | procedure_code_type | procedure_code_1 | procedure_date_1 | procedure_code_2 | procedure_code_3 | procedure_date_4 | procedure_code_25 | delivery_number | file_number | source_row
                ----------+----------+-------------------+---------------------+------------------+------------------+------------------+------------------+------------------+-------------------+-----------------+-------------+-----------
                ada       | A1       | 01                | icd-9-pcs           | 0393             | 2026-01-03       | 0394             | 0394             | 2026-01-09       | 8697              | 2               | 1           | 7
                ada       | A1       | 1                 | icd-9-pcs           | 0395             | 2026-01-03       |                  |                  |                  | 8698              | 1               | 1           | 7
                ada       | A1       | 2                 | icd-9-pcs           |                  |                  |                  |                  |                  | 8698              | 2               | 1           | 7
                bea       | B9       | 1                 | icd-9-pcs           | 0393             | 2026-01-03       |                  |                  |                  |                   | 2               | 1           | 8
            """,
            "intermediate.claim": "member_id | claim_id | claim_date | coding_date\nada | A1 | 2026-01-02 | 2026-01-02",
            "policies.default_policy": "icd_10_from\n2015-10-01",
        },
    )

    assert made.rows("procedure_rank", "procedure_code", "code_system", "procedure_date", "source_row") == [
        ("1", "0393", "icd-9-pcs", "2026-01-03", "7"),
        ("2", "0JH70DZ", "icd-10-pcs", "2026-01-02", "1"),
        ("25", "8697", "icd-9-pcs", "2026-01-02", "7"),
        ("4", "0JH70DZ", "icd-10-pcs", "2026-01-02", "2"),
    ]


def test_procedure_rows_say_whether_their_claim_was_credited_whole(model: RunModel) -> None:
    made = model(
        "intermediate.claim_procedure",
        {
            "staging.claim_procedure": """
                claim_id | procedure_rank | procedure_code
                ---------+----------------+---------------
                A1       | 1              | 00HU0MZ
                A2       | 1              | 00HU0MZ
            """,
            "intermediate.final_line": "",
            "staging.medical_claim": "",
            "intermediate.claim": "member_id | claim_id | has_standing_line\nada | A1 | true\nada | A2 | false",
            "policies.default_policy": "icd_10_from\n2015-10-01",
        },
    )

    assert made.rows("claim_id", "is_credited_claim") == [("A1", "false"), ("A2", "true")]

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

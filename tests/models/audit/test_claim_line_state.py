"""What became of each delivered line with a device code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_version_has_the_first_state_that_holds(model: RunModel) -> None:
    made = model(
        "audit.claim_line_state",
        {
            "value_sets.index_procedures": """
                match_system | code
                -------------+------
                hcpcs        | 63650
                hcpcs        | 63650
                icd-10-pcs   | 99213
            """,
            "intermediate.claim_line_version": """
                member_id | claim_id | claim_line_number | line_key | hcpcs_code | claim_status | version_number | version_count
                ----------+----------+-------------------+----------+------------+--------------+----------------+--------------
                ada       | A1       | 01                | 1        | 63650      | denied       | 1              | 2
                ada       | A1       | 01                | 1        | 63650      |              | 2              | 2
                ada       | A1       | 02                | 2        | 63650      | denied       | 1              | 1
                ada       | A1       | 03                | 3        | 63650      | reversed     | 1              | 1
                ada       | A1       | 04                | 4        | 63650      | pending      | 1              | 1
                ada       | A1       | 05                | 5        | 99213      | paid         | 1              | 1
                ada       | A2       | 01                | 1        | 63650      | denied       | 1              | 1
            """,
            "intermediate.claim_final_state": """
                member_id | claim_id | final_state | settled_by_claim_id
                ----------+----------+-------------+--------------------
                ada       | A1       | counts      |
                ada       | A2       | superseded  | A1
            """,
            "intermediate.episode_index_line": """
                member_id | claim_id | source_table    | source_key | episode_id
                ----------+----------+-----------------+------------+-----------
                ada       | A1       | medical_claim   | 1          | E1
                ada       | A1       | claim_procedure | 4          | E2
            """,
            "intermediate.final_line": "",
            "intermediate.counting_line": "",
            "landed.delivered_file": "",
        },
    )

    assert made.in_order(
        "claim_id", "claim_line_number", "version_number", "claim_status", "line_state", "episode_id"
    ) == [
        ("A1", "01", "1", "denied", "superseded_version", None),
        ("A1", "01", "2", "paid", "counts", "E1"),
        ("A1", "02", "1", "denied", "denied", None),
        ("A1", "03", "1", "reversed", "reversed", None),
        ("A1", "04", "1", "pending", "counts", None),
        ("A2", "01", "1", "denied", "superseded", None),
    ]
    assert made.rows("claim_id", "settled_by_claim_id")[-1] == ("A2", "A1")


def test_a_line_names_the_file_of_claim_lines_it_came_in(model: RunModel) -> None:
    made = model(
        "audit.claim_line_state",
        {
            "value_sets.index_procedures": "match_system | code\nhcpcs | 63650",
            "intermediate.claim_line_version": """
                member_id | claim_id | hcpcs_code | version_number | version_count | delivery_number | file_number | source_row
                ----------+----------+------------+----------------+---------------+-----------------+-------------+-----------
                ada       | A1       | 63650      | 1              | 1             | 1               | 2           | 7
            """,
            "intermediate.claim_final_state": "member_id | claim_id | final_state\nada | A1 | counts",
            "intermediate.episode_index_line": "",
            "intermediate.final_line": "",
            "intermediate.counting_line": "",
            "landed.delivered_file": """
                delivery_number | file_number | table_name      | file_name
                ----------------+-------------+-----------------+-----------
                1               | 2           | medical_claim   | lines.csv
                1               | 2           | claim_diagnosis | wide.csv
                2               | 2           | medical_claim   | later.csv
                1               | 1           | medical_claim   | first.csv
            """,
        },
    )

    assert made.row("source_file", "source_row") == ("lines.csv", "7")


def test_credited_lines_say_so_and_total_lines_are_listed_beside_an_index_code_or_index_line(model: RunModel) -> None:
    made = model(
        "audit.claim_line_state",
        {
            "value_sets.index_procedures": "match_system | code\nhcpcs | 63650",
            "intermediate.claim_line_version": """
                member_id | claim_id | claim_line_number | line_key | hcpcs_code | version_number | version_count
                ----------+----------+-------------------+----------+------------+----------------+--------------
                ada       | A1       | 1                 | 1        | 63650      | 1              | 1
                ada       | A1       | 2                 | 2        | 63650      | 1              | 1
                ada       | A1       | 3                 | 3        |            | 1              | 2
                ada       | A1       | 3                 | 3        |            | 2              | 2
                ada       | A1       | 4                 | 4        |            | 1              | 1
                ada       | A2       | 1                 | 1        |            | 1              | 1
                ada       | A3       | 1                 | 1        |            | 1              | 1
            """,
            "intermediate.claim_final_state": """
                member_id | claim_id | final_state
                ----------+----------+------------
                ada       | A1       | counts
                ada       | A2       | counts
                ada       | A3       | voided
            """,
            "intermediate.episode_index_line": """
                member_id | claim_id | source_table    | source_key | episode_id
                ----------+----------+-----------------+------------+-----------
                ada       | A3       | claim_procedure | 1          | E1
            """,
            "intermediate.final_line": """
                member_id | claim_id | line_key | version_count | is_total_line
                ----------+----------+----------+---------------+--------------
                ada       | A1       | 3        | 2             | true
                ada       | A1       | 4        | 1             | false
                ada       | A2       | 1        | 1             | true
                ada       | A3       | 1        | 1             | true
            """,
            "intermediate.counting_line": """
                member_id | claim_id | line_key | version_count | is_credited
                ----------+----------+----------+---------------+------------
                ada       | A1       | 1        | 1             | false
                ada       | A1       | 2        | 1             | true
            """,
            "landed.delivered_file": "",
        },
    )

    assert made.in_order("claim_id", "claim_line_number", "version_number", "line_state") == [
        ("A1", "1", "1", "counts"),
        ("A1", "2", "1", "credited_line"),
        ("A1", "3", "2", "total_line"),
        ("A3", "1", "1", "total_line"),
    ]

"""The way from the rows delivered to the episodes flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_step_enters_with_what_the_one_before_left(model: RunModel) -> None:
    made = model(
        "audit.funnel",
        {
            "landed.delivered_file": """
                table_name      | fate     | row_count | rejected_count | repeat_count
                ----------------+----------+-----------+----------------+-------------
                medical_claim   | landed   | 60        | 3              | 2
                medical_claim   | landed   | 40        | 0              | 1
                medical_claim   | held     | 500       | 5              | 5
                claim_diagnosis | landed   | 900       | 9              | 9
            """,
            "intermediate.claim_line_version": """
                claim_id | version_number | version_count
                ---------+----------------+--------------
                A1       | 1              | 2
                A1       | 2              | 2
                A2       | 1              | 1
                A3       | 1              | 1
                A4       | 1              | 1
                A5       | 1              | 1
                A6       | 1              | 1
                A6       | 1              | 1
            """,
            "intermediate.final_line": "claim_id | is_total_line\nA5 | false\nA6 | true\nA6 | true",
            "intermediate.counting_line": """
                claim_id | is_credited
                ---------+------------
                A1       | false
                A2       | false
                A3       | false
                A5       | true
            """,
            "intermediate.index_line": """
                claim_id | source_table
                ---------+----------------
                A1       | medical_claim
                A2       | medical_claim
                S1       | claim_procedure
            """,
            "audit.episode_review": """
                episode_id | outcome        | outcome_reason
                -----------+----------------+--------------------------
                E1         | excluded       | red_flag
                E2         | excluded       | procedure_aborted
                E3         | excluded       | red_flag
                E4         | documented     | failure_documented
                E5         | not_assessable | medication_unknown
                E6         | flagged        | no_conservative_care_found
                E7         | flagged        | failure_not_documented
            """,
        },
    )

    assert made.in_order("step_number", "unit", "step", "entered_count", "left_count", "remaining_count") == [
        ("10", "claim lines", "delivered", "100", "0", "100"),
        ("20", "claim lines", "rejected", "100", "3", "97"),
        ("30", "claim lines", "repeats", "97", "3", "94"),
        ("40", "claim lines", "no index code", "94", "86", "8"),
        ("50", "claim lines", "earlier versions", "8", "1", "7"),
        ("55", "claim lines", "total lines", "7", "2", "5"),
        ("60", "claim lines", "not counting", "5", "1", "4"),
        ("65", "claim lines", "credited lines", "4", "1", "3"),
        ("70", "claim lines", "not index lines", "3", "1", "2"),
        ("80", "index lines", "index lines", "3", "0", "3"),
        ("100", "episodes", "episodes", "7", "0", "7"),
        ("101", "episodes", "excluded", "7", "1", "6"),
        ("102", "episodes", "excluded", "6", "0", "6"),
        ("103", "episodes", "excluded", "6", "0", "6"),
        ("104", "episodes", "excluded", "6", "2", "4"),
        ("105", "episodes", "excluded", "4", "0", "4"),
        ("106", "episodes", "excluded", "4", "0", "4"),
        ("107", "episodes", "excluded", "4", "0", "4"),
        ("120", "episodes", "documented", "4", "1", "3"),
        ("130", "episodes", "not assessable", "3", "1", "2"),
        ("140", "episodes", "flagged", "2", "0", "2"),
    ]
    assert [
        reason
        for number, reason in made.in_order("step_number", "reason")
        if str(number).startswith("10") and number not in {"10", "100"}
    ] == [
        "procedure_aborted",
        "not_initial_implant",
        "not_low_back_pain",
        "red_flag",
        "other_indication",
        "clinical_trial",
        "prior_authorization_approved",
    ]


def test_a_run_on_nothing_has_every_step_with_none(model: RunModel) -> None:
    tables = ("landed.delivered_file", "audit.episode_review")
    parts = ("claim_line_version", "final_line", "counting_line", "index_line")

    made = model("audit.funnel", dict.fromkeys([*tables, *(f"intermediate.{part}" for part in parts)], ""))

    assert len(made.cells) == 21
    assert set(made.rows("entered_count", "left_count", "remaining_count")) == {("0", "0", "0")}

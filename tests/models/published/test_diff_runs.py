"""The published macro that tells how two runs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunMacro


RUNS = """
    run_number | run_id
    -----------+-------
    1          | R1
    2          | R2
    3          | R2
"""
CASES = """
    case_id    | member_id | from_run_number | to_run_number | is_in_audit | outcome    | outcome_reason | policy_id | policy_version | paid_amount | evidence_digest | episode_id
    -----------+-----------+-----------------+---------------+-------------+------------+----------------+-----------+----------------+-------------+-----------------+-----------
    cleared    | ada       | 1               | 1             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E1
    cleared    | ada       | 2               | 3             | true        | documented | b              | p         | 1              | 1.00        | bb              | E1
    dearer     | bea       | 1               | 2             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E2
    dearer     | bea       | 3               | 3             | true        | flagged    | a              | p         | 1              | 2.00        | aa              | E2
    first only | cid       | 1               | 2             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E3
    first only | cid       | 3               | 3             | false       | flagged    | a              | p         | 1              | 1.00        | aa              | E3
    flagged    | dan       | 1               | 1             | true        | excluded   | a              | p         | 1              | 1.00        | aa              | E4
    flagged    | dan       | 2               | 3             | true        | flagged    | b              | p         | 1              | 1.00        | aa              | E4
    late       | eve       | 2               | 3             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E5
    same again | fay       | 1               | 1             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E6
    same again | fay       | 2               | 3             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E6
    same       | gus       | 1               | 3             | true        | flagged    | a              | p         | 1              | 1.00        | aa              | E7
"""


def test_each_case_that_differs_is_told_once_a_run_published_twice_as_it_stood_last(macro: RunMacro) -> None:
    made = macro("diff_runs", "'R1', 'R2'", {"audit.run_history": RUNS, "audit.case_version": CASES})

    assert made.in_order(
        "case_difference", "case_id", "member_id", "first_outcome", "second_outcome", "is_same_evidence"
    ) == [
        ("changed", "dearer", "bea", "flagged", "flagged", "true"),
        ("newly_flagged", "flagged", "dan", "excluded", "flagged", "true"),
        ("no_longer_flagged", "cleared", "ada", "flagged", "documented", "false"),
        ("only_in_first", "first only", "cid", "flagged", None, "false"),
        ("only_in_second", "late", "eve", None, "flagged", "false"),
    ]


def test_a_run_that_was_never_published_differs_from_none(macro: RunMacro) -> None:
    tables = {"audit.run_history": RUNS, "audit.case_version": CASES}

    assert macro("diff_runs", "'R1', 'R9'", tables).cells == ()
    assert macro("diff_runs", "'R9', 'R2'", tables).cells == ()
    assert macro("diff_runs", "'R1', 'R1'", tables).cells == ()

"""What is said of a case over the publishes, on rows given by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.publishing.case_life import case_versions, changed_cases, last_known

NOBODY = pl.DataFrame(schema={"member_id": pl.String(), "has_adjustment": pl.Boolean()})


def state(case_id: str = "A", **changes: Any) -> dict[str, Any]:
    """The state of a flagged case, with changes."""
    return {
        "case_id": case_id,
        "member_id": "ada",
        "policy_id": "p",
        "policy_version": "1",
        "outcome": "flagged",
        "notes": ["n"],
        "index_claim_ids": [f"claim of {case_id}"],
        "paid_amount": Decimal("1.00"),
        "evidence_digest": "d",
        "evidence_parts": "care 1a; criteria 2b",
    } | changes


def told(then: list[dict[str, Any]], now: list[dict[str, Any]], news: pl.DataFrame = NOBODY) -> dict[str, Any]:
    """What is said of the cases of the second night: event and columns by case."""
    schema = pl.DataFrame([state()]).schema
    first = changed_cases(pl.DataFrame(then, schema=schema), pl.DataFrame(), NOBODY, run_number=1)
    second = changed_cases(pl.DataFrame(now, schema=schema), last_known(first), news, run_number=2)
    return {row["case_id"]: (row["case_event"], row["changed_columns"]) for row in second.iter_rows(named=True)}


def landed(*, has_adjustment: bool) -> pl.DataFrame:
    return pl.DataFrame({"member_id": ["ada"], "has_adjustment": [has_adjustment]})


def test_a_case_that_stays_as_it_was_takes_no_room() -> None:
    assert told([state()], [state()]) == {}


def test_a_change_of_value_list_or_evidence_is_named() -> None:
    assert told([state()], [state(notes=["n", "o"])]) == {"A": ("changed", ["notes"])}
    assert told([state()], [state(evidence_digest="e", evidence_parts="care 1a; criteria 2c")]) == {
        "A": ("changed", ["criteria"])
    }
    assert told([state()], [state(evidence_parts="care 1a")]) == {"A": ("changed", ["criteria"])}


def test_a_flag_that_falls_is_cleared_by_a_late_claim_only_when_rows_of_the_member_landed() -> None:
    fallen = [state(outcome="documented")]

    assert told([state()], fallen, landed(has_adjustment=False)) == {"A": ("cleared_by_late_claim", ["outcome"])}
    assert told([state()], fallen) == {"A": ("changed", ["outcome"])}


def test_a_flag_that_falls_under_another_policy_is_a_change() -> None:
    other = [state(outcome="documented", policy_version="2")]

    assert told([state()], other, landed(has_adjustment=False)) == {"A": ("changed", ["policy_version", "outcome"])}


def test_a_flag_that_rises_is_reopened_only_by_an_adjustment() -> None:
    then = [state(outcome="documented")]

    assert told(then, [state()], landed(has_adjustment=True)) == {"A": ("reopened_by_adjustment", ["outcome"])}
    assert told(then, [state()], landed(has_adjustment=False)) == {"A": ("changed", ["outcome"])}


def test_a_case_that_is_gone_keeps_its_last_state_and_says_who_holds_its_claims() -> None:
    schema = pl.DataFrame([state()]).schema
    first = changed_cases(pl.DataFrame([state("A"), state("B")], schema=schema), pl.DataFrame(), NOBODY, run_number=1)
    merged = pl.DataFrame([state("A", index_claim_ids=["claim of A", "claim of B"])], schema=schema)
    second = changed_cases(merged, last_known(first), NOBODY, run_number=2)

    gone = second.filter(pl.col("case_id") == "B").row(0, named=True)

    assert (gone["case_event"], gone["is_in_audit"], gone["related_case_id"]) == ("gone", False, "A")
    assert gone["paid_amount"] == Decimal("1.00")


def test_a_version_lasts_until_the_next_one() -> None:
    schema = pl.DataFrame([state()]).schema
    first = changed_cases(pl.DataFrame([state()], schema=schema), pl.DataFrame(), NOBODY, run_number=1)
    third = changed_cases(pl.DataFrame([state(notes=[])], schema=schema), last_known(first), NOBODY, run_number=3)

    versions = case_versions(pl.concat([first, third]), newest_run_number=5)

    assert versions.select("from_run_number", "to_run_number").rows() == [(1, 2), (3, 5)]


def test_a_column_that_an_older_history_lacks_is_no_change() -> None:
    schema = pl.DataFrame([state()]).schema
    first = changed_cases(pl.DataFrame([state()], schema=schema), pl.DataFrame(), NOBODY, run_number=1)

    now = changed_cases(pl.DataFrame([state()], schema=schema), last_known(first).drop("notes"), NOBODY, run_number=2)

    assert now.is_empty()

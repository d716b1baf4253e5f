"""The name of a case over splits and merges, and what is said of a case, on rows given by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.publishing.case_life import case_ids, case_versions, changed_cases, last_known

NOBODY = pl.DataFrame(schema={"member_id": pl.String(), "has_adjustment": pl.Boolean()})


def named(episodes: dict[str, tuple[date, list[str]]], past: dict[str, tuple[date, list[str]]]) -> dict[str, str]:
    """The names of ada's episodes (anchor and claims), by episode; each would be called after its first claim."""
    rows = pl.DataFrame(
        [(name, f"NA-{claims[0]}", "ada", anchor) for name, (anchor, claims) in episodes.items()],
        schema=["episode_id", "case_id", "member_id", "anchor_date"],
        orient="row",
    )
    claims = pl.DataFrame(
        [(name, "ada", claim) for name, (_, held) in episodes.items() for claim in held],
        schema=["episode_id", "member_id", "claim_id"],
        orient="row",
    )
    cases = pl.DataFrame(
        [(name, "ada", anchor, held) for name, (anchor, held) in past.items()],
        schema={
            "case_id": pl.String(),
            "member_id": pl.String(),
            "anchor_date": pl.Date(),
            "index_claim_ids": pl.List(pl.String()),
        },
        orient="row",
    )
    return dict(case_ids(rows, claims, cases).iter_rows())


JAN, FEB, MAR = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)


def test_without_a_past_an_episode_is_called_after_its_first_claim() -> None:
    assert named({"E1": (JAN, ["c1"])}, {}) == {"E1": "NA-c1"}


def test_an_episode_keeps_the_name_of_the_case_whose_claim_it_holds() -> None:
    assert named({"E1": (JAN, ["c0", "c1"])}, {"OLD": (FEB, ["c1"])}) == {"E1": "OLD"}


def test_an_episode_that_shares_no_claim_is_a_new_case() -> None:
    assert named({"E1": (JAN, ["c2"])}, {"OLD": (JAN, ["c1"])}) == {"E1": "NA-c2"}


def test_of_two_cases_that_become_one_the_earliest_goes_on() -> None:
    assert named({"E1": (JAN, ["c1", "c2"])}, {"LATE": (FEB, ["c2"]), "SOON": (JAN, ["c1"])}) == {"E1": "SOON"}


def test_of_two_episodes_of_one_case_the_earliest_goes_on() -> None:
    assert named({"E2": (FEB, ["c2"]), "E1": (JAN, ["c1"])}, {"OLD": (JAN, ["c1", "c2"])}) == {
        "E1": "OLD",
        "E2": "NA-c2",
    }


def test_an_episode_whose_earliest_case_went_on_elsewhere_continues_its_other_one() -> None:
    assert named({"E1": (JAN, ["c1"]), "E2": (FEB, ["c2", "c3"])}, {"A": (JAN, ["c1", "c2"]), "B": (MAR, ["c3"])}) == {
        "E1": "A",
        "E2": "B",
    }


def test_no_two_cases_share_a_name() -> None:
    assert named({"E1": (JAN, ["c1"]), "E2": (FEB, ["c2"])}, {"NA-c2": (JAN, ["c1", "c2"])}) == {
        "E1": "NA-c2",
        "E2": "NA-c2-2",
    }
    assert named({"E1": (JAN, ["c1"]), "E2": (FEB, ["c1"])}, {}) == {"E1": "NA-c1", "E2": "NA-c1-2"}


def test_a_claim_of_another_member_is_no_link() -> None:
    episodes = pl.DataFrame(
        [("E1", "NA-c1", "bea", JAN)], schema=["episode_id", "case_id", "member_id", "anchor_date"], orient="row"
    )
    claims = pl.DataFrame([("E1", "bea", "c1")], schema=["episode_id", "member_id", "claim_id"], orient="row")
    past = pl.DataFrame({"case_id": ["OLD"], "member_id": ["ada"], "anchor_date": [JAN], "index_claim_ids": [["c1"]]})

    assert dict(case_ids(episodes, claims, past).iter_rows()) == {"E1": "NA-c1"}


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

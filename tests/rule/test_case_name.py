"""The name of a case over splits and merges, on rows given by hand."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.rule.transforms.case_name import case_name


def named(episodes: dict[str, tuple[date, list[str]]], past: dict[str, tuple[date, list[str]]]) -> dict[str, str]:
    """The names of ada's episodes (anchor and claims), by episode; each would be called after its first claim."""
    rows = pl.DataFrame(
        [(name, f"NA-{claims[0]}", "ada", anchor) for name, (anchor, claims) in episodes.items()],
        schema=["episode_id", "new_case_id", "member_id", "anchor_date"],
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
    return dict(case_name(rows.lazy(), claims.lazy(), cases.lazy()).collect().iter_rows())


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
        [("E1", "NA-c1", "bea", JAN)], schema=["episode_id", "new_case_id", "member_id", "anchor_date"], orient="row"
    )
    claims = pl.DataFrame([("E1", "bea", "c1")], schema=["episode_id", "member_id", "claim_id"], orient="row")
    past = pl.DataFrame({"case_id": ["OLD"], "member_id": ["ada"], "anchor_date": [JAN], "index_claim_ids": [["c1"]]})

    assert dict(case_name(episodes.lazy(), claims.lazy(), past.lazy()).collect().iter_rows()) == {"E1": "NA-c1"}

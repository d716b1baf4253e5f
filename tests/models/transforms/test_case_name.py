"""The name of a case, which it keeps over the publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def names(transform: RunModel, episodes: str, claims: str, earlier: str = "") -> list[tuple[str | None, ...]]:
    """Episode and case, of episodes (name, member, anchor date, new name), their claims and the earlier cases."""
    header = "episode_id | member_id | anchor_date | new_case_id\n"
    made = transform(
        "case_name",
        {
            "intermediate.episode": header + episodes,
            "intermediate.case_claim": f"episode_id | member_id | claim_id\n{claims}",
            "intermediate.earlier_case": f"case_id | member_id | anchor_date | index_claim_ids\n{earlier}",
        },
    )
    return made.rows("episode_id", "case_id")


def test_an_episode_continues_the_case_of_its_member_with_which_it_shares_a_claim(transform: RunModel) -> None:
    episodes = "E1 | ada | 2025-03-01 | N1\nE2 | bea | 2025-03-01 | N2"
    claims = "E1 | ada | A1\nE2 | bea | A1"

    assert names(transform, episodes, claims, "C1 | ada | 2025-02-01 | [A0, A1]") == [("E1", "C1"), ("E2", "N2")]


def test_of_cases_that_became_one_the_earliest_goes_on(transform: RunModel) -> None:
    earlier = "C1 | ada | 2025-02-02 | [A1]\nC2 | ada | 2025-02-01 | [A2]"

    assert names(transform, "E1 | ada | 2025-02-01 | N1", "E1 | ada | A1\nE1 | ada | A2", earlier) == [("E1", "C2")]


def test_of_episodes_that_were_one_case_the_earliest_goes_on_and_the_other_is_new(transform: RunModel) -> None:
    episodes = "E1 | ada | 2025-03-02 | N1\nE2 | ada | 2025-03-01 | N2"
    earlier = "C1 | ada | 2025-03-01 | [A1, A2]"

    assert names(transform, episodes, "E1 | ada | A1\nE2 | ada | A2", earlier) == [("E1", "N1"), ("E2", "C1")]


def test_a_new_name_that_is_taken_gets_a_number(transform: RunModel) -> None:
    episodes = "E1 | ada | 2025-03-01 | C1\nE2 | ada | 2025-03-02 | C1"

    assert names(transform, episodes, "E1 | ada | B1", "C1 | ada | 2025-01-01 | [A1]") == [
        ("E1", "C1-2"),
        ("E2", "C1-3"),
    ]

"""The name of a case, which it keeps over the publishes.

See docs/contract.md 2.1.
"""

from __future__ import annotations

import polars as pl

NAMED = {"episode_id": pl.String(), "case_id": pl.String()}
EARLIER, TAKEN, NEW = 1, 2, 3


def case_name(episode: pl.LazyFrame, case_claim: pl.LazyFrame, earlier_case: pl.LazyFrame) -> pl.LazyFrame:
    """One row per episode with the name of its case.

    An episode continues an earlier case of its member with which it shares a claim by which cases are known again.
    Where several cases became one, the earliest (anchor date, then name) goes on and the others are gone; where one
    became several, the earliest episode goes on and the others are new. A new case is called ``new_case_id``, with a
    number after it where that name is taken: no two cases share a name, now or over the publishes.
    """
    shared = (
        case_claim.join(
            earlier_case.select("case_id", "member_id", case_date="anchor_date", claim_id="index_claim_ids").explode(
                "claim_id", empty_as_null=False
            ),
            on=["member_id", "claim_id"],
            how="inner",
            validate="m:m",
        )
        .unique(["episode_id", "case_id"])
        .with_columns(earlier_id="case_id")
        .join(episode.select("episode_id", "anchor_date"), on="episode_id", how="inner", validate="m:1")
    )
    order = ("turn", "case_date", "earlier_id", "anchor_date", "episode_id")
    offers = pl.concat(
        [
            shared.select("case_id", *order[1:], turn=pl.lit(EARLIER)),
            earlier_case.select("case_id", turn=pl.lit(TAKEN)),
            episode.select("episode_id", "anchor_date", case_id="new_case_id", turn=pl.lit(NEW)),
        ],
        how="diagonal",
    )
    return (
        offers.sort(order)
        .select("turn", "episode_id", "case_id")
        .map_batches(_named, schema=NAMED)
        .sort("episode_id")
        .select("episode_id", "case_id")
    )


def _named(offers: pl.DataFrame) -> pl.DataFrame:
    """The names given when ``offers`` are gone through in order: earlier cases, names that are taken, new cases."""
    named: dict[str, str] = {}
    taken: set[str] = set()
    for turn, episode_id, case_id in offers.iter_rows():
        if turn == TAKEN:
            taken.add(case_id)
        elif episode_id not in named and (turn == NEW or case_id not in taken):
            named[episode_id] = _free_name(case_id, taken)
            taken.add(named[episode_id])
    return pl.DataFrame(list(named.items()), schema=NAMED, orient="row")


def _free_name(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free

"""Fills that a later or earlier row takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLACE = ("delivery_number", "file_number", "source_row")
OF_ONE_LINE = ("member_id", "claim_id", "line_key")

Place = tuple[int, int, int]


def taken_back_fill(delivered_fill: pl.LazyFrame) -> pl.LazyFrame:
    """One row per fill that a reversed row takes back: the place of the fill, and that of the reversed row.

    Reversed rows choose in the order delivered among the fills of their member, claim and line: one of equal days
    if there is one, then the first delivered; each fill is taken at most once (docs/rule.md 2.8).
    """
    asking = delivered_fill.filter("takes_fill_back").select(OF_ONE_LINE).unique()
    rows = delivered_fill.filter(pl.col("takes_fill_back") | pl.col("can_be_taken_back")).join(
        asking, on=OF_ONE_LINE, how="inner", nulls_equal=True, validate="m:1"
    )
    places = {name: delivered_fill.collect_schema()[name] for name in PLACE}
    schema = places | {f"reversal_{name}": kind for name, kind in places.items()}
    return (
        rows.sort(PLACE)
        .select(*OF_ONE_LINE, *PLACE, "days_supply", "takes_fill_back")
        .map_batches(lambda frame: _taken(frame, schema), schema=schema)
        .sort(PLACE)
    )


def _taken(rows: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The pairs of all lines in ``rows``, which stand in the order delivered."""
    pairs = [
        (*fill, *reversal)
        for line in rows.partition_by(OF_ONE_LINE, maintain_order=True)
        for fill, reversal in _pairs(line.select(*PLACE, "days_supply", "takes_fill_back").iter_rows())
    ]
    return pl.DataFrame(pairs, schema=schema, orient="row")


def _pairs(line: Iterable[tuple[int, int, int, int, bool]]) -> Iterator[tuple[Place, Place]]:
    """Each fill of one line that is taken back, with the reversed row that takes it."""
    reversals: list[tuple[Place, int]] = []
    fills: dict[Place, int] = {}
    for *place, days, takes in line:
        at: Place = (place[0], place[1], place[2])
        if takes:
            reversals.append((at, days))
        else:
            fills[at] = days
    for reversal, days in reversals:
        equal = (fill for fill, its_days in fills.items() if its_days == days)
        chosen = next(equal, next(iter(fills), None))
        if chosen is not None:
            del fills[chosen]
            yield chosen, reversal

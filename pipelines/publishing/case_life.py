"""The life of a case over the publishes: what happened to it each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping


OF_THE_VERSION: Mapping[str, pl.DataType] = {
    "run_number": pl.Int32(),
    "case_event": pl.String(),
    "changed_columns": pl.List(pl.String()),
    "related_case_id": pl.String(),
    "is_in_audit": pl.Boolean(),
}
"""What a row of the history has beside the state of its case."""

EVIDENCE = ("evidence_digest", "evidence_parts")
PARTS_WITHOUT_COLUMN = ("criteria", "care", "statements", "history")
"""Parts of the evidence that no column of the case shows; the others change with a column."""


def last_known(cases: pl.DataFrame) -> pl.DataFrame:
    """One row per case that was ever seen, as the newest publish left it."""
    if cases.is_empty():
        return cases
    return cases.sort("case_id", "run_number").unique("case_id", keep="last", maintain_order=True)


def case_versions(cases: pl.DataFrame, *, newest_run_number: int) -> pl.DataFrame:
    """One row per case and unbroken row of publishes in which it stayed as it was; both run numbers are in."""
    return (
        cases.sort("case_id", "run_number")
        .with_columns(
            to_run_number=(pl.col("run_number").shift(-1).over("case_id", order_by="run_number") - 1)
            .fill_null(newest_run_number)
            .cast(pl.Int32)
        )
        .rename({"run_number": "from_run_number"})
    )


def changed_cases(states: pl.DataFrame, past: pl.DataFrame, news: pl.DataFrame, *, run_number: int) -> pl.DataFrame:
    """One row per case that is new, different or gone since ``past``, with what happened; unchanged ones have none.

    ``states`` are the cases of this publish, ``past`` the last known state of every case, ``news`` the members with
    rows landed since the last publish and whether one of these adjusts what was there. ``cleared_by_late_claim``: was
    flagged, is not, and there are such rows. ``reopened_by_adjustment``: was known and not flagged, is flagged, and
    there is an adjustment. Neither where the policy is another one: then that may be the cause, and the case is
    ``changed``. A case that is gone keeps its last state.
    """
    compared = [name for name in states.columns if name in past.columns and name not in {"case_id", *EVIDENCE}]
    of_the_version = pl.DataFrame(schema=dict(OF_THE_VERSION))
    # Publishes of an older version may lack a column, and before the first there are none at all.
    past = pl.concat([states.clear(), of_the_version, past], how="diagonal_relaxed")
    both = states.join(past, on="case_id", how="left", validate="1:1", suffix="_past", coalesce=True).join(
        news, on="member_id", how="left", validate="m:1"
    )
    was_known = pl.col("is_in_audit").is_not_null()
    was_flagged = pl.col("is_in_audit") & (pl.col("outcome_past") == "flagged")
    is_flagged = pl.col("outcome") == "flagged"
    is_same_policy = (pl.col("policy_id") == pl.col("policy_id_past")) & (
        pl.col("policy_version") == pl.col("policy_version_past")
    )
    told = both.with_columns(
        changed_columns=pl.when(was_known).then(_changed(compared)).otherwise(pl.lit([], pl.List(pl.String))),
    ).with_columns(
        case_event=pl.when(~was_known)
        .then(pl.lit("new"))
        .when(was_flagged & ~is_flagged & is_same_policy & pl.col("has_adjustment").is_not_null())
        .then(pl.lit("cleared_by_late_claim"))
        .when(~was_flagged & is_flagged & is_same_policy & pl.col("has_adjustment").fill_null(value=False))
        .then(pl.lit("reopened_by_adjustment"))
        .when((pl.col("changed_columns").list.len() > 0) | ~pl.col("is_in_audit"))
        .then(pl.lit("changed"))
        .otherwise(pl.lit("unchanged"))
    )
    changed = told.filter(pl.col("case_event") != "unchanged").select(
        *states.columns, "case_event", "changed_columns", is_in_audit=pl.lit(value=True)
    )
    gone = (
        past.filter("is_in_audit")
        .join(states.select("case_id"), on="case_id", how="anti")
        .select(
            *states.columns,
            case_event=pl.lit("gone"),
            changed_columns=pl.lit([], pl.List(pl.String)),
            is_in_audit=pl.lit(value=False),
        )
    )
    rows = pl.concat([changed, gone]).with_columns(run_number=pl.lit(run_number, pl.Int32))
    return (
        rows.join(_related(rows, states, past), on="case_id", how="left", validate="1:1")
        .select(*OF_THE_VERSION, *states.columns)
        .sort("case_id")
    )


def _changed(compared: list[str]) -> pl.Expr:
    """The names of the columns that differ, then the parts of the evidence that no column shows."""
    columns = [
        pl.when(pl.col(name).ne_missing(pl.col(f"{name}_past"))).then(pl.lit(name)).otherwise(None) for name in compared
    ]
    parts = [
        pl.when(_part("evidence_parts", part).ne_missing(_part("evidence_parts_past", part))).then(pl.lit(part))
        for part in PARTS_WITHOUT_COLUMN
    ]
    return pl.concat_list(*columns, *parts).list.drop_nulls()


def _part(column: str, part: str) -> pl.Expr:
    return pl.col(column).str.extract(rf"(?:^|; ){part} ([0-9a-f]+)")


def _related(rows: pl.DataFrame, states: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """One row per new or gone case that shares a claim with another: where its claims were, or are now."""
    sought = (
        rows.filter(pl.col("case_event").is_in(["new", "gone"]))
        .select("case_id", "case_event", "member_id", claim_id="index_claim_ids")
        .explode("claim_id")
    )
    held = pl.concat(
        [
            past.filter("is_in_audit").select(
                "member_id", case_event=pl.lit("new"), claim_id="index_claim_ids", related_case_id="case_id"
            ),
            states.select(
                "member_id", case_event=pl.lit("gone"), claim_id="index_claim_ids", related_case_id="case_id"
            ),
        ]
    ).explode("claim_id")
    return (
        sought.join(held, on=["member_id", "case_event", "claim_id"], how="inner")
        .filter(pl.col("case_id") != pl.col("related_case_id"))
        .group_by("case_id")
        .agg(pl.col("related_case_id").min())
    )

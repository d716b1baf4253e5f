"""Implant episodes: trials and the permanent implant that follows them are one story."""

from __future__ import annotations

import polars as pl

from pipelines.rule.transforms.windows import opening_dates


def implant_episode(event_stage: pl.LazyFrame, *, trial_link_days: int) -> pl.LazyFrame:
    """One row per implantation event with the anchor date of its episode and whether it is linked.

    An initial, non-aborted trial is linked to the member's next non-aborted permanent event when that one is initial
    and 1 to ``trial_link_days`` days (inclusive) lie between the first dates; several trials may link to one
    permanent. Initial, non-aborted trials that are not linked group in date order: the first opens an episode, those
    at most ``trial_link_days`` days after it join. Every other event is an episode of its own. The anchor is the
    first date of the episode's earliest event (docs/rule.md 3.7).
    """
    events = event_stage.sort("member_id", "event_date")
    is_live = ~pl.col("is_aborted")
    is_initial_trial = is_live & pl.col("is_initial") & (pl.col("event_kind") == "trial")
    next_permanent = (
        pl.when(is_live & (pl.col("event_kind") == "permanent"))
        .then(pl.struct("event_date", "is_initial"))
        # Looking back from the row below: an event is never its own successor.
        .otherwise(None)
        .shift(-1)
        .fill_null(strategy="backward")
        .over("member_id", order_by="event_date")
    )
    linked = events.with_columns(
        is_initial_trial=is_initial_trial,
        next_permanent_date=next_permanent.struct.field("event_date"),
        is_next_initial=next_permanent.struct.field("is_initial"),
    ).with_columns(
        permanent_date=pl.when(
            pl.col("is_initial_trial")
            & pl.col("is_next_initial")
            & ((pl.col("next_permanent_date") - pl.col("event_date")).dt.total_days() <= trial_link_days)
        ).then(pl.col("next_permanent_date"))
    )
    trial_openings = (
        linked.filter(pl.col("is_initial_trial") & pl.col("permanent_date").is_null())
        .group_by("member_id")
        .agg(opening_date=opening_dates(pl.col("event_date"), within_days=pl.lit(trial_link_days)))
        .explode("opening_date", empty_as_null=False)
        .sort("member_id", "opening_date")
    )
    grouped = (
        linked.sort("event_date")
        .join_asof(
            trial_openings.sort("opening_date"),
            left_on="event_date",
            right_on="opening_date",
            by="member_id",
            strategy="backward",
            check_sortedness=False,
        )
        .with_columns(
            episode_key_date=pl.when(pl.col("permanent_date").is_not_null())
            .then(pl.col("permanent_date"))
            .when(pl.col("is_initial_trial"))
            .then(pl.col("opening_date"))
            .otherwise(pl.col("event_date")),
            # A permanent event and the trials linked to it share a key of their own; so do trials alone.
            episode_key_kind=pl.when(pl.col("is_initial_trial") & pl.col("permanent_date").is_null())
            .then(pl.lit("trial"))
            .otherwise(pl.lit("other")),
        )
    )
    return grouped.select(
        "member_id",
        "event_date",
        anchor_date=pl.col("event_date").min().over("member_id", "episode_key_kind", "episode_key_date"),
        is_linked=pl.col("permanent_date").is_not_null(),
    ).sort("member_id", "event_date")

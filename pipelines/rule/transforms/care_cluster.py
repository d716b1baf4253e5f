"""Clusters of visits: how many service dates fall close together."""

from __future__ import annotations

import polars as pl


def care_cluster(cluster_date: pl.LazyFrame) -> pl.LazyFrame:
    """One row per episode, care group and service date: the distinct dates in the window that opens on it.

    The window holds the dates from its first to ``window_days`` days after it, both ends in; a group is adequate
    when some window holds enough (docs/rule.md 6.2).
    """
    dates = cluster_date.unique(["episode_id", "care_group", "service_date"]).sort(
        "episode_id", "care_group", "service_date"
    )
    pairs = dates.join(
        dates.select("episode_id", "care_group", later_date="service_date"),
        on=["episode_id", "care_group"],
        how="inner",
        validate="m:m",
    ).filter(
        (pl.col("later_date") >= pl.col("service_date"))
        & ((pl.col("later_date") - pl.col("service_date")).dt.total_days() <= pl.col("window_days"))
    )
    return (
        pairs.group_by("episode_id", "care_group", "service_date")
        .agg(date_count=pl.col("later_date").n_unique())
        .select("episode_id", "care_group", "service_date", "date_count")
        .sort("episode_id", "care_group", "service_date")
    )

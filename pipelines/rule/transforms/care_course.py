"""Courses of exercise: runs of service dates without a long gap."""

from __future__ import annotations

import polars as pl


def care_course(exercise_date: pl.LazyFrame) -> pl.LazyFrame:
    """One row per episode and course of exercise: its first and last date and number of distinct dates.

    A course is a run of distinct service dates, neighbours at most ``exercise_max_gap_days`` apart (inclusive); the
    number of days comes with each row, because policies differ between episodes (docs/rule.md 6.2).
    """
    days_since_last = pl.col("service_date").diff().dt.total_days().over("episode_id", order_by="service_date")
    opens_course = days_since_last.is_null() | (days_since_last > pl.col("exercise_max_gap_days"))
    return (
        exercise_date.unique(["episode_id", "service_date"])
        .sort("episode_id", "service_date")
        .with_columns(course_number=opens_course.cum_sum().over("episode_id", order_by="service_date"))
        .group_by("episode_id", "course_number")
        .agg(
            first_date=pl.col("service_date").min(),
            last_date=pl.col("service_date").max(),
            date_count=pl.col("service_date").n_unique(),
        )
        .select("episode_id", "course_number", "first_date", "last_date", "date_count")
        .sort("episode_id", "course_number")
    )

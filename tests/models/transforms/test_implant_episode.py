"""Trials and the permanent implant that follows them are one episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINK_DAYS = """
    trial_link_days
    ---------------
    60
"""


def episodes(transform: RunModel, *events: str) -> list[tuple[str | None, ...]]:
    """Event date, anchor date and whether it is linked, of events of ada: date, kind, initial, aborted."""
    rows = "\n".join(f"ada | {event}" for event in events)
    made = transform(
        "implant_episode",
        {
            "intermediate.event_stage": f"member_id | event_date | event_kind | is_initial | is_aborted\n{rows}",
            "policies.default_policy": LINK_DAYS,
        },
    )
    return made.rows("event_date", "anchor_date", "is_linked")


def test_an_initial_trial_is_linked_to_the_permanent_event_at_most_the_link_days_later(transform: RunModel) -> None:
    assert episodes(transform, "2025-01-01 | trial | true | false", "2025-03-02 | permanent | true | false") == [
        ("2025-01-01", "2025-01-01", "true"),
        ("2025-03-02", "2025-01-01", "false"),
    ]
    assert episodes(transform, "2025-01-01 | trial | true | false", "2025-03-03 | permanent | true | false") == [
        ("2025-01-01", "2025-01-01", "false"),
        ("2025-03-03", "2025-03-03", "false"),
    ]


def test_several_trials_link_to_one_permanent_event(transform: RunModel) -> None:
    assert episodes(
        transform,
        "2025-01-01 | trial | true | false",
        "2025-02-01 | trial | true | false",
        "2025-02-15 | permanent | true | false",
    ) == [
        ("2025-01-01", "2025-01-01", "true"),
        ("2025-02-01", "2025-01-01", "true"),
        ("2025-02-15", "2025-01-01", "false"),
    ]


def test_nothing_links_to_an_event_that_is_aborted_or_not_initial(transform: RunModel) -> None:
    assert episodes(transform, "2025-01-01 | trial | true | false", "2025-02-01 | permanent | false | false") == [
        ("2025-01-01", "2025-01-01", "false"),
        ("2025-02-01", "2025-02-01", "false"),
    ]
    assert episodes(
        transform,
        "2025-01-01 | trial | true | false",
        "2025-01-15 | permanent | true | true",
        "2025-02-01 | permanent | true | false",
    ) == [
        ("2025-01-01", "2025-01-01", "true"),
        ("2025-01-15", "2025-01-15", "false"),
        ("2025-02-01", "2025-01-01", "false"),
    ]
    assert episodes(transform, "2025-01-01 | trial | true | true", "2025-02-01 | permanent | true | false") == [
        ("2025-01-01", "2025-01-01", "false"),
        ("2025-02-01", "2025-02-01", "false"),
    ]


def test_trials_alone_group_with_the_first_of_them_not_in_a_chain(transform: RunModel) -> None:
    assert episodes(
        transform,
        "2025-01-01 | trial | true | false",
        "2025-03-02 | trial | true | false",
        "2025-03-03 | trial | true | false",
        "2025-03-04 | trial | false | false",
    ) == [
        ("2025-01-01", "2025-01-01", "false"),
        ("2025-03-02", "2025-01-01", "false"),
        ("2025-03-03", "2025-03-03", "false"),
        ("2025-03-04", "2025-03-04", "false"),
    ]

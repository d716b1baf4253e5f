"""What the folder knows of its feeds: the days each can speak of, and the profile of the last delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.gates.profile import earlier_profiles
from pipelines.ground.errors import StimauditError
from pipelines.ground.published_file import DATABASE_FILE, open_any_published
from pipelines.ground.warehouse import WarehouseError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.gates.profile import Profile

EVERY_DELIVERY = 10**6
"""A number above that of any delivery: file names have six digits."""


class FeedReach(NamedTuple):
    """A run of days that a feed can speak of; an end that is open is none."""

    feed: str
    first_date: date | None
    last_date: date | None

    def told(self) -> str:
        """The run of days in words."""
        if self.first_date is None and self.last_date is None:
            return f"{self.feed} all days"
        return f"{self.feed} {self.first_date or 'since ever'} to {self.last_date or 'now'}"

    def as_json(self) -> dict[str, Any]:
        """The feed and its days as ISO text."""
        return {
            "feed": self.feed,
            "first_date": self.first_date.isoformat() if self.first_date else None,
            "last_date": self.last_date.isoformat() if self.last_date else None,
        }


def feed_reach(published: Path) -> tuple[FeedReach, ...]:
    """The reach of each feed as the published audit has it; none where it cannot be read or is of an older form."""
    if not (published / DATABASE_FILE).is_file():
        return ()
    try:
        with open_any_published(published) as connection:
            rows = connection.execute(
                "select table_name, first_reached_date, last_reached_date from feed_reach order by all"
            ).fetchall()
    except (WarehouseError, StimauditError):
        return ()
    return tuple(FeedReach._make(row) for row in rows)


def last_profile(history: Path) -> Profile | None:
    """The profile of the newest delivery that was measured and can be read; none where there is none."""
    return next(iter(reversed(earlier_profiles(history, EVERY_DELIVERY))), None)


def told_profile(profile: Profile) -> str:
    """What a profile is of, in a few words."""
    accepted = f", {len(profile.accepted)} changes accepted" if profile.accepted else ""
    return f"delivery {profile.delivery_number} as of {profile.as_of}, {len(profile.measures):,} measures{accepted}"

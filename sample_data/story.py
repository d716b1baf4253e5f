"""The planted stories: each a function with a sentence that says why the rule ends where it does."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_data.member import Member

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN, WITHOUT_FEEDS = "extracts", "without_feeds"
"""The two deliveries: with every feed, and with claims and eligibility only."""

STORIES: list[Story] = []


@dataclass(frozen=True)
class Story:
    """One planted member: who, in which delivery, why the outcome is what it is, and the telling."""

    member_id: str
    line_of_business: str
    delivery: str
    why: str
    tell: Callable[[Member], None]

    def member(self) -> Member:
        """The member with the story told."""
        member = Member(self.member_id, self.line_of_business)
        self.tell(member)
        return member


def planted(
    member_id: str, line_of_business: str = "commercial", *, delivery: str = MAIN
) -> Callable[[Callable[[Member], None]], Callable[[Member], None]]:
    """A decorator that plants the story it stands on; the story's docstring is its why."""

    def plant(tell: Callable[[Member], None]) -> Callable[[Member], None]:
        why = " ".join((inspect.getdoc(tell) or "").split())
        STORIES.append(Story(member_id, line_of_business, delivery, why, tell))
        return tell

    return plant

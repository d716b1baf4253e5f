"""Members of the delivery that holds claims (in the wide form) and eligibility, and no other feed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import Expected, before, every
from sample_data.story import WITHOUT_FEEDS, planted

if TYPE_CHECKING:
    from sample_data.member import Member


@planted("S-FEED-01", delivery=WITHOUT_FEEDS)
def adequate_care_but_no_documents(member: Member) -> None:
    """Exercise and manipulation are adequate over 200 days; whether they failed stands in documents never delivered."""
    anchor = date(2025, 9, 23)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.therapy(every(14, first=before(anchor, 80), times=6), code="98940", units="1")
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "not_assessable",
            "documentation_not_supplied",
            "trial_only",
            paid="10050.00",
            notes=("documentation_feed_not_supplied", "drugs_not_visible", "follow_up_incomplete"),
        )
    )


@planted("S-FEED-02", delivery=WITHOUT_FEEDS)
def exercise_but_no_drug_claims(member: Member) -> None:
    """Exercise is adequate and one group more would do; drug claims were never delivered: medicine is unknown."""
    anchor = date(2025, 10, 27)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "not_assessable",
            "medication_unknown",
            "trial_only",
            paid="10050.00",
            notes=("documentation_feed_not_supplied", "drugs_not_visible", "follow_up_incomplete"),
        )
    )


@planted("S-FEED-03", "medicaid", delivery=WITHOUT_FEEDS)
def nothing_at_all(member: Member) -> None:
    """No exercise in a year of complete enrolment: no missing feed could change that, so the episode is flagged."""
    anchor = date(2024, 6, 18)
    member.enrolled()
    member.worked_up(anchor)
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "permanent_only",
            paid="29990.00",
            notes=("documentation_feed_not_supplied", "drugs_not_visible", "no_trial_found"),
        )
    )

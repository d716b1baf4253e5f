"""Members of whom the data cannot tell, and says so."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import Expected, before, every
from sample_data.story import planted

if TYPE_CHECKING:
    from sample_data.member import Member


@planted("S-HOLD-01")
def enrolled_for_a_hundred_days(member: Member) -> None:
    """Enrolled for 100 of 365 days: care may have been paid by someone else, so its absence says nothing."""
    anchor = date(2025, 5, 13)
    member.enrolled(before(anchor, 100))
    member.visit(before(anchor, 95))
    member.therapy(every(7, first=before(anchor, 80), times=3))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "not_assessable",
            "insufficient_enrollment",
            "trial_only",
            paid="10050.00",
            notes=(
                "device_history_unknown",
                "drugs_not_visible",
                "follow_up_incomplete",
                "no_psychological_evaluation",
            ),
        )
    )


@planted("S-HOLD-02", "medicaid")
def gap_of_46_days(member: Member) -> None:
    """A gap of 46 days is one more than allowed: the enrolment is incomplete, and the two-year history too."""
    anchor = date(2025, 6, 24)
    member.enrolled(end=before(anchor, 201))
    member.enrolled(before(anchor, 154))
    member.visit(before(anchor, 230))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "not_assessable",
            "insufficient_enrollment",
            "trial_only",
            paid="10050.00",
            notes=(
                "device_history_unknown",
                "drugs_not_visible",
                "follow_up_incomplete",
                "no_psychological_evaluation",
            ),
        )
    )


@planted("S-HOLD-03")
def drugs_paid_elsewhere(member: Member) -> None:
    """Exercise is adequate and one group more would do; drugs are paid by another plan, so medicine is unknown."""
    anchor = date(2025, 8, 4)
    member.enrolled(drugs="N")
    member.worked_up(anchor)
    member.exercised(anchor)
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "not_assessable",
            "medication_unknown",
            "permanent_only",
            paid="29990.00",
            notes=("drugs_not_visible", "follow_up_incomplete", "no_trial_found"),
        )
    )

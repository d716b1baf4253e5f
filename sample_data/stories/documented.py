"""Members whose failure of conservative care is documented as the rule asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import Expected, after, before
from sample_data.story import planted

if TYPE_CHECKING:
    from sample_data.member import Member


@planted("S-DOC-01")
def exercise_and_medicine_failed(member: Member) -> None:
    """Signed statements say that exercise and an anti-inflammatory failed: two groups, exercise among them."""
    anchor = date(2024, 4, 22)
    labels_first = ("G894", "M5450")
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.medicated(anchor)
    member.documented(
        "physical therapy",
        "no benefit",
        before(anchor, 14),
        start=before(anchor, 210),
        end=before(anchor, 133),
        visits="12",
    )
    member.documented(
        "nsaid", "inadequate benefit", before(anchor, 14), start=before(anchor, 120), end=before(anchor, 61)
    )
    member.trial(anchor, labels_first)
    member.permanent(after(anchor, 42), labels_first)
    member.expect(
        Expected(
            anchor,
            "documented",
            "failure_documented",
            "trial_then_permanent",
            paid="40040.00",
            notes=("evidence_review",),
        )
    )


@planted("S-DOC-02", "medicaid")
def intolerance_and_contraindication(member: Member) -> None:
    """Exercise was not tolerated and NSAIDs are contraindicated (which needs no course): documented without claims."""
    anchor = date(2025, 11, 18)
    member.enrolled()
    member.worked_up(anchor)
    member.documented("exercise therapy", "intolerance", before(anchor, 21), start=before(anchor, 150), visits="8")
    member.documented("nsaid", "contraindicated", before(anchor, 21))
    member.documented("acupuncture", "refused", before(anchor, 21))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "documented",
            "failure_documented",
            "trial_only",
            paid="10050.00",
            notes=("evidence_review", "follow_up_incomplete"),
        )
    )


@planted("S-DOC-03", "medicaid")
def statements_of_the_day_itself(member: Member) -> None:
    """Statements dated on the anchor day are in time, and then four months of enrolment are enough."""
    anchor = date(2025, 10, 28)
    member.enrolled(before(anchor, 120))
    member.visit(before(anchor, 100))
    member.documented("exercise", "no benefit", anchor, start=before(anchor, 110), end=before(anchor, 60))
    member.documented("spinal manipulation", "no benefit", anchor, start=before(anchor, 100), visits="7")
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "documented",
            "failure_documented",
            "permanent_only",
            paid="29990.00",
            notes=(
                "device_history_unknown",
                "drugs_not_visible",
                "evidence_review",
                "follow_up_incomplete",
                "no_psychological_evaluation",
                "no_trial_found",
            ),
        )
    )

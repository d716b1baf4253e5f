"""Members flagged because care was too short, or long enough without a word that it failed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import (
    ACETAMINOPHEN_BY_NAME,
    DULOXETINE_BY_BRAND,
    DULOXETINE_BY_NDC,
    IBUPROFEN,
    NAPROXEN_BY_ATC,
    Expected,
    Line,
    after,
    before,
    every,
)
from sample_data.story import planted

if TYPE_CHECKING:
    from sample_data.member import Member


@planted("S-SHORT-01")
def three_visits_and_one_drug(member: Member) -> None:
    """Three exercise dates and one drug class: something counts, no group is adequate."""
    anchor = date(2025, 4, 28)
    member.enrolled()
    member.worked_up(anchor, psychological=False)
    member.therapy(every(7, first=before(anchor, 70), times=3))
    member.fill(before(anchor, 50), IBUPROFEN)
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "conservative_care_too_short",
            "permanent_only",
            paid="29990.00",
            notes=("follow_up_incomplete", "no_psychological_evaluation", "no_trial_found"),
        )
    )


@planted("S-SHORT-02")
def course_broken_in_two(member: Member) -> None:
    """Eight exercise dates with 40 days between the fourth and the fifth are two courses of four: six are asked for."""
    anchor = date(2025, 3, 4)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy(every(7, first=before(anchor, 200), times=4))
    member.therapy(every(7, first=before(anchor, 139), times=4))
    member.medicated(anchor)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "conservative_care_too_short",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-SHORT-03")
def all_care_in_three_months(member: Member) -> None:
    """Exercise and medicine are each adequate, but first and last service lie 69 days apart: 182 are asked for."""
    anchor = date(2025, 5, 6)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy(every(7, first=before(anchor, 100), times=8))
    member.fill(before(anchor, 80), NAPROXEN_BY_ATC)
    member.fill(before(anchor, 60), DULOXETINE_BY_NDC)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "conservative_care_too_short",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-SHORT-04")
def fill_taken_back(member: Member) -> None:
    """One of the two drug classes was returned to the pharmacy: its net days are nought, one class is not enough."""
    anchor = date(2025, 6, 17)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.fill(before(anchor, 150), IBUPROFEN)
    member.fill(before(anchor, 150), IBUPROFEN, -30, status="reversed")
    member.fill(before(anchor, 60), DULOXETINE_BY_BRAND)
    member.fill(before(anchor, 30), DULOXETINE_BY_BRAND)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "conservative_care_too_short",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-SHORT-05", "medicaid")
def one_visit(member: Member) -> None:
    """One exercise visit is too short by the default policy (a Medicare policy would ask for its failure instead)."""
    anchor = date(2024, 5, 14)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy([before(anchor, 80)])
    member.trial(anchor)
    member.expect(
        Expected(anchor, "flagged", "conservative_care_too_short", "trial_only", paid="10050.00"),
    )


@planted("S-SHORT-06")
def failures_without_exercise(member: Member) -> None:
    """Two groups failed by statement, but exercise is not among them and was never tried: partly documented."""
    anchor = date(2025, 9, 9)
    member.enrolled()
    member.worked_up(anchor)
    member.documented("cbt", "no_benefit", before(anchor, 15), start=before(anchor, 300), visits="8")
    member.documented("duloxetine", "intolerance", before(anchor, 15), start=before(anchor, 90), end=before(anchor, 60))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "conservative_care_too_short",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "partial_failure_documentation"),
        )
    )


@planted("S-SHORT-07")
def aborted_then_done(member: Member) -> None:
    """A trial broken off (modifiers 53 and 73) is set aside; the implant six weeks later is judged on its own."""
    aborted = date(2025, 2, 3)
    anchor = date(2025, 3, 17)
    member.enrolled()
    member.worked_up(aborted)
    member.therapy(every(7, first=before(aborted, 60), times=4))
    member.professional(aborted, [Line("63650", "310", modifiers=("53",))])
    member.outpatient(aborted, [Line("63650", "2100", revenue="0360", modifiers=("73",))])
    member.permanent(anchor)
    member.expect(
        Expected(
            aborted, "excluded", "procedure_aborted", "trial_only", paid="2410.00", exclusions=("procedure_aborted",)
        )
    )
    member.expect(
        Expected(
            anchor,
            "flagged",
            "conservative_care_too_short",
            "permanent_only",
            paid="29990.00",
            notes=("follow_up_incomplete", "no_trial_found"),
        )
    )


@planted("S-FAIL-01")
def care_without_a_word_of_failure(member: Member) -> None:
    """Exercise and two drug classes over seven months are adequate; nothing says that they failed."""
    anchor = date(2024, 5, 6)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.medicated(anchor)
    member.trial(anchor)
    member.permanent(after(anchor, 35))
    member.expect(
        Expected(anchor, "flagged", "failure_not_documented", "trial_then_permanent", paid="40040.00"),
    )


@planted("S-FAIL-02", "medicaid")
def one_failure_and_one_too_old(member: Member) -> None:
    """Exercise failed by statement; the statement on medicine is 731 days old, a day too many: one group only."""
    anchor = date(2025, 8, 12)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.medicated(anchor)
    member.documented(
        "physical therapy", "no benefit", before(anchor, 14), start=before(anchor, 210), end=before(anchor, 133)
    )
    member.documented("nsaid", "no benefit", before(anchor, 731), start=before(anchor, 790), end=before(anchor, 740))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "failure_not_documented",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "partial_failure_documentation"),
        )
    )


@planted("S-FAIL-03")
def manipulation_as_second_group(member: Member) -> None:
    """Exercise, then six chiropractic dates within 84 days, 200 days in all: adequate without any drug."""
    anchor = date(2025, 10, 14)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.therapy(every(14, first=before(anchor, 80), times=6), ("M5450", "M9903"), code="98941", units="1")
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "failure_not_documented",
            "permanent_only",
            paid="29990.00",
            notes=("follow_up_incomplete", "no_trial_found"),
        )
    )


@planted("S-FAIL-04", "medicaid")
def programme_and_counselling(member: Member) -> None:
    """Hospital exercise, a 24-hour programme and five counselling dates: three groups, spread over 188 days."""
    anchor = date(2026, 1, 20)
    member.enrolled()
    member.worked_up(anchor, psychological=False)
    for day in every(7, first=before(anchor, 240), times=9):
        member.outpatient(day, [Line(paid="88", revenue="420")])
    member.therapy(every(1, first=before(anchor, 150), times=3), code="97545", units="4")
    member.therapy(every(14, first=before(anchor, 108), times=5), ("F4542", "M5450"), code="90834", units="1")
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "failure_not_documented",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "no_psychological_evaluation"),
        )
    )


@planted("S-FAIL-05")
def drugs_named_in_words(member: Member) -> None:
    """Drugs known by name and by brand number only are still two classes; with exercise the care is adequate."""
    anchor = date(2026, 3, 10)
    member.enrolled()
    member.worked_up(anchor)
    member.exercised(anchor)
    member.fill(before(anchor, 90), ACETAMINOPHEN_BY_NAME)
    member.fill(before(anchor, 40), DULOXETINE_BY_BRAND)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "failure_not_documented",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )

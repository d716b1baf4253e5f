"""Members taken off the list, one for each reason, and one for whom several hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import Expected, Line, after, before
from sample_data.story import planted

if TYPE_CHECKING:
    from sample_data.member import Member


@planted("S-EXCL-01")
def trial_broken_off(member: Member) -> None:
    """Every index line carries a modifier of a procedure broken off (53 and 74): no implant took place."""
    anchor = date(2025, 4, 15)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("63650", "290", modifiers=("53",))])
    member.outpatient(anchor, [Line("63650", "3900", revenue="0360", modifiers=("59", "74"))])
    member.expect(
        Expected(
            anchor, "excluded", "procedure_aborted", "trial_only", paid="4190.00", exclusions=("procedure_aborted",)
        )
    )


@planted("S-EXCL-02", "medicare_ffs")
def generator_alone(member: Member) -> None:
    """A generator without any lead on the event's claims and without a trial before it is an exchange."""
    anchor = date(2025, 5, 27)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("63685", "640")])
    member.outpatient(anchor, [Line("63685", "24100", revenue="0360"), Line("C1767", revenue="0278")])
    member.expect(
        Expected(
            anchor,
            "excluded",
            "not_initial_implant",
            "permanent_only",
            paid="24740.00",
            exclusions=("not_initial_implant",),
        )
    )


@planted("S-EXCL-03")
def second_implant_within_two_years(member: Member) -> None:
    """The first implant is flagged; the second, 16 months later, is a replacement and marks the first as revised."""
    trial = date(2023, 12, 4)
    first = date(2024, 1, 15)
    second = date(2025, 5, 12)
    member.enrolled()
    member.worked_up(trial)
    member.trial(trial)
    member.permanent(first)
    member.professional(second, [Line("63650", "850"), Line("63685", "640"), Line("63688", "400")])
    member.outpatient(second, [Line("63685", "26000", revenue="0360")])
    member.expect(
        Expected(
            trial,
            "flagged",
            "no_conservative_care_found",
            "trial_then_permanent",
            paid="40040.00",
            notes=("revision_within_24_months",),
        )
    )
    member.expect(
        Expected(
            second,
            "excluded",
            "not_initial_implant",
            "permanent_only",
            paid="27890.00",
            exclusions=("not_initial_implant",),
        )
    )


@planted("S-EXCL-04")
def failed_back_surgery(member: Member) -> None:
    """The billed diagnosis is postlaminectomy syndrome and no low back pain: another question than ours."""
    anchor = date(2025, 6, 10)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor, ("M961",))
    member.permanent(after(anchor, 30), ("M961", "M5450"))
    member.expect(
        Expected(
            anchor,
            "excluded",
            "not_low_back_pain",
            "trial_then_permanent",
            paid="40040.00",
            exclusions=("not_low_back_pain",),
        )
    )


@planted("S-EXCL-05")
def infection_of_the_spine(member: Member) -> None:
    """A discitis 40 days before the trial is a red flag within 90 days: a matter for urgent review, not for ours."""
    anchor = date(2025, 7, 15)
    member.enrolled()
    member.worked_up(anchor)
    member.visit(before(anchor, 40), ("M4646",), code="99214")
    member.trial(anchor)
    member.expect(Expected(anchor, "excluded", "red_flag", "trial_only", paid="10050.00", exclusions=("red_flag",)))


@planted("S-EXCL-06", "medicare_advantage")
def retention_with_back_pain(member: Member) -> None:
    """Urinary retention on a claim with back pain 10 days before the implant may be a cauda equina: a red flag."""
    anchor = date(2025, 9, 2)
    member.enrolled()
    member.worked_up(anchor)
    member.visit(before(anchor, 10), ("R339", "M5450"), code="99284")
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "excluded",
            "red_flag",
            "permanent_only",
            paid="29990.00",
            exclusions=("red_flag",),
            notes=("no_trial_found",),
        )
    )


@planted("S-EXCL-07")
def regional_pain_syndrome(member: Member) -> None:
    """Low back pain is billed, yet a supported indication (regional pain syndrome) stands third on the claim."""
    anchor = date(2025, 8, 26)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor, ("M5450", "I10", "G90.521"))
    member.expect(
        Expected(
            anchor, "excluded", "other_indication", "trial_only", paid="10050.00", exclusions=("other_indication",)
        )
    )


@planted("S-EXCL-08", "medicare_ffs")
def research_participant(member: Member) -> None:
    """Trial diagnosis, modifier Q0 and an eight-digit trial number stand together: care in a clinical trial."""
    anchor = date(2025, 10, 7)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(
        anchor, [Line("63650", "850", modifiers=("Q0",))], ("M5450", "Z006"), clinical_trial_number="NCT00000000"
    )
    member.outpatient(anchor, [Line("63650", "9200", revenue="0360")], ("M5450", "Z006"), condition_codes="30")
    member.expect(
        Expected(anchor, "excluded", "clinical_trial", "trial_only", paid="10050.00", exclusions=("clinical_trial",))
    )


@planted("S-EXCL-09", "medicare_advantage")
def authorized_by_code(member: Member) -> None:
    """The index code was approved in advance, and the anchor is the last day of the authorization."""
    anchor = date(2025, 11, 11)
    member.enrolled()
    member.worked_up(anchor)
    member.authorized("approved", before(anchor, 60), anchor, "63650")
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "excluded",
            "prior_authorization_approved",
            "trial_only",
            paid="10050.00",
            exclusions=("prior_authorization_approved",),
        )
    )


@planted("S-EXCL-10")
def authorized_by_number(member: Member) -> None:
    """The authorization names a device code, yet its number stands on the implant's claims: it is about them."""
    anchor = date(2026, 1, 13)
    member.enrolled()
    member.worked_up(anchor)
    number = member.authorized("partially approved", before(anchor, 20), None, "L8680")
    member.permanent(anchor, prior_authorization_number=number)
    member.expect(
        Expected(
            anchor,
            "excluded",
            "prior_authorization_approved",
            "permanent_only",
            paid="29990.00",
            exclusions=("prior_authorization_approved",),
            notes=("no_trial_found",),
        )
    )


@planted("S-EXCL-11", "medicare_advantage")
def several_reasons(member: Member) -> None:
    """A generator exchange after a vertebral fracture, authorized: three reasons hold, the first gives the reason."""
    anchor = date(2026, 3, 24)
    member.enrolled()
    member.worked_up(anchor)
    member.visit(before(anchor, 70), ("S32010A",), code="99284")
    member.authorized("approved", before(anchor, 30), after(anchor, 60))
    member.professional(anchor, [Line("63685", "640")])
    member.outpatient(anchor, [Line("63685", "24100", revenue="0360")])
    member.expect(
        Expected(
            anchor,
            "excluded",
            "not_initial_implant",
            "permanent_only",
            paid="24740.00",
            exclusions=("not_initial_implant", "red_flag", "prior_authorization_approved"),
        )
    )


@planted("S-EXCL-12")
def device_checked_before(member: Member) -> None:
    """A device was checked (Z45.42) a year before this new lead and generator: the member had one already."""
    anchor = date(2025, 12, 16)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(before(anchor, 365), [Line("95971", "74.10")], ("Z4542",))
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "excluded",
            "not_initial_implant",
            "permanent_only",
            paid="29990.00",
            exclusions=("not_initial_implant",),
        )
    )

"""Members whose claims were corrected, voided, reversed, denied or delivered again: what counts is the final state."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import Expected, Line, after
from sample_data.story import planted

if TYPE_CHECKING:
    from sample_data.member import Member


def no_care(anchor: date, paid: str) -> Expected:
    """A trial after office visits only, whose follow-up is not over yet: what these stories come to."""
    return Expected(
        anchor,
        "flagged",
        "no_conservative_care_found",
        "trial_only",
        paid=paid,
        notes=("follow_up_incomplete",),
    )


@planted("S-FINAL-01")
def hospital_claim_replaced_twice(member: Member) -> None:
    """The hospital's claim was replaced, and its replacement replaced again: only the last 8,900 dollars count."""
    anchor = date(2025, 3, 18)
    member.enrolled()
    member.worked_up(anchor)
    _, first = member.trial(anchor)
    second = member.outpatient(
        anchor,
        [Line("63650", "8700", revenue="0360")],
        frequency="7",
        original=first,
        paid_on=after(anchor, 45),
    )
    member.outpatient(
        anchor,
        [Line("63650", "8900", revenue="0360")],
        frequency="7",
        original=second,
        paid_on=after(anchor, 70),
    )
    member.expect(no_care(anchor, "9750.00"))


@planted("S-FINAL-02")
def surgeon_billed_twice(member: Member) -> None:
    """The surgeon billed the same lead twice and voided the second claim: it does not count, nor does the void."""
    anchor = date(2025, 4, 8)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor)
    twice = member.professional(anchor, [Line("63650", "850")])
    member.professional(anchor, [Line("63650", "-850")], frequency="8", original=twice, paid_on=after(anchor, 50))
    member.expect(no_care(anchor, "10050.00"))


@planted("S-FINAL-03")
def line_delivered_again(member: Member) -> None:
    """The surgeon's line came again with a later payment date and 50 dollars more: the later version counts."""
    anchor = date(2025, 5, 19)
    member.enrolled()
    member.worked_up(anchor)
    surgeon, _ = member.trial(anchor)
    member.professional(anchor, [Line("63650", "900")], claim_id=surgeon, paid_on=after(anchor, 64))
    member.expect(no_care(anchor, "10100.00"))


@planted("S-FINAL-04")
def denied_then_billed_anew(member: Member) -> None:
    """The first hospital claim was denied and billed anew under another id: only the paid one counts."""
    anchor = date(2025, 9, 16)
    member.enrolled()
    member.worked_up(anchor)
    member.outpatient(anchor, [Line("63650", revenue="0360", status="denied")])
    member.professional(anchor, [Line("63650", "850")])
    member.outpatient(anchor, [Line("63650", "9050", revenue="0360")], paid_on=after(anchor, 60))
    member.expect(no_care(anchor, "9900.00"))


@planted("S-FINAL-05")
def replacement_of_a_claim_never_seen(member: Member) -> None:
    """The hospital's claim replaces one that is not in the data: it stands alone."""
    anchor = date(2025, 10, 13)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("63650", "850")])
    member.outpatient(anchor, [Line("63650", "9400", revenue="0360")], frequency="7", original="S-FINAL-05-NEVER-SEEN")
    member.expect(no_care(anchor, "10250.00"))


@planted("S-FINAL-06")
def pending_replacement(member: Member) -> None:
    """A replacement that is still pending leaves the paid claim in force and is not part of the episode."""
    anchor = date(2026, 4, 21)
    member.enrolled()
    member.worked_up(anchor)
    _, hospital = member.trial(anchor)
    member.outpatient(anchor, [Line("63650", revenue="0360", status="pending")], frequency="7", original=hospital)
    member.expect(no_care(anchor, "10050.00"))


@planted("S-NOT-01")
def implant_claim_voided(member: Member) -> None:
    """The only implant claim was voided: there is no index line, hence no episode."""
    day = date(2025, 2, 18)
    member.enrolled()
    member.worked_up(day)
    surgeon = member.professional(day, [Line("63650", "850")])
    member.professional(day, [Line("63650", "-850")], frequency="8", original=surgeon, paid_on=after(day, 33))


@planted("S-NOT-02")
def implant_claim_taken_back(member: Member) -> None:
    """The claim's last version is negative: the payment was taken back, the claim is reversed whole."""
    day = date(2025, 3, 11)
    member.enrolled()
    member.worked_up(day)
    surgeon = member.professional(day, [Line("63650", "850"), Line("63685", "640")])
    member.professional(day, [Line("63650", "-850"), Line("63685", "-640")], claim_id=surgeon, paid_on=after(day, 80))


@planted("S-NOT-03", "medicaid")
def implant_claim_denied(member: Member) -> None:
    """Both implant claims were denied or reversed, and never paid: no episode."""
    day = date(2025, 7, 1)
    member.enrolled()
    member.worked_up(day)
    member.professional(day, [Line("63650", status="denied")])
    member.outpatient(day, [Line("63650", "9200", revenue="0360", status="reversed")])


@planted("S-NOT-04")
def bladder_stimulator(member: Member) -> None:
    """A sacral lead is out of scope, and its generator opens an event only for low back pain: no episode."""
    day = date(2025, 8, 18)
    member.enrolled()
    member.visit(day, ("N3941",))
    member.professional(day, [Line("64561", "540")], ("N3941",))
    member.professional(after(day, 14), [Line("64590", "560")], ("N3941",))
    member.outpatient(after(day, 14), [Line("64590", "17800", revenue="0360")], ("N3941",))


@planted("S-NOT-05", "medicaid")
def stimulator_of_old(member: Member) -> None:
    """A stimulator put in before our data begins is only programmed now: programming opens no event."""
    member.enrolled()
    for day in (date(2024, 2, 6), date(2024, 8, 13), date(2025, 2, 11)):
        member.professional(day, [Line("95972", "118.20")], ("Z4542", "M5450"))

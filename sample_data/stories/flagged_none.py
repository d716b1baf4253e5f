"""Members flagged because the look-back holds no care that counts, one story for each way this comes about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sample_data.member import (
    CYCLOBENZAPRINE,
    DICLOFENAC_GEL,
    IBUPROFEN,
    SUPPLIER_NPI,
    Expected,
    Line,
    after,
    before,
    every,
)
from sample_data.story import planted

if TYPE_CHECKING:
    from sample_data.member import Member


@planted("S-NONE-01")
def office_visits_only(member: Member) -> None:
    """Trial and implant 35 days apart after office visits only: a visit is no conservative care."""
    anchor = date(2025, 3, 10)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor)
    member.professional(after(anchor, 7), [Line("63661", "210")])
    member.permanent(after(anchor, 35))
    member.professional(after(anchor, 49), [Line("95972", "118.20")])
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_then_permanent",
            paid="40040.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-02", "medicaid")
def care_on_the_day_itself(member: Member) -> None:
    """Exercise and a fill on the anchor day are not prior care, so nothing counts before the trial."""
    anchor = date(2024, 6, 30)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy([anchor])
    member.fill(anchor, IBUPROFEN)
    member.trial(anchor)
    member.expect(
        Expected(anchor, "flagged", "no_conservative_care_found", "trial_only", paid="10050.00"),
    )


@planted("S-NONE-03")
def injections_and_hot_packs(member: Member) -> None:
    """A paddle lead after an epidural and passive therapy only: invasive and passive care do not count."""
    anchor = date(2025, 2, 4)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(before(anchor, 110), [Line("62323", "240")])
    member.therapy(every(7, first=before(anchor, 90), times=3), code="97010")
    member.professional(anchor, [Line("63655", "1150")])
    member.outpatient(anchor, [Line("63655", "14300", revenue="0360"), Line("C1778", revenue="0278")])
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="15450.00",
            notes=("follow_up_incomplete", "only_passive_or_invasive_care", "paddle_lead_without_generator"),
        )
    )


@planted("S-NONE-04")
def care_too_long_ago(member: Member) -> None:
    """A full exercise course ended 400 days before the anchor: before the look-back, so only a note."""
    anchor = date(2025, 9, 15)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy(every(7, first=before(anchor, 477), times=12))
    member.permanent(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "permanent_only",
            paid="29990.00",
            notes=("care_before_look_back", "follow_up_incomplete", "no_trial_found"),
        )
    )


@planted("S-NONE-05")
def earlier_back_surgery(member: Member) -> None:
    """A lumbar discectomy 500 days before suggests a missed postsurgical diagnosis: likely miscoded, still flagged."""
    anchor = date(2025, 5, 12)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(before(anchor, 500), [Line("63030", "1320")], ("M5126",))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "likely_miscoded"),
        )
    )


@planted("S-NONE-06")
def radiculopathy_stands_beside(member: Member) -> None:
    """Low back pain is billed while a radiculopathy stands second on the claim: flagged, with the conflict noted."""
    anchor = date(2025, 6, 3)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor, ("M54.50", "M54.16"))
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "specificity_conflict"),
        )
    )


@planted("S-NONE-07")
def retired_diagnosis_code(member: Member) -> None:
    """M54.5 was retired on 2021-09-30 and is billed in 2025: it still matches, and the episode says so."""
    anchor = date(2025, 1, 21)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor, ("M54.5",))
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("diagnosis_code_not_valid_on_date", "follow_up_incomplete"),
        )
    )


@planted("S-NONE-08")
def pain_new_this_spring(member: Member) -> None:
    """The first back diagnosis is 60 days old at the trial: not chronic, and no care that counts."""
    anchor = date(2025, 7, 8)
    member.enrolled()
    member.visit(before(anchor, 60))
    member.visit(before(anchor, 20))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "no_psychological_evaluation", "not_chronic"),
        )
    )


@planted("S-NONE-09")
def lead_moved_and_revised(member: Member) -> None:
    """A displaced lead is revised seven months after the implant: harm within 24 months, noted on the flag."""
    anchor = date(2024, 1, 16)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor)
    member.permanent(after(anchor, 28))
    member.professional(after(anchor, 240), [Line("63663", "980")], ("T85122A", "M5450"))
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_then_permanent",
            paid="40040.00",
            notes=("complication_within_24_months", "revision_within_24_months"),
        )
    )


@planted("S-NONE-10")
def one_trial_marker_of_three(member: Member) -> None:
    """Modifier Q0 without a trial diagnosis or number does not make a clinical trial: flagged, marker noted."""
    anchor = date(2025, 8, 19)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("63650", "850", modifiers=("Q0",))])
    member.outpatient(anchor, [Line("63650", "9200", revenue="0360")])
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "trial_marker_incomplete"),
        )
    )


@planted("S-NONE-11", "medicaid")
def no_drug_benefit(member: Member) -> None:
    """Drugs cannot be seen, but no drug could make up for the missing exercise course: flagged all the same."""
    anchor = date(2025, 4, 1)
    member.enrolled(drugs="false")
    member.worked_up(anchor)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("drugs_not_visible", "follow_up_incomplete"),
        )
    )


@planted("S-NONE-12")
def enrolled_for_fourteen_months(member: Member) -> None:
    """Fourteen months of enrolment cover the look-back but not the two years of device history: a note."""
    anchor = date(2025, 10, 6)
    member.enrolled(before(anchor, 425))
    member.worked_up(anchor)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("device_history_unknown", "follow_up_incomplete"),
        )
    )


@planted("S-NONE-13")
def hospital_claim_still_pending(member: Member) -> None:
    """The hospital's claim is pending, so there is still time before payment: pre-pay, and only 850 dollars paid."""
    anchor = date(2026, 6, 15)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("63650", "850")], paid_on=date(2026, 6, 29))
    member.outpatient(anchor, [Line("63650", revenue="0360", status="pending")])
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="850.00",
            notes=("follow_up_incomplete", "pending_claims"),
            stage="pre_pay",
        )
    )


@planted("S-NONE-14")
def care_that_does_not_count(member: Member) -> None:
    """Evaluations, exercise for a knee, a muscle relaxant and a gel are looked at, and none of them counts."""
    anchor = date(2025, 11, 4)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy([before(anchor, 160)], code="97161", units="1")
    member.therapy(every(7, first=before(anchor, 150), times=8), ("M1711",))
    member.fill(before(anchor, 100), CYCLOBENZAPRINE)
    member.fill(before(anchor, 90), DICLOFENAC_GEL)
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-15")
def denied_care(member: Member) -> None:
    """Twelve denied exercise claims and a denied fill are no evidence that care took place."""
    anchor = date(2025, 12, 2)
    member.enrolled()
    member.worked_up(anchor)
    member.therapy(every(7, first=before(anchor, 210), times=12), status="denied")
    member.fill(before(anchor, 100), IBUPROFEN, status="denied")
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-16")
def refused_is_not_failed(member: Member) -> None:
    """Statements say exercise was refused and medicine cost too much: neither is failure, nothing was tried."""
    anchor = date(2025, 9, 30)
    member.enrolled()
    member.worked_up(anchor)
    member.documented("physical therapy", "refused", before(anchor, 20), start=before(anchor, 60), visits="1")
    member.documented("nsaid", "cost", before(anchor, 20), start=before(anchor, 60), end=before(anchor, 40))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-17")
def symptom_too_old(member: Member) -> None:
    """Urinary retention 45 days before the trial lies outside the 30 days of a red-flag symptom: not excluded."""
    anchor = date(2025, 10, 21)
    member.enrolled()
    member.worked_up(anchor)
    member.visit(before(anchor, 45), ("M5450", "R339"))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-18", "medicaid")
def authorization_run_out(member: Member) -> None:
    """One authorization ended the day before the anchor and the other was denied: none was in force."""
    anchor = date(2025, 8, 5)
    member.enrolled()
    member.worked_up(anchor)
    member.authorized("approved", before(anchor, 91), before(anchor, 1), "63650", number="1")
    member.authorized("denied", before(anchor, 10), after(anchor, 80), "63650", number="2")
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-19")
def two_trials_one_implant(member: Member) -> None:
    """Two trials 21 days apart lead to one implant: both link to it, so all three are one episode."""
    anchor = date(2025, 1, 13)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor)
    member.trial(after(anchor, 21))
    member.permanent(after(anchor, 60))
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_then_permanent",
            paid="50090.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-20")
def trial_too_far_from_implant(member: Member) -> None:
    """The implant follows the trial after 121 days, one more than the link allows: two episodes."""
    anchor = date(2025, 2, 10)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor)
    member.permanent(after(anchor, 121))
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete",),
        )
    )
    member.expect(
        Expected(
            date(2025, 6, 11),
            "flagged",
            "no_conservative_care_found",
            "permanent_only",
            paid="29990.00",
            notes=("follow_up_incomplete", "no_trial_found"),
        )
    )


@planted("S-NONE-21")
def peripheral_nerve_in_two_stages(member: Member) -> None:
    """A peripheral nerve lead, then its generator 40 days later: the generator opens an event for low back pain."""
    anchor = date(2024, 4, 9)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("64555", "720")], ("M5459",))
    member.outpatient(anchor, [Line("64555", "6100", revenue="0360")], ("M5459",))
    member.professional(after(anchor, 40), [Line("64590", "560")], ("M5459",))
    member.outpatient(after(anchor, 40), [Line("64590", "18400", revenue="0360")], ("M5459",))
    member.expect(
        Expected(anchor, "flagged", "no_conservative_care_found", "trial_then_permanent", paid="25780.00"),
    )


@planted("S-NONE-22")
def one_piece_system(member: Member) -> None:
    """A one-piece nerve stimulator is lead and generator at once: permanent, with no trial in the data."""
    anchor = date(2025, 3, 25)
    member.enrolled()
    member.worked_up(anchor)
    member.professional(anchor, [Line("64596", "700")], ("M549",))
    member.outpatient(anchor, [Line("64596", "17300", revenue="0360")], ("M549",))
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "permanent_only",
            paid="18000.00",
            notes=("follow_up_incomplete", "no_trial_found"),
        )
    )


@planted("S-NONE-23", "medicaid")
def inpatient_stay_by_procedure_codes(member: Member) -> None:
    """An inpatient stay names lead and generator by ICD-10-PCS codes only: the principal diagnosis is in scope."""
    anchor = date(2025, 5, 20)
    member.enrolled()
    member.worked_up(anchor)
    stay = member.outpatient(
        anchor,
        [Line(paid="31200", revenue="360"), Line(revenue="278"), Line(revenue="120", units="2")],
        ("M5450", "I10"),
        bill_type_code="111",
        end=after(anchor, 2),
    )
    for rank, code in enumerate(("00HU3MZ", "0JH70DZ"), start=1):
        member.add(
            "claim_procedure",
            claim_id=stay,
            procedure_rank=str(rank),
            procedure_code=code,
            procedure_code_type="icd-10-pcs",
            procedure_date=anchor.isoformat(),
        )
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "permanent_only",
            paid="31200.00",
            notes=("follow_up_incomplete", "no_trial_found"),
        )
    )


@planted("S-NONE-24")
def device_company_bills_apart(member: Member) -> None:
    """A supplier's electrodes two days after the trial are a companion claim: its dollars belong to the event."""
    anchor = date(2025, 7, 22)
    member.enrolled()
    member.worked_up(anchor)
    member.trial(anchor)
    member.professional(
        after(anchor, 2), [Line("L8680", "3400", units="16")], place_of_service_code="12", rendering_npi=SUPPLIER_NPI
    )
    member.professional(anchor, [Line("01992", "310")], place_of_service_code="22")
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="13450.00",
            notes=("follow_up_incomplete",),
        )
    )


@planted("S-NONE-25", "medicaid")
def gap_of_45_days(member: Member) -> None:
    """A gap of exactly 45 days in the look-back leaves the enrolment complete, so silence can be judged."""
    anchor = date(2025, 6, 24)
    member.enrolled(end=before(anchor, 201))
    member.enrolled(before(anchor, 155))
    member.visit(before(anchor, 230))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "no_psychological_evaluation"),
        )
    )


@planted("S-NONE-26")
def neuropathy_in_the_history(member: Member) -> None:
    """A painful diabetic neuropathy 400 days before hints at another reason for the device: likely miscoded."""
    anchor = date(2026, 2, 17)
    member.enrolled()
    member.worked_up(anchor)
    member.visit(before(anchor, 400), ("E1142",))
    member.trial(anchor)
    member.expect(
        Expected(
            anchor,
            "flagged",
            "no_conservative_care_found",
            "trial_only",
            paid="10050.00",
            notes=("follow_up_incomplete", "likely_miscoded"),
        )
    )

"""The second opinion by hand: whose rows they are, and which version stands (docs/rule.md 1, 2, 3).

Each clause has a pair, just inside and just outside.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from tests.second_opinion.examples import (
    ENOUGH_CHIROPRACTIC,
    ENOUGH_EXERCISE,
    IMPLANT,
    ORIGINAL,
    SPAN,
    claims_of,
    day,
    episode,
    episodes,
    exercise,
    extracts,
    fill,
    group,
    line,
    outcome,
    seven,
)

if TYPE_CHECKING:
    from tests.second_opinion.examples import Extracts
    from tests.second_opinion.values import Row


# --- Shared claim numbers and member_id on diagnosis and procedure rows (docs/rule.md 1) ------------------


def bare(claim_id: str, offset: int, code: str, **more: str | None) -> Row:
    return line(claim_id, offset, code, diagnosis_code_1="", **more)


def diagnosis(code: str, member_id: str = "", **more: str | None) -> Row:
    made: Row = {"claim_id": "I", "member_id": member_id, "diagnosis_rank": "1", "diagnosis_code": code}
    return made | more


def procedure(code: str, member_id: str = "", **more: str | None) -> Row:
    made: Row = {"claim_id": "S", "member_id": member_id, "procedure_rank": "1", "procedure_code": code}
    return made | more


def numbered(*diagnoses: Row, other: Row | None = None) -> Extracts:
    """A lead on claim I of our member, and a line of the same number of another one."""
    theirs = bare("I", 0, "99213", member_id="N") if other is None else other
    return extracts(implant=[bare("I", 0, "63650"), theirs], claim_diagnosis=list(diagnoses))


def ours(given: Extracts) -> dict[str, object]:
    (row,) = (row for row in episodes(given) if row["member_id"] == "M")
    return row


def test_a_diagnosis_that_names_a_member_is_that_members_alone_shared_or_not() -> None:
    alone = [bare("I", 0, "63650")]
    for member_id, reason in (("M", "no_conservative_care_found"), ("N", "not_low_back_pain"), ("", None)):
        expected = reason or "no_conservative_care_found"
        given = extracts(implant=alone, claim_diagnosis=[diagnosis("M54.50", member_id)])
        assert outcome(given) == expected, member_id


def test_a_diagnosis_of_a_shared_number_that_names_nobody_leaves_the_case_open() -> None:
    row = ours(numbered(diagnosis("M54.50")))
    assert (row["outcome"], row["outcome_reason"]) == ("not_assessable", "claim_number_shared")
    assert (row["exclusion_reasons"], row["diagnosis_class"], row["priority_score"]) == ([], None, None)
    assert (row["next_step"], row["billed_diagnoses"]) == ("data_hold", [])
    assert ours(numbered(diagnosis("M54.50", "M")))["outcome_reason"] == "no_conservative_care_found"


def test_a_number_is_shared_whatever_the_state_of_the_other_line_but_not_by_a_row_set_aside() -> None:
    denied = bare("I", 0, "99213", member_id="N", claim_status="denied")
    aside = bare("I", 0, "99213", member_id="N", claim_type="dental")
    same = bare("I", 0, "99213", claim_line_number="2")
    assert ours(numbered(diagnosis("M54.50"), other=denied))["outcome_reason"] == "claim_number_shared"
    assert ours(numbered(diagnosis("M54.50"), other=aside))["outcome_reason"] == "no_conservative_care_found"
    assert ours(numbered(diagnosis("M54.50"), other=same))["outcome_reason"] == "no_conservative_care_found"


def test_the_members_own_later_row_takes_the_place_of_one_that_names_nobody() -> None:
    unowned, own = diagnosis("M96.1"), diagnosis("M54.50", "M")
    assert ours(numbered(unowned, own))["outcome_reason"] == "no_conservative_care_found"
    assert ours(numbered(own, unowned))["outcome_reason"] == "claim_number_shared"
    assert ours(numbered(unowned, own | {"diagnosis_rank": "2"}))["outcome_reason"] == "claim_number_shared"
    assert ours(numbered(unowned, diagnosis("M54.50", "N")))["outcome_reason"] == "claim_number_shared"


def test_a_row_that_names_nobody_and_has_no_code_says_nothing() -> None:
    own = diagnosis("M54.50", "M")
    assert ours(numbered(own, diagnosis("", diagnosis_rank="2")))["outcome_reason"] == "no_conservative_care_found"
    assert ours(numbered(own, diagnosis("M96.1", diagnosis_rank="2")))["outcome_reason"] == "claim_number_shared"
    assert ours(numbered(diagnosis("M96.1"), diagnosis("")))["outcome_reason"] == "claim_number_shared"


def test_a_diagnosis_in_columns_is_its_lines_members_and_later_than_the_long_row() -> None:
    given = numbered(diagnosis("M96.1"))
    given["medical_claim"][0] |= {"diagnosis_code_1": "M54.50"}
    assert ours(given)["outcome_reason"] == "no_conservative_care_found"
    given["claim_diagnosis"][0] |= {"_file": "zz_claim_diagnosis.csv"}
    assert ours(given)["outcome_reason"] == "claim_number_shared"


def test_another_members_columns_are_not_ours() -> None:
    given = numbered(diagnosis("M54.50", "M"))
    given["medical_claim"][1] |= {"diagnosis_code_1": "C79.51", "diagnosis_code_2": "M96.1"}
    assert ours(given)["billed_diagnoses"] == ["M5450"]


def stay(*procedures: Row, shared: bool) -> Extracts:
    lines = [bare("S", 0, "", claim_type="institutional", diagnosis_code_2="M54.50")]
    lines += [bare("S", 0, "99213", member_id="N")] if shared else []
    return extracts(implant=lines, claim_procedure=list(procedures))


@pytest.mark.parametrize("shared", [True, False])
def test_a_procedure_that_names_nobody_is_of_each_claim_and_one_that_names_a_member_his(shared: bool) -> None:
    members = [row["member_id"] for row in episodes(stay(procedure("00HU3MZ"), shared=shared))]
    assert members == (["M", "N"] if shared else ["M"])
    assert [row["member_id"] for row in episodes(stay(procedure("00HU3MZ", "M"), shared=shared))] == ["M"]
    assert "M" not in [row["member_id"] for row in episodes(stay(procedure("00HU3MZ", "N"), shared=shared))]


def test_the_last_procedure_of_a_rank_stands_among_the_rows_of_ones_claim() -> None:
    lead, nothing = procedure("00HU3MZ"), procedure("0SG0071", "M")
    assert [row["member_id"] for row in episodes(stay(lead, nothing, shared=True))] == ["N"]
    assert [row["member_id"] for row in episodes(stay(nothing, lead, shared=True))] == ["M", "N"]


def test_a_code_that_opens_for_low_back_pain_opens_where_the_diagnosis_is_nobodys() -> None:
    given = numbered(diagnosis("N32.81"))
    given["medical_claim"][0] |= {"hcpcs_code": "64590"}
    assert ours(given)["outcome_reason"] == "claim_number_shared"
    given["claim_diagnosis"] = [diagnosis("N32.81", "M")]
    assert episodes(given) == []


# --- Versions (docs/rule.md 2.2) --------------------------------------------------------------------------


def approval(**more: str | None) -> Row:
    made: Row = {"authorization_id": "P", "member_id": "M", "decision": "approved"}
    return made | more


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([approval(), approval(decision="pended")], "none_found"),
        ([approval(decision="pended"), approval()], "approved"),
        ([approval(hcpcs_code="63650"), approval(hcpcs_code="63655", decision="pended")], "approved"),
        ([approval(hcpcs_code="63650"), approval(decision="pended")], "approved"),
        ([approval(hcpcs_code="63650"), approval(decision="withdrawn")], "none_found"),
        ([approval(hcpcs_code="63650"), approval(decision="denied")], "none_found"),
        ([approval(hcpcs_code="63650"), approval(hcpcs_code="63655", decision="withdrawn")], "approved"),
        ([approval(decision="withdrawn"), approval(hcpcs_code="63650")], "approved"),
        ([approval(hcpcs_code="63650"), approval(decision="denied"), approval(decision="pended")], "none_found"),
        ([approval(), approval(decision="withdrawn", authorization_id="Q")], "approved"),
        ([approval(), approval(decision="withdrawn", member_id="N")], "approved"),
        ([approval(valid_to=day(-1)), approval(valid_to=day(0))], "approved"),
        ([approval(valid_to=day(0)), approval(valid_to=day(-1))], "none_found"),
    ],
)
def test_the_last_row_of_an_authorization_and_code_stands(rows: list[Row], state: str) -> None:
    assert episode(extracts(prior_authorization=rows))["prior_authorization_state"] == state


def days_of(*spans: Row) -> object:
    return episode(extracts(eligibility=list(spans)))["enrolled_days"]


def test_a_span_delivered_again_with_an_end_has_that_end() -> None:
    ended = SPAN | {"enrollment_end_date": day(-300)}
    assert days_of(SPAN, ended) == 66
    assert days_of(ended, SPAN) == 365
    for column in ("line_of_business", "payer", "plan"):
        assert days_of(SPAN, ended | {column: "another"}) == 365, column
    assert days_of(SPAN, ended | {"enrollment_start_date": "2015-01-02"}) == 365


def test_a_span_delivered_again_with_an_end_before_its_start_is_empty() -> None:
    assert days_of(SPAN, SPAN | {"enrollment_end_date": "2014-12-31"}) == 0
    assert days_of(SPAN, SPAN | {"enrollment_end_date": "2015-01-01"}) == 0
    assert days_of(SPAN, SPAN | {"enrollment_end_date": day(-365)}) == 1


def test_all_open_starts_are_equal() -> None:
    since: list[Row] = [{"enrollment_start_date": text} for text in ("1900-01-01", "1989-12-31", "1990-01-01")]
    ended = SPAN | {"enrollment_end_date": day(-300)}
    assert days_of(SPAN | since[0], ended | since[1]) == 66
    assert days_of(SPAN | since[0], ended | since[2]) == 365


def test_a_later_delivery_takes_the_place_of_a_span_that_differs_in_its_benefit_alone() -> None:
    def visible(*benefits: tuple[str, str]) -> object:
        spans = [SPAN | {"has_pharmacy_benefit": said, "_delivery": number} for said, number in benefits]
        return episode(extracts(eligibility=spans))["drugs_visible"]

    assert visible(("true", "1"), ("false", "2")) is False
    assert visible(("true", "1"), ("", "2")) is False
    assert visible(("true", "1"), ("false", "1")) is True
    assert visible(("false", "1"), ("true", "2"), ("false", "2")) is True
    assert visible(("true", "1"), ("false", "2"), ("true", "3")) is True


def test_a_later_span_of_another_benefit_and_another_end_takes_the_place_too() -> None:
    ended = SPAN | {"has_pharmacy_benefit": "false", "enrollment_end_date": day(-300)}
    told = SPAN | {"has_pharmacy_benefit": "true"}
    assert days_of(told | {"_delivery": "1"}, ended | {"_delivery": "2"}) == 66
    assert days_of(told | {"_delivery": "1"}, ended | {"_delivery": "1"}) == 365


def test_procedures_in_columns_of_a_line_are_read() -> None:
    def opened(**columns: str) -> int:
        told = bare("S", 0, "", claim_type="institutional", diagnosis_code_2="M54.50", **columns)
        return len(episodes(extracts(implant=[told])))

    assert opened(procedure_code_1="00HU3MZ", procedure_code_type="icd-10-pcs") == 1
    assert opened(procedure_code_25="00hu3mz", procedure_date_25=day(2)) == 1
    assert opened(procedure_code_1="00HU3MZ", procedure_code_type="icd-9-pcs") == 0
    assert opened(procedure_code_1="00HU3MZ", procedure_date_1="2024-13-01") == 0


def test_procedures_in_columns_are_dated_by_their_column_else_by_the_claim() -> None:
    def anchor(**columns: str | None) -> object:
        told = bare("S", 0, "", claim_type="institutional", diagnosis_code_2="M54.50", procedure_code_2="00HU3MZ")
        return str(episode(extracts(implant=[told | columns]))["anchor_date"])

    assert anchor(procedure_date_2=day(2), procedure_date_1=day(5)) == day(2)
    assert anchor(procedure_date_1=day(5), claim_start_date=day(-1)) == day(-1)


def test_a_rank_named_in_a_row_and_in_columns_is_the_last_delivered() -> None:
    def opened(code: str, *, earlier: bool) -> int:
        told = bare("S", 0, "", claim_type="institutional", diagnosis_code_2="M54.50", procedure_code_1="00HU3MZ")
        row = procedure(code, _file="a.csv" if earlier else "z.csv")
        return len(episodes(extracts(implant=[told], claim_procedure=[row])))

    assert (opened("0SG0071", earlier=True), opened("0SG0071", earlier=False)) == (1, 0)
    assert opened("", earlier=False) == 0


# --- Final state (docs/rule.md 2.3, 2.6, 2.7) ---------------------------------------------------------

FACILITY = line("A", 0, "63650", claim_type="institutional", bill_type_code="0131")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"bill_type_code": "0137"}, ["B"]),
        ({"bill_type_code": "137.0"}, ["B"]),
        ({"bill_type_code": "0137", "claim_frequency_code": "NULL"}, ["B"]),
        ({"bill_type_code": "0137", "claim_frequency_code": "1"}, ["A", "B"]),
        ({"bill_type_code": "0137", "claim_type": "professional"}, ["A", "B"]),
        ({"bill_type_code": "0131"}, ["A", "B"]),
        ({"bill_type_code": "0135"}, ["A", "B"]),
    ],
)
def test_the_last_digit_of_the_bill_type_stands_for_a_blank_frequency(changed: Row, expected: list[str]) -> None:
    assert claims_of(FACILITY, FACILITY | {"claim_id": "B", "original_claim_id": "A"} | changed) == [expected]


def test_a_bill_type_that_ends_in_8_voids() -> None:
    void = FACILITY | {"claim_id": "V", "original_claim_id": "A", "bill_type_code": "0138"}
    assert claims_of(FACILITY, void) == []
    assert claims_of(FACILITY, void | {"claim_type": "professional"}) == [["A", "V"]]


def total(claim_line_number: str | None = "9", **more: str | None) -> Row:
    made = line("A", 0, "", claim_type="institutional", revenue_center_code="0001")
    return made | {"claim_line_number": claim_line_number} | more


@pytest.mark.parametrize(
    ("changed", "paid"),
    [
        ({}, "100"),
        ({"revenue_center_code": "1"}, "100"),
        ({"revenue_center_code": "1.0", "hcpcs_code": "00000"}, "100"),
        ({"revenue_center_code": "0002"}, "200"),
        ({"hcpcs_code": "99213"}, "200"),
        ({"claim_type": "professional"}, "200"),
    ],
)
def test_a_total_line_brings_no_dollars(changed: Row, paid: str) -> None:
    assert episode(extracts(implant=[FACILITY, total(**changed)]))["paid_amount"] == Decimal(paid)


def test_a_claim_of_total_lines_alone_keeps_the_first_by_number() -> None:
    stay_lines = [total("10", paid_amount="7"), total("9", paid_amount="5")]
    given = extracts(implant=stay_lines, claim_procedure=[procedure("00HU3MZ", claim_id="A")])
    assert episode(given)["paid_amount"] == Decimal(5)
    given = extracts(
        implant=[*stay_lines, total("11", revenue_center_code="0360", paid_amount="3")],
        claim_procedure=[procedure("00HU3MZ", claim_id="A")],
    )
    assert episode(given)["paid_amount"] == Decimal(3)


def test_total_lines_are_left_out_of_replacements_and_of_the_sum_that_reverses() -> None:
    held = FACILITY | {"claim_id": "B", "original_claim_id": "A", "claim_frequency_code": "7"}
    pending = held | {"claim_status": "pending"}
    paid_total = held | {"hcpcs_code": "", "revenue_center_code": "0001", "claim_line_number": "2"}
    assert claims_of(FACILITY, pending, paid_total) == [["A"]]
    assert claims_of(FACILITY, pending, paid_total | {"revenue_center_code": "0002"}) == [["B"]]
    assert claims_of(FACILITY, total(paid_amount="-100")) == [["A"]]
    assert claims_of(FACILITY, total(paid_amount="-100", revenue_center_code="0002")) == []


def test_a_diagnosis_in_the_columns_of_a_total_line_is_read() -> None:
    given = extracts(implant=[FACILITY | {"diagnosis_code_1": ""}, total()])
    assert episode(given)["billed_diagnoses"] == ["M5450"]


def therapy(*more: Row) -> object:
    """Counting lines of exercise on one claim beside a visit, so that the claim is not reversed whole."""
    visit = line("X", -50, "99213", claim_line_number="1", paid_amount="500")
    return group(extracts(visit, *more), "exercise")["service_count"]


def treated(number: int, amount: str = "100", offset: int = -50, **more: str | None) -> Row:
    made = line("X", offset, "97110", claim_line_number=str(number), paid_amount=amount, service_unit_quantity="1")
    return made | more


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([treated(2)], 1),
        ([treated(2), treated(3, "-100")], 0),
        ([treated(3), treated(2, "-100")], 0),
        ([treated(2), treated(3, "-99")], 1),
        ([treated(2), treated(3, "-100", claim_line_start_date=day(-49))], 1),
        ([treated(2), treated(3, "-100", hcpcs_code="97112")], 1),
        ([treated(2), treated(3, "-100", revenue_center_code="0420")], 1),
        ([treated(2), treated(3, "-100", claim_id="Y"), line("Y", -50, "99213", claim_line_number="1")], 1),
        ([treated(2), treated(3, "-100", claim_status="denied")], 1),
        ([treated(2, claim_status="denied"), treated(3), treated(4, "-100")], 0),
        ([treated(2), treated(3), treated(4, "-100")], 1),
        ([treated(2), treated(3, "-100"), treated(4, "-100")], 0),
        ([treated(2, "0"), treated(3, "0", service_unit_quantity="-1")], 0),
        ([treated(2, "0"), treated(3, "", service_unit_quantity="-1.0")], 0),
        ([treated(2, "0"), treated(3, "0", service_unit_quantity="-2")], 1),
        ([treated(2, "0"), treated(3, "0", service_unit_quantity="0")], 2),
        ([treated(2, "100"), treated(3, "0", service_unit_quantity="-1")], 1),
        ([treated(2, "100"), treated(3, "100", service_unit_quantity="-1")], 1),
    ],
)
def test_a_credit_takes_out_one_line_of_the_same_service(lines: list[Row], count: int) -> None:
    assert therapy(*lines) == count


def test_a_credit_takes_the_first_line_by_number_not_by_text() -> None:
    implant = [
        line("I", 0, "63650", claim_line_number="10", hcpcs_modifier_1="53"),
        line("I", 0, "63650", claim_line_number="2"),
        line("I", 0, "63650", claim_line_number="11", paid_amount="-100"),
    ]
    assert episode(extracts(implant=implant))["exclusion_reasons"] == ["procedure_aborted"]
    implant[0] |= {"claim_line_number": "1"}
    assert episode(extracts(implant=implant))["exclusion_reasons"] == []


def test_a_credited_implant_opens_nothing_and_its_dollars_stay_with_the_claim() -> None:
    implant = [*IMPLANT, line("I", 0, "63685", claim_line_number="3", paid_amount="-100")]
    row = episode(extracts(implant=implant))
    assert (row["episode_kind"], row["paid_amount"], row["index_codes"]) == ("trial_only", Decimal(100), ["63650"])
    pending = [row | {"claim_status": "pending"} for row in implant[1:]]
    row = episode(extracts(implant=[IMPLANT[0], *pending]))
    assert (row["payment_stage"], row["paid_amount"]) == ("pre_pay", Decimal(100))


def test_a_credited_line_does_not_date_its_claim() -> None:
    flag = line("R", -89, "99213", diagnosis_code_1="C79.51", claim_line_number="1")
    old = line("R", -91, "99214", claim_line_number="2", paid_amount="50", diagnosis_code_1="")
    credit = old | {"claim_line_number": "3", "paid_amount": "-50"}
    assert outcome(extracts(flag, old, credit)) == "red_flag"
    assert outcome(extracts(flag, old, credit | {"paid_amount": "-49"})) == "no_conservative_care_found"


def test_a_claim_credited_whole_keeps_its_diagnoses_on_its_date_and_opens_nothing() -> None:
    held = {"claim_status": "pending", "diagnosis_code_1": "C79.51"}
    gone = [line("R", -90, "99213", **held), line("R", -90, "99213", claim_line_number="2", paid_amount="-100", **held)]
    assert outcome(extracts(*gone)) == "red_flag"
    early = [row | {"claim_line_start_date": day(-91)} for row in gone]
    assert outcome(extracts(*early)) == "no_conservative_care_found"
    stay_lines = [
        bare("S", 0, "", claim_type="institutional", claim_status="pending", diagnosis_code_2="M54.50"),
        bare("S", 0, "", claim_type="institutional", claim_status="pending", claim_line_number="2", paid_amount="-100"),
    ]
    lead = [procedure("00HU3MZ")]
    assert episodes(extracts(implant=stay_lines, claim_procedure=lead)) == []
    assert len(episodes(extracts(implant=[stay_lines[0]], claim_procedure=lead))) == 1


# --- Fills taken back (docs/rule.md 2) --------------------------------------------------------------------


def net(*fills: Row) -> object:
    """Classes with 28 net days beside a class that has them."""
    sure = fill("Z", -200, 30, "acetaminophen")
    return group(extracts(pharmacy_claim=[sure, *fills]), "medication")["measure"] == Decimal(2)


@pytest.mark.parametrize(
    ("fills", "enough"),
    [
        ([fill("F", -60, 28)], True),
        ([fill("F", -60, 28), fill("F", -59, 28, claim_status="reversed")], False),
        ([fill("F", -59, 28, claim_status="reversed"), fill("F", -60, 28)], False),
        ([fill("F", -60, 28), fill("G", -59, 28, claim_status="reversed")], True),
        ([fill("F", -60, 28), fill("F", -59, 28, claim_line_number="2", claim_status="reversed")], True),
        (
            [
                fill("F", -60, 28, claim_line_number="01"),
                fill("F", -59, 28, claim_line_number="1.0", claim_status="reversed"),
            ],
            False,
        ),
        ([fill("F", -60, 28), fill("F", -60, 14), fill("F", -59, 14, claim_status="reversed")], True),
        ([fill("F", -60, 28), fill("F", -60, 14), fill("F", -59, 20, claim_status="reversed")], False),
        ([fill("F", -60, 14), fill("F", -60, 28), fill("F", -59, 20, claim_status="reversed")], True),
        (
            [
                fill("F", -60, 28),
                fill("F", -59, 28, claim_status="reversed"),
                fill("F", -58, 28, claim_status="reversed"),
            ],
            False,
        ),
        (
            [
                fill("F", -60, 28),
                fill("F", -57, 28),
                fill("F", -59, 28, claim_status="reversed"),
            ],
            True,
        ),
        ([fill("F", -60, 28), fill("F", -59, 28, claim_status="denied")], True),
        ([fill("F", -60, 28, claim_status="pending"), fill("F", -59, 28, claim_status="reversed")], False),
        ([fill("F", -60, 28), fill("F", -59, 1, quantity="-2")], False),
        ([fill("F", -60, 28), fill("F", -60, 1, quantity="0")], True),
        ([fill("F", -60, 28), fill("F", -59, -1, quantity="-2")], False),
        ([fill("F", -60, 29), fill("F", -59, 1, quantity="-2", claim_status="reversed")], True),
        ([fill("F", -60, 28), fill("F", -59, 1, quantity="-2", claim_status="reversed")], False),
        ([fill("F", -60, 28), fill("F", -59, -1, quantity="-2", claim_status="denied")], True),
    ],
)
def test_a_fill_is_taken_back(fills: list[Row], enough: bool) -> None:
    assert net(*fills) is enough


# --- Interim bills (docs/rule.md 3) -----------------------------------------------------------------------


def bill(claim_id: str, digit: str, number: str = "1", **more: str | None) -> Row:
    made = line(claim_id, 0, "63650", claim_type="institutional", bill_type_code=f"011{digit}")
    return made | {"claim_line_number": number, "service_unit_quantity": "1", "allowed_amount": "120"} | more


@pytest.mark.parametrize(
    ("bills", "paid", "noted"),
    [
        ([bill("A", "2"), bill("B", "3"), bill("C", "4")], 100, True),
        ([bill("A", "1"), bill("B", "3"), bill("C", "5")], 300, False),
        ([bill("A", "1", claim_frequency_code="2"), bill("B", "4", claim_frequency_code="1")], 100, True),
        ([bill("A", "2"), bill("B", "3", paid_amount="100.00", service_unit_quantity="1.0")], 100, True),
        ([bill("A", "2"), bill("B", "3", paid_amount="101")], 201, False),
        ([bill("A", "2"), bill("B", "3", service_unit_quantity="2")], 200, False),
        ([bill("A", "2"), bill("B", "3", service_unit_quantity="")], 200, False),
        ([bill("A", "2", service_unit_quantity=""), bill("B", "3", service_unit_quantity="")], 100, True),
        ([bill("A", "2"), bill("B", "3", revenue_center_code="0360")], 200, False),
        ([bill("A", "2"), bill("B", "3", claim_line_start_date=day(1))], 200, False),
        ([bill("A", "2"), bill("B", "3", claim_type="professional")], 200, False),
        ([bill("A", "2"), bill("A", "2", "2"), bill("B", "3")], 200, True),
        ([bill("A", "2"), bill("A", "2", "2")], 200, False),
    ],
)
def test_interim_bills_tell_a_line_once(bills: list[Row], paid: int, noted: bool) -> None:
    row = episode(extracts(implant=bills))
    assert row["paid_amount"] == Decimal(paid)
    assert ("interim_bills_repeat_lines" in cast("list[str]", row["notes"])) is noted
    assert row["claim_ids"] == sorted({cast("str", each["claim_id"]) for each in bills})


def test_allowed_dollars_go_with_the_lines_of_the_bill_that_holds_most_then_of_the_first() -> None:
    first, second = bill("A", "2", allowed_amount="11"), bill("B", "3", allowed_amount="22")
    assert episode(extracts(implant=[first, second]))["allowed_amount"] == Decimal(11)
    assert episode(extracts(implant=[first, second, bill("B", "3", "2")]))["allowed_amount"] == Decimal(142)
    earlier = second | {"claim_start_date": day(-1)}
    assert episode(extracts(implant=[first, earlier]))["allowed_amount"] == Decimal(22)


def test_interim_bills_of_two_events_each_count_and_an_excluded_case_has_the_note() -> None:
    apart = [bill("A", "2"), bill("B", "3", claim_line_start_date=day(4))]
    row = episode(extracts(implant=apart))
    assert (row["paid_amount"], "interim_bills_repeat_lines" in cast("list[str]", row["notes"])) == (
        Decimal(200),
        False,
    )
    stopped = [bill("A", "2", hcpcs_modifier_1="53"), bill("B", "3", hcpcs_modifier_1="53")]
    row = episode(extracts(implant=stopped))
    assert (row["outcome"], "interim_bills_repeat_lines" in cast("list[str]", row["notes"])) == ("excluded", True)


def test_a_seven_beside_its_original_that_is_not_there_counts_while_it_is_pending() -> None:
    assert claims_of(ORIGINAL, seven("B", "X", claim_status="pending")) == [["A", "B"]]
    assert claims_of(ORIGINAL, seven("B", "A", claim_status="pending")) == [["A"]]


def test_care_found_is_the_same_with_and_without_total_and_credited_lines() -> None:
    plain = extracts(*ENOUGH_EXERCISE, *ENOUGH_CHIROPRACTIC)
    spoiled = extracts(
        *ENOUGH_EXERCISE,
        *ENOUGH_CHIROPRACTIC,
        *[row | {"claim_line_number": "2", "claim_id": "E"} for row in exercise([-5])],
        line("E", -5, "97110", claim_line_number="3", paid_amount="-100"),
        line("E", -5, "99213", claim_line_number="1"),
    )
    assert group(plain, "exercise") | {"episode_id": ""} == group(spoiled, "exercise") | {"episode_id": ""}

"""The second opinion by hand: values as real systems spoil them, identifiers, deliveries, unknown dollars.

docs/contract.md 1. Each clause has a pair, just inside and just outside.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from tests.messy.members import messy_members
from tests.second_opinion.codes import normal_code, normal_ndc, trimmed, without_point_zero
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
    judged,
    line,
    notes,
    outcome,
    statement,
)
from tests.second_opinion.reading import Intake
from tests.second_opinion.values import (
    RefusedDeliveryError,
    RejectedRowError,
    amount,
    any_day,
    boolean,
    clean_row,
    hcpcs_and_modifiers,
    modifier_run,
    required_identifier,
)
from tests.support.product import VALUE_SETS, differences, opinion_on, opinion_tables

if TYPE_CHECKING:
    from tests.second_opinion.values import Row
    from tests.support.product import Table

NO_BREAK_SPACE, ZERO_WIDTH_SPACE, BYTE_ORDER_MARK = "\u00a0", "\u200b", "\ufeff"


# --- Blanks and unseen characters --------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["NULL", "(null)", r"\N", "nan", "NaT", "None", "N/A", "#N/A", "<NA>", " null ", "nOnE"]
)
def test_a_null_word_is_blank(word: str) -> None:
    therapy = line("X", -10, word, revenue_center_code="0420")
    assert group(extracts(therapy), "exercise")["service_count"] == 1
    assert claims_of(ORIGINAL, line("B", 0, "63685", member_id=word)) == [["A"]]


@pytest.mark.parametrize("word", ["NUL", "null.", "N A", "-", "NaN1"])
def test_a_word_that_is_no_null_word_is_a_code(word: str) -> None:
    therapy = line("X", -10, word, revenue_center_code="0420")
    assert group(extracts(therapy), "exercise")["service_count"] == 0


def test_null_words_are_a_setting() -> None:
    therapy = extracts(line("X", -10, "missing", revenue_center_code="0420"))
    assert group(therapy, "exercise")["service_count"] == 0
    assert group(therapy, "exercise", intake=Intake(null_words=("MISSING",)))["service_count"] == 1


def test_unseen_characters_are_trimmed_and_go_from_inside_codes() -> None:
    around = f"{BYTE_ORDER_MARK} {NO_BREAK_SPACE}63650{ZERO_WIDTH_SPACE}\u3000"
    assert trimmed(around) == "63650"
    assert normal_code(f"63{ZERO_WIDTH_SPACE}6{NO_BREAK_SPACE}50") == "63650"
    assert normal_code("6365\u00d8") == "6365\u00d8"
    assert claims_of(line("A", 0, around)) == [["A"]]
    assert claims_of(line("A", 0, "6365\u00d8")) == []
    assert claims_of(line(f"A{NO_BREAK_SPACE}", 0, "63650")) == [["A"]]
    assert claims_of(line(f"A{NO_BREAK_SPACE}1", 0, "63650")) == [[f"A{NO_BREAK_SPACE}1"]]


# --- `.0` --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"), [("420.0", "420"), ("420.00", "420.00"), ("420.5", "420.5"), ("A1.0", "A1.0"), (".0", ".0")]
)
def test_point_zero_after_digits_alone_is_dropped(written: str, read: str) -> None:
    assert without_point_zero(written) == read


def test_codes_identifiers_and_line_numbers_lose_it() -> None:
    assert group(extracts(line("X", -10, "", revenue_center_code="420.0")), "exercise")["service_count"] == 1
    assert group(extracts(line("X", -10, "", revenue_center_code="420.00")), "exercise")["service_count"] == 0
    assert claims_of(line("7.0", 0, "63650.0")) == [["7"]]
    later = ORIGINAL | {"claim_line_number": "1.0", "paid_amount": "7"}
    assert episode(extracts(implant=[ORIGINAL, later]))["paid_amount"] == Decimal(7)
    assert episode(extracts(implant=[ORIGINAL, later | {"claim_line_number": "1.00"}]))["paid_amount"] == Decimal(107)


def test_links_between_rows_lose_it_on_both_sides() -> None:
    seven = line("8", 0, "63650", claim_frequency_code="7.0", original_claim_id="7.0")
    assert claims_of(line("7", 0, "63650"), seven) == [["8"]]
    number = line("I", 0, "63650", prior_authorization_number="55.0")
    approval: Row = {"authorization_id": "55", "member_id": "M", "decision": "approved", "hcpcs_code": "99213"}
    given = extracts(implant=[number], prior_authorization=[approval])
    assert episode(given)["prior_authorization_state"] == "approved"
    approval["authorization_id"] = "56"
    assert episode(given)["prior_authorization_state"] == "none_found"


def test_pointers_ranks_modifiers_conditions_and_trial_numbers_lose_it() -> None:
    codes = {"diagnosis_code_1": "M51.26", "diagnosis_code_3": "M54.50"}
    pointed = line("I", 0, "63650", diagnosis_pointer="3.0", **codes)
    assert episode(extracts(implant=[pointed]))["billed_diagnoses"] == ["M5450"]
    bare = line("I", 0, "63650", diagnosis_code_1="")
    ranked: Row = {"claim_id": "I", "diagnosis_rank": "1.0", "diagnosis_code": "M54.50"}
    assert episode(extracts(implant=[bare], claim_diagnosis=[ranked]))["billed_diagnoses"] == ["M5450"]
    assert outcome(extracts(implant=[line("I", 0, "63650", hcpcs_modifier_1="53.0")])) == "procedure_aborted"
    trial = line("I", 0, "63650", condition_codes="30.0", clinical_trial_number="01234567.0", diagnosis_code_2="Z00.6")
    assert outcome(extracts(implant=[trial])) == "clinical_trial"


def test_diagnosis_and_procedure_codes_keep_it() -> None:
    old = {"claim_line_start_date": "2015-09-30", "diagnosis_code_1": "338.0"}
    assert episode(extracts(implant=[line("I", 0, "63650", **old)]))["billed_diagnoses"] == ["3380"]


# --- Identifiers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["2.02603E+11", "2E+5", "12.5e+03"])
def test_an_identifier_in_scientific_notation_sets_its_row_aside(written: str) -> None:
    with pytest.raises(RejectedRowError):
        required_identifier({"claim_id": written}, "claim_id")
    assert claims_of(ORIGINAL, line(written, 0, "63685")) == [["A"]]


@pytest.mark.parametrize("written", ["1E10", "A1E+2", "1.E+2", "1E+", "2,5E+3"])
def test_an_identifier_that_only_looks_like_it_is_kept(written: str) -> None:
    assert claims_of(line(written, 0, "63650")) == [[written]]


def crosswalk(*pairs: tuple[str, str]) -> list[Row]:
    return [{"previous_member_id": previous, "member_id": own} for previous, own in pairs]


def test_rows_under_a_previous_identifier_are_the_members() -> None:
    old = [row | {"member_id": "OLD"} for row in (*ENOUGH_EXERCISE, *ENOUGH_CHIROPRACTIC)]
    assert outcome(extracts(*old)) == "no_conservative_care_found"
    assert outcome(extracts(*old, member_crosswalk=crosswalk(("OLD", "M")))) == "failure_not_documented"
    chain = crosswalk(("OLD", "MIDDLE"), ("MIDDLE", "M"), ("OLD", "MIDDLE"))
    assert outcome(extracts(*old, member_crosswalk=chain)) == "failure_not_documented"
    spans = [SPAN | {"member_id": "OLD"}]
    assert episode(extracts(eligibility=spans, member_crosswalk=crosswalk(("OLD", "M"))))["enrolled_days"] == 365


def test_one_member_under_two_identifiers_shares_no_number_and_has_one_line() -> None:
    again = ORIGINAL | {"member_id": "OLD", "paid_amount": "7"}
    unowned: Row = {"claim_id": "A", "diagnosis_rank": "1", "diagnosis_code": "M54.50"}
    given = extracts(implant=[ORIGINAL, again], claim_diagnosis=[unowned], member_crosswalk=crosswalk(("OLD", "M")))
    row = episode(given)
    assert (row["paid_amount"], row["outcome_reason"]) == (Decimal(7), "no_conservative_care_found")


@pytest.mark.parametrize(
    "pairs",
    [
        [("A", "B"), ("B", "A")],
        [("A", "B"), ("A", "C")],
        [("A", "A")],
        [("Z", "A"), ("A", "B"), ("B", "A")],
    ],
)
def test_a_crosswalk_with_a_ring_or_two_ends_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(RefusedDeliveryError):
        judged(extracts(member_crosswalk=crosswalk(*pairs)))


def test_two_ways_to_one_end_are_one_end_and_a_blank_side_says_nothing() -> None:
    assert len(episodes(extracts(member_crosswalk=crosswalk(("A", "B"), ("A", "C"), ("B", "C"), ("D", ""))))) == 1


# --- Composite codes, modifier runs, fillers ---------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HC:63650:LT:59", ("63650", ["LT", "59"])),
        ("HC>63650", ("63650", [])),
        ("hc:63650:lt59", ("63650", ["LT", "59"])),
        ("63650:LT", ("63650", ["LT"])),
        ("63650", ("63650", [])),
        ("HC-63650", ("HC-63650", [])),
        ("HC:99999", ("", [])),
        ("88888", ("", [])),
        ("00000.0", ("", [])),
        ("99998", ("99998", [])),
    ],
)
def test_a_composite_code_is_taken_apart_and_a_filler_is_blank(written: str, read: tuple[str, list[str]]) -> None:
    assert hcpcs_and_modifiers(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("LT59", ["LT", "59"]),
        ("lt 59", ["LT", "59"]),
        ("LT59KX", ["LT", "59", "KX"]),
        ("LT", ["LT"]),
        ("LT5", ["LT5"]),
        ("", []),
    ],
)
def test_a_run_of_modifiers_is_parted(written: str, read: list[str]) -> None:
    assert modifier_run(written) == read


def test_modifiers_of_composites_and_runs_are_read() -> None:
    written: list[Row] = [{"hcpcs_code": "HC:63650:RT:53"}, {"hcpcs_modifier_1": "RT53"}]
    for told in written:
        assert outcome(extracts(implant=[line("I", 0, "63650") | told])) == "procedure_aborted"
    assert outcome(extracts(implant=[line("I", 0, "63650", hcpcs_modifier_1="R53")])) == "no_conservative_care_found"


def test_a_filler_hcpcs_leaves_the_revenue_code() -> None:
    assert group(extracts(line("X", -10, "99999", revenue_center_code="0420")), "exercise")["service_count"] == 1
    assert group(extracts(line("X", -10, "99998", revenue_center_code="0420")), "exercise")["service_count"] == 0
    approval: Row = {"authorization_id": "P", "member_id": "M", "decision": "approved"}
    for written, state in (("99999", "approved"), ("99998", "none_found")):
        given = extracts(prior_authorization=[approval | {"hcpcs_code": written}])
        assert episode(given)["prior_authorization_state"] == state


# --- Dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-06-03 00:00:00", date(2024, 6, 3)),
        ("2024-06-03T00:00", date(2024, 6, 3)),
        ("20240603 00:00:00.000", date(2024, 6, 3)),
        ("2024-06-03T00:00:00Z", date(2024, 6, 3)),
        ("2024-06-03T00:00:00+05:00", date(2024, 6, 3)),
        ("9999-12-31 00:00:00", None),
    ],
)
def test_a_date_time_at_midnight_is_its_day(written: str, read: date | None) -> None:
    assert any_day({"paid_date": written}, "paid_date") == read


@pytest.mark.parametrize("written", ["2024-06-03 00:00:01", "2024-06-03T12:00", "2024-06-03 00", "2024-06-03Z"])
def test_any_other_time_sets_the_row_aside(written: str) -> None:
    assert claims_of(ORIGINAL, line("B", 0, "63685", paid_date=written)) == [["A"]]


FILLERS = ["9999-12-31", "9999-01-01", "2999-12-31", "1900-01-01", "1899-12-30", "0001-01-01", "99991231"]


@pytest.mark.parametrize("written", FILLERS)
def test_a_filler_date_is_blank_where_blank_is_allowed(written: str) -> None:
    for column in ("claim_start_date", "claim_end_date", "claim_line_end_date", "paid_date"):
        assert claims_of(line("A", 0, "63650", **{column: written})) == [["A"]]
    assert claims_of(ORIGINAL, line("B", 0, "63685", claim_line_start_date=written)) == [["A"]]


@pytest.mark.parametrize("written", ["1900-01-02", "9998-12-31", "2999-12-30", "1989-12-31"])
def test_another_date_out_of_bounds_sets_the_row_aside(written: str) -> None:
    assert claims_of(ORIGINAL, line("B", 0, "63685", claim_start_date=written)) == [["A"]]


@pytest.mark.parametrize(
    ("span", "days"),
    [
        ({"enrollment_end_date": "9999-12-31"}, 365),
        ({"enrollment_end_date": "1900-01-01"}, 365),
        ({"enrollment_end_date": "1901-01-01"}, 0),
        ({"enrollment_start_date": "1900-01-01"}, 365),
        ({"enrollment_start_date": "9999-12-31"}, 365),
        ({"enrollment_start_date": "9998-12-31"}, 0),
    ],
)
def test_a_filler_date_is_open_in_a_span(span: Row, days: int) -> None:
    somebody = SPAN | {"member_id": "N"}
    assert episode(extracts(eligibility=[somebody, SPAN | span]))["enrolled_days"] == days


def test_a_filler_date_is_open_in_an_authorization_and_blank_in_a_statement() -> None:
    approval: Row = {"authorization_id": "P", "member_id": "M", "decision": "approved"}
    for column, written, state in (
        ("valid_to", "1900-01-01", "approved"),
        ("valid_to", "1900-01-02", "none_found"),
        ("valid_from", "9999-12-31", "approved"),
        ("valid_from", day(1), "none_found"),
    ):
        given = extracts(prior_authorization=[approval | {column: written}])
        assert episode(given)["prior_authorization_state"] == state, (column, written)
    for written, state in (("9999-12-31", "adequate"), (day(-9), "none")):
        told = statement("exercise", end_date=written, visit_count="3", document_date=day(-10))
        assert group(extracts(care_documentation=[told]), "exercise")["state"] == state


# --- Numbers, booleans, drugs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("$1,234.50", "1234.50"),
        ("(12.00)", "-12"),
        ("($1,234)", "-1234"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("1,000", "1000"),
        ("1,234,567.8", "1234567.8"),
        ("+7", "7"),
        (".5", "0.5"),
    ],
)
def test_an_amount_is_read(written: str, read: str) -> None:
    assert amount({"paid_amount": written}, "paid_amount") == Decimal(read)


@pytest.mark.parametrize(
    "written", ["1.234,50", "12,50", "1,0000", "1234,567", "1,23", "12.00-", "-(5)", "(-5)", "1E3", "$", "5 USD", "()"]
)
def test_any_other_form_of_an_amount_sets_the_row_aside(written: str) -> None:
    assert claims_of(ORIGINAL, line("B", 0, "63685", paid_amount=written)) == [["A"]]
    assert claims_of(ORIGINAL, line("B", 0, "63685", allowed_amount=written)) == [["A"]]


def test_units_and_days_are_plain_numbers() -> None:
    assert claims_of(ORIGINAL, line("B", 0, "63685", service_unit_quantity="1,000")) == [["A"]]
    assert claims_of(ORIGINAL, line("B", 0, "63685", service_unit_quantity="1000")) == [["A", "B"]]


@pytest.mark.parametrize(
    ("days", "classes"), [("998", 2), ("999", 1), ("1000", 1), ("9999", 1), ("998.0", 2), ("28.5", 1)]
)
def test_999_days_and_more_set_the_fill_aside(days: str, classes: int) -> None:
    drugs = [fill("F", -60, 28, "acetaminophen"), fill("G", -60, 0) | {"days_supply": days}]
    assert group(extracts(pharmacy_claim=drugs), "medication")["measure"] == classes


def test_fewer_than_minus_998_days_set_the_fill_aside() -> None:
    def classes(days: str) -> object:
        drugs = [fill("G", -60, 30), fill("G", -59, 0) | {"days_supply": days}]
        return group(extracts(pharmacy_claim=drugs), "medication")["measure"]

    assert (classes("-998"), classes("-999")) == (0, 1)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *[(word, True) for word in ("Yes", "T", "y", "1", "TRUE")],
        *[(word, False) for word in ("no", "f", "N", "0", "False")],
        *[(word, None) for word in ("maybe", "", "2", "ye")],
    ],
)
def test_a_boolean_is_read(written: str, read: bool | None) -> None:
    assert boolean({"has_pharmacy_benefit": written}, "has_pharmacy_benefit") is read


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("0597*0030*01", "00597003001"),
        ("0597 0030 01", "00597003001"),
        ("00597-0030-01", "00597003001"),
        ("N400597003001", "00597003001"),
        ("n4 0597-0030-01", "00597003001"),
        ("00597003001.0", "00597003001"),
        ("597003001.0", ""),
        ("0597003001", ""),
        ("N50597*0030*01", ""),
        ("059700301 01", ""),
    ],
)
def test_an_ndc_in_its_other_forms(written: str, digits: str) -> None:
    assert normal_ndc(written) == digits


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("medical_claim", "charge_amount"),
        ("eligibility", "birth_date"),
        ("eligibility", "gender"),
        ("pharmacy_claim", "paid_amount"),
    ],
)
def test_what_no_verdict_reads_may_be_anything(table: str, column: str) -> None:
    given = extracts(*exercise([-10]), pharmacy_claim=[fill("F", -60, 28), fill("G", -60, 28, "acetaminophen")])
    before = episode(given), group(given, "medication")["measure"]
    for row in given[table]:
        row[column] = "1.234,50 on 1850-01-01"
    assert (episode(given), group(given, "medication")["measure"]) == before


def test_the_quantity_of_a_fill_is_read() -> None:
    drugs = [fill("F", -60, 28, quantity="ten"), fill("G", -60, 28, "acetaminophen")]
    assert group(extracts(pharmacy_claim=drugs), "medication")["measure"] == 1


def test_names_of_columns_are_read_without_regard_to_case() -> None:
    assert clean_row({"Member_ID": " M ", "_file": " x "}, ()) == {"member_id": "M", "_file": " x "}


# --- Feeds of which no row was loaded ----------------------------------------------------------------


def test_a_feed_without_a_loaded_row_is_not_supplied() -> None:
    nothing: list[list[Row]] = [[], [{"member_id": ""}]]
    for rows in nothing:
        row = episode(
            extracts(
                *ENOUGH_EXERCISE,
                *ENOUGH_CHIROPRACTIC,
                eligibility=[SPAN],
                pharmacy_claim=rows,
                prior_authorization=rows,
                care_documentation=rows,
            )
        )
        assert (row["outcome_reason"], row["drugs_visible"]) == ("documentation_not_supplied", False)
        assert row["prior_authorization_state"] == "feed_not_supplied"
    assert episode(extracts(eligibility=[]), assume_enrolled=True)["enrolled_days"] == 365
    assert episode(extracts(eligibility=[{"member_id": ""}]), assume_enrolled=True)["enrolled_days"] == 365


# --- Identifiers of a payer --------------------------------------------------------------------------


def test_a_claim_of_two_payers_is_refused_unless_they_are_one_space() -> None:
    for column in ("payer", "data_source"):
        one = ORIGINAL | {column: "P"}
        other = line("A", 0, "63685", claim_line_number="2", **{column: "Q"})
        with pytest.raises(RefusedDeliveryError):
            episodes(extracts(implant=[one, other]))
        assert len(episodes(extracts(implant=[one, other]), intake=Intake(id_namespace="shared"))) == 1
        assert len(episodes(extracts(implant=[one, other | {column: ""}]))) == 1
        assert len(episodes(extracts(implant=[one, other | {"claim_id": "B"}]))) == 1


@pytest.mark.parametrize("namespace", [None, "shared"])
def test_a_member_of_two_payers_and_two_births_or_genders_is_refused(namespace: str | None) -> None:
    intake = Intake(id_namespace=namespace)
    told = {"birth_date": ("1960-01-01", "1961-01-01"), "gender": ("female", "male")}
    for column, (first, second) in told.items():
        spans = [SPAN | {"payer": "P", column: first}, SPAN | {"payer": "Q", column: second}]
        with pytest.raises(RefusedDeliveryError):
            episodes(extracts(eligibility=spans), intake=intake)
        spans[1][column] = first
        assert len(episodes(extracts(eligibility=spans), intake=intake)) == 1
        spans[1] |= {column: second, "payer": "P"}
        assert len(episodes(extracts(eligibility=spans), intake=intake)) == 1


def test_qualified_identifiers_part_two_payers() -> None:
    theirs = line("I", 0, "99213", payer="Q", diagnosis_code_1="C79.51")
    given = extracts(implant=[row | {"payer": "P"} for row in IMPLANT] + [theirs], eligibility=[SPAN | {"payer": "P"}])
    files = {"pharmacy_claim.csv": "P", "prior_authorization.csv": "P", "care_documentation.csv": "P"}
    row = episode(given, intake=Intake(id_namespace="payer", source_by_file=files))
    assert (row["member_id"], row["claim_ids"], row["outcome_reason"]) == (
        "P:M",
        ["P:I"],
        "no_conservative_care_found",
    )
    with pytest.raises(RefusedDeliveryError):
        episodes(given, intake=Intake(id_namespace="payer"))


# --- Claims sent again, full refreshes ---------------------------------------------------------------


def test_a_claim_sent_again_with_fewer_lines_is_whole_only_where_the_setting_says_so() -> None:
    first = [row | {"_delivery": "1", "paid_date": day(20)} for row in IMPLANT]
    again = IMPLANT[0] | {"_delivery": "2", "paid_amount": "70", "paid_date": day(10)}

    def paid(redelivered: str) -> object:
        return episode(extracts(implant=[*first, again]), intake=Intake(redelivered_claims=redelivered))["paid_amount"]

    assert paid("lines") == Decimal(200)
    assert paid("whole") == Decimal(70)


def test_with_a_claim_sent_again_go_the_diagnoses_and_procedures_it_lacks() -> None:
    bare = line("I", 0, "63650", diagnosis_code_1="", _delivery="1")
    rows: list[Row] = [
        {"claim_id": "I", "diagnosis_rank": str(place), "diagnosis_code": code, "_delivery": delivery}
        for place, code, delivery in ((1, "M54.50", "1"), (2, "M96.1", "1"), (1, "M54.50", "2"))
    ]
    lead: list[Row] = [
        {"claim_id": "I", "procedure_rank": "1", "procedure_code": "0JH60BZ", "_delivery": "1"},
    ]
    whole = Intake(redelivered_claims="whole")
    given = extracts(
        implant=[bare, bare | {"_delivery": "2", "paid_amount": "7"}], claim_diagnosis=rows, claim_procedure=lead
    )
    assert (outcome(given), episode(given)["episode_kind"]) == ("other_indication", "permanent_only")
    row = episode(given, intake=whole)
    assert (row["outcome_reason"], row["episode_kind"]) == ("no_conservative_care_found", "trial_only")
    only_a_diagnosis = extracts(implant=[bare], claim_diagnosis=rows, claim_procedure=lead)
    assert outcome(only_a_diagnosis, intake=whole) == "other_indication"


def test_a_full_refresh_takes_away_the_claims_of_its_period_that_it_lacks() -> None:
    def left(covers: tuple[date, date], *more: Row) -> list[object]:
        first = [ORIGINAL | {"_delivery": "1"}, line("B", 10, "63685", _delivery="1")]
        first += [line("A", -2, "99213", claim_line_number="2", _delivery="1")]
        intake = Intake(full_deliveries={2: covers})
        other = line("C", 0, "99213", _delivery="2")
        found = episodes(extracts(implant=[*first, other, *more]), intake=intake)
        return [row["claim_ids"] for row in found]

    year = (date(2024, 1, 1), date(2024, 12, 31))
    assert left(year) == []
    assert left((date.fromisoformat(day(-2)), date.fromisoformat(day(9)))) == [["B"]]
    assert left((date.fromisoformat(day(-1)), date.fromisoformat(day(9)))) == [["A", "B"]]
    assert left(year, ORIGINAL | {"_delivery": "2"}) == [["A"]]
    assert left(year, ORIGINAL | {"_delivery": "3"}) == [["A"]]


# --- Amounts that nobody sent ------------------------------------------------------------------------

UNPAID = Intake(files_without_payments=frozenset({"medical_claim.csv"}))


def test_a_blank_payment_of_a_file_without_payments_is_unknown() -> None:
    blank = [row | {"paid_amount": "", "allowed_amount": "500"} for row in IMPLANT]
    row = episode(extracts(implant=blank), intake=UNPAID)
    assert (row["paid_amount"], row["allowed_amount"]) == (None, Decimal(1000))
    assert "payment_unknown" in cast("list[str]", row["notes"])
    # 40 + 15 + 9 + 3 + 3, no dollar part
    assert row["priority_score"] == Decimal("70.0")
    row = episode(extracts(implant=blank))
    assert row["paid_amount"] == Decimal(0)
    assert "payment_unknown" not in cast("list[str]", row["notes"])


def test_one_unknown_line_makes_the_dollars_unknown_and_a_told_one_does_not() -> None:
    mixed = [IMPLANT[0], IMPLANT[1] | {"paid_amount": ""}]
    assert episode(extracts(implant=mixed), intake=UNPAID)["paid_amount"] is None
    assert episode(extracts(implant=mixed), intake=UNPAID)["allowed_amount"] is None
    assert episode(extracts(implant=IMPLANT), intake=UNPAID)["paid_amount"] == Decimal(200)
    other_file = [IMPLANT[0], IMPLANT[1] | {"paid_amount": "", "_file": "other.csv"}]
    assert episode(extracts(implant=other_file), intake=UNPAID)["paid_amount"] == Decimal(100)


def test_an_excluded_case_of_unknown_payment_has_the_note() -> None:
    stopped = [line("I", 0, "63650", paid_amount="", hcpcs_modifier_1="53")]
    assert "payment_unknown" in notes(extracts(implant=stopped), intake=UNPAID)


def test_a_credit_without_amounts_takes_a_line_without_amount_by_its_units() -> None:
    def dates(units: str) -> object:
        therapy = line("X", -50, "97110", paid_amount="", service_unit_quantity="1")
        credit = therapy | {"claim_line_number": "2", "service_unit_quantity": units}
        return group(extracts(therapy, credit), "exercise", intake=UNPAID)["service_count"]

    assert (dates("-1"), dates("-2")) == (0, 1)


# --- All of it at once -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [21, 22])
def test_the_same_is_said_of_members_whose_cells_are_spoiled(seed: int) -> None:
    def said(odd_members: float) -> dict[str, Table]:
        extracts = messy_members(seed, 150, value_sets=VALUE_SETS, odd_members=odd_members, deliveries=2)
        return opinion_tables(opinion_on(extracts))

    clean, spoiled = said(0.0), said(1.0)
    assert len(clean["episode_review"]) > 100
    assert differences(clean, spoiled) == []

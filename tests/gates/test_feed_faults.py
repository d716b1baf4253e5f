"""A whole feed breaks: each fault is held or said, on the first night and on a later one, and clean nights pass."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pipelines.gates.measures import accepting, hold, raise_if_broken, read_measure_checks, weigh
from pipelines.gates.profile import Profile, earlier_profiles, keep_profile, measured_rows, profile_path
from pipelines.ground.errors import CheckFailedError, UsageError
from pipelines.ground.warehouse import open_warehouse
from tests.gates.feed import CLAIMS, deliver, new_feed, run_day
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.warehouse import Connection

pytestmark = pytest.mark.long

SQL = ROOT / "sql"
MEASURES = ROOT / "expectations" / "measures"
LEAST_ROWS = 1000
CLEAN_DELIVERIES = 4
LATER = CLEAN_DELIVERIES + 1
"""The night on which a fault comes after clean ones; the first night is night 1."""

NIGHTS = 30
NIGHTLY = 1200
HOLIDAYS = {9, 10, 23}

CHECKS = [check for check in read_measure_checks(MEASURES) if not check.is_of_outcomes]
NORTH_AND_SOUTH = "data_source in ('north', 'south')"


class Fault(NamedTuple):
    """A fault as SQL on the rows of one delivery, and the checks that must speak: the held ones, or the caveats."""

    name: str
    sql: str
    first: str | None
    later: str | None


def all_lines(change: str, where: str = "true", table: str = "medical_claim") -> str:
    """An update of every row of a table in the delivery at hand."""
    return f"update landed.{table} set {change} where delivery_number = {{delivery}} and ({where})"


def gone(table: str, where: str = "true") -> str:
    """A removal of rows of the delivery at hand."""
    return f"delete from landed.{table} where delivery_number = {{delivery}} and ({where})"


OPENING = "hcpcs_code in (select code from value_sets.index_procedures)"
TIMES_100 = "paid_amount = 100 * paid_amount"

# held: refused; said: a caveat; None: not planted on that night.
FAULTS = (
    Fault("status_denied", all_lines("claim_status = 'denied'"), "held denied_share", "held denied_share"),
    Fault(
        "status_denied_one_sender",
        all_lines("claim_status = 'denied'", "data_source = 'east'"),
        "said denied_share",
        "held denied_share",
    ),
    Fault("status_pending", all_lines("claim_status = 'pending'"), "held pending_share", "held pending_share"),
    Fault("status_reversed", all_lines("claim_status = 'reversed'"), "held reversed_share", "held reversed_share"),
    Fault("status_blank", all_lines("claim_status = null"), None, "said blank_status_share"),
    Fault("opening_codes_blank", all_lines("hcpcs_code = null", OPENING), "said opening_share", "held opening_share"),
    Fault(
        "opening_codes_blank_one_sender",
        all_lines("hcpcs_code = null", f"{OPENING} and {NORTH_AND_SOUTH}"),
        None,
        "held opening_share",
    ),
    Fault(
        "opening_code_vanished",
        all_lines("hcpcs_code = '97110'", "hcpcs_code = '64555'"),
        None,
        "said opening_code_share",
    ),
    Fault(
        "opening_codes_under_one",
        all_lines("hcpcs_code = '63650'", OPENING),
        "said top_code_share",
        "held top_code_share",
    ),
    Fault("codes_blank", all_lines("hcpcs_code = null"), "said opening_share", "held coded_share"),
    Fault("amounts_times_100", all_lines(TIMES_100), "said paid_typical", "held paid_typical"),
    Fault("amounts_times_100_one_sender", all_lines(TIMES_100, "data_source = 'west'"), None, "held paid_typical"),
    Fault(
        "amounts_in_thousands", all_lines("paid_amount = paid_amount / 1000"), "said paid_typical", "held paid_typical"
    ),
    Fault(
        "amounts_whole_hundreds",
        all_lines("paid_amount = 100 * ceil(paid_amount / 100)"),
        "held whole_hundred_share",
        "held whole_hundred_share",
    ),
    Fault("amounts_zero", all_lines("paid_amount = 0"), "said zero_paid_share", "held zero_paid_share"),
    Fault(
        "ranks_all_one",
        all_lines("diagnosis_rank = 1", table="claim_diagnosis"),
        "held several_first_share",
        "held later_rank_share",
    ),
    Fault(
        "ranks_all_one_one_sender",
        all_lines(
            "diagnosis_rank = 1",
            "claim_id in (select claim_id from landed.medical_claim where data_source = 'east')",
            table="claim_diagnosis",
        ),
        None,
        "said later_rank_share",
    ),
    Fault(
        "later_diagnoses_missing",
        gone("claim_diagnosis", "diagnosis_rank > 1"),
        "said later_rank_share",
        "held later_rank_share",
    ),
    Fault(
        "diagnoses_cut",
        all_lines("diagnosis_code = left(diagnosis_code, 3)", table="claim_diagnosis"),
        "said short_code_share",
        "said short_code_share",
    ),
    Fault(
        "icd10_labelled_icd9",
        all_lines("diagnosis_code_type = 'icd-9-cm'", table="claim_diagnosis"),
        None,
        "said old_system_share",
    ),
    Fault(
        "diagnosis_codes_blank",
        all_lines("diagnosis_code = null", table="claim_diagnosis"),
        None,
        "held blank_code_share",
    ),
    Fault(
        "all_professional",
        all_lines("claim_type = 'professional'"),
        "held hospital_as_professional_share",
        "held hospital_as_professional_share",
    ),
    Fault(
        "all_institutional",
        all_lines("claim_type = 'institutional'"),
        "held office_as_institutional_share",
        "held professional_share",
    ),
    Fault(
        "days_supply_zero",
        all_lines("days_supply = 0", table="pharmacy_claim"),
        "said short_supply_share",
        "held short_supply_share",
    ),
    Fault(
        "days_supply_one",
        all_lines("days_supply = 1", table="pharmacy_claim"),
        "said short_supply_share",
        "held short_supply_share",
    ),
    Fault(
        "days_supply_halved",
        all_lines("days_supply = days_supply // 2", table="pharmacy_claim"),
        None,
        "said days_supply_typical",
    ),
    Fault("wide_diagnoses_missing", all_lines("diagnosis_code_2 = null"), None, "held wide_second_diagnosis_share"),
    Fault(
        "wide_diagnoses_cut",
        all_lines("diagnosis_code_1 = left(diagnosis_code_1, 3)"),
        None,
        "said wide_short_diagnosis_share",
    ),
    Fault(
        "last_month_sent_again_with_its_lag",
        all_lines("claim_line_start_date = claim_line_start_date - 30"),
        None,
        "said months_stalled",
    ),
    Fault(
        "fills_end_early",
        all_lines("dispensing_date = dispensing_date - 365", table="pharmacy_claim"),
        "said months_behind_claims",
        "said months_behind_claims",
    ),
    Fault(
        "fills_of_one_sender_missing",
        gone("pharmacy_claim", "member_id in (select member_id from landed.medical_claim where data_source = 'west')"),
        None,
        "said filled_share",
    ),
    Fault("fills_missing", gone("pharmacy_claim"), None, "said feed_came"),
    Fault(
        "dates_at_month_start",
        all_lines("claim_line_start_date = date_trunc('month', claim_line_start_date)::date"),
        "held first_of_month_share",
        "held first_of_month_share",
    ),
    Fault("modifiers_lost", all_lines("hcpcs_modifier_1 = null"), None, "held modifier_share"),
    Fault("place_of_service_lost", all_lines("place_of_service_code = null"), None, "held place_share"),
    Fault("bill_type_lost", all_lines("bill_type_code = null"), None, "said bill_type_share"),
    Fault("units_zero", all_lines("service_unit_quantity = 0"), None, "said zero_unit_share"),
    Fault("pointers_all_one", all_lines("diagnosis_pointer = '1'"), None, "said pointer_further_share"),
    Fault("npi_nine_digits", all_lines("rendering_npi = left(rendering_npi, 9)"), None, "held whole_npi_share"),
    Fault(
        "npi_check_digit_wrong",
        all_lines("rendering_npi = left(rendering_npi, 9) || (right(rendering_npi, 1)::int + 1) % 10"),
        None,
        "held false_npi_share",
    ),
    Fault(
        "npi_check_digit_wrong_one_in_five",
        all_lines(
            "rendering_npi = left(rendering_npi, 9) || (right(rendering_npi, 1)::int + 1) % 10",
            "hash(claim_id) % 5 = 0",
        ),
        None,
        "said false_npi_share",
    ),
    Fault(
        "line_of_business_unknown",
        all_lines("line_of_business = 'lob_' || line_of_business"),
        None,
        "held new_line_of_business_share",
    ),
    Fault(
        "enrolment_line_of_business_unknown",
        all_lines("line_of_business = 'X'", table="eligibility"),
        None,
        "held new_line_of_business_share",
    ),
    Fault(
        "line_of_business_missing", gone("medical_claim", "line_of_business = 'medicaid'"), None, "said segment_share"
    ),
    Fault("sender_missing", gone("medical_claim", "data_source = 'south'"), None, "said segment_share"),
    Fault("half_of_the_claims_missing", gone("medical_claim", "hash(claim_id) % 2 = 0"), None, "held lines_a_month"),
    Fault(
        "last_month_sent_again",
        all_lines("claim_line_start_date = claim_line_start_date - 30"),
        None,
        "said payment_lag",
    ),
    Fault(
        "benefit_all_false",
        all_lines("has_pharmacy_benefit = false", table="eligibility"),
        "said without_benefit_share",
        "said without_benefit_share",
    ),
    Fault(
        "spans_all_ended",
        all_lines("enrollment_end_date = date '2024-06-30'", table="eligibility"),
        "said open_span_share",
        "held open_span_share",
    ),
    Fault(
        "authorization_codes_blank",
        all_lines("hcpcs_code = null", table="prior_authorization"),
        "said blank_code_share",
        "said blank_code_share",
    ),
    Fault(
        "statement_outcomes_unknown",
        all_lines("outcome = 'X' || outcome", table="care_documentation"),
        "said failed_outcome_share",
        "said failed_outcome_share",
    ),
)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The clean deliveries and the one to spoil, in one catalog."""
    with open_warehouse(tmp_path_factory.mktemp("feed") / "catalog.duckdb") as connection:
        new_feed(connection)
        for delivery in range(1, LATER + 1):
            deliver(connection, delivery)
        yield connection


@pytest.fixture(scope="module")
def clean(feed: Connection) -> tuple[Profile, ...]:
    """The profiles of the clean deliveries."""
    return tuple(profile_of(feed, delivery) for delivery in range(1, LATER + 1))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog for Great Expectations to read its own small table through."""
    path = tmp_path_factory.mktemp("judge") / "catalog.duckdb"
    with open_warehouse(path):
        return path


def profile_of(connection: Connection, delivery: int) -> Profile:
    """The profile of a delivery as it stands now."""
    rows = measured_rows(connection, sql=SQL, as_of=run_day(delivery), delivery_number=delivery)
    return Profile(delivery, run_day(delivery).isoformat(), rows)


def results_of(profile: Profile, earlier: Sequence[Profile]) -> tuple[CheckResult, ...]:
    """What the checks say of a delivery."""
    return weigh(CHECKS, profile, earlier, least_rows=LEAST_ROWS)[1]


def failed(results: Sequence[CheckResult], severity: str | None = None) -> set[str]:
    """The measures whose checks failed."""
    measures = {check.key: check.expectation.meta.measure for check in CHECKS}
    return {
        measures[result.table_name, result.check_name]  # type: ignore[index]
        for result in results
        if result.status == "failed" and severity in {None, result.severity}
    }


def spoiled(feed: Connection, fault: Fault, delivery: int) -> Profile:
    """The profile of a delivery with the fault in it; the rows stand as before afterwards."""
    feed.begin()
    try:
        feed.execute(fault.sql.format(delivery=delivery))
        return profile_of(feed, delivery)
    finally:
        feed.rollback()


def demand(results: Sequence[CheckResult], wanted: str) -> None:
    """The measure named speaks as it must: ``held`` by a critical check, or ``said`` and nothing is held."""
    word, measure = wanted.split()
    if word == "held":
        assert measure in failed(results, "critical")
        with pytest.raises(CheckFailedError, match="--accept-change"):
            raise_if_broken(results)
    else:
        assert measure in failed(results, "warning")
        assert failed(results, "critical") == set()


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.first], ids=lambda fault: fault.name)
def test_a_fault_of_the_first_night_is_held_or_said(feed: Connection, fault: Fault) -> None:
    demand(results_of(spoiled(feed, fault, 1), ()), fault.first or "")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.later], ids=lambda fault: fault.name)
def test_a_fault_of_a_later_night_is_held_or_said(feed: Connection, clean: tuple[Profile, ...], fault: Fault) -> None:
    demand(results_of(spoiled(feed, fault, LATER), clean[:CLEAN_DELIVERIES]), fault.later or "")


def test_a_code_that_vanished_is_said_on_the_night_it_does_and_not_again(
    feed: Connection, clean: tuple[Profile, ...]
) -> None:
    vanished = next(fault for fault in FAULTS if fault.name == "opening_code_vanished")
    first, again = (spoiled(feed, vanished, delivery) for delivery in (CLEAN_DELIVERIES, LATER))

    assert "opening_code_share" in failed(results_of(first, clean[: CLEAN_DELIVERIES - 1]))
    assert "opening_code_share" not in failed(results_of(again, [*clean[: CLEAN_DELIVERIES - 1], first]))


def test_a_sender_too_small_to_be_judged_is_seen_in_the_whole(feed: Connection, clean: tuple[Profile, ...]) -> None:
    fault = next(fault for fault in FAULTS if fault.name == "status_denied_one_sender")
    profile = spoiled(feed, fault, LATER)
    results = weigh(CHECKS, profile, clean[:CLEAN_DELIVERIES], least_rows=2 * CLAIMS)[1]

    assert failed(results, "critical") == {"denied_share"}


def test_clean_nights_pass_without_a_word(clean: tuple[Profile, ...]) -> None:
    for number, profile in enumerate(clean):
        assert failed(results_of(profile, clean[:number])) == set()


# What is kept, read back and accepted


def test_a_profile_is_read_back_as_it_was_and_one_that_was_changed_is_none(
    clean: tuple[Profile, ...], tmp_path: Path
) -> None:
    for profile in clean[:2]:
        keep_profile(tmp_path / "history", profile)

    assert earlier_profiles(tmp_path / "history", 3) == clean[:2]
    assert earlier_profiles(tmp_path / "history", 2) == clean[:1]
    path = profile_path(tmp_path / "history", 1)
    path.write_text(path.read_text(encoding="utf-8").replace("denied", "Denied"), encoding="utf-8")
    assert earlier_profiles(tmp_path / "history", 3) == clean[1:2]
    assert earlier_profiles(tmp_path / "older", 3) == ()


def test_a_profile_holds_no_value_of_a_member(feed: Connection, clean: tuple[Profile, ...], tmp_path: Path) -> None:
    keep_profile(tmp_path / "history", clean[0])
    text = profile_path(tmp_path / "history", 1).read_text(encoding="utf-8")

    values = feed.execute(
        "select distinct member_id from landed.eligibility union select claim_id from landed.medical_claim"
    )
    assert [value for (value,) in values.fetchall() if value in text] == []


def test_a_sender_of_a_few_rows_is_not_named(feed: Connection) -> None:
    fault = Fault("", all_lines("data_source = 'Ada Kanari'", "source_row < 60"), None, None)

    assert "Ada Kanari" not in str(spoiled(feed, fault, 2))


def test_what_is_accepted_is_a_caveat_and_then_the_usual(feed: Connection, clean: tuple[Profile, ...]) -> None:
    denied = next(fault for fault in FAULTS if fault.name == "status_denied")
    broken = spoiled(feed, denied, CLEAN_DELIVERIES)
    names = ["medical_claim.denied_share_broke"]
    accepted = accepting(broken, names=names, because="a backlog", expectations=MEASURES, by="ada")
    assert accepted.accepted_by == {"medical_claim.denied_share": "ada"}
    tonight = results_of(accepted, clean[: CLEAN_DELIVERIES - 1])
    again = spoiled(feed, denied, LATER)

    assert failed(tonight, "critical") == set()
    assert [result.description for result in tonight if "Accepted: a backlog" in result.description]
    raise_if_broken(tonight)
    assert "denied_share" not in failed(results_of(again, [*clean[: CLEAN_DELIVERIES - 1], accepted]))
    assert "denied_share" in failed(results_of(again, [*clean[: CLEAN_DELIVERIES - 1], broken]), "critical")


def test_accepting_one_measure_accepts_no_other(feed: Connection, clean: tuple[Profile, ...]) -> None:
    fault = Fault("", all_lines("claim_status = 'denied', paid_amount = 100 * paid_amount"), None, None)
    broken = spoiled(feed, fault, LATER)
    accepted = accepting(broken, names=["denied_share_broke"], because="a backlog", expectations=MEASURES)

    assert failed(results_of(accepted, clean[:CLEAN_DELIVERIES]), "critical") == {
        "paid_typical",
        "opening_paid_typical",
    }


@pytest.mark.parametrize(
    ("name", "because"), [("denied_share_broke", None), ("denied_share_broke", " "), ("nothing", "x")]
)
def test_a_change_is_accepted_by_its_name_and_for_a_reason(
    clean: tuple[Profile, ...], name: str, because: str | None
) -> None:
    with pytest.raises(UsageError, match=r"--because|no check"):
        accepting(clean[0], names=[name], because=because, expectations=MEASURES)


def test_too_few_rows_are_not_judged_and_that_is_said(feed: Connection) -> None:
    few = Fault("", gone("medical_claim", "source_row > 998"), None, None)
    denied = next(fault for fault in FAULTS if fault.name == "status_denied")
    profile = spoiled(feed, few._replace(sql=f"{few.sql}; {denied.sql}"), 2)
    statuses = {result.status for result in results_of(profile, ()) if result.check_name == "denied_share_bound"}

    assert statuses == {"not_applicable"}


# Great Expectations


def test_great_expectations_judges_as_the_numbers_say(
    feed: Connection, clean: tuple[Profile, ...], empty: Path
) -> None:
    fault = next(fault for fault in FAULTS if fault.name == "status_denied_one_sender")
    profile = spoiled(feed, fault, LATER)
    earlier = clean[:CLEAN_DELIVERIES]

    held = hold(profile, earlier, catalog=empty, expectations=MEASURES, least_rows=LEAST_ROWS)

    assert held == results_of(profile, earlier)
    assert {result.status for result in held} == {"passed", "failed", "not_applicable"}
    [broke] = [
        result for result in held if (result.table_name, result.check_name) == ("medical_claim", "denied_share_broke")
    ]
    # A quarter of the lines: the whole, the sender and each of the three lines of business are beyond 20 points.
    assert (broke.failed_count, broke.status) == (5, "failed")
    assert "data_source east: 100.0% (of 1," in broke.description


def test_every_check_on_measures_can_fail() -> None:
    spoken = {word.split()[1] for fault in FAULTS for word in (fault.first, fault.later) if word}
    not_planted = {
        "approved_share",
        "denied_share",
        "unnamed_drug_share",
        "known_modality_share",
        "opening_paid_typical",
    }

    assert {check.expectation.meta.measure for check in CHECKS} - spoken - not_planted == set()


# Clean nights


@pytest.mark.soak
def test_thirty_clean_nights_of_a_growing_payer_raise_no_hold_and_no_caveat() -> None:
    earlier: list[Profile] = []
    spoke: dict[int, set[str]] = {}
    with open_warehouse() as connection:
        new_feed(connection)
        for night in range(1, NIGHTS + 1):
            claims = CLAIMS if night == 1 else round(NIGHTLY * 1.02**night * (0.4 if night in HOLIDAYS else 1))
            deliver(connection, night, claims=claims)
            day = run_day(1) + timedelta(days=night)
            rows = measured_rows(connection, sql=SQL, as_of=day, delivery_number=night)
            profile = Profile(night, day.isoformat(), rows)
            spoke[night] = failed(results_of(profile, earlier))
            earlier.append(profile)
            connection.execute("delete from landed.medical_claim; delete from landed.claim_diagnosis")

    assert {night: measures for night, measures in spoke.items() if measures} == {}

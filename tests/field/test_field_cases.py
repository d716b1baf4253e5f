"""What people who do this job met in real deliveries, each as a member of two nights or as a delivery of its own.

The cases of values, versions and bills share two nights: no member touches another's. What a delivery is refused for
is landed alone. Each test says the outcome that a careful payer analyst expects.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest

from pipelines.ground.errors import ExitCode, InputRefusedError
from pipelines.ground.published_file import open_published
from pipelines.intake.land import DEFAULT_RULES, Landing, LandingRules, land
from pipelines.intake.ledger import landed_digest, read_ledger
from pipelines.operation.unread import unread_results
from tests.field.rows import (
    IMPLANT_DAY,
    diagnosis,
    exercise,
    files,
    fill,
    implant,
    line,
    span,
    two_drugs,
)
from tests.gates.counting import counts_of
from tests.intake.landing import deliver
from tests.support.nights import night

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.field.rows import Rows

FIRST, SECOND = date(2026, 4, 30), date(2026, 6, 30)
TAKE_ALL = LandingRules(max_rejected_share=1.0)
FACILITY = {"claim_type": "institutional", "hcpcs_code": ""}
NAPROXEN_NDC, ACETAMINOPHEN_NDC = "00002324030", "00597003001"


def stay(member: str, claim: str, frequency: str, room: str) -> Rows:
    """An interim bill that repeats the surgery of the stay, and the room charge so far."""
    where = {"claim_type": "institutional", "bill_type_code": f"011{frequency}", "claim_frequency_code": frequency}
    return [
        *implant(member, claim, revenue_center_code="0360", **where),
        line(member, claim, "3", IMPLANT_DAY, room, revenue_center_code="0120", **where),
    ]


def one_surgery(member: str) -> Rows:
    """A surgery on the bills of the surgeon, the hospital (one charge late) and the dealer who sold the device."""
    hospital = {"claim_type": "institutional", "bill_type_code": "0131", "revenue_center_code": "0360"}
    late = hospital | {"bill_type_code": "0135", "claim_frequency_code": "5", "revenue_center_code": "0278"}
    surgeon = f"{member}-surgeon"
    return [
        line(member, surgeon, "1", IMPLANT_DAY, "1200", hcpcs_code="63650", hcpcs_modifier_1="50"),
        line(member, surgeon, "2", IMPLANT_DAY, "600", hcpcs_code="63650", hcpcs_modifier_1="59"),
        line(member, surgeon, "3", IMPLANT_DAY, "900", hcpcs_code="63685"),
        diagnosis(member, surgeon),
        *implant(member, f"{member}-hospital", service_unit_quantity="2", **hospital),
        line(member, f"{member}-late", "1", IMPLANT_DAY, "400", hcpcs_code="C1787", **late),
        diagnosis(member, f"{member}-late"),
        line(
            member, f"{member}-dealer", "1", date(2026, 3, 11), "7000", hcpcs_code="L8680", service_unit_quantity="16"
        ),
        diagnosis(member, f"{member}-dealer"),
    ]


def credited(member: str) -> Rows:
    """Eight visits on one claim, each taken back by a line of the opposite sign, and an evaluation that stays."""
    claim = f"{member}-pt"
    rows: Rows = [diagnosis(member, claim)]
    for visit, (_, row) in enumerate(exercise(member)[0:16:2]):
        for number, sign in ((2 * visit + 1, ""), (2 * visit + 2, "-")):
            changed = {"claim_id": claim, "claim_line_number": str(number)}
            signed = {"service_unit_quantity": f"{sign}1", "paid_amount": f"{sign}60"}
            rows.append(("medical_claim", row | changed | signed))
    return [*rows, line(member, claim, "17", date(2025, 6, 2), "90", hcpcs_code="97161")]


def written(rows: Rows, column: str, form: str) -> Rows:
    """The rows with a column written otherwise where it is filled."""
    return [(table, row | ({column: form.format(row[column])} if row.get(column) else {})) for table, row in rows]


HOSPITAL = {"claim_type": "institutional", "revenue_center_code": "0360"}
MEMBERS: Mapping[str, Rows] = {
    "plain-facility": [*implant("plain-facility"), *exercise("plain-facility", **FACILITY, revenue_center_code="0420")],
    "revenue-point-zero": [
        *implant("revenue-point-zero"),
        *exercise("revenue-point-zero", **FACILITY, revenue_center_code="420.0"),
    ],
    "revenue-zero-lost": [
        *implant("revenue-zero-lost"),
        *exercise("revenue-zero-lost", **FACILITY, revenue_center_code="420"),
    ],
    "null-word": [
        *implant("null-word"),
        *exercise("null-word", **FACILITY | {"hcpcs_code": "NULL"}, revenue_center_code="0420"),
    ],
    "null-word-otherwise": [
        *implant("null-word-otherwise"),
        *exercise("null-word-otherwise", **FACILITY | {"hcpcs_code": " #n/a "}, revenue_center_code="0420"),
    ],
    "line-point-zero": implant("line-point-zero"),
    "no-break-space": written(implant("no-break-space"), "hcpcs_code", "{}\u00a0"),
    "no-width-space": written(implant("no-width-space"), "hcpcs_code", "\u200b{}"),
    "span-ended-later": [],
    "span-cancelled": implant("span-cancelled"),
    "fill-taken-back": [
        *implant("fill-taken-back"),
        *exercise("fill-taken-back"),
        *two_drugs("fill-taken-back", days_supply="15"),
        *two_drugs("fill-taken-back", days_supply="15", quantity="-60", paid_amount="-12"),
    ],
    "fill-kept": [
        *implant("fill-kept"),
        *exercise("fill-kept"),
        *two_drugs("fill-kept"),
    ],
    "fill-taken-back-by-days": [
        *implant("fill-taken-back-by-days"),
        *exercise("fill-taken-back-by-days"),
        *two_drugs("fill-taken-back-by-days", days_supply="15"),
        *two_drugs("fill-taken-back-by-days", days_supply="-15", quantity="-60", paid_amount="-12"),
    ],
    "replaced-by-bill-type": [
        *implant("replaced-by-bill-type", "rb-1", bill_type_code="0131", **HOSPITAL),
        *implant(
            "replaced-by-bill-type",
            "rb-2",
            lead="8000",
            generator="20000",
            bill_type_code="0137",
            original_claim_id="rb-1",
            **HOSPITAL,
        ),
    ],
    "voided-by-bill-type": [
        *implant("voided-by-bill-type", "vb-1", bill_type_code="131", **HOSPITAL),
        *implant("voided-by-bill-type", "vb-2", bill_type_code="138", original_claim_id="vb-1", **HOSPITAL),
    ],
    "credited-lines": [*implant("credited-lines"), *credited("credited-lines"), *two_drugs("credited-lines")],
    "old-procedure-code": [
        line(
            "old-procedure-code",
            "op-1",
            "1",
            date(2013, 5, 6),
            "40000",
            claim_type="institutional",
            bill_type_code="111",
        ),
        diagnosis("old-procedure-code", "op-1", "724.2"),
        *(
            (
                "claim_procedure",
                {
                    "claim_id": "op-1",
                    "member_id": "old-procedure-code",
                    "procedure_rank": rank,
                    "procedure_code": code,
                    "procedure_code_type": "icd-9-pcs",
                    "procedure_date": "2013-05-06",
                },
            )
            for rank, code in (("1", "393"), ("2", "8698"))
        ),
    ],
    "drug-code-forms": [
        *implant("drug-code-forms"),
        *exercise("drug-code-forms"),
        fill("drug-code-forms", 1, "", ndc_code=f"N4{NAPROXEN_NDC}"),
        fill("drug-code-forms", 2, "", ndc_code="0597*0030*01"),
    ],
    "benefit-no": [*implant("benefit-no"), *exercise("benefit-no")],
    "benefit-unreadable": [*implant("benefit-unreadable"), *exercise("benefit-unreadable")],
    "interim-bills": [
        *stay("interim-bills", "ib-1", "2", "4000"),
        *stay("interim-bills", "ib-2", "3", "8000"),
        *stay("interim-bills", "ib-3", "4", "12000"),
    ],
    "one-surgery": one_surgery("one-surgery"),
    "one-amount": [
        *implant("one-amount", lead="30000", generator="30000", **HOSPITAL),
        line("one-amount", "one-amount-implant", "3", IMPLANT_DAY, "30000", hcpcs_code="C1787", **HOSPITAL),
    ],
    "days-of-999": [*implant("days-of-999"), *two_drugs("days-of-999", days_supply="999")],
    "new-number": [*implant("new-number"), *exercise("old-number")],
    "filled-dates": implant("filled-dates", claim_start_date="1900-01-01", claim_end_date="9999-12-31"),
    "fewer-lines": [
        *implant("fewer-lines"),
        line("fewer-lines", "fewer-lines-implant", "3", IMPLANT_DAY, "15000", hcpcs_code="C1787"),
    ],
    "1E10": implant("1E10", "000123456"),
    "month-on-a-line": [
        *implant("month-on-a-line"),
        line(
            "month-on-a-line",
            "month-on-a-line-pt",
            "1",
            date(2025, 6, 2),
            "2160",
            hcpcs_code="97110",
            claim_line_end_date="2025-06-30",
            service_unit_quantity="36",
        ),
        diagnosis("month-on-a-line", "month-on-a-line-pt"),
    ],
    "CASE-DIFFERS": implant("CASE-DIFFERS"),
    "paid-again": implant("paid-again"),
    "fewer-diagnoses": [
        *implant("fewer-diagnoses"),
        ("claim_diagnosis", {"claim_id": "fewer-diagnoses-implant", "diagnosis_rank": "2", "diagnosis_code": "M48.06"}),
    ],
    "billed-twice": [*implant("billed-twice"), *implant("billed-twice", "bt-again")],
    "0000417": [*implant("0000417"), *two_drugs("417")],
    "soft-hyphen": written(written(implant("soft-hyphen"), "hcpcs_code", "{}\u00ad"), "hcpcs_code", "\u200e{}"),
}
SPANS: Mapping[str, Mapping[str, str]] = {
    "span-cancelled": {"enrollment_end_date": "2019-12-31"},
    "span-ended-later": {"enrollment_start_date": "2025-01-01"},
    "benefit-no": {"has_pharmacy_benefit": "No"},
    "benefit-unreadable": {"has_pharmacy_benefit": "perhaps"},
    "CASE-DIFFERS": {"member_id": "case-differs"},
}
CROSSWALK: Rows = [
    ("drug_crosswalk", {"from_system": "ndc", "from_code": code, "rxnorm_ingredient": ingredient})
    for code, ingredient in ((NAPROXEN_NDC, "7258"), (ACETAMINOPHEN_NDC, "161"))
]


def first_night() -> dict[str, str | bytes]:
    """Every member's rows but those that come later."""
    rows = [row for own in MEMBERS.values() for row in own]
    spans = [span(member, **SPANS.get(member, {})) for member in MEMBERS]
    return files([*rows, *spans, *CROSSWALK])


def second_night() -> dict[str, str | bytes]:
    """What came two months later of the same members."""
    return files(
        [
            *implant(
                "line-point-zero",
                lead="8500",
                generator="20500",
                first_number="1.0",
                second_number="2.0",
                paid_date="2026-05-02",
            ),
            *implant("span-ended-later"),
            *implant("fewer-lines", lead="10000", generator="21500", paid_date="2026-05-02"),
            *implant("paid-again", lead="250", generator="600", paid_date="2026-05-02"),
            *implant("fewer-diagnoses", paid_date="2026-05-02"),
            span("span-ended-later", enrollment_start_date="2025-01-01", enrollment_end_date="2025-07-31"),
        ]
    )


class Found(NamedTuple):
    """What is published of a member's one episode."""

    outcome: str
    reason: str
    paid: str
    exercise: float
    medication: str
    notes: tuple[str, ...]
    enrolled_days: int
    drugs_visible: bool


class Published(NamedTuple):
    """What nights publish: episodes by member, and what the data quality counts, by table, column and check."""

    episodes: Mapping[str, Found]
    remarks: frozenset[tuple[str, str, str]]
    """Member, kind and remark."""
    counted: Mapping[tuple[str, str, str], int]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Both nights, landed, audited and published; the checks on deliveries are not asked here."""
    out = tmp_path_factory.mktemp("field") / "out"
    night(out, 1, first_night(), as_of=FIRST)
    first = read_published(out)
    night(out, 2, second_night(), as_of=SECOND)
    # What was mended is told in the night that mended it.
    second = read_published(out)
    return second._replace(counted={**first.counted, **second.counted})


def read_published(out: Path) -> Published:
    """What is published in ``out``."""
    with open_published(out / "published") as connection:
        rows = connection.execute(EPISODES).fetchall()
        remarks = connection.execute(
            "select distinct member_id, remark_kind, remark from audit.episode_remark "
            "inner join audit.episode_review using (episode_id)"
        ).fetchall()
        counts = connection.execute(
            "select table_name, column_name, check_name, sum(failed_count) from audit.data_quality "
            "where failed_count > 0 group by all"
        ).fetchall()
    members = [row[0] for row in rows]
    assert sorted(set(members)) == sorted(members), "one episode a member"
    return Published(
        {member: Found._make([*found[:5], tuple(found[5]), *found[6:]]) for member, *found in rows},
        frozenset(remarks),
        {(table, column or "", check): int(count) for table, column, check, count in counts},
    )


@pytest.mark.soak
def test_the_installed_program_publishes_the_same(published: Published, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("stimaudit")
    for number, (delivered, day) in enumerate(((first_night(), FIRST), (second_night(), SECOND)), start=1):
        extracts = deliver(tmp_path / str(number), delivered)
        asked = [str(program), "run", "--extracts", str(extracts), "--out", str(tmp_path / "out"), "--as-of", str(day)]
        told = subprocess.run([*asked, "--no-prefect"], capture_output=True, text=True, check=False)
        assert told.returncode == ExitCode.CAVEATS, told.stderr

    assert read_published(tmp_path / "out").episodes == published.episodes


EPISODES = """
    select
        episode.member_id, episode.outcome, episode.outcome_reason, episode.paid_amount::varchar,
        max(state.measure) filter (where state.care_group = 'exercise'),
        max(state.state) filter (where state.care_group = 'medication'),
        episode.notes, episode.enrolled_days, episode.drugs_visible
    from audit.episode_review as episode
    left join audit.care_group_state as state using (episode_id)
    group by all
"""


def same_verdict(one: Found, other: Found) -> bool:
    """Whether two members are judged alike."""
    return one._replace(notes=()) == other._replace(notes=())


# Values


@pytest.mark.parametrize(
    ("member", "counted"),
    [
        ("revenue-point-zero", ("medical_claim", "revenue_center_code", "point_zero_dropped")),
        ("revenue-zero-lost", ("medical_claim", "revenue_center_code", "leading_zero_restored")),
        ("null-word", ("medical_claim", "hcpcs_code", "null_word_is_blank")),
        ("null-word-otherwise", ("medical_claim", "hcpcs_code", "null_word_is_blank")),
    ],
)
def test_therapy_on_hospital_lines_counts_however_its_codes_are_written(
    published: Published, member: str, counted: tuple[str, str, str]
) -> None:
    assert published.episodes["plain-facility"].exercise == 14
    assert same_verdict(published.episodes[member], published.episodes["plain-facility"])
    assert published.counted[counted] >= 14


@pytest.mark.parametrize("member", ["no-break-space", "no-width-space"])
def test_an_implant_does_not_vanish_behind_a_character_that_nobody_sees(published: Published, member: str) -> None:
    assert published.episodes[member].paid == "30000.00"
    assert published.counted["medical_claim", "hcpcs_code", "unseen_character_dropped"] == 6


def test_a_line_number_with_point_zero_is_the_line_that_it_was(published: Published) -> None:
    assert published.episodes["line-point-zero"].paid == "29000.00"
    assert published.counted["medical_claim", "claim_line_number", "point_zero_dropped"] == 2


def test_drug_codes_are_read_as_claims_write_them(published: Published) -> None:
    assert published.episodes["drug-code-forms"].medication == "adequate"
    assert published.counted["pharmacy_claim", "ndc_code", "drug_code_mended"] == 2


def test_no_is_no_benefit_and_what_cannot_be_read_is_not_known(published: Published) -> None:
    for member in ("benefit-no", "benefit-unreadable"):
        found = published.episodes[member]
        assert (found.outcome, found.medication, found.drugs_visible) == ("not_assessable", "unknown", False)
    assert published.counted["eligibility", "has_pharmacy_benefit", "boolean_unreadable"] == 1


def test_an_old_procedure_code_that_lost_its_zero_is_warned_of(published: Published) -> None:
    assert published.counted["claim_procedure", "procedure_code", "leading_zero_lost"] == 1


# Versions


def test_a_span_that_came_again_shorter_has_ended(published: Published) -> None:
    found = published.episodes["span-ended-later"]

    assert (found.outcome, found.reason) == ("not_assessable", "insufficient_enrollment")
    assert found.enrolled_days < 365


def test_a_span_that_ends_before_it_starts_covers_nothing_and_is_counted(published: Published) -> None:
    found = published.episodes["span-cancelled"]

    assert (found.outcome, found.reason, found.enrolled_days) == ("not_assessable", "insufficient_enrollment", 0)
    assert published.counted["eligibility", "enrollment_end_date", "end_before_start"] == 1


def test_a_fill_taken_back_is_no_medication_whatever_the_sign_of_its_days(published: Published) -> None:
    assert published.episodes["fill-kept"].medication == "adequate"
    for member in ("fill-taken-back", "fill-taken-back-by-days"):
        found = published.episodes[member]
        assert (found.outcome, found.medication) == ("flagged", "none")


def test_lines_credited_within_a_claim_are_no_therapy(published: Published) -> None:
    found = published.episodes["credited-lines"]

    assert (found.outcome, found.reason) == ("flagged", "conservative_care_too_short")
    assert (found.exercise, found.medication) == (0, "adequate")


# Bills


def test_the_last_digit_of_the_bill_type_tells_a_replacement(published: Published) -> None:
    assert published.episodes["replaced-by-bill-type"].paid == "28000.00"


def test_the_last_digit_of_the_bill_type_tells_a_void(published: Published) -> None:
    assert "voided-by-bill-type" not in published.episodes


def test_interim_bills_that_repeat_the_surgery_cost_it_once(published: Published) -> None:
    found = published.episodes["interim-bills"]

    assert found.paid == "54000.00"
    assert "interim_bills_repeat_lines" in found.notes


def test_one_surgery_on_many_bills_is_one_episode_with_all_their_dollars(published: Published) -> None:
    # 2,700 of the surgeon, 30,000 of the hospital and 400 late, 7,000 of the dealer.
    assert published.episodes["one-surgery"].paid == "40100.00"


# What a person must look at: the verdict stands, and the case says it


@pytest.mark.parametrize(
    ("member", "paid", "kind", "remark"),
    [
        ("one-amount", "90000.00", "doubtful", "one_amount_on_all_lines"),
        ("fewer-lines", "46500.00", "doubtful", "claim_again_with_fewer_lines"),
        ("paid-again", "850.00", "doubtful", "paid_amount_fell"),
        ("month-on-a-line", "30000.00", "doubtful", "care_over_days"),
        ("month-on-a-line", "30000.00", "doubtful", "many_units_of_care"),
        ("new-number", "30000.00", "doubtful", "older_claims_without_eligibility"),
        ("CASE-DIFFERS", "30000.00", "doubtful", "member_id_differs_in_case"),
        ("0000417", "30000.00", "doubtful", "member_id_differs_in_zeros"),
        ("fewer-diagnoses", "30000.00", "doubtful", "claim_again_with_fewer_diagnoses"),
        ("billed-twice", "60000.00", "doubtful", "claims_alike"),
        ("soft-hyphen", "30000.00", "repaired", "unseen_character_dropped"),
        ("days-of-999", "30000.00", "set_aside", "out_of_range"),
        ("filled-dates", "30000.00", "repaired", "filler_is_blank"),
    ],
)
def test_a_case_says_what_came_doubtful(published: Published, member: str, paid: str, kind: str, remark: str) -> None:
    assert published.episodes[member].paid == paid
    assert (member, kind, remark) in published.remarks


def test_999_days_are_no_medication(published: Published) -> None:
    assert published.episodes["days-of-999"].medication == "none"


def test_a_month_of_therapy_on_one_line_is_one_visit_that_a_person_asks_about(published: Published) -> None:
    assert published.episodes["month-on-a-line"].exercise == 1


def test_a_member_under_another_spelling_is_not_known_to_be_enrolled(published: Published) -> None:
    found = published.episodes["CASE-DIFFERS"]

    assert (found.outcome, found.reason) == ("not_assessable", "insufficient_enrollment")


def test_numbers_that_look_like_figures_stay_as_they_are(published: Published) -> None:
    assert published.episodes["1E10"].paid == "30000.00"


# Deliveries


PLAIN = [*implant("m1"), span("m1")]


def landed_alone(tmp_path: Path, delivered: Mapping[str, str | bytes], *, name: str = "day") -> Landing:
    """What becomes of a delivery of these files in a history of its own."""
    folder = deliver(tmp_path / name, delivered)
    return land(folder, landed=tmp_path / "landed", as_of=SECOND, rules=DEFAULT_RULES)


def test_two_audits_of_different_claims_have_different_names(tmp_path: Path) -> None:
    digests = set()
    for status in ("paid", "denied", ""):
        place = tmp_path / (status or "blank")
        landed_alone(place, files([*implant("m1", claim_status=status), span("m1")]))
        digests.add(landed_digest(place / "landed"))

    assert len(digests) == 3


def test_files_named_otherwise_are_named(tmp_path: Path) -> None:
    delivered = files(PLAIN)
    text = delivered["medical_claim.csv"]
    landing = landed_alone(
        tmp_path,
        delivered | {"medical_claim-2025.csv": text, "pharmacy_claims.csv": "a,b\n1,2\n", "eligibility.txt": "a\n"},
    )
    told = " ".join(
        result.description for result in unread_results(landing.files, end_marker=None) if result.status == "failed"
    )

    for name in ("medical_claim-2025.csv", "pharmacy_claims.csv", "eligibility.txt"):
        assert name in told


def test_a_folder_of_a_lake_is_refused_with_what_to_export(tmp_path: Path) -> None:
    lake = {
        "medical_claim_history/_delta_log/00000000000000000000.json": "{}",
        "medical_claim_history/part.parquet": "",
    }

    with pytest.raises(InputRefusedError, match="Delta"):
        landed_alone(tmp_path, files(PLAIN) | lake)


def test_identifiers_that_went_through_doubles_set_their_rows_aside(tmp_path: Path) -> None:
    claims = pl.read_csv(BytesIO(str(files(PLAIN)["medical_claim.csv"]).encode()), infer_schema=False)
    numbers = [float(2**53 + 2 + 2 * number) for number in range(claims.height)]
    table = BytesIO()
    claims.with_columns(pl.Series("claim_id", numbers)).write_parquet(table)
    delivered = {name: text for name, text in files(PLAIN).items() if name != "medical_claim.csv"}
    rules = TAKE_ALL
    folder = deliver(tmp_path / "day", delivered | {"medical_claim.parquet": table.getvalue()})
    landing = land(folder, landed=tmp_path / "landed", as_of=SECOND, rules=rules)

    assert {file.table_name: file.rejected_count for file in landing.files}["medical_claim"] == claims.height


def test_one_claim_number_of_two_payers_is_held(tmp_path: Path) -> None:
    rows = [
        *implant("m1", "5001", payer="north", data_source="north"),
        line("m1", "5001", "1", date(2025, 6, 2), "60", hcpcs_code="97110", payer="south", data_source="south"),
        span("m1"),
    ]
    landed_alone(tmp_path, files(rows))

    failed, _ = counts_of(tmp_path / "landed", "identifiers", 1)["claim_of_one_payer"]
    assert failed == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("claim_id,", "Claim ID,", 1), "claim id for claim_id"),
        (lambda text: text.partition("\n")[2], "header"),
        (lambda text: "sep=,\n" + text, "sep="),
        (lambda text: text + "TRAILER,4\n", "columns|fields|row"),
        (lambda text: text.replace(",", ";"), ";|semicolon|delimiter"),
    ],
    ids=["headers with blanks", "no header", "a separator line", "a trailer", "semicolons"],
)
def test_a_file_of_another_form_is_refused_with_its_cause(
    tmp_path: Path, change: Callable[[str], str], said: str
) -> None:
    delivered = files(PLAIN)
    with pytest.raises(InputRefusedError, match=said):
        landed_alone(tmp_path, delivered | {"medical_claim.csv": change(str(delivered["medical_claim.csv"]))})


def test_times_at_midnight_are_days(tmp_path: Path) -> None:
    day = IMPLANT_DAY.isoformat()
    delivered = files(PLAIN)
    timed = str(delivered["medical_claim.csv"]).replace(day, f"{day} 00:00:00")
    landed_alone(tmp_path, delivered | {"medical_claim.csv": timed})

    [delivery] = read_ledger(tmp_path / "landed")
    assert [file.rejected_count for file in delivery.files] == [0, 0, 0]


@pytest.mark.long
def test_a_case_says_that_claims_begin_inside_its_look_back(tmp_path: Path) -> None:
    visit = line("late", "late-visit", "1", date(2026, 2, 3), "90", hcpcs_code="99213")
    night(tmp_path, 1, files([*implant("late"), visit, span("late")]), as_of=SECOND)
    found = read_published(tmp_path)

    assert found.episodes["late"].outcome == "flagged"
    assert ("late", "doubtful", "feed_begins_in_look_back") in found.remarks


@pytest.mark.long
def test_a_claim_that_a_refresh_of_its_days_lacks_is_told_with_its_case(tmp_path: Path) -> None:
    others = [row for number in range(6) for row in exercise(f"other-{number}")]
    night(tmp_path, 1, files([*implant("gone"), *others, span("gone")]), as_of=FIRST)
    again = [(table, row | ({"paid_date": "2026-05-02"} if table == "medical_claim" else {})) for table, row in others]
    night(tmp_path, 2, files([*again, *implant("new")]), as_of=SECOND)

    assert ("gone", "doubtful", "claim_not_in_refresh") in read_published(tmp_path).remarks


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_run_date_is_that_of_the_place(zone: str) -> None:
    # Between these two it is never the same day.
    asked = (
        "from pipelines.commands.shared import now, today; import zoneinfo, sys; "
        "print(today() == now().astimezone(zoneinfo.ZoneInfo(sys.argv[1])).date())"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked, zone], env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "True"

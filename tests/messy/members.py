"""Members full of the cases that rule.md speaks of, from a seed; for the differential and the property tests.

    extracts = messy_members(1, 1000, value_sets=Path("sql/value_sets"))
    write_extracts(extracts, Path("/tmp/extracts"))

A member is composed of story pieces (the `messy_*` modules beside this one): a surgery, diagnoses, care,
statements, enrolment, authorizations, exclusions, adjustments. `stories` tells which pieces each member has.
Member n of a seed is the same whatever `count`, `feeds` and `deliveries` are, except for spellings.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from tests.messy import care as messy_care
from tests.messy import context as messy_context
from tests.messy import documents as messy_documents
from tests.messy import drugs as messy_drugs
from tests.messy import surgery as messy_surgery
from tests.messy.adjustments import adjust
from tests.messy.builder import LONG, Claim, Member, days
from tests.messy.codes import ICD10_FROM, Codes, codes_of
from tests.messy.text import Row

RUN_DATE = date(2026, 6, 30)
SPELLING_SHARE = 0.06
BAD_ROW_SHARE = 0.004
ODD_MEMBERS, ODD_SHARE = 0.12, 0.08
"""Members whose cells are spoiled as by real systems, and how many of their cells are."""

OPTIONAL_TABLES = (
    "claim_procedure",
    "pharmacy_claim",
    "eligibility",
    "prior_authorization",
    "care_documentation",
    "drug_crosswalk",
    "member_crosswalk",
)
ALL_FEEDS: frozenset[str] = frozenset({*OPTIONAL_TABLES, "claim_diagnosis"})
"""Tables that may be left out. Without `claim_diagnosis` every claim carries its diagnoses in the wide form."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "medical_claim": (
        *("claim_id", "claim_line_number", "claim_type", "member_id", "claim_line_start_date", "claim_line_end_date"),
        *("claim_start_date", "claim_end_date", "line_of_business", "payer", "plan", "place_of_service_code"),
        *("bill_type_code", "revenue_center_code", "hcpcs_code", *(f"hcpcs_modifier_{n}" for n in range(1, 6))),
        *("service_unit_quantity", "diagnosis_pointer", "condition_codes", "clinical_trial_number"),
        *("prior_authorization_number", "rendering_npi", "billing_npi", "facility_npi", "paid_date", "paid_amount"),
        *(
            "allowed_amount",
            "charge_amount",
            "claim_status",
            "claim_frequency_code",
            "original_claim_id",
            "data_source",
        ),
    ),
    "claim_diagnosis": (
        *("claim_id", "member_id", "diagnosis_rank", "diagnosis_code", "diagnosis_code_type", "present_on_admit_code"),
    ),
    "claim_procedure": (
        *("claim_id", "member_id", "procedure_rank", "procedure_code", "procedure_code_type", "procedure_date"),
    ),
    "pharmacy_claim": (
        *("claim_id", "claim_line_number", "member_id", "dispensing_date", "ndc_code", "rxnorm_code", "atc_code"),
        *("generic_name", "quantity", "days_supply", "paid_amount", "claim_status"),
    ),
    "eligibility": (
        *("member_id", "enrollment_start_date", "enrollment_end_date", "line_of_business", "payer", "plan"),
        *("has_pharmacy_benefit", "birth_date", "gender", "state"),
    ),
    "prior_authorization": (
        "authorization_id",
        "member_id",
        "decision",
        "hcpcs_code",
        "decision_date",
        "valid_from",
        "valid_to",
    ),
    "care_documentation": (
        *("document_id", "member_id", "modality", "outcome", "document_date", "start_date", "end_date", "visit_count"),
        *("author_role", "source_type", "source_reference"),
    ),
    "drug_crosswalk": ("from_system", "from_code", "rxnorm_ingredient"),
    "member_crosswalk": ("previous_member_id", "member_id"),
}
WIDE_COLUMNS = (
    *("diagnosis_code_type", *(f"diagnosis_code_{rank}" for rank in range(1, 26))),
    *("procedure_code_type", *(f"procedure_code_{rank}" for rank in range(1, 26))),
    *(f"procedure_date_{rank}" for rank in range(1, 26)),
)

# Files by how late a row comes. Bytes order them, so `_10` stands before `_9`, and `_B` before `_a`.
_FILES = {"0": "{t}.csv", "1": "{t}_10.csv", "2": "{t}_9.csv", "3": "{t}_late/{t}_B.csv", "4": "{t}_late/{t}_a.csv"}
_EARLIER, _LATER = "2026-05-31", "2026-06-30"


def messy_members(
    seed: int,
    count: int,
    *,
    value_sets: Path,
    feeds: frozenset[str] = ALL_FEEDS,
    shared_claim_ids: bool = False,
    benefit_told: bool = True,
    odd_members: float = ODD_MEMBERS,
    deliveries: int = 1,
    bad_row_share: float = BAD_ROW_SHARE,
    only: frozenset[int] | None = None,
    told: dict[str, Counter[str]] | None = None,
) -> dict[str, list[Row]]:
    """Extracts: table to rows in delivered order (delivery, file, row).

    `only` keeps some members by number, to look at one case alone. With `deliveries=2` later versions come in a
    second delivery and every row has `_delivery`; else they come in later files (`_file`) of the one delivery.
    `odd_members` is the share of members whose cells are spoiled, so that they must still be read as the same values.
    Without `benefit_told` no span of anybody says whether it covers drugs. `told` is filled with the `stories` of the
    members and with how their cells are spoiled.
    """
    codes = codes_of(value_sets)
    extracts: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    for member in _members(
        seed,
        count,
        codes,
        bad_row_share=bad_row_share,
        shared_claim_ids=shared_claim_ids,
        odd_members=odd_members,
        only=only,
    ):
        tables = member.tables(spelling_share=SPELLING_SHARE, long_form_delivered="claim_diagnosis" in feeds)
        for table, rows in tables.items():
            extracts[table] += rows
        if told is not None:
            told[member.member_id] = member.seen
    extracts["drug_crosswalk"] = messy_drugs.crosswalk_rows(codes)
    for row in extracts["eligibility"] if not benefit_told else []:
        row["has_pharmacy_benefit"] = None
    for table, rows in extracts.items():
        _place(table, rows, deliveries)
    return {table: rows for table, rows in extracts.items() if table == "medical_claim" or table in feeds}


def stories(
    seed: int, count: int, *, value_sets: Path, bad_row_share: float = BAD_ROW_SHARE
) -> dict[str, Counter[str]]:
    """The pieces and edges in each member, by member id: `trial_then_permanent`, `trial_link_days=120`, ..."""
    members = _members(
        seed,
        count,
        codes_of(value_sets),
        bad_row_share=bad_row_share,
        shared_claim_ids=False,
        odd_members=ODD_MEMBERS,
        only=None,
    )
    return {member.member_id: member.seen for member in members}


def _members(
    seed: int,
    count: int,
    codes: Codes,
    *,
    bad_row_share: float,
    shared_claim_ids: bool,
    odd_members: float,
    only: frozenset[int] | None,
) -> Iterator[Member]:
    source = random.Random(seed)
    for number in range(1, count + 1):
        member_seed = source.getrandbits(64)
        if only is not None and number not in only:
            continue
        rng = random.Random(member_seed)
        member = Member(f"M{seed}-{number}", f"{seed}-{number}", rng, codes, anchor_date(rng))
        compose(member)
        if shared_claim_ids and number > 1 and rng.random() < 0.06:
            _share_claim_id(member, f"C{seed}-{number - 1}-1")
        if rng.random() < odd_members:
            member.odd_share = ODD_SHARE
        messy_context.spoil_rows(member, bad_row_share)
        yield member


def anchor_date(rng: random.Random) -> date:
    """2012 to 2026, with the code switches and the time before the run date more often; now and then after it."""
    kind = rng.choices(
        ("anywhere", "icd10", "m54_5", "codes_2024", "recent", "two_years_ago", "future"), (40, 13, 14, 7, 15, 8, 1)
    )[0]
    match kind:
        case "icd10":
            return ICD10_FROM + days(rng.choice((-1, 0, 1, rng.randrange(-60, 60), rng.randrange(-400, 400))))
        case "m54_5":
            return date(2021, 10, 1) + days(rng.choice((-1, 0, 1, rng.randrange(-60, 60), rng.randrange(-400, 400))))
        case "codes_2024":
            return date(2024, 1, 1) + days(rng.choice((-1, 0, 1, rng.randrange(-90, 90))))
        case "recent":
            return RUN_DATE - days(rng.randrange(0, 730))
        case "two_years_ago":
            return RUN_DATE - days(730 + rng.choice((-2, -1, 0, 1, 2)))
        case "future":
            return RUN_DATE + days(rng.choice((1, 30, 300)))
        case _:
            return date(2012, 6, 1) + days(rng.randrange(0, 5100))


# -- composing ----------------------------------------------------------------------------------------


def compose(m: Member) -> None:
    """One member: the surgery first, then what is told about it."""
    if m.chance(0.5):
        m.line_of_business = m.rng.choice(messy_context.LINES_OF_BUSINESS)
    messy_surgery.surgery(m)
    surgical_claims = list(m.claims)
    _care(m)
    care_claims = m.claims[len(surgical_claims) :]
    _documents(m)
    if m.seen["care_that_waits_for_drugs"]:
        messy_context.drugs_not_covered(m)
    else:
        functions, weights = zip(*messy_context.ENROLMENT, strict=True)
        m.rng.choices(functions, weights)[0](m)
    _context(m)
    _adjustments(m, surgical_claims, care_claims)
    messy_context.odd_cells(m)
    messy_context.unread_cells(m)
    if m.chance(0.02):
        messy_context.known_by_a_previous_identifier(m)


def _care(m: Member) -> None:
    plan = m.rng.choices(("adequate", "partial", "none", "uncounted", "anything"), (34, 30, 12, 9, 15))[0]
    m.saw(f"care_{plan}")
    match plan:
        case "adequate":
            _adequate_care(m)
        case "partial":
            m.rng.choice(messy_care.PARTIAL_CARE)(m)
            if m.chance(0.5):
                m.rng.choice(messy_drugs.MEDICATION)(m)
        case "uncounted":
            m.rng.choice(messy_care.UNCOUNTED_CARE)(m)
        case "anything":
            for _ in range(m.rng.choice((2, 3))):
                m.rng.choice(messy_care.PARTIAL_CARE + messy_drugs.MEDICATION + messy_care.UNCOUNTED_CARE)(m)
        case _:
            pass
    if m.chance(0.15):
        m.rng.choice(messy_care.UNCOUNTED_CARE)(m)
    if m.chance(0.2):
        m.rng.choice(messy_drugs.MEDICATION)(m)
    if m.chance(0.4):
        messy_care.psych_evaluation(m)


def _adequate_care(m: Member) -> None:
    """All three care criteria met, or met but for one edge."""
    match m.rng.choices(("full", "medication", "one_edge", "span", "drugs"), (8, 6, 16, 5, 3))[0]:
        case "full":
            messy_care.two_groups_over_half_a_year(m)
        case "medication":
            messy_care.course(m, "exercise", messy_care.spread(m.rng.randrange(190, 290), 8, 60))
            messy_care.course(m, "manipulation", [m.rng.randrange(1, 8)])
            m.rng.choice(messy_drugs.MEDICATION)(m)
        case "span":
            messy_care.care_span_edge(m)
        case "drugs":
            messy_care.care_that_waits_for_drugs(m)
        case _:
            far_apart = [m.rng.randrange(1, 20), m.rng.randrange(300, 360)]
            exercise, other = m.rng.choice(
                (
                    (messy_care.exercise_dates_edge, messy_care.adequate_manipulation),
                    (messy_care.exercise_span_edge, messy_care.adequate_manipulation),
                    (messy_care.exercise_gap_edge, messy_drugs.adequate_medication),
                    (messy_care.exercise_at_look_back_start, messy_care.adequate_manipulation),
                    (messy_care.exercise_up_to_anchor, messy_drugs.adequate_medication),
                    (messy_care.exercise_revenue_lines, messy_care.adequate_manipulation),
                    (messy_care.adequate_exercise, messy_care.manipulation_window_edge),
                    (messy_care.adequate_exercise, messy_care.acupuncture_window_edge),
                    (messy_care.adequate_exercise, messy_care.psychological_sessions),
                    (messy_care.adequate_exercise, messy_care.interdisciplinary_hours),
                    (messy_care.adequate_exercise, messy_drugs.medication_days_edge),
                    (messy_care.adequate_exercise, messy_drugs.medication_near_anchor),
                    (messy_care.adequate_exercise, messy_drugs.medication_reversed),
                )
            )
            far_group = "manipulation" if other is messy_care.psychological_sessions else "psychological"
            messy_care.course(m, far_group, far_apart)
            exercise(m)
            other(m)


def _documents(m: Member) -> None:
    if m.chance(0.45):
        messy_documents.statements(m)
    if m.chance(0.05):
        messy_documents.statements(m)


def _context(m: Member) -> None:  # noqa: C901 - one line a piece, each with its own chance
    if m.chance(0.17):
        messy_context.prior_authorization(m)
    if m.chance(0.05):
        messy_context.authorization_again(m)
    if m.chance(0.08):
        messy_context.red_flag(m)
    if m.chance(0.08):
        messy_context.cauda_equina_symptom(m)
    if m.chance(0.09):
        messy_context.clinical_trial(m)
    if m.chance(0.12):
        messy_context.likely_miscoded(m)
    if m.chance(0.45):
        messy_context.back_pain_visit(m)
    if m.chance(0.10):
        messy_context.complication_after(m)
    if m.chance(0.15):
        messy_context.revision_after(m)
    if m.chance(0.02):
        messy_context.line_near_the_run_date(m)
    if m.chance(0.35):
        messy_context.unrelated_visits(m)


def _adjustments(m: Member, surgical: list[Claim], care: list[Claim]) -> None:
    """docs/rule.md 2 on the surgery's claims, on care, or on any claim; most members keep their story readable."""
    groups = [[claim for claim in m.claims if claim in group and claim.lines] for group in (surgical, care)]
    for group, share in zip(groups, (0.3, 0.3), strict=True):
        if group and m.chance(share):
            adjust(m, m.rng.choice(group))
    if m.chance(0.08):
        adjust(m, m.rng.choice([claim for claim in m.claims if claim.lines]))


def _share_claim_id(m: Member, other: str) -> None:
    """The member's first claim takes over the id of the member before; whose its rows are is said, or not, or later."""
    m.saw("shared_claim_id")
    claim = m.claims[0]
    for row in (*claim.lines, *claim.diagnoses, *claim.procedures):
        row["claim_id"] = other
    how = m.rng.choice(("own", "unowned", "some_own", "own_later", "unowned_later"))
    m.saw(f"shared_{how}")
    for row in claim.diagnoses:
        row["member_id"] = m.member_id if how == "own" or (how == "some_own" and m.chance(0.5)) else None
    if how in ("own_later", "unowned_later"):
        claim.form = LONG
        first, second = (None, m.member_id) if how == "own_later" else (m.member_id, None)
        again: list[Row] = [{**row, "member_id": second, "_late": "4"} for row in claim.diagnoses]
        for row in claim.diagnoses:
            row["member_id"] = first
        claim.diagnoses += again


# -- files --------------------------------------------------------------------------------------------


def _place(table: str, rows: list[Row], deliveries: int) -> None:
    """Gives each row its file (and delivery), sorts into delivered order and numbers the rows of each file from 1."""
    for row in rows:
        late = row.pop("_late", None) or "0"
        if deliveries > 1:
            row["_delivery"] = _EARLIER if late == "0" else _LATER
            row["_file"] = _FILES["0" if late == "1" else late].format(t=table)
        else:
            row["_file"] = _FILES[late].format(t=table)
    rows.sort(key=lambda row: (row.get("_delivery") or "", (row["_file"] or "").encode()))
    numbers: Counter[tuple[str | None, str | None]] = Counter()
    for row in rows:
        place = (row.get("_delivery"), row["_file"])
        numbers[place] += 1
        row["_row"] = str(numbers[place])


def write_extracts(extracts: dict[str, list[Row]], folder: Path) -> None:
    """Writes canonical CSVs: `folder/<_delivery>/<_file>` by the meta keys of the rows.

    A row without `_delivery` goes to `folder/<_file>`, one without `_file` to `<table>.csv`; a table without rows
    becomes a file of its header. Meta keys are not written, None is an empty field. Rows keep their order.
    """
    for table, rows in extracts.items():
        files: dict[Path, list[Row]] = {} if rows else {folder / f"{table}.csv": []}
        for row in rows:
            path = folder / (row.get("_delivery") or "") / (row.get("_file") or f"{table}.csv")
            files.setdefault(path, []).append(row)
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as handle:
                columns = _header(table, content)
                writer = csv.DictWriter(handle, columns, extrasaction="ignore", lineterminator="\n")
                writer.writeheader()
                writer.writerows(content)


def _header(table: str, rows: Iterable[Row]) -> list[str]:
    used = {column for row in rows for column in row}
    wide = [column for column in WIDE_COLUMNS if table == "medical_claim" and column in used]
    return [*COLUMNS[table], *wide]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.messy.members", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--value-sets", type=Path, default=Path("sql/value_sets"))
    parser.add_argument("--deliveries", type=int, default=1, choices=(1, 2))
    parser.add_argument("--shared-claim-ids", action="store_true")
    parser.add_argument("--without", nargs="*", default=[], choices=sorted(ALL_FEEDS), help="feeds not supplied")
    options = parser.parse_args()
    extracts = messy_members(
        options.seed,
        options.count,
        value_sets=options.value_sets,
        feeds=ALL_FEEDS - frozenset(options.without),
        shared_claim_ids=options.shared_claim_ids,
        deliveries=options.deliveries,
    )
    write_extracts(extracts, options.out)


if __name__ == "__main__":
    main()

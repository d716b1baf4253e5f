"""The catalogue of faults: what real systems do to extracts, as data, and what must become of it.

A kind that spoils values is an update of text rows: which rows it can spoil, what stands there then, and how landing
ends. A kind that spoils files changes the folder of a delivery, which is refused or said. Kinds that spoil a whole
feed are the faults of ``test_feed_faults.py``. ``test_catalogue.py`` plants each kind once; ``tests/soak/faults.py``
plants them all at one row, one in a hundred, one sender and everywhere, on a first and on a later night, through the
installed program.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.ground.warehouse import literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

End = Literal["read", "mended", "counted", "aside"]
"""Read as what was meant without a word; the same and counted; loaded otherwise and counted; set aside and counted."""


class Kind(NamedTuple):
    """A kind of fault in values: ``column`` of rows ``where`` becomes ``change``; ``end`` by ``rule``."""

    name: str
    table: str
    column: str
    change: str
    end: End
    rule: str
    where: str = "true"

    @property
    def rows(self) -> str:
        """The rows that can be spoiled: those that hold what is spoiled, unless blanks are."""
        return self.where if "is null" in self.where else f"{self.column} is not null and ({self.where})"


class FileKind(NamedTuple):
    """A kind of fault in files: a change of a delivery's folder, and what the program says of it."""

    name: str
    spoil: Callable[[Path], None]
    end: Literal["refused", "named"]
    said: str


class BetweenKind(NamedTuple):
    """A kind of fault between tables, as SQL on typed rows, and the check that must hold or say it.

    ``later_check`` is the one that does after clean nights, where what came before joins still.
    """

    name: str
    sql: str
    end: Literal["held", "said"]
    check: str
    later_check: str | None = None


CODED = "regexp_full_match(hcpcs_code, '[0-9]{5}')"
OPENING = "hcpcs_code in ('63650', '63655', '63685')"
CARE = "hcpcs_code = '97110'"
CLAIM, FILL, SPAN = "medical_claim", "pharmacy_claim", "eligibility"
DIAGNOSIS, APPROVAL, STATEMENT = "claim_diagnosis", "prior_authorization", "care_documentation"
POINT_ZERO, UNSEEN, NULL_WORD, FILLER = (
    "point_zero_dropped",
    "unseen_character_dropped",
    "null_word_is_blank",
    "filler_is_blank",
)

VALUE_KINDS = (
    # Numbers as text
    Kind("claim_point_zero", CLAIM, "claim_id", "claim_id || '.0'", "mended", POINT_ZERO),
    Kind("member_point_zero", CLAIM, "member_id", "member_id || '.0'", "mended", POINT_ZERO),
    Kind("line_number_point_zero", CLAIM, "claim_line_number", "claim_line_number || '.0'", "mended", POINT_ZERO),
    Kind("code_point_zero", CLAIM, "hcpcs_code", "hcpcs_code || '.0'", "mended", POINT_ZERO, CODED),
    Kind(
        "revenue_point_zero",
        CLAIM,
        "revenue_center_code",
        "ltrim(revenue_center_code, '0') || '.0'",
        "mended",
        POINT_ZERO,
    ),
    Kind(
        "revenue_leading_zero_lost",
        CLAIM,
        "revenue_center_code",
        "ltrim(revenue_center_code, '0')",
        "mended",
        "leading_zero_restored",
    ),
    Kind("bill_type_point_zero", CLAIM, "bill_type_code", "bill_type_code || '.0'", "mended", POINT_ZERO),
    Kind("place_point_zero", CLAIM, "place_of_service_code", "place_of_service_code || '.0'", "mended", POINT_ZERO),
    Kind("npi_point_zero", CLAIM, "rendering_npi", "rendering_npi || '.0'", "mended", POINT_ZERO),
    Kind(
        "pointer_point_zero",
        CLAIM,
        "diagnosis_pointer",
        "diagnosis_pointer || '.0'",
        "mended",
        POINT_ZERO,
        "length(diagnosis_pointer) = 1",
    ),
    Kind("rank_point_zero", DIAGNOSIS, "diagnosis_rank", "diagnosis_rank || '.0'", "mended", POINT_ZERO),
    Kind("drug_code_point_zero", FILL, "ndc_code", "ndc_code || '.0'", "mended", POINT_ZERO),
    Kind("claim_in_scientific_notation", CLAIM, "claim_id", "'2.02603E+11'", "aside", "mangled_identifier"),
    Kind("member_in_scientific_notation", SPAN, "member_id", "'2.02603E+11'", "aside", "mangled_identifier"),
    # Characters that nobody sees, and foreign ones
    Kind("code_no_break_space", CLAIM, "hcpcs_code", "hcpcs_code || chr(160)", "mended", UNSEEN, OPENING),
    Kind(
        "code_zero_width_within", CLAIM, "hcpcs_code", "hcpcs_code[:3] || chr(8203) || hcpcs_code[4:]", "mended", UNSEEN
    ),
    Kind("member_no_break_space", CLAIM, "member_id", "member_id || chr(160)", "mended", UNSEEN),
    Kind("diagnosis_no_break_space", DIAGNOSIS, "diagnosis_code", "chr(160) || diagnosis_code", "mended", UNSEEN),
    Kind("claim_blanks_around", CLAIM, "claim_id", "' ' || claim_id || '  '", "read", ""),
    Kind("code_foreign_letter", CLAIM, "hcpcs_code", "hcpcs_code[:4] || chr(1054)", "counted", "not_ascii", OPENING),
    # Words for null and fillers
    Kind("null_word_in_code", CLAIM, "hcpcs_code", "'NULL'", "mended", NULL_WORD, "hcpcs_code is null"),
    Kind("null_word_in_modifier", CLAIM, "hcpcs_modifier_1", "'None'", "mended", NULL_WORD, "hcpcs_modifier_1 is null"),
    Kind("null_word_in_end", SPAN, "enrollment_end_date", "'NaT'", "mended", NULL_WORD, "enrollment_end_date is null"),
    Kind("null_word_in_status", CLAIM, "claim_status", "'N/A'", "counted", NULL_WORD),
    Kind("null_word_in_diagnosis", DIAGNOSIS, "diagnosis_code", "'#N/A'", "counted", NULL_WORD),
    Kind("filler_code", CLAIM, "hcpcs_code", "'99999'", "counted", FILLER),
    Kind("filler_paid_date", CLAIM, "paid_date", "'9999-12-31'", "counted", FILLER),
    Kind("filler_end_of_line", CLAIM, "claim_line_end_date", "'1900-01-01'", "counted", FILLER),
    Kind(
        "filler_end_of_span",
        SPAN,
        "enrollment_end_date",
        "'1900-01-01'",
        "mended",
        "filler_is_open",
        "enrollment_end_date is null",
    ),
    Kind("days_supply_999", FILL, "days_supply", "'999'", "aside", "out_of_range"),
    # Codes in other forms
    Kind("code_composite", CLAIM, "hcpcs_code", "'HC:' || hcpcs_code", "mended", "composite_parted", CODED),
    Kind("code_composite_other", CLAIM, "hcpcs_code", "'HC>' || hcpcs_code", "mended", "composite_parted", CODED),
    Kind("code_malformed", CLAIM, "hcpcs_code", "'HC-' || hcpcs_code", "counted", "opening_code_within", OPENING),
    Kind("modifiers_in_one_field", CLAIM, "hcpcs_modifier_1", "'LT59'", "counted", "modifiers_parted"),
    Kind(
        "drug_code_asterisks",
        FILL,
        "ndc_code",
        "ndc_code[:5] || '*' || ndc_code[6:9] || '*' || ndc_code[10:]",
        "counted",
        "drug_code_mended",
    ),
    Kind("drug_code_marked", FILL, "ndc_code", "'N4' || ndc_code", "mended", "drug_code_mended"),
    Kind(
        "diagnosis_with_point",
        DIAGNOSIS,
        "diagnosis_code",
        "diagnosis_code[:3] || '.' || diagnosis_code[4:]",
        "read",
        "",
    ),
    Kind("diagnosis_lower_case", DIAGNOSIS, "diagnosis_code", "lower(diagnosis_code)", "read", ""),
    Kind("type_upper_case", CLAIM, "claim_type", "upper(claim_type)", "read", ""),
    Kind("pointer_unreadable", CLAIM, "diagnosis_pointer", "'see above'", "counted", "pointer_unreadable"),
    # Dates
    Kind("date_at_midnight", CLAIM, "claim_line_start_date", "claim_line_start_date || ' 00:00:00'", "read", ""),
    Kind(
        "date_with_time",
        CLAIM,
        "claim_line_start_date",
        "claim_line_start_date || 'T05:00:00'",
        "aside",
        "date_with_time",
    ),
    Kind("date_compact", CLAIM, "claim_line_start_date", "replace(claim_line_start_date, '-', '')", "read", ""),
    Kind("date_american", CLAIM, "claim_line_start_date", "'03/14/2025'", "aside", "not_a_date"),
    Kind("date_before_all", CLAIM, "claim_line_start_date", "'1970-01-01'", "aside", "date_too_early"),
    Kind("date_far_ahead", FILL, "dispensing_date", "'2125-01-01'", "aside", "date_too_late"),
    Kind("span_ends_before_it_starts", SPAN, "enrollment_end_date", "'2019-06-30'", "counted", "end_before_start"),
    Kind(
        "care_over_a_month",
        CLAIM,
        "claim_line_end_date",
        "(claim_line_start_date::date + 25)::varchar",
        "counted",
        "care_over_days",
        CARE,
    ),
    # Amounts, units, yes and no
    Kind("amount_with_dollars", CLAIM, "paid_amount", "'$' || paid_amount", "read", ""),
    Kind("amount_european", CLAIM, "paid_amount", "'1.' || replace(paid_amount, '.', ',')", "aside", "not_a_number"),
    Kind("amount_blank", CLAIM, "paid_amount", "null", "counted", "blank_is_zero"),
    Kind("units_of_a_month", CLAIM, "service_unit_quantity", "'36'", "counted", "many_units_of_care", CARE),
    Kind("yes_or_no", SPAN, "has_pharmacy_benefit", "if(has_pharmacy_benefit = 'true', 'Yes', 'NO')", "read", ""),
    Kind("benefit_unreadable", SPAN, "has_pharmacy_benefit", "'covered'", "counted", "boolean_unreadable"),
    # What is missing or not in its list
    Kind("member_missing", CLAIM, "member_id", "null", "aside", "missing"),
    Kind("rank_missing", DIAGNOSIS, "diagnosis_rank", "null", "aside", "missing"),
    Kind("rank_zero", DIAGNOSIS, "diagnosis_rank", "'0'", "aside", "below_one"),
    Kind("type_unknown", CLAIM, "claim_type", "'P'", "aside", "not_in_list"),
    Kind("status_unknown", CLAIM, "claim_status", "'finalised'", "aside", "not_in_list"),
    Kind("decision_unknown", APPROVAL, "decision", "'A1'", "aside", "not_in_list"),
    Kind("supply_missing", FILL, "days_supply", "null", "aside", "missing"),
    Kind("statement_member_missing", STATEMENT, "member_id", "null", "aside", "missing"),
)


def update(kind: Kind, *, rows: str) -> str:
    """The SQL that spoils the rows of schema ``text`` that ``rows`` chooses."""
    return f"update text.{kind.table} set {kind.column} = {kind.change} where {rows}"


# Files


def _rewrite(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / f"{name}.csv"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return spoil


def _in_bytes(change: Callable[[bytes], bytes], ending: str = "csv") -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "medical_claim.csv"
        content = change(path.read_bytes())
        path.unlink()
        (folder / f"medical_claim.{ending}").write_bytes(content)

    return spoil


def _renamed(name: str, new_name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).rename(folder / new_name)

    return spoil


def _lake(folder: Path) -> None:
    (folder / "medical_claim_history" / "_delta_log").mkdir(parents=True)
    (folder / "medical_claim_history" / "_delta_log" / "0.json").write_text("{}", encoding="utf-8")


def _header(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def _half_a_row(text: str) -> str:
    return text[: len(text) - 20]


FILE_KINDS = (
    FileKind("column_missing", _rewrite(CLAIM, _header("member_id", "patient")), "refused", "member_id"),
    FileKind("header_with_blanks", _rewrite(CLAIM, _header("claim_id", "Claim ID")), "refused", "claim_id"),
    FileKind("header_missing", _rewrite(CLAIM, lambda text: text.partition("\n")[2]), "refused", "header"),
    FileKind("separator_line", _rewrite(CLAIM, lambda text: f"sep=,\n{text}"), "refused", "sep="),
    FileKind("semicolons", _rewrite(CLAIM, lambda text: text.replace(",", ";")), "refused", "header"),
    FileKind("trailer", _rewrite(CLAIM, lambda text: f"{text}TRAILER,4800\n"), "refused", "medical_claim.csv"),
    FileKind("cut_off", _rewrite(CLAIM, _half_a_row), "refused", "medical_claim.csv"),
    FileKind("utf_16", _in_bytes(lambda content: content.decode().encode("utf-16")), "refused", "UTF-8"),
    FileKind("archive_cut_off", _in_bytes(lambda content: gzip.compress(content)[:-40], "csv.gz"), "refused", "gz"),
    FileKind("not_an_archive", _in_bytes(lambda content: content, "csv.gz"), "refused", "gz"),
    FileKind("not_parquet", _in_bytes(lambda content: content, "parquet"), "refused", "parquet"),
    FileKind("lake_folder", _lake, "refused", "Delta"),
    FileKind("status_column_otherwise", _rewrite(CLAIM, _header("claim_status", "clm_status")), "named", "clm_status"),
    FileKind("fills_named_otherwise", _renamed("pharmacy_claim.csv", "rx_claims.csv"), "named", "rx_claims.csv"),
    FileKind(
        "spans_named_with_a_hyphen",
        _renamed("eligibility.csv", "eligibility-2025.csv"),
        "named",
        "eligibility-2025.csv",
    ),
)


# Between tables

BETWEEN_KINDS = (
    BetweenKind(
        "claim_and_member_swapped",
        "update landed.medical_claim set claim_id = member_id, member_id = claim_id, diagnosis_code_1 = null",
        "held",
        "diagnoses_join_claims",
    ),
    BetweenKind(
        "enrolment_member_zeros_lost",
        "update landed.eligibility set member_id = ltrim(member_id, 'M0')",
        "said",
        "member_has_eligibility",
        "member_id_differs_in_zeros",
    ),
    BetweenKind(
        "claim_numbers_of_two_senders",
        "update landed.medical_claim set data_source = 'other' where claim_line_number = '2' and source_row % 9 = 0",
        "held",
        "claim_of_one_payer",
    ),
    BetweenKind(
        "claims_without_their_diagnoses",
        "update landed.medical_claim set diagnosis_code_1 = null; "
        "delete from landed.claim_diagnosis where hash(claim_id) % 10 = 0",
        "said",
        "claim_has_diagnosis",
    ),
    BetweenKind(
        "diagnoses_without_their_claims",
        "delete from landed.medical_claim where hash(claim_id) % 10 = 0",
        "said",
        "diagnosis_has_claim",
    ),
    BetweenKind(
        "members_of_fills_otherwise",
        "update landed.pharmacy_claim set member_id = 'R' || member_id",
        "said",
        "member_known",
    ),
    BetweenKind(
        "claims_of_several_members",
        "update landed.medical_claim set member_id = 'M000001' where claim_line_number = '2' and source_row % 9 = 0",
        "said",
        "claim_of_one_member",
    ),
)


# Text rows of a delivery

DIGITS = {"member_id": "M", "claim_id": "CF", "authorization_id": "A"}
"""Identifiers are written as digits with zeros before them, for that is what systems spoil; and their letters."""


def text_columns(columns: list[str]) -> str:
    """The columns of an extract as text, identifiers as digits."""
    return ", ".join(
        f"translate({column}, {literal(DIGITS[column])}, {literal('0' * len(DIGITS[column]))}) as {column}"
        if column in DIGITS
        else column
        for column in columns
    )

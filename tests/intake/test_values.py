"""What a value may look like (docs/contract.md 1.3): each clause just inside and just outside, through landing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.intake.land import LandingRules
from pipelines.intake.ledger import read_ledger
from tests.intake.landing import BASE, DIAGNOSES, DIAGNOSIS, landed, lines, rows

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.intake.ledger import RepairedValue

TAKE_ALL = LandingRules(max_rejected_share=1.0)
FILL = "claim_id,claim_line_number,member_id,dispensing_date,days_supply,quantity,ndc_code,rxnorm_code,paid_amount"
SPAN = "member_id,enrollment_start_date,enrollment_end_date,has_pharmacy_benefit,birth_date"
AUTHORIZATION = "authorization_id,member_id,decision,hcpcs_code,valid_from,valid_to"
PROCEDURE = "claim_id,procedure_rank,procedure_code"
SPACES = {
    "no-break space": "\u00a0",
    "em space": "\u2003",
    "ideographic space": "\u3000",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "tab": "\t",
}

Case = tuple[str, str, object, str | None]


def read(tmp_path: Path, table: str, text: str, *columns: str, rules: LandingRules = TAKE_ALL) -> list[tuple[Any, ...]]:
    """What became of the rows of a file: ``columns``, then warnings; rejected rows give their rules alone."""
    landed(tmp_path, BASE | {f"{table}.csv": text}, rules=rules)
    found = rows(tmp_path, f"select source_row, {', '.join(columns)}, row_warnings from landed.{table}")
    aside = rows(
        tmp_path,
        "select source_row, string_agg(column_name || ':' || rule, ';' order by column_name, rule) "
        f"from landed.rejected_row where table_name = '{table}' group by source_row",
    )
    return [row[1:] for row in sorted([*found, *aside], key=lambda row: row[0])]


def read_cells(tmp_path: Path, table: str, header: str, ordinary: dict[str, str], cases: list[Case]) -> None:
    """Each (column, written, read, warning) in a row of its own; a text beginning with `!` is why it is set aside."""
    columns = list(dict.fromkeys([*header.split(","), *(column for column, *_ in cases)]))
    body = [
        ",".join('"' + (ordinary | {column: written}).get(name, "").replace('"', '""') + '"' for name in columns)
        for column, written, _, _ in cases
    ]
    found = read(tmp_path, table, "\n".join([",".join(columns), *body]) + "\n", *columns)

    for (column, written, expected, warning), row in zip(cases, found, strict=True):
        if isinstance(expected, str) and expected.startswith("!"):
            assert row == (f"{column}:{expected[1:]}",), (column, written)
        else:
            told = None if warning is None else f"{column}:{warning}"
            assert (row[columns.index(column)], row[-1]) == (expected, told), (column, written)


def read_lines(tmp_path: Path, cases: list[Case]) -> None:
    ordinary = {
        "claim_id": "C1",
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": "ada",
        "claim_line_start_date": "2024-06-10",
        "paid_amount": "1",
    }
    read_cells(tmp_path, "medical_claim", ",".join(ordinary), ordinary, cases)


def repaired(tmp_path: Path) -> dict[str, tuple[RepairedValue, ...]]:
    return {
        file.file_name: file.repaired_values
        for delivery in read_ledger(tmp_path / "landed")
        for file in delivery.files
        if file.repaired_values
    }


NULL_WORDS = ("NULL", "null", "(null)", "\\N", "nan", "NaN", "NaT", "None", "N/A", "#N/A", "<NA>", " NULL ")


def test_words_for_null_are_blank_in_every_kind_of_column(tmp_path: Path) -> None:
    blank = "null_word_is_blank"
    read_lines(
        tmp_path,
        [
            *(("hcpcs_code", word, None, blank) for word in NULL_WORDS),
            ("hcpcs_code", "NUL", "NUL", None),
            ("hcpcs_code", "NULLS", "NULLS", None),
            ("payer", "null", None, blank),
            ("payer", "Null Insurance", "Null Insurance", None),
            ("original_claim_id", "None", None, blank),
            ("prior_authorization_number", "N/A", None, blank),
            ("diagnosis_code_1", "NULL", None, blank),
            ("revenue_center_code", "NULL", None, blank),
            ("claim_frequency_code", "NaN", None, blank),
            ("hcpcs_modifier_1", "NaN", None, blank),
            ("paid_date", "NaT", None, blank),
            ("allowed_amount", "nan", None, blank),
            ("service_unit_quantity", "NULL", None, blank),
            ("claim_status", "NULL", None, blank),
            ("condition_codes", "NULL", None, blank),
            ("diagnosis_pointer", "NULL", None, blank),
            ("claim_id", "NULL", "!missing", None),
            ("member_id", "nan", "!missing", None),
            ("claim_line_start_date", "NaT", "!missing", None),
            ("claim_type", "None", "!missing", None),
        ],
    )


def test_the_words_for_null_are_a_setting(tmp_path: Path) -> None:
    rules = LandingRules(null_words=("missing",), max_rejected_share=1.0)
    text = lines({"hcpcs_code": "MISSING"}, {"hcpcs_code": "NULL"})

    assert read(tmp_path, "medical_claim", text, "hcpcs_code", rules=rules) == [
        (None, "hcpcs_code:null_word_is_blank"),
        ("NULL", None),
    ]


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES.keys())
def test_blanks_and_characters_without_width_go_from_both_ends_and_from_within_codes(
    tmp_path: Path, space: str
) -> None:
    told = None if space == "\t" else "unseen_character_dropped"
    read_lines(
        tmp_path,
        [
            ("hcpcs_code", f"63650{space}", "63650", told),
            ("hcpcs_code", f"{space}63650", "63650", told),
            ("hcpcs_code", f"636{space}50", "63650", told),
            ("diagnosis_code_1", f"M54{space}.50{space}", "M5450", told),
            ("claim_id", f"{space}C 1{space}", "C 1", told),
            ("claim_id", f"C{space}1", f"C{space}1", None),
            ("paid_date", f"{space}2024-06-11{space}", date(2024, 6, 11), None),
            ("allowed_amount", f"{space}12.50{space}", Decimal("12.50"), None),
            ("claim_status", f"{space}Paid{space}", "paid", told),
            ("payer", space * 2, None, told),
        ],
    )


def test_a_code_with_any_other_foreign_character_is_kept_and_told(tmp_path: Path) -> None:
    read_lines(
        tmp_path,
        [
            ("hcpcs_code", "6365\u041e", "6365\u041e", "not_ascii"),
            ("diagnosis_code_1", "\u041c54.50", "\u041c5450", "not_ascii"),
            ("payer", "Assur\u00e9", "Assur\u00e9", None),
        ],
    )


def test_point_zero_after_digits_alone_goes_where_a_number_is_meant(tmp_path: Path) -> None:
    told = "point_zero_dropped"
    read_lines(
        tmp_path,
        [
            ("claim_id", "1001.0", "1001", told),
            ("claim_id", "1001.00", "1001.00", None),
            ("claim_id", "A1001.0", "A1001.0", None),
            ("member_id", "77.0", "77", told),
            ("original_claim_id", "1001.0", "1001", told),
            ("claim_line_number", "1.0", "1", told),
            ("claim_line_number", "1.5", "1.5", None),
            ("prior_authorization_number", "55.0", "55", told),
            ("revenue_center_code", "420.0", "0420", told),
            ("revenue_center_code", "420.00", "42000", None),
            ("hcpcs_code", "63650.0", "63650", told),
            ("hcpcs_code", "J3490.0", "J34900", None),
            ("hcpcs_modifier_1", "59.0", "59", told),
            ("bill_type_code", "137.0", "137", told),
            ("place_of_service_code", "11.0", "11", told),
            ("claim_frequency_code", "7.0", "7", told),
            ("rendering_npi", "1234567893.0", "1234567893", told),
            ("clinical_trial_number", "12345678.0", "12345678", told),
            ("condition_codes", "30.0:44.0", "30:44", told),
            ("diagnosis_pointer", "1.0", "1", told),
            ("diagnosis_pointer", "1.0:3.0", "1:3", told),
            ("diagnosis_code_1", "338.0", "3380", None),
        ],
    )


def test_a_revenue_code_gets_its_leading_zero_back_and_that_is_counted(tmp_path: Path) -> None:
    read_lines(
        tmp_path,
        [
            ("revenue_center_code", "420", "0420", "leading_zero_restored"),
            ("revenue_center_code", "1", "0001", "leading_zero_restored"),
            ("revenue_center_code", " 0420 ", "0420", None),
            ("revenue_center_code", "1001", "1001", None),
        ],
    )


def test_a_rank_loses_its_point_zero_and_a_procedure_code_never_does(tmp_path: Path) -> None:
    text = f"{PROCEDURE}\nC1,1.0,03.0\nC1,1.5,0393\n"

    assert read(tmp_path, "claim_procedure", text, "procedure_rank", "procedure_code") == [
        (1, "030", "procedure_rank:point_zero_dropped"),
        ("procedure_rank:not_a_whole_number",),
    ]


def test_an_identifier_in_scientific_notation_sets_its_row_aside(tmp_path: Path) -> None:
    read_lines(
        tmp_path,
        [
            ("claim_id", "2.02603E+11", "!mangled_identifier", None),
            ("claim_id", "2E+11", "!mangled_identifier", None),
            ("member_id", "2.02603e+11", "!mangled_identifier", None),
            ("original_claim_id", "1.5E+10", "!mangled_identifier", None),
            ("claim_id", "1E10", "1E10", None),
            ("claim_id", "A1E+2", "A1E+2", None),
            ("member_id", "A+B", "A+B", None),
            ("prior_authorization_number", "2.02603E+11", "2.02603E+11", None),
        ],
    )


@pytest.mark.parametrize(
    ("member_id", "dtype", "read_as"),
    [
        (2**53, pl.Float64, str(2**53)),
        (2**53 + 2, pl.Float64, None),
        (2**24, pl.Float32, str(2**24)),
        (2**24 + 2, pl.Float32, None),
        (2**53 + 1, pl.Int64, str(2**53 + 1)),
    ],
)
def test_an_identifier_from_a_floating_point_column_is_believed_as_far_as_it_is_exact(
    tmp_path: Path, member_id: int, dtype: type[pl.DataType], read_as: str | None
) -> None:
    frame = pl.DataFrame(
        {
            "claim_id": ["C1"],
            "claim_line_number": ["1"],
            "claim_type": ["professional"],
            "claim_line_start_date": ["2024-06-10"],
            "paid_amount": ["1"],
            "member_id": pl.Series([member_id], dtype=pl.Int64).cast(dtype),
        }
    )
    folder = tmp_path / "day"
    folder.mkdir()
    frame.write_parquet(folder / "medical_claim.parquet")
    landed(tmp_path, {"claim_diagnosis.csv": DIAGNOSES}, rules=TAKE_ALL)

    assert rows(tmp_path, "select member_id from landed.medical_claim") == ([(read_as,)] if read_as else [])
    aside = rows(tmp_path, "select column_name, rule from landed.rejected_row")
    assert aside == ([] if read_as else [("member_id", "mangled_identifier")])


COMPOSITES = [
    ("HC:63650:LT:59", "63650", ["LT", "59"]),
    ("HC>63650", "63650", []),
    ("hc:63650:lt", "63650", ["LT"]),
    ("63650:LT", "63650", ["LT"]),
    ("HC:63650:LT59", "63650", ["LT", "59"]),
    ("HC:63650:ABC:59", "63650", ["59"]),
    ("HC:99999", None, []),
    ("HC", "HC", []),
]


@pytest.mark.parametrize("composite", COMPOSITES, ids=[written for written, _, _ in COMPOSITES])
def test_a_composite_code_is_taken_apart(tmp_path: Path, composite: tuple[str, str | None, list[str]]) -> None:
    written, code, modifiers = composite
    own = lines({"hcpcs_code": written, "hcpcs_modifier_1": "GZ"}, {"hcpcs_code": written})
    every = ["hcpcs_code", *(f"hcpcs_modifier_{number}" for number in range(1, 6))]

    found = read(tmp_path, "medical_claim", own, *every)
    assert found[0][:-1] == (code, *["GZ", *modifiers, *[None] * 5][:5])
    assert found[1][:-1] == (code, *[*modifiers, *[None] * 5][:5])


def test_a_composite_code_is_told_and_its_modifiers_have_a_place_without_columns_of_their_own(tmp_path: Path) -> None:
    text = lines({"hcpcs_code": "HC:63650:LT"}, {"hcpcs_code": "63650"})

    assert read(tmp_path, "medical_claim", text, "hcpcs_code", "hcpcs_modifier_1") == [
        ("63650", "LT", "hcpcs_code:composite_parted"),
        ("63650", None, None),
    ]


def test_modifiers_that_find_no_column_are_told(tmp_path: Path) -> None:
    fits = lines({"hcpcs_code": "HC:63650:LT:59:GZ:KX:Q6"}, {"hcpcs_code": "HC:63650:LT:59:GZ:KX:Q6:GA"})

    assert [row[-1] for row in read(tmp_path, "medical_claim", fits, "hcpcs_code")] == [
        "hcpcs_code:composite_parted",
        "hcpcs_code:composite_parted;hcpcs_code:modifier_left_out",
    ]


@pytest.mark.parametrize(
    ("written", "found", "warning"),
    [
        ("LT59", ("LT", "59", "GZ"), "hcpcs_modifier_1:modifiers_parted"),
        ("LT 59", ("LT", "59", "GZ"), "hcpcs_modifier_1:modifiers_parted"),
        ("LT59KX", ("LT", "59", "KX"), "hcpcs_modifier_1:modifiers_parted"),
        ("LT5", ("LT5", "GZ", None), None),
        ("LT", ("LT", "GZ", None), None),
        (" lt", ("LT", "GZ", None), None),
    ],
)
def test_a_run_of_modifiers_is_parted(
    tmp_path: Path, written: str, found: tuple[str | None, ...], warning: str | None
) -> None:
    text = lines({"hcpcs_modifier_1": written, "hcpcs_modifier_2": "GZ", "hcpcs_modifier_3": ""})

    columns = ("hcpcs_modifier_1", "hcpcs_modifier_2", "hcpcs_modifier_3")
    assert read(tmp_path, "medical_claim", text, *columns) == [(*found, warning)]


def test_filler_codes_are_blank_and_their_neighbours_stay(tmp_path: Path) -> None:
    read_lines(
        tmp_path,
        [
            ("hcpcs_code", "88888", None, "filler_is_blank"),
            ("hcpcs_code", "99999", None, "filler_is_blank"),
            ("hcpcs_code", "00000", None, "filler_is_blank"),
            ("hcpcs_code", "99999.0", None, "filler_is_blank"),
            ("hcpcs_code", "99998", "99998", None),
            ("hcpcs_code", "00001", "00001", None),
            ("claim_id", "99999", "99999", None),
        ],
    )


def test_filler_dates_are_blank_where_blank_is_allowed(tmp_path: Path) -> None:
    told = "filler_is_blank"
    read_lines(
        tmp_path,
        [
            ("paid_date", "9999-12-31", None, told),
            ("claim_end_date", "99991231", None, told),
            ("claim_start_date", "9999-01-01", None, told),
            ("claim_start_date", "2999-12-31", None, told),
            ("claim_start_date", "1900-01-01", None, told),
            ("claim_start_date", "1899-12-30", None, told),
            ("claim_start_date", "0001-01-01", None, told),
            ("claim_start_date", "1900-01-02", "!date_too_early", None),
            ("claim_start_date", "9999-12-30", "!date_too_late", None),
            ("claim_line_start_date", "1900-01-01", "!date_too_early", None),
            ("claim_line_start_date", "9999-12-31", "!date_too_late", None),
        ],
    )


@pytest.mark.parametrize(
    ("start", "end", "landed_start", "landed_end", "warning"),
    [
        ("9999-12-31", "2024-06-30", None, date(2024, 6, 30), "enrollment_start_date:filler_is_open"),
        ("9998-12-31", "2024-06-30", "aside", None, None),
        ("2024-01-01", "1900-01-01", date(2024, 1, 1), None, "enrollment_end_date:filler_is_open"),
        (
            *("2024-01-01", "1901-01-01", date(2024, 1, 1), date(2023, 12, 31)),
            "enrollment_end_date:end_before_start",
        ),
        ("0001-01-01", "9999-12-31", None, None, None),
        (
            "9999-12-31",
            "1900-01-01",
            *(None, None),
            "enrollment_start_date:filler_is_open;enrollment_end_date:filler_is_open",
        ),
    ],
)
def test_filler_dates_leave_a_span_open(
    tmp_path: Path, start: str, end: str, landed_start: object, landed_end: object, warning: str | None
) -> None:
    found = read(
        tmp_path, "eligibility", f"{SPAN}\nada,{start},{end},,\n", "enrollment_start_date", "enrollment_end_date"
    )

    aside = [("enrollment_start_date:date_too_late",)]
    assert found == (aside if landed_start == "aside" else [(landed_start, landed_end, warning)])


def test_filler_dates_leave_an_authorization_open(tmp_path: Path) -> None:
    text = (
        f"{AUTHORIZATION}\nA1,ada,approved,63650,9999-12-31,1900-01-01\nA2,ada,approved,99999,2024-01-01,1900-01-02\n"
    )

    assert read(tmp_path, "prior_authorization", text, "hcpcs_code", "valid_from", "valid_to") == [
        ("63650", None, None, "valid_from:filler_is_open;valid_to:filler_is_open"),
        (None, date(2024, 1, 1), date(1900, 1, 2), "hcpcs_code:filler_is_blank"),
    ]


def test_a_time_at_midnight_is_its_day_and_any_other_sets_the_row_aside(tmp_path: Path) -> None:
    day = date(2024, 6, 3)
    read_lines(
        tmp_path,
        [
            ("claim_line_start_date", "2024-06-03 00:00:00", day, None),
            ("claim_line_start_date", "2024-06-03T00:00", day, None),
            ("claim_line_start_date", "2024-06-03T00:00:00.000Z", day, None),
            ("claim_line_start_date", "2024-06-03 00:00:00+02:00", day, None),
            ("claim_line_start_date", "20240603 00:00:00", day, None),
            ("claim_line_start_date", "2024-06-03 00:00:01", "!date_with_time", None),
            ("claim_line_start_date", "2024-06-03T23:00:00Z", "!date_with_time", None),
            ("paid_date", "2024-06-03 7:15", "!date_with_time", None),
            ("paid_date", "2024-06-03 noon", "!not_a_date", None),
            ("paid_date", "2024-06-31 00:00:00", "!not_a_date", None),
            ("paid_date", "9999-12-31 00:00:00", None, "filler_is_blank"),
        ],
    )


@pytest.mark.parametrize(("second", "rule"), [(0, None), (1, "date_with_time")])
def test_a_timestamp_of_parquet_is_held_to_the_same(tmp_path: Path, second: int, rule: str | None) -> None:
    frame = pl.DataFrame(
        {
            "claim_id": ["C1"],
            "claim_line_number": ["1"],
            "claim_type": ["professional"],
            "member_id": ["ada"],
            "claim_line_start_date": pl.Series([f"2024-06-03 00:00:0{second}"]).str.to_datetime(),
            "paid_amount": [float("nan")],
        }
    )
    folder = tmp_path / "day"
    folder.mkdir()
    frame.write_parquet(folder / "medical_claim.parquet")
    landed(tmp_path, {"claim_diagnosis.csv": DIAGNOSES}, rules=TAKE_ALL)

    found = rows(tmp_path, "select claim_line_start_date, paid_amount, row_warnings from landed.medical_claim")
    assert found == ([] if rule else [(date(2024, 6, 3), Decimal(0), "paid_amount:blank_is_zero")])
    assert rows(tmp_path, "select rule from landed.rejected_row") == ([(rule,)] if rule else [])


@pytest.mark.parametrize(
    ("written", "value", "warning"),
    [
        *((word, True, None) for word in ("Yes", "YES", "T", "t", "y", "1", "true")),
        *((word, False, None) for word in ("No", "no", "F", "n", "0", "FALSE")),
        *((word, None, "has_pharmacy_benefit:boolean_unreadable") for word in ("Yess", "2", "on")),
        ("NULL", None, "has_pharmacy_benefit:null_word_is_blank"),
    ],
)
def test_a_yes_or_no_is_read_in_these_words(tmp_path: Path, written: str, value: object, warning: str | None) -> None:
    text = f"{SPAN}\nada,2024-01-01,,{written},\n"

    assert read(tmp_path, "eligibility", text, "has_pharmacy_benefit") == [(value, warning)]


def test_amounts_of_money_are_read_as_people_write_them(tmp_path: Path) -> None:
    read_lines(
        tmp_path,
        [
            ("paid_amount", "$1,234.50", Decimal("1234.50"), None),
            ("paid_amount", "(12.00)", Decimal("-12.00"), None),
            ("paid_amount", "($1,000)", Decimal("-1000.00"), None),
            ("paid_amount", "-$5", Decimal("-5.00"), None),
            ("paid_amount", "$-5", Decimal("-5.00"), None),
            ("paid_amount", "1,000", Decimal("1000.00"), None),
            ("allowed_amount", "1,000,000.5", Decimal("1000000.50"), None),
            ("paid_amount", "1.234,50", "!not_a_number", None),
            ("paid_amount", "12,50", "!not_a_number", None),
            ("paid_amount", "1,0000", "!not_a_number", None),
            ("paid_amount", "1234,500", "!not_a_number", None),
            ("paid_amount", "12.00-", "!not_a_number", None),
            ("paid_amount", "(-5)", "!not_a_number", None),
            ("paid_amount", "1e3", "!not_a_number", None),
            ("paid_amount", "1_000", "!not_a_number", None),
            ("service_unit_quantity", "1,000", "!not_a_number", None),
            ("service_unit_quantity", "1.5", Decimal("1.5000"), None),
        ],
    )


FILLS: list[Case] = [
    ("days_supply", "998", 998, None),
    ("days_supply", "999", "!out_of_range", None),
    ("days_supply", "-998", -998, None),
    ("days_supply", "-999", "!out_of_range", None),
    ("ndc_code", "0597*0030*01", "0597-0030-01", "drug_code_mended"),
    ("ndc_code", "0597 0030 01", "0597-0030-01", "drug_code_mended"),
    ("ndc_code", "N400597003001", "00597003001", "drug_code_mended"),
    ("ndc_code", "N4 0597-0030-01", "0597-0030-01", "drug_code_mended"),
    ("ndc_code", "00597003001.0", "00597003001", "point_zero_dropped"),
    ("ndc_code", "0597-0030-01", "0597-0030-01", None),
    ("ndc_code", "0597003001", "0597003001", None),
    ("rxnorm_code", "5640.0", "5640", "point_zero_dropped"),
    ("claim_line_number", "1.0", "1", "point_zero_dropped"),
    ("quantity", "many", "!not_a_number", None),
    ("paid_amount", "many", None, "unreadable_is_blank"),
    ("paid_amount", "$1,000", Decimal("1000.00"), None),
]


def test_fills_are_read_as_real_systems_spoil_them(tmp_path: Path) -> None:
    ordinary = {"claim_id": "F1", "member_id": "ada", "dispensing_date": "2024-01-01", "days_supply": "30"}
    read_cells(tmp_path, "pharmacy_claim", FILL, ordinary, FILLS)


def test_a_crosswalk_is_read_like_the_fills_that_join_it(tmp_path: Path) -> None:
    text = "from_system,from_code,rxnorm_ingredient\nNDC,N4 0597*0030*01,5640.0\nrxnorm,310965.0,5640\n"

    assert [row[:-1] for row in read(tmp_path, "drug_crosswalk", text, "from_code", "rxnorm_ingredient")] == [
        ("0597-0030-01", "5640"),
        ("310965", "5640"),
    ]


def test_columns_that_no_verdict_reads_set_no_row_aside(tmp_path: Path) -> None:
    read_lines(
        tmp_path,
        [
            ("charge_amount", "12a", None, "unreadable_is_blank"),
            ("charge_amount", "12", Decimal("12.00"), None),
            ("allowed_amount", "12a", "!not_a_number", None),
        ],
    )
    people = [
        ("1899-12-31", None, "birth_date:out_of_bounds_is_blank"),
        ("1900-01-01", None, "birth_date:filler_is_blank"),
        ("1900-01-02", date(1900, 1, 2), None),
        ("2025-12-31", date(2025, 12, 31), None),
        ("2026-01-01", None, "birth_date:out_of_bounds_is_blank"),
        ("soon", None, "birth_date:unreadable_is_blank"),
        ("1950-06-01 10:00", None, "birth_date:unreadable_is_blank"),
    ]
    spans = SPAN + "\n" + "".join(f"m{number},2024-01-01,,,{written}\n" for number, (written, *_) in enumerate(people))
    assert read(tmp_path / "people", "eligibility", spans, "birth_date") == [row[1:] for row in people]


def test_malformed_codes_with_an_opening_code_within_are_told(tmp_path: Path) -> None:
    told = "opening_code_within"
    read_lines(
        tmp_path,
        [
            ("hcpcs_code", "HC-63650", "HC-63650", told),
            ("hcpcs_code", "63650LT", "63650LT", told),
            ("hcpcs_code", "HC-63651", "HC-63651", None),
            ("hcpcs_code", "63650", "63650", None),
            ("revenue_center_code", "63650", "63650", told),
            ("hcpcs_modifier_1", "63650", "63650", told),
        ],
    )
    text = f"{PROCEDURE}\nC1,1,00HU0MZ\nC1,2,X00HU0MZ\nC1,3,X00HU0NZ\n"
    assert read(tmp_path / "stay", "claim_procedure", text, "procedure_rank") == [
        (1, None),
        (2, f"procedure_code:{told}"),
        (3, None),
    ]


def test_procedure_codes_that_lost_their_zero_are_told(tmp_path: Path) -> None:
    text = f"{PROCEDURE}\nC1,1,393\nC1,2,03.93\nC1,3,399\n"

    assert read(tmp_path, "claim_procedure", text, "procedure_code") == [
        ("393", "procedure_code:leading_zero_lost"),
        ("0393", None),
        ("399", None),
    ]


def test_pointers_that_name_no_rank_are_told(tmp_path: Path) -> None:
    told = "pointer_unreadable"
    read_lines(
        tmp_path,
        [
            *(
                ("diagnosis_pointer", written, written, None)
                for written in ("1", "12", "1:3", "1,3", "A", "A:B", "AB", "L", "1, 3")
            ),
            ("diagnosis_pointer", "0", "0", told),
            ("diagnosis_pointer", "M", "M", told),
            ("diagnosis_pointer", "1;3", "1;3", told),
            ("diagnosis_pointer", "first", "first", told),
        ],
    )


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"hcpcs_code": "97110", "service_unit_quantity": "8"}, None),
        ({"hcpcs_code": "97110", "service_unit_quantity": "9"}, "service_unit_quantity:many_units_of_care"),
        ({"hcpcs_code": "J1885", "service_unit_quantity": "9"}, None),
        (
            {"hcpcs_code": "", "revenue_center_code": "0420", "service_unit_quantity": "36"},
            "service_unit_quantity:many_units_of_care",
        ),
        ({"hcpcs_code": "97110", "claim_line_end_date": "2024-06-10"}, None),
        ({"hcpcs_code": "97110", "claim_line_end_date": "2024-06-11"}, "claim_line_end_date:care_over_days"),
        ({"hcpcs_code": "97110", "claim_line_end_date": "9999-12-31"}, "claim_line_end_date:filler_is_blank"),
        ({"hcpcs_code": "63650", "claim_line_end_date": "2024-06-11"}, None),
    ],
)
def test_lines_of_care_that_may_be_many_visits_are_told(
    tmp_path: Path, change: dict[str, str], warning: str | None
) -> None:
    assert read(tmp_path, "medical_claim", lines(change), "claim_id") == [("C1", warning)]


def test_the_units_of_a_day_are_a_setting(tmp_path: Path) -> None:
    text = lines({"hcpcs_code": "97110", "service_unit_quantity": "9"})

    rules = LandingRules(units_a_day=9)
    assert read(tmp_path, "medical_claim", text, "claim_id", rules=rules) == [("C1", None)]


def test_what_was_mended_is_counted_by_file_column_and_rule_and_rows_set_aside_are_not(tmp_path: Path) -> None:
    first = lines({"hcpcs_code": "63650.0"}, {"hcpcs_code": "NULL", "paid_amount": ""}, {"hcpcs_code": "NULL"})
    second = lines({"hcpcs_code": "NULL"}, {"hcpcs_code": "NULL", "member_id": ""})
    landed(tmp_path, BASE | {"medical_claim.csv": first, "medical_claim_2.csv": second}, rules=TAKE_ALL)

    assert rows(
        tmp_path,
        "select delivery_number, file_name, table_name, column_name, rule, row_count, total_count, severity, "
        "is_failure from landed.repaired_value order by file_name, column_name, rule",
    ) == [
        (1, "medical_claim.csv", "medical_claim", "hcpcs_code", "null_word_is_blank", 2, 3, "note", False),
        (1, "medical_claim.csv", "medical_claim", "hcpcs_code", "point_zero_dropped", 1, 3, "note", False),
        (1, "medical_claim.csv", "medical_claim", "paid_amount", "blank_is_zero", 1, 3, "note", False),
        (1, "medical_claim_2.csv", "medical_claim", "hcpcs_code", "null_word_is_blank", 1, 1, "note", False),
    ]
    assert set(repaired(tmp_path)) == {"medical_claim.csv", "medical_claim_2.csv"}


def test_a_clean_delivery_counts_nothing(tmp_path: Path) -> None:
    landed(tmp_path, BASE)

    assert repaired(tmp_path) == {}
    assert rows(tmp_path, "select * from landed.repaired_value") == []


@pytest.mark.parametrize(
    ("text", "is_supplied"),
    [
        (f"{SPAN}\n", False),
        (f"{SPAN}\n,2024-01-01,,,\n", False),
        (f"{SPAN}\nada,2024-01-01,,,\n", True),
    ],
    ids=["a header alone", "every row set aside", "one row"],
)
def test_a_table_is_supplied_once_a_row_of_it_is_loaded(tmp_path: Path, text: str, is_supplied: bool) -> None:
    landing = landed(tmp_path, BASE | {"eligibility.csv": text}, rules=TAKE_ALL)

    assert ("eligibility" in landing.supplied) is is_supplied
    found = rows(tmp_path, "select is_supplied from landed.feed where table_name = 'eligibility'")
    assert found == [(is_supplied,)]


def test_wide_diagnoses_are_read_like_long_ones(tmp_path: Path) -> None:
    text = lines({"diagnosis_code_1": "M54.50\u00a0", "diagnosis_code_2": "NULL", "diagnosis_code_3": "338.0"})
    columns = ("diagnosis_code_1", "diagnosis_code_2", "diagnosis_code_3")
    diagnoses = f"{DIAGNOSIS}\nC1,1,M54.50\u00a0\nC1,2,NULL\nC1,3,338.0\n"
    wide = read(tmp_path / "wide", "medical_claim", text, *columns)
    long = read(tmp_path / "long", "claim_diagnosis", diagnoses, "diagnosis_code")

    assert wide[0][:3] == tuple(row[0] for row in long) == ("M5450", None, "3380")

"""Landing a delivery: what is read, what is rejected, what is counted, what is skipped."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from pipelines.ground.errors import InputRefusedError
from pipelines.ground.progress import Progress
from pipelines.ground.warehouse import open_warehouse
from pipelines.intake.land import LandingRules, land
from pipelines.intake.ledger import manifest_path, parquet_path, read_ledger
from tests.intake.landing import AS_OF, BASE, CLAIMS, DIAGNOSES, DIAGNOSIS, LINE, counts, deliver, landed, lines, rows

if TYPE_CHECKING:
    from pathlib import Path


def test_a_csv_delivery_lands_typed_and_normalised(tmp_path: Path) -> None:
    landing = landed(tmp_path, BASE)

    assert landing.delivery_number == 1
    assert landing.supplied == {"medical_claim", "claim_diagnosis"}
    assert rows(
        tmp_path,
        "select claim_id, claim_line_number, claim_line_start_date, paid_amount, hcpcs_code, delivery_number, "
        "file_number, source_row, row_warnings, claim_status from landed.medical_claim order by source_row",
    ) == [
        ("C1", "1", date(2024, 6, 10), Decimal("120.50"), "63650", 1, 2, 1, None, None),
        ("C1", "2", date(2024, 6, 10), Decimal("10.00"), "L8680", 1, 2, 2, None, None),
    ]
    assert rows(tmp_path, "select diagnosis_rank, diagnosis_code from landed.claim_diagnosis order by 1") == [
        (1, "M5450"),
        (2, "G894"),
    ]


READINGS: list[tuple[str, str, object]] = [
    ("claim_id", "  C 1\t", "C 1"),
    ("hcpcs_code", " l 86.80", "L8680"),
    ("hcpcs_code", "   ", None),
    ("hcpcs_code", ".", None),
    ("revenue_center_code", "360", "0360"),
    ("revenue_center_code", "0360", "0360"),
    ("claim_type", " Professional ", "professional"),
    ("claim_status", "PAID", "paid"),
    ("diagnosis_code_type", " ICD_10  CM", "icd-10-cm"),
    ("paid_date", "20240229", date(2024, 2, 29)),
    ("paid_date", " 2024-02-29 ", date(2024, 2, 29)),
    ("paid_date", "2025-12-31", date(2025, 12, 31)),
    ("paid_date", "1990-01-01", date(1990, 1, 1)),
    ("paid_date", "  ", None),
    ("service_unit_quantity", "1.5", Decimal("1.5000")),
    ("allowed_amount", "-12.3", Decimal("-12.30")),
]


def test_a_value_is_read_as_its_kind_says(tmp_path: Path) -> None:
    text = lines(*({column: written} for column, written, _ in READINGS))
    landed(tmp_path, BASE | {"medical_claim.csv": text})

    found = rows(tmp_path, "select columns(*) from landed.medical_claim order by source_row")
    names = [row[0] for row in rows(tmp_path, "describe landed.medical_claim")]
    assert [row[names.index(column)] for row, (column, _, _) in zip(found, READINGS, strict=True)] == [
        read for _, _, read in READINGS
    ]


FAULTS = [
    ("claim_id", "", "missing"),
    ("claim_id", "  ", "missing"),
    ("member_id", "", "missing"),
    ("claim_line_number", "", "missing"),
    ("claim_type", "", "missing"),
    ("claim_type", "dental", "not_in_list"),
    ("claim_status", "lost", "not_in_list"),
    ("claim_line_start_date", "", "missing"),
    ("claim_line_start_date", "06/10/2024", "not_a_date"),
    ("claim_line_start_date", "2024-02-30", "not_a_date"),
    ("claim_line_start_date", "20240230", "not_a_date"),
    ("claim_line_start_date", "2024-6-1", "not_a_date"),
    ("claim_line_start_date", "2024-06-1 ", "not_a_date"),
    ("claim_line_start_date", "1989-12-31", "date_too_early"),
    ("claim_line_start_date", "2026-01-01", "date_too_late"),
    ("paid_date", "1989-12-31", "date_too_early"),
    ("paid_amount", "12a", "not_a_number"),
    ("paid_amount", "5$", "not_a_number"),
    ("allowed_amount", "(5", "not_a_number"),
    ("service_unit_quantity", "many", "not_a_number"),
]


def test_a_bad_value_sets_its_row_aside_with_the_rule(tmp_path: Path) -> None:
    text = lines(*({column: written} for column, written, _ in FAULTS), {"claim_id": "C9"})
    landing = landed(tmp_path, BASE | {"medical_claim.csv": text}, rules=LandingRules(max_rejected_rows=len(FAULTS)))

    assert counts(landing)["medical_claim.csv:medical_claim"] == (len(FAULTS) + 1, 1, 0, len(FAULTS))
    assert rows(tmp_path, "select claim_id from landed.medical_claim") == [("C9",)]
    query = "select file_name, table_name, source_row, column_name, rule from landed.rejected_row order by source_row"
    assert rows(tmp_path, query) == [
        ("medical_claim.csv", "medical_claim", number, column, rule)
        for number, (column, _, rule) in enumerate(FAULTS, start=1)
    ]


def test_a_rejected_row_says_every_rule_it_breaks_and_none_of_its_values(tmp_path: Path) -> None:
    bad = {"claim_type": "secretword", "claim_line_start_date": "secretdate", "member_id": ""}
    landed(tmp_path, BASE | {"medical_claim.csv": lines({}, bad)})

    assert rows(tmp_path, "select message from landed.rejected_row order by column_name") == [
        ("claim_line_start_date is not a date written YYYY-MM-DD or YYYYMMDD",),
        ("claim_type is none of: professional, institutional",),
        ("member_id has no value; every row needs one",),
    ]


FILL = "claim_id,member_id,dispensing_date,days_supply\n"
SPAN = "member_id,enrollment_start_date,enrollment_end_date,has_pharmacy_benefit,birth_date\n"


@pytest.mark.parametrize(
    ("name", "text", "rejected"),
    [
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,998\n", None),
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,-998\n", None),
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,30.0\n", None),
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,999\n", "days_supply:out_of_range"),
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,-999\n", "days_supply:out_of_range"),
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,30.5\n", "days_supply:not_a_whole_number"),
        ("pharmacy_claim.csv", FILL + "F1,ada,2024-01-01,\n", "days_supply:missing"),
        ("claim_procedure.csv", "claim_id,procedure_rank,procedure_code\nC1,0,X\n", "procedure_rank:below_one"),
        ("claim_procedure.csv", "claim_id,procedure_rank,procedure_code\nC1,1,\n", None),
        ("eligibility.csv", SPAN + "ada,2024-01-01,,1,1899-12-31\n", None),
        ("eligibility.csv", SPAN + "ada,2024-01-01,,1,1900-01-01\n", None),
        ("eligibility.csv", SPAN + "ada,2026-01-01,,1,\n", "enrollment_start_date:date_too_late"),
        ("eligibility.csv", SPAN + "ada,,,1,\n", "enrollment_start_date:missing"),
        ("eligibility.csv", SPAN + "ada,2024-01-01,soon,1,\n", "enrollment_end_date:not_a_date"),
        ("prior_authorization.csv", "authorization_id,member_id,decision\nA1,ada,Partially - Approved\n", None),
        (
            "prior_authorization.csv",
            "authorization_id,member_id,decision\nA1,ada,maybe\n",
            "decision:not_in_list",
        ),
        (
            "care_documentation.csv",
            "document_id,member_id,modality,outcome,document_date\n,ada,,,\n",
            None,
        ),
    ],
)
def test_each_table_is_judged_by_its_own_rules(tmp_path: Path, name: str, text: str, rejected: str | None) -> None:
    landed(tmp_path, BASE | {name: text})

    found = rows(tmp_path, "select column_name || ':' || rule from landed.rejected_row")
    assert found == ([] if rejected is None else [(rejected,)])


@pytest.mark.parametrize(
    ("start", "end", "landed_start", "landed_end", "warning"),
    [
        ("1989-12-31", "2024-06-30", None, date(2024, 6, 30), None),
        ("1990-01-01", "2024-06-30", date(1990, 1, 1), date(2024, 6, 30), None),
        ("2024-01-01", "2025-12-31", date(2024, 1, 1), date(2025, 12, 31), None),
        ("2024-01-01", "2026-01-01", date(2024, 1, 1), None, None),
        ("2024-01-01", "9999-12-31", date(2024, 1, 1), None, None),
        ("2024-05-01", "2024-05-01", date(2024, 5, 1), date(2024, 5, 1), None),
        (
            "2024-05-01",
            "2024-01-31",
            date(2024, 5, 1),
            date(2024, 4, 30),
            "enrollment_end_date:end_before_start",
        ),
        ("1985-01-01", "1986-12-31", None, date(1986, 12, 31), None),
    ],
)
def test_open_and_empty_spans(
    tmp_path: Path, start: str, end: str, landed_start: date | None, landed_end: date | None, warning: str | None
) -> None:
    landed(tmp_path, BASE | {"eligibility.csv": SPAN + f"ada,{start},{end},Y,\n"})

    found = rows(tmp_path, "select enrollment_start_date, enrollment_end_date, row_warnings from landed.eligibility")
    assert found == [(landed_start, landed_end, warning)]


@pytest.mark.parametrize(
    ("written", "read", "warning"),
    [
        ("true", True, None),
        ("FALSE", False, None),
        (" y ", True, None),
        ("0", False, None),
        ("", None, None),
        ("perhaps", None, "has_pharmacy_benefit:boolean_unreadable"),
    ],
)
def test_an_unreadable_boolean_is_blank_with_a_warning(
    tmp_path: Path, written: str, read: object, warning: str | None
) -> None:
    landed(tmp_path, BASE | {"eligibility.csv": SPAN + f"ada,2024-01-01,,{written},\n"})

    assert rows(tmp_path, "select has_pharmacy_benefit, row_warnings from landed.eligibility") == [(read, warning)]


def test_a_blank_paid_amount_of_a_file_without_payments_is_unknown_and_counted(tmp_path: Path) -> None:
    rules = LandingRules(payments_supplied={"visits/*": False})
    files = BASE | {
        "medical_claim.csv": lines({"paid_amount": " "}),
        "visits/medical_claim_2.csv": lines({"claim_id": "C2", "paid_amount": " "}, {"claim_id": "C3"}),
    }
    landed(tmp_path, files, rules=rules)

    found = rows(tmp_path, "select claim_id, paid_amount, row_warnings from landed.medical_claim order by claim_id")
    assert found == [
        ("C1", Decimal("0.00"), "paid_amount:blank_is_zero"),
        ("C2", None, "paid_amount:blank_is_unknown"),
        ("C3", Decimal("1.00"), None),
    ]


def test_a_blank_paid_amount_is_zero_with_a_warning(tmp_path: Path) -> None:
    landed(tmp_path, BASE | {"medical_claim.csv": lines({"paid_amount": ""})})

    found = rows(tmp_path, "select paid_amount, row_warnings from landed.medical_claim")
    assert found == [(Decimal("0.00"), "paid_amount:blank_is_zero")]


def test_byte_order_mark_header_case_column_order_and_unknown_columns_do_not_matter(tmp_path: Path) -> None:
    text = "\ufeffPaid_Amount, CLAIM_ID ,Shoe_Size,claim_line_number,claim_type,member_id,Claim_Line_Start_Date\n"
    text += "5,C1,44,1,professional,ada,2024-06-10\n"
    landing = landed(tmp_path, BASE | {"Medical_Claim_part2.CSV": text})

    file = next(file for file in landing.files if file.file_name == "Medical_Claim_part2.CSV")
    assert (file.table_name, file.unknown_columns, file.loaded_count) == ("medical_claim", ("shoe_size",), 1)
    assert rows(tmp_path, "select unknown_columns from landed.delivered_file where file_number = 1") == [
        (["shoe_size"],)
    ]


def test_quoted_fields_may_hold_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    text = '"' + LINE.replace(",", '","') + '"\r\n'
    text += '"C,1","1","professional","a""da","2024-06-10","1","63\n650"\r\n'
    landed(tmp_path, BASE | {"medical_claim.csv": text})

    assert rows(tmp_path, "select claim_id, member_id, hcpcs_code from landed.medical_claim") == [
        ("C,1", 'a"da', "63650")
    ]


def test_every_extension_is_read_and_other_files_are_named(tmp_path: Path) -> None:
    frame = pl.read_csv(CLAIMS.encode(), infer_schema=False)
    folder = deliver(
        tmp_path / "day", {"a/medical_claim_1.csv.gz": gzip.compress(CLAIMS.encode()), "claim_diagnosis.csv": DIAGNOSES}
    )
    frame.with_columns(claim_id=pl.lit("C2")).write_parquet(folder / "medical_claim_2.parquet")
    deliver(folder, {"readme.txt": "hello", "medical_claimant.csv": "x\n1\n", "b/claims.csv": "x\n1\n"})
    frame.with_columns(claim_id=pl.lit("C3")).write_csv(folder / "medical_claim_3.csv.zst", compression="zstd")

    landing = land(folder, landed=tmp_path / "landed", as_of=AS_OF)

    assert [(file.file_number, file.file_name, file.fate, file.table_name) for file in landing.files] == [
        (1, "a/medical_claim_1.csv.gz", "landed", "medical_claim"),
        (2, "b/claims.csv", "not_an_extract", None),
        (3, "claim_diagnosis.csv", "landed", "claim_diagnosis"),
        (4, "medical_claim_2.parquet", "landed", "medical_claim"),
        (5, "medical_claim_3.csv.zst", "landed", "medical_claim"),
        (6, "medical_claimant.csv", "not_an_extract", None),
        (7, "readme.txt", "not_an_extract", None),
    ]
    assert rows(tmp_path, "select claim_id, count(*) from landed.medical_claim group by all order by 1") == [
        ("C1", 2),
        ("C2", 2),
        ("C3", 2),
    ]


def test_typed_parquet_lands_as_the_same_rows_as_text(tmp_path: Path) -> None:
    text: dict[str, list[Any]] = {
        "claim_id": ["10", "11", None],
        "claim_line_number": ["1", "2", "3"],
        "claim_type": ["professional"] * 3,
        "member_id": ["7", "8", "9"],
        "claim_line_start_date": ["2024-06-10", "1989-01-01", "2024-06-12"],
        "paid_date": ["2024-06-11", None, None],
        "paid_amount": ["1.5", "2", None],
        "service_unit_quantity": ["1", "2", "3"],
    }
    typed = pl.DataFrame(text).with_columns(
        pl.col("claim_id").cast(pl.Float64),
        pl.col("claim_line_number").cast(pl.Int64),
        pl.col("member_id").cast(pl.Int32),
        pl.col("claim_line_start_date").str.to_date(),
        pl.col("paid_date").str.to_datetime("%Y-%m-%d"),
        pl.col("paid_amount").cast(pl.Float64),
        pl.col("service_unit_quantity").cast(pl.Int8),
    )
    found = []
    for name, frame in (("text", pl.DataFrame(text)), ("typed", typed)):
        folder = deliver(tmp_path / name / "day", {"claim_diagnosis.csv": DIAGNOSES})
        frame.write_parquet(folder / "medical_claim.parquet")
        landing = land(folder, landed=tmp_path / name / "landed", as_of=AS_OF)
        assert counts(landing)["medical_claim.parquet:medical_claim"] == (3, 1, 0, 2)
        found.append(rows(tmp_path / name, "select * from landed.medical_claim"))

    assert found[0] == found[1]
    assert found[0][0][0] == "10"


def test_repeats_are_counted_in_the_file_of_the_earlier_copy_and_stay_in_the_history(tmp_path: Path) -> None:
    landing = landed(
        tmp_path,
        {
            "claim_diagnosis_a.csv": f"{DIAGNOSIS}\nC1,1,M54.50\nC1,2,G89\nC1,01, m5450 \n",
            "claim_diagnosis_b.csv": f"{DIAGNOSIS},diagnosis_code_type\nC1,2,G89,\nC1,1,M545,\nC1,2,G89,icd-10-cm\n",
            "medical_claim.csv": CLAIMS,
        },
    )

    assert counts(landing) == {
        "claim_diagnosis_a.csv:claim_diagnosis": (3, 1, 2, 0),
        "claim_diagnosis_b.csv:claim_diagnosis": (3, 3, 0, 0),
        "medical_claim.csv:medical_claim": (2, 2, 0, 0),
    }
    assert rows(tmp_path, "select count(*) from landed.claim_diagnosis") == [(6,)]


def test_two_equal_files_of_one_delivery_both_land_as_repeats(tmp_path: Path) -> None:
    landing = landed(tmp_path, BASE | {"medical_claim_again.csv": CLAIMS})

    assert counts(landing)["medical_claim.csv:medical_claim"] == (2, 0, 2, 0)
    assert counts(landing)["medical_claim_again.csv:medical_claim"] == (2, 2, 0, 0)


def test_equal_rejected_rows_are_rejected_not_repeats(tmp_path: Path) -> None:
    landing = landed(tmp_path, BASE | {"medical_claim.csv": lines({}, {"member_id": ""}, {"member_id": ""})})

    assert counts(landing)["medical_claim.csv:medical_claim"] == (3, 1, 0, 2)


def test_a_delivery_sent_again_changes_nothing(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    before = {path: path.read_bytes() for path in (tmp_path / "landed").rglob("*") if path.is_file()}

    again = landed(tmp_path, {"x/medical_claim_renamed.csv": CLAIMS, "claim_diagnosis.csv": DIAGNOSES}, name="night")

    assert again.delivery_number is None
    assert {file.fate for file in again.files} == {"already_landed"}
    assert again.supplied == {"medical_claim", "claim_diagnosis"}
    assert {path: path.read_bytes() for path in (tmp_path / "landed").rglob("*") if path.is_file()} == before


def test_a_second_delivery_lands_only_what_is_new(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    second = landed(tmp_path, BASE | {"medical_claim_2.csv": lines({"claim_id": "C2"})}, name="night")

    assert second.delivery_number == 2
    assert [file.fate for file in second.files] == ["already_landed", "already_landed", "landed"]
    assert rows(tmp_path, "select claim_id, delivery_number from landed.medical_claim order by all") == [
        ("C1", 1),
        ("C1", 1),
        ("C2", 2),
    ]


def test_wide_diagnoses_need_no_diagnosis_file(tmp_path: Path) -> None:
    landing = landed(tmp_path, {"medical_claim.csv": lines({"diagnosis_code_1": "m54.50", "diagnosis_code_2": ""})})

    assert landing.supplied == {"medical_claim"}
    assert rows(tmp_path, "select diagnosis_code_1, diagnosis_code_2 from landed.medical_claim") == [("M5450", None)]
    assert rows(tmp_path, "select table_name from landed.feed where is_supplied") == [("medical_claim",)]


def test_split_renamed_and_shuffled_files_land_the_same_rows(tmp_path: Path) -> None:
    changes: list[dict[str, str]] = [{"claim_id": f"C{number}"} for number in range(10)]
    landed(tmp_path / "one", BASE | {"medical_claim.csv": lines(*changes)})
    landed(
        tmp_path / "two",
        BASE | {"medical_claim.csv": lines(*changes[:3:-1]), "z/medical_claim_0.csv": lines(*changes[:4])},
    )

    query = "select * exclude (file_number, source_row) from landed.medical_claim order by claim_id"
    assert rows(tmp_path / "one", query) == rows(tmp_path / "two", query)


def test_the_same_delivery_lands_as_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        landed(tmp_path / name, BASE)

    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name / "landed").rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two


def test_few_bad_rows_are_no_reason_to_stop(tmp_path: Path) -> None:
    twenty = [{"claim_id": str(number), "member_id": ""} for number in range(20)]
    landing = landed(tmp_path, BASE | {"medical_claim.csv": lines({}, *twenty)})

    assert counts(landing)["medical_claim.csv:medical_claim"] == (21, 1, 0, 20)


def test_a_small_share_of_bad_rows_is_no_reason_to_stop(tmp_path: Path) -> None:
    good = [{"claim_id": f"C{number}"} for number in range(990)]
    bad = [{"member_id": ""} for _ in range(10)]
    rules = LandingRules(max_rejected_rows=2)
    landing = landed(tmp_path, BASE | {"medical_claim.csv": lines(*good, *bad)}, rules=rules)

    assert counts(landing)["medical_claim.csv:medical_claim"] == (1000, 990, 0, 10)


def test_progress_hears_of_each_file_that_is_read(tmp_path: Path) -> None:
    heard: list[tuple[str, str, int]] = []

    class Ear(Progress):
        def file_started(self, file_name: str, byte_count: int) -> None:
            heard.append(("started", file_name, byte_count))

        def file_finished(self, file_name: str, row_count: int) -> None:
            heard.append(("finished", file_name, row_count))

        def file_known(self, file_name: str) -> None:
            heard.append(("known", file_name, 0))

    land(deliver(tmp_path / "day", BASE), landed=tmp_path / "landed", as_of=AS_OF, progress=Ear())
    land(deliver(tmp_path / "again", BASE), landed=tmp_path / "landed", as_of=AS_OF, progress=Ear())

    assert heard == [
        ("started", "claim_diagnosis.csv", len(DIAGNOSES)),
        ("finished", "claim_diagnosis.csv", 2),
        ("started", "medical_claim.csv", len(CLAIMS)),
        ("finished", "medical_claim.csv", 2),
        ("started", "claim_diagnosis.csv", len(DIAGNOSES)),
        ("known", "claim_diagnosis.csv", 0),
        ("started", "medical_claim.csv", len(CLAIMS)),
        ("known", "medical_claim.csv", 0),
    ]


RULED_OUT: dict[str, dict[str, tuple[str, ...]]] = {
    "medical_claim": {
        **dict.fromkeys(("claim_id", "claim_line_number", "claim_type", "member_id", "claim_line_start_date"), ("",)),
        "claim_type": ("", "dental"),
        "claim_status": ("lost",),
    },
    "claim_diagnosis": {"claim_id": ("",), "diagnosis_rank": ("", "0")},
    "claim_procedure": {"claim_id": ("",), "procedure_rank": ("",)},
    "pharmacy_claim": {
        **dict.fromkeys(("claim_id", "member_id", "dispensing_date", "days_supply"), ("",)),
        "claim_status": ("lost",),
    },
    "eligibility": {"member_id": ("",)},
    "prior_authorization": {"authorization_id": ("",), "member_id": ("",), "decision": ("", "perhaps")},
    "care_documentation": {"member_id": ("",)},
}
"""What no landed row has, whatever was delivered, so that no gate needs to ask for it."""

GOOD_ROW: dict[str, dict[str, str]] = {
    "medical_claim": {
        "claim_id": "C1", "claim_line_number": "1", "claim_type": "professional", "member_id": "ada",
        "claim_line_start_date": "2024-06-10", "paid_amount": "1", "claim_status": "paid",
    },
    "claim_diagnosis": {"claim_id": "C1", "diagnosis_rank": "1", "diagnosis_code": "M5450"},
    "claim_procedure": {"claim_id": "C1", "procedure_rank": "1", "procedure_code": "00HU3MZ"},
    "pharmacy_claim": {
        "claim_id": "F1", "member_id": "ada", "dispensing_date": "2024-06-10", "days_supply": "30",
        "claim_status": "paid",
    },
    "eligibility": {"member_id": "ada", "enrollment_start_date": "2024-01-01"},
    "prior_authorization": {"authorization_id": "A1", "member_id": "ada", "decision": "approved"},
    "care_documentation": {
        "document_id": "D1", "member_id": "ada", "modality": "exercise_pt", "outcome": "no_benefit",
        "document_date": "2024-06-10",
    },
}  # fmt: skip


def test_what_the_gates_need_not_ask_lands_in_no_row(tmp_path: Path) -> None:
    files = {
        f"{table}.csv": "\n".join(
            [
                ",".join(good),
                ",".join(good.values()),
                *(
                    ",".join((good | {column: value}).values())
                    for column, values in RULED_OUT[table].items()
                    for value in values
                ),
            ]
        )
        for table, good in GOOD_ROW.items()
    }
    landing = landed(tmp_path, files, rules=LandingRules(max_rejected_share=1))

    assert {file.table_name: (file.loaded_count, file.rejected_count) for file in landing.files} == {
        table: (1, sum(map(len, RULED_OUT[table].values()))) for table in RULED_OUT
    }


def test_the_rows_of_a_member_lie_side_by_side_with_their_place_in_the_source(tmp_path: Path) -> None:
    members = [{"member_id": name, "claim_line_number": str(number)} for number, name in enumerate("caabca")]
    landed(tmp_path, BASE | {"medical_claim.csv": lines(*members)})

    with open_warehouse() as connection:
        path = parquet_path(tmp_path / "landed", "medical_claim", 1, 2)
        found = connection.execute(f"select member_id, source_row from '{path}'").fetchall()
    assert found == [("a", 2), ("a", 3), ("a", 6), ("b", 4), ("c", 1), ("c", 5)]


SPOILED = [
    *({column: written} for column, written, _ in READINGS),
    *({column: written} for column, written, _ in FAULTS),
    {"hcpcs_code": "HC:63650:LT:59", "hcpcs_modifier_1": "RT76"},
    {"paid_amount": "", "member_id": " NULL"},
    {"paid_amount": "($1,200.50)", "diagnosis_pointer": "1.0", "service_unit_quantity": "99"},
    {"claim_id": "1.2E+10", "hcpcs_code": "97110\u00a0", "revenue_center_code": "42"},
    {"claim_line_end_date": "2024-07-10", "hcpcs_code": "97110", "paid_date": "99991231"},
]


@pytest.mark.parametrize("sizes", [{"SMALL_BYTES": 0}, {"SMALL_BYTES": 0, "SORTED_BYTES": 0}])
def test_a_file_lands_as_the_same_rows_whatever_its_size(
    sizes: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = BASE | {"medical_claim.csv": lines(*SPOILED, *SPOILED[:2])}
    rules = LandingRules(max_rejected_rows=len(SPOILED))
    small = landed(tmp_path / "small", files, rules=rules)
    for name, size in sizes.items():
        monkeypatch.setattr(f"pipelines.intake.land.{name}", size)
    large = landed(tmp_path / "large", files, rules=rules)

    assert counts(small) == counts(large)
    for of_small, of_large in zip(small.files, large.files, strict=True):
        assert of_small.row_hash_sum == of_large.row_hash_sum
        assert of_small.repaired_values == of_large.repaired_values
    for table in ("medical_claim", "claim_diagnosis", "rejected_row", "repaired_value"):
        query = f"select * from landed.{table} order by all"
        assert rows(tmp_path / "small", query) == rows(tmp_path / "large", query)


@pytest.mark.parametrize("sizes", [{"SMALL_BYTES": 0}, {"SMALL_BYTES": 0, "SORTED_BYTES": 0}])
def test_a_column_without_a_value_in_a_large_parquet_file_is_delivered_and_not_written(
    sizes: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in sizes.items():
        monkeypatch.setattr(f"pipelines.intake.land.{name}", size)
    folder = deliver(tmp_path / "day", {"claim_diagnosis.csv": DIAGNOSES})
    frame = pl.DataFrame(
        {
            "claim_id": ["C1", "C2"],
            "claim_line_number": ["1", "1"],
            "claim_type": ["professional"] * 2,
            "member_id": ["ada", "bea"],
            "claim_line_start_date": ["2024-06-10"] * 2,
            "paid_amount": pl.Series([None, None], dtype=pl.String),
            "hcpcs_code": ["HC:63650:LT", "63650"],
            "hcpcs_modifier_1": pl.Series([None, None], dtype=pl.String),
            "claim_status": pl.Series([None, None], dtype=pl.String),
        }
    )
    frame.write_parquet(folder / "medical_claim.parquet")
    landing = land(folder, landed=tmp_path / "landed", as_of=AS_OF)

    [claims] = [file for file in landing.files if file.table_name == "medical_claim"]
    assert {"claim_status", "hcpcs_modifier_1", "paid_amount"} <= set(claims.columns)
    assert "claim_status" in claims.blank_columns
    written = parquet.read_schema(parquet_path(tmp_path / "landed", "medical_claim", 1, claims.file_number)).names
    assert set(written) & set(claims.columns) == set(claims.written_columns)
    query = "select claim_id, paid_amount, hcpcs_modifier_1, claim_status from landed.medical_claim order by 1"
    assert rows(tmp_path, query) == [("C1", Decimal(0), "LT", None), ("C2", Decimal(0), None, None)]


def test_a_parquet_page_that_does_not_match_its_checksum_refuses_the_file(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "day", {"claim_diagnosis.csv": DIAGNOSES})
    columns = {name: [f"{name}-{row:03}" for row in range(50)] for name in ("claim_id", "member_id")}
    columns |= {"claim_line_number": ["1"] * 50, "claim_type": ["professional"] * 50}
    columns |= {"claim_line_start_date": ["2024-06-10"] * 50, "paid_amount": ["1"] * 50}
    path = folder / "medical_claim.parquet"
    parquet.write_table(pa.table(columns), path, compression="none", use_dictionary=False, write_page_checksum=True)
    land(folder, landed=tmp_path / "sound", as_of=AS_OF)
    path.write_bytes(path.read_bytes().replace(b"member_id-017", b"member_id-71!", 1))

    with pytest.raises(InputRefusedError, match="The file is not a readable Parquet file"):
        land(folder, landed=tmp_path / "damaged", as_of=AS_OF)


def test_a_manifest_of_an_older_form_is_read_as_it_is(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    path = manifest_path(tmp_path / "landed", 1)
    older = json.loads(path.read_text(encoding="utf-8"))
    older["format"] = 1
    for file in older["files"]:
        del file["blank_columns"]
    path.write_text(json.dumps(older), encoding="utf-8")

    [delivery] = read_ledger(tmp_path / "landed")
    assert [file.written_columns for file in delivery.files] == [file.columns for file in delivery.files]
    assert rows(tmp_path, "select count(*) from landed.medical_claim") == [(2,)]

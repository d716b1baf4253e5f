"""The DE-SynPUF layout: small files made to it, and the real sample where it is at hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import InputRefusedError
from pipelines.intake.land import land
from pipelines.intake.layouts.choice import layout_by_header, layout_by_name
from pipelines.intake.layouts.desynpuf import DesynpufLayout
from tests.intake.landing import AS_OF, counts, landed, rows
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ROOT.parent / "shared" / "data" / "desynpuf_sample_1"


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(1, count + 1)]


INPATIENT = [
    *["DESYNPUF_ID", "CLM_ID", "SEGMENT", "CLM_FROM_DT", "CLM_THRU_DT", "PRVDR_NUM", "CLM_PMT_AMT", "CLM_ADMSN_DT"],
    "ADMTNG_ICD9_DGNS_CD",
    *numbered("ICD9_DGNS_CD_", 10),
    *numbered("ICD9_PRCDR_CD_", 6),
    *numbered("HCPCS_CD_", 45),
]
OUTPATIENT = [name for name in INPATIENT if name != "CLM_ADMSN_DT"]
CARRIER = [
    *["DESYNPUF_ID", "CLM_ID", "CLM_FROM_DT", "CLM_THRU_DT"],
    *numbered("ICD9_DGNS_CD_", 8),
    *numbered("PRF_PHYSN_NPI_", 13),
    *numbered("TAX_NUM_", 13),
    *numbered("HCPCS_CD_", 13),
    *numbered("LINE_NCH_PMT_AMT_", 13),
    *numbered("LINE_ALOWD_CHRG_AMT_", 13),
    *numbered("LINE_PRCSG_IND_CD_", 13),
    *numbered("LINE_ICD9_DGNS_CD_", 13),
]
PRESCRIPTION = [
    *["DESYNPUF_ID", "PDE_ID", "SRVC_DT", "PROD_SRVC_ID", "QTY_DSPNSD_NUM", "DAYS_SUPLY_NUM"],
    *["PTNT_PAY_AMT", "TOT_RX_CST_AMT"],
]
BENEFICIARY = [
    *["DESYNPUF_ID", "BENE_BIRTH_DT", "BENE_DEATH_DT", "BENE_SEX_IDENT_CD", "BENE_HI_CVRAGE_TOT_MONS"],
    *["BENE_SMI_CVRAGE_TOT_MONS", "BENE_HMO_CVRAGE_TOT_MONS", "PLAN_CVRG_MOS_NUM"],
]


def table(header: list[str], *records: dict[str, str]) -> str:
    quoted = ",".join(f'"{name}"' for name in header)
    assert all(name in header for record in records for name in record)
    body = [",".join(record.get(name, "") for name in header) for record in records]
    return "\n".join([quoted, *body]) + "\n"


def stay(**changes: str) -> dict[str, str]:
    ordinary = {"DESYNPUF_ID": "M1", "CLM_ID": "196", "SEGMENT": "1", "CLM_FROM_DT": "20080105"}
    return ordinary | {"CLM_THRU_DT": "20080109", "CLM_PMT_AMT": "4000.00", "ICD9_DGNS_CD_1": "7242"} | changes


LINES = (
    "select claim_id, claim_line_number::int, hcpcs_code, claim_line_start_date, paid_amount, source_row "
    "from landed.medical_claim order by 1, 2"
)


def test_a_stay_without_hcpcs_is_one_line_with_the_payment(tmp_path: Path) -> None:
    landed(tmp_path, {"stays.csv": table(INPATIENT, stay())})

    assert rows(tmp_path, LINES) == [("196", 1, None, date(2008, 1, 5), Decimal("4000.00"), 1)]
    assert rows(
        tmp_path,
        "select claim_type, member_id, line_of_business, claim_start_date, claim_end_date, claim_line_end_date, "
        "data_source from landed.medical_claim",
    ) == [("institutional", "M1", "medicare_ffs", date(2008, 1, 5), date(2008, 1, 9), None, "desynpuf_inpatient")]


def test_each_hcpcs_is_a_line_and_the_payment_stands_on_the_first(tmp_path: Path) -> None:
    visit = stay(HCPCS_CD_3="63650", HCPCS_CD_7="L8680", CLM_PMT_AMT="90.50")
    landed(tmp_path, {"visits.csv": table(OUTPATIENT, visit)})

    assert rows(tmp_path, LINES) == [
        ("196", 3, "63650", date(2008, 1, 5), Decimal("90.50"), 1),
        ("196", 7, "L8680", date(2008, 1, 5), Decimal("0.00"), 1),
    ]


def test_a_second_segment_takes_the_dates_of_the_first_and_goes_on_counting(tmp_path: Path) -> None:
    first = stay(HCPCS_CD_1="63650", ICD9_DGNS_CD_2="72210", ICD9_PRCDR_CD_1="0393")
    second = stay(
        SEGMENT="2", CLM_FROM_DT="", CLM_THRU_DT="", CLM_PMT_AMT="10", HCPCS_CD_2="97110", ICD9_DGNS_CD_1="4019"
    )
    second["ICD9_PRCDR_CD_1"] = "8694"
    landed(tmp_path, {"stays.csv": table(INPATIENT, second, first)})

    assert rows(tmp_path, LINES) == [
        ("196", 1, "63650", date(2008, 1, 5), Decimal("4000.00"), 2),
        ("196", 47, "97110", date(2008, 1, 5), Decimal("10.00"), 1),
    ]
    assert rows(
        tmp_path,
        "select diagnosis_rank, diagnosis_code, diagnosis_code_type, source_row from landed.claim_diagnosis order by 1",
    ) == [(1, "7242", "icd-9-cm", 2), (2, "72210", "icd-9-cm", 2), (11, "4019", "icd-9-cm", 1)]
    assert rows(
        tmp_path,
        "select procedure_rank, procedure_code, procedure_code_type, source_row from landed.claim_procedure order by 1",
    ) == [(1, "0393", "icd-9-pcs", 2), (7, "8694", "icd-9-pcs", 1)]


def test_a_second_segment_without_a_first_is_rejected_for_its_date(tmp_path: Path) -> None:
    alone = stay(CLM_ID="197", SEGMENT="2", CLM_FROM_DT="", CLM_THRU_DT="")
    landing = landed(tmp_path, {"stays.csv": table(INPATIENT, stay(), alone)})

    assert counts(landing)["stays.csv:medical_claim"] == (2, 1, 0, 1)
    assert rows(tmp_path, "select table_name, source_row, column_name, rule from landed.rejected_row") == [
        ("medical_claim", 2, "claim_line_start_date", "missing")
    ]


def test_the_admitting_diagnosis_is_no_billed_rank(tmp_path: Path) -> None:
    landed(tmp_path, {"stays.csv": table(INPATIENT, stay(ADMTNG_ICD9_DGNS_CD="78650"))})

    assert rows(tmp_path, "select diagnosis_code from landed.claim_diagnosis") == [("7242",)]


def test_carrier_lines_carry_their_status_their_pointer_and_their_money(tmp_path: Path) -> None:
    claim = {
        "DESYNPUF_ID": "M1",
        "CLM_ID": "887",
        "CLM_FROM_DT": "20090210",
        "CLM_THRU_DT": "20090211",
        "ICD9_DGNS_CD_1": "4019",
        "ICD9_DGNS_CD_2": "7242",
        "HCPCS_CD_1": "63650",
        "LINE_ICD9_DGNS_CD_1": "7242",
        "LINE_NCH_PMT_AMT_1": "800.00",
        "LINE_ALOWD_CHRG_AMT_1": "1000.00",
        "LINE_PRCSG_IND_CD_1": "A",
        "PRF_PHYSN_NPI_1": "1234567890",
        "HCPCS_CD_2": "97110",
        "LINE_ICD9_DGNS_CD_2": "V571",
        "LINE_NCH_PMT_AMT_2": "0.00",
        "LINE_ALOWD_CHRG_AMT_2": "0.00",
        "LINE_PRCSG_IND_CD_2": "D",
        "LINE_NCH_PMT_AMT_3": "0.00",
        "LINE_ALOWD_CHRG_AMT_3": "0.00",
        "HCPCS_CD_4": "99213",
    }
    empty = {"DESYNPUF_ID": "M1", "CLM_ID": "888", "CLM_FROM_DT": "20090212", "CLM_THRU_DT": "20090212"}
    landing = landed(tmp_path, {"carrier_a.csv": table(CARRIER, claim, empty)})

    assert rows(
        tmp_path,
        "select claim_id, claim_line_number, hcpcs_code, diagnosis_pointer, claim_status, paid_amount, allowed_amount, "
        "rendering_npi, claim_type, source_row from landed.medical_claim order by 1, 2",
    ) == [
        ("887", "1", "63650", "2", "paid", Decimal(800), Decimal(1000), "1234567890", "professional", 1),
        ("887", "2", "97110", None, "denied", Decimal(0), Decimal(0), None, "professional", 1),
        ("887", "4", "99213", None, None, Decimal(0), None, None, "professional", 1),
        ("888", "1", None, None, None, Decimal(0), None, None, "professional", 2),
    ]
    assert rows(tmp_path, "select diagnosis_rank, diagnosis_code from landed.claim_diagnosis order by 1") == [
        (1, "4019"),
        (2, "7242"),
    ]
    assert [(file.table_name, file.source_row_count, file.row_count) for file in landing.files] == [
        ("medical_claim", 2, 4),
        ("claim_diagnosis", 2, 2),
    ]


def test_prescription_events_become_fills(tmp_path: Path) -> None:
    event = {"DESYNPUF_ID": "M1", "PDE_ID": "233", "SRVC_DT": "20081012", "PROD_SRVC_ID": "00093015001"}
    event |= {"QTY_DSPNSD_NUM": "30.000", "DAYS_SUPLY_NUM": "30", "PTNT_PAY_AMT": "10.00", "TOT_RX_CST_AMT": "20.00"}
    landing = landed(
        tmp_path,
        {"stays.csv": table(INPATIENT, stay()), "fills.csv": table(PRESCRIPTION, event, event | {"PDE_ID": "234"})},
    )

    assert rows(
        tmp_path,
        "select claim_id, member_id, dispensing_date, ndc_code, quantity, days_supply, source_row "
        "from landed.pharmacy_claim order by 1",
    ) == [
        ("233", "M1", date(2008, 10, 12), "00093015001", Decimal(30), 30, 1),
        ("234", "M1", date(2008, 10, 12), "00093015001", Decimal(30), 30, 2),
    ]
    fills = next(file for file in landing.files if file.file_name == "fills.csv")
    assert fills.unknown_columns == ("ptnt_pay_amt", "tot_rx_cst_amt")


JANUARY, DECEMBER = date(2008, 1, 1), date(2008, 12, 31)


@pytest.mark.parametrize(
    ("part_a", "part_b", "hmo", "drugs", "death", "spans"),
    [
        (12, 12, 0, 12, "", [(JANUARY, DECEMBER, True)]),
        (12, 12, 0, 0, "", [(JANUARY, DECEMBER, False)]),
        (12, 12, 0, 9, "", [(JANUARY, date(2008, 9, 30), True), (date(2008, 10, 1), DECEMBER, False)]),
        (12, 9, 0, 12, "", [(JANUARY, date(2008, 9, 30), True)]),
        (12, 12, 10, 12, "", [(JANUARY, date(2008, 2, 29), True)]),
        (12, 12, 12, 12, "", [(JANUARY, date(2007, 12, 31), None)]),
        (12, 0, 0, 0, "", [(JANUARY, date(2007, 12, 31), None)]),
        (5, 5, 12, 0, "", [(JANUARY, date(2007, 12, 31), None)]),
        (5, 5, 0, 0, "20080501", [(JANUARY, date(2008, 5, 1), False)]),
        (12, 12, 0, 4, "20080301", [(JANUARY, date(2008, 3, 1), True)]),
    ],
)
def test_a_beneficiary_is_enrolled_for_the_months_that_show_claims_of_both_parts(
    tmp_path: Path,
    part_a: int,
    part_b: int,
    hmo: int,
    drugs: int,
    death: str,
    spans: list[tuple[date, date, bool | None]],
) -> None:
    person = {
        "DESYNPUF_ID": "M1",
        "BENE_BIRTH_DT": "19230501",
        "BENE_DEATH_DT": death,
        "BENE_SEX_IDENT_CD": "2",
        "BENE_HI_CVRAGE_TOT_MONS": str(part_a),
        "BENE_SMI_CVRAGE_TOT_MONS": str(part_b),
        "BENE_HMO_CVRAGE_TOT_MONS": str(hmo),
        "PLAN_CVRG_MOS_NUM": f"{drugs:02d}",
    }
    files: dict[str, str | bytes] = {
        "stays.csv": table(INPATIENT, stay()),
        "DE1_0_2008_Beneficiary_Summary_File_Sample_9.csv": table(BENEFICIARY, person),
    }
    landed(tmp_path, files)

    assert (
        rows(
            tmp_path,
            "select enrollment_start_date, enrollment_end_date, has_pharmacy_benefit "
            "from landed.eligibility order by 1",
        )
        == spans
    )
    assert rows(tmp_path, "select distinct birth_date, gender, row_warnings, source_row from landed.eligibility") == [
        (date(1923, 5, 1), "female", None, 1)
    ]


def test_a_beneficiary_summary_without_a_year_in_its_name_is_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"stays.csv": table(INPATIENT, stay()), "people.csv": table(BENEFICIARY)}

    with pytest.raises(InputRefusedError, match=r"people\.csv: The year of this beneficiary summary"):
        landed(tmp_path, files)


def test_a_file_with_a_cms_name_and_damaged_content_is_refused(tmp_path: Path) -> None:
    name = "DE1_0_2008_to_2010_Carrier_Claims_Sample_1A.csv.gz"
    files: dict[str, str | bytes] = {"stays.csv": table(INPATIENT, stay()), name: b"\x1f\x8bnonsense"}

    with pytest.raises(InputRefusedError, match=name):
        landed(tmp_path, files)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (INPATIENT, "inpatient"),
        (OUTPATIENT, "outpatient"),
        (CARRIER, "carrier"),
        (PRESCRIPTION, "prescription"),
        (BENEFICIARY, "beneficiary"),
    ],
)
def test_each_kind_of_file_is_known_by_its_columns(header: list[str], kind: str) -> None:
    layout = layout_by_header("some_file_2009", tuple(name.lower() for name in header))

    assert isinstance(layout, DesynpufLayout)
    assert (layout.kind, layout.year) == (kind, 2009)
    assert layout_by_header("some_file", ("claim_id",)) is None


def test_the_names_cms_gives_are_known() -> None:
    for stem, kind, year in (
        ("de1_0_2009_beneficiary_summary_file_sample_1", "beneficiary", 2009),
        ("de1_0_2008_to_2010_carrier_claims_sample_1b", "carrier", None),
        ("de1_0_2008_to_2010_prescription_drug_events_sample_1", "prescription", None),
    ):
        assert layout_by_name(stem, {}) == DesynpufLayout(kind, year)  # type: ignore[arg-type]


@pytest.mark.long
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the public sample is not beside this checkout")
def test_every_row_of_every_real_file_is_accounted_for(tmp_path: Path) -> None:
    landing = land(SAMPLE, landed=tmp_path / "landed", as_of=AS_OF)

    assert {file.file_name: file.source_row_count for file in landing.files} == {
        "DE1_0_2008_Beneficiary_Summary_File_Sample_1.csv.gz": 116352,
        "DE1_0_2009_Beneficiary_Summary_File_Sample_1.csv.gz": 114538,
        "DE1_0_2008_to_2010_Inpatient_Claims_Sample_1.csv.gz": 66773,
        "DE1_0_2008_to_2010_Outpatient_Claims_Sample_1_part.csv.gz": 11084,
    }
    for file in landing.files:
        assert file.row_count == file.loaded_count + file.repeat_count + file.rejected_count
    assert rows(
        tmp_path, "select count(distinct (delivery_number, file_number, source_row)) from landed.eligibility"
    ) == [(116352 + 114538,)]
    claims = "select file_number, source_row from landed.medical_claim"
    rejected = "select file_number, source_row from landed.rejected_row where table_name = 'medical_claim'"
    assert rows(tmp_path, f"select count(*) from ({claims} union {rejected}) as seen") == [(66773 + 11084,)]
    assert rows(tmp_path, "select rule, column_name, count(*) from landed.rejected_row group by all") == [
        ("missing", "claim_line_start_date", 2)
    ]

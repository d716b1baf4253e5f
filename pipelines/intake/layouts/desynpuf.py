"""The DE-SynPUF layout: CMS's synthetic Medicare claims of 2008 to 2010.

Five kinds of file, known by their columns: inpatient, outpatient and carrier claims, prescription events,
and one beneficiary summary a year (the year stands only in the file's name). All diagnoses are ICD-9.
Source: CMS Linkable 2008-2010 Medicare DE-SynPUF, User Manual and Codebook (2013).

Decided here: the admitting diagnosis is not a billed rank and is left out; a second segment, which comes
without dates, takes those of the first segment of its claim, its lines go on from 46, its diagnoses from
rank 11, its procedures from rank 7; a carrier line whose processing indicator is not `A` is denied.
Why spans are placed as they are: see the decision record on DE-SynPUF coverage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipelines.intake.layouts.projection import Projection
from pipelines.intake.layouts.source import FileRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


FileKind = Literal["beneficiary", "inpatient", "outpatient", "carrier", "prescription"]

MEMBER = "desynpuf_id"
INSTITUTIONAL_LINES = 45
INSTITUTIONAL_DIAGNOSES = 10
INSTITUTIONAL_PROCEDURES = 6
CARRIER_LINES = 13
CARRIER_DIAGNOSES = 8


def _numbered(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))


_CLAIM = (MEMBER, "clm_id", "clm_from_dt", "clm_thru_dt")
_INSTITUTIONAL = (*_CLAIM, "segment", "clm_pmt_amt", "icd9_dgns_cd_1", "hcpcs_cd_1")
REQUIRED: Mapping[FileKind, tuple[str, ...]] = {
    "beneficiary": (
        MEMBER,
        "bene_birth_dt",
        "bene_death_dt",
        "bene_sex_ident_cd",
        "bene_hi_cvrage_tot_mons",
        "bene_smi_cvrage_tot_mons",
        "bene_hmo_cvrage_tot_mons",
        "plan_cvrg_mos_num",
    ),
    "inpatient": (*_INSTITUTIONAL, "clm_admsn_dt"),
    "outpatient": _INSTITUTIONAL,
    "carrier": (*_CLAIM, "icd9_dgns_cd_1", "hcpcs_cd_1", "line_nch_pmt_amt_1", "line_prcsg_ind_cd_1"),
    "prescription": (MEMBER, "pde_id", "srvc_dt", "prod_srvc_id", "qty_dspnsd_num", "days_suply_num"),
}
SIGNATURES: tuple[tuple[FileKind, str], ...] = (
    ("beneficiary", "bene_hi_cvrage_tot_mons"),
    ("prescription", "pde_id"),
    ("carrier", "line_prcsg_ind_cd_1"),
    ("inpatient", "clm_admsn_dt"),
    ("outpatient", "segment"),
)
"""The column that tells each kind, tried in this order on a file that has `DESYNPUF_ID`."""

OPTIONAL: Mapping[FileKind, tuple[str, ...]] = {
    "beneficiary": (),
    "inpatient": (
        *_numbered("icd9_dgns_cd_", INSTITUTIONAL_DIAGNOSES),
        *_numbered("icd9_prcdr_cd_", INSTITUTIONAL_PROCEDURES),
        *_numbered("hcpcs_cd_", INSTITUTIONAL_LINES),
    ),
    "outpatient": (
        *_numbered("icd9_dgns_cd_", INSTITUTIONAL_DIAGNOSES),
        *_numbered("icd9_prcdr_cd_", INSTITUTIONAL_PROCEDURES),
        *_numbered("hcpcs_cd_", INSTITUTIONAL_LINES),
    ),
    "carrier": (
        *_numbered("icd9_dgns_cd_", CARRIER_DIAGNOSES),
        *_numbered("prf_physn_npi_", CARRIER_LINES),
        *_numbered("hcpcs_cd_", CARRIER_LINES),
        *_numbered("line_nch_pmt_amt_", CARRIER_LINES),
        *_numbered("line_alowd_chrg_amt_", CARRIER_LINES),
        *_numbered("line_prcsg_ind_cd_", CARRIER_LINES),
        *_numbered("line_icd9_dgns_cd_", CARRIER_LINES),
    ),
    "prescription": (),
}
TABLES: Mapping[FileKind, tuple[str, ...]] = {
    "beneficiary": ("eligibility",),
    "inpatient": ("medical_claim", "claim_diagnosis", "claim_procedure"),
    "outpatient": ("medical_claim", "claim_diagnosis", "claim_procedure"),
    "carrier": ("medical_claim", "claim_diagnosis"),
    "prescription": ("pharmacy_claim",),
}
_NAMES: Mapping[str, FileKind] = {
    "beneficiary_summary": "beneficiary",
    "inpatient_claims": "inpatient",
    "outpatient_claims": "outpatient",
    "carrier_claims": "carrier",
    "prescription_drug_events": "prescription",
}


@dataclass(frozen=True)
class DesynpufLayout:
    """One DE-SynPUF file; ``year`` is the year of a beneficiary summary."""

    kind: FileKind
    year: int | None
    layout_name: str = "desynpuf"
    is_streamed: bool = False

    @property
    def table_names(self) -> tuple[str, ...]:
        """The canonical tables that this kind of file feeds."""
        return TABLES[self.kind]

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which the file is refused, in the case CMS writes them."""
        return tuple(name.upper() for name in REQUIRED[self.kind])

    def check(self) -> None:
        """Raises ``FileRefusedError`` for a beneficiary summary whose name does not tell its year."""
        if self.kind == "beneficiary" and self.year is None:
            cause = "The year of this beneficiary summary is not in its name."
            raise FileRefusedError(cause, "Expected a name such as DE1_0_2008_Beneficiary_Summary_File_Sample_1.csv.")

    def missing_columns(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that this kind of file must have and the header lacks."""
        return tuple(name for name in REQUIRED[self.kind] if name not in header)

    def known_columns(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of the header that are read."""
        known = dict.fromkeys((*REQUIRED[self.kind], *OPTIONAL[self.kind]))
        return tuple(name for name in known if name in header)

    def projections(self, types: Mapping[str, str]) -> tuple[Projection, ...]:
        """The canonical rows of the file, each with the record it came from."""
        columns = frozenset(types)
        match self.kind:
            case "beneficiary":
                return (_eligibility(self.year or 0),)
            case "prescription":
                return (_pharmacy_claim(),)
            case "carrier":
                return _carrier(columns)
            case _:
                return _institutional(columns, f"desynpuf_{self.kind}")


def layout_by_name(stem: str) -> DesynpufLayout | None:
    """The layout of a file that is named as CMS names it (`DE1_0_2008_Beneficiary_Summary_File_Sample_1`)."""
    if not stem.startswith("de1_0_"):
        return None
    for part, kind in _NAMES.items():
        if part in stem:
            return DesynpufLayout(kind, _year(stem))
    return None


def layout_by_header(stem: str, header: tuple[str, ...]) -> DesynpufLayout | None:
    """The layout of a file that has the columns of a DE-SynPUF file, whatever its name."""
    if MEMBER not in header:
        return None
    for kind, column in SIGNATURES:
        if column in header:
            return DesynpufLayout(kind, _year(stem))
    return None


def _year(stem: str) -> int | None:
    years = set(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", stem))
    return int(years.pop()) if len(years) == 1 else None


def _projection(table_name: str, columns: Mapping[str, str], relation: str, order: str = "") -> Projection:
    """A projection of text columns, in the order of the source's records."""
    listed = ", ".join(f"({sql})::varchar as {name}" for name, sql in columns.items())
    query = f"select source_row, {listed} from ({relation}) as derived order by source_row{order}"
    return Projection(table_name, tuple(columns), query, has_source_row=True, types={})


def _structs(numbers: Iterable[int], fields: Mapping[str, str], columns: frozenset[str]) -> str:
    """A list literal with one struct a numbered column group that the file has."""
    structs = [
        "{'n': "
        + str(number)
        + "".join(
            f", '{name}': {f'{prefix}{number}' if f'{prefix}{number}' in columns else 'null::varchar'}"
            for name, prefix in fields.items()
        )
        + "}"
        for number in numbers
    ]
    return f"[{', '.join(structs)}]"


_BLANK = "coalesce(trim({}), '') = ''"

_DATED = f"""
    select
        source.rowid + 1 as source_row,
        source.*,
        coalesce(try_cast(source.segment as integer), 1) - 1 as segments_before,
        coalesce(nullif(trim(source.clm_from_dt), ''), first_segment.from_date) as from_date,
        coalesce(nullif(trim(source.clm_thru_dt), ''), first_segment.thru_date) as thru_date
    from source
    left join (
        select
            {MEMBER},
            clm_id,
            min(nullif(trim(clm_from_dt), '')) as from_date,
            min(nullif(trim(clm_thru_dt), '')) as thru_date
        from source
        group by all
    ) as first_segment
        on source.{MEMBER} = first_segment.{MEMBER} and source.clm_id = first_segment.clm_id
"""


def _institutional(columns: frozenset[str], data_source: str) -> tuple[Projection, ...]:
    every_line = _structs(range(1, INSTITUTIONAL_LINES + 1), {"hcpcs": "hcpcs_cd_"}, columns)
    lines = f"""
        select *, unnest(case when len(billed) > 0 then billed else [{{'n': 1, 'hcpcs': null::varchar}}] end) as line
        from (
            select *, list_filter({every_line}, lambda each: not ({_BLANK.format("each.hcpcs")})) as billed
            from ({_DATED}) as dated
        ) as listed
    """
    return (
        _projection(
            "medical_claim",
            {
                "claim_id": "clm_id",
                "claim_line_number": f"line.n + {INSTITUTIONAL_LINES} * segments_before",
                "claim_type": "'institutional'",
                "member_id": MEMBER,
                "claim_line_start_date": "from_date",
                "claim_start_date": "from_date",
                "claim_end_date": "thru_date",
                "line_of_business": "'medicare_ffs'",
                "payer": "'medicare'",
                "hcpcs_code": "line.hcpcs",
                "paid_amount": "case when len(billed) = 0 or line.n = billed[1].n then clm_pmt_amt else '0' end",
                "data_source": f"'{data_source}'",
            },
            lines,
            ", line.n",
        ),
        _codes("claim_diagnosis", "diagnosis", "icd9_dgns_cd_", INSTITUTIONAL_DIAGNOSES, "icd-9-cm", columns),
        _codes("claim_procedure", "procedure", "icd9_prcdr_cd_", INSTITUTIONAL_PROCEDURES, "icd-9-pcs", columns),
    )


def _codes(table_name: str, noun: str, prefix: str, count: int, system: str, columns: frozenset[str]) -> Projection:
    """The numbered codes of each record as one row a rank; ranks of a second segment go on after the first's."""
    segments_before = "coalesce(try_cast(segment as integer), 1) - 1" if "segment" in columns else "0"
    relation = f"""
        select source_row, clm_id, segments_before, unnest(ranks) as ranked
        from (
            select
                rowid + 1 as source_row,
                clm_id,
                {segments_before} as segments_before,
                list_filter(
                    {_structs(range(1, count + 1), {"code": prefix}, columns)},
                    lambda each: not ({_BLANK.format("each.code")})
                ) as ranks
            from source
        ) as listed
    """
    return _projection(
        table_name,
        {
            "claim_id": "clm_id",
            f"{noun}_rank": f"ranked.n + {count} * segments_before",
            f"{noun}_code": "ranked.code",
            f"{noun}_code_type": f"'{system}'",
        },
        relation,
        ", ranked.n",
    )


def _carrier(columns: frozenset[str]) -> tuple[Projection, ...]:
    fields = {
        "hcpcs": "hcpcs_cd_",
        "npi": "prf_physn_npi_",
        "paid": "line_nch_pmt_amt_",
        "allowed": "line_alowd_chrg_amt_",
        "indicator": "line_prcsg_ind_cd_",
        "diagnosis": "line_icd9_dgns_cd_",
    }
    is_used = (
        f"not ({_BLANK.format('each.hcpcs')} and {_BLANK.format('each.indicator')}"
        f" and {_BLANK.format('each.diagnosis')}"
        " and coalesce(try_cast(each.paid as decimal(18, 2)), 0) = 0"
        " and coalesce(try_cast(each.allowed as decimal(18, 2)), 0) = 0)"
    )
    header_codes = ", ".join(
        f"trim({name})" if name in columns else "null" for name in _numbered("icd9_dgns_cd_", CARRIER_DIAGNOSES)
    )
    empty = "{'n': 1, " + ", ".join(f"'{name}': null::varchar" for name in fields) + "}"
    lines = f"""
        select *, unnest(case when len(used) > 0 then used else [{empty}] end) as line
        from (
            select
                rowid + 1 as source_row,
                *,
                [{header_codes}]::varchar[] as header_codes,
                list_filter({_structs(range(1, CARRIER_LINES + 1), fields, columns)}, lambda each: {is_used}) as used
            from source
        ) as listed
    """
    medical_claim = _projection(
        "medical_claim",
        {
            "claim_id": "clm_id",
            "claim_line_number": "line.n",
            "claim_type": "'professional'",
            "member_id": MEMBER,
            "claim_line_start_date": "clm_from_dt",
            "claim_start_date": "clm_from_dt",
            "claim_end_date": "clm_thru_dt",
            "line_of_business": "'medicare_ffs'",
            "payer": "'medicare'",
            "hcpcs_code": "line.hcpcs",
            "diagnosis_pointer": f"""
                case when not ({_BLANK.format("line.diagnosis")})
                    then nullif(list_position(header_codes, trim(line.diagnosis)), 0) end
            """,
            "rendering_npi": "line.npi",
            "paid_amount": "line.paid",
            "allowed_amount": "line.allowed",
            "claim_status": f"""
                case
                    when {_BLANK.format("line.indicator")} then null
                    when trim(line.indicator) = 'A' then 'paid'
                    else 'denied'
                end
            """,
            "data_source": "'desynpuf_carrier'",
        },
        lines,
        ", line.n",
    )
    diagnoses = _codes("claim_diagnosis", "diagnosis", "icd9_dgns_cd_", CARRIER_DIAGNOSES, "icd-9-cm", columns)
    return medical_claim, diagnoses


def _pharmacy_claim() -> Projection:
    return _projection(
        "pharmacy_claim",
        {
            "claim_id": "pde_id",
            "member_id": MEMBER,
            "dispensing_date": "srvc_dt",
            "ndc_code": "prod_srvc_id",
            "quantity": "qty_dspnsd_num",
            "days_supply": "days_suply_num",
        },
        "select rowid + 1 as source_row, * from source",
    )


def _eligibility(year: int) -> Projection:
    """Spans of the months in which fee-for-service claims of both parts can be seen, placed from January.

    Months with a drug plan come first; a beneficiary without any such month keeps one span of no days.
    """
    spans = f"""
        with

        month_count as (
            select
                rowid + 1 as source_row,
                *,
                least(
                    try_cast(bene_hi_cvrage_tot_mons as integer), try_cast(bene_smi_cvrage_tot_mons as integer)
                ) - try_cast(bene_hmo_cvrage_tot_mons as integer) as both_parts,
                try_cast(plan_cvrg_mos_num as integer) as drug_plan,
                coalesce(try_strptime(bene_death_dt, '%Y%m%d')::date, date '9999-12-31') as death_date
            from source
        ),

        placed as (
            select *, greatest(least(both_parts, 12), 0) as months from month_count
        ),

        span as (
            select
                *,
                unnest(case
                    when both_parts is null then [{{'first': null, 'last': null, 'has_drugs': null}}]
                    when months = 0 then [{{'first': 1, 'last': 0, 'has_drugs': null}}]
                    when coalesce(drug_plan, 0) <= 0 then [{{'first': 1, 'last': months, 'has_drugs': 'false'}}]
                    when drug_plan >= months then [{{'first': 1, 'last': months, 'has_drugs': 'true'}}]
                    else [
                        {{'first': 1, 'last': drug_plan, 'has_drugs': 'true'}},
                        {{'first': drug_plan + 1, 'last': months, 'has_drugs': 'false'}}
                    ]
                end) as part
            from placed
        )

        select
            *,
            make_date({year}, part.first, 1) as first_date,
            case
                when part.last = 0 then date '{year}-01-01' - 1
                else last_day(make_date({year}, part.last, 1))
            end as last_date
        from span
        where part.first is null or part.first = 1 or make_date({year}, part.first, 1) <= death_date
    """
    projection = _projection(
        "eligibility",
        {
            "member_id": MEMBER,
            "enrollment_start_date": "first_date",
            "enrollment_end_date": "least(last_date, death_date)",
            "line_of_business": "'medicare_ffs'",
            "payer": "'medicare'",
            "has_pharmacy_benefit": "part.has_drugs",
            "birth_date": "bene_birth_dt",
            "gender": "case trim(bene_sex_ident_cd) when '1' then 'male' when '2' then 'female' end",
        },
        spans,
        ", part.first",
    )
    return Projection(
        projection.table_name,
        projection.columns,
        projection.query,
        has_source_row=True,
        types={},
        empty_spans_are_meant=True,
    )

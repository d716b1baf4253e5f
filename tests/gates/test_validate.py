"""The gates on landed data: each check just inside and just outside, and nothing of a member in what is said."""

from __future__ import annotations

import csv
import json
import logging
import shutil
import socket
import subprocess
import sys
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pipelines.gates.measures import read_measure_checks
from pipelines.gates.suites import JUDGED_BY_COUNT, CheckKey, Suite, SuiteCheck, read_suites
from pipelines.gates.validate import FORGIVEN_SHARE, CheckResult, raise_if_critical, validate
from pipelines.ground.encryption import Key, using_key
from pipelines.ground.errors import CheckFailedError, IntegrityError, UsageError
from pipelines.ground.warehouse import open_warehouse
from pipelines.intake.land import LandingRules, land
from pipelines.operation.nightly import make_catalog as catalog_of
from pipelines.rule.value_sets import write_value_sets
from tests.intake.landing import BASE, landed
from tests.support.places import ROOT
from tests.support.shipped import shipped_value_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

EXPECTATIONS = ROOT / "expectations"
AS_OF = date(2024, 1, 1)
NEWEST = 4

CANARY = "KANARI"

DUCKDB_TYPE = {
    "amount": "decimal(18,2)",
    "unread_amount": "decimal(18,2)",
    "birth_date": "date",
    "boolean": "boolean",
    "date": "date",
    "days_supply": "integer",
    "integer": "integer",
    "open_end_date": "date",
    "open_start_date": "date",
    "quantity": "decimal(18,4)",
    "rank": "integer",
}

LANDED_FACTS = """
create table landed.delivered_file (
    delivery_number integer, file_number integer, file_name varchar, table_name varchar, layout varchar,
    bytes bigint, sha256 varchar, row_count bigint, loaded_count bigint, repeat_count bigint,
    rejected_count bigint, unknown_columns varchar[], fate varchar
);
create table landed.delivery (
    delivery_number integer, delivery_kind varchar, covers_from date, covers_to date, id_namespace varchar
);
create table landed.feed as
select distinct table_name, true as is_supplied from landed_column;
"""

# Delivery 4 is the one to check: 2,000 claims of one line and one member each, beside three earlier deliveries.
PLAIN_DATA = f"""
insert into landed.medical_claim by name
select
    '{CANARY}C' || i as claim_id,
    '1' as claim_line_number,
    case when i % 2 = 0 then 'professional' else 'institutional' end as claim_type,
    '{CANARY}M' || i as member_id,
    date '2022-01-01' + to_months((i % 24)::integer) as claim_line_start_date,
    '0420' as revenue_center_code,
    case when i % 20 = 0 then '63650' else '97110' end as hcpcs_code,
    '59' as hcpcs_modifier_1,
    case when i between 1000 and 1199 then date '2015-09-30' end as claim_start_date,
    case when i between 1000 and 1199 then date '2015-09-30' end as claim_end_date,
    100 as paid_amount,
    'paid' as claim_status,
    case when i < 1000 then 'icd-10-cm' when i < 1100 then 'icd-9-cm' end as diagnosis_code_type,
    case when i < 1000 then 'M5450' when i < 1100 then '7242' end as diagnosis_code_1,
    {NEWEST} as delivery_number,
    i as source_row
from range(2000) as line(i);

insert into landed.medical_claim by name
select
    '{CANARY}E' || i as claim_id,
    '1' as claim_line_number,
    'professional' as claim_type,
    '{CANARY}N' || i as member_id,
    date '2022-01-01' + to_months((i % 24)::integer) as claim_line_start_date,
    case i % 20 when 0 then '63650' when 1 then '64555' else '97110' end as hcpcs_code,
    100 as paid_amount,
    1 + i // 500 as delivery_number,
    100000 + i as source_row
from range(1500) as line(i);

insert into landed.claim_diagnosis by name
select
    '{CANARY}C' || i as claim_id,
    1 as diagnosis_rank,
    case when i < 1200 then '7242' else 'M5450' end as diagnosis_code,
    case when i < 1200 then 'icd-9-cm' else 'icd-10-cm' end as diagnosis_code_type,
    {NEWEST} as delivery_number,
    i as source_row
from range(1100, 1980) as claim(i)
union all
select '{CANARY}C' || i, 2, 'G894', 'icd-10-cm', {NEWEST}, 1000 + i from range(1300, 1440) as claim(i)
union all
select '{CANARY}E7', 3, 'G894', 'icd-10-cm', {NEWEST}, 2500;

insert into landed.claim_procedure by name
select
    '{CANARY}C' || i as claim_id,
    1 as procedure_rank,
    '00HU3MZ' as procedure_code,
    'icd-10-pcs' as procedure_code_type,
    {NEWEST} as delivery_number,
    i as source_row
from range(200) as claim(i);

insert into landed.pharmacy_claim by name
select
    '{CANARY}F' || i as claim_id,
    '{CANARY}M' || i as member_id,
    date '2023-01-01' as dispensing_date,
    '00093101242' as ndc_code,
    30 as days_supply,
    {NEWEST} as delivery_number,
    i as source_row
from range(1000) as fill(i);

insert into landed.eligibility by name
select
    '{CANARY}M' || i as member_id,
    date '2020-01-01' as enrollment_start_date,
    date '2023-12-31' as enrollment_end_date,
    'commercial' as line_of_business,
    true as has_pharmacy_benefit,
    {NEWEST} as delivery_number,
    i as source_row
from range(1980) as member(i);

insert into landed.prior_authorization by name
select
    '{CANARY}A' || i as authorization_id,
    '{CANARY}M' || i as member_id,
    'approved' as decision,
    '63650' as hcpcs_code,
    {NEWEST} as delivery_number,
    i as source_row
from range(200) as request(i);

insert into landed.care_documentation by name
select
    '{CANARY}D' || i as document_id,
    '{CANARY}M' || i as member_id,
    'exercise' as modality,
    'no_benefit' as outcome,
    date '2023-06-01' as document_date,
    'physician' as author_role,
    'office_note' as source_type,
    {NEWEST} as delivery_number,
    i as source_row
from range(200) as statement(i);

insert into landed.drug_crosswalk by name
select
    'ndc' as from_system,
    lpad(i::varchar, 11, '0') as from_code,
    '5640' as rxnorm_ingredient,
    {NEWEST} as delivery_number,
    i as source_row
from range(200) as mapped(i);

insert into landed.member_crosswalk by name
select
    '{CANARY}P' || i as previous_member_id,
    '{CANARY}M' || i as member_id,
    {NEWEST} as delivery_number,
    i as source_row
from range(200) as renamed(i);

insert into landed.delivered_file by name
select
    delivery_number,
    table_name || '.csv' as file_name,
    table_name,
    4000 as loaded_count,
    'landed' as fate
from landed.feed
cross join range(1, {NEWEST} + 1) as delivery(delivery_number);
"""


COMES_AGAIN = f"""
insert into landed.delivery values ({NEWEST}, 'full', date '2022-03-10', date '2022-03-20', null);

update landed.medical_claim
set claim_line_start_date = date '2022-03-15', paid_date = date '2022-06-01'
where source_row between 100022 and 100031;

insert into landed.medical_claim by name
select * replace (
    {NEWEST} as delivery_number, source_row - 93022 as source_row, 'again' as plan, 'M5450' as diagnosis_code_1
)
from landed.medical_claim
where source_row between 100022 and 100030;

insert into landed.eligibility by name
select
    member_id, date '2020-01-01' as enrollment_start_date, {NEWEST} as delivery_number, 6999 - source_row as source_row
from landed.medical_claim
where source_row between 7000 and 7008;
"""
"""Ten claims of the first delivery are all of some days; nine of them come again in the newest."""


class Edge(NamedTuple):
    """One check, and what makes it just pass and just fail, filled into one statement.

    A warning on single rows has a second edge: ``counted`` rows outside are the most that it only counts, and it fails
    with ``failed`` of them.
    """

    table_name: str
    check_name: str
    statement: str
    inside: str
    outside: str
    counted: int = 0
    failed: int = 0

    @property
    def passes(self) -> str:
        """The statement with which the check passes."""
        return self.statement.format(edge=self.inside, rows=self.failed)

    @property
    def fails(self) -> str:
        """The statement with which the check fails."""
        return self.statement.format(edge=self.outside, rows=self.failed)

    @property
    def counts(self) -> str:
        """The statement with which the check counts its rows and passes them by."""
        return self.statement.format(edge=self.outside, rows=self.counted)


Forgiven = tuple[int, int]
"""Rows outside that are counted, and that are too many."""


def first_rows(row: int) -> str:
    return f"source_row >= {row} and source_row < {row} + {{rows}}"


def filled(table: str, change: str, row: int) -> str:
    """A hundred rows that hold what may fail."""
    return f"update landed.{table} set {change} where source_row >= {row} and source_row < {row + 100};"


def odd_word(table: str, column: str, row: int, word: str, forgiven: Forgiven) -> Edge:
    statement = f"update landed.{table} set {column} = '{{edge}}' where {first_rows(row)}"
    return Edge(table, f"{column}_in_list", statement, word, CANARY, *forgiven)


def after_run(table: str, column: str, row: int, forgiven: Forgiven, *, is_filled: bool = True) -> Edge:
    blank = "" if is_filled else filled(table, f"{column} = date '2024-01-01'", row)
    statement = f"{blank}update landed.{table} set {column} = date '{{edge}}' where {first_rows(row)}"
    return Edge(table, f"{column}_not_after_run", statement, "2024-01-01", "2024-01-02", *forgiven)


def ends_early(table: str, start: str, end: str, row: int, forgiven: Forgiven) -> Edge:
    statement = (
        filled(table, f"{start} = date '2022-05-02', {end} = date '2022-05-02'", row)
        + f"update landed.{table} set {end} = date '{{edge}}' where {first_rows(row)}"
    )
    return Edge(table, f"{end}_not_before_start", statement, "2022-05-02", "2022-05-01", *forgiven)


def odd_rows(table: str, check: str, change: str, first_row: int, edge: tuple[int, int]) -> Edge:
    statement = (
        f"update landed.{table} set {change} where source_row >= {first_row} and source_row < {first_row} + {{edge}}"
    )
    return Edge(table, check, statement, str(edge[0]), str(edge[1]))


def came_again(check: str, row: int, change: str, inside: str, outside: str) -> Edge:
    return Edge(
        "medical_claim", check, f"update landed.medical_claim set {change} where source_row = {row}", inside, outside
    )


EDGES = (
    Edge(
        "medical_claim",
        "paid_amount_plausible",
        # Both ends, and their sum is small.
        f"update landed.medical_claim set paid_amount = {{edge}} * (1 - 2 * (source_row % 2)) where {first_rows(340)}",
        "-10000000.00",
        "-10000000.01",
        20,
        21,
    ),
    ends_early("medical_claim", "claim_line_start_date", "claim_line_end_date", 880, (1, 2)),
    ends_early("medical_claim", "claim_start_date", "claim_end_date", 500, (3, 4)),
    after_run("medical_claim", "claim_line_start_date", 310, (20, 21)),
    after_run("medical_claim", "paid_date", 400, (1, 2), is_filled=False),
    odd_rows("medical_claim", "hcpcs_modifier_shape", "hcpcs_modifier_5 = 'X'", 600, (2, 3)),
    odd_rows("medical_claim", "revenue_center_code_shape", "revenue_center_code = '42O'", 610, (2, 3)),
    Edge(
        "medical_claim",
        "opening_units_not_turned",
        "update landed.medical_claim set service_unit_quantity = -1, paid_amount = {edge} where source_row = 1980",
        "0",
        "1",
    ),
    Edge(
        "medical_claim",
        "professional_line_has_hcpcs",
        "update landed.medical_claim set hcpcs_code = null"
        " where source_row % 2 = 0 and source_row >= 200 and source_row < 200 + 2 * {edge}",
        "50",
        "51",
    ),
    Edge(
        "medical_claim",
        "hcpcs_share_kept",
        "update landed.medical_claim set hcpcs_code = null"
        " where source_row % 2 = 1 and source_row >= 91 and source_row <= {edge}",
        "1997",
        "1999",
    ),
    Edge(
        "medical_claim",
        "hcpcs_code_shape",
        f"update landed.medical_claim set hcpcs_code = '{CANARY}'"
        " where source_row in (402, 404) and source_row < {edge};"
        # A payment group line is no shape fault.
        "update landed.medical_claim set hcpcs_code = '1AFKS', revenue_center_code = '0022' where source_row = 502",
        "404",
        "405",
    ),
    Edge(
        "medical_claim",
        "index_family_seen",
        "update landed.medical_claim set hcpcs_code = '{edge}' where source_row = 52",
        "64555",
        "97110",
    ),
    odd_rows("medical_claim", "diagnosis_code_type_in_list", f"diagnosis_code_type = '{CANARY}'", 700, (11, 12)),
    odd_rows("medical_claim", "diagnosis_code_shape", f"diagnosis_code_25 = '{CANARY}'", 750, (1, 2)),
    odd_rows(
        "medical_claim",
        "icd10_not_before_start",
        "claim_start_date = date '2015-09-30', claim_end_date = date '2015-09-30'",
        800,
        (9, 10),
    ),
    odd_rows("medical_claim", "icd9_not_after_end", "claim_end_date = date '2015-10-01'", 1000, (1, 2)),
    Edge(
        "medical_claim",
        "claim_has_diagnosis",
        "delete from landed.claim_diagnosis where source_row >= {edge} and source_row < 1980",
        "1980",
        "1979",
    ),
    Edge(
        "medical_claim",
        "claim_of_one_member",
        "insert into landed.medical_claim by name (select * replace ("
        f"'{CANARY}' || '{{edge}}' as member_id, 0 as paid_amount, 5000 as source_row)"
        " from landed.medical_claim where source_row = 25)",
        "M25",
        "M27",
    ),
    Edge(
        "medical_claim",
        "member_has_eligibility",
        "delete from landed.eligibility where source_row >= {edge}",
        "1980",
        "1979",
    ),
    Edge(
        "medical_claim",
        "service_month_not_missing",
        "update landed.medical_claim set claim_line_start_date = date '2022-08-01'"
        " where claim_line_start_date = date '2022-07-01' and source_row >= {edge}",
        "7",
        "0",
    ),
    Edge(
        "medical_claim",
        "delivery_volume_usual",
        "update landed.delivered_file set loaded_count = {edge}"
        " where table_name = 'medical_claim' and delivery_number = 4",
        "1000",
        "999",
    ),
    odd_rows("claim_diagnosis", "diagnosis_code_filled", "diagnosis_code = null", 2300, (10, 11)),
    odd_rows("claim_diagnosis", "diagnosis_code_type_in_list", f"diagnosis_code_type = '{CANARY}'", 2320, (10, 11)),
    odd_rows("claim_diagnosis", "diagnosis_code_shape", f"diagnosis_code = '{CANARY}'", 2340, (1, 2)),
    Edge(
        "claim_diagnosis",
        "icd10_not_before_start",
        "update landed.medical_claim set claim_start_date = date '2015-09-30', claim_end_date = date '2015-09-30'"
        " where source_row >= 1600 and source_row < 1600 + {edge}",
        "9",
        "10",
    ),
    Edge(
        "claim_diagnosis",
        "icd9_not_after_end",
        "update landed.medical_claim set claim_end_date = date '2015-10-01'"
        " where source_row in (1100, 1101) and source_row < {edge}",
        "1101",
        "1102",
    ),
    Edge(
        "claim_diagnosis",
        "diagnosis_has_claim",
        f"insert into landed.claim_diagnosis by name (select '{CANARY}X' || i as claim_id, 1 as diagnosis_rank,"
        " 'M5450' as diagnosis_code, 4 as delivery_number, 3000 + i as source_row from range({edge}) as claim(i))",
        "10",
        "11",
    ),
    odd_rows("claim_procedure", "procedure_code_type_in_list", f"procedure_code_type = '{CANARY}'", 10, (2, 3)),
    odd_rows("claim_procedure", "procedure_code_shape", "procedure_code = '63650X'", 20, (2, 3)),
    after_run("claim_procedure", "procedure_date", 30, (1, 2), is_filled=False),
    Edge(
        "claim_procedure",
        "procedure_has_claim",
        f"insert into landed.claim_procedure by name (select '{CANARY}Y' || i as claim_id, 1 as procedure_rank,"
        " '00HU3MZ' as procedure_code, 4 as delivery_number, 3000 + i as source_row from range({edge}) as claim(i))",
        "2",
        "3",
    ),
    after_run("pharmacy_claim", "dispensing_date", 700, (10, 11)),
    Edge(
        "pharmacy_claim",
        "days_supply_within_a_year",
        "update landed.pharmacy_claim set days_supply = 366 where source_row in (10, 11) and source_row < {edge};"
        "update landed.pharmacy_claim set days_supply = -365 where source_row = 12",
        "11",
        "12",
    ),
    odd_rows("pharmacy_claim", "ndc_code_shape", "ndc_code = '0093101242'", 20, (9, 10)),
    odd_rows("pharmacy_claim", "drug_named", "ndc_code = null", 40, (10, 11)),
    odd_rows("pharmacy_claim", "member_known", f"member_id = '{CANARY}X' || source_row", 100, (500, 501)),
    ends_early("eligibility", "enrollment_start_date", "enrollment_end_date", 500, (19, 21)),
    after_run("eligibility", "birth_date", 700, (1, 2), is_filled=False),
    Edge(
        "eligibility",
        "span_listed_once",
        "insert into landed.eligibility by name (select * replace (4000 + source_row as source_row)"
        " from landed.eligibility where source_row >= 100 and source_row < 100 + {edge})",
        "20",
        "22",
    ),
    Edge(
        "eligibility",
        "drug_benefit_agrees",
        "insert into landed.eligibility by name (select * replace ("
        "date '2023-12-31' as enrollment_start_date, null as enrollment_end_date, false as has_pharmacy_benefit,"
        " 6000 + source_row as source_row)"
        " from landed.eligibility where source_row >= 200 and source_row < 200 + {edge});"
        # A span that begins the day after contradicts nothing.
        "insert into landed.eligibility by name (select * replace ("
        "date '2024-01-01' as enrollment_start_date, null as enrollment_end_date, false as has_pharmacy_benefit,"
        " 8000 + source_row as source_row) from landed.eligibility where source_row between 300 and 400)",
        "19",
        "20",
    ),
    ends_early("prior_authorization", "valid_from", "valid_to", 50, (1, 2)),
    after_run("prior_authorization", "decision_date", 50, (1, 2), is_filled=False),
    odd_rows("prior_authorization", "hcpcs_code_shape", "hcpcs_code = '63650-63688'", 10, (2, 3)),
    odd_rows("prior_authorization", "member_known", f"member_id = '{CANARY}X' || source_row", 20, (2, 3)),
    after_run("care_documentation", "document_date", 2, (2, 3)),
    after_run("care_documentation", "start_date", 100, (2, 3), is_filled=False),
    after_run("care_documentation", "end_date", 100, (2, 3), is_filled=False),
    ends_early("care_documentation", "start_date", "end_date", 0, (2, 3)),
    Edge(
        "care_documentation",
        "visit_count_not_negative",
        filled("care_documentation", "visit_count = 0", 50)
        + f"update landed.care_documentation set visit_count = {{edge}} where {first_rows(50)}",
        "0",
        "-1",
        1,
        2,
    ),
    odd_rows("care_documentation", "statement_complete", "author_role = null", 10, (10, 11)),
    Edge(
        "care_documentation",
        "modality_known",
        f"update landed.care_documentation set modality = 'PT/OT' where {first_rows(40)} and {{edge}}",
        "false",
        "true",
        2,
        3,
    ),
    odd_rows("care_documentation", "member_known", f"member_id = '{CANARY}X' || source_row", 30, (2, 3)),
    odd_word("drug_crosswalk", "from_system", 1, "rxnorm", (2, 3)),
    Edge(
        "drug_crosswalk",
        "crosswalk_row_complete",
        f"update landed.drug_crosswalk set rxnorm_ingredient = null where {first_rows(5)} and {{edge}}",
        "false",
        "true",
        2,
        3,
    ),
    odd_rows("drug_crosswalk", "ndc_code_shape", "from_code = '0093101242'", 10, (1, 3)),
    Edge(
        "drug_crosswalk",
        "rxnorm_ingredient_shape",
        f"update landed.drug_crosswalk set rxnorm_ingredient = '{{edge}}' where {first_rows(30)}",
        "12345678",
        "N02BE01",
        1,
        2,
    ),
    Edge(
        "medical_claim",
        "claim_of_one_payer",
        "update landed.medical_claim set payer = 'Acme' where source_row = 31;"
        "insert into landed.medical_claim by name (select * replace ('{edge}' as payer, '2' as claim_line_number,"
        " 5001 as source_row) from landed.medical_claim where source_row = 31)",
        "Acme",
        "Bolt",
    ),
    Edge(
        "medical_claim",
        "member_of_one_payer",
        "update landed.medical_claim set data_source = 'north' where source_row = 1801;"
        "update landed.medical_claim set data_source = '{edge}', member_id ="
        " (select member_id from landed.medical_claim where source_row = 1801) where source_row = 1803",
        "north",
        "south",
    ),
    Edge(
        "eligibility",
        "member_of_one_person",
        "update landed.eligibility set payer = 'Acme', birth_date = date '1950-01-01' where source_row = 41;"
        "insert into landed.eligibility by name (select * replace (date '{edge}' as birth_date, 'Bolt' as payer,"
        " date '2019-01-01' as enrollment_start_date, date '2019-12-31' as enrollment_end_date, 9001 as source_row)"
        " from landed.eligibility where source_row = 41)",
        "1950-01-01",
        "1950-01-02",
    ),
    Edge(
        "medical_claim",
        "full_delivery_lacks_few",
        "delete from landed.medical_claim where source_row = 7000 and {edge}",
        "false",
        "true",
    ),
    Edge(
        "medical_claim",
        "claim_again_with_its_lines",
        "insert into landed.medical_claim by name (select * replace ('2' as claim_line_number, 110023 as source_row)"
        " from landed.medical_claim where source_row = 100023 and {edge})",
        "false",
        "true",
    ),
    came_again("version_not_before_earlier", 7002, "paid_date = date '{edge}'", "2022-06-01", "2022-05-31"),
    came_again("version_not_tied", 7003, "paid_amount = {edge}", "100", "101"),
    came_again("paid_amount_not_fallen", 7004, "paid_amount = {edge}, paid_date = '2022-06-02'", "10.01", "10"),
    Edge(
        "claim_diagnosis",
        "claim_again_with_its_diagnoses",
        f"insert into landed.claim_diagnosis by name (select '{CANARY}C1950' as claim_id, rank as diagnosis_rank,"
        " 'M5450' as diagnosis_code, 'icd-10-cm' as diagnosis_code_type, 3 as delivery_number, 20000 + rank as"
        " source_row from range(1, {edge}) as earlier(rank))",
        "2",
        "3",
    ),
    Edge(
        "member_crosswalk",
        "previous_member_known",
        f"update landed.member_crosswalk set previous_member_id = '{CANARY}M' || (1000 + source_row)"
        " where source_row in (150, 151) and source_row < {edge}",
        "152",
        "151",
    ),
    odd_rows("member_crosswalk", "previous_identifiers_of_one_member", f"member_id = '{CANARY}M9'", 10, (9, 10)),
    Edge(
        "delivered_file",
        "file_has_rows",
        "update landed.delivered_file set loaded_count = {edge}"
        " where table_name = 'drug_crosswalk' and delivery_number = 4",
        "1",
        "0",
    ),
    *(
        Edge(
            table,
            "feed_supplied",
            f"update landed.feed set is_supplied = {{edge}} where table_name = '{table}'",
            "true",
            "false",
        )
        for table in ("pharmacy_claim", "eligibility", "prior_authorization", "care_documentation")
    ),
    # The last one, for it counts what the others leave.
    Edge(
        "medical_claim",
        "paid_sum_positive",
        "update landed.medical_claim set paid_amount = {edge} - (select sum(paid_amount) from landed.medical_claim"
        f" where source_row <> 1999 and delivery_number = {NEWEST} and coalesce(claim_status, 'paid') = 'paid')"
        " where source_row = 1999",
        "0.01",
        "0.00",
    ),
)

# Critical checks that stop on more than half of the rows need a delivery of their own.
BROKEN_EDGES = (
    Edge(
        "medical_claim",
        "paid_sign_not_turned",
        "update landed.medical_claim set paid_amount = -100 where source_row < {edge}",
        "1000",
        "1001",
    ),
    Edge(
        "medical_claim",
        "diagnoses_join_claims",
        "delete from landed.claim_diagnosis;"
        "update landed.medical_claim set diagnosis_code_1 = null where source_row < 2000 and source_row >= {edge}",
        "1000",
        "999",
    ),
)


def make_catalog(path: Path, *statements: str) -> Path:
    """A catalog as the ledger leaves it, with plain tables in place of views over Parquet."""
    with (ROOT / "sql" / "extracts.csv").open(encoding="utf-8", newline="") as lines:
        columns = list(csv.DictReader(lines))
    with open_warehouse(path) as connection:
        connection.execute("create schema landed")
        connection.execute("create temporary table landed_column (table_name varchar)")
        for table in dict.fromkeys(column["table_name"] for column in columns):
            typed = [
                f"{column['column_name']} {DUCKDB_TYPE.get(column['kind'], 'varchar')}"
                for column in columns
                if column["table_name"] == table
            ]
            typed += ["row_warnings varchar", "delivery_number integer", "file_number integer", "source_row bigint"]
            connection.execute(f"create table landed.{table} ({', '.join(typed)})")
            connection.execute("insert into landed_column values ($table)", {"table": table})
        write_value_sets(connection, shipped_value_sets())
        for statement in (LANDED_FACTS, *statements):
            connection.execute(statement)
    return path


def gates(catalog: Path, delivery_number: int | None = NEWEST) -> dict[tuple[str, str], CheckResult]:
    results = validate(catalog, expectations=EXPECTATIONS, as_of=AS_OF, delivery_number=delivery_number)
    return {(result.table_name, result.check_name): result for result in results}


Gates = dict[tuple[str, str], CheckResult]


@pytest.fixture
def _plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are judged by comparison, for tests of what is counted: Great Expectations takes its seconds above."""

    def judged(
        _: Path, suites: Iterable[Suite], counts: dict[CheckKey, tuple[int, int]], **__: object
    ) -> dict[CheckKey, bool]:
        return {check.key: is_tolerated(check, *counts[check.key]) for suite in suites for check in suite.checks}

    def is_tolerated(check: SuiteCheck, failed: int, total: int) -> bool:
        share = (1 - check.kwargs.get("mostly", 1)) * total
        return bool(failed <= max(check.kwargs.get("tolerated_count", 0), share))

    monkeypatch.setattr("pipelines.gates.validate._judge", judged)


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("catalogs")

    def make(name: str, *statements: str) -> Path:
        return make_catalog(folder / f"{name}.duckdb", *statements)

    return make


@pytest.fixture(scope="module")
def outside_catalog(catalogs: Callable[..., Path]) -> Path:
    return catalogs("outside", PLAIN_DATA, COMES_AGAIN, *(edge.fails for edge in EDGES))


@pytest.fixture(scope="module")
def inside(catalogs: Callable[..., Path]) -> Gates:
    return gates(catalogs("inside", PLAIN_DATA, COMES_AGAIN, *(edge.passes for edge in EDGES)))


@pytest.fixture(scope="module")
def outside(outside_catalog: Path) -> Gates:
    return gates(outside_catalog)


@pytest.fixture(scope="module")
def rarely_outside(catalogs: Callable[..., Path]) -> Gates:
    return gates(catalogs("rare", PLAIN_DATA, COMES_AGAIN, *(edge.counts for edge in EDGES if edge.counted)))


@pytest.fixture(scope="module")
def half_broken(catalogs: Callable[..., Path]) -> Gates:
    return gates(catalogs("half", PLAIN_DATA, *(edge.passes for edge in BROKEN_EDGES)))


@pytest.fixture(scope="module")
def broken(catalogs: Callable[..., Path]) -> Gates:
    return gates(catalogs("broken", PLAIN_DATA, *(edge.fails for edge in BROKEN_EDGES)))


@pytest.fixture(scope="module")
def empty(catalogs: Callable[..., Path]) -> Gates:
    return gates(catalogs("empty"), delivery_number=1)


def edge_name(edge: Edge) -> str:
    return f"{edge.table_name}-{edge.check_name}"


@pytest.mark.parametrize("edge", EDGES, ids=edge_name)
def test_a_check_passes_up_to_its_edge_and_fails_beyond_it(edge: Edge, inside: Gates, outside: Gates) -> None:
    key = (edge.table_name, edge.check_name)

    assert (inside[key].status, outside[key].status) == ("passed", "failed"), (inside[key], outside[key])


@pytest.mark.parametrize("edge", [edge for edge in EDGES if edge.counted], ids=edge_name)
def test_a_warning_on_single_rows_counts_up_to_its_share(edge: Edge, rarely_outside: Gates) -> None:
    result = rarely_outside[edge.table_name, edge.check_name]

    assert (result.status, result.failed_count) == ("counted", edge.counted), result
    assert edge.counted == int(FORGIVEN_SHARE * result.total_count)
    assert result.message is None


def test_the_warnings_on_single_rows_are_those_without_a_share_of_their_own() -> None:
    bare = {
        check.key
        for suite in read_suites(EXPECTATIONS)
        for check in suite.checks
        if check.severity == "warning" and check.failing_rows and "mostly" not in check.kwargs
    }

    assert {(edge.table_name, edge.check_name) for edge in EDGES if edge.counted} == bare


@pytest.mark.parametrize("edge", BROKEN_EDGES, ids=edge_name)
def test_a_delivery_is_stopped_when_more_than_half_of_it_is_broken(
    edge: Edge, half_broken: Gates, broken: Gates
) -> None:
    key = (edge.table_name, edge.check_name)

    assert (half_broken[key].status, broken[key].status) == ("passed", "failed"), (half_broken[key], broken[key])
    assert broken[key].severity == "critical"


PAIRED_ELSEWHERE = {
    ("medical_claim", "has_rows"),
    # In test_deliveries.py, and in test_redelivery.py.
    ("medical_claim", "delivery_not_late"),
    ("delivered_file", "file_not_sent_before"),
    ("medical_claim", "refresh_lacks_none"),
}


def test_every_check_of_the_suites_has_its_pair(inside: Gates) -> None:
    paired = {(edge.table_name, edge.check_name) for edge in (*EDGES, *BROKEN_EDGES)}

    assert set(inside) - paired == PAIRED_ELSEWHERE
    assert paired <= set(inside)


# A check that only a fault of landing could fail is no gate: each fails on a delivery as landing leaves it.

OF_NOTHING = ("feed_supplied", "file_has_rows")
"""Checks that fail where a feed holds no row, and then nothing else of it can."""


def delivered_again(catalog: Path, folder: Path) -> Path:
    """The deliveries of ``catalog`` written as extracts and landed: a catalog of what landing leaves of them."""
    with open_warehouse(catalog, read_only=True) as connection:
        for number in range(1, NEWEST + 1):
            delivery = folder / str(number)
            delivery.mkdir(parents=True)
            for (table,) in connection.execute(
                "select table_name from landed.feed where is_supplied order by table_name"
            ).fetchall():
                rows = (
                    "select * exclude (row_warnings, delivery_number, file_number, source_row) "
                    f"from landed.{table} where delivery_number = {number} order by source_row"
                )
                if connection.execute(f"select count(*) from ({rows})").fetchall() != [(0,)]:
                    connection.execute(f"copy ({rows}) to '{delivery / table}.csv' (header)")
            is_newest = number == NEWEST
            land(
                delivery,
                landed=folder / "landed",
                as_of=AS_OF,
                rules=LandingRules(
                    max_rejected_share=1,
                    is_whole=is_newest,
                    covers=(date(2022, 3, 10), date(2022, 3, 20)) if is_newest else None,
                ),
            )
    return catalog_of(folder / "landed", folder / "catalog.duckdb")


def failed_checks(results: Gates) -> set[tuple[str, str]]:
    return {key for key, result in results.items() if result.status == "failed"}


@pytest.mark.soak
def test_every_check_fails_on_a_delivery_that_landed(catalogs: Callable[..., Path], tmp_path: Path) -> None:
    # Four landings and three judgements, some 8 s: one delivery has the faults of sixty checks in it.
    planted = [edge for edge in EDGES if edge.check_name not in OF_NOTHING]
    spoiled = catalogs("to_land", PLAIN_DATA, COMES_AGAIN, *(edge.fails for edge in planted))
    failed = failed_checks(gates(delivered_again(spoiled, tmp_path / "spoiled")))

    header = "claim_id,claim_line_number,claim_type,member_id,claim_line_start_date,paid_amount"
    nothing = {"medical_claim.csv": f"{header}\n", "claim_diagnosis.csv": "claim_id,diagnosis_rank,diagnosis_code\n"}
    refunds = "".join(f"C{number},1,professional,ada,2023-01-05,-9\n" for number in range(120))
    for name, files in (("nothing", nothing), ("refunds", {**nothing, "medical_claim.csv": f"{header}\n{refunds}"})):
        landed(tmp_path / name, files)
        catalog = catalog_of(tmp_path / name / "landed", tmp_path / name / "catalog.duckdb")
        failed |= failed_checks(gates(catalog, delivery_number=1))

    asked = {check.key for suite in read_suites(EXPECTATIONS) for check in suite.checks}
    assert asked - failed == PAIRED_ELSEWHERE - {("medical_claim", "has_rows")}


def test_a_history_without_claim_lines_is_stopped(inside: Gates, empty: Gates) -> None:
    key = ("medical_claim", "has_rows")

    assert (inside[key].status, empty[key].status) == ("passed", "failed")
    assert empty[key].severity == "critical"


def test_checks_of_empty_tables_are_not_applicable_rather_than_passed(empty: Gates) -> None:
    looked_at = {key for key, result in empty.items() if result.status != "not_applicable"}

    assert looked_at == {("medical_claim", "has_rows")} | {key for key in empty if key[1] == "feed_supplied"}


def test_results_are_sorted_and_the_same_each_time(outside_catalog: Path, outside: Gates) -> None:
    again = validate(outside_catalog, expectations=EXPECTATIONS, as_of=AS_OF, delivery_number=NEWEST)

    assert again == tuple(outside.values())
    assert list(outside) == sorted(outside)


def test_a_large_table_is_judged_by_its_counts_and_witnessed_by_its_first_rows(
    outside_catalog: Path, outside: Gates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.gates.validate.WITNESSED_ROWS", 3)

    assert gates(outside_catalog) == outside


def test_a_failed_check_counts_the_rows_that_fail_and_those_looked_at(outside: Gates) -> None:
    result = outside["pharmacy_claim", "ndc_code_shape"]

    assert (result.failed_count, result.total_count) == (10, 989)


@pytest.mark.usefixtures("_plainly")
def test_rows_of_earlier_deliveries_are_not_checked_again(catalogs: Callable[..., Path]) -> None:
    catalog = catalogs(
        "earlier_fault",
        PLAIN_DATA,
        "update landed.medical_claim set paid_date = date '2024-01-02' where delivery_number = 1",
    )
    key = ("medical_claim", "paid_date_not_after_run")

    assert gates(catalog)[key].failed_count == 0
    assert gates(catalog, delivery_number=None)[key].failed_count == 500


@pytest.mark.usefixtures("_plainly")
def test_a_first_delivery_is_not_compared_with_a_history_that_is_not_there(catalogs: Callable[..., Path]) -> None:
    results = gates(catalogs("first", PLAIN_DATA), delivery_number=1)

    compared = ("delivery_volume_usual", "hcpcs_share_kept", "index_family_seen")
    assert {results["medical_claim", check].status for check in compared} == {"not_applicable"}


@pytest.mark.usefixtures("_plainly")
def test_a_fourth_delivery_is_the_first_whose_volume_is_judged(catalogs: Callable[..., Path]) -> None:
    shrunk = "update landed.delivered_file set loaded_count = 1 where delivery_number = {number}"
    catalog = catalogs("volume", PLAIN_DATA, shrunk.format(number=3), shrunk.format(number=4))
    key = ("medical_claim", "delivery_volume_usual")

    assert gates(catalog, delivery_number=3)[key].status == "not_applicable"
    assert gates(catalog, delivery_number=4)[key].status == "failed"


@pytest.mark.usefixtures("_plainly")
def test_thin_data_may_leave_a_month_without_lines(catalogs: Callable[..., Path]) -> None:
    catalog = catalogs(
        "thin",
        PLAIN_DATA,
        "delete from landed.medical_claim where source_row >= 700 or claim_line_start_date = date '2022-07-01'",
    )

    assert gates(catalog)["medical_claim", "service_month_not_missing"].status == "not_applicable"


@pytest.mark.usefixtures("_plainly")
def test_single_odd_dates_do_not_make_missing_months(catalogs: Callable[..., Path]) -> None:
    catalog = catalogs(
        "odd_dates",
        PLAIN_DATA,
        "update landed.medical_claim set claim_line_start_date = date '1995-03-01' where source_row = 1",
    )

    assert gates(catalog)["medical_claim", "service_month_not_missing"].status == "passed"


def test_no_critical_failure_lets_the_run_go_on(inside: Gates) -> None:
    raise_if_critical(inside.values())


def test_critical_failures_are_told_together_with_counts_and_what_to_do(broken: Gates) -> None:
    with pytest.raises(CheckFailedError) as caught:
        raise_if_critical(broken.values())

    text = str(caught.value)
    assert text.startswith("2 critical checks failed, so nothing is published")
    assert "medical_claim, paid_sign_not_turned: 1001 of 2000 failed." in text
    assert "medical_claim, diagnoses_join_claims: 1001 of 2000 failed." in text
    assert "stimaudit validate" in text
    assert caught.value.exit_code == 3


def test_nothing_of_a_member_is_said_logged_or_left_behind(
    outside_catalog: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    home = tmp_path / "home"
    catalog = tmp_path / "run" / "catalog.duckdb"
    for folder in (home, catalog.parent):
        folder.mkdir()
    shutil.copy(outside_catalog, catalog)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.chdir(home)

    with caplog.at_level(logging.DEBUG):
        results = validate(catalog, expectations=EXPECTATIONS, as_of=AS_OF, delivery_number=NEWEST)
        with pytest.raises(CheckFailedError) as caught:
            raise_if_critical(results)

    spoken = capfd.readouterr()
    assert (spoken.out, spoken.err) == ("", "")
    assert CANARY not in repr(results) + str(caught.value) + caplog.text
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [catalog]


def test_nothing_is_sent_anywhere(outside_catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))

    gates(outside_catalog)

    assert called == []


def test_the_catalog_is_free_for_a_writer_afterwards(inside: Gates, outside_catalog: Path, outside: Gates) -> None:
    assert inside.keys() == outside.keys()

    with open_warehouse(outside_catalog) as connection:
        assert connection.execute("select count(*) from landed.feed").fetchone() == (9,)


def test_great_expectations_is_imported_only_when_checks_run() -> None:
    program = "import sys, pipelines.gates.validate; sys.exit('great_expectations' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_a_catalog_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match=r"none\.duckdb is not there"):
        validate(tmp_path / "none.duckdb", expectations=EXPECTATIONS, as_of=AS_OF, delivery_number=None)


def test_landed_data_that_cannot_be_read_is_told_without_quoting_it(catalogs: Callable[..., Path]) -> None:
    catalog = catalogs(
        "damaged",
        PLAIN_DATA,
        "create table landed.raw as from landed.medical_claim",
        "drop table landed.medical_claim",
        "create view landed.medical_claim as select * replace (claim_id::integer::varchar as claim_id) from landed.raw",
    )

    with pytest.raises(IntegrityError) as caught:
        gates(catalog)

    assert "cannot be read (ConversionException)" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def suites_with(tmp_path: Path, name: str, change: Callable[[dict[str, object]], object]) -> Path:
    """A copy of the suites, one of them changed."""
    folder = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, folder)
    path = folder / f"{name}.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    change(suite["expectations"][0])
    path.write_text(json.dumps(suite), encoding="utf-8")
    return folder


def refusal(catalog: Path, expectations: Path) -> str:
    with pytest.raises(UsageError) as caught:
        validate(catalog, expectations=expectations, as_of=AS_OF, delivery_number=NEWEST)
    assert CANARY not in str(caught.value)
    return str(caught.value)


def test_a_missing_suite_is_refused(outside_catalog: Path, tmp_path: Path) -> None:
    folder = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, folder)
    (folder / "eligibility.json").unlink()

    assert "no suite eligibility.json" in refusal(outside_catalog, folder)


def test_every_faulty_suite_is_named_at_once(outside_catalog: Path, tmp_path: Path) -> None:
    folder = suites_with(tmp_path, "eligibility", lambda first: first.update(severity="fatal"))
    (folder / "drug_crosswalk.json").write_text("{", encoding="utf-8")
    (folder / "extra.json").write_text('{"name": "other", "expectations": []}', encoding="utf-8")
    (folder / "list.json").write_text("[]", encoding="utf-8")

    text = refusal(outside_catalog, folder)

    assert "eligibility.json: expectations[1].severity must be one of 'critical' or 'warning'." in text
    assert "drug_crosswalk.json: it must be JSON (line 1 column 1)." in text
    assert "extra.json: name must be that of the file, 'extra'." in text
    assert "list.json: it must be a table of named values." in text


def test_an_expectation_without_its_words_is_refused(outside_catalog: Path, tmp_path: Path) -> None:
    folder = suites_with(tmp_path, "eligibility", lambda first: first.pop("notes"))

    assert "eligibility.json: expectations[1].notes is missing." in refusal(outside_catalog, folder)


def test_a_key_that_is_misspelled_in_a_suite_is_named(outside_catalog: Path, tmp_path: Path) -> None:
    meta = {"check_name": "feed_supplied", "table_name": "eligibility", "failing_row": "false"}
    folder = suites_with(
        tmp_path,
        "eligibility",
        lambda first: first.update(type=JUDGED_BY_COUNT, kwargs={"mostley": 0.5, "tolerated_count": -1}),
    )
    suites_with(tmp_path / "other", "eligibility", lambda first: first.update(meta=meta))

    text = refusal(outside_catalog, folder)

    assert "eligibility.json: expectations[1].kwargs.mostley is not known." in text
    assert "expectations[1].kwargs.tolerated_count must be a whole number of rows, 0 or more." in text
    assert "expectations[1].meta.failing_row is not known." in refusal(
        outside_catalog, tmp_path / "other" / "expectations"
    )


def test_two_checks_of_one_name_are_refused(outside_catalog: Path, tmp_path: Path) -> None:
    folder = suites_with(
        tmp_path,
        "eligibility",
        lambda first: first.update(meta={**first["meta"], "check_name": "span_listed_once"}),  # type: ignore[dict-item]
    )

    assert "eligibility, span_listed_once is asked 2 times" in refusal(outside_catalog, folder)


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ({"failing_rows": "no_such_column is null"}, "a count of this suite asks for what is not there"),
        ({"failing_rows": "member_id is null is"}, "is not SQL (ParserException)"),
        ({}, "no count is given for eligibility, birth_date_known"),
        ({"failing_rows": "false"}, "Expectation and count disagree on: eligibility, birth_date_known"),
    ],
)
def test_a_count_that_cannot_be_trusted_is_refused(
    outside_catalog: Path, tmp_path: Path, meta: dict[str, str], said: str
) -> None:
    folder = suites_with(
        tmp_path,
        "eligibility",
        lambda first: first.update(
            type="expect_column_values_to_not_be_null",
            kwargs={"column": "birth_date"},
            meta={"check_name": "birth_date_known", "told": "Birth dates are missing.", **meta},
        ),
    )

    assert said in refusal(outside_catalog, folder)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "expect_the_unknown"},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "no_such_column"}},
        {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "member_id", "regex": "M"}},
    ],
)
def test_an_expectation_that_cannot_be_judged_is_named(
    outside_catalog: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    folder = suites_with(tmp_path, "eligibility", lambda first: first.update(change))

    text = refusal(outside_catalog, folder)

    assert text.startswith("Great Expectations could not judge: eligibility, ")
    assert "eligibility, enrollment_end_date_not_before_start" in text


def suite_entries() -> Iterable[tuple[str, dict[str, object]]]:
    for path in sorted(EXPECTATIONS.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["expectations"]:
            yield path.stem, entry


def test_every_threshold_above_none_carries_its_reason() -> None:
    bare = [
        entry["meta"]
        for _, entry in suite_entries()
        if {"mostly", "tolerated_count"} & set(entry["kwargs"])  # type: ignore[call-overload]
        and "threshold_reason" not in entry["meta"]  # type: ignore[operator]
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("kwargs", "inside", "outside"),
    [
        ({}, (0, 10), (1, 10)),
        ({"mostly": 0.99}, (1, 100), (2, 199)),
        ({"mostly": 0.999}, (2, 2000), (2, 1999)),
        ({"mostly": 0.5, "tolerated_count": 20}, (20, 20), (21, 41)),
        ({"mostly": 0.5, "tolerated_count": 20}, (21, 42), (22, 43)),
    ],
)
def test_a_check_judged_by_count_fails_above_what_it_tolerates(
    kwargs: dict[str, float], inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    key = CheckKey("the table", "it's a check")
    check = SuiteCheck(key, "warning", "said", "harm", JUDGED_BY_COUNT, kwargs, None, None)
    other = "('the table', 'another', 9, 9)"

    def found(counts: tuple[int, int]) -> list[tuple[str]]:
        rows = f"(values {other}, ('the table', 'it''s a check', {counts[0]}, {counts[1]}))"
        batch = f"(from {rows} as counted(table_name, check_name, failed_count, total_count))"
        query = check.as_expectation()["kwargs"]["unexpected_rows_query"].replace("{batch}", batch)
        with open_warehouse() as connection:
            return connection.execute(query).fetchall()

    assert check.is_judged_by_count
    assert found(inside) == []
    assert found(outside) == [("it's a check",)]


def test_every_check_says_in_a_sentence_what_failed() -> None:
    told = [check.told.format(failed="1", total="2") for suite in read_suites(EXPECTATIONS) for check in suite.checks]
    measured = [
        check.expectation.meta.told.format(found="1 % (of 2), usually 3 %")
        for check in read_measure_checks(EXPECTATIONS / "measures")
    ]

    assert len(told) > 60
    assert len(measured) > 100
    assert [text for text in (*told, *measured) if not text[0].isupper() or not text.endswith(".") or "{" in text] == []
    assert [text for text in measured if not text.endswith("usually 3 %.")] == []


def test_a_failure_is_told_with_its_counts_what_follows_and_what_to_do(outside: Gates) -> None:
    result = outside["pharmacy_claim", "ndc_code_shape"]

    assert result.message == (
        "NDC codes that have not the shape of a code: 10 of 989. Ten digits without hyphens match no drug, so "
        "medication that was taken is not seen and a claim may be flagged without cause. Usually leading zeros were "
        "lost; send the codes as text."
    )
    assert [one for one in outside.values() if (one.message is None) != (one.status != "failed")] == []


def test_no_words_of_verdict_stand_in_a_suite() -> None:
    words = Counter(
        word
        for _, entry in suite_entries()
        for word in ("deny", "denial", "fraud", "abuse", "overpayment", "not medically necessary")
        if word in f"{entry['description']} {entry['notes']}".lower()
    )

    assert words == Counter()


def test_encrypted_rows_are_judged_as_rows_in_the_clear(tmp_path: Path) -> None:
    said = {}
    for name, key in (("clear", None), ("encrypted", Key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))):
        with using_key(key):
            landed(tmp_path / name, BASE)
            catalog = catalog_of(tmp_path / name / "landed", tmp_path / name / "catalog.duckdb")
            said[name] = validate(catalog, expectations=EXPECTATIONS, as_of=date(2024, 12, 31), delivery_number=1)

    assert said["encrypted"] == said["clear"]
    assert sum(result.status == "passed" for result in said["clear"]) > 10
    assert b"medical_claim" in (tmp_path / "clear" / "catalog.duckdb").read_bytes()
    assert b"medical_claim" not in (tmp_path / "encrypted" / "catalog.duckdb").read_bytes()


@pytest.mark.parametrize(
    ("code", "is_odd"),
    [
        *(("M5450", False), ("S060X0A", False), ("T3695XA", False), ("K31A0", False), ("C7A1", False), ("I10", False)),
        *(("M5450Y", True), ("M545N", True), ("I10W", True), ("M5450YYY", True), ("ABKM5450", True)),
    ],
)
def test_the_letter_of_what_was_present_on_admission_is_no_part_of_a_diagnosis(code: str, is_odd: bool) -> None:
    [condition] = [
        check.failing_rows
        for suite in read_suites(EXPECTATIONS)
        for check in suite.checks
        if check.key == ("claim_diagnosis", "diagnosis_code_shape")
    ]
    with open_warehouse() as connection:
        [(found,)] = connection.execute(
            f"select {condition} from (select $code as diagnosis_code, 'icd-10-cm' as diagnosis_code_type)",
            {"code": code},
        ).fetchall()

    assert found is is_odd

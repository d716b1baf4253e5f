"""A payer's feed in small: deliveries as rows of schema ``landed``, made by arithmetic, the same each time.

Four senders, three lines of business, members with courses of care, drugs and implants. ``deliver`` adds one delivery;
a test then plants a fault into it by SQL.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipelines.ground.warehouse import literal
from pipelines.rule.value_sets import write_value_sets
from tests.support.run_in_small import make_landed
from tests.support.shipped import shipped_value_sets

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

FIRST_YEAR = 2025
CLAIMS = 2400
"""Claims of a month, of two lines each."""
HISTORY_MONTHS = 3

NOT_WRITTEN = "^(row_warnings|delivery_number|file_number|source_row|diagnosis_code_[0-9]+)$"
"""Columns that are no part of an extract, and the wide diagnoses: a delivery has them in rows."""

DELIVERY = """
create or replace temp macro npi_of(nine) as nine::varchar || (
    (10 - list_sum(list_transform(
        range(1, 10),
        place -> if(
            place % 2 = 0,
            substr(nine::varchar, place, 1)::int,
            substr('0246813579', 1 + substr(nine::varchar, place, 1)::int, 1)::int
        )
    )) % 10 + 10 - 24 % 10) % 10
)::int::varchar;

create or replace temp table payer_member as
select
    m, printf('M%06d', m) as member_id,
    ['north', 'south', 'east', 'west'][1 + (hash(m) % 4)::int] as data_source,
    ['commercial', 'medicare', 'medicaid'][1 + (hash(m + 7) % 3)::int] as line_of_business
from range(1500) as member(m);

create or replace temp table payer_claim as
select
    c,
    printf('C{delivery:03d}%07d', c) as claim_id,
    (hash(c * 31 + {delivery}) % 1500)::int as m,
    date '{month}' - (30 * (c % {months}))::int + (hash(c * 7 + {delivery}) % 28)::int as service_date,
    (hash(c * 11 + {delivery}) % 100) < 72 as is_professional,
    (hash(c * 13 + {delivery}) % 1000) < 25 as is_implant,
    (hash(c * 17 + {delivery}) % 100)::bigint as luck
from range({claims}) as claim(c);

insert into landed.medical_claim by name
select
    claim_id, number::varchar as claim_line_number,
    if(is_professional, 'professional', 'institutional') as claim_type,
    member_id, service_date as claim_line_start_date, service_date as claim_line_end_date,
    line_of_business, data_source, 'payer' as payer,
    if(is_professional, if(is_implant, '24', '11'), null) as place_of_service_code,
    if(is_professional, null, if(is_implant, '0131', '0111')) as bill_type_code,
    if(is_professional, null, if(number = 1, '0360', '0420')) as revenue_center_code,
    case
        when is_implant and number = 1 then ['63650', '63655', '64555'][1 + luck % 3]
        when is_implant then if(luck % 2 = 0, '63685', '95972')
        else ['97110', '99213', '97140', '72148', '62323', '98941'][1 + ((luck + number) % 6)::int]
    end as hcpcs_code,
    if((hash(c * 19 + number + {delivery}) % 100) < 35, ['LT', '59', 'RT', 'GP'][1 + luck % 4], null)
        as hcpcs_modifier_1,
    1 + (luck % 3) as service_unit_quantity,
    if(luck % 3 = 0, 'I10', 'M5450') as diagnosis_code_1, if(luck % 4 > 0, 'G8929', null) as diagnosis_code_2,
    ['1', '1:2', '2', '1', '1,3'][1 + luck % 5] as diagnosis_pointer,
    npi_of(100000000 + 7919 * (hash(m) % 3000)::bigint) as rendering_npi,
    service_date + 12 + (luck % 9)::int as paid_date,
    round(
        if(
            is_implant,
            1500 + 85.37 * (hash(c * 23 + number + {delivery}) % 400),
            21.5 + 1.37 * (hash(c * 29 + number) % 200)
        ), 2
    ) as paid_amount,
    case when luck < 8 then 'denied' when luck < 11 then 'pending' when luck < 12 then 'reversed' else 'paid' end
        as claim_status,
    {delivery} as delivery_number, 1 as file_number, 2 * c + number as source_row
from payer_claim
inner join payer_member using (m)
cross join range(1, 3) as line(number);

insert into landed.claim_diagnosis by name
select
    claim_id, rank::int as diagnosis_rank,
    case
        when is_implant then ['M5450', 'M961', 'M5459'][1 + luck % 3]
        else ['M5450', 'I10', 'E119', 'M5416', 'G8929', 'F329'][1 + ((luck + rank) % 6)::int]
    end as diagnosis_code,
    'icd-10-cm' as diagnosis_code_type,
    {delivery} as delivery_number, 2 as file_number, c * 4 + rank as source_row
from payer_claim
cross join range(1, 5) as diagnosis(rank)
where rank <= 1 + luck % 4;

insert into landed.pharmacy_claim by name
select
    printf('F{delivery:03d}%07d', f) as claim_id, '1' as claim_line_number,
    printf('M%06d', hash(f * 37 + {delivery}) % 1500) as member_id,
    date '{month}' - (30 * (f % {months}))::int + (hash(f * 41 + {delivery}) % 28)::int as dispensing_date,
    '00093101242' as ndc_code, 'ibuprofen' as generic_name,
    [30, 30, 90, 14, 7][1 + (hash(f + {delivery}) % 5)::int] as days_supply,
    {delivery} as delivery_number, 3 as file_number, f as source_row
from range({claims}) as fill(f);

insert into landed.eligibility by name
select
    member_id, date '2020-01-01' as enrollment_start_date,
    if(m % 5 = 0, date '2024-12-31', null) as enrollment_end_date,
    line_of_business, 'payer' as payer, m % 9 <> 0 as has_pharmacy_benefit,
    {delivery} as delivery_number, 4 as file_number, m as source_row
from payer_member;

insert into landed.prior_authorization by name
select
    printf('A%06d', a) as authorization_id, printf('M%06d', a) as member_id,
    if(a % 4 = 0, 'denied', 'approved') as decision, if(a % 20 = 0, null, '63650') as hcpcs_code,
    {delivery} as delivery_number, 5 as file_number, a as source_row
from range(300) as approval(a);

insert into landed.care_documentation by name
select
    printf('D%06d', d) as document_id, printf('M%06d', d) as member_id, 'exercise_pt' as modality,
    ['no_benefit', 'inadequate_benefit', 'improved'][1 + d % 3] as outcome, date '2025-01-01' as document_date,
    {delivery} as delivery_number, 6 as file_number, d as source_row
from range(60) as document(d);
"""


def new_feed(connection: Connection) -> None:
    """The empty tables of schema ``landed`` and the value sets."""
    make_landed(connection)
    connection.execute("insert into landed.feed select table_name, true from landed.known_table")
    write_value_sets(connection, shipped_value_sets())


def run_day(delivery: int) -> date:
    """The run date of a delivery: the first one's, and a month for each after it."""
    return date(FIRST_YEAR + delivery // 12, delivery % 12 + 1, 1)


def deliver(connection: Connection, delivery: int, *, claims: int = CLAIMS) -> None:
    """Adds the rows of a delivery: the first covers three months, each later one a month."""
    month = run_day(delivery - 1)
    months = HISTORY_MONTHS if delivery == 1 else 1
    text = DELIVERY.format(delivery=delivery, month=month.isoformat(), months=months, claims=claims * months)
    connection.execute(text)


def write_delivery(connection: Connection, delivery: int, folder: Path) -> Path:
    """``folder`` with the rows of a delivery as extracts."""
    folder.mkdir(parents=True)
    for (table,) in connection.execute("select table_name from landed.known_table order by table_name").fetchall():
        connection.execute(
            f"copy (select columns(c -> not regexp_matches(c, '{NOT_WRITTEN}')) from landed.{table} "
            f"where delivery_number = {delivery} order by source_row) "
            f"to {literal(folder / f'{table}.csv')} (header)"
        )
        if not connection.execute(f"select count(*) from landed.{table} where delivery_number = {delivery}").fetchall()[
            0
        ][0]:
            (folder / f"{table}.csv").unlink()
    return folder

-- One row per open episode and claim line, procedure row or fill considered as care in its look-back.
--
-- What does not count is listed too, with counts = no and why, so that a reader sees it was considered.
-- A service on a day on which the member was not enrolled is a conflict: is_in_enrollment_gap.
--
-- See docs/rule.md 6.1.

with

line_entry as (
    select
        care_line.episode_id,
        care_line.care_group,
        care_line.modality,
        care_line.service_date,
        care_line.claim_id,
        care_line.claim_line_number,
        care_line.code_system,
        care_line.code,
        care_line.counts,
        care_line.counts_reason,
        cast(care_line.service_unit_quantity as decimal(18, 4)) as quantity,
        care_line.source_table,
        care_line.delivery_number,
        care_line.file_number,
        care_line.source_row
    from intermediate.care_line
    where care_line.is_in_look_back
),

fill_entry as (
    select
        care_fill.episode_id,
        'medication' as care_group,
        care_fill.drug_class as modality,
        care_fill.dispensing_date as service_date,
        care_fill.claim_id,
        care_fill.claim_line_number,
        care_fill.code_system,
        care_fill.code,
        care_fill.counts,
        care_fill.counts_reason,
        cast(care_fill.days_supply as decimal(18, 4)) as quantity,
        'pharmacy_claim' as source_table,
        care_fill.delivery_number,
        care_fill.file_number,
        care_fill.source_row
    from intermediate.care_fill
    where care_fill.is_in_look_back
),

entry as (
    select * from line_entry
    union all
    select * from fill_entry
),

-- A procedure may have come in columns of a claim line: a row is sought by its file, whatever the file's table.
source_file as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        min(delivered_file.file_name) as file_name
    from landed.delivered_file
    group by delivered_file.delivery_number, delivered_file.file_number
),

final as (
    select
        entry.episode_id,
        entry.care_group,
        entry.modality,
        entry.service_date,
        entry.claim_id,
        entry.claim_line_number,
        entry.code_system,
        entry.code,
        entry.counts,
        entry.counts_reason,
        entry.quantity,
        entry.source_table,
        source_file.file_name as source_file,
        entry.source_row,
        enrollment_gap.episode_id is not null as is_in_enrollment_gap
    from entry
    left join intermediate.enrollment_gap
        on
            entry.episode_id = enrollment_gap.episode_id
            and entry.service_date >= enrollment_gap.start_date
            and entry.service_date <= enrollment_gap.end_date
    left join source_file
        on
            entry.delivery_number = source_file.delivery_number
            and entry.file_number = source_file.file_number
    order by
        entry.episode_id,
        entry.service_date,
        entry.source_table,
        entry.delivery_number,
        entry.file_number,
        entry.source_row
)

select * from final

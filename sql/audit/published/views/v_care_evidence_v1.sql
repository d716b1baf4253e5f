-- One row per claim line, procedure row or fill considered as conservative care, also those that do not count.

with

final as (
    select
        care_ledger.episode_id,
        care_ledger.care_group,
        care_ledger.modality,
        care_ledger.service_date,
        care_ledger.claim_id,
        care_ledger.claim_line_number,
        care_ledger.code_system,
        care_ledger.code,
        care_ledger.counts,
        care_ledger.counts_reason,
        care_ledger.quantity,
        care_ledger.source_table,
        care_ledger.source_file,
        care_ledger.source_row
    from care_ledger
)

select * from final
order by episode_id asc, service_date asc, claim_id asc, claim_line_number asc, code asc

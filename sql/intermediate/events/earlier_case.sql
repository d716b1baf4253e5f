-- One row per case of the publishes before the first one of this run, as it was last known.

with

final as (
    select
        earlier_case.case_id,
        earlier_case.member_id,
        earlier_case.anchor_date,
        earlier_case.index_claim_ids
    from run_facts.earlier_case
)

select * from final

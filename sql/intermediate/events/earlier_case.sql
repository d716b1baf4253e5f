-- One row per case of the publishes before the first one of this run, as it was last known.
--
-- Its member is named as now, so that a case keeps its name where its member changed identifiers.
--
-- See docs/contract.md 2.1.

with

final as (
    select
        earlier_case.case_id,
        coalesce(member_identifier.member_id, earlier_case.member_id) as member_id,
        earlier_case.anchor_date,
        earlier_case.index_claim_ids
    from run_facts.earlier_case
    left join staging.member_identifier
        on earlier_case.member_id = member_identifier.previous_member_id
)

select * from final

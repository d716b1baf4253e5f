-- One row per delivered version of a claim line whose code stands in index_procedures, with its final state.
--
-- States: counts; superseded_version (a later version of the line was delivered); the state of its claim
-- (void_request, in_ring, pending_request, voided, superseded, outranked, reversed, not_paid); or its own status
-- (denied, reversed).

with

index_code as (
    select index_procedures.code
    from value_sets.index_procedures
    where index_procedures.match_system = 'hcpcs'
    group by index_procedures.code
),

final as (
    select
        claim_line_version.member_id,
        claim_line_version.claim_id,
        claim_line_version.claim_line_number,
        claim_line_version.claim_line_start_date,
        claim_line_version.hcpcs_code,
        coalesce(claim_line_version.claim_status, 'paid') as claim_status,
        claim_line_version.paid_date,
        claim_line_version.paid_amount,
        claim_line_version.allowed_amount,
        cast(claim_line_version.version_number as integer) as version_number,
        cast(claim_line_version.version_count as integer) as version_count,
        case
            when claim_line_version.version_number < claim_line_version.version_count then 'superseded_version'
            when claim_final_state.final_state <> 'counts' then claim_final_state.final_state
            when coalesce(claim_line_version.claim_status, 'paid') in ('denied', 'reversed')
                then claim_line_version.claim_status
            else 'counts'
        end as line_state,
        claim_final_state.settled_by_claim_id,
        episode_index_line.episode_id,
        delivered_file.file_name as source_file,
        claim_line_version.source_row
    from intermediate.claim_line_version
    inner join index_code
        on claim_line_version.hcpcs_code = index_code.code
    inner join intermediate.claim_final_state
        on
            claim_line_version.member_id = claim_final_state.member_id
            and claim_line_version.claim_id = claim_final_state.claim_id
    left join intermediate.episode_index_line
        on
            claim_line_version.member_id = episode_index_line.member_id
            and claim_line_version.claim_id = episode_index_line.claim_id
            and claim_line_version.line_key = episode_index_line.source_key
            and episode_index_line.source_table = 'medical_claim'
            and claim_line_version.version_number = claim_line_version.version_count
    left join landed.delivered_file
        on
            claim_line_version.delivery_number = delivered_file.delivery_number
            and claim_line_version.file_number = delivered_file.file_number
            and delivered_file.table_name = 'medical_claim'
    order by
        claim_line_version.member_id,
        claim_line_version.claim_id,
        claim_line_version.line_key,
        claim_line_version.version_number
)

select * from final

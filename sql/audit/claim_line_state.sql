-- One row per delivered version of a claim line whose code stands in index_procedures, with its final state.
--
-- States: counts; superseded_version (a later version of the line was delivered); total_line (it repeats the sum of its
-- claim); the state of its claim (void_request, in_ring, pending_request, voided, superseded, outranked, reversed,
-- not_paid); its own status (denied, reversed); or credited_line (a credit or the line it takes out: dollars alone).
-- Total lines of claims with such a code are listed, too, so that a reader sees why their dollars are left out.

with

index_code as (
    select index_procedures.code
    from value_sets.index_procedures
    where index_procedures.match_system = 'hcpcs'
    group by index_procedures.code
),

index_claim as (
    select
        claim_line_version.member_id,
        claim_line_version.claim_id
    from intermediate.claim_line_version
    inner join index_code
        on claim_line_version.hcpcs_code = index_code.code
    union
    select
        episode_index_line.member_id,
        episode_index_line.claim_id
    from intermediate.episode_index_line
),

total_line as (
    select
        final_line.member_id,
        final_line.claim_id,
        final_line.line_key,
        final_line.version_count as version_number
    from intermediate.final_line
    inner join index_claim
        on
            final_line.member_id = index_claim.member_id
            and final_line.claim_id = index_claim.claim_id
    where final_line.is_total_line
),

credited_line as (
    select
        counting_line.member_id,
        counting_line.claim_id,
        counting_line.line_key,
        counting_line.version_count as version_number
    from intermediate.counting_line
    where counting_line.is_credited
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
            when total_line.line_key is not null then 'total_line'
            when claim_final_state.final_state <> 'counts' then claim_final_state.final_state
            when coalesce(claim_line_version.claim_status, 'paid') in ('denied', 'reversed')
                then claim_line_version.claim_status
            when credited_line.line_key is not null then 'credited_line'
            else 'counts'
        end as line_state,
        claim_final_state.settled_by_claim_id,
        episode_index_line.episode_id,
        delivered_file.file_name as source_file,
        claim_line_version.source_row
    from intermediate.claim_line_version
    left join index_code
        on claim_line_version.hcpcs_code = index_code.code
    left join total_line
        on
            claim_line_version.member_id = total_line.member_id
            and claim_line_version.claim_id = total_line.claim_id
            and claim_line_version.line_key = total_line.line_key
            and claim_line_version.version_number = total_line.version_number
    left join credited_line
        on
            claim_line_version.member_id = credited_line.member_id
            and claim_line_version.claim_id = credited_line.claim_id
            and claim_line_version.line_key = credited_line.line_key
            and claim_line_version.version_number = credited_line.version_number
    inner join intermediate.claim_final_state
        on
            claim_line_version.member_id = claim_final_state.member_id
            and claim_line_version.claim_id = claim_final_state.claim_id
    left join intermediate.episode_index_line
        on
            claim_line_version.member_id = episode_index_line.member_id
            and claim_line_version.claim_id = episode_index_line.claim_id
            and case
                when claim_line_version.version_number = claim_line_version.version_count
                    then claim_line_version.line_key
            end = episode_index_line.source_key
            and episode_index_line.source_table = 'medical_claim'
    left join landed.delivered_file
        on
            claim_line_version.delivery_number = delivered_file.delivery_number
            and claim_line_version.file_number = delivered_file.file_number
            and delivered_file.table_name = 'medical_claim'
    where
        index_code.code is not null
        or total_line.line_key is not null
    order by
        claim_line_version.member_id,
        claim_line_version.claim_id,
        claim_line_version.line_key,
        claim_line_version.version_number
)

select * from final

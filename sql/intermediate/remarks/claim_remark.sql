-- One row per episode, remark on a claim of it or a line of its care as a whole, and the row where that is seen.
--
-- one_amount_on_all_lines: three lines or more of an institutional claim, or of one with an opening code, all carry one
-- amount above 0. claim_again_with_fewer_lines: its newest delivery has fewer lines than one before; with whole claims
-- the others are gone (fewer_lines_taken). Of lines that came more than once: the amount fell by nine tenths or more
-- (paid_amount_fell), the version delivered last lost by its paid_date (later_version_lost), or two versions tie with
-- different amounts (versions_tied). A claim may come again with fewer diagnoses or procedure rows
-- (claim_again_with_fewer_diagnoses, claim_again_with_fewer_procedures), be missing from a delivery that looks like a
-- full refresh (claim_not_in_refresh), or hold the same counting lines as another claim of the case (claims_alike). An
-- implantation billed for no diagnosis (index_claim_without_diagnosis) and a claim of a shared number with a diagnosis
-- row that is nobody's (diagnosis_of_nobody) are told, too. line_credited and interim_line_repeated were settled as the
-- rule says.
--
-- See docs/contract.md 1.3, 1.6, 2.1.

with

sorted_line as (
    select
        final_line.member_id,
        final_line.claim_id,
        final_line.claim_type,
        final_line.paid_amount,
        struct_pack(
            delivery_number := final_line.delivery_number,
            file_number := final_line.file_number,
            source_row := final_line.source_row
        ) as place
    from intermediate.final_line
    where
        not final_line.is_total_line
        and final_line.claim_status in ('paid', 'pending')
),

one_amount as (
    select
        episode_claim.episode_id,
        'one_amount_on_all_lines' as remark,
        episode_claim.claim_id,
        cast(null as varchar) as claim_line_number,
        min(sorted_line.place) as place
    from intermediate.episode_claim
    inner join sorted_line
        on
            episode_claim.member_id = sorted_line.member_id
            and episode_claim.claim_id = sorted_line.claim_id
    group by episode_claim.episode_id, episode_claim.claim_id, episode_claim.is_index_claim
    having
        count(*) >= 3
        and count(distinct sorted_line.paid_amount) = 1
        and count(sorted_line.paid_amount) = count(*)
        and min(sorted_line.paid_amount) > 0
        and (
            episode_claim.is_index_claim
            or bool_or(sorted_line.claim_type = 'institutional')
        )
),

counted_claim as (
    select
        delivered_claim.*,
        max(delivered_claim.line_count) over earlier as earlier_line_count,
        delivered_claim.delivery_number = max(delivered_claim.delivery_number) over (
            partition by delivered_claim.member_id, delivered_claim.claim_id
        ) as is_newest
    from staging.delivered_claim
    window earlier as (
        partition by delivered_claim.member_id, delivered_claim.claim_id
        order by delivered_claim.delivery_number
        rows between unbounded preceding and 1 preceding
    )
),

evidence_claim as (
    select
        case_row.episode_id,
        episode_window.member_id,
        case_row.claim_id
    from intermediate.case_row
    inner join intermediate.episode_window
        on case_row.episode_id = episode_window.episode_id
    where
        case_row.is_evidence
        and case_row.source_table = 'medical_claim'
    group by all
),

fewer_lines as (
    select
        evidence_claim.episode_id,
        case
            when redelivery_given.holds_whole_claims then 'fewer_lines_taken'
            else 'claim_again_with_fewer_lines'
        end as remark,
        evidence_claim.claim_id,
        cast(null as varchar) as claim_line_number,
        struct_pack(
            delivery_number := counted_claim.delivery_number,
            file_number := counted_claim.first_place.file_number,
            source_row := counted_claim.first_place.source_row
        ) as place
    from evidence_claim
    inner join counted_claim
        on
            evidence_claim.member_id = counted_claim.member_id
            and evidence_claim.claim_id = counted_claim.claim_id
    cross join run_facts.redelivery_given
    where
        counted_claim.is_newest
        and counted_claim.line_count < counted_claim.earlier_line_count
),

fewer_codes as (
    select
        evidence_claim.episode_id,
        case left_out_rank.source_table
            when 'claim_diagnosis' then 'claim_again_with_fewer_diagnoses'
            else 'claim_again_with_fewer_procedures'
        end as remark,
        left_out_rank.source_table,
        evidence_claim.claim_id,
        left_out_rank.place
    from evidence_claim
    inner join intermediate.left_out_rank
        on
            evidence_claim.member_id = left_out_rank.member_id
            and evidence_claim.claim_id = left_out_rank.claim_id
),

held_claim as (
    select
        delivered_claim.member_id,
        delivered_claim.claim_id,
        max(delivered_claim.delivery_number) as delivery_number,
        min(delivered_claim.first_service_date) as first_service_date,
        max(delivered_claim.last_service_date) as last_service_date,
        arg_max(delivered_claim.first_place, delivered_claim.delivery_number) as first_place
    from staging.delivered_claim
    group by delivered_claim.member_id, delivered_claim.claim_id
),

not_in_refresh as (
    select
        evidence_claim.episode_id,
        'claim_not_in_refresh' as remark,
        evidence_claim.claim_id,
        cast(null as varchar) as claim_line_number,
        struct_pack(
            delivery_number := held_claim.delivery_number,
            file_number := held_claim.first_place.file_number,
            source_row := held_claim.first_place.source_row
        ) as place
    from evidence_claim
    inner join held_claim
        on
            evidence_claim.member_id = held_claim.member_id
            and evidence_claim.claim_id = held_claim.claim_id
    inner join staging.refresh_period
        on
            held_claim.delivery_number < refresh_period.delivery_number
            and held_claim.first_service_date >= refresh_period.first_date
            and held_claim.last_service_date <= refresh_period.last_date
),

dollar_line as (
    select
        episode_event.episode_id,
        event_dollar_line.is_repeated_interim,
        counting_line.claim_id,
        counting_line.claim_line_number,
        counting_line.claim_type,
        counting_line.claim_line_start_date,
        counting_line.revenue_center_code,
        counting_line.hcpcs_code,
        counting_line.hcpcs_modifier_1,
        counting_line.hcpcs_modifier_2,
        counting_line.service_unit_quantity,
        counting_line.paid_amount,
        struct_pack(
            delivery_number := counting_line.delivery_number,
            file_number := counting_line.file_number,
            source_row := counting_line.source_row
        ) as place
    from intermediate.episode_event
    inner join intermediate.event_dollar_line
        on
            episode_event.member_id = event_dollar_line.member_id
            and episode_event.event_date = event_dollar_line.event_date
    inner join intermediate.counting_line
        on
            event_dollar_line.member_id = counting_line.member_id
            and event_dollar_line.claim_id = counting_line.claim_id
            and event_dollar_line.line_key = counting_line.line_key
),

dollar_claim as (
    select
        dollar_line.episode_id,
        dollar_line.claim_id,
        list_sort(
            list(
                struct_pack(
                    claim_type := dollar_line.claim_type,
                    service_date := dollar_line.claim_line_start_date,
                    revenue_center_code := dollar_line.revenue_center_code,
                    hcpcs_code := dollar_line.hcpcs_code,
                    first_modifier := dollar_line.hcpcs_modifier_1,
                    second_modifier := dollar_line.hcpcs_modifier_2,
                    units := dollar_line.service_unit_quantity,
                    paid_amount := dollar_line.paid_amount
                )
            )
        ) as line_contents,
        sum(dollar_line.paid_amount) as paid_amount,
        bool_or(dollar_line.is_repeated_interim) as is_repeated_interim,
        min(dollar_line.place) as place
    from dollar_line
    group by dollar_line.episode_id, dollar_line.claim_id
),

alike as (
    select
        dollar_claim.episode_id,
        'claims_alike' as remark,
        dollar_claim.claim_id,
        cast(null as varchar) as claim_line_number,
        dollar_claim.place
    from dollar_claim
    where
        dollar_claim.paid_amount > 0
        and not dollar_claim.is_repeated_interim
    qualify count(*) over (partition by dollar_claim.episode_id, dollar_claim.line_contents) > 1
),

compared_version as (
    select
        claim_line_version.member_id,
        claim_line_version.claim_id,
        claim_line_version.line_key,
        claim_line_version.claim_line_number,
        claim_line_version.version_number = claim_line_version.version_count as is_final,
        struct_pack(
            delivery_number := claim_line_version.delivery_number,
            file_number := claim_line_version.file_number,
            source_row := claim_line_version.source_row
        ) as place,
        max(claim_line_version.delivery_number) over line as last_delivery_number,
        coalesce(claim_line_version.claim_status, 'paid') = 'paid' as is_paid,
        claim_line_version.paid_amount,
        claim_line_version.paid_date,
        lag(claim_line_version.paid_amount) over versions as earlier_paid_amount,
        lag(claim_line_version.paid_date) over versions as earlier_paid_date
    from intermediate.claim_line_version
    window
        line as (
            partition by claim_line_version.member_id, claim_line_version.claim_id, claim_line_version.line_key
        ),
        versions as (
            partition by claim_line_version.member_id, claim_line_version.claim_id, claim_line_version.line_key
            order by claim_line_version.version_number
        )
),

version_remark as (
    select
        evidence_claim.episode_id,
        unnest([
            case
                when
                    compared_version.is_paid
                    and compared_version.earlier_paid_amount > 0
                    and compared_version.paid_amount * 10 <= compared_version.earlier_paid_amount
                    then 'paid_amount_fell'
            end,
            case
                when compared_version.place.delivery_number < compared_version.last_delivery_number
                    then 'later_version_lost'
            end,
            case
                when
                    compared_version.earlier_paid_date is not distinct from compared_version.paid_date
                    and compared_version.earlier_paid_amount <> compared_version.paid_amount
                    then 'versions_tied'
            end
        ]) as remark,
        compared_version.claim_id,
        compared_version.claim_line_number,
        compared_version.place
    from evidence_claim
    inner join compared_version
        on
            evidence_claim.member_id = compared_version.member_id
            and evidence_claim.claim_id = compared_version.claim_id
    where compared_version.is_final
),

credited as (
    select
        episode_claim.episode_id,
        'line_credited' as remark,
        counting_line.claim_id,
        counting_line.claim_line_number,
        struct_pack(
            delivery_number := counting_line.delivery_number,
            file_number := counting_line.file_number,
            source_row := counting_line.source_row
        ) as place
    from intermediate.episode_claim
    inner join intermediate.counting_line
        on
            episode_claim.member_id = counting_line.member_id
            and episode_claim.claim_id = counting_line.claim_id
    where counting_line.is_credited
),

interim as (
    select
        dollar_line.episode_id,
        'interim_line_repeated' as remark,
        dollar_line.claim_id,
        dollar_line.claim_line_number,
        dollar_line.place
    from dollar_line
    where dollar_line.is_repeated_interim
),

index_row as (
    select
        episode_index_line.episode_id,
        min(
            struct_pack(
                delivery_number := episode_index_line.delivery_number,
                file_number := episode_index_line.file_number,
                source_row := episode_index_line.source_row,
                claim_id := episode_index_line.claim_id
            )
        ) as place
    from intermediate.episode_index_line
    group by episode_index_line.episode_id
),

undiagnosed as (
    select
        index_row.episode_id,
        'index_claim_without_diagnosis' as remark,
        index_row.place.claim_id,
        cast(null as varchar) as claim_line_number,
        struct_pack(
            delivery_number := index_row.place.delivery_number,
            file_number := index_row.place.file_number,
            source_row := index_row.place.source_row
        ) as place
    from index_row
    inner join intermediate.episode_diagnosis_scope
        on index_row.episode_id = episode_diagnosis_scope.episode_id
    where len(episode_diagnosis_scope.billed_diagnoses) = 0
),

unowned as (
    select
        episode_claim.episode_id,
        'diagnosis_of_nobody' as remark,
        episode_claim.claim_id,
        cast(null as varchar) as claim_line_number,
        min(sorted_line.place) as place
    from intermediate.episode_claim
    inner join intermediate.shared_claim
        on
            episode_claim.member_id = shared_claim.member_id
            and episode_claim.claim_id = shared_claim.claim_id
    inner join sorted_line
        on
            episode_claim.member_id = sorted_line.member_id
            and episode_claim.claim_id = sorted_line.claim_id
    group by episode_claim.episode_id, episode_claim.claim_id
),

remarked as (
    select * from one_amount
    union all
    select * from undiagnosed
    union all
    select * from unowned
    union all
    select * from fewer_lines
    union all
    select * from version_remark
    union all
    select * from credited
    union all
    select * from interim
    union all
    select * from not_in_refresh
    union all
    select * from alike
),

final as (
    select
        remarked.episode_id,
        remarked.remark,
        'medical_claim' as source_table,
        cast([] as varchar[]) as column_names,
        remarked.claim_id,
        remarked.claim_line_number,
        remarked.place.delivery_number,
        remarked.place.file_number,
        remarked.place.source_row
    from remarked
    where remarked.remark is not null
    union all
    select
        fewer_codes.episode_id,
        fewer_codes.remark,
        fewer_codes.source_table,
        cast([] as varchar[]) as column_names,
        fewer_codes.claim_id,
        cast(null as varchar) as claim_line_number,
        fewer_codes.place.delivery_number,
        fewer_codes.place.file_number,
        fewer_codes.place.source_row
    from fewer_codes
)

select * from final

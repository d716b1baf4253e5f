-- One row per episode and remark on what came of its member, or did not come, as a whole; with the row where that is
-- seen, if there is one.
--
-- more_than_two_open_spans; member_id_differs_in_case and member_id_differs_in_zeros; claim_ended_by_full_delivery;
-- claim_may_be_replaced (a replacement or void of the member that cannot be followed). feed_begins_in_look_back: the
-- claim lines loaded, too few to tell a reach by, begin in a month after the look-back does.
-- older_claims_without_eligibility: nothing of the member is found in the look-back, and claims of members without
-- eligibility are.
--
-- See docs/contract.md 1.7, 1.10, 2.1.

with

open_span as (
    select
        final_eligibility.member_id,
        max(
            struct_pack(
                delivery_number := final_eligibility.delivery_number,
                file_number := final_eligibility.file_number,
                source_row := final_eligibility.source_row
            )
        ) as place
    from intermediate.final_eligibility
    where final_eligibility.enrollment_end_date is null
    group by final_eligibility.member_id
    having count(*) > 2
),

first_month as (
    select
        feed_month.table_name,
        min(feed_month.month_start_date) as month_start_date
    from staging.feed_month
    where feed_month.table_name = 'medical_claim'
    group by feed_month.table_name
),

bounded_feed as (
    select feed_reach.table_name
    from staging.feed_reach
    where feed_reach.first_date > date '0001-01-01'
    group by feed_reach.table_name
),

earlier_line as (
    select episode_window.episode_id
    from intermediate.episode_window
    inner join intermediate.final_line
        on
            episode_window.member_id = final_line.member_id
            and episode_window.look_back_start_date <= final_line.claim_line_start_date
            and episode_window.look_back_end_date >= final_line.claim_line_start_date
    group by episode_window.episode_id
),

unenrolled as (
    select
        episode_window.episode_id,
        max(unenrolled_month.delivery_number) as delivery_number
    from intermediate.episode_window
    inner join staging.unenrolled_month
        on
            episode_window.look_back_start_date <= unenrolled_month.month_start_date
            and episode_window.look_back_end_date >= unenrolled_month.month_start_date
    cross join staging.run
    where run.has_eligibility
    group by episode_window.episode_id
),

adjustment as (
    select
        claim_final_state.member_id,
        claim_final_state.claim_id,
        max(
            struct_pack(
                delivery_number := final_line.delivery_number,
                file_number := final_line.file_number,
                source_row := final_line.source_row
            )
        ) as place,
        min(final_line.claim_line_start_date) as first_service_date
    from intermediate.claim_final_state
    inner join intermediate.claim_version
        on
            claim_final_state.member_id = claim_version.member_id
            and claim_final_state.claim_id = claim_version.claim_id
    inner join intermediate.final_line
        on
            claim_final_state.member_id = final_line.member_id
            and claim_final_state.claim_id = final_line.claim_id
    where
        claim_final_state.claim_frequency_code is not null
        and (
            claim_final_state.final_state in ('pending_request', 'in_ring', 'outranked')
            or not claim_version.has_original
        )
    group by claim_final_state.member_id, claim_final_state.claim_id
),

remarked as (
    select
        episode_window.episode_id,
        'more_than_two_open_spans' as remark,
        'eligibility' as source_table,
        cast(null as varchar) as claim_id,
        open_span.place.delivery_number,
        open_span.place.file_number,
        open_span.place.source_row
    from intermediate.episode_window
    inner join open_span
        on episode_window.member_id = open_span.member_id
    union all
    select
        episode_window.episode_id,
        'member_id_differs_in_' || member_spelling.differs_in as remark,
        member_spelling.table_name as source_table,
        cast(null as varchar) as claim_id,
        max(member_spelling.delivery_number) as delivery_number,
        cast(null as integer) as file_number,
        cast(null as bigint) as source_row
    from intermediate.episode_window
    inner join staging.member_spelling
        on episode_window.member_id = member_spelling.member_id
    group by episode_window.episode_id, member_spelling.table_name, member_spelling.differs_in
    union all
    select
        episode_window.episode_id,
        'feed_begins_in_look_back' as remark,
        first_month.table_name as source_table,
        cast(null as varchar) as claim_id,
        cast(null as integer) as delivery_number,
        cast(null as integer) as file_number,
        cast(null as bigint) as source_row
    from intermediate.episode_window
    inner join first_month
        on episode_window.look_back_start_date < first_month.month_start_date
    where first_month.table_name not in (select bounded_feed.table_name from bounded_feed)
    union all
    select
        unenrolled.episode_id,
        'older_claims_without_eligibility' as remark,
        'medical_claim' as source_table,
        cast(null as varchar) as claim_id,
        unenrolled.delivery_number,
        cast(null as integer) as file_number,
        cast(null as bigint) as source_row
    from unenrolled
    left join earlier_line
        on unenrolled.episode_id = earlier_line.episode_id
    where earlier_line.episode_id is null
    union all
    select
        episode_window.episode_id,
        'claim_ended_by_full_delivery' as remark,
        'medical_claim' as source_table,
        ended_claim.claim_id,
        ended_claim.ended_by_delivery_number as delivery_number,
        cast(null as integer) as file_number,
        cast(null as bigint) as source_row
    from intermediate.episode_window
    inner join staging.ended_claim
        on
            episode_window.member_id = ended_claim.member_id
            and episode_window.look_back_start_date <= ended_claim.last_service_date
            and episode_window.followup_end_date >= ended_claim.first_service_date
    union all
    select
        episode_window.episode_id,
        'claim_may_be_replaced' as remark,
        'medical_claim' as source_table,
        adjustment.claim_id,
        adjustment.place.delivery_number,
        adjustment.place.file_number,
        adjustment.place.source_row
    from intermediate.episode_window
    inner join adjustment
        on
            episode_window.member_id = adjustment.member_id
            and episode_window.look_back_start_date <= adjustment.first_service_date
            and episode_window.last_event_date >= adjustment.first_service_date
),

final as (
    select
        remarked.* exclude (delivery_number, file_number, source_row),
        cast([] as varchar[]) as column_names,
        cast(null as varchar) as claim_line_number,
        remarked.delivery_number,
        remarked.file_number,
        remarked.source_row
    from remarked
)

select * from final

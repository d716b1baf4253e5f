-- One row per delivered version of a claim line of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays. Rows of deliveries before the one that
-- staging.claim_kept_from names are gone. Versions of a line are told apart in intermediate.claim_line_version.
--
-- See docs/rule.md 2.1.

with

owned as (
    select
        medical_claim.* exclude (member_id),
        candidate_identifier.member_id
    from kept.medical_claim
    inner join staging.candidate_identifier
        on medical_claim.member_id = candidate_identifier.delivered_member_id
),

-- Few lines came more than once, and only their rows are compared in all columns.
line_sent_again as (
    select
        owned.member_id,
        owned.claim_id,
        owned.claim_line_number
    from owned
    group by owned.member_id, owned.claim_id, owned.claim_line_number
    having count(*) > 1
),

last_copy as (
    select
        owned.* exclude (row_warnings, delivery_number, file_number, source_row),
        max(
            struct_pack(
                delivery_number := owned.delivery_number,
                file_number := owned.file_number,
                source_row := owned.source_row,
                row_warnings := owned.row_warnings
            )
        ) as place
    from owned
    inner join line_sent_again
        on
            owned.member_id = line_sent_again.member_id
            and owned.claim_id = line_sent_again.claim_id
            and owned.claim_line_number is not distinct from line_sent_again.claim_line_number
    group by all
),

delivered as (
    select
        last_copy.* exclude (place),
        last_copy.place.row_warnings,
        last_copy.place.delivery_number,
        last_copy.place.file_number,
        last_copy.place.source_row
    from last_copy
    union all by name
    select owned.*
    from owned
    left join line_sent_again
        on
            owned.member_id = line_sent_again.member_id
            and owned.claim_id = line_sent_again.claim_id
            and owned.claim_line_number is not distinct from line_sent_again.claim_line_number
    where line_sent_again.claim_id is null
),

final as (
    select delivered.*
    from delivered
    left join staging.claim_kept_from
        on
            delivered.claim_id = claim_kept_from.claim_id
            and delivered.member_id = claim_kept_from.member_id
    where
        claim_kept_from.delivery_number is null
        or delivered.delivery_number >= claim_kept_from.delivery_number
)

select * from final

-- One row per rule by which a delivered row that may be an implantation was not read as one, of any member: look at it.
--
-- unread_reason: set_aside, malformed (its code holds an implant code) or look_alike (letters O, I, L for 0 and 1).
-- came_right: a later delivery has a line of that member and claim with the implant code.

with

came_right as (
    select
        unread_opening_row.delivery_number,
        unread_opening_row.file_number,
        unread_opening_row.source_row
    from kept.unread_opening_row
    inner join staging.candidate_identifier
        on unread_opening_row.member_id = candidate_identifier.delivered_member_id
    inner join staging.medical_claim
        on
            candidate_identifier.member_id = medical_claim.member_id
            and unread_opening_row.claim_id = medical_claim.claim_id
            and unread_opening_row.opening_code = medical_claim.hcpcs_code
            and unread_opening_row.delivery_number < medical_claim.delivery_number
    group by all
),

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
        unread_opening_row.delivery_number,
        unread_opening_row.table_name as source_table,
        source_file.file_name as source_file,
        unread_opening_row.source_row,
        unread_opening_row.member_id,
        unread_opening_row.claim_id,
        unread_opening_row.claim_line_number,
        unread_opening_row.unread_reason,
        unread_opening_row.column_name,
        unread_opening_row.unread_rule,
        unread_opening_row.code,
        unread_opening_row.opening_code,
        came_right.source_row is not null as came_right
    from kept.unread_opening_row
    left join source_file
        on
            unread_opening_row.delivery_number = source_file.delivery_number
            and unread_opening_row.file_number = source_file.file_number
    left join came_right
        on
            unread_opening_row.delivery_number = came_right.delivery_number
            and unread_opening_row.file_number = came_right.file_number
            and unread_opening_row.source_row = came_right.source_row
    order by
        unread_opening_row.delivery_number,
        unread_opening_row.file_number,
        unread_opening_row.source_row,
        unread_opening_row.column_name,
        unread_opening_row.unread_rule
)

select * from final

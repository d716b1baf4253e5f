-- One row per delivered authorisation of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays (rule, section 2).
with

history as (
    select prior_authorization.*
    from landed.prior_authorization
    inner join staging.candidate_member
        on prior_authorization.member_id = candidate_member.member_id
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.authorization_id,
                history.member_id,
                history.decision,
                history.hcpcs_code,
                history.decision_date,
                history.valid_from,
                history.valid_to
            order by
                history.delivery_number desc,
                history.file_number desc,
                history.source_row desc
        ) as copy_number
    from history
),

final as (
    select
        numbered.authorization_id,
        numbered.member_id,
        numbered.decision,
        numbered.hcpcs_code,
        numbered.decision_date,
        numbered.valid_from,
        numbered.valid_to,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final

-- One row per delivered fill of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays; line numbers are compared
-- without leading zeros (rule, section 2).
with

history as (
    select pharmacy_claim.*
    from landed.pharmacy_claim
    inner join staging.candidate_member
        on pharmacy_claim.member_id = candidate_member.member_id
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.claim_id,
                case
                    when history.claim_line_number is not null
                        then coalesce(nullif(ltrim(history.claim_line_number, '0'), ''), '0')
                end,
                history.member_id,
                history.dispensing_date,
                history.ndc_code,
                history.rxnorm_code,
                history.atc_code,
                history.generic_name,
                history.quantity,
                history.days_supply,
                history.paid_amount,
                history.claim_status
            order by
                history.delivery_number desc,
                history.file_number desc,
                history.source_row desc
        ) as copy_number
    from history
),

final as (
    select
        numbered.claim_id,
        numbered.claim_line_number,
        numbered.member_id,
        numbered.dispensing_date,
        numbered.ndc_code,
        numbered.rxnorm_code,
        numbered.atc_code,
        numbered.generic_name,
        numbered.quantity,
        numbered.days_supply,
        numbered.paid_amount,
        numbered.claim_status,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final

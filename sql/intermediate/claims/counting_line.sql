-- One row per claim line that counts: the final version of a paid or pending line of a claim that counts.
--
-- Denied and reversed lines do not count for episodes, care or dollars (rule, section 2.4).

with

final as (
    select final_line.*
    from intermediate.final_line
    inner join intermediate.claim_final_state
        on
            final_line.member_id = claim_final_state.member_id
            and final_line.claim_id = claim_final_state.claim_id
            and claim_final_state.final_state = 'counts'
    where final_line.claim_status in ('paid', 'pending')
)

select * from final

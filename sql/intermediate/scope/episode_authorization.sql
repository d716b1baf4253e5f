-- One row per episode and prior authorization that approves it on its anchor date.
--
-- Approved or partially approved, valid on the anchor date (both ends in, blank is open), and for no code in
-- particular, for one of the episode's index codes, or named on a claim of the episode.
--
-- See docs/rule.md 5.7.

with

named_authorization as (
    select
        episode_claim.episode_id,
        standing_line.prior_authorization_number
    from intermediate.episode_claim
    inner join intermediate.standing_line
        on
            episode_claim.member_id = standing_line.member_id
            and episode_claim.claim_id = standing_line.claim_id
    where standing_line.prior_authorization_number is not null
    group by episode_claim.episode_id, standing_line.prior_authorization_number
),

final as (
    select
        episode.episode_id,
        final_authorization.authorization_id,
        final_authorization.decision,
        final_authorization.hcpcs_code,
        final_authorization.decision_date,
        final_authorization.valid_from,
        final_authorization.valid_to,
        final_authorization.delivery_number,
        final_authorization.file_number,
        final_authorization.source_row
    from intermediate.episode
    inner join intermediate.final_authorization
        on episode.member_id = final_authorization.member_id
    left join named_authorization
        on
            episode.episode_id = named_authorization.episode_id
            and final_authorization.authorization_id = named_authorization.prior_authorization_number
    where
        final_authorization.decision in ('approved', 'partially_approved')
        and coalesce(final_authorization.valid_from, episode.anchor_date) <= episode.anchor_date
        and coalesce(final_authorization.valid_to, episode.anchor_date) >= episode.anchor_date
        and (
            final_authorization.hcpcs_code is null
            or list_contains(episode.index_codes, final_authorization.hcpcs_code)
            or named_authorization.episode_id is not null
        )
)

select * from final

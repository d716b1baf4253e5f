-- One row per episode: who operated, where, and who billed the implant, as the claims name them.
--
-- surgeon_npis are the rendering providers of its professional implant lines, billing_npis the billing providers of the
-- claims with an implant line, facility_npis the facilities named on any of its claims, and of an institutional line
-- that names none the billing provider. Each in order, once; empty where nobody is named. Dollars by payee stand in
-- audit.episode_dollar_line, each line once.
--
-- See docs/contract.md 2.1.

with

surgeon as (
    select
        episode_index_line.episode_id,
        'surgeon' as part,
        counting_line.rendering_npi as npi
    from intermediate.episode_index_line
    inner join intermediate.counting_line
        on
            episode_index_line.member_id = counting_line.member_id
            and episode_index_line.claim_id = counting_line.claim_id
            and episode_index_line.source_key = counting_line.line_key
    where
        episode_index_line.source_table = 'medical_claim'
        and counting_line.claim_type = 'professional'
),

claim_provider as (
    select
        episode_claim.episode_id,
        episode_claim.is_index_claim,
        standing_line.billing_npi,
        coalesce(
            standing_line.facility_npi,
            case when standing_line.claim_type = 'institutional' then standing_line.billing_npi end
        ) as facility_npi
    from intermediate.episode_claim
    inner join intermediate.standing_line
        on
            episode_claim.member_id = standing_line.member_id
            and episode_claim.claim_id = standing_line.claim_id
),

named as (
    select * from surgeon
    union
    select
        claim_provider.episode_id,
        'facility' as part,
        claim_provider.facility_npi as npi
    from claim_provider
    union
    select
        claim_provider.episode_id,
        'billing' as part,
        claim_provider.billing_npi as npi
    from claim_provider
    where claim_provider.is_index_claim
),

final as (
    select
        episode.episode_id,
        coalesce(list(named.npi order by named.npi) filter (where named.part = 'surgeon'), []) as surgeon_npis,
        coalesce(list(named.npi order by named.npi) filter (where named.part = 'facility'), []) as facility_npis,
        coalesce(list(named.npi order by named.npi) filter (where named.part = 'billing'), []) as billing_npis
    from intermediate.episode
    left join named
        on
            episode.episode_id = named.episode_id
            and named.npi is not null
    group by episode.episode_id
)

select * from final

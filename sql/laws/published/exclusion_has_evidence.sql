-- One row per excluded episode and exclusion without a delivered row that decided it, or with one and no exclusion.
--
-- Law: every exclusion has its evidence, a row of a delivered file, and there is none without its exclusion

with

excluded as (
    select
        episode_review.episode_id,
        unnest(episode_review.exclusion_reasons) as exclusion_reason
    from episode_review
),

shown as (
    select
        exclusion_evidence.episode_id,
        exclusion_evidence.exclusion_reason
    from exclusion_evidence
    where exclusion_evidence.source_row is not null
    group by exclusion_evidence.episode_id, exclusion_evidence.exclusion_reason
),

final as (
    select
        coalesce(excluded.episode_id, shown.episode_id) as episode_id,
        coalesce(excluded.exclusion_reason, shown.exclusion_reason) as exclusion_reason
    from excluded
    full join shown
        on
            excluded.episode_id = shown.episode_id
            and excluded.exclusion_reason = shown.exclusion_reason
    where
        excluded.episode_id is null
        or shown.episode_id is null
)

select * from final

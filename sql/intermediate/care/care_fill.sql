-- One row per open episode and fill that was considered as care before the implant, with whether it counts and why not.
--
-- See docs/rule.md 6.1, 6.4, 6.5.

with

judged_fill as (
    select
        open_episode.episode_id,
        fill_medication.claim_id,
        fill_medication.claim_line_number,
        fill_medication.dispensing_date,
        fill_medication.dispensing_date >= open_episode.look_back_start_date as is_in_look_back,
        fill_medication.code_system,
        fill_medication.code,
        fill_medication.drug_class,
        fill_medication.days_supply,
        fill_medication.delivery_number,
        fill_medication.file_number,
        fill_medication.source_row,
        case
            when fill_medication.counts <> 'yes' then 'drug_does_not_count'
            when fill_medication.is_not_oral then 'not_an_oral_form'
            when fill_medication.days_supply <= 0 then 'takes_days_back'
            when not coalesce(medication_day.is_service, false) then 'days_taken_back'
        end as counts_reason
    from intermediate.open_episode
    inner join intermediate.fill_medication
        on
            open_episode.member_id = fill_medication.member_id
            and open_episode.history_start_date <= fill_medication.dispensing_date
            and open_episode.look_back_end_date >= fill_medication.dispensing_date
    left join intermediate.medication_day
        on
            open_episode.episode_id = medication_day.episode_id
            and fill_medication.drug_class = medication_day.drug_class
            and fill_medication.dispensing_date = medication_day.dispensing_date
),

final as (
    select
        judged_fill.*,
        case when judged_fill.counts_reason is null then 'yes' else 'no' end as counts
    from judged_fill
)

select * from final

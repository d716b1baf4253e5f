-- One row per standing line or procedure row whose code stands in the value set index_procedures on its date.
--
-- Procedure rows of a claim whose counting lines were all credited open nothing.
--
-- See docs/rule.md 1.1, 2.7, 3.1, 3.3.

with

final as (
    select
        service.*,
        index_procedures.value_set,
        index_procedures.role,
        case when service.is_credited_claim then 'no' else index_procedures.opens_event end as opens_event,
        index_procedures.value_set <> 'not_in_scope_neurostim' as is_in_scope,
        index_procedures.role in ('trial_or_lead', 'paddle_lead', 'pns_lead', 'one_piece')
        and index_procedures.value_set <> 'not_in_scope_neurostim' as is_lead,
        index_procedures.role in ('generator', 'one_piece') as is_generator
    from intermediate.service
    inner join value_sets.index_procedures
        on
            service.match_system = index_procedures.match_system
            and service.code = index_procedures.code
            and service.service_date between index_procedures.first_valid_date and index_procedures.last_valid_date
)

select * from final

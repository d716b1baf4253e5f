-- One row per code that opens a case and is valid on the run date, also one that no line has: its share of the lines
-- with such a code; and the share of the code that most of them have.

with

opening_code as (
    select index_procedures.code
    from value_sets.index_procedures
    cross join run
    where
        index_procedures.opens_event <> 'no'
        and index_procedures.code_system in ('cpt', 'hcpcs')
        and coalesce(index_procedures.effective_start, run.as_of_date) <= run.as_of_date
        and coalesce(index_procedures.effective_end, run.as_of_date) >= run.as_of_date
    group by index_procedures.code
),

coded as (
    select
        delivered_medical_claim.hcpcs_code as code,
        count(*) as line_count
    from delivered_medical_claim
    inner join opening_code
        on delivered_medical_claim.hcpcs_code = opening_code.code
    group by delivered_medical_claim.hcpcs_code
),

total as (
    select
        sum(coded.line_count) as line_count,
        max(coded.line_count) as top_count
    from coded
),

final as (
    select
        'code' as segment_kind,
        opening_code.code as segment,
        'opening_code_share' as measure,
        coalesce(coded.line_count, 0) / total.line_count as value, -- noqa: RF04
        total.line_count as row_count
    from opening_code
    cross join total
    left join coded
        on opening_code.code = coded.code
    union all
    select
        'all' as segment_kind,
        '' as segment,
        'top_code_share' as measure,
        total.top_count / total.line_count as value, -- noqa: RF04
        total.line_count as row_count
    from total
)

select * from final

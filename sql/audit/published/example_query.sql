-- One row per question that auditors ask, with a query that answers it; each runs as it stands.

with

final as (
    select
        example_query.example_number,
        example_query.query_name,
        example_query.question,
        example_query.query
    from run_facts.example_query
)

select * from final

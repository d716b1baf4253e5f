-- One row per table of the run, of this file and in between, with the tables that it is made of.

with

final as (
    select
        lineage.model,
        lineage.meaning,
        lineage.made_of
    from run_facts.lineage
)

select * from final

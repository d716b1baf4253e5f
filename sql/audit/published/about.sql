-- One row per thing to know before using this file, with every change of its tables since the first.

with

final as (
    select
        about.about_number,
        about.topic,
        about.about_text
    from run_facts.about
)

select * from final

-- One row per counting line that was not credited: what stands for everything but dollars.
--
-- See docs/rule.md 2.7.

with

final as (
    select counting_line.* exclude (is_credited)
    from intermediate.counting_line
    where not counting_line.is_credited
)

select * from final

-- One row per case that stood flagged at a moment of knowledge time: flags_as_of(timestamp '2026-06-03 12:00:00').
--
-- The moment is UTC. The audit that was published last at or before the moment, as flag_history has it.

with

in_force as (
    select max(run_history.run_number) as run_number
    from audit.run_history
    where run_history.known_from_utc <= moment_utc
),

final as (
    select flag_history.*
    from audit.flag_history
    inner join in_force
        on flag_history.run_number = in_force.run_number
)

select * from final

-- One row per policy and parameter, with the value in force and the reason for it.

with

final as (
    select
        policy.policy_id,
        policy.policy_version,
        policy.title as policy_title,
        parameter.parameter,
        parameter.value as parameter_value,
        parameter.unit,
        parameter.reason as parameter_reason
    from policies.parameter
    inner join policies.policy on parameter.policy_id = policy.policy_id
)

select * from final

-- One row per check of this run on delivered data, with counts and never a value.

with

final as (
    select
        check_result.check_name,
        check_result.severity,
        check_result.table_name,
        check_result.failed_count,
        check_result.total_count,
        check_result.status,
        check_result.description,
        check_result.consequence
    from run_facts.check_result
    union all
    select
        rule_data_quality.check_name,
        rule_data_quality.severity,
        rule_data_quality.table_name,
        rule_data_quality.failed_count,
        rule_data_quality.total_count,
        rule_data_quality.status,
        rule_data_quality.description,
        rule_data_quality.consequence
    from intermediate.rule_data_quality
)

select * from final

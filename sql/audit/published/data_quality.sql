-- One row per check of this run on delivered data, with counts and never a value.
--
-- What was mended or is doubtful in delivered values is one row per file, table, column and rule.
-- Of earlier deliveries only those values are still told that fail a check by themselves, so that they are not
-- forgotten; they no longer make a night one with caveats. Doubtful and set-aside rows that touch a case are counted by
-- the cases (case_...), failed where the newest delivery brought the row or the case.
--
-- See docs/contract.md 1.3.

with

newest_delivery as (
    select max(delivered_file.delivery_number) as delivery_number
    from landed.delivered_file
    where delivered_file.fate = 'landed'
),

final as (
    select
        check_result.check_name,
        check_result.severity,
        check_result.table_name,
        cast(null as varchar) as file_name,
        cast(null as varchar) as column_name,
        check_result.failed_count,
        check_result.total_count,
        check_result.status,
        check_result.description,
        check_result.consequence,
        check_result.message
    from run_facts.check_result
    union all
    select
        rule_data_quality.check_name,
        rule_data_quality.severity,
        rule_data_quality.table_name,
        cast(null as varchar) as file_name,
        cast(null as varchar) as column_name,
        rule_data_quality.failed_count,
        rule_data_quality.total_count,
        rule_data_quality.status,
        rule_data_quality.description,
        rule_data_quality.consequence,
        case
            when rule_data_quality.status = 'failed'
                then
                    format(
                        '{}: {:,} of {:,}. {}',
                        rtrim(rule_data_quality.description, '.'),
                        rule_data_quality.failed_count,
                        rule_data_quality.total_count,
                        rule_data_quality.consequence
                    )
        end as message
    from intermediate.rule_data_quality
    union all
    select
        repaired_value.rule as check_name,
        repaired_value.severity,
        repaired_value.table_name,
        repaired_value.file_name,
        repaired_value.column_name,
        repaired_value.row_count as failed_count,
        repaired_value.total_count,
        case
            when repaired_value.is_failure and repaired_value.delivery_number = newest_delivery.delivery_number
                then 'failed'
            else 'counted'
        end as status,
        repaired_value.description,
        repaired_value.consequence,
        case
            when repaired_value.row_count > 0
                then
                    format(
                        '{}: {:,} of {:,}. {}',
                        rtrim(repaired_value.description, '.'),
                        repaired_value.row_count,
                        repaired_value.total_count,
                        repaired_value.consequence
                    )
        end as message
    from landed.repaired_value
    cross join newest_delivery
    where
        repaired_value.is_failure
        or repaired_value.delivery_number = newest_delivery.delivery_number
    union all
    select
        'opening_row_' || unread_opening_row.unread_reason as check_name,
        'warning' as severity,
        unread_opening_row.source_table as table_name,
        unread_opening_row.source_file as file_name,
        cast(null as varchar) as column_name,
        count(distinct unread_opening_row.source_row) as failed_count,
        count(distinct unread_opening_row.source_row) as total_count,
        case
            when unread_opening_row.delivery_number = newest_delivery.delivery_number then 'failed' else 'counted'
        end as status,
        word.sentence as description,
        'An implantation may be missing from the audit. Look at the rows in audit.unread_opening_row.' as consequence,
        format(
            '{}: {:,}. An implantation may be missing from the audit. Look at the rows in audit.unread_opening_row.',
            rtrim(word.sentence, '.'),
            count(distinct unread_opening_row.source_row)
        ) as message
    from audit.unread_opening_row
    inner join vocabulary.word
        on
            unread_opening_row.unread_reason = word.word
            and word.kind = 'unread_reason'
    cross join newest_delivery
    where not unread_opening_row.came_right
    group by
        unread_opening_row.unread_reason,
        unread_opening_row.source_table,
        unread_opening_row.source_file,
        unread_opening_row.delivery_number,
        newest_delivery.delivery_number,
        word.sentence
    union all
    select
        'case_' || episode_remark.remark as check_name,
        'warning' as severity,
        episode_remark.source_table as table_name,
        cast(null as varchar) as file_name,
        cast(null as varchar) as column_name,
        count(distinct episode_remark.episode_id) as failed_count,
        (select count(*) from audit.episode_review) as total_count,
        case when bool_or(episode_remark.is_new) then 'failed' else 'counted' end as status,
        min(episode_remark.remark_text) as description,
        'Cases are touched, and say so on their pages. The rows are in audit.episode_remark.' as consequence,
        format(
            '{:,} cases touched: {} They say so on their pages. The rows are in audit.episode_remark.',
            count(distinct episode_remark.episode_id),
            min(episode_remark.remark_text)
        ) as message
    from audit.episode_remark
    where episode_remark.remark_kind <> 'repaired'
    group by episode_remark.remark, episode_remark.source_table
)

select * from final

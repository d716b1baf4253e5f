-- One row per claim line in its final version, whatever its status.
--
-- A blank claim_status is paid. A total line (institutional, a revenue code of total_lines, no HCPCS code) repeats the
-- sum of its claim; a claim of total lines alone keeps the first by line number (by length, then bytes) as an ordinary
-- line.
--
-- See docs/rule.md 2.2, 2.6.

with

last_version as (
    select
        claim_line_version.* exclude (claim_status, version_number),
        coalesce(claim_line_version.claim_status, 'paid') as claim_status,
        claim_line_version.claim_type = 'institutional'
        and claim_line_version.hcpcs_code is null
        and exists (
            select 1
            from value_sets.total_lines
            where
                total_lines.code = claim_line_version.revenue_center_code
                and claim_line_version.claim_line_start_date
                between total_lines.first_valid_date and total_lines.last_valid_date
        ) as repeats_sum
    from intermediate.claim_line_version
    where claim_line_version.version_number = claim_line_version.version_count
),

final as (
    select
        last_version.* exclude (repeats_sum),
        last_version.repeats_sum
        and not (
            bool_and(last_version.repeats_sum) over (partition by last_version.member_id, last_version.claim_id)
            and row_number() over (
                partition by last_version.member_id, last_version.claim_id
                order by length(last_version.line_key) asc, last_version.line_key asc
            ) = 1
        ) as is_total_line
    from last_version
)

select * from final

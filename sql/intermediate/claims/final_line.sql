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
        coalesce(claim_line_version.claim_status, 'paid') as claim_status
    from intermediate.claim_line_version
    where claim_line_version.version_number = claim_line_version.version_count
),

summing_line as (
    select
        last_version.member_id,
        last_version.claim_id,
        last_version.line_key
    from last_version
    inner join value_sets.total_lines
        on
            last_version.revenue_center_code = total_lines.code
            and last_version.claim_line_start_date between total_lines.first_valid_date and total_lines.last_valid_date
    where
        last_version.claim_type = 'institutional'
        and last_version.hcpcs_code is null
    group by last_version.member_id, last_version.claim_id, last_version.line_key
),

numbered_line as (
    select
        summing_line.*,
        row_number() over (
            partition by summing_line.member_id, summing_line.claim_id
            order by length(summing_line.line_key) asc, summing_line.line_key asc
        ) as turn
    from summing_line
),

summing_claim as (
    select
        summing_line.member_id,
        summing_line.claim_id,
        count(*) as summing_count
    from summing_line
    group by summing_line.member_id, summing_line.claim_id
),

claim_of_sums as (
    select
        summing_claim.member_id,
        summing_claim.claim_id
    from summing_claim
    inner join last_version
        on
            summing_claim.member_id = last_version.member_id
            and summing_claim.claim_id = last_version.claim_id
    group by summing_claim.member_id, summing_claim.claim_id, summing_claim.summing_count
    having count(*) = summing_claim.summing_count
),

final as (
    select
        last_version.*,
        numbered_line.line_key is not null
        and not (claim_of_sums.claim_id is not null and numbered_line.turn = 1) as is_total_line
    from last_version
    left join numbered_line
        on
            last_version.member_id = numbered_line.member_id
            and last_version.claim_id = numbered_line.claim_id
            and last_version.line_key = numbered_line.line_key
    left join claim_of_sums
        on
            last_version.member_id = claim_of_sums.member_id
            and last_version.claim_id = claim_of_sums.claim_id
)

select * from final

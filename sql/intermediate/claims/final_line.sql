-- One row per claim line in its final version, whatever its status.
--
-- A blank claim_status is paid (contract).

with

final as (
    select
        claim_line_version.* exclude (claim_status, version_number),
        coalesce(claim_line_version.claim_status, 'paid') as claim_status
    from intermediate.claim_line_version
    where claim_line_version.version_number = claim_line_version.version_count
)

select * from final

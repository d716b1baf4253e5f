-- One row per prior authorisation and code in the version delivered last.
--
-- Versions share member, authorization_id and hcpcs_code (blank equal to blank). A row without a code that is withdrawn
-- or denied also takes out every earlier row of the member's authorisation, whatever its code and also where that row
-- is superseded later itself.
--
-- See docs/rule.md 2.2.

with

placed as (
    select
        prior_authorization.*,
        {
            'delivery_number': prior_authorization.delivery_number,
            'file_number': prior_authorization.file_number,
            'source_row': prior_authorization.source_row
        } as place,
        prior_authorization.hcpcs_code is null
        and prior_authorization.decision in ('withdrawn', 'denied') as takes_out_all
    from staging.prior_authorization
),

ordered as (
    select
        placed.*,
        max(placed.place) over (
            partition by placed.member_id, placed.authorization_id, placed.hcpcs_code
        ) as last_place,
        max(placed.place) filter (where placed.takes_out_all) over (
            partition by placed.member_id, placed.authorization_id
        ) as taken_out_place
    from placed
),

final as (
    select ordered.* exclude (place, takes_out_all, last_place, taken_out_place)
    from ordered
    where
        ordered.place = ordered.last_place
        and (
            ordered.taken_out_place is null
            or ordered.place >= ordered.taken_out_place
        )
)

select * from final

-- One row per newest delivery that looks like a full refresh and does not say that it is one: the days it holds.
--
-- More than half of its claims came before, and more than half of the earlier claims of its days come again. Where its
-- lines are fewer than a quarter of those of its months the earlier ones are not looked at: it cannot be one.
--
-- See docs/contract.md 1.7.

with

newest as (
    select max(delivery.delivery_number) as delivery_number
    from landed.delivery
    having
        max(delivery.delivery_number) > 1
        and arg_max(delivery.delivery_kind, delivery.delivery_number) <> 'full'
),

newest_claim as (
    select
        medical_claim.member_id,
        medical_claim.claim_id,
        min(medical_claim.claim_line_start_date) as first_date,
        max(medical_claim.claim_line_start_date) as last_date,
        count(*) as line_count
    from landed.medical_claim
    inner join newest
        on medical_claim.delivery_number = newest.delivery_number
    group by medical_claim.member_id, medical_claim.claim_id
),

held as (
    select
        min(newest_claim.first_date) as first_date,
        max(newest_claim.last_date) as last_date,
        count(*) as claim_count,
        sum(newest_claim.line_count) as line_count
    from newest_claim
),

asked as (
    select held.*
    from held
    where 4 * held.line_count >= (
        select coalesce(sum(feed_month.row_count), 0)
        from staging.feed_month
        where
            feed_month.table_name = 'medical_claim'
            and feed_month.month_start_date >= date_trunc('month', held.first_date)
            and feed_month.month_start_date <= held.last_date
    )
),

earlier_claim as (
    select
        medical_claim.member_id,
        medical_claim.claim_id,
        min(medical_claim.claim_line_start_date) as first_date,
        max(medical_claim.claim_line_start_date) as last_date
    from landed.medical_claim
    inner join newest
        on medical_claim.delivery_number < newest.delivery_number
    inner join asked
        on true
    group by medical_claim.member_id, medical_claim.claim_id
),

compared as (
    select
        asked.first_date,
        asked.last_date,
        asked.claim_count,
        count(newest_claim.claim_id) as again_count,
        count(*) filter (
            where
            earlier_claim.first_date >= asked.first_date
            and earlier_claim.last_date <= asked.last_date
        ) as earlier_count,
        count(newest_claim.claim_id) filter (
            where
            earlier_claim.first_date >= asked.first_date
            and earlier_claim.last_date <= asked.last_date
        ) as earlier_again_count
    from earlier_claim
    cross join asked
    left join newest_claim
        on
            earlier_claim.member_id = newest_claim.member_id
            and earlier_claim.claim_id = newest_claim.claim_id
    group by asked.first_date, asked.last_date, asked.claim_count
),

final as (
    select
        newest.delivery_number,
        compared.first_date,
        compared.last_date
    from compared
    cross join newest
    where
        2 * compared.again_count > compared.claim_count
        and 2 * compared.earlier_again_count > compared.earlier_count
)

select * from final

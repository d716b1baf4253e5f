-- One row per run (one): its date, the feeds supplied, and the newest line loaded that does not start after that date.
--
-- Enrolment is assumed only where that was asked for and no eligibility extract was delivered. A pharmacy benefit is
-- told where any eligibility row loaded, also one that another replaced, says true or false.

with

supplied_feed as (
    select
        bool_or(feed.table_name = 'eligibility' and feed.is_supplied) as has_eligibility,
        bool_or(feed.table_name = 'pharmacy_claim' and feed.is_supplied) as has_pharmacy_claim,
        bool_or(feed.table_name = 'prior_authorization' and feed.is_supplied) as has_prior_authorization,
        bool_or(feed.table_name = 'care_documentation' and feed.is_supplied) as has_care_documentation
    from landed.feed
),

newest_line as (
    select max(feed_month.newest_date) as newest_line_start_date
    from staging.feed_month
    where feed_month.table_name = 'medical_claim'
),

told_benefit as (
    select coalesce(bool_or(eligibility.has_pharmacy_benefit is not null), false) as is_pharmacy_benefit_told
    from landed.eligibility
),

final as (
    select
        run_given.as_of_date,
        run_given.assume_enrolled and not supplied_feed.has_eligibility as is_enrollment_assumed,
        supplied_feed.has_eligibility,
        supplied_feed.has_pharmacy_claim,
        supplied_feed.has_prior_authorization,
        supplied_feed.has_care_documentation,
        told_benefit.is_pharmacy_benefit_told,
        newest_line.newest_line_start_date
    from run_facts.run_given
    cross join supplied_feed
    cross join told_benefit
    cross join newest_line
)

select * from final

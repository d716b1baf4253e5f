"""Nothing is lost and nothing counted twice: claims, lines, dollars, episodes, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.messy.members import messy_members
from tests.second_opinion.sitting import BY_LINE_OF_BUSINESS
from tests.support.product import VALUE_SETS, Setup, product

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection

DOLLARS_BY_CLAIM = """
    interim as (
        select
            owned.member_id,
            owned.event_date,
            line.claim_id,
            claim.claim_date,
            line.revenue_center_code,
            line.hcpcs_code,
            line.claim_line_start_date,
            line.service_unit_quantity,
            line.paid_amount,
            count(*) as lines,
            sum(coalesce(line.allowed_amount, 0)) as allowed
        from intermediate.event_claim as owned
        inner join intermediate.claim
            on owned.member_id = claim.member_id and owned.claim_id = claim.claim_id
        inner join intermediate.counting_line as line
            on owned.member_id = line.member_id and owned.claim_id = line.claim_id
        where
            owned.is_owned
            and line.claim_type = 'institutional'
            and (
                list_contains(['2', '3', '4'], coalesce(line.claim_frequency_code, ''))
                or list_contains(['2', '3', '4'], right(coalesce(line.bill_type_code, ''), 1))
            )
        group by all
    ),
    repeated as (
        select bill.member_id, bill.claim_id, bill.lines, bill.lines * bill.paid_amount as paid, bill.allowed
        from interim as bill
        where exists (
            select 1 from interim as other
            where
                (other.member_id, other.event_date) = (bill.member_id, bill.event_date)
                and other.claim_id <> bill.claim_id
                and other.revenue_center_code is not distinct from bill.revenue_center_code
                and other.hcpcs_code is not distinct from bill.hcpcs_code
                and other.claim_line_start_date = bill.claim_line_start_date
                and other.service_unit_quantity is not distinct from bill.service_unit_quantity
                and other.paid_amount = bill.paid_amount
                and (-other.lines, other.claim_date, other.claim_id) < (-bill.lines, bill.claim_date, bill.claim_id)
        )
    ),
    dollars as (
        select
            claim.*,
            claim.all_paid - coalesce(repeated.paid, 0) as paid,
            claim.all_allowed - coalesce(repeated.allowed, 0) as allowed,
            coalesce(repeated.lines, 0) as repeats
        from (
            select
                line.member_id,
                line.claim_id,
                sum(line.paid_amount) as all_paid,
                sum(coalesce(line.allowed_amount, 0)) as all_allowed
            from intermediate.counting_line as line
            group by line.member_id, line.claim_id
        ) as claim
        left join (
            select member_id, claim_id, sum(lines) as lines, sum(paid) as paid, sum(allowed) as allowed
            from repeated
            group by member_id, claim_id
        ) as repeated
            on claim.member_id = repeated.member_id and claim.claim_id = repeated.claim_id
    )
"""
"""Dollars of a claim: its counting lines, each once, without those that a fuller interim bill of its event holds.

Equal lines of interim bills "count as often as in the bill that holds most of them, its lines (ties: the first claim by
claim date and id); allowed dollars go with the same lines" (docs/rule.md 3.4).
"""

BROKEN: dict[str, str] = {
    "every index line is in exactly one episode": """
        select index_line.member_id
        from intermediate.index_line
        left join intermediate.episode_index_line
            on
                index_line.member_id = episode_index_line.member_id
                and index_line.claim_id = episode_index_line.claim_id
                and index_line.source_table = episode_index_line.source_table
                and index_line.source_key = episode_index_line.source_key
        group by index_line.member_id, index_line.claim_id, index_line.source_table, index_line.source_key
        having count(episode_index_line.episode_id) <> 1
    """,
    "every claim line that opens an event is shown with its episode and counts": """
        select episode_index_line.claim_id
        from intermediate.episode_index_line
        left join audit.claim_line_state
            on
                episode_index_line.member_id = claim_line_state.member_id
                and episode_index_line.claim_id = claim_line_state.claim_id
                and episode_index_line.episode_id = claim_line_state.episode_id
                and claim_line_state.line_state = 'counts'
        where episode_index_line.source_table = 'medical_claim'
        group by episode_index_line.member_id, episode_index_line.claim_id, episode_index_line.source_key
        having count(claim_line_state.claim_id) = 0
    """,
    "no line that does not count opens an episode": """
        select claim_line_state.claim_id
        from audit.claim_line_state
        where claim_line_state.episode_id is not null and claim_line_state.line_state <> 'counts'
    """,
    "a line has one last version, and the others are superseded": """
        select claim_line_state.claim_id
        from audit.claim_line_state
        where (claim_line_state.version_number < claim_line_state.version_count)
            <> (claim_line_state.line_state = 'superseded_version')
            or claim_line_state.version_number not between 1 and claim_line_state.version_count
    """,
    "a claim's dollars are in exactly one episode": """
        select owned.member_id
        from (select member_id, unnest(claim_ids) as claim_id from audit.episode_review) as owned
        group by owned.member_id, owned.claim_id
        having count(*) <> 1
    """,
    "every claim with an index line has its dollars in an episode": """
        select index_line.claim_id
        from intermediate.index_line
        left join (select member_id, unnest(claim_ids) as claim_id from audit.episode_review) as owned
            on
                index_line.member_id = owned.member_id
                and index_line.claim_id = owned.claim_id
        where owned.claim_id is null
    """,
    "an episode's dollars are those of the counting lines of its claims, to the cent": f"""
        with {DOLLARS_BY_CLAIM}
        select episode_review.episode_id
        from audit.episode_review
        left join (
            select owned.episode_id, sum(dollars.paid) as paid, sum(dollars.allowed) as allowed
            from (select episode_id, member_id, unnest(claim_ids) as claim_id from audit.episode_review) as owned
            inner join dollars
                on
                    owned.member_id = dollars.member_id
                    and owned.claim_id = dollars.claim_id
            group by owned.episode_id
        ) as total
            on episode_review.episode_id = total.episode_id
        where
            episode_review.paid_amount is distinct from coalesce(total.paid, 0)
            or episode_review.allowed_amount is distinct from coalesce(total.allowed, 0)
    """,
    "the lines that say why they belong to an episode sum to its dollars, to the cent": """
        select episode_review.episode_id
        from audit.episode_review
        left join (
            select episode_id, sum(paid_amount) as paid, sum(allowed_amount) as allowed, count(paid_amount) as known,
                count(*) as lines
            from audit.episode_dollar_line
            group by episode_id
        ) as total
            on episode_review.episode_id = total.episode_id
        where
            (episode_review.paid_amount is null) <> coalesce(total.known < total.lines, false)
            or episode_review.paid_amount <> coalesce(total.paid, 0)
            or episode_review.allowed_amount <> coalesce(total.allowed, 0)
    """,
    "every exclusion has a delivered row with its file, and no row is without its exclusion": """
        select episode_id, exclusion_reason
        from (select episode_id, unnest(exclusion_reasons) as exclusion_reason from audit.episode_review) as excluded
        full join (
            select
                episode_id,
                exclusion_reason,
                count(*) = count(source_file) and count(*) = count(source_row) as is_placed
            from audit.exclusion_evidence
            group by all
        ) as shown
            using (episode_id, exclusion_reason)
        where is_placed is distinct from true or excluded.episode_id is null
    """,
    "every fact of the history has its file and row": """
        select episode_id from audit.history_fact where source_file is null or source_row is null
    """,
    "every line that brings dollars says its file and row and stands once": """
        select claim_id
        from audit.episode_dollar_line
        inner join audit.episode_review
            on episode_dollar_line.episode_id = episode_review.episode_id
        group by member_id, claim_id, claim_line_number
        having count(*) <> 1 or count(source_file) <> 1 or count(source_row) <> 1
    """,
    "the dollars of all episodes are those of all claims of events, to the cent": f"""
        with {DOLLARS_BY_CLAIM}
        select total.paid
        from (select sum(paid_amount) as paid from audit.episode_review) as total
        cross join (
            select sum(dollars.paid) as paid
            from dollars
            inner join (select distinct member_id, claim_id from intermediate.event_claim) as claim
                on
                    dollars.member_id = claim.member_id
                    and dollars.claim_id = claim.claim_id
        ) as claims
        where total.paid is distinct from claims.paid
    """,
    "an episode has the note of interim bills exactly where they repeat a line": f"""
        with {DOLLARS_BY_CLAIM}
        select episode_review.episode_id
        from audit.episode_review
        where
            list_contains(episode_review.notes, 'interim_bills_repeat_lines')
            <> exists (
                select 1 from dollars
                where
                    dollars.member_id = episode_review.member_id
                    and list_contains(episode_review.claim_ids, dollars.claim_id)
                    and dollars.repeats > 0
            )
    """,
    "no total line counts beside another line of its claim": """
        select line.claim_id
        from intermediate.counting_line as line
        where
            line.claim_type = 'institutional'
            and line.revenue_center_code = '0001'
            and line.hcpcs_code is null
            and exists (
                select 1 from intermediate.claim_line_version as other
                where
                    line.member_id = other.member_id
                    and line.claim_id = other.claim_id
                    and line.line_key <> other.line_key
                    and other.version_number = other.version_count
                    and not (
                        other.claim_type = 'institutional'
                        and coalesce(other.revenue_center_code = '0001', false)
                        and other.hcpcs_code is null
                        and (length(line.line_key), line.line_key) < (length(other.line_key), other.line_key)
                    )
            )
    """,
    "a line that takes another out, and one that is taken out, is no service, index line or date of its claim": """
        select line.claim_id
        from intermediate.counting_line as line
        left join intermediate.index_line
            on
                line.member_id = index_line.member_id
                and line.claim_id = index_line.claim_id
                and line.line_key = index_line.source_key
                and index_line.source_table = 'medical_claim'
        left join intermediate.standing_line
            on
                line.member_id = standing_line.member_id
                and line.claim_id = standing_line.claim_id
                and line.line_key = standing_line.line_key
        where line.is_credited and (index_line.claim_id is not null or standing_line.claim_id is not null)
    """,
    "as many lines are credited for an amount of a claim as there are credits, or there are fewer such lines": """
        select amount.claim_id
        from (
            select
                line.member_id,
                line.claim_id,
                count(*) filter (where line.paid_amount < 0) as credits,
                count(*) filter (where line.paid_amount > 0) as charges,
                count(*) filter (where line.paid_amount > 0 and line.is_credited) as taken,
                count(*) filter (where line.paid_amount < 0 and not line.is_credited) as standing_credits
            from intermediate.counting_line as line
            where line.paid_amount <> 0 and coalesce(line.service_unit_quantity, 1) >= 0 or line.paid_amount < 0
            group by
                line.member_id, line.claim_id, line.hcpcs_code, line.revenue_center_code,
                line.claim_line_start_date, abs(line.paid_amount)
        ) as amount
        where amount.taken <> least(amount.credits, amount.charges) or amount.standing_credits > 0
    """,
    "every episode has one outcome with a reason of that outcome": """
        select episode_review.episode_id
        from audit.episode_review
        group by episode_review.episode_id
        having count(*) <> 1 or not bool_and(
            coalesce(
                case outcome
                    when 'excluded' then len(exclusion_reasons) > 0 and outcome_reason = exclusion_reasons[1]
                    when 'documented' then outcome_reason = 'failure_documented'
                    when 'flagged' then outcome_reason in (
                        'failure_not_documented', 'no_conservative_care_found', 'conservative_care_too_short'
                    )
                    when 'not_assessable' then outcome_reason in (
                        'claim_number_shared', 'documentation_not_supplied', 'history_not_delivered',
                        'insufficient_enrollment', 'medication_unknown'
                    )
                end,
                false
            )
            and (outcome = 'excluded') = (len(exclusion_reasons) > 0)
            and (outcome_reason = 'claim_number_shared') = (diagnosis_class is null)
            and not (
                enrollment_complete and outcome_reason in ('history_not_delivered', 'insufficient_enrollment')
            )
        )
    """,
    "episodes that are not excluded have five criteria and six groups, the others none": """
        select episode_review.episode_id
        from audit.episode_review
        where
            (select count(*) from audit.criterion_result as c where c.episode_id = episode_review.episode_id)
            <> case when episode_review.outcome = 'excluded' then 0 else 5 end
            or (select count(*) from audit.care_group_state as g where g.episode_id = episode_review.episode_id)
            <> case when episode_review.outcome = 'excluded' then 0 else 6 end
    """,
    "only flagged episodes have a priority, and it is the sum of its parts": """
        select episode_review.episode_id
        from audit.episode_review
        left join (
            select
                episode_id,
                sum(points) as points
            from audit.priority_part
            group by episode_id
        ) as parts
            on episode_review.episode_id = parts.episode_id
        where
            (episode_review.outcome = 'flagged') <> (episode_review.priority_score is not null)
            or (parts.points is not null) <> (episode_review.priority_score is not null)
            or abs(parts.points - episode_review.priority_score) > 0.0500001
            or episode_review.priority_score not between 0 and 100
    """,
    "each step of the funnel takes over what the last one of its unit left": """
        select step.step_number
        from (
            select
                funnel.*,
                lag(remaining_count) over (partition by unit order by step_number) as handed_over
            from audit.funnel
        ) as step
        where
            step.entered_count - step.left_count <> step.remaining_count
            or step.left_count < 0
            or step.remaining_count < 0
            or step.entered_count <> coalesce(step.handed_over, step.entered_count)
    """,
    "the funnel ends with the flagged episodes": """
        select funnel.step_number
        from audit.funnel
        where
            funnel.step = 'flagged'
            and funnel.remaining_count
            <> (select count(*) from audit.episode_review where episode_review.outcome = 'flagged')
    """,
    "the events of an episode hold its index lines and codes": """
        select episode_review.episode_id
        from audit.episode_review
        inner join (
            select
                episode_id,
                sum(index_line_count) as line_count,
                list_sort(list_distinct(flatten(list(index_codes)))) as codes,
                min(event_date) as first_date,
                max(event_date) as last_date
            from audit.event
            group by episode_id
        ) as total
            on episode_review.episode_id = total.episode_id
        where
            total.codes <> episode_review.index_codes
            or total.first_date <> episode_review.anchor_date
            or total.last_date <> episode_review.last_event_date
            or total.line_count <> (
                select count(*) from intermediate.episode_index_line as line
                where line.episode_id = episode_review.episode_id
            )
    """,
    "counting ledger rows stand before the anchor and belong to episodes that are not excluded": """
        select care_ledger.episode_id
        from audit.care_ledger
        left join audit.episode_review
            on care_ledger.episode_id = episode_review.episode_id
        where
            episode_review.episode_id is null
            or episode_review.outcome = 'excluded'
            or care_ledger.service_date >= episode_review.anchor_date
    """,
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    """Messy members with later versions in a second delivery, claim ids of two members and bad rows."""
    extracts = messy_members(5505, 500, value_sets=VALUE_SETS, deliveries=2, shared_claim_ids=True, bad_row_share=0.02)
    return product(
        extracts, tmp_path_factory.mktemp("conservation"), Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS)
    )


@pytest.mark.parametrize("law", BROKEN)
def test_it_holds_that(connection: Connection, law: str) -> None:
    assert connection.execute(BROKEN[law]).fetchall() == []


HELD = {
    "a note of interim bills": "episode_review where list_contains(notes, 'interim_bills_repeat_lines')",
    "a claim number that is shared": "episode_review where outcome_reason = 'claim_number_shared'",
    "a line that a credit took out": "claim_line_state where line_state = 'credited_line'",
    "a total line": "claim_line_state where line_state = 'total_line'",
}


@pytest.mark.parametrize("shape", HELD)
def test_the_members_hold(connection: Connection, shape: str) -> None:
    assert connection.execute(f"from audit.{HELD[shape]} limit 1").fetchall() != []


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        (
            """
            update audit.episode_review set paid_amount = paid_amount + 0.01
            where episode_id = (select min(episode_id) from audit.episode_review)
            """,
            "an episode's dollars are those of the counting lines of its claims, to the cent",
        ),
        (
            """
            delete from intermediate.episode_index_line
            where claim_id = (select min(claim_id) from intermediate.episode_index_line)
            """,
            "every index line is in exactly one episode",
        ),
        (
            """
            update audit.episode_review set outcome = 'documented'
            where episode_id = (select min(episode_id) from audit.episode_review where outcome = 'flagged')
            """,
            "every episode has one outcome with a reason of that outcome",
        ),
        (
            """
            update audit.episode_review
            set notes = list_filter(notes, lambda note: note <> 'interim_bills_repeat_lines')
            """,
            "an episode has the note of interim bills exactly where they repeat a line",
        ),
        (
            """
            update audit.episode_review set diagnosis_class = 'low_back_pain_only'
            where outcome_reason = 'claim_number_shared'
            """,
            "every episode has one outcome with a reason of that outcome",
        ),
        (
            """
            update intermediate.counting_line set is_credited = true
            where paid_amount > 0
            """,
            "as many lines are credited for an amount of a claim as there are credits, or there are fewer such lines",
        ),
        (
            """
            update intermediate.counting_line set is_credited = true
            """,
            "a line that takes another out, and one that is taken out, is no service, index line or date of its claim",
        ),
        (
            """
            update intermediate.counting_line
            set claim_type = 'institutional', revenue_center_code = '0001', hcpcs_code = null
            """,
            "no total line counts beside another line of its claim",
        ),
        (
            "update audit.funnel set left_count = left_count + 1 where step = 'documented'",
            "each step of the funnel takes over what the last one of its unit left",
        ),
    ],
)
def test_damage_is_noticed(connection: Connection, damage: str, law: str) -> None:
    connection.execute("begin")
    try:
        connection.execute(damage)
        assert connection.execute(BROKEN[law]).fetchall() != []
    finally:
        connection.execute("rollback")

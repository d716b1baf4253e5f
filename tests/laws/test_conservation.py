"""Nothing is lost and nothing counted twice: claims, lines, dollars, episodes, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.messy.members import messy_members
from tests.second_opinion.sitting import BY_LINE_OF_BUSINESS
from tests.support.product import VALUE_SETS, Setup, product

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection

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
    "an episode's dollars are those of the counting lines of its claims, repeats of interim bills aside": """
        select episode_review.episode_id
        from audit.episode_review
        left join (
            select
                owned.episode_id,
                sum(line.paid_amount) as paid,
                sum(coalesce(line.allowed_amount, 0)) as allowed,
                count(*) > count(line.paid_amount) as is_unknown
            from (select episode_id, member_id, unnest(claim_ids) as claim_id from audit.episode_review) as owned
            inner join intermediate.counting_line as line
                on
                    owned.member_id = line.member_id
                    and owned.claim_id = line.claim_id
            anti join (select * from intermediate.event_dollar_line where is_repeated_interim) as repeated
                on
                    line.member_id = repeated.member_id
                    and line.claim_id = repeated.claim_id
                    and line.line_key = repeated.line_key
            group by owned.episode_id
        ) as total
            on episode_review.episode_id = total.episode_id
        where
            (episode_review.paid_amount is null) <> coalesce(total.is_unknown, false)
            or episode_review.paid_amount <> coalesce(total.paid, 0)
            or episode_review.allowed_amount <> coalesce(total.allowed, 0)
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
    "the dollars of all episodes are those of all claims of events, with what interim bills repeat, to the cent": """
        select total.paid
        from (
            select sum(line_paid_amount) as paid
            from audit.episode_dollar_line
        ) as total
        cross join (
            select sum(line.paid_amount) as paid
            from intermediate.counting_line as line
            inner join (select distinct member_id, claim_id from intermediate.event_claim) as claim
                on
                    line.member_id = claim.member_id
                    and line.claim_id = claim.claim_id
        ) as claims
        where total.paid <> claims.paid
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
                        'documentation_not_supplied', 'insufficient_enrollment', 'medication_unknown',
                        'history_not_delivered', 'claim_number_shared'
                    )
                end,
                false
            )
            and (outcome = 'excluded') = (len(exclusion_reasons) > 0)
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


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        (
            """
            update audit.episode_review set paid_amount = paid_amount + 0.01
            where episode_id = (select min(episode_id) from audit.episode_review)
            """,
            "an episode's dollars are those of the counting lines of its claims, repeats of interim bills aside",
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

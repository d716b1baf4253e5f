"""What must add up before anything is published."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.ground.errors import ConservationError
from pipelines.ground.warehouse import one_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


# Asked of the run's working file: how many times is the law broken?
WORKING_LAWS: Mapping[str, str] = {
    "every index line is in exactly one episode": """
        select count(*)
        from (
            select index_line.member_id
            from intermediate.index_line
            left join intermediate.episode_index_line
                on
                    index_line.member_id = episode_index_line.member_id
                    and index_line.claim_id = episode_index_line.claim_id
                    and index_line.source_table = episode_index_line.source_table
                    and index_line.source_key = episode_index_line.source_key
            left join audit.episode_review on episode_index_line.episode_id = episode_review.episode_id
            group by index_line.member_id, index_line.claim_id, index_line.source_table, index_line.source_key
            having count(distinct episode_review.episode_id) <> 1
        )
    """,
    "every episode has an index line": """
        select count(*)
        from audit.episode_review
        left join intermediate.episode_index_line on episode_review.episode_id = episode_index_line.episode_id
        where episode_index_line.episode_id is null
    """,
    "the dollars of episodes are those of their counting lines, each line once": """
        select count(*)
        from (select sum(paid_amount) as dollars from audit.episode_review) as reviewed
        cross join (
            select sum(counting_line.paid_amount) as dollars
            from (
                select listed_claim.member_id, listed_claim.claim_id
                from (select member_id, unnest(claim_ids) as claim_id from audit.episode_review) as listed_claim
                group by listed_claim.member_id, listed_claim.claim_id
            ) as owned_claim
            inner join intermediate.counting_line
                on owned_claim.member_id = counting_line.member_id and owned_claim.claim_id = counting_line.claim_id
        ) as counted
        where coalesce(reviewed.dollars, 0) <> coalesce(counted.dollars, 0)
    """,
}

# Asked of the finished file.
PUBLISHED_LAWS: Mapping[str, str] = {
    "every episode has exactly one outcome": """
        select count(*)
        from (
            select episode_id
            from episode_review
            group by episode_id
            having count(*) <> 1 or count(outcome) <> 1 or count(outcome_reason) <> 1
        )
    """,
    "every episode that is not excluded has its five criteria, and no other has any": """
        select count(*)
        from (
            select episode_review.episode_id
            from episode_review
            left join criterion_result on episode_review.episode_id = criterion_result.episode_id
            group by episode_review.episode_id, episode_review.outcome
            having
                count(distinct criterion_result.criterion) <> if(episode_review.outcome = 'excluded', 0, 5)
                or count(criterion_result.criterion) <> count(distinct criterion_result.criterion)
        )
    """,
    "every flagged episode, and no other, has a priority": """
        select count(*) from episode_review where (outcome = 'flagged') <> (priority_score is not null)
    """,
    "the funnel's steps add up": """
        select count(*)
        from (
            select
                left_count,
                entered_count - left_count <> remaining_count as is_uneven,
                entered_count <> lag(remaining_count) over (partition by unit order by step_number) as is_torn
            from funnel
        )
        where is_uneven or is_torn or left_count < 0
    """,
    "the funnel ends with the flagged episodes": """
        select count(*)
        from (select max_by(remaining_count, step_number) as flagged_count from funnel)
        where flagged_count is distinct from (select count(*) from finding)
    """,
    "rows delivered = rows loaded + repeats + rows set aside, for every file": """
        select count(*)
        from delivered_file
        where fate = 'landed' and row_count is distinct from loaded_count + repeat_count + rejected_count
    """,
    "rows set aside are listed, for every file": """
        select count(*)
        from (
            select delivery_number, file_number, table_name
            from delivered_file
            where fate = 'landed' and rejected_count > 0
        ) as counted
        full join (
            select delivery_number, file_number, table_name
            from rejected_row
            group by delivery_number, file_number, table_name
        ) as listed
            on
                counted.delivery_number = listed.delivery_number
                and counted.file_number = listed.file_number
                and counted.table_name = listed.table_name
        where counted.table_name is null or listed.table_name is null
    """,
}


def check_conservation(connection: Connection, worklist: Path | None) -> None:
    """Raises ``ConservationError`` unless lines, episodes, steps, rows and dollars add up.

    ``connection`` has the finished file open; ``worklist`` is the CSV made from it, where there is one. Every broken
    law is named at once, with how often it is broken.
    """
    broken = broken_laws(connection, PUBLISHED_LAWS)
    if worklist is not None:
        broken += _worklist_faults(connection, worklist)
    raise_if_broken(broken)


def _worklist_faults(connection: Connection, worklist: Path) -> Iterator[str]:
    rows, dollars = _csv_total(worklist)
    if rows != one_number(connection, "select count(*) from finding"):
        yield "worklist.csv has a row for every finding, and no other"
    database_dollars = connection.execute("select coalesce(sum(paid_amount), 0) from finding").fetchall()[0][0]
    if dollars != Decimal(database_dollars):
        yield "the dollars of worklist.csv are those of the database, to the cent"


def broken_laws(connection: Connection, laws: Mapping[str, str]) -> list[str]:
    """The laws that do not hold, one line each with how often; a law is a query that counts what breaks it."""
    return [f"{law} ({count:,} times)" for law, query in laws.items() if (count := one_number(connection, query)) > 0]


def raise_if_broken(broken: Sequence[str]) -> None:
    """Raises ``ConservationError`` that names every broken law; nothing where all hold."""
    if broken:
        message = (
            "The run does not add up, so it is not published. What should hold and does not: "
            + "; ".join(broken)
            + ". The last published audit stays. Keep the work folder and report this: it is a fault of the program."
        )
        raise ConservationError(message)


def _csv_total(worklist: Path) -> tuple[int, Decimal]:
    with worklist.open(encoding="utf-8", newline="") as lines:
        amounts = [Decimal(line["paid_amount"] or 0) for line in csv.DictReader(lines)]
    return len(amounts), sum(amounts, Decimal(0))

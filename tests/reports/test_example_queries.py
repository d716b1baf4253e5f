"""The example queries of the published file, asked on the sample as auditors ask them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.published_file import open_published
from pipelines.publishing.sql_allowed import judge, known_names
from pipelines.publishing.sql_door import Answer

if TYPE_CHECKING:
    from tests.reports.conftest import Report

NEEDS_TWO_NIGHTS = {"since_the_run_before"}
MOST_LINES, LONGEST_LINE = 3, 120


@pytest.fixture(scope="module")
def answers(sample: Report) -> dict[str, tuple[str, Answer]]:
    """Each query, which `stimaudit sql` lets through, with what it gives, by name."""
    answers = {}
    with open_published(sample.published) as connection:
        known = known_names(connection)
        queries = connection.execute("select query_name, query from example_query order by example_number").fetchall()
        for name, query in queries:
            judge(connection, query, known)
            cursor = connection.execute(query)
            names = tuple(column[0] for column in cursor.description or [])
            answers[name] = (query, Answer(names, tuple(cursor.fetchall())))
    return answers


def test_each_query_is_at_most_three_short_lines_and_finds_rows(answers: dict[str, tuple[str, Answer]]) -> None:
    lines = {name: query.split("\n") for name, (query, _) in answers.items()}

    assert [name for name, held in lines.items() if len(held) > MOST_LINES] == []
    assert [name for name, held in lines.items() if max(map(len, held)) > LONGEST_LINE] == []
    assert {name for name, (_, answer) in answers.items() if not answer.rows} == NEEDS_TWO_NIGHTS


def test_what_auditors_ask_first_is_among_them(answers: dict[str, tuple[str, Answer]]) -> None:
    assert list(answers)[:11] == [
        "open_cases",
        "open_cases_by_age",
        "decisions_by_reviewer",
        "dollars_by_provider",
        "dollars_by_month",
        "changed_since_last_night",
        "flagged_on_a_date",
        "dollar_lines_of_one_case",
        "evidence_of_one_case",
        "excluded_with_the_code",
        "rejected_and_repaired",
    ]


def test_dollars_by_provider_by_month_and_of_one_case_are_those_of_the_worklist(
    sample: Report, answers: dict[str, tuple[str, Answer]]
) -> None:
    def total(name: str) -> Decimal:
        answer = answers[name][1]
        column = "paid" if "paid" in answer.names else "paid_amount"
        return sum((row[answer.names.index(column)] for row in answer.rows), Decimal(0))

    with open_published(sample.published) as connection:
        [[flagged]] = connection.execute("select sum(paid_amount) from finding").fetchall()
        [[first]] = connection.execute("select paid_amount from v_open_cases_v1 limit 1").fetchall()

    assert total("dollars_by_provider") == total("dollars_by_month") == flagged
    assert total("dollar_lines_of_one_case") == first
    parts = answers["priority_of_one_case"][1]
    best = answers["open_cases"][1]
    assert round(sum(row[1] for row in parts.rows), 1) == float(best.rows[0][best.names.index("priority_score")])


def test_every_excluded_case_is_listed_with_file_and_row(
    sample: Report, answers: dict[str, tuple[str, Answer]]
) -> None:
    with open_published(sample.published) as connection:
        cases = {row[0] for row in connection.execute("select case_id from v_excluded_v1").fetchall()}
    answer = answers["excluded_with_the_code"][1]

    assert {row[answer.names.index("case_id")] for row in answer.rows} == cases
    assert all(row[answer.names.index("source_row")] for row in answer.rows)

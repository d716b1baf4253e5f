"""The summary of one night subtracted from another, and its cells from each other: nobody can be told from it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ground.warehouse import literal, open_scratch
from pipelines.reports import summary_page
from pipelines.reports.frame import Stamp, make_environment
from pipelines.reports.suppression import DOLLAR_STEP, dollar_step, dollars_rounded_up, rounded_up
from tests.support.run_in_small import AS_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

STAMP = Stamp(
    run_id="R",
    as_of_date=AS_OF,
    data_through_date=AS_OF,
    made_at_utc="",
    code_version="v",
    policies=(),
    landed_digest="",
    grade="clean",
    grade_reasons=(),
    value_set_versions=(),
    parameters={},
)


@dataclass(frozen=True)
class Episode:
    """One episode as the summary counts it."""

    outcome: str = "flagged"
    reason: str = "not_documented"
    next_step: str = "request_records"
    policy: str = "commercial_strict"
    stage: str = "paid"
    paid: Decimal = Decimal("31415.92")


HELD = Episode(outcome="not_assessable", reason="enrollment_gap")
OTHERS = Episode(reason="not_tried", next_step="call", policy="medicare", stage="open", paid=Decimal("2718.28"))
NIGHT = (*[Episode()] * 35, *[OTHERS] * 23, *[HELD] * 17, *[Episode(outcome="documented", reason="d")] * 44)
EDGE = (*[Episode()] * 40, *[OTHERS] * 30, *[HELD] * 20, *[Episode(outcome="documented", reason="d")] * 50)
NEWCOMERS = (
    Episode(),
    OTHERS,
    replace(OTHERS, policy="commercial_strict", paid=Decimal("98765.43")),
    replace(OTHERS, reason="not_documented", paid=Decimal("0.01")),
    replace(OTHERS, stage="paid", next_step="request_records"),
)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[tuple[str, int]]]:
    """What charts were asked to show, in place of the charts."""
    bars: list[Sequence[tuple[str, int]]] = []

    def bar_chart(steps: Sequence[tuple[str, int]], **_: object) -> str:
        bars.append(steps)
        return ""

    monkeypatch.setattr(summary_page, "bar_chart", bar_chart)
    monkeypatch.setattr(summary_page, "trend_chart", lambda *_, **__: "")
    return bars


@cache
def template() -> Template:
    return make_environment().get_template("summary.html.j2")


def page(episodes: Sequence[Episode]) -> str:
    """The summary of a night with these episodes, without its trend."""
    counts = Counter(episode.outcome for episode in episodes)
    left = [("data hold", "not_assessable"), ("documented", "documented"), ("flagged", "")]
    with open_scratch() as connection:
        connection.execute(
            "create table episode_review (outcome varchar, outcome_reason varchar, next_step varchar, "
            "policy_id varchar, payment_stage varchar, paid_amount decimal(18, 2))"
        )
        for each, count in Counter(episodes).items():
            words = ", ".join(map(literal, (each.outcome, each.reason, each.next_step, each.policy, each.stage)))
            connection.execute(f"insert into episode_review select {words}, {each.paid} from range({count})")
        connection.execute(
            "create table funnel (step_number int, unit varchar, step varchar, reason varchar, entered_count int, "
            "left_count int, remaining_count int)"
        )
        remaining = len(episodes)
        connection.execute(
            f"insert into funnel values (0, 'claim lines', 'read', null, null, null, {7 * remaining + 50})"
        )
        connection.execute(f"insert into funnel values (1, 'episodes', 'made', null, null, 0, {remaining})")
        for number, (step, outcome) in enumerate(left, start=2):
            gone = counts[outcome]
            connection.execute(
                f"insert into funnel values ({number}, 'episodes', '{step}', null, {remaining}, {gone}, "
                f"{remaining - gone})"
            )
            remaining -= gone
        connection.execute(
            "create table data_quality (check_name varchar, status varchar, description varchar, consequence varchar)"
        )
        facts = summary_page.summary_page_facts(connection, frozenset(), ())
    return template().render(facts, stamp=STAMP, precision=None)


def figures(source: str) -> list[Decimal]:
    """The figures of a page, in their order: tiles and cells."""
    found = re.findall(r'(?:<dd>|class="num">)([\d,.]+)<', source)
    return [Decimal(figure.replace(",", "")) for figure in found]


def shown(source: str) -> str:
    return re.sub(r"\s+", " ", source.split("<h1>")[1])


@pytest.mark.parametrize("night", [NIGHT, EDGE])
def test_every_figure_of_a_night_is_rounded_up(
    night: Sequence[Episode], drawn: list[Sequence[tuple[str, int]]]
) -> None:
    found = figures(page(night))

    assert len(found) > 15
    assert [figure for figure in found if figure % 10] == []
    assert [figure for figure in found if figure > 10_000 and figure % DOLLAR_STEP] == []
    assert [count for _, count in chain.from_iterable(drawn) if count % 10] == []


def test_who_came_over_night_cannot_be_told_from_the_pages_of_two_nights() -> None:
    pages = {shown(page((*NIGHT, newcomer))) for newcomer in NEWCOMERS}

    assert len(pages) == 1
    assert shown(page(NIGHT[1:])) == shown(page(NIGHT))


@pytest.mark.parametrize("newcomer", NEWCOMERS)
def test_one_more_at_the_edge_of_a_step_moves_a_figure_by_one_step_or_not_at_all(newcomer: Episode) -> None:
    before, after = figures(page(EDGE)), figures(page((*EDGE, newcomer)))

    moved = {abs(new - old) for old, new in zip(before, after, strict=True)}
    assert moved <= {0, 10, 100, DOLLAR_STEP}


def test_a_cell_is_not_what_two_other_cells_leave() -> None:
    """Each is rounded by itself: where their sums come out even, it is by chance and for many ways to part them."""
    one, other = (replace(each, paid=Decimal(1000)) for each in (Episode(), OTHERS))
    by_reason = [[one] * few + [other] * (58 - few) for few in range(31, 41)]

    assert len({shown(page((*night, *NIGHT[58:]))) for night in by_reason}) <= 2


@given(st.integers(0, 10**6), st.integers(-10, 10))
def test_a_few_more_or_fewer_move_a_count_by_one_step_at_most(count: int, change: int) -> None:
    assert abs(rounded_up(count) - rounded_up(max(count + change, 0))) in {0, 10}


@given(
    st.lists(st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=30),
    st.integers(0, 29),
)
def test_no_ten_episodes_move_the_dollars_by_more_than_a_step(paid: list[Decimal], first: int) -> None:
    step = dollar_step(max(paid))
    gone = paid[first : first + 10]

    total, left = sum(paid, Decimal(0)), sum(paid, Decimal(0)) - sum(gone, Decimal(0))
    with_them, without = (dollars_rounded_up(amount, step) for amount in (total, left))

    assert with_them - without in {0, step}
    assert with_them >= total
    assert step >= DOLLAR_STEP


def test_the_step_grows_with_the_dearest_episode_by_tens() -> None:
    dearest = [Decimal(amount) for amount in ("0", "99999.99", "100000", "100000.01", "2000000")]

    assert [dollar_step(amount) / DOLLAR_STEP for amount in dearest] == [1, 1, 1, 10, 100]

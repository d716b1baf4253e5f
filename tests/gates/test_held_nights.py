"""A feed that breaks on the second night: refused, taken out again, accepted for a reason, and told with the run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.gates import measures
from pipelines.gates.profile import earlier_profiles, keep_profile, profile_path, read_profile
from pipelines.ground.errors import CheckFailedError, UsageError
from pipelines.ground.progress import SILENCE
from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.operation.nightly import PLAIN_STAGES, nightly
from pipelines.operation.plan import RunRequest, make_plan
from pipelines.operation.rehearsal import rehearse
from pipelines.reports import report
from tests.gates.feed import deliver, new_feed, run_day, write_delivery

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.operation.nightly import Outcome
    from pipelines.operation.plan import Plan

pytestmark = pytest.mark.long

CHECK = "medical_claim.denied_share_broke"
OUTCOME_CHECK = "episode_review.episodes_broke"


def clock() -> datetime:
    return datetime(2025, 3, 1, 2, tzinfo=UTC)


def plan_of(folder: Path, delivery: int, **asked: object) -> Plan:
    request = RunRequest(extracts=folder / str(delivery), out=folder / "out", as_of=run_day(delivery))
    return make_plan(replace(request, **asked), today=run_day(delivery))  # type: ignore[arg-type]


def run(plan: Plan) -> Outcome:
    return nightly(plan, progress=SILENCE, clock=clock, stages=PLAIN_STAGES)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def broken_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a first delivery, and a second one whose lines are all denied."""
    # Great Expectations takes its seconds in test_feed_faults; here the plain comparison alone judges the measures.
    monkeypatch.setattr(measures, "judge_tables", lambda *_: {})
    # What is published stands without its pages, of which nothing is asked.
    monkeypatch.setattr(report, "_write_in", lambda *_: None)
    with open_warehouse() as connection:
        new_feed(connection)
        for delivery in (1, 2):
            deliver(connection, delivery, claims=600)
        connection.execute("update landed.medical_claim set claim_status = 'denied' where delivery_number = 2")
        for delivery in (1, 2):
            write_delivery(connection, delivery, tmp_path / str(delivery))
    return tmp_path


def test_a_feed_that_broke_is_refused_and_what_was_published_stays(broken_feed: Path, tmp_path: Path) -> None:
    out = broken_feed / "out"
    run(plan_of(tmp_path, 1))
    published = (out / "published" / "stimaudit.duckdb").read_bytes()

    before = everything(out)
    tried = rehearse(plan_of(tmp_path, 2), progress=SILENCE, folder=tmp_path / "validate", now=clock())
    assert [
        result.check_name
        for result in tried.check_results
        if (result.severity, result.status) == ("critical", "failed")
    ] == ["denied_share_broke"]
    assert everything(out) == before, "validate changes nothing"

    with pytest.raises(CheckFailedError, match=f"--accept-change {CHECK}"):
        run(plan_of(tmp_path, 2))
    assert read_profile(out / "history", 2) is None
    assert (out / "published" / "stimaudit.duckdb").read_bytes() == published
    with pytest.raises(UsageError, match="--because"):
        run(plan_of(tmp_path, 2, accept_change=(CHECK,)))
    assert not (out / "landed" / "deliveries" / "000002.json").exists(), "asked for before anything lands"


@pytest.mark.soak
def test_a_night_that_found_something_else_is_held_until_somebody_says_why_it_is_right(
    broken_feed: Path, tmp_path: Path
) -> None:
    out = broken_feed / "out"
    first = run(plan_of(tmp_path, 1))
    published = (out / "published" / "stimaudit.duckdb").read_bytes()

    # What the night found is held as well: the publish before is made to say that it found a hundred times as much.
    [found] = earlier_profiles(out / "history", 2, "outcomes")
    more = [
        replace(one, value=100 * one.value, row_count=100 * one.row_count) if one.measure == "episodes" else one
        for one in found.measures
    ]
    keep_profile(out / "history", replace(found, measures=tuple(more)), "outcomes")
    with pytest.raises(CheckFailedError, match=f"(?s)what this night found .*--accept-change {OUTCOME_CHECK}"):
        run(plan_of(tmp_path, 2, accept_change=(CHECK,), because="a backlog"))
    assert read_profile(out / "history", 2) is None
    assert not profile_path(out / "history", 2, "outcomes").exists()
    assert (out / "published" / "stimaudit.duckdb").read_bytes() == published

    second = run(plan_of(tmp_path, 2, accept_change=(CHECK, OUTCOME_CHECK), because="a backlog", accepted_by="ada"))
    assert second.published.run_id != first.published.run_id
    with open_published(out / "published") as connection:
        [(parameters,)] = connection.execute("select parameters from audit.run").fetchall()
        told = connection.execute(
            "select check_name, severity from audit.data_quality where check_name like '%_broke' "
            "and status = 'failed' and description like '%Accepted: a backlog' order by table_name"
        ).fetchall()
        by = connection.execute(
            "select distinct measured_of, accepted_by from audit.gate_measure where accepted_by is not null order by 1"
        ).fetchall()
    assert by == [("delivery", "ada"), ("publish", "ada")]
    accepted = {"episode_review.episodes": "a backlog", "medical_claim.denied_share": "a backlog"}
    assert json.loads(parameters)["accepted_changes"] == {"2": accepted}
    assert told == [("episodes_broke", "warning"), ("denied_share_broke", "warning")]

    assert run(plan_of(tmp_path, 2)).published.run_id == second.published.run_id, "sent again, the same night comes out"

"""Models: the path says the table, whatever folders part a schema; and the model of the run's own facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.ground.errors import StimauditError
from pipelines.ground.warehouse import open_warehouse, put_frame
from pipelines.rule.models import build, read_models
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SELECT = "-- One row per nothing.\nselect 1 as one"


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SELECT, encoding="utf-8")


def test_folders_below_a_schema_are_no_part_of_a_table_s_name(tmp_path: Path) -> None:
    write(tmp_path / "intermediate" / "claims" / "claim.sql")
    write(tmp_path / "intermediate" / "care" / "fill.sql")

    models = read_models(tmp_path, ["intermediate"])

    assert [model.name for model in models] == ["intermediate.claim", "intermediate.fill"]
    assert [model.path.parent.name for model in models] == ["claims", "care"]


def test_what_publish_makes_is_no_model_of_the_audit(tmp_path: Path) -> None:
    write(tmp_path / "audit" / "event.sql")
    write(tmp_path / "audit" / "published" / "run.sql")
    write(tmp_path / "audit" / "published" / "views" / "v_event_v1.sql")

    assert [model.name for model in read_models(tmp_path, ["audit"])] == ["audit.event"]


def test_two_files_that_make_one_table_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "intermediate" / "claims" / "claim.sql")
    write(tmp_path / "intermediate" / "care" / "claim.sql")

    with pytest.raises(StimauditError, match=r"Two files make the table intermediate\.claim"):
        read_models(tmp_path, ["intermediate"])


@pytest.mark.parametrize(
    ("is_asked", "is_supplied", "is_assumed"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_enrolment_is_assumed_where_it_is_asked_for_and_not_delivered(
    is_asked: bool,
    is_supplied: bool,
    is_assumed: bool,
) -> None:
    run = staging_run(asked=is_asked, supplied={"eligibility": is_supplied}, lines=[])

    assert run["is_enrollment_assumed"] is is_assumed
    assert run["has_eligibility"] is is_supplied


def test_each_feed_says_of_itself_whether_it_was_supplied() -> None:
    feeds = ("pharmacy_claim", "prior_authorization", "care_documentation")
    for feed in feeds:
        run = staging_run(asked=False, supplied={"eligibility": False, **{name: name == feed for name in feeds}})
        assert {name: run[f"has_{name}"] for name in feeds} == {name: name == feed for name in feeds}


def test_the_newest_line_is_that_of_the_run_date_and_none_after_it() -> None:
    days = [date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)]

    assert staging_run(asked=False, supplied={}, lines=days)["newest_line_start_date"] == date(2026, 6, 30)
    assert staging_run(asked=False, supplied={}, lines=days[2:])["newest_line_start_date"] is None


def staging_run(*, asked: bool, supplied: dict[str, bool], lines: list[date] | None = None) -> dict[str, object]:
    """The row of ``staging.run`` for a run as of 30 June 2026."""
    asked_for = {"kept.feed_day", "staging.feed_month", "staging.run"}
    models = [model for model in read_models(ROOT / "sql", ["kept", "staging"]) if model.name in asked_for]
    feeds = {"medical_claim": True, **supplied}
    with open_warehouse() as connection:
        given = pl.DataFrame({"as_of_date": [date(2026, 6, 30)], "assume_enrolled": [asked]})
        put_frame(connection, "run_facts.run_given", given)
        feed = pl.DataFrame({"table_name": list(feeds), "is_supplied": list(feeds.values())})
        put_frame(connection, "landed.feed", feed)
        days = pl.Series("claim_line_start_date", lines or [], pl.Date()).to_frame()
        put_frame(connection, "landed.medical_claim", days)
        put_frame(connection, "landed.pharmacy_claim", pl.DataFrame(schema={"dispensing_date": pl.Date()}))
        put_frame(connection, "landed.eligibility", pl.DataFrame(schema={"has_pharmacy_benefit": pl.Boolean()}))
        build(connection, models, [])
        [row] = connection.table("staging.run").pl().iter_rows(named=True)
    return row

"""Publish: what auditors find in the file, what stops it, and that it is swapped in whole."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import stat
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.gates.suites import read_suites
from pipelines.ground.errors import ConservationError, StimauditError
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.publishing.run_facts import with_cases
from pipelines.reports.report import report
from tests.support.places import ROOT
from tests.support.run_in_small import FAILED_WARNING, FINISHED, SQL, facts, make_working, publish_in_small

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after a whole run; for reading."""
    folder = tmp_path_factory.mktemp("done")
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder, results=(FAILED_WARNING,))
    report(folder)
    return folder


@pytest.fixture
def out(done: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(done, tmp_path / "out", symlinks=True))


def spoil(out: Path, statement: str) -> None:
    with open_warehouse(out / "work" / "run.duckdb") as connection:
        connection.execute(statement)


def asked(out: Path, query: str) -> list[tuple[Any, ...]]:
    with open_published(out / "published") as connection:
        return connection.execute(query).fetchall()


def bytes_of(out: Path, *names: str) -> dict[str, bytes]:
    return {name: (out / "published" / name).read_bytes() for name in names}


def test_the_audit_opens_under_its_name_with_the_tables_of_the_contract(done: Path) -> None:
    with open_warehouse(done / "published" / "audit.duckdb", read_only=True) as connection:
        rows = connection.execute("select member_id, outcome from audit.episode_review order by 1").fetchall()
        tables = {row[0] for row in connection.execute("select table_name from information_schema.tables").fetchall()}

    assert rows == [("=cmd", "flagged"), ("ada", "flagged"), ("bea", "excluded")]
    assert tables >= {
        "episode_review", "criterion_result", "care_ledger", "care_group_state", "finding", "funnel",
        "claim_line_state", "rejected_row", "data_quality", "delivered_file", "run", "policy", "value_set",
        "dictionary",
    }  # fmt: skip


def test_a_finding_is_a_flagged_episode_and_the_best_comes_first(done: Path) -> None:
    assert asked(done, "select member_id from audit.finding") == [("ada",), ("=cmd",)]


def test_every_table_and_column_is_explained_in_comments_and_dictionary(done: Path) -> None:
    assert (
        asked(done, "select table_name, column_name from duckdb_columns() where comment is null and not internal") == []
    )
    assert asked(done, "select comment from duckdb_tables() where table_name = 'episode_review'") == [
        ((SQL / "audit" / "episode_review.sql").read_text(encoding="utf-8").splitlines()[0].removeprefix("-- "),)
    ]
    assert (
        asked(
            done,
            "select table_name, column_name from duckdb_columns() where schema_name = 'audit' except all "
            "select table_name, column_name from dictionary",
        )
        == []
    )
    assert asked(done, "select count(*) from dictionary where meaning = '' or meaning is null") == [(0,)]


def test_a_column_that_nobody_explained_is_not_published(out: Path) -> None:
    spoil(out, "alter table audit.event add column unexplained_column integer")

    with pytest.raises(StimauditError, match=r"columns\.csv does not explain event\.unexplained_column"):
        publish_in_small(out)


def test_a_table_without_a_model_is_not_published(out: Path) -> None:
    spoil(out, "create table audit.stray as select 1 as step_number")

    with pytest.raises(StimauditError, match="No model in sql/audit explains stray"):
        publish_in_small(out)


# The rows of the fixture are implants alone.
BEGINS_LATE = (
    "3 cases: What was delivered begins inside the look-back. Care before that day does not show: deliver the earlier "
    "months, or say where the feed begins. [medical_claim.case_feed_begins_in_look_back]"
)


def test_a_failed_warning_makes_the_grade_caveats_and_is_named(done: Path) -> None:
    [(touched,)] = asked(done, "select count(*) from episode_review where outcome <> 'excluded'")
    told = f"No pharmacy extract was delivered: {touched} cases cannot be judged for drugs. Drugs cannot be seen."
    assert touched > 1
    assert asked(done, "select grade, grade_reasons from run") == [
        ("caveats", [BEGINS_LATE, f"{told} [pharmacy_claim.feed_supplied]"])
    ]
    assert asked(done, "select status, message from data_quality where check_name = 'feed_supplied'") == [
        ("failed", told)
    ]


def test_every_missing_feed_says_how_many_cases_it_touches(done: Path) -> None:
    touching = [
        replace(FAILED_WARNING, table_name=check.key.table_name, told=check.told, touches=check.touches)
        for suite in read_suites(ROOT / "expectations")
        for check in suite.checks
        if check.touches is not None
    ]
    with open_published(done / "published") as connection:
        messages = [str(result.message) for result in with_cases(touching, connection)]

    assert len(messages) == 4
    assert [
        message for message in messages if not re.search(r" delivered: [\d,]+ cases? (on|are|cannot) ", message)
    ] == []


def test_what_is_counted_and_what_was_mended_or_touched_a_case_before_leaves_the_grade_clean(out: Path) -> None:
    spoil(
        out,
        "update audit.episode_remark set is_new = false where episode_id <> (select min(episode_id) from audit.event)",
    )
    spoil(out, "update audit.episode_remark set remark_kind = 'repaired' where is_new")
    spoil(out, "update intermediate.rule_data_quality set failed_count = 1, total_count = 9, status = 'counted'")

    assert publish_in_small(out).grade == "clean"


def test_an_implantation_nobody_could_read_makes_the_grade_caveats_and_is_counted(out: Path) -> None:
    spoil(out, "delete from audit.episode_remark")
    spoil(
        out,
        "insert into audit.unread_opening_row by name select * from (values "
        "(1, 'medical_claim', 'medical_claim.csv', 7, 'set_aside', false), "
        "(1, 'medical_claim', 'medical_claim.csv', 7, 'set_aside', false), "
        "(1, 'medical_claim', 'medical_claim.csv', 8, 'set_aside', true)) "
        "as row (delivery_number, source_table, source_file, source_row, unread_reason, came_right)",
    )

    published = publish_in_small(out)

    [reason] = published.grade_reasons
    assert reason == (
        "Rows that may be implantations and were not read: 2. The row was set aside, for one of its values could not "
        "be read. [medical_claim.opening_row_set_aside]"
    )
    assert published.unread_opening_count == 1


def test_the_run_keeps_the_times_it_was_given_and_what_it_was_made_of(done: Path) -> None:
    [(started, finished, code_version, parameters)] = asked(
        done, "select started_at_utc, finished_at_utc, code_version, parameters from run"
    )
    assert finished == FINISHED.replace(tzinfo=None)
    assert finished - started == timedelta(minutes=5)
    assert code_version == "0.1.0+000000000000"
    assert json.loads(parameters) == {"assume_enrolled": False, "default_policy": "evidence_low_back_pain"}


def test_policies_and_value_sets_are_published_row_by_row(done: Path) -> None:
    assert asked(
        done,
        "select parameter_value, unit from policy "
        "where policy_id = 'evidence_low_back_pain' and parameter = 'lookback_days'",
    ) == [("365", "days")]
    assert asked(
        done, "select role, opens_event from value_set where value_set_name = 'index_procedures' and code = '63650'"
    ) == [("trial_or_lead", "yes")]


def test_dollars_of_the_csv_are_those_of_the_database_to_the_cent(out: Path) -> None:
    published = publish_in_small(out)

    assert published.worklist is not None
    with published.worklist.open(encoding="utf-8", newline="") as lines:
        dollars = sum(Decimal(line["paid_amount"]) for line in csv.DictReader(lines))
    assert dollars == published.flagged_paid_amount == Decimal("56750.40")


def test_the_same_working_file_gives_the_same_bytes_at_another_hour(out: Path) -> None:
    names = ("worklist.csv", "episode_review.parquet", "worklist.xlsx")
    first = bytes_of(out, *names)

    later = replace(facts(), started_at_utc=FINISHED, finished_at_utc=FINISHED)
    publish_in_small(out, results=(FAILED_WARNING,), run_facts=later)
    report(out)

    assert bytes_of(out, *names) == first


@pytest.mark.parametrize(
    ("statement", "law"),
    [
        ("delete from audit.episode_review where member_id = 'ada'", "every index line is in exactly one episode"),
        ("insert into audit.episode_review from audit.episode_review", "dollars of episodes"),
        ("update audit.episode_review set outcome_reason = null", "every episode has exactly one outcome"),
        ("update audit.episode_review set paid_amount = paid_amount + 0.01", "dollars of episodes"),
        ("delete from audit.criterion_result where criterion = 'care_span'", "has its five criteria"),
        ("update audit.episode_review set priority_score = null", "has a priority"),
        ("update audit.funnel set left_count = left_count + 1 where step_number = 30", "funnel's steps add up"),
        ("delete from audit.funnel where step_number = 30", "funnel's steps add up"),
        (
            "update audit.funnel set entered_count = 1, remaining_count = 1, unit = 'x' where step_number = 140",
            "the funnel ends with the flagged episodes",
        ),
        ("update landed.delivered_file set loaded_count = loaded_count - 1", "rows delivered = rows loaded"),
        ("delete from landed.rejected_row", "rows set aside are listed"),
    ],
)
def test_a_run_that_does_not_add_up_is_not_published(out: Path, statement: str, law: str) -> None:
    before = bytes_of(out, DATABASE_FILE, "worklist.csv", "manifest.json")
    spoil(out, statement)

    with pytest.raises(ConservationError, match=law):
        publish_in_small(out)

    assert bytes_of(out, DATABASE_FILE, "worklist.csv", "manifest.json") == before


def test_a_missing_table_is_named_and_the_last_audit_stays(out: Path) -> None:
    spoil(out, "drop table audit.care_ledger")

    with pytest.raises(StimauditError, match="care_ledger"):
        publish_in_small(out, run_facts=facts("R20260701-00000002"))

    assert asked(out, "select run_id from run") == [("R20260630-00000001",)]


def test_a_reader_keeps_the_old_file_while_a_new_one_is_swapped_in(out: Path) -> None:
    with open_published(out / "published") as reader:
        publish_in_small(out, run_facts=facts("R20260701-00000002"))
        old = reader.execute("select run_id from run").fetchall()

    assert old == [("R20260630-00000001",)]
    assert asked(out, "select run_id from run") == [("R20260701-00000002",)]


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_published_files_are_for_owner_and_group_under_any_umask(out: Path, umask: int) -> None:
    shutil.rmtree(out / "publishes")
    (out / "published").unlink()
    before = os.umask(umask)
    try:
        publish_in_small(out)
        report(out)
    finally:
        os.umask(before)

    below = [path for name in ("publishes", "history") for path in (out / name).rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in below if path.is_file()} == {0o640}
    assert {stat.S_IMODE(path.stat().st_mode) for path in below if path.is_dir()} == {0o750}
    assert stat.S_IMODE((out / "published").stat().st_mode) == 0o750


def test_the_manifest_names_every_file_with_its_digest(done: Path) -> None:
    manifest = json.loads((done / "published" / "manifest.json").read_text(encoding="utf-8"))

    names = [file["name"] for file in manifest["files"]]
    assert {"episode_review.parquet", DATABASE_FILE, "worklist.csv", "worklist.xlsx"} <= set(names)
    assert set(names) == {
        path.relative_to(done / "published").as_posix()
        for path in (done / "published").rglob("*")
        if path.is_file() and not path.is_symlink() and path.relative_to(done / "published").parts[0] != "manifest.json"
    }


def test_a_publish_that_was_cut_short_is_made_whole_by_the_next(out: Path, chop: Callable[[Path], None]) -> None:
    expected = bytes_of(out, "worklist.csv", "episode_review.parquet")
    chop(out)

    publish_in_small(out)

    assert bytes_of(out, "worklist.csv", "episode_review.parquet") == expected
    assert not (out / "publishes" / "next.part").exists()


@pytest.fixture(params=["leftovers aside", "no manifest", "no link", "no worklist"])
def chop(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    def leave(out: Path) -> None:
        if request.param == "leftovers aside":
            (out / "publishes" / "next.part").mkdir()
            (out / "publishes" / "next.part" / DATABASE_FILE).write_bytes(b"half a file")
        elif request.param == "no manifest":
            (out / "published" / "manifest.json").unlink()
        elif request.param == "no link":
            (out / "published" / "audit.duckdb").unlink()
        else:
            (out / "published" / "worklist.csv").unlink()

    return leave

"""The history over nights: cases that keep their names, what happens to them, and what was known when."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.ground.errors import IntegrityError, UsageError
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import Connection, open_warehouse
from pipelines.publishing.history import (
    cases_path,
    entry_path,
    find_run,
    prepare_night,
    read_history,
    settle,
)
from pipelines.publishing.history import put_back_night as put_back
from pipelines.publishing.publishes import standing_name
from pipelines.publishing.run_difference import run_difference
from tests.support.nights import FIRST_NIGHT, asked, delivery, eligible, implant, night

if TYPE_CHECKING:
    from collections.abc import Iterator

RED_FLAG = "S32000A"
VISIT = "B2,1,professional,bea,2026-01-15,99213,50"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after three nights, and the third one run again."""
    out = tmp_path_factory.mktemp("nights") / "out"
    first = [
        *implant("A1", "ada", "2026-01-20"),
        *implant("B1", "bea", "2026-02-03"),
        *implant("C1", "cy", "2026-03-04"),
        *implant("D1", "dee", "2026-04-05"),
    ]
    everybody = eligible("ada", "bea", "cy", "dee", "eve")
    night(out, 1, delivery(first, dict.fromkeys(("A1", "B1", "C1", "D1"), "M5450"), eligibility=everybody))
    second = [
        f"{VISIT},2026-06-01,,,",
        "C1,1,professional,cy,2026-03-04,63650,900,2026-06-01,,,",
        "D2,1,professional,dee,2026-04-05,63650,0,,,8,D1",
        *implant("E1", "eve", "2026-05-06"),
    ]
    night(out, 2, delivery(second, {"B2": RED_FLAG, "E1": "M5450"}))
    third = [
        f"{VISIT},2026-06-20,reversed,,",
        *implant("A2", "ada", "2026-01-20", paid="1100", more=",,7,A1"),
    ]
    third_night = delivery(third, {"A2": "M5450"})
    night(out, 3, third_night)
    night(out, 4, third_night)
    return out


@pytest.fixture
def out(nights: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(nights, tmp_path / "out", symlinks=True))


@pytest.fixture(scope="module")
def connection(nights: Path) -> Iterator[Connection]:
    """The file that the last night published."""
    with open_published(nights / "published") as opened:
        yield opened


def events(connection: Connection, run_number: int) -> dict[str, str]:
    rows = connection.execute(
        "select member_id, case_event from case_event where run_number = $number", {"number": run_number}
    ).fetchall()
    assert len(rows) == len(dict(rows))
    return dict(rows)


def test_every_case_of_the_first_night_is_new(connection: Connection) -> None:
    assert events(connection, 1) == dict.fromkeys(("ada", "bea", "cy", "dee"), "new")


def test_a_night_tells_what_happened_to_each_case(connection: Connection) -> None:
    assert events(connection, 2) == {
        "ada": "unchanged",
        "bea": "cleared_by_late_claim",
        "cy": "changed",
        "dee": "gone",
        "eve": "new",
    }


def test_an_adjustment_that_takes_a_late_claim_back_reopens_the_case(connection: Connection) -> None:
    assert events(connection, 3) == {
        "ada": "changed",
        "bea": "reopened_by_adjustment",
        "cy": "unchanged",
        "eve": "unchanged",
    }


def test_a_change_names_its_columns(connection: Connection) -> None:
    rows = connection.execute(
        "select member_id, changed_columns from case_version where case_event = 'changed' order by member_id"
    ).fetchall()

    assert rows == [
        ("ada", ["claim_ids", "index_claim_ids", "paid_amount", "priority_score"]),
        ("cy", ["paid_amount", "priority_score"]),
    ]


def test_a_case_keeps_its_name_when_its_claim_is_replaced_by_one_of_another_name(connection: Connection) -> None:
    names = connection.execute("select distinct case_id from case_event where member_id = 'ada'").fetchall()

    assert len(names) == 1
    assert names == connection.execute("select case_id from episode_review where member_id = 'ada'").fetchall()
    assert connection.execute("select claim_ids from episode_review where member_id = 'ada'").fetchall() == [(["A2"],)]


def test_the_same_run_again_adds_nothing_to_the_history(nights: Path, connection: Connection) -> None:
    assert [entry.run_number for entry in read_history(nights / "history")] == [1, 2, 3]
    assert connection.execute("select max(known_from_utc) from run_history").fetchall() == [
        ((FIRST_NIGHT + timedelta(days=2)).replace(tzinfo=None),)
    ]


def test_flags_as_of_a_moment_are_those_of_the_audit_known_then(connection: Connection) -> None:
    def flagged(moment: str) -> list[str]:
        rows = connection.execute(
            f"select member_id from audit.flags_as_of(timestamp '{moment}') order by 1"
        ).fetchall()
        return [row[0] for row in rows]

    assert flagged("2026-07-01 01:59:59") == []
    assert flagged("2026-07-01 02:00:00") == ["ada", "bea", "cy", "dee"]
    assert flagged("2026-07-02 12:00:00") == ["ada", "cy", "eve"]
    assert flagged("2036-01-01 00:00:00") == ["ada", "bea", "cy", "eve"]


def test_a_flag_in_the_history_names_policy_value_sets_code_and_input(connection: Connection) -> None:
    bare = connection.execute(
        "select count(*) from flag_history where policy_version is null or len(value_set_digest) <> 64 "
        "or len(landed_digest) <> 64 or code_version is null"
    ).fetchall()

    assert bare == [(0,)]
    assert connection.execute("select count(distinct landed_digest) from flag_history").fetchall() == [(3,)]


def test_two_runs_are_compared_case_by_case(connection: Connection) -> None:
    runs = [row[0] for row in connection.execute("select run_id from run_history order by run_number").fetchall()]
    name = dict(connection.execute("select case_id, member_id from case_version").fetchall())

    found = run_difference(connection, runs[0], runs[1])

    assert {name[case.case_id]: case.case_difference for case in found.cases} == {
        "bea": "no_longer_flagged",
        "cy": "changed",
        "dee": "only_in_first",
        "eve": "only_in_second",
    }
    assert found.made_of_other() == ["rows"]
    assert found.lines()[3] == (
        "Cases seen differently: 1 no longer flagged, 1 only in the second, 1 only in the first, 1 changed."
    )
    assert len(found.as_json()["cases"]) == 4
    assert run_difference(connection, runs[1], runs[1]).cases == ()


def test_a_run_that_the_file_does_not_know_is_refused_with_those_it_knows(connection: Connection) -> None:
    with pytest.raises(UsageError, match=r"knows no run of that name. (Near: .*)?Known: R20260630-"):
        run_difference(connection, "R20260101-00000000", "R20260101-00000000")


def test_every_example_query_runs_and_every_view_and_macro_is_explained(connection: Connection) -> None:
    examples = connection.execute("select query_name, query from example_query order by example_number").fetchall()

    assert len(examples) >= 15
    for _, query in examples:
        connection.execute(query).fetchall()
    assert {name for name, _ in examples if not connection.execute(dict(examples)[name]).fetchall()} <= {
        "cannot_tell",
        "care_of_all_cases",
        "excluded_by_reason",
        "excluded_with_the_code",
        "not_enrolled",
        "rejected_and_repaired",
        "which_rows_were_set_aside",
        "warnings",
    }
    assert connection.execute(
        "select count(*) from duckdb_functions() where schema_name = 'audit' and comment like 'One row per %'"
    ).fetchall() == [(2,)]
    assert (
        connection.execute(
            "select view_name from duckdb_views() where schema_name = 'audit' and comment is null"
        ).fetchall()
        == []
    )


def test_the_history_of_a_file_under_another_name_reads_as_well(nights: Path) -> None:
    with open_warehouse() as other:
        other.execute(f"attach '{nights / 'published' / DATABASE_FILE}' as night (read_only)")
        counted = other.execute("select count(*) from night.audit.v_flag_history_v1").fetchall()
        other.execute("use night")
        flags = other.execute("select count(*) from audit.flags_as_of(timestamp '2026-07-01 12:00:00')").fetchall()

    assert counted == [(11,)]
    assert flags == [(4,)]


def test_the_published_file_is_in_the_form_that_older_clients_read(connection: Connection) -> None:
    [(tags,)] = connection.execute(
        "select tags from duckdb_databases() where database_name = current_catalog()"
    ).fetchall()

    assert tags["storage_version"].startswith("v1.2")


def test_the_history_costs_by_what_changed(nights: Path) -> None:
    rows = [pl.read_parquet(cases_path(nights / "history", number)).height for number in (1, 2, 3)]

    assert rows == [4, 4, 2]


def test_an_entry_that_is_missing_or_was_changed_is_named(out: Path) -> None:
    history = out / "history"
    first = entry_path(history, 1)
    first.write_text(first.read_text(encoding="utf-8").replace('"publish"', '"rollback"'), encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"000001\.json is not as it was written"):
        read_history(history)

    first.unlink()
    with pytest.raises(IntegrityError, match="entry 1 is missing"):
        read_history(history)


def test_a_publish_that_was_killed_before_its_file_was_in_place_leaves_no_entry(out: Path) -> None:
    history = out / "history"
    entries = read_history(history)
    pending = put_back(history, entries[0].run_id, known_from=FIRST_NIGHT + timedelta(days=9))
    prepare_night(history, pending, publish_name=entries[0].run_id)

    settle(history, standing_name(out))

    assert read_history(history) == entries
    assert sorted(path.name for path in (history / "runs").iterdir()) == [f"00000{n}.json" for n in (1, 2, 3)]
    assert not cases_path(history, 4).exists()


def test_a_publish_that_was_killed_after_its_file_was_in_place_has_its_entry(out: Path) -> None:
    history = out / "history"
    last = read_history(history)[-1]
    entry_path(history, 3).rename(entry_path(history, 3).with_suffix(".pending"))

    settle(history, last.publish_name)

    assert read_history(history)[-1] == last


def test_what_is_put_back_is_told_as_a_publish_of_its_own(out: Path) -> None:
    history = out / "history"
    entries = read_history(history)
    back = put_back(history, entries[0].run_id, known_from=FIRST_NIGHT + timedelta(days=9))
    prepare_night(history, back, publish_name=entries[0].run_id)
    settle(history, entries[0].run_id)

    told = read_history(history)[-1]

    assert (told.run_number, told.publish_kind, told.run_id) == (4, "rollback", entries[0].run_id)
    assert told.flagged_count == 4
    assert dict(back.cases.select("member_id", "case_event").iter_rows()) == {
        "ada": "changed",
        "cy": "changed",
        "dee": "changed",
        "eve": "gone",
    }


def test_a_run_is_found_by_its_newest_entry(nights: Path) -> None:
    entries = read_history(nights / "history")
    again = replace(entries[0], run_number=4)

    assert find_run([*entries, again], entries[0].run_id) == again
    with pytest.raises(UsageError, match="Known: R20260630-"):
        find_run(entries, "R20260101-00000000")


def test_a_column_copy_in_parquet_has_every_table_with_its_rows(nights: Path, connection: Connection) -> None:
    tables = [row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()]
    counted = {table: connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables}
    copied = {path.stem: pl.read_parquet(path).height for path in (nights / "published" / "parquet").glob("*.parquet")}

    assert copied == counted
    assert asked(nights, "select count(*) from run_history") == [(3,)]

"""Decisions: what is taken, what is refused and why, and what becomes of a decision in the nights after."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pipelines.ground.errors import InputRefusedError, IntegrityError, RunLockedError, UsageError
from pipelines.ground.published_file import open_published
from pipelines.ground.run_lock import run_lock
from pipelines.ground.warehouse import open_warehouse
from pipelines.publishing.dictionary import read_columns
from pipelines.reports.workbook import write_workbook
from pipelines.review.case_review import (
    CASE_REVIEW_SCHEMA,
    case_review,
    evidence_query,
    list_decisions,
    published_review,
    put_review_tables,
)
from pipelines.review.decisions import DECISION_SCHEMA, read_decisions
from tests.support.places import ROOT
from tests.support.review_in_small import (
    AS_OF,
    COLUMNS,
    FIRST_RUN,
    FLAG_ERROR,
    IMPORTED_AT,
    SECOND_RUN,
    SUPPORTED,
    case_rows,
    later_night,
    publish_first_night,
    publish_second_night,
    take_in,
    write_rows,
)
from tests.support.run_in_small import facts, publish_in_small

if TYPE_CHECKING:
    from pathlib import Path

SQL = ROOT / "sql"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_first_night(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_second_night(first, tmp_path_factory.mktemp("second"))


@pytest.fixture(scope="module")
def ada(first: Path) -> dict[str, str]:
    return case_rows(first)["ada"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "decisions"


def told(report: Any) -> tuple[str, tuple[str, ...]]:
    [row] = report.rows
    return row.fate, row.reasons


def review_of(audit: Path, store: Path) -> dict[str, dict[str, Any]]:
    """The case review of a published folder or of a working file, by member."""
    with open_published(audit) if audit.is_dir() else open_warehouse(audit) as connection:
        members = dict(connection.execute("select episode_id, member_id from audit.episode_review").fetchall())
        frame = case_review(connection, read_decisions(store), as_of=AS_OF)
    return {members.get(case["episode_id"], "gone"): case for case in frame.iter_rows(named=True)}


def test_a_whole_decision_is_recorded_with_who_when_why_and_the_evidence_seen(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    report = take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED), first, store)

    assert told(report) == ("recorded", ())
    [decision] = read_decisions(store).to_dicts()
    assert {name: decision[name] for name in SUPPORTED} == SUPPORTED | {"decided_on": date(2026, 7, 1)}
    assert (decision["recorded_by"], decision["recorded_at_utc"]) == ("Lead Lovelace", IMPORTED_AT.replace(tzinfo=None))
    assert (decision["evidence_digest"], decision["seen_run_id"]) == (ada["row_hash"], FIRST_RUN)
    assert (decision["outcome"], decision["policy_id"]) == ("flagged", "evidence_low_back_pain")
    assert (decision["paid_amount"], decision["import_row"]) == (Decimal("31000.35"), 2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"review_outcome": "PROVEN"}, "review_outcome is not a known word; use one of FINDING_SUPPORTED, "),
        ({"review_outcome": ""}, "review_outcome is blank"),
        ({"review_reason": "late"}, "review_reason is not a reason for this outcome; FINDING_SUPPORTED takes one of"),
        ({"review_reason": ""}, "review_reason is blank"),
        ({"row_hash": "0" * 64}, "row_hash differs"),
        ({"row_hash": ""}, "row_hash differs"),
        ({"reviewer_credential": ""}, "FINDING_SUPPORTED needs reviewer_credential and licence_state"),
        ({"licence_state": ""}, "FINDING_SUPPORTED needs reviewer_credential and licence_state"),
        ({"licence_state": "XX"}, "licence_state is not a two-letter state"),
        ({"reviewer_credential": "WIZARD"}, "reviewer_credential is not a known word"),
        ({"reviewer_credential": "RN"}, "FINDING_SUPPORTED may be set by a licensed clinician only"),
        ({"reviewer": " "}, "reviewer is blank"),
        ({"decided_on": ""}, "decided_on is blank"),
        ({"decided_on": "07/01/26"}, "decided_on is not a date"),
        ({"decided_on": "2026-07-04"}, "decided_on lies in the future"),
        ({"decided_on": "2026-01-19"}, "decided_on lies before the implant"),
        ({"case_id": "NA-2026-NOBODY"}, "the published audit has no such case_id"),
        ({"run_id": ""}, "run_id is blank"),
        ({"decision_kind": "guess"}, "decision_kind is not a known word"),
        ({"review_note": "x" * 2001}, "review_note holds more than 2,000 characters"),
    ],
)
def test_a_row_that_is_wrong_in_one_place_is_refused_with_the_reason(
    changes: dict[str, str], reason: str, first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    report = take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED | changes), first, store)

    fate, reasons = told(report)
    assert fate == "refused"
    assert any(reason in said for said in reasons), reasons
    assert report.has_refusals
    assert read_decisions(store).is_empty()


@pytest.mark.parametrize(
    "changes",
    [
        {"review_outcome": "finding_supported "},
        {"decided_on": "2026-07-03"},
        {"decided_on": "2026-01-20"},
        {"decision_kind": "review"},
        {"review_note": "x" * 2000},
        {"reviewer_credential": "np"},
    ],
)
def test_a_row_just_inside_is_taken(
    changes: dict[str, str], first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    assert told(take_in(write_rows(tmp_path / "b.csv", ada | SUPPORTED | changes), first, store)) == ("recorded", ())


@pytest.mark.parametrize(
    ("credential", "fate"), [("", "refused"), ("CPC", "refused"), ("RN", "recorded"), ("MD", "recorded")]
)
def test_a_finding_is_not_supported_by_a_nurse_or_clinician_only(
    credential: str, fate: str, first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    row = FLAG_ERROR | {
        "review_outcome": "FINDING_NOT_SUPPORTED",
        "review_reason": "conservative_care_documented",
        "reviewer_credential": credential,
    }

    assert told(take_in(write_rows(tmp_path / "back.csv", ada | row), first, store))[0] == fate


@pytest.mark.parametrize(("note", "fate"), [("", "refused"), ("too short", "refused"), ("ten signs.", "recorded")])
def test_the_reason_other_needs_a_note_of_ten_characters(
    note: str, fate: str, first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    row = ada | FLAG_ERROR | {"review_reason": "other", "review_note": note}

    assert told(take_in(write_rows(tmp_path / "back.csv", row), first, store))[0] == fate


def test_every_row_is_judged_on_its_own_and_good_ones_are_taken(first: Path, store: Path, tmp_path: Path) -> None:
    rows = case_rows(first)
    file = write_rows(tmp_path / "back.csv", rows["ada"] | SUPPORTED | {"reviewer": ""}, rows["=cmd"] | FLAG_ERROR)

    report = take_in(file, first, store)

    assert report.lines()[:2] == [
        "2 rows: 1 ok, 0 already recorded, 1 refused, 0 in conflict",
        "  row 2     reviewer is blank: an outcome is recorded by a named person",
    ]
    assert read_decisions(store).get_column("case_id").to_list() == [rows["=cmd"]["case_id"]]
    assert report.as_json()["recorded_count"] == 1


def test_all_reasons_of_a_row_are_told_at_once_and_no_value_of_it(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    row = ada | SUPPORTED | {"reviewer_credential": "KANARI", "decided_on": "KANARI", "review_reason": "kanari"}

    report = take_in(write_rows(tmp_path / "back.csv", row | {"review_note": "KANARI"}), first, store)

    assert len(told(report)[1]) == 3
    assert "kanari" not in f"{report.lines()}{report.as_json()}".lower()
    assert ada["case_id"] not in f"{report.lines()}"


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in {"case_id", "decision_kind"}])
def test_a_deleted_column_refuses_every_row_and_is_named(
    column: str, first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    kept = tuple(name for name in COLUMNS if name != column)

    report = take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED, columns=kept), first, store)

    assert told(report) == ("refused", (f"the column {column} was deleted: work in a fresh copy of the worklist",))


def test_a_file_without_case_ids_is_no_worklist(first: Path, store: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="no header with the column case_id"):
        take_in(write_rows(tmp_path / "back.csv", SUPPORTED, columns=COLUMNS[5:]), first, store)


def test_importing_twice_changes_nothing(first: Path, ada: dict[str, str], store: Path, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "back.csv", ada | SUPPORTED | {"assignee": "Ann Analyst"})
    take_in(file, first, store)
    before = {path.name: path.read_bytes() for path in store.glob("*.jsonl")}

    report = take_in(file, first, store, imported_at_utc=IMPORTED_AT + timedelta(days=1), imported_by="Somebody else")

    assert told(report) == ("already_recorded", ())
    assert report.written is None
    assert {path.name: path.read_bytes() for path in store.glob("*.jsonl")} == before


def test_an_old_file_imported_again_does_not_bring_its_outcome_back(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    old = write_rows(tmp_path / "old.csv", ada | FLAG_ERROR)
    take_in(old, first, store)
    take_in(write_rows(tmp_path / "new.csv", ada | FLAG_ERROR | {"review_reason": "wrong_code_map"}), first, store)

    fate, [reason] = told(take_in(old, first, store))

    assert (fate, "replaced since" in reason) == ("already_recorded", True)
    assert review_of(first, store)["ada"]["review_reason"] == "wrong_code_map"
    assert read_decisions(store).get_column("replaces_decision_id").is_null().to_list() == [True, False]


def test_another_reviewer_who_did_not_see_the_outcome_in_force_is_told_of_the_conflict(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    take_in(write_rows(tmp_path / "one.csv", ada | FLAG_ERROR), first, store)
    in_force = review_of(first, store)["ada"]["decision_id"]

    unseen = take_in(write_rows(tmp_path / "two.csv", ada | SUPPORTED), first, store)
    seen = take_in(write_rows(tmp_path / "three.csv", ada | SUPPORTED | {"decision_seen": in_force}), first, store)

    assert told(unseen)[0] == "conflict"
    assert told(seen) == ("recorded", ())


def test_two_filled_rows_on_one_case_are_a_conflict(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    report = take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED, ada | FLAG_ERROR), first, store)

    assert [row.fate for row in report.rows] == ["conflict", "conflict"]


def test_a_dry_run_says_the_same_and_writes_nothing(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    report = take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED), first, store, dry_run=True)

    assert told(report) == ("recorded", ())
    assert report.lines()[-1] == "nothing written (dry run)"
    assert not store.exists()


def test_an_import_waits_for_nobody_and_says_who_holds_the_store(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    file = write_rows(tmp_path / "back.csv", ada | SUPPORTED)

    with run_lock(store, since=IMPORTED_AT), pytest.raises(RunLockedError):
        take_in(file, first, store)


def test_recorded_decisions_that_were_edited_or_removed_are_noticed(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    first_file = take_in(write_rows(tmp_path / "one.csv", ada | FLAG_ERROR), first, store).written
    take_in(write_rows(tmp_path / "two.csv", ada | FLAG_ERROR | {"review_note": "a word more"}), first, store)
    assert first_file is not None
    content = first_file.read_text(encoding="utf-8")

    first_file.write_text(content.replace("FLAG_ERROR", "NO_RESPONSE"), encoding="utf-8")
    with pytest.raises(IntegrityError, match="missing or was changed"):
        read_decisions(store)
    first_file.unlink()
    with pytest.raises(IntegrityError, match="missing or was changed"):
        read_decisions(store)


def test_an_outcome_is_taken_back_by_reopening_and_nothing_is_erased(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    back = FLAG_ERROR | {
        "review_outcome": "REOPENED",
        "review_reason": "entered_in_error",
        "review_note": "the wrong row was filled",
    }
    assert told(take_in(write_rows(tmp_path / "early.csv", ada | back), first, store))[0] == "refused"
    take_in(write_rows(tmp_path / "one.csv", ada | FLAG_ERROR), first, store)
    assert review_of(first, store)["ada"]["review_outcome"] == "FLAG_ERROR"

    take_in(write_rows(tmp_path / "two.csv", ada | back), first, store)

    assert review_of(first, store)["ada"]["review_outcome"] is None
    assert review_of(first, store)["ada"]["case_status"] == "new"
    assert read_decisions(store).height == 2


@pytest.mark.parametrize(
    ("kind", "outcome", "reason", "column"),
    [
        ("appeal", "OVERTURNED", "internal", "appeal_outcome"),
        ("payment_action", "EDUCATION_ONLY", "", "payment_action"),
    ],
)
def test_appeals_and_payment_actions_follow_a_supported_finding_only(
    kind: str, outcome: str, reason: str, column: str, first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    row = ada | FLAG_ERROR | {"decision_kind": kind, "review_outcome": outcome, "review_reason": reason}
    file = write_rows(tmp_path / "later.csv", row)
    assert told(take_in(file, first, store)) == (
        "refused", (f"{outcome} follows FINDING_SUPPORTED, which is not in force for the case",)
    )  # fmt: skip
    take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED), first, store)

    assert told(take_in(file, first, store)) == ("recorded", ())

    case = review_of(first, store)["ada"]
    assert (case["review_outcome"], case[column]) == ("FINDING_SUPPORTED", outcome)


def test_a_second_review_is_made_by_another_person(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    take_in(write_rows(tmp_path / "back.csv", ada | FLAG_ERROR), first, store)
    row = ada | {"decision_kind": "second_review", "review_outcome": "AGREED", "decided_on": "2026-07-02"}

    same = take_in(write_rows(tmp_path / "same.csv", row | {"reviewer": "Ann Analyst"}), first, store)
    other = take_in(write_rows(tmp_path / "other.csv", row | {"reviewer": "Quinn Lead"}), first, store)

    assert told(same) == ("refused", ("a second review is made by another person than the first",))
    assert told(other) == ("recorded", ())


def test_work_is_assigned_without_an_outcome_and_can_go_back(
    first: Path, second: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    for name in ("Ann Analyst", "Ben Analyst"):
        take_in(write_rows(tmp_path / "back.csv", ada | {"assignee": name}), first, store)
    later = case_rows(second)["ada"]

    assert (
        told(take_in(write_rows(tmp_path / "b.csv", later | {"assignee": "Ann Analyst"}), second, store))[0]
        == "recorded"
    )

    case = review_of(second, store)["ada"]
    assert (case["assignee"], case["case_status"], case["review_outcome"]) == ("Ann Analyst", "new", None)


def test_a_decision_stands_while_its_evidence_is_unchanged_and_returns_with_what_changed(
    first: Path, second: Path, store: Path, tmp_path: Path
) -> None:
    rows = case_rows(first)
    take_in(write_rows(tmp_path / "b.csv", rows["ada"] | SUPPORTED, rows["=cmd"] | FLAG_ERROR), first, store)

    tonight, tomorrow = review_of(first, store), review_of(second, store)

    assert {member: case["case_status"] for member, case in tonight.items()} == {"ada": "decided", "=cmd": "decided"}
    assert {member: case["case_status"] for member, case in tomorrow.items()} == {"ada": "returned", "=cmd": "decided"}
    assert tomorrow["ada"]["changed"] == ["dollars: 31,000.35 paid then, 31,000.36 now"]
    assert tomorrow["ada"]["review_outcome"] == "FINDING_SUPPORTED"


def test_a_row_decided_on_yesterdays_evidence_is_stale_today_but_one_recorded_before_is_not(
    first: Path, second: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    file = write_rows(tmp_path / "back.csv", ada | SUPPORTED)
    assert told(take_in(file, second, store))[0] == "refused"
    take_in(file, first, store)

    assert told(take_in(file, second, store)) == ("already_recorded", ())


def test_an_unchanged_case_may_be_decided_on_yesterdays_workbook(
    first: Path, second: Path, store: Path, tmp_path: Path
) -> None:
    row = case_rows(first)["=cmd"] | FLAG_ERROR

    assert told(take_in(write_rows(tmp_path / "back.csv", row), second, store)) == ("recorded", ())

    [decision] = read_decisions(store).to_dicts()
    assert (decision["seen_run_id"], decision["run_id"]) == (FIRST_RUN, SECOND_RUN)


def spoiled(working: Path, statement: str) -> dict[str, str]:
    with open_warehouse(working) as connection:
        connection.begin()
        connection.execute(statement)
        found = dict(connection.execute(f"select episode_id, evidence_digest from ({evidence_query()})").fetchall())
        connection.rollback()
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.episode_review set outcome_reason = 'conservative_care_too_short' where member_id = 'ada'",
        "update audit.episode_review set paid_amount = paid_amount + 0.01 where member_id = 'ada'",
        "update audit.episode_review set notes = list_append(notes, 'pending_claims') where member_id = 'ada'",
        "update audit.episode_review set claim_ids = ['A1', 'A2'] where member_id = 'ada'",
        "update audit.episode_review set enrolled_days = 364 where member_id = 'ada'",
        "update audit.episode_review set prior_authorization_state = 'none_found' where member_id = 'ada'",
        (
            "update audit.criterion_result set observed_value = observed_value + 1 where criterion = 'care_span' "
            "and episode_id = (select episode_id from audit.episode_review where member_id = 'ada')"
        ),
        (
            "insert into audit.care_ledger (episode_id, service_date, claim_id, counts) select episode_id, "
            "date '2025-12-01', 'A9', 'no' from audit.episode_review where member_id = 'ada'"
        ),
        (
            "insert into audit.statement (episode_id, document_id) select episode_id, 'D1' "
            "from audit.episode_review where member_id = 'ada'"
        ),
        (
            "insert into audit.history_fact (episode_id, fact) select episode_id, 'prior_spine_surgery' "
            "from audit.episode_review where member_id = 'ada'"
        ),
    ],
)
def test_every_fact_a_reviewer_sees_is_in_the_digest_of_its_episode_and_of_no_other(
    first: Path, statement: str
) -> None:
    working = first.parent / "work" / "run.duckdb"
    before, after = spoiled(working, "select 1"), spoiled(working, statement)

    with open_published(first) as connection:
        [(ada,)] = connection.execute("select episode_id from audit.episode_review where member_id = 'ada'").fetchall()
    assert {episode for episode in before if before[episode] != after[episode]} == {ada}


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.episode_review set run_id = 'R2', priority_score = 1",
        "update audit.episode_review set policy_version = '9.9.9'",
        (
            "update audit.episode_review set notes = list_append(notes, 'follow_up_incomplete') "
            "where not list_contains(notes, 'follow_up_incomplete')"
        ),
        "update audit.care_ledger set source_file = 'again.csv', source_row = 1",
        "create or replace table audit.criterion_result as from audit.criterion_result order by random()",
    ],
)
def test_runs_files_orders_and_versions_are_not_evidence(first: Path, statement: str) -> None:
    working = first.parent / "work" / "run.duckdb"

    assert spoiled(working, statement) == spoiled(working, "select 1")


def test_working_file_and_published_file_have_the_same_digests(first: Path) -> None:
    with open_published(first) as connection:
        published = dict(connection.execute(f"select episode_id, evidence_digest from ({evidence_query()})").fetchall())

    assert spoiled(first.parent / "work" / "run.duckdb", "select 1") == published


def test_a_case_is_new_in_the_publish_that_first_flags_it_and_open_after(first: Path, tmp_path: Path) -> None:
    shutil.copytree(first.parent, tmp_path / "out", symlinks=True)
    with open_published(first) as connection:
        on_first = published_review(connection, tmp_path)
    later_night(first, tmp_path / "out", "")
    publish_in_small(tmp_path / "out", run_facts=replace(facts(SECOND_RUN), as_of=AS_OF + timedelta(days=1)))
    with open_published(tmp_path / "out" / "published") as connection:
        on_second = published_review(connection, tmp_path)

    assert on_first.select("case_status", "age_days").rows() == [("new", 0), ("new", 0)]
    assert on_second.select("case_status", "age_days", "first_flagged_date").rows() == [("open", 1, AS_OF)] * 2


OFF_THE_LIST = "update audit.episode_review set outcome = 'excluded' where outcome = 'flagged'"
GONE = "delete from audit.episode_review where member_id = 'ada'"


def test_a_supported_finding_returns_when_its_case_leaves_the_list_and_other_outcomes_rest(
    first: Path, store: Path, tmp_path: Path
) -> None:
    rows = case_rows(first)
    take_in(write_rows(tmp_path / "b.csv", rows["ada"] | SUPPORTED, rows["=cmd"] | FLAG_ERROR), first, store)

    cases = review_of(later_night(first, tmp_path / "off", OFF_THE_LIST), store)

    assert (cases["ada"]["case_status"], cases["ada"]["is_flagged"]) == ("returned", False)
    assert "result of the audit: flagged then, excluded now" in cases["ada"]["changed"]
    assert (cases["=cmd"]["case_status"], cases["=cmd"]["changed"]) == ("decided", [])


def test_a_supported_finding_returns_when_its_case_is_gone_from_the_audit(
    first: Path, store: Path, tmp_path: Path
) -> None:
    take_in(write_rows(tmp_path / "b.csv", case_rows(first)["ada"] | SUPPORTED), first, store)

    case = review_of(later_night(first, tmp_path / "gone", GONE), store)["gone"]

    assert (case["case_status"], case["changed"]) == ("returned", ["the case is no longer in the audit"])


def test_the_list_of_decisions_says_who_decided_and_what_changed(
    first: Path, second: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED), first, store)

    with open_published(second) as connection:
        shown = list_decisions(connection, store)

    assert shown.lines() == [
        "1 new, 0 open, 0 decided, 1 returned",
        (
            f"  {ada['case_id']}  returned  FINDING_SUPPORTED (no_conservative_care_in_record) by Dr Grace Hopper, MD, "
            "licence NY on 2026-07-01; changed since: dollars: 31,000.35 paid then, 31,000.36 now"
        ),
    ]
    assert {case["case_status"]: case["decided_on"] for case in shown.as_json()} == {
        "new": None,
        "returned": "2026-07-01",
    }


def test_publish_finds_decisions_and_statuses_as_typed_tables_with_every_column_explained(
    first: Path, ada: dict[str, str], store: Path, tmp_path: Path
) -> None:
    take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED), first, store)
    working = tmp_path / "run.duckdb"
    working.write_bytes((first.parent / "work" / "run.duckdb").read_bytes())

    with open_warehouse(working) as connection:
        put_review_tables(connection, store, as_of=AS_OF)
        made = {}
        for name in ("decision", "case_status"):
            model = next(path for path in SQL.rglob(f"{name}.sql")).read_text(encoding="utf-8")
            made[name] = dict(row[:2] for row in connection.execute(f"describe {model}").fetchall())

    explained = read_columns(SQL / "columns.csv")
    assert set(made["decision"]) == set(DECISION_SCHEMA)
    assert set(made["case_status"]) == set(CASE_REVIEW_SCHEMA)
    assert {
        name: kind for columns in made.values() for name, kind in columns.items() if explained[name].type != kind
    } == {}


def test_the_workbook_comes_back_and_its_rows_are_taken(first: Path, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "worklist.xlsx"
    with open_published(first) as connection:
        write_workbook(connection, file, as_of=AS_OF)
    workbook = openpyxl.load_workbook(file)
    sheet: Any = workbook["Worklist"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for name, value in (SUPPORTED | {"decided_on": date(2026, 7, 1)}).items():
        sheet.cell(4, columns[name]).value = value
    workbook.save(file)

    report = take_in(file, first, store)

    assert [(row.row_number, row.fate, row.reasons) for row in report.rows] == [(4, "recorded", ())]
    assert review_of(first, store)["=cmd"]["decided_on"] == date(2026, 7, 1)


def test_files_that_are_no_worklist_are_refused_without_their_content(first: Path, store: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04KANARI")
    (tmp_path / "list.txt").write_text("KANARI", encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes(b"case_id\nKANARI\xff\n")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with zipfile.ZipFile(tmp_path / "entities.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "KANARI">]><x/>')

    for name in ("torn.xlsx", "list.txt", "latin.csv", "other.xlsx", "entities.xlsx"):
        with pytest.raises(InputRefusedError, match=name) as refusal:
            take_in(tmp_path / name, first, store)
        assert "KANARI" not in str(refusal.value)


def test_an_import_needs_a_file_a_person_and_a_published_audit(first: Path, store: Path, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "back.csv")

    with pytest.raises(UsageError, match="cannot be read"):
        take_in(tmp_path / "absent.csv", first, store)
    with pytest.raises(UsageError, match="named person"):
        take_in(file, first, store, imported_by=" ")
    with pytest.raises(UsageError, match="no published audit"):
        take_in(file, tmp_path, store)


def test_decisions_are_for_owner_and_group_only(first: Path, ada: dict[str, str], store: Path, tmp_path: Path) -> None:
    written = take_in(write_rows(tmp_path / "back.csv", ada | SUPPORTED), first, store).written

    assert written is not None
    assert (written.stat().st_mode & 0o777, store.stat().st_mode & 0o777) == (0o640, 0o750)
    assert list(store.glob("*.part")) == []

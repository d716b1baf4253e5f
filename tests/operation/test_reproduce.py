"""A past run made again gives its bytes; an earlier publish put back stands again."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.ground.errors import ExitCode, IntegrityError, UsageError
from pipelines.ground.program_files import home
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.ground.run_lock import run_lock
from pipelines.intake.ledger import manifest_path
from pipelines.operation.reproduce import Reproduction, reproduce
from pipelines.operation.rollback import rollback
from pipelines.operation.verify import verify
from pipelines.publishing.history import input_path, read_history
from pipelines.publishing.publishes import (
    PUBLISHES_FOLDER,
    Publish,
    let_go,
    read_publishes,
    standing_name,
    worth_keeping,
)
from pipelines.reports.report import report
from tests.support.nights import FIRST_NIGHT, asked, delivery, eligible, implant, night

if TYPE_CHECKING:
    from typer.testing import Result

pytestmark = pytest.mark.long

LATER = FIRST_NIGHT + timedelta(days=7)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after two nights; in the second ada's claim is replaced, so her case keeps an older name."""
    out = tmp_path_factory.mktemp("nights") / "out"
    lines = [*implant("A1", "ada", "2026-01-20"), *implant("B1", "bea", "2026-02-03")]
    night(out, 1, delivery(lines, {"A1": "M5450", "B1": "M5450"}, eligibility=eligible("ada", "bea")))
    night(out, 2, delivery(implant("A2", "ada", "2026-01-20", paid="1100", more=",,7,A1"), {"A2": "M5450"}))
    with run_lock(out, since=FIRST_NIGHT):
        report(out)
    return out


@pytest.fixture
def out(nights: Path, tmp_path: Path) -> Path:
    """The same, to be changed; each publish has files of its own, none is a second name of another's."""
    return Path(shutil.copytree(nights, tmp_path / "out", symlinks=True))


def runs(out: Path) -> list[str]:
    return [entry.run_id for entry in read_history(out / "history")]


@pytest.mark.parametrize("number", [0, 1])
def test_a_past_run_made_again_gives_the_same_bytes(nights: Path, number: int) -> None:
    again = reproduce(nights, runs(nights)[number], here=home())

    again.raise_if_different()
    assert again.is_same
    assert again.is_same_landed
    assert "the same bytes" in again.lines()[-1]
    assert not list((nights / "work").glob("reproduce-*"))


def test_a_run_is_made_again_with_the_value_sets_it_had(out: Path) -> None:
    history = out / "history"
    [kept] = [kept for kept in read_history(history)[0].inputs if kept.name == "value_sets/index_procedures.csv"]
    source = input_path(history, kept.sha256)
    source.write_bytes(source.read_bytes() + b"\n")

    with pytest.raises(IntegrityError, match=r"value_sets/index_procedures\.csv\) is missing or was changed"):
        reproduce(out, runs(out)[0], here=home())


def test_a_run_whose_deliveries_are_not_all_there_is_not_made_again(out: Path) -> None:
    manifest_path(out / "landed", 1).unlink()

    with pytest.raises(IntegrityError, match=r"manifest .* of delivery 1 is missing"):
        reproduce(out, runs(out)[0], here=home())


def test_a_run_that_nobody_knows_is_not_made_again(nights: Path) -> None:
    with pytest.raises(UsageError, match="The history knows no run of that name"):
        reproduce(nights, "R20200101-00000000", here=home())


def test_other_bytes_are_told_with_their_likely_cause() -> None:
    same = Reproduction("R1", "2026-07-01T02:00:00+00:00", "aa", "bb", "1+a", "1+a", is_same_landed=True)

    with pytest.raises(IntegrityError, match="report it"):
        same.raise_if_different()
    with pytest.raises(IntegrityError, match=r"check out the version 1\+b"):
        replace(same, code_then="1+b").raise_if_different()
    with pytest.raises(IntegrityError, match="stimaudit verify"):
        replace(same, is_same_landed=False).raise_if_different()
    assert same.as_json()["is_same"] is False
    replace(same, sha256_now="aa").raise_if_different()


def test_an_earlier_publish_put_back_stands_again_and_the_history_says_so(out: Path) -> None:
    first, second = runs(out)

    back = rollback(out, first, known_from=LATER)

    assert (back.run_id, back.run_number) == (first, 3)
    assert asked(out, "select run_id from run") == [(first,)]
    assert asked(out, "select paid_amount from episode_review where claim_ids = ['A1']")[0][0] == 2000
    assert runs(out) == [first, second, first]
    assert verify(out).faults == ()


def test_the_command_puts_an_earlier_publish_back(out: Path) -> None:
    first, _ = runs(out)

    told = CliRunner().invoke(app, ["rollback", first, "--out", str(out)])

    assert (told.exit_code, told.stderr) == (0, "")
    assert f"Run {first} stands published again" in told.stdout


def test_the_command_tells_what_two_runs_see_differently(nights: Path) -> None:
    def diff(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["diff", *arguments, "--out", str(nights)])

    first, second = runs(nights)
    words, plain = diff(first, second), json.loads(diff(first, second, "--json").stdout)
    rows = list(csv.DictReader(diff(first, second, "--format", "csv").stdout.splitlines()))
    unknown = diff(first, "R20260101-00000000")

    assert "Made of other: rows." in words.stdout
    assert [(case["member_id"], case["case_difference"]) for case in plain["cases"]] == [("ada", "changed")]
    assert [row["case_id"] for row in rows] == [case["case_id"] for case in plain["cases"]]
    assert plain["made_of_other"] == ["rows"]
    assert unknown.exit_code == ExitCode.USAGE
    assert "knows no run of that name" in unknown.stderr


def test_the_night_after_a_rollback_publishes_anew_with_the_whole_history(out: Path) -> None:
    first, second = runs(out)
    rollback(out, first, known_from=LATER)

    night(out, 9, delivery(implant("E1", "eve", "2026-05-06"), {"E1": "M5450"}))

    assert asked(out, "select run_number, publish_kind from run_history order by run_number") == [
        (1, "publish"),
        (2, "publish"),
        (3, "rollback"),
        (4, "publish"),
    ]
    assert asked(out, "select member_id, case_event from case_event where run_number = 4 order by 1") == [
        ("ada", "changed"),
        ("bea", "unchanged"),
        ("eve", "new"),
    ]
    moment = f"timestamp '{LATER.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
    assert asked(out, f"select distinct run_id from audit.flags_as_of({moment})") == [(first,)]
    assert second not in {row[0] for row in asked(out, f"select run_id from audit.flags_as_of({moment})")}


def rules_page(out: Path) -> str:
    return (out / "published" / "report" / "rules.html").read_text(encoding="utf-8")


def test_the_rules_page_of_a_run_put_back_shows_the_dossiers_that_it_had(out: Path) -> None:
    let_go(out, keep_publishes=1, days=90)

    rollback(out, runs(out)[0], known_from=LATER)

    assert "Among claims for the implantation of spinal cord" in rules_page(out)
    assert "is not at hand" not in rules_page(out)


def test_an_audit_is_put_back_also_where_its_dossiers_are_not_kept_whole(out: Path) -> None:
    first = runs(out)[0]
    for kept in read_history(out / "history")[0].inputs:
        if kept.name.startswith("policies/"):
            input_path(out / "history", kept.sha256).write_bytes(b"other")
    let_go(out, keep_publishes=1, days=90)

    rollback(out, first, known_from=LATER)

    assert asked(out, "select run_id from run") == [(first,)]
    assert "The dossier of the version that this run used is not at hand" in rules_page(out)


def test_a_damaged_publish_gives_way_to_another_of_the_same_run(out: Path) -> None:
    database = out / "published" / DATABASE_FILE
    database.write_bytes(database.read_bytes()[:-1])
    (out / "published" / "audit.duckdb").unlink()
    assert not verify(out).is_sound

    rollback(out, runs(out)[-1], known_from=LATER)

    assert verify(out).faults == ()
    assert len(runs(out)) == 2


def test_a_publish_whose_pages_were_changed_is_made_again_from_its_database(out: Path) -> None:
    first = runs(out)[0]
    (out / PUBLISHES_FOLDER / first / "worklist.csv").write_text("other", encoding="utf-8")

    done = rollback(out, first, known_from=LATER)

    assert done.is_made_again
    assert verify(out).faults == ()
    assert asked(out, "select run_id from run") == [(first,)]
    assert (out / "published" / "report" / "worklist.html").is_file()


def test_a_publish_whose_database_was_changed_is_not_put_back(out: Path) -> None:
    first = runs(out)[0]
    kept = out / PUBLISHES_FOLDER / first / DATABASE_FILE
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")

    with pytest.raises(IntegrityError, match="nothing was put back"):
        rollback(out, first, known_from=LATER)

    assert asked(out, "select run_id from run") == [(runs(out)[-1],)]


def test_a_run_without_a_publish_is_told_with_those_that_are_kept(nights: Path) -> None:
    with pytest.raises(UsageError, match=f"Known: {runs(nights)[1]}, {runs(nights)[0]}"):
        rollback(nights, "R20200101-00000000", known_from=LATER)


def test_a_rollback_is_a_swing_of_the_link_that_changes_no_file(out: Path) -> None:
    first, second = runs(out)
    before = {path: path.stat().st_mtime_ns for path in (out / PUBLISHES_FOLDER).rglob("*")}

    done = rollback(out, first, known_from=LATER)

    assert not done.is_made_again
    assert standing_name(out) == first
    assert {path: path.stat().st_mtime_ns for path in (out / PUBLISHES_FOLDER).rglob("*")} == before
    assert list(read_publishes(out)) == [first, second, f"{second}.2"]
    assert verify(out).faults == ()


def test_what_two_publishes_have_in_common_is_kept_once(nights: Path) -> None:
    _, second = runs(nights)
    folder = nights / PUBLISHES_FOLDER

    assert (folder / second / "worklist.csv").samefile(folder / f"{second}.2" / "worklist.csv")
    assert (folder / second / DATABASE_FILE).samefile(folder / f"{second}.2" / DATABASE_FILE)


def publish_of(day: str, number: int) -> Publish:
    known_from = datetime.fromisoformat(f"{day}T02:00:00+00:00")
    return Publish(f"R{number}", day, known_from.isoformat(), number, is_whole=True, files=())


def kept_of(*days: str, for_days: int) -> list[int]:
    publishes = {f"R{number}": publish_of(day, number) for number, day in enumerate(days, start=1)}
    return [publishes[name].sequence for name in publishes if name in worth_keeping(publishes, days=for_days)]


def test_databases_are_kept_for_the_days_asked_and_at_month_ends() -> None:
    days = ("2026-01-30", "2026-01-31", "2026-02-01", "2026-02-28", "2026-04-01", "2026-04-02", "2026-07-01")

    # 2026-04-02 is 90 days before 2026-07-01, and the last of its month.
    assert kept_of(*days, for_days=90) == [2, 4, 6, 7]
    assert kept_of("2026-04-01", "2026-04-02", "2026-06-30", for_days=90) == [1, 2, 3]
    assert kept_of("2026-04-01", "2026-04-02", for_days=0) == [2]
    assert kept_of(for_days=90) == []


def test_older_publishes_keep_their_database_alone_and_are_put_back_with_pages_made_again(out: Path) -> None:
    first, _ = runs(out)

    let_go(out, keep_publishes=1, days=90)

    thin = out / PUBLISHES_FOLDER / first
    assert sorted(path.name for path in thin.iterdir()) == ["audit.duckdb", "manifest.json", DATABASE_FILE]
    assert verify(out).faults == ()
    assert rollback(out, first, known_from=LATER).is_made_again
    assert standing_name(out) == f"{first}.2"
    assert (out / "published" / "report" / "worklist.html").is_file()
    assert verify(out).faults == ()

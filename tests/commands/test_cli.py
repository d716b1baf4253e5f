"""The command: exit codes, what goes to which stream, and questions to the published audit."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app, main
from pipelines.ground.errors import ExitCode
from pipelines.ground.published_file import open_published
from pipelines.ground.run_lock import run_lock
from pipelines.ground.warehouse import one_column
from pipelines.reports.report import report
from tests.intake.landing import BASE, deliver
from tests.support.run_in_small import FAILED_WARNING, make_working, publish_in_small

if TYPE_CHECKING:
    from typer.testing import Result


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder, results=(FAILED_WARNING,))
    report(folder)
    return folder


def stimaudit(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_an_account_without_a_home_gets_one_without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    # Set first, so that what the command changes is taken back.
    monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["stimaudit", "--version"])
    with pytest.raises(RuntimeError):
        Path.home()

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert os.environ["HOME"] == os.devnull


def test_the_help_teaches_with_examples_and_exit_codes() -> None:
    told = stimaudit("--help")

    assert told.exit_code == ExitCode.DONE
    assert "stimaudit demo" in told.stdout
    assert "another run holds the output folder" in " ".join(told.stdout.split())


@pytest.mark.parametrize("command", ["run", "demo", "validate", "report", "show", "sql", "dictionary"])
def test_every_command_has_help(command: str) -> None:
    assert stimaudit(command, "--help").exit_code == ExitCode.DONE


HEAVY = frozenset(
    {
        *("altair", "great_expectations", "jinja2", "numpy", "openpyxl", "pandas", "polars", "prefect", "pyarrow"),
        *("sqlalchemy", "typst", "vl_convert", "xlsxwriter"),
    }
)
"""Libraries that take from a tenth of a second to many seconds to import."""


def imported(*arguments: object) -> list[str]:
    """The modules that the installed command imports to answer, as the interpreter tells them."""
    told = subprocess.run(
        [Path(sys.executable).with_name("stimaudit"), *map(str, arguments)],
        env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout
    return [line.rsplit("|", 1)[1].strip() for line in told.stderr.splitlines() if line.startswith("import time:")]


@pytest.mark.parametrize(
    ("command", "unneeded", "most"),
    [
        (["--help"], HEAVY | {"duckdb", "pydantic"}, 450),
        (["status", "--out", "{out}"], HEAVY, 400),
        (["show", "{episode}", "--out", "{out}"], HEAVY, 400),
        (["dictionary", "finding", "--out", "{out}"], HEAVY, 400),
        (["sql", "select 1", "--out", "{out}"], HEAVY, 400),
    ],
    ids=["help", "status", "show", "dictionary", "sql"],
)
def test_what_is_asked_often_imports_what_it_needs(
    command: list[str], unneeded: frozenset[str], most: int, out: Path
) -> None:
    with open_published(out / "published") as connection:
        episode = one_column(connection, "select episode_id from episode_review order by all limit 1")[0]

    modules = imported(*(word.format(out=out, episode=episode) for word in command))

    assert "pipelines.commands.cli" in modules
    assert unneeded.isdisjoint(module.split(".")[0] for module in modules)
    assert len(modules) < most


def test_the_version_is_said() -> None:
    assert stimaudit("--version").stdout.startswith("stimaudit ")


def test_a_missing_option_is_usage() -> None:
    assert stimaudit("run").exit_code == ExitCode.USAGE


def test_a_folder_of_extracts_that_is_not_there_is_usage(tmp_path: Path) -> None:
    told = stimaudit("run", "--extracts", tmp_path / "none", "--out", tmp_path / "out")

    assert told.exit_code == ExitCode.USAGE
    assert "There is no folder" in told.stderr
    assert told.stdout == ""


def test_a_held_output_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "extracts").mkdir()

    with run_lock(tmp_path / "out", since=datetime(2026, 7, 1, tzinfo=UTC)):
        told = stimaudit("run", "--extracts", tmp_path / "extracts", "--out", tmp_path / "out")

    assert told.exit_code == ExitCode.LOCKED
    assert "since 2026-07-01" in told.stderr


def test_an_empty_delivery_is_refused_and_nothing_is_published(tmp_path: Path) -> None:
    (tmp_path / "extracts").mkdir()

    told = stimaudit("run", "--no-prefect", "--extracts", tmp_path / "extracts", "--out", tmp_path / "out")

    assert told.exit_code == ExitCode.REFUSED
    assert not (tmp_path / "out" / "published").exists()


def test_an_unknown_policy_is_told_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "extracts").mkdir()

    told = stimaudit(
        "run", "--no-prefect", "--extracts", tmp_path / "extracts", "--out", tmp_path / "out", "--policy", "mine"
    )

    assert told.exit_code == ExitCode.USAGE
    assert "evidence_low_back_pain" in told.stderr


def test_sql_answers_in_json_and_csv(out: Path) -> None:
    query = "select outcome, count(*) as episodes from audit.episode_review group by all order by all"

    in_json = stimaudit("sql", query, "--out", out, "--json")
    in_csv = stimaudit("sql", query, "--out", out, "--format", "csv")

    assert json.loads(in_json.stdout) == [
        {"outcome": "excluded", "episodes": 1},
        {"outcome": "flagged", "episodes": 2},
    ]
    assert in_csv.stdout == "outcome,episodes\nexcluded,1\nflagged,2\n"


@pytest.mark.parametrize(
    "query",
    [
        "delete from audit.episode_review",
        "from read_csv('/etc/hostname')",
        "copy audit.finding to 'stolen.csv'",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
    ],
)
def test_sql_cannot_change_read_or_write_anything_else(query: str, out: Path) -> None:
    told = stimaudit("sql", query, "--out", out)

    assert told.exit_code == ExitCode.USAGE
    assert told.stdout == ""


def test_a_fault_of_the_data_in_a_query_does_not_quote_the_data(out: Path) -> None:
    told = stimaudit("sql", "select member_id::integer from audit.episode_review", "--out", out)

    assert told.exit_code == ExitCode.USAGE
    assert "ada" not in told.stderr
    assert "ConversionException" in told.stderr


def test_a_fault_in_the_query_says_where(out: Path) -> None:
    assert "no_such" in stimaudit("sql", "select no_such from audit.finding", "--out", out).stderr


def test_show_says_why_an_episode_is_flagged(out: Path) -> None:
    [row] = json.loads(
        stimaudit("sql", "select episode_id from audit.finding where member_id = 'ada'", "--out", out, "--json").stdout
    )

    told = stimaudit("show", row["episode_id"], "--out", out)

    assert told.exit_code == ExitCode.DONE
    assert "Flagged for review. No determination has been made" in told.stdout
    assert "exercise course: not evidenced in the data received" in told.stdout
    assert "Suggested next step: request records." in told.stdout


def test_show_takes_a_case_id_and_tells_an_unknown_episode(out: Path) -> None:
    [row] = json.loads(
        stimaudit(
            "sql", "select case_id from audit.episode_review where member_id = 'bea'", "--out", out, "--json"
        ).stdout
    )

    assert "Not on the list" in stimaudit("show", row["case_id"], "--out", out).stdout
    assert stimaudit("show", "E-none", "--out", out).exit_code == ExitCode.USAGE


def test_the_dictionary_explains_one_table(out: Path) -> None:
    told = stimaudit("dictionary", "finding", "--out", out, "--json")

    assert json.loads(told.stdout)[0]["meaning"].startswith("One row per flagged episode")
    assert stimaudit("dictionary", "none", "--out", out).exit_code == ExitCode.USAGE


def test_report_makes_the_workbook_again(out: Path) -> None:
    workbook = out / "published" / "worklist.xlsx"
    before = workbook.read_bytes()
    workbook.unlink()

    assert stimaudit("report", "--out", out).exit_code == ExitCode.DONE
    assert workbook.read_bytes() == before


@pytest.mark.parametrize("command", [["show", "x"], ["sql", "select 1"], ["dictionary"], ["report"]])
def test_without_a_published_audit_the_next_step_is_told(command: list[str], tmp_path: Path) -> None:
    told = stimaudit(*command, "--out", tmp_path)

    assert told.exit_code == ExitCode.USAGE
    assert "stimaudit run" in told.stderr


def test_policies_and_value_sets_are_shown_and_checked() -> None:
    assert "evidence_low_back_pain" in stimaudit("policy", "show").stdout
    assert "lookback_days" in stimaudit("policy", "show", "evidence_low_back_pain").stdout
    assert stimaudit("policy", "show", "none").exit_code == ExitCode.USAGE
    assert stimaudit("policy", "check", "--as-of", "2026-06-30").exit_code in {ExitCode.DONE, ExitCode.USAGE}
    assert "index_procedures" in stimaudit("value-sets", "check").stdout


@pytest.mark.parametrize(
    "address",
    ["s3://bucket/KANARI", "s3a://b/k", "gs://b/k", "abfss://c@a.dfs.core.windows.net/k", "hdfs://n/k", "https://h/k"],
)
@pytest.mark.parametrize(
    "command",
    [
        ("run", "--out", "x", "--extracts"),
        ("run", "--extracts", "x", "--out"),
        ("run", "--extracts", "x", "--out", "x", "--config"),
        ("validate", "--extracts"),
        ("status", "--out"),
        ("decision", "list", "--out"),
    ],
)
def test_an_address_is_refused_by_name_in_every_option_that_takes_a_path(
    command: tuple[str, ...], address: str
) -> None:
    result = stimaudit(*command, address)

    assert result.exit_code == ExitCode.USAGE
    assert f"The path {address.split(':', maxsplit=1)[0]}://... is an address" in result.stderr
    assert "KANARI" not in result.stderr
    assert result.stdout == ""


def test_a_folder_with_a_colon_is_no_address(tmp_path: Path) -> None:
    folder = tmp_path / "day:1"
    folder.mkdir()

    result = stimaudit("validate", "--extracts", folder)

    assert result.exit_code == ExitCode.REFUSED
    assert "The delivery holds no extract file" in result.stderr


def test_validate_names_what_it_did_not_read(tmp_path: Path) -> None:
    deliver(tmp_path, {**BASE, "pharmacy_claims.csv": b"x"})

    result = stimaudit("validate", "--extracts", tmp_path, "--as-of", "2024-12-31")

    assert result.exit_code == ExitCode.CAVEATS
    assert "Not read: pharmacy_claims.csv (perhaps pharmacy_claim)." in result.stdout

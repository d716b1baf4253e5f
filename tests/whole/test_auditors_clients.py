"""The published file under its documented name, opened with real command-line clients as auditors do."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.ground.published_file import open_published
from tests.support.run_in_small import make_working, publish_in_small

LOCKED = Path(sys.executable).parent / "duckdb"
OTHERS = ("1.4.4", "1.5.0")
"""Versions that auditors may have beside the one in the lock: the oldest with a wheel, and the first of the series."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of a small run; for reading."""
    out = tmp_path_factory.mktemp("auditors")
    make_working(out / "work" / "run.duckdb")
    publish_in_small(out)
    return out / "published"


@pytest.fixture(scope="module", params=["locked", *OTHERS])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """The command of a client: that of the lock, or another version out of uv's cache."""
    if request.param == "locked":
        return [LOCKED]
    target = tmp_path_factory.mktemp(f"client-{request.param}")
    found = subprocess.run(
        [
            *(LOCKED.with_name("uv"), "pip", "install", "--offline", "--no-deps", "--target", target),
            f"duckdb-cli=={request.param}",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if found.returncode:
        pytest.skip(f"duckdb-cli {request.param} is not in uv's cache here, and no test fetches anything")
    return [target / "bin" / "duckdb"]


def answer(client: list[str | Path], file: Path, typed: str) -> subprocess.CompletedProcess[str]:
    """What the client says, as CSV, to what is typed on ``file``."""
    return subprocess.run(
        [*client, "-readonly", "-csv", "-bail", file],
        input=typed, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_first_query_of_an_auditor_is_answered(client: list[str | Path], published: Path) -> None:
    said = answer(client, published / "stimaudit.duckdb", "from audit.finding;")

    assert said.returncode == 0, said.stderr
    rows = list(csv.DictReader(said.stdout.splitlines()))
    assert [row["member_id"] for row in rows] == ["ada", "=cmd"]


def test_every_example_query_is_answered_in_the_words_of_the_file(client: list[str | Path], published: Path) -> None:
    with open_published(published) as connection:
        queries = connection.execute("select query_name, query from example_query order by example_number").fetchall()
    script = "\n".join(f".print query {name}\n{query};" for name, query in queries)

    said = answer(client, published / "stimaudit.duckdb", script)

    assert said.returncode == 0, said.stderr
    assert [line for line in said.stdout.splitlines() if line.startswith("query ")] == [
        f"query {name}" for name, _ in queries
    ]


def test_every_table_and_view_can_be_read_and_says_what_it_is(client: list[str | Path], published: Path) -> None:
    with open_published(published) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "select distinct table_name from duckdb_columns() where schema_name = 'audit' order by 1"
            ).fetchall()
        ]
    script = " union all ".join(f"select '{name}', count(*) from audit.{name}" for name in names) + ";"

    said = answer(client, published / "stimaudit.duckdb", script)

    assert said.returncode == 0, said.stderr
    assert len(said.stdout.splitlines()) == len(names) + 1


def test_the_client_refuses_the_name_under_which_the_schema_is_ambiguous(published: Path) -> None:
    said = answer([LOCKED], published / "audit.duckdb", "from audit.finding;")

    assert "Ambiguous reference" in said.stderr

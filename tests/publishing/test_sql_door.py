"""The auditors' door: what may be asked, and what is written down of it."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.ground.errors import UsageError
from pipelines.ground.warehouse import masked_query
from pipelines.publishing.sql_door import ask
from tests.support.run_in_small import make_working, publish_in_small

if TYPE_CHECKING:
    from pathlib import Path

ASKED_AT = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder)
    return folder


def last_line(out: Path) -> dict[str, Any]:
    lines = (out / "log" / "sql.jsonl").read_text(encoding="utf-8").splitlines()
    return dict(json.loads(lines[-1]))


def ask_here(out: Path, query: str) -> Any:
    return ask(out, query, user="auditor", purpose="monthly review", asked_at=ASKED_AT)


def test_a_query_gives_its_rows_and_is_written_down_without_its_values(out: Path) -> None:
    answer = ask_here(out, "select member_id from audit.finding where member_id = 'ada' -- ada")

    assert (answer.names, answer.rows) == (("member_id",), (("ada",),))
    line = last_line(out)
    assert line["query"] == "select member_id from audit . finding where member_id = ?"
    assert (line["user"], line["purpose"], line["row_count"], line["is_answered"]) == (
        "auditor",
        "monthly review",
        1,
        True,
    )
    assert line["asked_at_utc"] == "2026-07-02T09:30:00+00:00"
    assert stat.S_IMODE((out / "log" / "sql.jsonl").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "query",
    [
        "delete from audit.episode_review",
        "copy audit.finding to '{out}/stolen.csv'",
        "select * from read_csv('{out}/published/worklist.csv')",
        "attach '{out}/other.duckdb' as other",
        "set enable_external_access = true",
        "set memory_limit = '1TB'",
        "install httpfs",
        "load httpfs",
        "select * from '{out}/published/worklist.csv'",
        "create table audit.mine as select 1",
    ],
)
def test_what_would_write_or_reach_out_is_refused_and_written_down(out: Path, query: str) -> None:
    before = sorted(
        path.name for path in out.rglob("*") if path.suffix != ".wal" and (out / "log") not in (path, path.parent)
    )

    with pytest.raises(UsageError):
        ask_here(out, query.format(out=out))

    line = last_line(out)
    assert (line["is_answered"], line["query"]) == (False, None)
    assert (
        sorted(
            path.name for path in out.rglob("*") if path.suffix != ".wal" and (out / "log") not in (path, path.parent)
        )
        == before
    )


def test_a_fault_on_the_data_does_not_quote_it(out: Path) -> None:
    with pytest.raises(UsageError) as told:
        ask_here(out, "select cast(member_id as integer) from audit.finding")

    assert "ada" not in str(told.value)
    assert "ada" not in json.dumps(last_line(out))


@pytest.mark.parametrize(
    ("query", "masked"),
    [
        ("select 'a''b', 12, x from t", "select ? , ? , x from t"),
        ('select "ada 7" from t /* ada */', "select ? from t"),
        ("select $$ada$$", "select ?"),
        ("select x /* ada */ = /* ada */ y -- ada\n, 1 -- ada", "select x = y , ?"),
        ("select 'é', x from t", "select ? , x from t"),
    ],
)
def test_a_masked_query_holds_no_literal_quoted_name_or_comment(query: str, masked: str) -> None:
    assert masked_query(query) == masked

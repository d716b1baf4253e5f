"""The auditors' door: what may be asked, how much, what is written down of it, and what nobody gets through it."""

from __future__ import annotations

import base64
import csv
import fcntl
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.ground.encryption import Key, using_key
from pipelines.ground.errors import ExitCode, IntegrityError, StimauditError, UsageError
from pipelines.ground.files import make_folder
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.ground.warehouse import attach_new, literal, masked_query, open_warehouse
from pipelines.publishing.sql_allowed import FUNCTIONS, TABLE_FUNCTIONS, NotAllowedError, judge, known_names
from pipelines.publishing.sql_child import Order, answer_on, open_locked, plain
from pipelines.publishing.sql_door import Asker, Limits, ask, size_of
from tests.publishing.attack_deck import BOMBS, DECK
from tests.support.places import ROOT
from tests.support.run_in_small import make_working, publish_in_small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.ground.warehouse import Connection
    from pipelines.publishing.sql_allowed import Known

pytestmark = pytest.mark.xdist_group("the auditors' door")

ASKED_AT = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)
AUDITOR = Asker("auditor", "somebody", "monthly review")
KEY_TEXT = base64.b64encode(bytes(range(32))).decode()
VALUES = ("ada", "bea", "=cmd", "30000.25", "31000.35")
"""What the rows hold and no refusal or record may."""
EXAMPLES = tuple(
    line["query"]
    for line in csv.DictReader(
        StringIO((ROOT / "sql" / "audit" / "published" / "example_query.csv").read_text(encoding="utf-8"), newline="")
    )
)
LONG_QUERY = "select count(*) from range(1000000000) a, range(1000000000) b, audit.finding where member_id = 'QZASKED'"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked") / "out"
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder)
    shutil.rmtree(folder / "work")
    return folder


@pytest.fixture(scope="module")
def encrypted_out(out: Path) -> Path:
    """The same audit, its database encrypted."""
    folder = out.with_name("encrypted")
    make_folder(folder / "published")
    with using_key(Key(KEY_TEXT)), open_warehouse() as connection:
        connection.execute(f"attach {literal((out / 'published' / DATABASE_FILE).resolve())} as clear (read_only)")
        attach_new(connection, folder / "published" / DATABASE_FILE, "stimaudit", storage_version="v1.4.0")
        connection.execute("copy from database clear to stimaudit")
    return folder


class Door:
    """The door without its process: one locked connection, to which many queries are put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection: Connection = open_locked(self.order("select 1"))
        self.known: Known = known_names(self.connection)

    def order(self, query: str, *, rows: int = 100_000) -> Order:
        return Order(query, str(self.folder), rows, 10**7, 10**9, 10**9)

    def put(self, query: str, *, rows: int = 100_000) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        answer_on(
            self.connection, self.known, self.order(query, rows=rows), tell=told.append, may_ask=lambda: told.append({})
        )
        return told


@pytest.fixture(scope="module")
def door(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Door:
    folder = tmp_path_factory.mktemp("door")
    os.link((out / "published" / DATABASE_FILE).resolve(), folder / DATABASE_FILE)
    return Door(folder)


@pytest.fixture(scope="module")
def encrypted_door(encrypted_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Door:
    folder = tmp_path_factory.mktemp("encrypted_door")
    os.link(encrypted_out / "published" / DATABASE_FILE, folder / DATABASE_FILE)
    with using_key(Key(KEY_TEXT)):
        return Door(folder)


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "log" / "sql.jsonl").read_text(encoding="utf-8").splitlines()]


def ask_here(out: Path, query: str, limits: Limits = Limits()) -> Any:  # noqa: B008 - a frozen value
    return ask(out, query, asker=AUDITOR, asked_at=ASKED_AT, limits=limits)


def standing(out: Path) -> dict[str, str]:
    """The digests of all files below the folder but the record of queries."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "sql.jsonl"
    }


# What is let in


@pytest.mark.parametrize("query", EXAMPLES)
def test_every_example_query_of_the_audit_is_let_in(door: Door, query: str) -> None:
    judge(door.connection, query, door.known)


@pytest.mark.parametrize(
    "query",
    [
        "from audit.finding",
        "from finding select case_id where paid_amount > 100",
        "FROM Audit.Finding",
        'select "case_id" from "audit"."finding"',
        "table audit.finding",
        "values (1), (2)",
        "describe audit.finding",
        "summarize audit.finding",
        "show tables",
        "select outcome, count(*) as n from audit.episode_review group by all having n > 0 order by all",
        "with few as (select * from audit.finding limit 2), one as (from few limit 1) select * from one",
        "with recursive step(n) as (select 1 union all select n + 1 from step where n < 5) select sum(n) from step",
        "select case_id, row_number() over (partition by outcome order by paid_amount desc) from audit.finding",
        "select * exclude (why) replace (upper(case_id) as case_id) from audit.finding",
        "select columns('.*_date') from audit.finding",
        "select columns(c -> c like '%_id') from audit.finding",
        "select case when paid_amount between 1 and 2 then 'a' else 'b' end, not true, 1 in (1, 2) from audit.finding",
        "select unnest(claim_ids) from audit.finding",
        "select [x + 1 for x in [1, 2]], {'a': 1}.a, map {'a': 1}, [1, 2][1], list_transform([1], lambda x: x * 2)",
        "select date_trunc('month', anchor_date), anchor_date + interval 3 day, current_date from audit.finding",
        "select * from audit.finding as f left join audit.episode_review as e using (case_id) where e.outcome is null",
        "select (select max(paid_amount) from audit.finding), exists (from audit.finding)",
        "select 1 as a union all by name select 2 as a except select 3",
        "select distinct on (outcome) outcome, case_id from audit.episode_review order by outcome, case_id",
        "select count(*) filter (where paid_amount > 1), string_agg(case_id order by case_id) from audit.finding",
        "from audit.finding using sample 10%",
        "select 1::varchar, try_cast(case_id as integer), '{}'::json, paid_amount::decimal(9, 1) from audit.finding",
        "select 'a;b', $$;$$ -- ; copy\n",
        "select 1;",
        "from range(3)",
        "select outcome from audit.episode_review group by rollup (outcome) order by grouping(outcome)",
        "select regexp_extract(case_id, '[0-9]+'), case_id ilike '%a%', case_id || 'x' from audit.finding",
        "from audit.flags_as_of(timestamp '2026-07-02')",
    ],
)
def test_one_select_over_the_audit_is_answered(door: Door, query: str) -> None:
    told = door.put(query)

    assert told[0]["step"] == "judged"
    assert told[1] == {}, "the query waits until it is written down"
    assert told[-1]["step"] == "end"


def test_every_function_that_is_allowed_is_one_of_the_engine(door: Door) -> None:
    query = "select function_name from duckdb_functions()"
    there = {row[0] for row in door.connection.execute(query).fetchall()}

    assert there >= FUNCTIONS
    assert there >= TABLE_FUNCTIONS


# What is not


@pytest.mark.parametrize("kind", ["door", "encrypted_door"])
@pytest.mark.parametrize("query", DECK)
def test_no_query_of_the_deck_is_answered_or_told_with_a_value(
    out: Path, kind: str, query: str, request: pytest.FixtureRequest
) -> None:
    asked_door: Door = request.getfixturevalue(kind)

    told = asked_door.put(query.replace("{out}", str(out)).replace("{{", "{").replace("}}", "}"))

    assert told[-1]["step"] in {"refused", "failed"}
    assert not [message for message in told if message.get("step") == "rows"]
    asked = query.lower()
    assert [value for value in VALUES if value not in asked and value in json.dumps(told)] == []
    assert [path.name for path in asked_door.folder.iterdir()] == [DATABASE_FILE]


def test_every_function_and_relation_of_the_engine_that_no_list_names_is_refused(door: Door) -> None:
    def names(query: str) -> set[str]:
        return {str(row[0]) for row in door.connection.execute(query).fetchall()}

    functions = names("select function_name from duckdb_functions() where schema_name <> 'audit'")
    queries = [f'select "{name}"(1)' for name in functions - FUNCTIONS]
    queries += [f'from "{name}"(1)' for name in functions - TABLE_FUNCTIONS]
    queries += [f'from "{name}"' for name in names("select view_name from duckdb_views() where schema_name <> 'audit'")]
    queries += [f"{name} 'x'" for name in ("pragma", "set", "load", "call", "attach", "copy", "export database")]

    let_in = []
    for query in queries:
        try:
            judge(door.connection, query, door.known)
        except NotAllowedError:
            continue
        let_in.append(query)
    assert len(queries) > 700
    assert let_in == []


def test_a_kind_of_node_that_nobody_knows_is_refused(door: Door) -> None:
    from pipelines.publishing import sql_allowed

    tree = {"node": {"type": "SELECT_NODE", "select_list": [{"class": "NEWEST", "type": "NEWEST"}]}}
    for unknown in (tree, {"node": {"type": "NEWEST_NODE"}}, {"class": "OPERATOR", "type": "OPERATOR_NEWEST"}):
        with pytest.raises(NotAllowedError, match="newest"):
            sql_allowed.judge_statements([unknown], door.known)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select nope from audit.finding", 'Referenced column "nope" not found in FROM clause!'),
        ("from audit.nope", "the table audit.nope"),
        ("select nope(1)", "the function nope"),
        ("select lower(1, 2)", "No function matches the given name and argument types 'lower(INTEGER_LITERAL, "),
        ("select case_id, count(*) from audit.finding", 'column "case_id" must appear in the GROUP BY clause'),
        ("select member_id, f.x from audit.finding as f", 'does not have a column named "x"'),
        ("selct 1", 'syntax error at or near "selct"'),
        ("select case_id from audit.finding where count(*) > 1", "WHERE clause cannot contain aggregates!"),
        ("select (select case_id from audit.finding)", "More than one row returned by a subquery"),
    ],
)
def test_a_fault_of_the_query_itself_is_told(door: Door, query: str, told: str) -> None:
    assert told in door.put(query)[-1]["told"]


def test_what_is_told_of_a_query_stays_on_its_line(door: Door) -> None:
    [refused] = door.put('from "a\nerror: b\x1b[31m' + "x" * 1000 + '"')

    assert "the table a?error: b?[31mxxx" in refused["told"]
    assert refused["told"].isprintable()
    assert len(refused["told"]) < 700


# How much


@pytest.mark.parametrize(("query", "limit"), [bomb for bomb in BOMBS if bomb[1] != "seconds"])
def test_a_query_that_fills_the_machine_is_ended_and_the_limit_is_said(out: Path, query: str, limit: str) -> None:
    limits = Limits(seconds=120, rows=5000, bytes=5_000_000, memory=100_000_000, spill=10_000_000)

    with pytest.raises(UsageError, match=rf"sql_{limit}"):
        ask_here(out, query, limits)

    assert lines(out)[-1]["ended"] in {f"limit of {limit}", "OutOfMemoryException"}
    assert list((out / "work").iterdir()) == []


def test_what_does_not_fit_the_memory_nor_the_room_to_spill_is_told(out: Path) -> None:
    limits = Limits(memory=20_000_000, spill=5_000_000)

    with pytest.raises(UsageError, match=r"sql_memory, sql_spill"):
        ask_here(out, "select range from range(20000000) order by hash(range)", limits)


def test_a_query_that_does_not_end_is_ended(out: Path) -> None:
    began = time.monotonic()

    with pytest.raises(UsageError, match=r"took longer than 1 seconds.*sql_seconds"):
        ask_here(out, BOMBS[0][0], Limits(seconds=1))

    assert time.monotonic() - began < 30
    assert lines(out)[-1]["ended"] == "limit of seconds"


def test_an_answer_of_just_as_many_rows_as_are_allowed_is_given(door: Door) -> None:
    assert door.put("from range(5)", rows=5)[-1] == {"step": "end", "row_count": 5, "byte_count": 21}
    assert door.put("from range(6)", rows=5)[-1] == {"step": "limit", "limit": "rows"}


@pytest.mark.parametrize(("text", "size"), [("1GB", 10**9), ("1.5 GiB", 1_610_612_736), ("512MB", 512_000_000)])
def test_a_size_is_read_with_its_unit(text: str, size: int) -> None:
    assert size_of(text) == size


# What is written down


def test_a_query_gives_its_rows_and_is_written_down_without_its_values(out: Path) -> None:
    answer = ask_here(out, "select member_id as who from audit.finding where member_id = 'ada' -- ada")

    assert (answer.names, answer.rows) == (("who",), (("ada",),))
    asked, answered = lines(out)[-2:]
    assert asked["query"] == "select member_id as ? from audit . finding where member_id = ?"
    assert (asked["event"], asked["user"], asked["logname"], asked["purpose"], asked["publish"]) == (
        "asked",
        "auditor",
        "somebody",
        "monthly review",
        "R20260630-00000001",
    )
    assert asked["asked_at_utc"] == "2026-07-02T09:30:00+00:00"
    assert (answered["event"], answered["number"], answered["row_count"], answered["byte_count"]) == (
        "answered",
        asked["number"],
        1,
        9,
    )
    assert stat.S_IMODE((out / "log" / "sql.jsonl").stat().st_mode) == 0o640


def test_a_refused_query_is_written_down_without_its_text(out: Path) -> None:
    before = standing(out)

    with pytest.raises(UsageError, match="something else than one select"):
        ask_here(out, f"copy (select 'ada') to '{out}/published/{DATABASE_FILE}.wal'")

    asked, ended = lines(out)[-2:]
    assert (asked["query"], ended["event"], ended["ended"], ended["row_count"]) == (
        None,
        "not_answered",
        "refused",
        None,
    )
    assert standing(out) == before


def test_what_cannot_be_written_down_is_not_answered(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    make_folder(folder)
    (folder / "published").symlink_to((out / "published").resolve())
    (tmp_path / "elsewhere").write_text("", encoding="utf-8")
    make_folder(folder / "log")
    (folder / "log" / "sql.jsonl").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StimauditError, match="not written down is not answered"):
        ask_here(folder, "from audit.finding")

    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("place", ["log", "work"])
def test_a_link_in_place_of_a_folder_is_not_followed(out: Path, tmp_path: Path, place: str) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    for made in (folder, elsewhere):
        make_folder(made)
    (folder / "published").symlink_to((out / "published").resolve())
    (folder / place).symlink_to(elsewhere)

    with pytest.raises(StimauditError, match="it is a link"):
        ask_here(folder, "from audit.finding")

    assert list(elsewhere.iterdir()) == []


def test_the_folder_of_a_killed_query_goes_with_the_next_and_that_of_a_running_one_stays(out: Path) -> None:
    left, held = (out / "work" / f"sql-{name}" for name in ("0left", "1held"))
    for folder in (left, held):
        make_folder(folder)
        (folder / DATABASE_FILE).write_bytes(b"")
    holder = os.open(held, os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        ask_here(out, "select 1")
    finally:
        os.close(holder)

    assert (left.exists(), held.exists()) == (False, True)
    shutil.rmtree(held)


def test_askers_at_the_same_time_do_not_remove_each_others_folders(out: Path) -> None:
    with ThreadPoolExecutor(4) as askers:
        answers = list(askers.map(lambda _: ask_here(out, "select count(*) from audit.finding").rows, range(8)))

    assert answers == [((2,),)] * 8
    assert list((out / "work").iterdir()) == []


def test_the_limits_of_the_settings_hold_and_a_wrong_byte_is_no_fault_of_ours(out: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("sql_rows = 1\n", encoding="utf-8")
    command = ["sql", "-", "--out", str(out), "--config", str(tmp_path / "plan.toml")]

    two = CliRunner().invoke(app, command, input="from range(2)")
    odd = CliRunner().invoke(app, command, input=b"select '\xff' as odd")

    assert (two.exit_code, odd.exit_code) == (ExitCode.USAGE, ExitCode.DONE)
    assert "more than 1 rows" in two.stderr
    assert "sql_rows" in two.stderr


def test_a_side_file_of_an_engine_beside_the_database_closes_the_door(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    make_folder(folder / "published")
    os.link((out / "published" / DATABASE_FILE).resolve(), folder / "published" / DATABASE_FILE)
    (folder / "published" / f"{DATABASE_FILE}.wal").write_bytes(b"a log")

    with pytest.raises(IntegrityError, match=r"stimaudit.duckdb.wal"):
        ask_here(folder, "from audit.finding")


@pytest.mark.parametrize(
    ("query", "masked"),
    [
        ("select 'a''b', 12, x from t", "select ? , ? , x from t"),
        ('select "ada 7" from t /* ada */', "select ? from t"),
        ("select $$ada$$", "select ?"),
        ("select x /* ada */ = /* ada */ y -- ada\n, 1 -- ada", "select x = y , ?"),
        ("select 'é', x from t", "select ? , x from t"),
        ("select ada.x as bea, $ada, X from t", "select ? . x as ? , ? ? , X from t"),
        ("select adaé, x_ada from t", "select ? , ? from t"),
    ],
)
def test_a_masked_query_holds_no_literal_unknown_name_or_comment(query: str, masked: str) -> None:
    assert masked_query(query, {"x", "y", "t"}) == masked


def test_a_cell_is_handed_on_as_a_number_a_text_or_a_list_of_them() -> None:
    day = datetime(2026, 7, 2, tzinfo=UTC).date()

    assert [plain(cell) for cell in (1, None, day, [day, 2], (1, "a"), {day: [day]})] == [
        *(1, None, "2026-07-02", ["2026-07-02", 2], [1, "a"]),
        {"2026-07-02": ["2026-07-02"]},
    ]


# Through the installed program


class Asked:
    """A query through the installed program, on an encrypted audit, that nobody waits for."""

    def __init__(self, out: Path, query: str, key_file: Path) -> None:
        self.out = out
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STIMAUDIT")}
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("stimaudit"), "sql", "-", "--out", out],
            env=environment | {"STIMAUDIT_KEY_FILE": str(key_file), "LOGNAME": "mallory"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(query)
        self.process.stdin.close()
        self.process.stdin = None

    def wait_until_asked(self) -> int:
        """The number of the process that answers, once the question is on disk."""
        record = self.out / "log" / "sql.jsonl"
        for _ in range(3000):
            found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
            if found and record.exists() and lines(self.out)[-1]["event"] == "asked":
                return int(found.split()[0])
            time.sleep(0.02)
        message = "the question was never written down"
        raise AssertionError(message)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(KEY_TEXT, encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture
def own_out(encrypted_out: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    make_folder(folder / "published")
    os.link(encrypted_out / "published" / DATABASE_FILE, folder / "published" / DATABASE_FILE)
    return folder


@pytest.fixture
def asked(own_out: Path, key_file: Path) -> Iterator[Asked]:
    started = Asked(own_out, LONG_QUERY, key_file)
    yield started
    started.process.kill()
    started.process.communicate()


def is_gone(process: int) -> bool:
    for _ in range(1000):
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1][0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")
def test_a_query_that_is_stopped_shows_neither_text_nor_key_and_leaves_its_record_alone(asked: Asked) -> None:
    child = asked.wait_until_asked()
    seen = b"".join(
        Path(f"/proc/{process}/{place}").read_bytes()
        for process, place in ((child, "cmdline"), (child, "environ"), (asked.process.pid, "cmdline"))
    )

    asked.process.send_signal(signal.SIGTERM)
    told, faults = asked.process.communicate(timeout=60)

    assert b"QZASKED" not in seen
    assert KEY_TEXT.encode() not in seen
    assert b"STIMAUDIT" not in seen
    assert asked.process.returncode != ExitCode.DONE
    assert "QZASKED" not in told + faults
    assert is_gone(child)
    assert list((asked.out / "work").iterdir()) == []
    first, last = lines(asked.out)
    assert (first["logname"], last["ended"]) == ("mallory", "stopped")
    assert first["user"] != "mallory"
    assert "QZASKED" not in json.dumps([first, last])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")
def test_a_killed_asker_leaves_no_process_and_no_folder(asked: Asked) -> None:
    child = asked.wait_until_asked()

    asked.process.kill()

    assert is_gone(child)
    assert list((asked.out / "work").iterdir()) == []
    assert [line["event"] for line in lines(asked.out)] == ["asked"]


def test_the_door_answers_on_an_encrypted_audit_from_standard_input(own_out: Path, key_file: Path) -> None:
    asked = Asked(own_out, "select count(*) as n, 'QZASKED' as who from audit.finding", key_file)
    told, faults = asked.process.communicate(timeout=120)

    assert (asked.process.returncode, faults) == (ExitCode.DONE, "")
    assert "QZASKED" in told
    assert [line["event"] for line in lines(own_out)] == ["asked", "answered"]

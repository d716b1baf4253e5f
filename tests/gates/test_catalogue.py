"""Each kind of the catalogue once: mended, counted, set aside or refused, and never without a word."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pipelines.gates.suites import CheckKey, read_suites
from pipelines.gates.validate import delivered_views
from pipelines.ground.errors import InputRefusedError
from pipelines.ground.warehouse import open_warehouse
from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.land import LandingRules, land
from pipelines.intake.ledger import attach
from pipelines.operation.unread import unread_results
from tests.gates.catalogue import BETWEEN_KINDS, FILE_KINDS, VALUE_KINDS, BetweenKind, FileKind, Kind, update
from tests.gates.feed import deliver, new_feed, run_day
from tests.gates.test_feed_faults import FAULTS
from tests.gates.text_rows import make_text, write_text
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pipelines.gates.suites import Severity
    from pipelines.ground.warehouse import Connection

CLAIMS = 600
AS_OF = run_day(1)
TAKE_ALL = LandingRules(max_rejected_share=1.0)
LEAST_KINDS = 60
REVENUE_ALONE = """
    update landed.medical_claim set hcpcs_code = null where revenue_center_code = '0420' and source_row % 7 = 0
"""
A_ROW_EACH = ("row_warnings", "delivery_number", "file_number", "source_row")


class Planted(NamedTuple):
    """Two histories in one warehouse, schemas ``clean`` and ``spoiled``, and the row that each kind spoiled."""

    connection: Connection
    rows: Mapping[str, int]
    counted: Mapping[tuple[str, str, str], int]
    """Mended values of the spoiled delivery less those of the clean one, by table, column and rule."""


@pytest.fixture(scope="module")
def typed() -> Iterator[Connection]:
    """A clean delivery as rows of schema ``landed``."""
    with open_warehouse() as connection:
        new_feed(connection)
        deliver(connection, 1, claims=CLAIMS)
        connection.execute(REVENUE_ALONE)
        yield connection


@pytest.fixture(scope="module")
def delivered(typed: Connection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same delivery, its identifiers as digits."""
    folder = tmp_path_factory.mktemp("catalogue")
    make_text(typed, 1)
    return write_text(typed, folder / "clean")


@pytest.fixture(scope="module")
def planted(typed: Connection, delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """Every kind that spoils values, each in a row of its own, all in one delivery."""
    folder = tmp_path_factory.mktemp("planted")
    make_text(typed, 1)
    rows = _plant(typed)
    spoiled = write_text(typed, folder / "spoiled")
    with open_warehouse() as connection:
        for name, extracts in (("clean", delivered), ("spoiled", spoiled)):
            land(extracts, landed=folder / name, as_of=AS_OF, rules=TAKE_ALL)
            attach(connection, folder / name)
            _keep(connection, name)
        yield Planted(connection, rows, _counted(connection))


def _plant(connection: Connection) -> dict[str, int]:
    """Spoils a row for each kind; their places in the file by kind, no row spoiled twice."""
    spoiled: dict[str, int] = {}
    used: dict[str, list[int]] = {}
    for kind in VALUE_KINDS:
        taken = used.setdefault(kind.table, [-1])
        free = f"{kind.rows} and row not in ({', '.join(map(str, taken))})"
        [(row,)] = connection.execute(f"select min(row) from text.{kind.table} where {free}").fetchall()
        assert row is not None, f"{kind.name}: no row can be spoiled"
        [(spoiled[kind.name],)] = connection.execute(
            f"select count(*) from text.{kind.table} where row <= {row}"
        ).fetchall()
        connection.execute(update(kind, rows=f"row = {row}"))
        taken.append(row)
    return spoiled


def _keep(connection: Connection, schema: str) -> None:
    """The landed rows and what was counted, as tables of ``schema``."""
    connection.execute(f"create schema {schema}")
    for table in (*read_extract_tables(), "rejected_row", "repaired_value"):
        connection.execute(f"create table {schema}.{table} as from landed.{table}")
    connection.execute("drop schema landed cascade")


def _counted(connection: Connection) -> dict[tuple[str, str, str], int]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for schema, sign in (("spoiled", 1), ("clean", -1)):
        for *place, count in connection.execute(
            f"select table_name, column_name, rule, sum(row_count) from {schema}.repaired_value group by all"
        ).fetchall():
            counts[tuple(place)] += sign * int(count)
    return dict(counts)


def landed_row(planted: Planted, schema: str, kind: Kind) -> tuple[object, ...] | None:
    """The landed values of the row that a kind spoiled; none where it was set aside."""
    found = planted.connection.execute(
        f"select * exclude ({', '.join(A_ROW_EACH)}) from {schema}.{kind.table} where source_row = ?",
        [planted.rows[kind.name]],
    ).fetchall()
    return found[0] if found else None


@pytest.mark.parametrize("kind", VALUE_KINDS, ids=lambda kind: kind.name)
def test_a_spoiled_value_is_mended_counted_or_set_aside(planted: Planted, kind: Kind) -> None:
    clean, spoiled = (landed_row(planted, schema, kind) for schema in ("clean", "spoiled"))
    aside = planted.connection.execute(
        "select column_name, rule from spoiled.rejected_row where table_name = ? and source_row = ?",
        [kind.table, planted.rows[kind.name]],
    ).fetchall()
    counted = planted.counted.get((kind.table, kind.column, kind.rule), 0)

    assert clean is not None
    if kind.end == "aside":
        assert spoiled is None
        assert (kind.column, kind.rule) in aside
        return
    assert aside == []
    assert (spoiled == clean) is (kind.end in {"read", "mended"})
    if kind.end != "read":
        assert counted >= 1, "without a word"


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.name)
def test_a_spoiled_file_is_refused_or_named(delivered: Path, tmp_path: Path, kind: FileKind) -> None:
    extracts = tmp_path / "extracts"
    extracts.mkdir()
    for path in delivered.iterdir():
        (extracts / path.name).write_bytes(path.read_bytes())
    kind.spoil(extracts)
    if kind.end == "refused":
        with pytest.raises(InputRefusedError, match=kind.said):
            land(extracts, landed=tmp_path / "landed", as_of=AS_OF)
        assert not list((tmp_path / "landed").rglob("*.json"))
    else:
        landing = land(extracts, landed=tmp_path / "landed", as_of=AS_OF)
        told = [result for result in unread_results(landing.files, end_marker=None) if result.status == "failed"]
        assert kind.said in " ".join(result.description for result in told)


def failed_checks(connection: Connection) -> dict[str, Severity]:
    """The severity of each check between tables that fails, by name, of the rows as they stand."""
    found: dict[str, Severity] = {}
    for suite in read_suites(ROOT / "expectations"):
        if suite.name not in {"between_tables", "identifiers"}:
            continue
        checks = {check.key: check for check in suite.checks}
        for query in suite.count_queries:
            for table, name, failed, total in connection.execute(query.replace("{delivery_number}", "1")).fetchall():
                check = checks[CheckKey(table, name)]
                tolerated = max(check.kwargs.get("tolerated_count", 0), (1 - check.kwargs.get("mostly", 1)) * total)
                if failed > tolerated:
                    found[name] = check.severity
    return found


@pytest.mark.parametrize("kind", BETWEEN_KINDS, ids=lambda kind: kind.name)
def test_tables_that_do_not_go_together_are_held_or_said(typed: Connection, kind: BetweenKind) -> None:
    delivered_views(typed, 1)
    before = failed_checks(typed)
    typed.begin()
    try:
        typed.execute(kind.sql)
        now = failed_checks(typed)
    finally:
        typed.rollback()

    assert kind.check not in before
    assert now.get(kind.check) == ("critical" if kind.end == "held" else "warning")


def test_the_catalogue_holds_what_it_promises() -> None:
    names = [kind.name for kind in (*VALUE_KINDS, *FILE_KINDS, *BETWEEN_KINDS, *FAULTS)]

    assert len(set(names)) == len(names) >= LEAST_KINDS

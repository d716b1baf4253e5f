"""Values of Python in a statement: written as SQL constants, they come back as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.warehouse import asked, insert_rows, make_table, open_warehouse, value

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection

VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    -7,
    2**62,
    0.1,
    1 / 3,
    -1e-300,
    float("inf"),
    Decimal("12.50"),
    "",
    'it\'s $name, -- no comment; "quoted" \\ ü\n',
    date(2026, 6, 30),
    datetime(2026, 6, 30, 23, 59, 59, 123456),  # noqa: DTZ001 - DuckDB's own form, which has no zone
    ["a", "b'"],
    [],
)


@pytest.mark.parametrize("given", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was(given: object) -> None:
    with open_warehouse() as connection:
        [[found]] = asked(connection, "select $name", {"name": given}).fetchall()

    assert (found, type(found)) == (given, type(given))


def test_a_time_with_a_zone_is_kept_in_utc() -> None:
    with open_warehouse() as connection:
        [[found]] = asked(connection, "select $at", {"at": datetime(2026, 6, 30, 12, tzinfo=UTC)}).fetchall()

    assert found == datetime(2026, 6, 30, 12)  # noqa: DTZ001 - as above


def test_a_value_is_no_part_of_the_question() -> None:
    with open_warehouse() as connection:
        make_told(connection)
        found = asked(connection, "select name from told where name = $name", {"name": "' or true --"}).fetchall()
        listed = asked(
            connection, "select name from told where name in (select unnest($names))", {"names": ["b", "a"]}
        ).fetchall()
        all_of_them = asked(connection, "select name from told", {}).fetchall()

    assert found == []
    assert sorted(listed) == [("a",), ("b",)]
    assert len(all_of_them) == 3


def make_told(connection: Connection) -> None:
    types = {"name": "VARCHAR", "share": "DOUBLE", "day": "DATE", "words": "VARCHAR[]"}
    make_table(connection, types, "told", list(types), [("a", 1 / 3, None, [])])
    insert_rows(connection, "told", [("b", None, date(2026, 6, 30), ["x"]), ("c", 0.5, None, ())])


def test_what_has_no_form_is_told_without_its_text() -> None:
    with pytest.raises(TypeError, match=r"^dict has no form as a SQL constant"):
        value({"member": "M1"})

"""The counts of one suite over real landed deliveries, without waiting for Great Expectations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipelines.gates.suites import read_suites
from pipelines.ground.warehouse import open_warehouse
from pipelines.intake.ledger import attach
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2024, 12, 31)


def counts_of(landed: Path, suite_name: str, delivery_number: int | None) -> dict[str, tuple[int, int]]:
    """Failed and total count by check of the suite, as asked of one delivery (none: of all)."""
    [suite] = [each for each in read_suites(ROOT / "expectations") if each.name == suite_name]
    number = "cast(null as integer)" if delivery_number is None else str(delivery_number)
    with open_warehouse() as connection:
        attach(connection, landed)
        for (table,) in connection.execute("select table_name from landed.feed").fetchall():
            for prefix, rows in (("delivered", f"= coalesce({number}, delivery_number)"), ("earlier", f"< {number}")):
                connection.execute(
                    f"create view {prefix}_{table} as select * from landed.{table} where delivery_number {rows}"
                )
        return {
            check: (failed, total)
            for query in suite.count_queries
            for _, check, failed, total in connection.execute(
                query.replace("{delivery_number}", number).replace("{as_of}", f"date '{AS_OF}'")
            ).fetchall()
        }

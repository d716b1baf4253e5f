"""What the gates ask of single rows, asked of the candidates' rows, so that a case can say what touches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from pipelines.ground.warehouse import identifier, literal, put_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from pipelines.ground.warehouse import Connection


CHECKED_TABLES = frozenset(
    {
        "medical_claim",
        "claim_diagnosis",
        "claim_procedure",
        "pharmacy_claim",
        "eligibility",
        "prior_authorization",
        "care_documentation",
    }
)
"""The tables whose rows are a member's."""

_FAILED_CHECK: Mapping[str, pl.DataType] = {
    "table_name": pl.String(),
    "check_name": pl.String(),
    "description": pl.String(),
    "delivery_number": pl.Int32(),
    "file_number": pl.Int32(),
    "source_row": pl.Int64(),
}


class RowCheck(NamedTuple):
    """A check of the gates on a row of a table: its name, what is asked, and the SQL condition of a row that fails."""

    table_name: str
    check_name: str
    description: str
    failing_rows: str


def put_failed_checks(connection: Connection, checks: Iterable[RowCheck], *, as_of: date) -> None:
    """Makes ``run_facts.failed_check``: one row per row of ``staging`` and check that it fails, with what is asked."""
    put_frame(connection, "run_facts.failed_check", pl.DataFrame(schema=_FAILED_CHECK))
    for check in checks:
        if check.table_name not in CHECKED_TABLES:
            continue
        condition = check.failing_rows.replace("{as_of}", f"date {literal(as_of.isoformat())}")
        connection.execute(
            f"insert into run_facts.failed_check select {literal(check.table_name)}, {literal(check.check_name)}, "
            f"{literal(check.description)}, delivery_number, file_number, source_row "
            f"from staging.{identifier(check.table_name)} where {condition} "
            "order by delivery_number, file_number, source_row"
        )

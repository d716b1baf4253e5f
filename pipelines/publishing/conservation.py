"""What must add up before anything is published.

See docs/contract.md 2.2.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pipelines.ground.errors import ConservationError, StimauditError
from pipelines.ground.warehouse import one_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


LAW = "-- Law: "
"""What the line of a law's file starts with that says what should hold."""


def read_laws(sql: Path, kind: Literal["working", "published"]) -> dict[str, str]:
    """The laws of ``sql/laws/<kind>``, by what should hold: a query a law, whose rows are what breaks it.

    ``working`` laws are asked of the run's working file, ``published`` ones of the finished file, whose tables they
    name without their schema. Raises ``StimauditError`` for a file that does not say its law.
    """
    laws: dict[str, str] = {}
    for path in sorted((sql / "laws" / kind).glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        told = [line.removeprefix(LAW) for line in text.splitlines() if line.startswith(LAW)]
        if len(told) != 1:
            message = f"{path} does not say its law in one line that starts with '{LAW}'. Write it below the first."
            raise StimauditError(message)
        laws[told[0]] = text
    return laws


def check_conservation(connection: Connection, worklist: Path | None, *, sql: Path) -> None:
    """Raises ``ConservationError`` unless lines, episodes, steps, rows and dollars add up.

    ``connection`` has the finished file open; ``worklist`` is the CSV made from it, where there is one. Every broken
    law is named at once, with how often it is broken.
    """
    broken = broken_laws(connection, read_laws(sql, "published"))
    if worklist is not None:
        broken += _worklist_faults(connection, worklist)
    raise_if_broken(broken)


def _worklist_faults(connection: Connection, worklist: Path) -> Iterator[str]:
    rows, dollars, unknown = _csv_total(worklist)
    if rows != one_number(connection, "select count(*) from finding"):
        yield "worklist.csv has a row for every finding, and no other"
    database_dollars = connection.execute("select coalesce(sum(paid_amount), 0) from finding").fetchall()[0][0]
    if dollars != Decimal(database_dollars):
        yield "the dollars of worklist.csv are those of the database, to the cent"
    if unknown != one_number(connection, "select count(*) from finding where paid_amount is null"):
        yield "the dollars of worklist.csv are unknown where those of the database are"


def broken_laws(connection: Connection, laws: Mapping[str, str]) -> list[str]:
    """The laws that do not hold, one line each with how often; a law is a query whose rows are what breaks it."""
    counts = {law: one_number(connection, f"select count(*) from ({query})") for law, query in laws.items()}
    return [f"{law} ({count:,} times)" for law, count in counts.items() if count > 0]


def raise_if_broken(broken: Sequence[str]) -> None:
    """Raises ``ConservationError`` that names every broken law; nothing where all hold."""
    if broken:
        message = (
            "The run does not add up, so it is not published. What should hold and does not: "
            + "; ".join(broken)
            + ". The last published audit stays. Keep the work folder and report this: it is a fault of the program."
        )
        raise ConservationError(message)


def _csv_total(worklist: Path) -> tuple[int, Decimal, int]:
    """The rows of the CSV, the sum of their dollars, and how many have none."""
    with worklist.open(encoding="utf-8", newline="") as lines:
        amounts = [line["paid_amount"] for line in csv.DictReader(lines)]
    return len(amounts), sum(map(Decimal, filter(None, amounts)), Decimal(0)), amounts.count("")

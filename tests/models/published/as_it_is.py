"""A row in which every column holds a value of its own, for tables that are published as they were gathered."""

from __future__ import annotations

import csv

from tests.support.places import ROOT


def own_values(columns: tuple[str, ...]) -> tuple[str, ...]:
    """A value for each column, as DuckDB writes it, by which a column that took another's place would be seen."""
    with (ROOT / "sql" / "columns.csv").open(encoding="utf-8", newline="") as lines:
        types = {line["column_name"]: line["type"] for line in csv.DictReader(lines)}
    return tuple(_value(name, types[name], place) for place, name in enumerate(columns, start=1))


def as_text(columns: tuple[str, ...], **also: str) -> str:
    """The one row of ``own_values`` as a text table, with other columns after it."""
    return " | ".join([*columns, *also]) + "\n" + " | ".join([*own_values(columns), *also.values()])


def _value(name: str, kind: str, place: int) -> str:
    return {
        "VARCHAR": f"the {name}",
        "VARCHAR[]": f"[the {name}]",
        "DATE": f"2025-01-{place:02}",
        "TIMESTAMP": f"2025-01-01 00:00:{place:02}",
        "BOOLEAN": "true",
        "DOUBLE": f"{place}.5",
        "INTEGER": str(place),
        "BIGINT": str(place),
        "DECIMAL(4,1)": f"{place}.5",
        "DECIMAL(18,2)": f"{place}.25",
        "DECIMAL(18,4)": f"{place}.1250",
    }[kind]

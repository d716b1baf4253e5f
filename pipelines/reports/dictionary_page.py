"""The dictionary page: every table and column of the published audit, what it means and what it is made of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pipelines.reports.case_file import read_rows

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection


def dictionary_page_facts(connection: Connection) -> dict[str, Any]:
    """What the dictionary page shows: published tables, their columns, and every model with what it is made of.

    The way between tables goes both ways: ``made_of`` leads to what a table reads, ``used_by`` to what reads it. Names
    that no model makes (delivered tables, value sets, policies, facts of the run) have no place to lead to.
    """
    rows = read_rows(connection, "from dictionary order by table_name, column_position")
    models = read_rows(connection, "from lineage order by model")
    used_by: dict[str, list[str]] = defaultdict(list)
    for model in models:
        for table in model["made_of"]:
            used_by[table].append(model["model"])
    return {
        "tables": [row for row in rows if not row["column_name"]],
        "columns": [row for row in rows if row["column_name"]],
        "models": [{**model, "used_by": used_by[model["model"]]} for model in models],
        "known": frozenset(model["model"] for model in models),
    }

"""Whether the kept rows give what the landed history gives: both staged side by side, and compared table by table."""

from __future__ import annotations

import shutil
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from pipelines.ground.files import make_folder
from pipelines.ground.warehouse import MEMORY_LIMIT, open_warehouse
from pipelines.operation.plan import rule_parameters
from pipelines.publishing.history import read_history
from pipelines.rule.kept_layers import kept_folder, register_path
from pipelines.rule.kept_rows import layers_to_check
from pipelines.rule.narrow import narrow
from pipelines.rule.policy import load_policies
from pipelines.rule.value_sets import load_value_sets

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.program_files import Home


WITH_FACTS = "schema_name = 'staging' or (schema_name, table_name) = ('kept', 'unread_opening_row')"
"""The tables that the audit reads of what narrowing leaves."""

Totals = dict[str, tuple[int, int]]
"""By table how many rows it has, and the sum of their hashes."""


def kept_faults(out: Path, *, here: Home, memory_limit: str = MEMORY_LIMIT, threads: int | None = None) -> list[str]:
    """A sentence for each table that the kept rows of ``out`` do not give as the landed history gives it.

    As the last run asked of them, with the policies and value sets of today; none where nothing is kept. Reads the
    whole history, and leaves nothing behind; ``out`` must be held.
    """
    landed, folder = out / "landed", out / "work" / "verify"
    if not register_path(landed).exists():
        return []
    [*_, last] = read_history(out / "history")
    as_of = date.fromisoformat(last.as_of)
    value_sets = load_value_sets(here.sql / "value_sets")
    layers = layers_to_check(landed, sql=here.sql, value_sets=value_sets)
    if not layers:
        return [
            f"{kept_folder(landed)} does not hold what landed, or was made under other codes: the next run makes it."
        ]
    stage = partial(
        narrow,
        landed=landed,
        sql=here.sql,
        as_of=as_of,
        policies=load_policies(here.sql / "policies", as_of=as_of, allow_overdue=True),
        value_sets=value_sets,
        **rule_parameters(last.parameters),
        memory_limit=memory_limit,
        threads=threads,
    )
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder.parent)
    make_folder(folder)
    try:
        stage(working=folder / "with_kept.duckdb", layers=layers)
        stage(working=folder / "of_all.duckdb")
        kept, whole = totals(folder / "with_kept.duckdb"), totals(folder / "of_all.duckdb")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        f"{kept_folder(landed)} gives other rows of {table} than the landed files. Delete it: the next run makes it."
        for table in whole
        if kept[table] != whole[table]
    ]


def totals(working: Path) -> Totals:
    """The totals of every table that narrowing left in ``working`` for the audit."""
    with open_warehouse(working, read_only=True) as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            f"where database_name = current_catalog() and ({WITH_FACTS}) order by all"
        ).fetchall()
        return {
            name: connection.execute(
                f"select count(*), coalesce(sum(hash(row_of)), 0) from {name} as row_of"
            ).fetchall()[0]
            for (name,) in names
        }

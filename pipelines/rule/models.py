"""Models and transforms, and the order they are made in.

A model is one SQL select at ``sql/<schema>/<table>.sql`` and makes ``<schema>.<table>``; folders in between part a
schema by what its tables speak of and are no part of the name. What stands in a folder ``views`` is made as a view:
other tables' rows and columns, which nobody copies. What stands in a folder ``published`` is made in the
published file (``pipelines.publishing``) and is no model here. A transform is a polars function of that table's name
and makes ``intermediate.<table>``. The order is read from the SQL itself and from the transforms' parameters; nobody
keeps a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from inspect import Parameter, signature
from typing import TYPE_CHECKING

from pipelines.ground.errors import StimauditError
from pipelines.ground.warehouse import in_reading_order, open_scratch, put_frame, tables_read
from pipelines.rule.transforms.care_cluster import care_cluster
from pipelines.rule.transforms.care_course import care_course
from pipelines.rule.transforms.case_name import case_name
from pipelines.rule.transforms.implant_episode import implant_episode
from pipelines.rule.transforms.surgical_event import surgical_event
from pipelines.rule.transforms.taken_back_fill import taken_back_fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import polars as pl

    from pipelines.ground.warehouse import Connection


TRANSFORMS: tuple[Callable[..., pl.LazyFrame], ...] = (
    taken_back_fill,
    surgical_event,
    implant_episode,
    care_course,
    care_cluster,
    case_name,
)
"""The tables made by polars, because in them the order of days, or of choices, decides."""


PUBLISHED = "published"
"""The folder below ``sql/audit`` of what the publish stage makes."""

VIEWS = "views"
"""The folder of models that are made as views."""


@dataclass(frozen=True)
class Model:
    """One SQL model: the table it makes, the select that makes it, and the file that holds it."""

    name: str
    query: str
    path: Path

    @property
    def schema(self) -> str:
        """The schema of the table."""
        return self.name.split(".")[0]

    @property
    def kind(self) -> str:
        """What is made of the select: a ``view`` or a ``table``."""
        return "view" if self.path.parent.name == VIEWS else "table"


def read_models(sql: Path, schemas: Iterable[str]) -> tuple[Model, ...]:
    """The models below ``sql`` of the schemas named, by name; a schema's folders may have folders in them.

    Raises ``StimauditError`` where two files would make the same table.
    """
    models: dict[str, Model] = {}
    for schema in schemas:
        for path in sorted((sql / schema).rglob("*.sql"), key=lambda path: path.stem):
            if PUBLISHED in path.relative_to(sql).parts:
                continue
            model = Model(f"{schema}.{path.stem}", path.read_text(encoding="utf-8"), path)
            if model.name in models:
                message = f"Two files make the table {model.name}: {models[model.name].path} and {path}. Keep one."
                raise StimauditError(message)
            models[model.name] = model
    return tuple(models.values())


def build(connection: Connection, models: Iterable[Model], transforms: Iterable[Callable[..., pl.LazyFrame]]) -> None:
    """Makes every table of ``models`` and ``transforms`` in ``connection``, each after those it reads.

    Transforms read tables of ``intermediate`` and take their keyword parameters from ``policies.default_policy``.
    Tables that neither makes must be there already.
    """
    made = {model.name: model for model in models}
    queries = {name: model.query for name, model in made.items()}
    functions = {f"intermediate.{transform.__name__}": transform for transform in transforms}
    reads = dict(zip(queries, map(set, _tables_each_reads(tuple(queries.values()))), strict=True))
    reads.update({name: tables_of(function) for name, function in functions.items()})
    for schema in sorted({name.split(".")[0] for name in reads}):
        connection.execute(f"create schema if not exists {schema}")
    for name in in_reading_order(reads):
        if name in functions:
            _make_by_transform(connection, name, functions[name])
        else:
            connection.execute(f"create or replace {made[name].kind} {name} as {made[name].query}")


@cache
def _tables_each_reads(queries: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The tables that each query reads; kept, for the same models are made again and again by examples and controls."""
    # An empty database reads the names alone; in one with views DuckDB would bind the files behind them.
    with open_scratch() as parser:
        return tuple(frozenset(tables_read(parser, query)) for query in queries)


def tables_of(transform: Callable[..., pl.LazyFrame]) -> set[str]:
    """The tables that a transform reads, as its parameters name them."""
    return {
        f"intermediate.{name}"
        for name, parameter in signature(transform).parameters.items()
        if parameter.kind is Parameter.POSITIONAL_OR_KEYWORD
    }


def _make_by_transform(connection: Connection, name: str, transform: Callable[..., pl.LazyFrame]) -> None:
    frames = [
        connection.table(f"intermediate.{table}").pl().lazy()
        for table, parameter in signature(transform).parameters.items()
        if parameter.kind is Parameter.POSITIONAL_OR_KEYWORD
    ]
    asked = [
        parameter
        for parameter in signature(transform).parameters
        if signature(transform).parameters[parameter].kind is Parameter.KEYWORD_ONLY
    ]
    row = connection.table("policies.default_policy").pl().row(0, named=True)
    made = transform(*frames, **{parameter: row[parameter] for parameter in asked}).collect()
    put_frame(connection, name, made)

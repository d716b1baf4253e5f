"""Lineage: which table is made of which, from the delivered rows to what is published, as the SQL itself says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.warehouse import open_scratch, tables_read
from pipelines.publishing.dictionary import model_comment
from pipelines.publishing.views_and_macros import macro_paths, published_folder, view_paths
from pipelines.rule.kept_rows import ROWS_OF_KEPT
from pipelines.rule.models import TRANSFORMS, read_models, tables_of

if TYPE_CHECKING:
    from pathlib import Path


SCHEMAS = ("kept", "staging", "intermediate", "audit", "history")


class Lineage(NamedTuple):
    """A table with its schema, what one row of it is, and the tables that it is made of, by name."""

    model: str
    meaning: str
    made_of: list[str]


def read_lineage(sql: Path) -> list[Lineage]:
    """The lineage of every table that a model below ``sql`` or a transform makes, by name.

    A table that is named without its schema, as those of the published file are, is one of ``audit``. Tables that
    nothing here makes (delivered rows, value sets, policies, facts of the run) stand in ``made_of`` alone.
    """
    paths = {model.name: model.path for model in read_models(sql, SCHEMAS)}
    published = sorted(published_folder(sql).glob("*.sql"))
    paths |= {f"audit.{path.stem}": path for path in published}
    paths |= {f"audit.{name}": path for name, path in (view_paths(sql) | macro_paths(sql)).items()}
    with open_scratch() as parser:
        found = [
            Lineage(
                name,
                model_comment(path),
                sorted({_qualified(table) for table in tables_read(parser, path.read_text(encoding="utf-8"))}),
            )
            for name, path in paths.items()
        ]
    found += [Lineage(f"kept.{name}", meaning, list(made_of)) for name, (meaning, made_of) in ROWS_OF_KEPT.items()]
    found += [
        Lineage(
            f"intermediate.{transform.__name__}",
            (transform.__doc__ or "").strip().split("\n", maxsplit=1)[0],
            sorted(tables_of(transform)),
        )
        for transform in TRANSFORMS
    ]
    return sorted(found)


def _qualified(table: str) -> str:
    return table if "." in table else f"audit.{table}"

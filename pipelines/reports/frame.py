"""What every page stands in: templates, stamp, one way to write it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.ground.files import FILE_MODE
from pipelines.ground.program_files import TEMPLATES
from pipelines.ground.warehouse import asked
from pipelines.reports import words
from pipelines.reports.case_file import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Stamp:
    """What every page says about the run it was made from."""

    run_id: str
    as_of_date: date
    data_through_date: date | None
    made_at_utc: str
    code_version: str
    policies: tuple[str, ...]
    landed_digest: str
    grade: str
    grade_reasons: tuple[str, ...]
    value_set_versions: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def is_synthetic(self) -> bool:
        """Whether whoever started the run said that its extracts are made-up data."""
        return bool(self.parameters.get("synthetic_data"))


class Templates(Environment):
    """Templates that look up ``row.column`` as a column: Jinja asks for an attribute first, which no row has."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The column of a row, else what Jinja makes of it."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def make_environment() -> Templates:
    """The templates, with autoescape on and every name that is missing an error."""
    environment = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        day=words.day,
        dollars=words.dollars,
        known_dollars=words.known_dollars,
        masked=words.masked,
        diagnosis=words.diagnosis,
        phrase=words.phrase,
        sentence=words.sentence_case,
        count=lambda value: f"{value:,}",
    )
    return environment


def read_stamp(connection: Connection) -> Stamp:
    """The stamp of the published run. The data go through the newest service that the audited episodes show."""
    [run] = read_rows(connection, "from run")
    [[data_through]] = asked(
        connection,
        "select max(claim_line_start_date) from claim_line_state where claim_line_start_date <= $as_of",
        {"as_of": run["as_of_date"]},
    ).fetchall()
    return Stamp(
        run_id=run["run_id"],
        as_of_date=run["as_of_date"],
        data_through_date=data_through,
        made_at_utc=f"{run['finished_at_utc']:%Y-%m-%d %H:%M} UTC",
        code_version=run["code_version"],
        policies=tuple(" ".join(version.split()[:2]) for version in run["policy_versions"]),
        landed_digest=run["landed_digest"][:12],
        grade=run["grade"],
        grade_reasons=tuple(run["grade_reasons"]),
        value_set_versions=tuple(run["value_set_versions"]),
        parameters=json.loads(run["parameters"]),
    )


def write_page(
    environment: Environment, context: Mapping[str, Any], path: Path, template: str, **given: object
) -> Path:
    """Writes ``template`` to ``path``; ``context`` is what all pages know, ``given`` what this one adds."""
    return write_text(path, environment.get_template(template).render(**context, **given))


def write_text(path: Path, text: str) -> Path:
    """Writes the text of a page to ``path``, for owner and group to read."""
    path.write_text(text, encoding="utf-8", newline="\n")
    path.chmod(FILE_MODE)
    return path

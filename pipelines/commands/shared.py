"""What all commands share: options, how a fault is told, how rows and reports are written."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, Protocol

import typer

from pipelines.ground.encryption import read_key, using_key
from pipelines.ground.errors import StimauditError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console

    from pipelines.ground.warehouse import Connection


Arguments = ParamSpec("Arguments")

DEMO_OUT = Path("demo_output")
PLAIN_WIDTH = 160
ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/")
"""How a path begins that is an address; a path has lost one of the two slashes, and `c:/` is none."""


class Form(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


Extracts = Annotated[Path, typer.Option(help="Folder of the delivery: medical_claim.csv, claim_diagnosis.csv, ...")]
Out = Annotated[Path, typer.Option(help="Output folder: landed history, working files, published audit.")]
PublishedOut = Annotated[Path, typer.Option(help="Output folder of a run.", envvar="STIMAUDIT_OUT")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Run date; nothing later is used. Today, if not given."),
]
Config = Annotated[Path | None, typer.Option(help="Settings of your plan, a TOML file.")]
RowForm = Annotated[Form, typer.Option("--format", help="How rows are written.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]


class Told(Protocol):
    """A result that speaks for itself, to a person and to a script."""

    def lines(self) -> Iterable[str]:
        """The result as lines of text."""

    def as_json(self) -> Any:
        """The result as plain data."""


def telling(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """``command`` with the key that the environment gives, its faults told on standard error, and their exit code."""

    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            refuse_addresses(kwargs.values())
            with using_key(read_key(os.environ)):
                command(*args, **kwargs)
        except StimauditError as fault:
            log().print(f"error: {fault}", style="red", markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(fault.exit_code) from None

    return run


def refuse_addresses(values: Iterable[object]) -> None:
    """Raises ``UsageError`` where a path that was given is an address of another machine (`s3://`, `https://`)."""
    for value in values:
        address = ADDRESS.match(str(value)) if isinstance(value, Path) else None
        if address:
            message = (
                f"The path {address['scheme']}://... is an address, and stimaudit reads and writes folders of this "
                "machine alone. Copy what lies there into a folder, or mount it, and name the folder."
            )
            raise UsageError(message)


def tell(result: Told, *, as_json: bool) -> None:
    """Writes a result on standard output."""
    if as_json:
        tell_json(result.as_json())
        return
    for line in result.lines():
        typer.echo(line)


def tell_json(content: Any) -> None:
    """Writes plain data on standard output, for scripts."""
    typer.echo(json.dumps(content, indent=2, default=str))


def published_audit(out: Path) -> Connection:
    """The published audit of ``out``, read-only; raises ``UsageError`` when there is none."""
    from pipelines.ground.published_file import DATABASE_FILE, open_published

    if not (out / "published" / DATABASE_FILE).is_file():
        message = (
            f"There is no published audit in {out}. Name the output folder of a run with --out, "
            "or make one with `stimaudit run` or `stimaudit demo`."
        )
        raise UsageError(message)
    return open_published(out / "published")


def landed_folder(out: Path) -> Path:
    """The landed history of ``out``; raises ``UsageError`` when nothing landed there, or its key is not the one."""
    from pipelines.intake.ledger import check_key

    if not (out / "landed" / "deliveries").is_dir():
        message = f"Nothing landed in {out} yet. Name the output folder of a run with --out."
        raise UsageError(message)
    check_key(out / "landed")
    return out / "landed"


def tell_gate(report: Any) -> None:
    """Says what a gate found, a line each; raises ``UsageError`` when the folder may not be loaded."""
    for line in report.lines():
        typer.echo(line)
    if not report.is_sound:
        message = f"{len(report.faults)} faults must be mended before a run can use these files."
        raise UsageError(message)


def short(path: Path) -> Path:
    """``path`` from the current folder where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def tell_rows(names: Sequence[str], rows: Sequence[Sequence[Any]], form: Form) -> None:
    """Writes rows on standard output as a table, CSV or JSON."""
    if form is Form.JSON:
        tell_json([dict(zip(names, row, strict=True)) for row in rows])
    elif form is Form.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(
            [["; ".join(map(str, cell)) if isinstance(cell, list) else cell for cell in row] for row in rows]
        )
    else:
        from rich.table import Table

        table = Table()
        for name in names:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else _cell(cell) for cell in row))
        console().print(table, markup=False)
        typer.echo(f"{len(rows):,} rows")


def _cell(cell: object) -> str:
    return ", ".join(map(str, cell)) if isinstance(cell, list) else str(cell)


def console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for a file; colour only on a terminal."""
    from rich.console import Console

    terminal = Console(markup=False)
    return terminal if terminal.is_terminal else Console(width=PLAIN_WIDTH, markup=False, no_color=True)


def log() -> Console:
    """Standard error, where progress and faults are told."""
    from rich.console import Console

    return Console(stderr=True)


def now() -> datetime:
    """The time it is."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is where the command runs."""
    return now().astimezone().date()


def day(given: datetime | None) -> date | None:
    """The day that an option gives, which the command line reads as a time; none: it was not given."""
    return given.date() if given else None

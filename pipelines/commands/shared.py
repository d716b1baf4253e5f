"""What all commands share: options, the environment, how a fault is told, and the folders they look into."""

from __future__ import annotations

import inspect
import os
import pwd
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from pipelines.commands.writing import Form, Voice, log, speaking, tell, voice
from pipelines.ground.encryption import read_key, using_key
from pipelines.ground.errors import StimauditError, UsageError
from pipelines.ground.files import UnfitFileError, refuse_address
from pipelines.ground.stopping import stopped

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pipelines.ground.warehouse import Connection


Arguments = ParamSpec("Arguments")

DEMO_OUT = Path("demo_output")
OF_A_PATH = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError, UnfitFileError)
OF_THE_DISK = frozenset({"IOException", "TransactionException", "FatalException"})
"""What DuckDB raises where a file cannot be read or written: a disk without room or rights, or a damaged database."""
OTHER_FORM = frozenset({"BinderException", "CatalogException"})
"""What DuckDB raises for a table or column that is not there."""


Extracts = Annotated[
    Path,
    typer.Option(
        help="Folder of the delivery: medical_claim.csv, claim_diagnosis.csv, ...", envvar="STIMAUDIT_EXTRACTS"
    ),
]
Out = Annotated[
    Path,
    typer.Option(help="Output folder: landed history, working files, published audit.", envvar="STIMAUDIT_OUT"),
]
PublishedOut = Annotated[Path, typer.Option(help="Output folder of a run.", envvar="STIMAUDIT_OUT")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="Run date; nothing later is used. Today, if not given.", envvar="STIMAUDIT_AS_OF"
    ),
]
Config = Annotated[Path | None, typer.Option(help="Settings of your plan, a TOML file.", envvar="STIMAUDIT_CONFIG")]
RowForm = Annotated[Form, typer.Option("--format", help="How rows are written.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts; docs/commands.md has its form.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing beside the result but warnings and faults.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say each step with its time, and of a fault where it arose.")
]


def telling(command: Callable[Arguments, None]) -> Callable[..., None]:
    """``command`` with the key that the environment gives, its faults told on standard error, and their exit code.

    It takes ``--quiet`` and ``--verbose`` besides its own options.
    """

    @wraps(command)
    def run(*args: Any, quiet: bool = False, verbose: bool = False, **kwargs: Any) -> None:
        if quiet and verbose:
            message = "--quiet and --verbose ask for less and for more. Give one of them."
            raise typer.BadParameter(message)
        with speaking(Voice.QUIET if quiet else Voice.VERBOSE if verbose else Voice.USUAL):
            _run_telling(command, *args, **kwargs)

    own = inspect.signature(command, eval_str=True)
    voices = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=option)
        for name, option in (("quiet", Quiet), ("verbose", Verbose))
    ]
    vars(run)["__signature__"] = own.replace(parameters=[*own.parameters.values(), *voices])
    return run


def _run_telling(command: Callable[..., None], *args: Any, **kwargs: Any) -> None:
    try:
        for value in kwargs.values():
            if isinstance(value, Path):
                refuse_address(value)
        with using_key(read_key(os.environ)):
            command(*args, **kwargs)
    except StimauditError as cause:
        _end(stopped(cause) or cause, cause.__traceback__)
    except KeyboardInterrupt as cause:
        _end(stopped(cause) or StimauditError(str(cause)), cause.__traceback__)
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as cause:  # noqa: BLE001 - a cause's own text may quote a member, so none is shown
        _end(stopped(cause) or _told_safely(cause), cause.__traceback__)


def _end(fault: StimauditError, trace: TracebackType | None) -> None:
    log().print(f"error: {fault}", style="red", markup=False, highlight=False, soft_wrap=True)
    if voice() is Voice.VERBOSE:
        for place in _places(trace):
            log().print(f"  at {place}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(fault.exit_code) from None


def _told_safely(cause: Exception) -> StimauditError:
    """What may be told of a cause that has no sentence of ours: its kind and place, and never its text."""
    kind = type(cause).__name__
    is_of_duckdb = type(cause).__module__.partition(".")[0] in {"duckdb", "_duckdb"}
    if kind in OF_THE_DISK and is_of_duckdb:
        return StimauditError(
            f"The command stopped, for DuckDB could not read or write a file ({kind}). Most often the disk is full or "
            "may not be written: `stimaudit doctor` looks. If it is neither, a file is damaged: `stimaudit verify`."
        )
    if kind in OTHER_FORM and is_of_duckdb:
        return UsageError(
            "The published audit lacks a table or column that this version reads: another version of stimaudit made "
            "it, or it was damaged. `stimaudit run` publishes it anew from what landed; `stimaudit verify` finds "
            "damage."
        )
    if isinstance(cause, OSError) and cause.strerror:
        named = f" ({cause.filename})" if isinstance(cause.filename, str | Path) else ""
        told = f"{cause.strerror}{named}. Correct the path, the rights of this account, or the disk."
        return UsageError(told) if isinstance(cause, OF_A_PATH) else StimauditError(told)
    *_, place = _places(cause.__traceback__) or ["unknown place"]
    return StimauditError(
        f"The command stopped: {kind} at {place}. It is a fault of ours; its text is left out, for it may quote a "
        "member. Run it again with --verbose, and report what it says."
    )


def _places(trace: TracebackType | None) -> list[str]:
    """Where a fault passed, the outermost first: module and line, without a value."""
    places = []
    while trace is not None:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}")
        trace = trace.tb_next
    return places


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


def run_folder(out: Path) -> Path:
    """``out``, where a run has published into it; raises ``UsageError`` elsewhere, before anything is made there."""
    if not (out / "history").is_dir():
        message = f"No run has published into {out}. Name the output folder of a run with --out."
        raise UsageError(message)
    return out


def landed_folder(out: Path) -> Path:
    """The landed history of ``out``; raises ``UsageError`` when nothing landed there, or its key is not the one."""
    from pipelines.intake.ledger import check_key

    if not (out / "landed" / "deliveries").is_dir():
        message = f"Nothing landed in {out} yet. Name the output folder of a run with --out."
        raise UsageError(message)
    check_key(out / "landed")
    return out / "landed"


def tell_gate(report: Any, *, as_json: bool) -> None:
    """Says what a gate found, a line each; raises ``UsageError`` when the folder may not be loaded."""
    tell(report, as_json=as_json)
    if not report.is_sound:
        message = f"{len(report.faults)} faults must be mended before a run can use these files."
        raise UsageError(message)


def short(path: Path) -> Path:
    """``path`` from the current folder where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def now() -> datetime:
    """The time it is."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is where the command runs."""
    return now().astimezone().date()


def day(given: datetime | None) -> date | None:
    """The day that an option gives, which the command line reads as a time; none: it was not given."""
    return given.date() if given else None


def account() -> str:
    """The name of the account that the command runs under, as the operating system has it, else its number."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def operator() -> str:
    """Who gives the command: the account, and beside it what ``LOGNAME`` says where that is another name."""
    name, logname = account(), os.environ.get("LOGNAME")
    return name if logname in {None, "", name} else f"{name} (LOGNAME {logname})"

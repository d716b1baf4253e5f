"""The `stimaudit` command: results on standard output, log and progress on standard error.

The clock and the environment are read here and in `pipelines.commands`, and nowhere below.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from pipelines.commands import auditors, nightly, operations, review, rule
from pipelines.ground.errors import EXIT_CODES
from pipelines.ground.run_lock import private_files
from pipelines.ground.stopping import heeding_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GROUPS: Mapping[str, Mapping[str, Callable[..., None] | typer.Typer]] = {
    "Start here": {"demo": nightly.demo},
    "Operators: the night": {
        "doctor": operations.doctor,
        "validate": nightly.validate,
        "run": nightly.run,
        "status": operations.status,
        "rollback": operations.rollback,
    },
    "Analysts and clinicians: cases": {
        "show": auditors.show,
        "letter": review.letter,
        "decision": review.decision_app,
        "report": auditors.report,
    },
    "Quality leads: figures": {"metrics": review.metrics, "sample": review.sample},
    "Auditors: questions and proof": {
        "sql": auditors.sql,
        "dictionary": auditors.dictionary,
        "diff": operations.diff,
        "verify": operations.verify,
        "reproduce": operations.reproduce,
    },
    "Policy authors: the rule": {
        "policy": rule.policy_app,
        "value-sets": rule.value_sets_app,
        "test": rule.prove,
    },
}
"""The commands by who needs them, each group in the order in which it is needed."""

HELP = "\n\n".join(
    (
        "Finds neurostimulator implants billed for unspecified low back pain without documented failure of other care.",
        "A finding asks a person to review a claim. It decides nothing.",
        "**Examples**",
        "`stimaudit demo` audits the sample data",
        "`stimaudit run --extracts deliveries/tonight --out /srv/stimaudit` takes in a delivery and publishes",
        "`stimaudit show EPISODE --out /srv/stimaudit` says why an episode has its outcome",
        '`stimaudit sql "from audit.finding" --out /srv/stimaudit` asks the published audit',
        "`stimaudit COMMAND --help` teaches each command with examples",
        f"**Exit codes**: {'; '.join(f'{int(code)} {meaning}' for code, meaning in EXIT_CODES.items())}.",
        (
            "**Environment**: STIMAUDIT_OUT, STIMAUDIT_EXTRACTS, STIMAUDIT_CONFIG and the others that the help of a "
            "command names stand for its options; an option wins. docs/commands.md has all of them."
        ),
        (
            "**Encryption**: with a key in STIMAUDIT_KEY, or in the file that STIMAUDIT_KEY_FILE names, everything "
            "with member data below OUT is encrypted (docs/operations.md)."
        ),
    )
)


class _InOrder(TyperGroup):
    """The commands in the order of ``GROUPS``, which is that of help."""

    def list_commands(self, ctx: object) -> list[str]:
        """The names of all commands, as help shows them."""
        del ctx
        return [name for commands in GROUPS.values() for name in commands]


app = typer.Typer(
    name="stimaudit",
    cls=_InOrder,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for title, commands in GROUPS.items():
    for name, command in commands.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=title)
        else:
            app.command(name, rich_help_panel=title)(command)


def main() -> None:
    """Runs the command line and exits with a code of the contract.

    A scheduler that ends it (SIGTERM) gets what Ctrl-C gets: working files are removed and the status says so.
    """
    # What a library cannot close on a full disk is told by Python itself, with a trace; the command tells of it.
    sys.unraisablehook = lambda _: None
    _give_a_home()
    with heeding_signals(), private_files():
        app()


def _give_a_home() -> None:
    """Where an account has no home folder, Prefect and Great Expectations stop on import; one without files will do."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = os.devnull


def _say_version(asked: bool) -> None:  # noqa: FBT001 - the shape of an option's callback
    if asked:
        typer.echo(f"stimaudit {version('stimaudit')}")
        raise typer.Exit


@app.callback(help=HELP)
def stimaudit(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Reads the options that belong to no command."""
    del show_version

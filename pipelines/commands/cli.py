"""The `stimaudit` command: results on standard output, log and progress on standard error.

The clock and the environment are read here and in `pipelines.commands`, and nowhere below.
"""

from __future__ import annotations

import os
import signal
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import auditors, nightly, operations, review, rule
from pipelines.ground.run_lock import private_files

app = typer.Typer(
    name="stimaudit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(nightly.run)
app.command()(nightly.demo)
app.command()(nightly.validate)
app.command()(auditors.report)
app.command()(auditors.show)
app.command()(auditors.sql)
app.command()(auditors.dictionary)
app.add_typer(rule.policy_app, name="policy")
app.add_typer(rule.value_sets_app, name="value-sets")
app.command(name="test")(rule.prove)
app.add_typer(review.decision_app, name="decision")
app.command()(review.metrics)
app.command()(review.sample)
app.command()(review.letter)
app.command()(operations.status)
app.command()(operations.doctor)
app.command()(operations.diff)
app.command()(operations.verify)
app.command()(operations.reproduce)
app.command()(operations.rollback)


def main() -> None:
    """Runs the command line and exits with a code of the contract.

    A scheduler that ends it (SIGTERM) gets what Ctrl-C gets: working files are removed and the status says so.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _give_a_home()
    with private_files():
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


@app.callback()
def stimaudit(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Finds neurostimulator implants billed for unspecified low back pain without documented failure of other care.

    A finding asks a person to review a claim. It decides nothing.

    **Examples**

    `stimaudit demo` audits the sample data

    `stimaudit run --extracts deliveries/tonight --out /srv/stimaudit` takes in a delivery and publishes the audit

    `stimaudit show EPISODE --out /srv/stimaudit` says why an episode has its outcome

    `stimaudit sql "from audit.finding" --out /srv/stimaudit` asks the published audit

    **Exit codes**: 0 done; 1 a fault of ours; 2 usage; 3 input refused or a critical check failed, nothing published;
    4 another run holds the output folder; 5 published with caveats.

    **Encryption**: with a key in STIMAUDIT_KEY, or in the file that STIMAUDIT_KEY_FILE names, everything with member
    data below OUT is encrypted (docs/operations.md).
    """
    del show_version

"""Commands about the rule itself: policies, value sets and a payer's own examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import (
    DEMO_OUT,
    AsJson,
    AsOf,
    Form,
    PublishedOut,
    day,
    landed_folder,
    published_audit,
    tell,
    tell_gate,
    tell_rows,
    telling,
    today,
)
from pipelines.ground.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import date


policy_app = typer.Typer(no_args_is_help=True, help="The policies: what is asked, why, and the numbers.")
value_sets_app = typer.Typer(no_args_is_help=True, help="The value sets: the codes the rule knows.")


@policy_app.command("show")
@telling
def policy_show(
    *,
    policy: Annotated[str | None, typer.Argument(help="Id of a policy; all ids when not given.")] = None,
) -> None:
    """Shows a policy: the question, the criteria, every number with its reason, the sources."""
    from pipelines.ground.program_files import home
    from pipelines.rule.policy import load_policies
    from pipelines.rule.policy_text import policy_lines

    policies = {found.id: found for found in load_policies(home().sql / "policies", as_of=today(), allow_overdue=True)}
    if policy is None:
        for found in policies.values():
            typer.echo(f"{found.id} {found.version}: {found.title}")
    elif policy not in policies:
        message = f"There is no policy of that name. Known policies: {', '.join(policies)}."
        raise UsageError(message)
    else:
        for line in policy_lines(policies[policy]):
            typer.echo(line)


@policy_app.command("check")
@telling
def policy_check(*, as_of: AsOf = None) -> None:
    """Checks every dossier: complete, consistent, reviewed in time."""
    from pipelines.ground.program_files import home
    from pipelines.rule.policy import check_policies

    tell_gate(check_policies(home().sql / "policies", as_of=day(as_of) or today()))


@policy_app.command("compare")
@telling
def policy_compare(
    *,
    policies: Annotated[list[str], typer.Argument(help="Ids of two or more policies.")],
    out: PublishedOut = DEMO_OUT,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Judges the same episodes under two or more policies: who changes, and which criteria part them.

    Reads the landed history of OUT as of its last publish, and writes nothing.

    **Example**: `stimaudit policy compare evidence_low_back_pain medicare_ncd_160_7 --out /srv/stimaudit`
    """
    from pipelines.ground.program_files import home
    from pipelines.proof.policy_compare import compare_policies
    from pipelines.rule.policy import DEFAULT_POLICY, load_policies
    from pipelines.rule.value_sets import load_value_sets

    with published_audit(out) as connection:
        last_as_of: date = connection.execute("select as_of_date from run").fetchall()[0][0]
    comparison = compare_policies(
        policies,
        landed=landed_folder(out),
        sql=home().sql,
        policies=load_policies(home().sql / "policies", as_of=today(), allow_overdue=True),
        value_sets=load_value_sets(home().sql / "value_sets"),
        default_policy=DEFAULT_POLICY,
        as_of=day(as_of) or last_as_of,
    )
    tell(comparison, as_json=as_json)


@value_sets_app.command("check")
@telling
def value_sets_check() -> None:
    """Checks every value set: shapes, dates, repeats, overlaps, codes that ended."""
    from pipelines.ground.program_files import home
    from pipelines.rule.value_sets import check_value_sets

    tell_gate(check_value_sets(home().sql / "value_sets"))


@value_sets_app.command("drift")
@telling
def value_sets_drift(*, out: PublishedOut = DEMO_OUT, as_json: AsJson = False) -> None:
    """Lists codes near the sets' families that stand in the landed data but in no set, with their number of lines.

    A new code must not be missed in silence. **Example**: `stimaudit value-sets drift --out /srv/stimaudit`
    """
    from pipelines.ground.program_files import home
    from pipelines.ground.warehouse import open_warehouse
    from pipelines.intake.ledger import attach
    from pipelines.rule.drift import drift
    from pipelines.rule.value_sets import load_value_sets

    with open_warehouse() as connection:
        attach(connection, landed_folder(out))
        found = drift(connection, load_value_sets(home().sql / "value_sets"))
    names = ["family", "value_set", "code_system", "code", "source_table", "line_count"]
    rows = [
        (code.family, code.value_set, code.match_system, code.code, code.source_table, code.line_count)
        for code in found
    ]
    tell_rows(names, rows, Form.JSON if as_json else Form.TABLE)


@telling
def prove(
    *,
    examples: Annotated[
        Path, typer.Argument(help="Folder of example files (*.txt); docs/examples.md teaches the form.")
    ],
    policies: Annotated[Path | None, typer.Option(help="Folder of dossiers to test; ours when not given.")] = None,
) -> None:
    """Proves a policy on a payer's own examples: tiny members, the verdict expected, and what the audit says.

    Ends with 3 when an example is not met. **Example**: `stimaudit test sample_data/examples`
    """
    from pipelines.ground.program_files import home
    from pipelines.proof.examples import run_examples

    report = run_examples(examples, sql=home().sql, policies=policies)
    for line in report.lines():
        typer.echo(line)
    if not report.is_sound:
        raise typer.Exit(ExitCode.REFUSED)

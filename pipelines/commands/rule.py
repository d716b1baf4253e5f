"""Commands about the rule itself: policies, value sets and a payer's own examples."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import (
    DEMO_OUT,
    AsJson,
    AsOf,
    PublishedOut,
    RowForm,
    day,
    landed_folder,
    published_audit,
    tell_gate,
    telling,
    today,
)
from pipelines.commands.writing import Form, tell, tell_json, tell_line, tell_rows
from pipelines.ground.errors import ExitCode
from pipelines.ground.near_names import unknown_name

if TYPE_CHECKING:
    from datetime import date

    from pipelines.rule.dossier import Policy


policy_app = typer.Typer(no_args_is_help=True, help="The policies: what is asked, why, and the numbers.")
value_sets_app = typer.Typer(no_args_is_help=True, help="The value sets: the codes the rule knows.")


def policy_ids(incomplete: str) -> list[str]:
    """The ids of policies that begin so, for a shell that completes them."""
    from pipelines.ground.program_files import home

    return sorted(path.stem for path in (home().sql / "policies").glob(f"{incomplete}*.toml"))


def value_set_names(incomplete: str) -> list[str]:
    """The names of value sets that begin so, for a shell that completes them."""
    from pipelines.ground.program_files import home

    return sorted(path.stem for path in (home().sql / "value_sets").glob(f"{incomplete}*.csv"))


@policy_app.command("show")
@telling
def policy_show(
    *,
    policy: Annotated[
        str | None, typer.Argument(help="Id of a policy; all ids when not given.", autocompletion=policy_ids)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Shows a policy: the question, the criteria, every number with its reason, the sources.

    **Examples**

    `stimaudit policy show` names all policies

    `stimaudit policy show medicare_ncd_160_7`
    """
    from pipelines.rule.policy_text import policy_lines

    policies = {found.id: found for found in _policies()}
    if policy is None:
        named = [{"policy_id": each.id, "version": each.version, "title": each.title} for each in policies.values()]
        if as_json:
            tell_json(named)
        else:
            for each in named:
                tell_line(f"{each['policy_id']} {each['version']}: {each['title']}")
        return
    if policy not in policies:
        raise unknown_name(policy, sorted(policies), kind="policy", place="The folder of dossiers")
    found = policies[policy]
    if as_json:
        tell_json(asdict(found))
    else:
        for line in policy_lines(found):
            tell_line(line)


def _policies() -> tuple[Policy, ...]:
    from pipelines.ground.program_files import home
    from pipelines.rule.policy import load_policies

    return load_policies(home().sql / "policies", as_of=today(), allow_overdue=True)


@policy_app.command("check")
@telling
def policy_check(*, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Checks every dossier: complete, consistent, reviewed in time.

    Ends with 2 when a run would refuse them. **Example**: `stimaudit policy check --as-of 2027-01-01`
    """
    from pipelines.ground.program_files import home
    from pipelines.rule.policy import check_policies

    tell_gate(check_policies(home().sql / "policies", as_of=day(as_of) or today()), as_json=as_json)


@policy_app.command("compare")
@telling
def policy_compare(
    *,
    policies: Annotated[list[str], typer.Argument(help="Ids of two or more policies.", autocompletion=policy_ids)],
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
    from pipelines.rule.policy import DEFAULT_POLICY
    from pipelines.rule.value_sets import load_value_sets

    with published_audit(out) as connection:
        last_as_of: date = connection.execute("select as_of_date from run").fetchall()[0][0]
    comparison = compare_policies(
        policies,
        landed=landed_folder(out),
        sql=home().sql,
        policies=_policies(),
        value_sets=load_value_sets(home().sql / "value_sets"),
        default_policy=DEFAULT_POLICY,
        as_of=day(as_of) or last_as_of,
    )
    tell(comparison, as_json=as_json)


@value_sets_app.command("show")
@telling
def value_sets_show(
    *,
    value_set: Annotated[
        str | None,
        typer.Argument(help="Name of a value set; all names when not given.", autocompletion=value_set_names),
    ] = None,
    form: RowForm = Form.TABLE,
    as_json: AsJson = False,
) -> None:
    """Shows the codes or words of a value set, with their dates and sources.

    **Examples**

    `stimaudit value-sets show` names all value sets

    `stimaudit value-sets show index_procedures --format csv`
    """
    from pipelines.ground.program_files import home
    from pipelines.rule.value_sets import load_value_sets

    value_sets = {found.name: found for found in load_value_sets(home().sql / "value_sets")}
    wanted = Form.JSON if as_json else form
    if value_set is None:
        rows = [(found.name, len(found.rows), found.sha256) for found in value_sets.values()]
        tell_rows(("value_set", "row_count", "sha256"), rows, wanted)
        return
    if value_set not in value_sets:
        raise unknown_name(value_set, sorted(value_sets), kind="value set", place="The folder of value sets")
    found = value_sets[value_set]
    tell_rows(found.columns, [[row[name] for name in found.columns] for row in found.rows], wanted)


@value_sets_app.command("check")
@telling
def value_sets_check(*, as_json: AsJson = False) -> None:
    """Checks every value set: shapes, dates, repeats, overlaps, codes that ended.

    Ends with 2 when a run would refuse them. **Example**: `stimaudit value-sets check`
    """
    from pipelines.ground.program_files import home
    from pipelines.rule.value_sets import check_value_sets

    tell_gate(check_value_sets(home().sql / "value_sets"), as_json=as_json)


@value_sets_app.command("drift")
@telling
def value_sets_drift(*, out: PublishedOut = DEMO_OUT, form: RowForm = Form.TABLE, as_json: AsJson = False) -> None:
    """Lists codes near the sets' families that stand in the landed data but in no set, with their number of lines.

    A new code must not be missed in silence. **Example**: `stimaudit value-sets drift --out /srv/stimaudit`
    """
    from pipelines.ground.program_files import home
    from pipelines.ground.warehouse import open_warehouse
    from pipelines.intake.ledger import attach
    from pipelines.operation.forms import check_forms
    from pipelines.rule.drift import drift
    from pipelines.rule.value_sets import load_value_sets

    check_forms(out)
    with open_warehouse() as connection:
        attach(connection, landed_folder(out))
        found = drift(connection, load_value_sets(home().sql / "value_sets"))
    names = ["family", "value_set", "code_system", "code", "source_table", "line_count"]
    rows = [
        (code.family, code.value_set, code.match_system, code.code, code.source_table, code.line_count)
        for code in found
    ]
    tell_rows(names, rows, Form.JSON if as_json else form)


@telling
def prove(
    *,
    examples: Annotated[
        Path, typer.Argument(help="Folder of example files (*.txt); docs/examples.md teaches the form.")
    ],
    policies: Annotated[Path | None, typer.Option(help="Folder of dossiers to test; ours when not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Proves a policy on a payer's own examples: tiny members, the verdict expected, and what the audit says.

    Ends with 3 when an example is not met. **Example**: `stimaudit test sample_data/examples`
    """
    from pipelines.ground.program_files import home
    from pipelines.proof.examples import run_examples

    report = run_examples(examples, sql=home().sql, policies=policies)
    tell(report, as_json=as_json)
    if not report.is_sound:
        raise typer.Exit(ExitCode.REFUSED)

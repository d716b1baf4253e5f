"""Commands for operators and auditors: is last night safe, what changed, is every byte what was written."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import DEMO_OUT, AsJson, PublishedOut, RowForm, now, published_audit, run_folder, telling
from pipelines.commands.writing import Form, tell, tell_line, tell_rows, tell_table
from pipelines.ground.run_lock import run_lock

RunId = Annotated[str, typer.Argument(help="A run_id of audit.run_history.")]


@telling
def status(*, out: PublishedOut = DEMO_OUT, as_json: AsJson = False) -> None:
    """Says whether last night is safe, and what to do.

    Ends with the exit code a night in this state would have. **Example**: `stimaudit status --out /srv/stimaudit`
    """
    from pipelines.operation.status import status as look

    found = look(out, now=now())
    tell(found, as_json=as_json)
    raise typer.Exit(found.exit_code)


@telling
def doctor(
    *,
    out: PublishedOut = DEMO_OUT,
    extracts: Annotated[
        Path | None, typer.Option(help="Folder of the next delivery.", envvar="STIMAUDIT_EXTRACTS")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Looks at everything a run needs, before it needs it: disk, memory, permissions, lock, ledger, policies.

    Ends with 0 when all is well, 5 with something to look at, 3 when a run would not work.

    **Example**: `stimaudit doctor --out /srv/stimaudit --extracts deliveries/tonight`
    """
    from pipelines.ground.program_files import home
    from pipelines.operation.doctor import doctor as examine

    found = examine(out, extracts, here=home(), now=now(), prefect_api_url=os.environ.get("PREFECT_API_URL"))
    tell(found, as_json=as_json)
    raise typer.Exit(found.exit_code)


@telling
def diff(
    *,
    first: RunId,
    second: RunId,
    out: PublishedOut = DEMO_OUT,
    form: RowForm = Form.TABLE,
    as_json: AsJson = False,
) -> None:
    """Shows what two runs were made of differently and the cases they see differently, the earlier run first.

    As CSV it gives the cases alone, a row each. **Example**:
    `stimaudit diff R20260629-1a2b3c4d R20260630-5e6f7a8b --out /srv/stimaudit`
    """
    from pipelines.publishing.run_difference import TOLD_COLUMNS, CaseDifference, run_difference

    with published_audit(out) as connection:
        found = run_difference(connection, first, second)
    if as_json or form is Form.JSON:
        tell(found, as_json=True)
    elif form is Form.CSV:
        tell_rows(CaseDifference._fields, found.cases, form)
    else:
        for line in found.head():
            tell_line(line)
        if found.cases:
            tell_table(TOLD_COLUMNS, found.told_cases())


@telling
def verify(
    *,
    out: PublishedOut = DEMO_OUT,
    anchor: Annotated[
        Path | None, typer.Option(help="File outside OUT that keeps how far decisions and history went.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Looks everything kept beside landed files up again, too: takes long.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compares every file below OUT with the digest kept of it; one changed byte, or a file of nobody, ends with 6.

    With `--history` it also reads the whole landed history, and compares what the kept rows give with what it gives.
    **Example**: `stimaudit verify --out /srv/stimaudit --anchor /mnt/other/stimaudit.anchor`
    """
    from pipelines.operation.verify import verify as compare

    found = compare(out, anchor=anchor)
    if history and found.is_sound:
        from pipelines.ground.program_files import home
        from pipelines.operation.kept_check import kept_faults

        with run_lock(run_folder(out), since=now()):
            found = replace(found, faults=tuple(kept_faults(out, here=home())))
    tell(found, as_json=as_json)
    found.raise_if_unsound()


@telling
def reproduce(*, run_id: RunId, out: PublishedOut = DEMO_OUT, as_json: AsJson = False) -> None:
    """Makes a past run again from its landed files, policies and value sets, and compares the bytes of its episodes.

    Ends with 6 when other episodes come out. **Example**: `stimaudit reproduce R20260629-1a2b3c4d --out /srv/stimaudit`
    """
    from pipelines.ground.program_files import home
    from pipelines.operation.forms import check_forms
    from pipelines.operation.reproduce import reproduce as make_again

    check_forms(run_folder(out))
    with run_lock(out, since=now()):
        found = make_again(out, run_id, here=home())
    tell(found, as_json=as_json)
    found.raise_if_different()


@telling
def rollback(*, run_id: RunId, out: PublishedOut = DEMO_OUT, as_json: AsJson = False) -> None:
    """Publishes an earlier run again from its snapshot. Landed files stay; the next run audits all of them again.

    **Example**: `stimaudit rollback R20260629-1a2b3c4d --out /srv/stimaudit`
    """
    from pipelines.operation.rollback import rollback as put_back

    tell(put_back(run_folder(out), run_id, known_from=now()), as_json=as_json)

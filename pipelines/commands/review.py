"""Commands of the review loop: decisions that people made, the figures they give, and samples."""

from __future__ import annotations

import getpass
import os
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import (
    DEMO_OUT,
    AsJson,
    PublishedOut,
    RowForm,
    day,
    now,
    published_audit,
    short,
    telling,
)
from pipelines.commands.writing import Form, tell, tell_json, tell_line, tell_paths, warn
from pipelines.ground.encryption import OLD_KEY_VARIABLE, key_in_use, read_key, using_key
from pipelines.ground.errors import ExitCode, RunLockedError, UsageError
from pipelines.ground.run_lock import run_lock, store_lock

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection
    from pipelines.review.decision_import import ImportReport

decision_app = typer.Typer(no_args_is_help=True, help="Decisions on cases: named people make them, we keep them.")

Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only cases closed on or after this day.")]
By = Annotated[str, typer.Option(help="Who records; the login name when not given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge every row, record nothing.")]


def _kinds(incomplete: str) -> list[str]:
    from pipelines.review.decision_words import decision_words

    return [kind for kind in decision_words().kinds if kind.startswith(incomplete)]


def _outcomes(incomplete: str) -> list[str]:
    from pipelines.review.decision_words import decision_words

    words = decision_words()
    return [each for kind in words.kinds for each in words.outcomes_of(kind) if each.startswith(incomplete.upper())]


@decision_app.command("import")
@telling
def decision_import(
    *,
    file: Annotated[Path, typer.Argument(help="The workbook that came back, or a CSV with its columns.")],
    out: PublishedOut = DEMO_OUT,
    by: By = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Takes in what reviewers filled in, row by row; rows that cannot stand are refused with every reason.

    Takes the worklist, and the form of a sample. Importing a file twice changes nothing. Ends with 2 when a row was
    refused; the good rows are recorded, and stand in audit.decision at once.

    **Examples**

    `stimaudit decision import reviewed.xlsx --dry-run --out /srv/stimaudit`

    `stimaudit decision import reviewed.xlsx --out /srv/stimaudit`
    """
    from pipelines.review.decision_import import import_decisions

    published_audit(out).close()
    report = import_decisions(
        file,
        store=out / "decisions",
        published=out / "published",
        dry_run=dry_run,
        imported_at_utc=now(),
        imported_by=by or getpass.getuser(),
    )
    _tell_recorded(report, out, as_json=as_json)


@decision_app.command("record")
@telling
def decision_record(
    *,
    case: Annotated[str, typer.Argument(help="A case_id or episode_id.")],
    outcome: Annotated[
        str, typer.Option(help="What was decided, a word of the workbook's sheet Lists.", autocompletion=_outcomes)
    ],
    reviewer: Annotated[str, typer.Option(help="Who decided: a person's name.")],
    kind: Annotated[
        str,
        typer.Option(
            help="review, second_review, appeal or payment_action; when not given the one that has the outcome.",
            autocompletion=_kinds,
        ),
    ] = "",
    reason: Annotated[str, typer.Option(help="The reason, a word that goes with the outcome.")] = "",
    note: Annotated[str, typer.Option(help="A note; needed with some outcomes and reasons.")] = "",
    credential: Annotated[str, typer.Option(help="The reviewer's credential, such as MD or RN.")] = "",
    state: Annotated[str, typer.Option(help="State of the reviewer's licence, two letters.")] = "",
    decided_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the decision; today when not given.")
    ] = None,
    replaces: Annotated[
        str, typer.Option(help="The decision_id that another person recorded and this one is to replace.")
    ] = "",
    out: PublishedOut = DEMO_OUT,
    by: By = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Records one decision: a review, a second review, what became of an appeal, what was done about the payment.

    It is judged as a row of the worklist is, and stands in audit.decision at once. Ends with 2 when it was refused.

    **Examples**

    `stimaudit decision record CASE --outcome AGREED --reviewer "Ann Lee" --out /srv/stimaudit`

    `stimaudit decision record CASE --outcome OVERTURNED --reason internal --reviewer "Ann Lee" --decided-on 2026-07-30`

    `stimaudit decision record CASE --outcome RECOVERY_OPENED --reviewer "Ann Lee" --dry-run`
    """
    from pipelines.review.decision_record import record_decision

    published_audit(out).close()
    said = {
        "decision_kind": kind.lower() or None,
        "review_outcome": outcome.upper() or None,
        "review_reason": reason.lower() or None,
        "review_note": note.strip() or None,
        "reviewer": reviewer.strip() or None,
        "reviewer_credential": credential.upper() or None,
        "licence_state": state.upper() or None,
        "assignee": None,
        "decided_on": day(decided_on) or now().astimezone().date(),
    }
    report = record_decision(
        case,
        said,
        decision_seen=replaces or None,
        store=out / "decisions",
        published=out / "published",
        dry_run=dry_run,
        imported_at_utc=now(),
        imported_by=by or getpass.getuser(),
    )
    _tell_recorded(report, out, as_json=as_json)


def _tell_recorded(report: ImportReport, out: Path, *, as_json: bool) -> None:
    """Says what became of each row, shows what was recorded in the published file, and ends with 2 after a refusal."""
    tell(report, as_json=as_json)
    if not report.is_dry_run and (report.count("recorded") or report.count("already_recorded")):
        _show_at_once(out)  # also where an import that was killed had recorded them and no more
    if report.has_refusals:
        raise typer.Exit(ExitCode.USAGE)


def _show_at_once(out: Path) -> None:
    from pipelines.ground.program_files import home
    from pipelines.publishing.show_decisions import show_decisions

    try:
        with run_lock(out, since=now()):
            show_decisions(out, sql=home().sql)
    except RunLockedError:
        warn("A run is at work. The decisions are recorded; audit.decision shows them when that run has published.")


@decision_app.command("list")
@telling
def decision_list(*, out: PublishedOut = DEMO_OUT, as_json: AsJson = False) -> None:
    """Lists where the review of each case stands: new, open, decided, or returned and what changed.

    **Example**: `stimaudit decision list --out /srv/stimaudit`
    """
    from pipelines.review.case_review import list_decisions

    with published_audit(out) as connection:
        tell(list_decisions(connection, out / "decisions"), as_json=as_json)


@decision_app.command("carry")
@telling
def decision_carry(
    *,
    old: Annotated[Path, typer.Option("--from", help="Output folder that the decisions are in now.")],
    out: PublishedOut = DEMO_OUT,
    as_json: AsJson = False,
) -> None:
    """Carries decisions and samples into a new output folder: when encryption begins, or with a new key.

    STIMAUDIT_OLD_KEY or STIMAUDIT_OLD_KEY_FILE gives the key of the old folder; without them it is in the clear.

    **Example**: `stimaudit decision carry --from /srv/stimaudit/out --out /srv/stimaudit/encrypted`
    """
    from pipelines.operation.forms import check_forms
    from pipelines.review.decisions import carry_decisions
    from pipelines.review.sample import keep_sample, read_samples

    if not (old / "decisions").is_dir():
        message = f"Nobody recorded a decision in {old}. Name the old output folder with --from."
        raise UsageError(message)
    for folder in (old, out):
        check_forms(folder)
    old_key = read_key(os.environ, variable=OLD_KEY_VARIABLE)
    with store_lock(out, since=now()):
        count = carry_decisions(old / "decisions", out / "decisions", old_key=old_key)
        with using_key(old_key):
            samples = read_samples(old / "decisions")
        for each in samples:
            keep_sample(each, out / "decisions")
    if as_json:
        tell_json({"decision_count": count, "sample_count": len(samples)})
    else:
        tell_line(f"Carried: {count:,} decisions, {len(samples):,} samples. The next run publishes them.")


@telling
def metrics(*, out: PublishedOut = DEMO_OUT, since: Since = None, as_json: AsJson = False) -> None:
    """Shows precision per policy version with its 95 % interval, no response apart, overturns and ageing.

    Below 30 closed cases a figure is hidden. **Example**: `stimaudit metrics --since 2026-08-01`
    """
    from pipelines.review.metrics import published_metrics

    with published_audit(out) as connection:
        found = published_metrics(connection, out / "decisions", since=day(since))
    tell(found, as_json=as_json)


@telling
def sample(
    *,
    seed: Annotated[int, typer.Option(help="Whole number that anybody can draw the same sample with.")],
    out: PublishedOut = DEMO_OUT,
    since: Since = None,
    to: Annotated[
        Path | None, typer.Option(help="Form to fill in and send back: a workbook (.xlsx) or CSV outside of OUT.")
    ] = None,
    form: RowForm = Form.TABLE,
    as_json: AsJson = False,
) -> None:
    """Draws the second-level sample: closed cases of each reviewer, lower-ranked flags and implants not flagged.

    The sample is kept below OUT/decisions. With `--to` its cases are a form that reviewers fill in and
    `stimaudit decision import` takes back; `--format csv` prints the same form.

    **Examples**

    `stimaudit sample --seed 20260630 --to second_reviews.xlsx --out /srv/stimaudit`

    `stimaudit sample --seed 20260630 --format csv > second_reviews.csv`
    """
    from pipelines.reports.report import check_outside
    from pipelines.reports.sample_form import form_csv, form_rows, write_form
    from pipelines.review.sample import draw_sample, keep_sample

    if to is not None:
        check_outside(to.parent, out)
    with published_audit(out) as connection:
        drawn = draw_sample(connection, out / "decisions", seed=seed, since=day(since))
        rows = form_rows(connection, out / "decisions", drawn)
        [[as_of]] = connection.execute("select as_of_date from run").fetchall()
    if to is not None:
        write_form(to, rows, as_of=as_of)
    with store_lock(out, since=now()):
        keep_sample(drawn, out / "decisions")
    if form is Form.CSV and not as_json:
        typer.echo(form_csv(rows), nl=False)
    else:
        tell(drawn, as_json=as_json or form is Form.JSON)
    if to is not None:
        warn(f"The form {short(to)} is in the clear: it is yours to protect.")


@telling
def letter(
    *,
    case: Annotated[str, typer.Argument(help="A case_id of the worklist.")],
    out: PublishedOut = DEMO_OUT,
    template: Annotated[
        Path | None, typer.Option(help="Your TOML template; when not given OUT/letter.toml, else our example.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Another folder for it; needed where the audit is encrypted.")] = None,
    as_json: AsJson = False,
) -> None:
    """Drafts the request for the records that would settle a case: a PDF a provider below OUT/letters, for approval.

    A case that is decided already gets its letter with a warning.

    **Example**: `stimaudit letter NA-2026-0123456789AB --template our_letter.toml --out /srv/stimaudit`
    """
    from pipelines.reports.letter import write_letters
    from pipelines.reports.payer_words import EXAMPLE_TEMPLATE, payers_template, read_letter_template
    from pipelines.reports.report import check_outside

    if to is None and key_in_use() is not None:
        message = (
            "The audit is encrypted, and no reader opens an encrypted letter. Name a folder outside the output folder "
            "with --to; the letter is written there in the clear."
        )
        raise UsageError(message)
    if to is not None:
        check_outside(to, out)
    payer = read_letter_template(template) if template else payers_template(out)
    with published_audit(out) as connection:
        words = payer or read_letter_template(EXAMPLE_TEMPLATE)
        with nullcontext() if to else store_lock(out, since=now()):
            written = write_letters(connection, case, to or out / "letters", template=words, out=None if to else out)
        warnings = list(_already_decided(connection, case, out))
    if payer is None:
        warnings.append("The letter has the words of our example: fill OUT/letter.toml before one is sent.")
    tell_paths([short(path) for path in written], as_json=as_json, warnings=warnings)


def _already_decided(connection: Connection, case: str, out: Path) -> list[str]:
    """A sentence where the case is decided, so that records are not asked for without need."""
    from pipelines.review.case_review import published_review, signature

    return [
        f"The case is decided: {review['review_outcome']} by {signature(review)} on {review['decided_on']}. See "
        "whether records are still wanted before the letter goes out."
        for review in published_review(connection, out / "decisions").iter_rows(named=True)
        if review["case_id"] == case and review["case_status"] == "decided"
    ]

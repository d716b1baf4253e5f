"""Commands of the review loop: decisions that people made, the figures they give, and samples."""

from __future__ import annotations

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import DEMO_OUT, AsJson, PublishedOut, day, now, published_audit, short, tell, telling
from pipelines.ground.encryption import OLD_KEY_VARIABLE, key_in_use, read_key, using_key
from pipelines.ground.errors import ExitCode, UsageError
from pipelines.ground.run_lock import run_lock

decision_app = typer.Typer(no_args_is_help=True, help="Decisions on cases: named people make them, we keep them.")

Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only cases closed on or after this day.")]


@decision_app.command("import")
@telling
def decision_import(
    *,
    file: Annotated[Path, typer.Argument(help="The workbook that came back, or a CSV with its columns.")],
    out: PublishedOut = DEMO_OUT,
    by: Annotated[str, typer.Option(help="Who imports; the login name when not given.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge every row, record nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Takes in what reviewers filled in, row by row; rows that cannot stand are refused with every reason.

    Importing a file twice changes nothing. Ends with 2 when a row was refused; the good rows are recorded.

    **Example**: `stimaudit decision import reviewed.xlsx --dry-run --out /srv/stimaudit`
    """
    from pipelines.review.decision_import import import_decisions

    report = import_decisions(
        file,
        store=out / "decisions",
        published=out / "published",
        dry_run=dry_run,
        imported_at_utc=now(),
        imported_by=by or getpass.getuser(),
    )
    tell(report, as_json=as_json)
    if report.has_refusals:
        raise typer.Exit(ExitCode.USAGE)


@decision_app.command("list")
@telling
def decision_list(*, out: PublishedOut = DEMO_OUT, as_json: AsJson = False) -> None:
    """Lists where the review of each case stands: new, open, decided, or returned and what changed."""
    from pipelines.review.case_review import list_decisions

    with published_audit(out) as connection:
        tell(list_decisions(connection, out / "decisions"), as_json=as_json)


@decision_app.command("carry")
@telling
def decision_carry(
    *,
    old: Annotated[Path, typer.Option("--from", help="Output folder that the decisions are in now.")],
    out: PublishedOut = DEMO_OUT,
) -> None:
    """Carries decisions and samples into a new output folder: when encryption begins, or with a new key.

    STIMAUDIT_OLD_KEY or STIMAUDIT_OLD_KEY_FILE gives the key of the old folder; without them it is in the clear.

    **Example**: `stimaudit decision carry --from /srv/stimaudit/out --out /srv/stimaudit/encrypted`
    """
    from pipelines.review.decisions import carry_decisions
    from pipelines.review.sample import keep_sample, read_samples

    old_key = read_key(os.environ, variable=OLD_KEY_VARIABLE)
    with run_lock(out / "decisions", since=now()):
        count = carry_decisions(old / "decisions", out / "decisions", old_key=old_key)
        with using_key(old_key):
            samples = read_samples(old / "decisions")
        for each in samples:
            keep_sample(each, out / "decisions")
    typer.echo(f"Carried: {count:,} decisions, {len(samples):,} samples. The next run publishes them.")


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
    as_json: AsJson = False,
) -> None:
    """Draws the second-level sample: closed cases of each reviewer, lower-ranked flags and implants not flagged.

    The sample is kept below OUT/decisions. **Example**: `stimaudit sample --seed 20260630`
    """
    from pipelines.review.sample import draw_sample, keep_sample

    with published_audit(out) as connection:
        drawn = draw_sample(connection, out / "decisions", seed=seed, since=day(since))
    keep_sample(drawn, out / "decisions")
    tell(drawn, as_json=as_json)


@telling
def letter(
    *,
    case: Annotated[str, typer.Argument(help="A case_id of the worklist.")],
    out: PublishedOut = DEMO_OUT,
    template: Annotated[
        Path | None, typer.Option(help="Your TOML template; when not given OUT/letter.toml, else our example.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Another folder for it; needed where the audit is encrypted.")] = None,
) -> None:
    """Drafts the request for the records that would settle a case: a PDF a provider below OUT/letters, for approval.

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
        written = write_letters(connection, case, to or out / "letters", template=words, out=None if to else out)
    for path in written:
        typer.echo(short(path))

"""The commands of the night: run, demo, validate."""

from __future__ import annotations

import os
import tempfile
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import (
    DEMO_OUT,
    AsJson,
    AsOf,
    Config,
    Extracts,
    Out,
    day,
    now,
    operator,
    short,
    telling,
    today,
)
from pipelines.commands.writing import Voice, log, tell_json, tell_line, tell_table, voice
from pipelines.ground.encryption import KEY_VARIABLE
from pipelines.ground.errors import ExitCode, StimauditError
from pipelines.ground.files import make_folder
from pipelines.ground.progress import SILENCE
from pipelines.ground.run_lock import run_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.progress import Progress
    from pipelines.operation.nightly import Outcome
    from pipelines.operation.plan import RunRequest
    from pipelines.operation.rehearsal import Rehearsal
    from pipelines.publishing.publish import FunnelStep, Published


DEMO_AS_OF = date(2026, 6, 30)
COUNTS = ("entered", "left", "remaining")


WithoutPrefect = Annotated[
    bool,
    typer.Option(
        "--no-prefect",
        help="Same stages without Prefect: no run page, and some 10 seconds less.",
        envvar="STIMAUDIT_NO_PREFECT",
    ),
]
SinglePolicy = Annotated[
    str | None, typer.Option(help="One policy for every member, by id.", envvar="STIMAUDIT_POLICY")
]
AssumeEnrolled = Annotated[
    bool,
    typer.Option(
        "--assume-enrolled",
        help="Without an eligibility extract, take members as enrolled.",
        envvar="STIMAUDIT_ASSUME_ENROLLED",
    ),
]
AcceptChange = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-change",
        metavar="CHECK",
        help="Publish though this check on measures failed; its level is the new usual.",
    ),
]
Because = Annotated[str | None, typer.Option("--because", help="Why a change is accepted; kept with the run.")]


@telling
def run(
    *,
    extracts: Extracts,
    out: Out,
    as_of: AsOf = None,
    policy: SinglePolicy = None,
    config: Config = None,
    assume_enrolled: AssumeEnrolled = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="The extracts are made-up data: every page says so.")
    ] = False,
    accept_change: AcceptChange = None,
    because: Because = None,
    earlier_is_meant: Annotated[
        bool,
        typer.Option("--earlier-is-meant", help="Audit as of a day before the last publish, or with a clock set back."),
    ] = False,
    no_prefect: WithoutPrefect = False,
    as_json: AsJson = False,
) -> None:
    """Takes in a delivery and publishes the audit of all that ever landed in OUT.

    A delivery sent twice changes nothing. Where a run does not publish, the last published audit stays in place.
    An output folder that an older version made is brought to the form of this one.

    **Examples**

    `stimaudit run --extracts deliveries/2026-06-30 --out /srv/stimaudit --as-of 2026-06-30`

    `stimaudit run --extracts tonight --out /srv/stimaudit --policy medicare_ncd_160_7 --json`
    """
    from pipelines.operation.plan import RunRequest

    request = RunRequest(
        extracts=extracts,
        out=out,
        as_of=day(as_of),
        policy=policy,
        config=config,
        assume_enrolled=assume_enrolled,
        synthetic=synthetic,
        accept_change=tuple(accept_change or ()),
        because=because,
        accepted_by=operator() if accept_change else None,
        earlier_is_meant=earlier_is_meant,
    )
    outcome = _audit(request, with_prefect=not no_prefect)
    _tell_outcome(outcome, as_json=as_json)
    if outcome.published.grade != "clean":
        raise typer.Exit(ExitCode.CAVEATS)


@telling
def demo(
    *,
    out: Annotated[Path, typer.Option(help="Output folder.")] = DEMO_OUT,
    no_prefect: WithoutPrefect = False,
    as_json: AsJson = False,
) -> None:
    """Audits the synthetic sample data as of 2026-06-30. No arguments needed.

    Ends with 0 also where the sample's planted faults make caveats, which are shown.

    **Examples**

    `stimaudit demo` leaves everything in demo_output

    `stimaudit demo --no-prefect --out /tmp/first_look`
    """
    from pipelines.ground.program_files import home
    from pipelines.operation.plan import RunRequest

    request = RunRequest(extracts=home().sample_data, out=out, as_of=DEMO_AS_OF, synthetic=True)
    outcome = _audit(request, with_prefect=not no_prefect)
    _tell_outcome(outcome, as_json=as_json)


@telling
def validate(
    *,
    extracts: Extracts,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Output folder whose last deliveries this one is held against; nothing changes there.",
            envvar="STIMAUDIT_OUT",
        ),
    ] = None,
    as_of: AsOf = None,
    policy: SinglePolicy = None,
    config: Config = None,
    assume_enrolled: AssumeEnrolled = False,
    as_json: AsJson = False,
) -> None:
    """Says all that a run would say of a delivery: refused, set aside, warned of, found. Publishes nothing.

    With an output folder the delivery is held against its history and joined to what landed before; the audit is made
    aside and thrown away, and nothing changes in the folder.

    **Example**: `stimaudit validate --extracts deliveries/tonight --out /srv/stimaudit`
    """
    from pipelines.operation.delivery_remarks import delivery_remarks
    from pipelines.operation.plan import RunRequest, make_plan
    from pipelines.operation.rehearsal import rehearse

    with tempfile.TemporaryDirectory(prefix="stimaudit-") as folder:
        request = RunRequest(
            extracts=extracts,
            out=out or Path(folder) / "none",
            as_of=day(as_of),
            policy=policy,
            config=config,
            assume_enrolled=assume_enrolled,
        )
        plan = make_plan(request, today=today())
        found = rehearse(plan, progress=_progress(), folder=Path(folder), now=now())
    remarks = delivery_remarks(found.landing, found.check_results)
    if as_json:
        tell_json(_rehearsal_as_json(found, remarks))
    else:
        _tell_rehearsal(found, remarks)
    if found.refusal is not None:
        raise found.refusal
    if found.published is not None and found.published.grade != "clean":
        raise typer.Exit(ExitCode.CAVEATS)


def _audit(request: RunRequest, *, with_prefect: bool) -> Outcome:
    """Runs the audit, as the Prefect flow or as the plain function."""
    from pipelines.operation.console_progress import watching
    from pipelines.operation.nightly import nightly
    from pipelines.operation.plan import plan_night

    request = request.from_anywhere()
    plan = plan_night(request, clock=now)
    progress = _progress()
    with run_lock(plan.out, since=now()):
        pass  # a held folder is told at once, not after Prefect's server has started
    try:
        if with_prefect:
            watching.set(progress)
            return _flow(replace(request, as_of=plan.as_of), prefect_home=plan.work / "prefect")
        return nightly(plan, progress=progress, clock=now)
    finally:
        progress.finished()


def _progress() -> Progress:
    """Who is told how far the run is, as loudly as was asked for."""
    from pipelines.operation.console_progress import ConsoleProgress
    from pipelines.operation.nightly import STAGES

    if voice() is Voice.QUIET:
        return SILENCE
    return ConsoleProgress(log(), STAGES, clock=monotonic if voice() is Voice.VERBOSE else None)


def _flow(request: RunRequest, *, prefect_home: Path) -> Outcome:
    make_folder(prefect_home)
    os.environ.pop(KEY_VARIABLE, None)  # the key is in use; the server that Prefect starts needs none
    from pipelines.flows.own_server import is_named, own_server

    is_ours = not is_named(os.environ, Path.cwd())
    for name, value in _prefect_environment(prefect_home).items():
        os.environ.setdefault(name, value)
    try:
        with own_server(prefect_home, os.environ) if is_ours else nullcontext():
            outcome = _through_prefect(request, prefect_home if is_ours else None)
    except StimauditError:
        raise
    except Exception as cause:  # noqa: BLE001 - faults of the run are told already; what is left is Prefect's own
        message = (
            f"Prefect could not run the flow ({type(cause).__name__}); the last published audit stays in place. Give "
            "its server more time (PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS), name one that runs "
            "(PREFECT_API_URL), or run with --no-prefect."
        )
        raise StimauditError(message) from None
    return outcome


def _through_prefect(request: RunRequest, own_server_of: Path | None) -> Outcome:
    """What the flow gives; Prefect is imported while the server that is our own, if it is, starts."""
    from pipelines.flows.nightly_audit import nightly_audit
    from pipelines.flows.own_server import wait_for_server

    if own_server_of is not None:
        wait_for_server(own_server_of, os.environ)
    outcome: Outcome = nightly_audit(**vars(request))
    return outcome


def _prefect_environment(prefect_home: Path) -> dict[str, str]:
    """What Prefect must be told before it is imported; whatever the operator has set already wins."""
    return {
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_CLI_COLORS": "false",
    }


def _tell_outcome(outcome: Outcome, *, as_json: bool) -> None:
    from pipelines.operation.delivery_remarks import delivery_remarks
    from pipelines.reports.words import beside_unknown

    published = outcome.published
    if as_json:
        tell_json(
            {
                "run_id": published.run_id,
                "grade": published.grade,
                "grade_reasons": published.grade_reasons,
                "episode_count": published.episode_count,
                "flagged_count": published.flagged_count,
                "flagged_paid_amount": f"{published.flagged_paid_amount:.2f}",
                "unknown_payment_count": published.unknown_payment_count,
                "rejected_count": published.rejected_count,
                "unread_opening_count": published.unread_opening_count,
                "ended_claim_count": published.ended_claim_count,
                "shortened_claim_count": published.shortened_claim_count,
                "delivery_number": outcome.landing.delivery_number,
                "remarks": list(delivery_remarks(outcome.landing, outcome.check_results)),
                "funnel": [asdict(step) for step in published.funnel],
                "worklist": published.worklist and str(published.worklist),
                "workbook": outcome.reports.worklist and str(outcome.reports.worklist),
                "pages": str(outcome.reports.pages[0]) if outcome.reports.pages else None,
                "database": str(published.database),
            }
        )
        return
    _tell_funnel(published.funnel)
    tell_line(
        f"{published.flagged_count:,} of {published.episode_count:,} episodes flagged for review, "
        f"{published.flagged_paid_amount:,.2f} US dollars paid, under review"
        f"{beside_unknown(published.unknown_payment_count)}. "
        f"{published.rejected_count:,} rows set aside."
    )
    for remark in (*_row_remarks(published), *delivery_remarks(outcome.landing, outcome.check_results)):
        tell_line(remark)
    if published.grade_reasons:
        tell_line(f"Published with caveats: {len(published.grade_reasons)} warnings.")
        for reason in published.grade_reasons:
            tell_line(f"  {reason}")
    tell_line(f"Run       {published.run_id}")
    for name, path in (
        ("Worklist", outcome.reports.worklist),
        ("Pages", next(iter(outcome.reports.pages), None)),
        ("CSV", published.worklist),
        ("Database", published.database),
    ):
        if path is not None:
            typer.echo(f"{name:<9} {short(path)}")
    if outcome.reports.worklist is None:
        from pipelines.operation.status import REPORTS_OF_ENCRYPTED

        tell_line(f"Reports   {REPORTS_OF_ENCRYPTED}")


def _row_remarks(published: Published) -> Iterator[str]:
    """What a person should look at beside the worklist: implantations nobody could read, claims that are gone."""
    if count := published.unread_opening_count:
        rows = "1 row" if count == 1 else f"{count:,} rows"
        yield (
            f"{rows} with the code of an implantation could not be read and may be missing from the audit: see the run "
            "page or audit.unread_opening_row."
        )
    if count := published.ended_claim_count:
        yield f"Claims that a full delivery ended: {count:,} (audit.ended_claim)."
    if count := published.shortened_claim_count:
        yield f"Claims that came again with fewer lines: {count:,} (audit.shortened_claim)."


def _tell_funnel(funnel: Sequence[FunnelStep]) -> None:
    tell_table(
        ("step", "unit", *COUNTS, "why they left"),
        [
            (
                step.step,
                step.unit,
                f"{step.entered_count:,}",
                f"{step.left_count:,}",
                f"{step.remaining_count:,}",
                step.reason or "",
            )
            for step in funnel
        ],
        title="From the lines read to the episodes flagged",
        right=COUNTS,
    )


def _as_json(result: CheckResult) -> dict[str, object]:
    columns = {name: value for name, value in vars(result).items() if name not in {"told", "touches"}}
    return columns | {"message": result.message}


def _rehearsal_as_json(found: Rehearsal, remarks: Sequence[str]) -> dict[str, object]:
    published = found.published
    return {
        "checks": [_as_json(result) for result in found.check_results],
        "remarks": list(remarks),
        "caveats": list(published.grade_reasons) if published else [],
        "would_find": published
        and {
            "episodes": published.episode_count,
            "flagged": published.flagged_count,
            "flagged_paid_amount": f"{published.flagged_paid_amount:.2f}",
            "set_aside": published.rejected_count,
        },
    }


def _tell_rehearsal(found: Rehearsal, remarks: Sequence[str]) -> None:
    """The checks that failed, what would be published with which caveats, or what refuses it."""
    from pipelines.operation.delivery_remarks import TOLD_AS_REMARKS

    results = found.check_results
    failed = [result for result in results if result.status == "failed"]
    if failed:
        tell_table(
            ("table", "check", "severity", "status", "failed", "of"),
            [
                (
                    result.table_name,
                    result.check_name,
                    result.severity,
                    result.status,
                    f"{result.failed_count:,}",
                    f"{result.total_count:,}",
                )
                for result in failed
            ],
            title="Checks on the delivery",
            right=("failed", "of"),
        )
    published = found.published
    if published is None:
        for result in failed:
            if result.check_name not in TOLD_AS_REMARKS:
                tell_line(f"{result.message} [{result.table_name}.{result.check_name}]")
        remarks = (*remarks, "A run would publish nothing.")
    else:
        remarks = (*_row_remarks(published), *remarks)
        for reason in published.grade_reasons:
            tell_line(reason)
        tell_line(
            f"A run would flag {published.flagged_count:,} of {published.episode_count:,} episodes for review, "
            f"{published.flagged_paid_amount:,.2f} US dollars paid. {published.rejected_count:,} rows set aside in all."
        )
    for remark in remarks:
        tell_line(remark)
    passed = sum(result.status == "passed" for result in results)
    typer.echo(f"{passed} of {len(results)} checks passed, {len(failed)} failed.")

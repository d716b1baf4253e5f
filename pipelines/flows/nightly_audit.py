"""The nightly flow: the six stages by name, each a Prefect task around the ordinary function.

Nothing is decided here. Parameters are paths, names and a date; artifacts and the run's log hold counts; what a task
says when it fails is already free of file content (``pipelines.operation.stage_fault.told_safely``), and it says it as
the state of the run, without a trace of the engine. State and exit code say the same.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import wraps
from importlib.metadata import version
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from prefect import Task, flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from pipelines.ground.encryption import key_in_use, read_key, using_key
from pipelines.ground.errors import ExitCode, StimauditError
from pipelines.operation.console_progress import watching
from pipelines.operation.nightly import PLAIN_STAGES, Outcome, Stages, nightly
from pipelines.operation.plan import RunRequest, plan_night
from pipelines.operation.run_record import record_not_started
from pipelines.operation.stage_fault import StageFaultError
from pipelines.operation.status import NEXT_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from prefect.client.schemas.objects import State, TaskRun

    from pipelines.ground.encryption import Key


Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

RETRIES = 2
RETRY_DELAY_SECONDS = 30
TIMEOUT_SECONDS = 12 * 60 * 60
"""A night that takes longer than this does not end before the working day: something holds it."""

PARAMETERS: Mapping[str, str] = {
    "extracts": "Folder of the delivery, on the machine of the worker.",
    "out": "Output folder, on the machine of the worker.",
    "as_of": "Run date; the day on which the run starts when not given.",
    "policy": "One policy for every member, by id.",
    "config": "Settings of the payer, a TOML file.",
    "assume_enrolled": "Without an eligibility extract, take members as enrolled.",
    "synthetic": "The extracts are made-up data: every page says so.",
    "accept_change": "Checks on measures whose failure is right as it is.",
    "because": "Why a change is accepted; kept with the run.",
    "accepted_by": "Who accepts it; `stimaudit run` gives the account it runs under.",
    "earlier_is_meant": "Audit as of a day before the last publish, or with a clock that was set back.",
}
"""The parameters as a scheduler explains them."""
STATES: Mapping[int, str] = {
    ExitCode.USAGE: "Not started",
    ExitCode.REFUSED: "Refused",
    ExitCode.LOCKED: "Locked",
    ExitCode.CAVEATS: "Published with caveats",
    ExitCode.INTEGRITY: "Not as it was written",
}
"""The name of a run's state by the exit code that the command would end with; any other has Prefect's own."""


def _state_of(fault: StimauditError) -> State[Any]:
    """The failed state that says what stopped a run; an exception would be logged with the engine's trace."""
    return Failed(name=STATES.get(fault.exit_code, "Failed"), message=str(fault), data=fault)


def _may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help: a disk or a share that was away, not a refused file."""
    fault = state.result(raise_on_failure=False)
    return isinstance(fault, StageFaultError) and fault.is_transient


def _task(name: str, stage: Callable[Arguments, Returned], *, retries: int = 0) -> Callable[Arguments, Returned]:
    """``stage`` as the task ``name``; nothing of what it takes or returns is kept, and its fault is its state."""

    @wraps(stage)
    def told(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Any:
        try:
            return stage(*args, **kwargs)
        except StimauditError as fault:
            return _state_of(fault)

    made: Task[..., Any] = task(
        name=name,
        retries=retries,
        retry_delay_seconds=RETRY_DELAY_SECONDS,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(told)

    @wraps(stage)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        state = cast("State[Returned]", made(*args, return_state=True, **kwargs))
        return state.result()

    return run


TASKS = Stages(
    land=_task("land", PLAIN_STAGES.land, retries=RETRIES),
    validate=_task("validate", PLAIN_STAGES.validate),
    narrow=_task("narrow", PLAIN_STAGES.narrow, retries=RETRIES),
    audit=_task("audit", PLAIN_STAGES.audit),
    publish=_task("publish", PLAIN_STAGES.publish, retries=RETRIES),
    report=_task("report", PLAIN_STAGES.report, retries=RETRIES),
)


def _by_parameter(body: Callable[[RunRequest], Outcome]) -> Callable[..., Outcome]:
    """``body`` with a parameter a field of ``RunRequest``, so that the scheduler shows each and asks for it by name."""

    @wraps(body)
    def run(**asked: Any) -> Outcome:
        return body(RunRequest(**asked))

    vars(run)["__signature__"] = signature(RunRequest, eval_str=True)
    told = "\n".join(f"    {name}: {meaning}" for name, meaning in PARAMETERS.items())
    run.__doc__ = f"{body.__doc__}\n\nArgs:\n{told}\n"
    return run


def run_name() -> str:
    """The name of a run by the day that it audits, which people look for: `nightly-2026-11-28`."""
    as_of = flow_run.parameters.get("as_of")
    return f"nightly-{as_of or _now().astimezone().date()}"


@flow(
    name="nightly-audit",
    flow_run_name=run_name,
    version=version("stimaudit"),
    timeout_seconds=TIMEOUT_SECONDS,
    persist_result=False,
)
@_by_parameter
def nightly_audit(request: RunRequest) -> Any:
    """Takes in the night's delivery and publishes the audit of all that ever landed in the output folder."""
    key = _key(request.out)
    plan = plan_night(request, clock=_now)
    try:
        with using_key(key):
            outcome = nightly(plan, progress=watching.get(), clock=_now, stages=TASKS)
    except StimauditError as fault:
        _show_fault(fault)
        return _state_of(fault)
    _show(outcome)
    _log(outcome)
    if outcome.published.grade == "clean":
        return outcome
    reasons = "; ".join(outcome.published.grade_reasons)
    return Completed(name=STATES[ExitCode.CAVEATS], message=reasons, data=outcome)


def _log(outcome: Outcome) -> None:
    """Says in the log of the run what it did, in counts."""
    published, landing, logger = outcome.published, outcome.landing, get_run_logger()
    landed = [file for file in landing.files if file.fate == "landed"]
    logger.info(
        "Delivery %s: %d files landed, %d rows, %d set aside",
        landing.delivery_number or "(nothing new)",
        len(landed),
        sum(file.row_count for file in landed),
        sum(file.rejected_count for file in landed),
    )
    logger.info(
        "Run %s published, grade %s: %d episodes, %d flagged for review",
        published.run_id,
        published.grade,
        published.episode_count,
        published.flagged_count,
    )
    for reason in published.grade_reasons:
        logger.warning("%s", reason)


def _key(out: Path) -> Key | None:
    """The key that the command has read, else that of the worker's environment; it is no parameter of the flow."""
    try:
        return key_in_use() or read_key(os.environ)
    except StimauditError as fault:
        record_not_started(out, fault, clock=_now)
        raise


def _now() -> datetime:
    return datetime.now(UTC)


def _show_fault(fault: StimauditError) -> None:
    """Leaves what stopped the run and what to do as an artifact; both hold no member value."""
    step = NEXT_STEPS.get(fault.exit_code, NEXT_STEPS[ExitCode.OUR_FAULT])
    create_markdown_artifact(
        key="run",
        markdown=(
            f"# Not published (exit code {int(fault.exit_code)})\n\n{fault}\n\n**Do now:** {step}\n\n"
            "Readers still have the last published audit.\n"
        ),
        description="Why the run did not publish.",
    )


def _show(outcome: Outcome) -> None:
    """Leaves the run's funnel and grade as artifacts; counts, and no member value."""
    published = outcome.published
    create_table_artifact(
        key="funnel",
        table=[
            {
                "step": step.step,
                "unit": step.unit,
                "entered": step.entered_count,
                "left": step.left_count,
                "remaining": step.remaining_count,
                "reason": step.reason or "",
            }
            for step in published.funnel
        ],
        description=f"Run {published.run_id}: from the lines read to the episodes flagged for review.",
    )
    reasons = "\n".join(f"- {reason}" for reason in published.grade_reasons) or "- none"
    create_markdown_artifact(
        key="run",
        markdown=(
            f"# Run {published.run_id}\n\nGrade: **{published.grade}**. {published.episode_count:,} episodes, "
            f"{published.flagged_count:,} flagged for review, {published.rejected_count:,} rows set aside.\n\n"
            f"Warnings:\n\n{reasons}\n"
        ),
        description="How far the run can be trusted.",
    )

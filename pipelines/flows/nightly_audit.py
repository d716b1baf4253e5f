"""The nightly flow: the six stages by name, each a Prefect task around the ordinary function.

Nothing is decided here. Parameters are paths, names and a date; artifacts hold counts; what a task says when it fails
is already free of file content (``pipelines.operation.stage_fault.told_safely``).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from prefect import Task, flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from pipelines.ground.encryption import key_in_use, read_key, using_key
from pipelines.ground.errors import ExitCode, StimauditError
from pipelines.operation.console_progress import watching
from pipelines.operation.nightly import PLAIN_STAGES, Outcome, Stages, nightly
from pipelines.operation.plan import RunRequest, plan_night
from pipelines.operation.run_record import record_not_started
from pipelines.operation.stage_fault import StageFaultError
from pipelines.operation.status import NEXT_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prefect.client.schemas.objects import State, TaskRun

    from pipelines.ground.encryption import Key


Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

RETRIES = 2
RETRY_DELAY_SECONDS = 30


def _may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help: a disk or a share that was away, not a refused file."""
    fault = state.result(raise_on_failure=False)
    return isinstance(fault, StageFaultError) and fault.is_transient


def _task(name: str, stage: Callable[Arguments, Returned], *, retries: int = 0) -> Task[Arguments, Returned]:
    """``stage`` as the task ``name``; nothing of what it takes or returns is kept."""
    return task(
        name=name,
        retries=retries,
        retry_delay_seconds=RETRY_DELAY_SECONDS,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(stage)


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
    return run


@flow(name="nightly-audit", persist_result=False)
@_by_parameter
def nightly_audit(request: RunRequest) -> Outcome:
    """What the run did. ``as_of`` is by default the day on which it starts."""
    key = _key(request.out)
    plan = plan_night(request, clock=_now)
    try:
        with using_key(key):
            outcome = nightly(plan, progress=watching.get(), clock=_now, stages=TASKS)
    except StimauditError as fault:
        _show_fault(fault)
        raise
    _show(outcome)
    return outcome


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

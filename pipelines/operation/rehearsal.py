"""A night tried out: what a run would say of a delivery, found on a copy of the output folder that is thrown away.

The copy holds links to the landed files and to what is published, and copies of what is small. Landing, gates, audit
and publish are those of a run; nothing stands in the output folder afterwards that was not there before.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.gates.measures import left_out_with_the_audit, raise_if_broken
from pipelines.gates.profile import keep_profile
from pipelines.gates.validate import raise_if_critical, raise_if_silent, validate
from pipelines.ground.errors import CheckFailedError
from pipelines.ground.files import make_folder
from pipelines.ground.program_files import home
from pipelines.intake.land import land
from pipelines.intake.ledger import landed_digest
from pipelines.operation.nightly import (
    MEASURES,
    audit_landed,
    checked_before_landing,
    deliveries_to_check,
    gates_of,
    make_catalog,
    measure_landed,
    unread,
)
from pipelines.operation.plan import landing_rules, run_facts
from pipelines.operation.stage_fault import told_safely
from pipelines.publishing.older_publishes import is_older, take_over
from pipelines.publishing.publish import publish
from pipelines.publishing.publishes import PUBLISHED_LINK, PUBLISHES_FOLDER

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.progress import Progress
    from pipelines.intake.land import Landing
    from pipelines.operation.plan import Plan
    from pipelines.publishing.publish import Published

LINKED = (".parquet", ".duckdb")
"""Files that nothing writes into: they are linked, and all others are copied."""


@dataclass(frozen=True)
class Rehearsal:
    """What a run would do with a delivery: its checks, and what it would publish, or why it would publish nothing."""

    landing: Landing
    check_results: tuple[CheckResult, ...]
    published: Published | None
    refusal: CheckFailedError | None


def rehearse(plan: Plan, *, progress: Progress, folder: Path, now: datetime) -> Rehearsal:
    """What a run by ``plan`` would say; it is tried out in ``folder``, and ``plan.out`` stays as it is, byte for byte.

    All gates are asked, also after one that would refuse; what a night finds is not, for there would be none. Raises
    what a run raises before its gates: ``InputRefusedError`` where a file is refused, ``UsageError`` where a setting is
    wrong.
    """
    here = home()
    policies, value_sets = checked_before_landing(plan, now=now)
    plan = replace(plan, out=aside(plan.out, folder / "out"))
    make_folder(plan.work)
    told_safely(take_over)(plan.out)
    progress.stage_started("land")
    landing = told_safely(land)(
        plan.extracts,
        landed=plan.landed,
        as_of=plan.as_of,
        rules=landing_rules(plan.settings),
        progress=progress,
    )
    progress.stage_started("validate")
    catalog = make_catalog(plan.landed, plan.work / "catalog.duckdb")
    results: tuple[CheckResult, ...] = ()
    refusal = None
    for delivery_number in deliveries_to_check(plan):
        results, refused = told_safely(gates_asked)(plan, catalog, delivery_number)
        refusal = refusal or refused
    results = (*results, *unread(plan, landing))
    if refusal is not None:
        progress.finished()
        return Rehearsal(landing, (*results, *left_out_with_the_audit(here.expectations / MEASURES)), None, refusal)
    facts = run_facts(plan, here, policies, value_sets, digest=landed_digest(plan.landed), started_at=now)
    found, held = audit_landed(plan, facts=facts, policies=policies, value_sets=value_sets, progress=progress)
    results = (*results, *held)
    try:
        raise_if_broken(held)
    except CheckFailedError as error:
        progress.finished()
        return Rehearsal(landing, results, None, error)
    keep_profile(plan.out / "history", found, "outcomes")
    progress.stage_started("publish")
    published = told_safely(publish)(
        plan.work / "run.duckdb",
        plan.out,
        facts=replace(facts, finished_at_utc=now),
        check_results=results,
        sql=here.sql,
        memory_limit=plan.settings.memory_limit,
    )
    progress.finished()
    return Rehearsal(landing, results, published, None)


def gates_asked(
    plan: Plan, catalog: Path, delivery_number: int
) -> tuple[tuple[CheckResult, ...], CheckFailedError | None]:
    """The results of all checks on a delivery, and the first refusal that a run would end with."""
    gates = gates_of(plan)
    results = validate(catalog, expectations=gates.here.expectations, as_of=plan.as_of, delivery_number=delivery_number)
    profile, measured = measure_landed(catalog, gates=gates, as_of=plan.as_of, delivery_number=delivery_number)
    keep_profile(gates.history, profile)
    refusal = None
    try:
        raise_if_critical(results)
        raise_if_silent(results, limit=gates.settings.max_failed_history_checks)
        raise_if_broken(measured)
    except CheckFailedError as error:
        refusal = error
    return (*results, *measured), refusal


def aside(out: Path, folder: Path) -> Path:
    """``folder`` as a copy of ``out`` that a run may change: what is large is linked, the last publish as a whole.

    A publish in the form of an older version is copied, because a run takes it over.
    """
    make_folder(folder)
    for name in ("landed", "history", "decisions"):
        if (out / name).is_dir():
            shutil.copytree(out / name, folder / name, copy_function=_linked)
    for path in out.glob("*.toml"):
        shutil.copyfile(path, folder / path.name)
    published = out / PUBLISHED_LINK
    if is_older(out):
        shutil.copytree(published, folder / PUBLISHED_LINK)
    elif published.is_symlink():
        make_folder(folder / PUBLISHES_FOLDER)
        for path in (out / PUBLISHES_FOLDER).glob("R*"):
            (folder / PUBLISHES_FOLDER / path.name).symlink_to(path.resolve())
        (folder / PUBLISHED_LINK).symlink_to(published.readlink())
    return folder


def _linked(source: str, target: str) -> str:
    if Path(source).suffix in LINKED:
        Path(target).symlink_to(Path(source).resolve())
        return target
    return str(shutil.copyfile(source, target))

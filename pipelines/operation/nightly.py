"""The nightly audit as a plain function: the six stages in their order, with or without Prefect around each."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.gates.measures import (
    accepted_measures,
    accepting,
    hold,
    hold_outcomes,
    raise_if_broken,
)
from pipelines.gates.profile import (
    OUTCOME_TABLE,
    drop_profile,
    earlier_profiles,
    keep_profile,
    measure_delivery,
    measure_outcomes,
    read_profile,
)
from pipelines.gates.suites import read_suites
from pipelines.gates.validate import raise_if_critical, raise_if_silent, validate
from pipelines.ground.errors import CheckFailedError, ConservationError, IntegrityError, UsageError
from pipelines.ground.files import make_folder
from pipelines.ground.program_files import home
from pipelines.ground.published_file import DATABASE_FILE, open_any_published
from pipelines.ground.registers import check_ends, missing_files
from pipelines.ground.warehouse import WarehouseError, open_warehouse
from pipelines.intake.land import land
from pipelines.intake.ledger import attach, check_key, check_landed, landed_digest, read_ledger
from pipelines.operation.anchor import read_anchor, write_anchor
from pipelines.operation.plan import Plan, check_policies_known, landing_rules, rule_parameters, run_facts
from pipelines.operation.run_log import utc_text
from pipelines.operation.run_record import STATUS_FILE, kept_ends, recorded_run
from pipelines.operation.stage_fault import StageFaultError, told_safely
from pipelines.operation.status import CLOCK_SLACK
from pipelines.operation.unread import unread_results
from pipelines.proof.controls import control_members
from pipelines.publishing.history import earlier_cases, read_history, settle
from pipelines.publishing.older_publishes import take_over
from pipelines.publishing.publish import Published, publish
from pipelines.publishing.publishes import standing_name
from pipelines.reports.report import stand
from pipelines.rule.audit import audit
from pipelines.rule.narrow import narrow
from pipelines.rule.policy import load_policies
from pipelines.rule.row_checks import RowCheck
from pipelines.rule.value_sets import load_value_sets, write_value_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from pipelines.gates.profile import Profile
    from pipelines.gates.validate import CheckResult
    from pipelines.ground.program_files import Home
    from pipelines.ground.progress import Progress
    from pipelines.intake.land import Landing
    from pipelines.operation.run_record import NightRecord
    from pipelines.operation.settings import Settings
    from pipelines.publishing.run_facts import RunFacts
    from pipelines.reports.report import Reports
    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet


MEASURES = "measures"
"""The folder below ``expectations`` of the suites on measures."""

STAGES = ("land", "validate", "narrow", "audit", "publish", "report")


@dataclass(frozen=True)
class Outcome:
    """What a run did: the delivery it landed, its checks, what it published and where the reports are."""

    landing: Landing
    check_results: tuple[CheckResult, ...]
    published: Published
    reports: Reports


@dataclass(frozen=True, kw_only=True)
class Gates:
    """What the checks of a delivery are held against, and what an operator accepts of it."""

    here: Home
    history: Path
    settings: Settings
    accept_change: tuple[str, ...] = ()
    because: str | None = None
    accepted_by: str | None = None


def validate_landed(catalog: Path, *, gates: Gates, as_of: date, delivery_number: int) -> tuple[CheckResult, ...]:
    """The results of all checks; raises ``CheckFailedError`` when a critical one failed, or too much has vanished.

    The profile of a delivery that passes is kept in the history. One that is kept already stays as of its own day,
    with what was accepted of it then.
    """
    results = validate(catalog, expectations=gates.here.expectations, as_of=as_of, delivery_number=delivery_number)
    raise_if_critical(results)
    raise_if_silent(results, limit=gates.settings.max_failed_history_checks)
    profile, measured = measure_landed(catalog, gates=gates, as_of=as_of, delivery_number=delivery_number)
    raise_if_broken(measured)
    keep_profile(gates.history, profile)
    return (*results, *measured)


def measure_landed(
    catalog: Path, *, gates: Gates, as_of: date, delivery_number: int
) -> tuple[Profile, tuple[CheckResult, ...]]:
    """The profile of a delivery, and what its measures say against the deliveries before it in the history."""
    suites = gates.here.expectations / MEASURES
    earlier = earlier_profiles(gates.history, delivery_number)
    kept = read_profile(gates.history, delivery_number)
    profile = measure_delivery(
        catalog, sql=gates.here.sql, as_of=kept.day if kept else as_of, delivery_number=delivery_number
    )
    if kept:
        profile = replace(profile, accepted=kept.accepted, accepted_by=kept.accepted_by)
    profile = accepting(
        profile, names=gates.accept_change, because=gates.because, expectations=suites, by=gates.accepted_by
    )
    results = hold(profile, earlier, catalog=catalog, expectations=suites, least_rows=gates.settings.gate_min_rows)
    return profile, results


def measure_night(working: Path, *, plan: Plan, run_id: str) -> tuple[Profile, tuple[CheckResult, ...]]:
    """What the audit in ``working`` found, in measures, and what they say against the publishes before run ``run_id``.

    What an operator accepts of it stands with the newest delivery, whose run it is.
    """
    here, history = home(), plan.out / "history"
    entries = read_history(history)
    is_known = bool(entries) and entries[-1].run_id == run_id
    number = len(entries) + (0 if is_known else 1)
    found = measure_outcomes(working, sql=here.sql, as_of=plan.as_of, run_number=number)
    newest = read_profile(history, max(deliveries_to_check(plan), default=0))
    if newest is not None:
        of_outcomes, by = (
            {name: told for name, told in each.items() if name.startswith(f"{OUTCOME_TABLE}.")}
            for each in (newest.accepted, newest.accepted_by)
        )
        found = replace(found, accepted=of_outcomes, accepted_by=by)
    held = hold_outcomes(
        found,
        earlier_profiles(history, number, "outcomes"),
        catalog=working,
        expectations=here.expectations / MEASURES,
        least_rows=plan.settings.gate_min_rows,
    )
    return found, held


@dataclass(frozen=True)
class Stages:
    """The six stages as callables; a scheduler replaces each by the same function in its own wrapping."""

    land: Callable[..., Landing]
    validate: Callable[..., tuple[CheckResult, ...]]
    narrow: Callable[..., None]
    audit: Callable[..., None]
    publish: Callable[..., Published]
    report: Callable[..., Reports]


PLAIN_STAGES = Stages(
    land=told_safely(land),
    validate=told_safely(validate_landed),
    narrow=told_safely(narrow),
    audit=told_safely(audit),
    publish=told_safely(publish),
    report=told_safely(stand),
)


def nightly(plan: Plan, *, progress: Progress, clock: Callable[[], datetime], stages: Stages = PLAIN_STAGES) -> Outcome:
    """One whole run: the delivery in ``plan.extracts`` lands, and the audit of all that ever landed is published.

    Holds the output folder meanwhile, and keeps its log and ``status.json`` there. ``clock`` gives the two times kept
    in ``audit.run`` and those of lock, log and status. The control members are audited first: where they do not come
    out right nothing is landed. When a critical check fails the delivery is taken out of the ledger again, so that a
    corrected one can follow. Every fault comes out as a ``StimauditError``, told without file content.
    """
    with recorded_run(plan.out, as_of=plan.as_of, progress=progress, clock=clock) as record:
        try:
            outcome = told_safely(night)(plan, record=record, clock=clock, stages=stages)
        except ConservationError:
            raise  # the working files are what shows where it does not add up
        except (StageFaultError, IntegrityError):
            remove_working_files(plan.work)
            told_safely(check_landed)(plan.landed)  # a landed file that was damaged is the better told cause
            raise
        except BaseException:
            remove_working_files(plan.work)
            raise
        remove_working_files(plan.work)
        record.published(outcome.published, outcome.landing)
    return outcome


def known_from(history: Path, now: datetime) -> datetime:
    """When what is published now is known: now, and never before what was known already."""
    return max([now, *(entry.known_from for entry in read_history(history)[-1:])])


def remove_working_files(work: Path) -> None:
    """Removes what a run leaves in ``work``, also one that was killed; what Prefect keeps there stays."""
    for pattern in ("run.duckdb*", "catalog.duckdb*", "publish"):
        for path in work.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def night(plan: Plan, *, record: NightRecord, clock: Callable[[], datetime], stages: Stages) -> Outcome:
    """What ``nightly`` does while it holds the output folder."""
    started_at = clock()
    here = home()
    policies, value_sets = checked_before_landing(plan, now=started_at)
    control = told_safely(control_members)(here.sql)
    make_folder(plan.work)
    remove_working_files(plan.work)
    told_safely(take_over)(plan.out)
    record.stage_started("land")
    landing = stages.land(
        plan.extracts,
        landed=plan.landed,
        as_of=plan.as_of,
        rules=landing_rules(plan.settings),
        progress=record,
    )
    record.stage_started("validate")
    catalog = make_catalog(plan.landed, plan.work / "catalog.duckdb")
    results: tuple[CheckResult, ...] = ()
    try:
        for delivery_number in deliveries_to_check(plan):
            results = stages.validate(catalog, gates=gates_of(plan), as_of=plan.as_of, delivery_number=delivery_number)
    except CheckFailedError:
        withdraw_unpublished(plan, landing.delivery_number)
        raise
    results = (*results, *unread(plan, landing), control)
    record.checked(results)
    facts = run_facts(plan, here, policies, value_sets, digest=landed_digest(plan.landed), started_at=started_at)
    found, held = audit_landed(
        plan, facts=facts, policies=policies, value_sets=value_sets, progress=record, stages=stages
    )
    results = (*results, *held)
    record.checked(held)
    try:
        raise_if_broken(held)
    except CheckFailedError:
        withdraw_unpublished(plan, landing.delivery_number)
        raise
    # Kept before the publish, which shows it: one that does not come about leaves its number to the next.
    keep_profile(plan.out / "history", found, "outcomes")
    record.stage_started("publish")
    published = stages.publish(
        plan.work / "run.duckdb",
        plan.out,
        facts=replace(facts, finished_at_utc=known_from(plan.out / "history", clock())),
        check_results=results,
        sql=here.sql,
        memory_limit=plan.settings.memory_limit,
    )
    record.stage_started("report")
    reports = stages.report(
        plan.out,
        name=published.name,
        written=published.written,
        policies=policies,
        progress=record,
        keep_publishes=plan.settings.keep_publishes,
        snapshot_days=plan.settings.snapshot_days,
    )
    if plan.anchor is not None:
        write_anchor(plan.anchor, plan.out)
    record.finished()
    return Outcome(landing=landing, check_results=results, published=published, reports=reports)


def checked_before_landing(plan: Plan, *, now: datetime) -> tuple[tuple[Policy, ...], tuple[ValueSet, ...]]:
    """The policies and value sets of a run, after all was asked that can refuse one before anything lands."""
    check_kept(plan)
    check_keys(plan.out)
    check_time(plan, now=now)
    here = home()
    policies = load_policies(here.sql / "policies", as_of=plan.as_of)
    check_policies_known(plan, policies)
    accepted_measures(plan.accept_change, because=plan.because, expectations=here.expectations / MEASURES)
    return policies, load_value_sets(here.sql / "value_sets")


def audit_landed(
    plan: Plan,
    *,
    facts: RunFacts,
    policies: Sequence[Policy],
    value_sets: Sequence[ValueSet],
    progress: Progress,
    stages: Stages = PLAIN_STAGES,
) -> tuple[Profile, tuple[CheckResult, ...]]:
    """What the audit of all that landed found, in measures, and what they say; it is in ``run.duckdb`` of the work."""
    here = home()
    progress.stage_started("narrow")
    working = plan.work / "run.duckdb"
    stages.narrow(
        landed=plan.landed,
        working=working,
        sql=here.sql,
        as_of=plan.as_of,
        policies=policies,
        value_sets=value_sets,
        **rule_parameters(facts.parameters),
        row_checks=row_checks(here.expectations),
        keeps_rows=True,
        memory_limit=plan.settings.memory_limit,
        threads=plan.settings.threads,
    )
    progress.stage_started("audit")
    history = plan.out / "history"
    told_safely(settle)(history, standing_name(plan.out))
    stages.audit(
        working=working,
        sql=here.sql,
        run_id=facts.run_id,
        earlier_cases=told_safely(earlier_cases)(history, run_id=facts.run_id),
        memory_limit=plan.settings.memory_limit,
        threads=plan.settings.threads,
    )
    return told_safely(measure_night)(working, plan=plan, run_id=facts.run_id)


def check_kept(plan: Plan) -> None:
    """Nothing where what people recorded and what was published before is still there, by names and ends of registers.

    Raises ``IntegrityError`` where a decision, sample, letter or entry of the history is gone.
    """
    if missing := missing_files(plan.out):
        more = f" ({len(missing) - 1:,} more are)" if len(missing) > 1 else ""
        message = f"{missing[0]}{more} Nothing was done. Restore the folder from its backup, then run again."
        raise IntegrityError(message)
    check_ends(plan.out, kept_ends(plan.out), keeper=f"{plan.out / STATUS_FILE}")
    if plan.anchor is not None:
        check_ends(plan.out, read_anchor(plan.anchor), keeper=f"The anchor {plan.anchor}")


def check_time(plan: Plan, *, now: datetime) -> None:
    """Nothing where the run is of the day of the last publish or a later one, by the clock and by its date.

    Raises ``UsageError`` where it goes back and nobody said that this is meant.
    """
    entries = read_history(plan.out / "history")
    if not entries or plan.earlier_is_meant:
        return
    last = entries[-1]
    if plan.as_of.isoformat() < last.as_of:
        message = (
            f"The run is as of {plan.as_of}, and the last publish is as of {last.as_of}. Nothing was done. If it is "
            "meant, say --earlier-is-meant; else correct --as-of or the clock."
        )
        raise UsageError(message)
    if now < last.known_from - CLOCK_SLACK:
        message = (
            f"It is {utc_text(now)}, and the last publish was known from {utc_text(last.known_from)}: the clock was "
            "set back. Nothing was done. Set it right, or say --earlier-is-meant."
        )
        raise UsageError(message)


def row_checks(expectations: Path) -> tuple[RowCheck, ...]:
    """What the suites warn of in single rows, for the rule to find the cases that such a row touches."""
    return tuple(
        RowCheck(check.key.table_name, check.key.check_name, check.description, check.failing_rows)
        for suite in read_suites(expectations)
        for check in suite.checks
        if check.severity == "warning" and check.failing_rows is not None
    )


def check_keys(out: Path) -> None:
    """Nothing where what landed in ``out`` and what is published there go with the key in use.

    Raises ``KeyFaultError`` where they do not; a published file that cannot be read at all stops nothing here.
    """
    check_key(out / "landed")
    if (out / "published" / DATABASE_FILE).is_file():
        with suppress(WarehouseError), open_any_published(out / "published"):
            pass


def unread(plan: Plan, landing: Landing) -> tuple[CheckResult, ...]:
    """What was not read of the deliveries to check, and of the one at hand where nothing of it landed.

    A delivery sent again is told as when it came, from the ledger, which knows the columns of its files.
    """
    ledger = read_ledger(plan.landed)
    checked = [file for number in deliveries_to_check(plan) for file in ledger[number - 1].files]
    strangers = [file for file in landing.files if file.fate == "not_an_extract"]
    return unread_results([*checked, *strangers], end_marker=plan.settings.end_marker)


def gates_of(plan: Plan) -> Gates:
    """What the checks of a run are held against."""
    return Gates(
        here=home(),
        history=plan.out / "history",
        settings=plan.settings,
        accept_change=plan.accept_change,
        because=plan.because,
        accepted_by=plan.accepted_by,
    )


def make_catalog(landed: Path, catalog: Path) -> Path:
    """A new DuckDB file with the views of schema ``landed`` and the value sets, for the checks to read."""
    catalog.unlink(missing_ok=True)
    with open_warehouse(catalog) as connection:
        attach(connection, landed)
        write_value_sets(connection, load_value_sets(home().sql / "value_sets"))
    return catalog


def deliveries_to_check(plan: Plan) -> tuple[int, ...]:
    """The deliveries that no publish has held, oldest first; the newest of all when there is none.

    A run that was killed after landing leaves a delivery that nothing has checked, and the next run finds it landed
    already. A delivery sent again is checked as when it came, so that the same audit comes out.
    """
    landed = [delivery.delivery_number for delivery in read_ledger(plan.landed)]
    newest = newest_published_delivery(plan)
    return tuple(number for number in landed if number > newest) or tuple(landed[-1:])


def newest_published_delivery(plan: Plan) -> int:
    """The newest delivery that any publish has held, also one that was rolled back since; 0 when there is none."""
    numbers = [entry.newest_delivery_number for entry in read_history(plan.out / "history")]
    if (plan.published / DATABASE_FILE).is_file():
        with open_any_published(plan.published) as connection:
            numbers += [
                number or 0
                for (number,) in connection.execute(
                    "select max(delivery_number) from delivered_file where fate = 'landed'"
                ).fetchall()
            ]
    return max(numbers, default=0)


def withdraw_unpublished(plan: Plan, delivery_number: int | None) -> None:
    """Takes out of the ledger what a critical check refused: this run's delivery, and others never published.

    A manifest is renamed, not removed, so that the delivery can be looked at; its files are overwritten by the next.
    """
    newest = newest_published_delivery(plan)
    for manifest in sorted((plan.landed / "deliveries").glob("[0-9]*.json"), reverse=True):
        number = int(manifest.stem)
        if number == delivery_number or number > newest:
            manifest.replace(manifest.with_suffix(".refused"))
            drop_profile(plan.out / "history", number)

"""The nightly audit as a plain function: the six stages in their order, with or without Prefect around each."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pipelines.audit import audit
from pipelines.controls import control_members, raise_if_silent
from pipelines.errors import CheckFailedError, ConservationError, IntegrityError, StimauditError, UsageError
from pipelines.history import read_history
from pipelines.land import LandingRules, land
from pipelines.ledger import attach, check_key, check_landed, landed_files, read_ledger
from pipelines.narrow import narrow
from pipelines.policy import load_policies
from pipelines.publish import DATABASE_FILE, Published, RunFacts, make_folder, open_published, publish
from pipelines.report import report
from pipelines.reports.letter import payers_template
from pipelines.settings import Settings, load_settings
from pipelines.status import record_not_started, recorded_run
from pipelines.validate import raise_if_critical, validate
from pipelines.value_sets import load_value_sets
from pipelines.warehouse import WarehouseError, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from pipelines.land import Landing
    from pipelines.policy import Policy
    from pipelines.progress import Progress
    from pipelines.report import Reports
    from pipelines.status import NightRecord
    from pipelines.validate import CheckResult
    from pipelines.value_sets import ValueSet

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

STAGES = ("land", "validate", "narrow", "audit", "publish", "report")


@dataclass(frozen=True)
class Home:
    """Where the models, policies, value sets and suites of the program are."""

    sql: Path
    expectations: Path
    sample_data: Path


def home() -> Home:
    """The checkout this program runs from. Raises ``UsageError`` when it was torn from its SQL."""
    root = Path(__file__).resolve().parents[1]
    found = Home(root / "sql", root / "expectations", root / "sample_data" / "extracts")
    if not found.sql.is_dir():
        message = f"The folder {found.sql} is missing. Run stimaudit from a whole checkout of the repository."
        raise UsageError(message)
    return found


@dataclass(frozen=True)
class Plan:
    """What one run is asked to do."""

    extracts: Path
    out: Path
    as_of: date
    settings: Settings
    single_policy: str | None = None
    assume_enrolled: bool = False
    is_synthetic: bool = False

    @property
    def landed(self) -> Path:
        """The landed history."""
        return self.out / "landed"

    @property
    def work(self) -> Path:
        """The run's working files; nothing in it outlives a run."""
        return self.out / "work"

    @property
    def published(self) -> Path:
        """What auditors and analysts read."""
        return self.out / "published"


@dataclass(frozen=True)
class Outcome:
    """What a run did: the delivery it landed, its checks, what it published and where the reports are."""

    landing: Landing
    check_results: tuple[CheckResult, ...]
    published: Published
    reports: Reports


class StageFaultError(StimauditError):
    """A stage stopped for a cause that is not the data: a disk, a memory limit, or a fault of ours.

    The cause's own text is left out, for it may quote a delivered file. ``is_transient`` says whether trying again
    may help.
    """

    def __init__(self, stage: str, cause: BaseException) -> None:
        self.stage = stage
        self.is_transient = isinstance(cause, OSError)
        trace = cause.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else "unknown place"
        detail = f" ({cause.strerror})" if isinstance(cause, OSError) and cause.strerror else ""
        super().__init__(
            f"The stage {stage} stopped: {type(cause).__name__}{detail} at {place}. The last published audit stays "
            "in place. Look at free disk space and memory, run again, and report it if it stays."
        )


def sealed(stage: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """``stage``, with every fault that is not told in our words turned into ``StageFaultError``.

    Messages of DuckDB and of readers quote file content, and a scheduler keeps what it is told.
    """

    @wraps(stage)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        try:
            return stage(*args, **kwargs)
        except StimauditError:
            raise
        except Exception as cause:  # noqa: BLE001 - the one place where any cause is made safe to show
            fault = StageFaultError(stage.__name__, cause)
        raise fault

    return run


def validate_landed(
    catalog: Path, *, expectations: Path, as_of: date, delivery_number: int | None, max_failed_history_checks: int
) -> tuple[CheckResult, ...]:
    """The results of all checks; raises ``CheckFailedError`` when a critical one failed, or too much has vanished."""
    results = validate(catalog, expectations=expectations, as_of=as_of, delivery_number=delivery_number)
    raise_if_critical(results)
    raise_if_silent(results, limit=max_failed_history_checks)
    return results


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
    land=sealed(land),
    validate=sealed(validate_landed),
    narrow=sealed(narrow),
    audit=sealed(audit),
    publish=sealed(publish),
    report=sealed(report),
)


def make_plan(
    *,
    extracts: Path,
    out: Path,
    as_of: date,
    policy: str | None,
    config: Path | None,
    assume_enrolled: bool,
    synthetic: bool = False,
) -> Plan:
    """The plan of a run, with its configuration read.

    Raises ``UsageError`` where a path or setting is not there, or the payer's words in ``out`` cannot be read: what
    would stop the reports is told before anything lands.
    """
    if not extracts.is_dir():
        message = f"There is no folder {extracts} to read extracts from. Name the folder of the delivery."
        raise UsageError(message)
    payers_template(out)
    return Plan(
        extracts=extracts,
        out=out,
        as_of=as_of,
        settings=load_settings(config),
        single_policy=policy,
        assume_enrolled=assume_enrolled,
        is_synthetic=synthetic,
    )


def plan_night(
    *,
    extracts: Path,
    out: Path,
    as_of: date,
    policy: str | None,
    config: Path | None,
    assume_enrolled: bool,
    synthetic: bool = False,
    clock: Callable[[], datetime],
) -> Plan:
    """As ``make_plan``, and what stops it is kept where an operator looks: in the status and log of ``out``."""
    try:
        return make_plan(
            extracts=extracts,
            out=out,
            as_of=as_of,
            policy=policy,
            config=config,
            assume_enrolled=assume_enrolled,
            synthetic=synthetic,
        )
    except StimauditError as fault:
        record_not_started(out, fault, clock=clock)
        raise


def nightly(plan: Plan, *, progress: Progress, clock: Callable[[], datetime], stages: Stages = PLAIN_STAGES) -> Outcome:
    """One whole run: the delivery in ``plan.extracts`` lands, and the audit of all that ever landed is published.

    Holds the output folder meanwhile, and keeps its log and ``status.json`` there. ``clock`` gives the two times kept
    in ``audit.run`` and those of lock, log and status. The control members are audited first: where they do not come
    out right nothing is landed. When a critical check fails the delivery is taken out of the ledger again, so that a
    corrected one can follow. Every fault comes out as a ``StimauditError``, told without file content.
    """
    with recorded_run(plan.out, as_of=plan.as_of, progress=progress, clock=clock) as record:
        try:
            outcome = sealed(night)(plan, record=record, clock=clock, stages=stages)
        except ConservationError:
            raise  # the working files are what shows where it does not add up
        except (StageFaultError, IntegrityError):
            remove_working_files(plan.work)
            sealed(check_landed)(plan.landed)  # a landed file that was damaged is the better told cause
            raise
        except BaseException:
            remove_working_files(plan.work)
            raise
        remove_working_files(plan.work)
        record.published(outcome.published, outcome.landing)
    return outcome


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
    check_keys(plan.out)
    here = home()
    policies = load_policies(here.sql / "policies", as_of=plan.as_of)
    _check_policies_known(plan, policies)
    value_sets = load_value_sets(here.sql / "value_sets")
    control = sealed(control_members)(here.sql)
    make_folder(plan.work)
    remove_working_files(plan.work)
    record.stage_started("land")
    landing = stages.land(
        plan.extracts,
        landed=plan.landed,
        as_of=plan.as_of,
        rules=_landing_rules(plan.settings),
        progress=record,
    )
    record.stage_started("validate")
    catalog = make_catalog(plan.landed, plan.work / "catalog.duckdb")
    results: tuple[CheckResult, ...] = ()
    try:
        for delivery_number in deliveries_to_check(plan):
            results = stages.validate(
                catalog,
                expectations=here.expectations,
                as_of=plan.as_of,
                delivery_number=delivery_number,
                max_failed_history_checks=plan.settings.max_failed_history_checks,
            )
    except CheckFailedError:
        withdraw_unpublished(plan, landing.delivery_number)
        raise
    results = (*results, control)
    record.checked(results)
    record.stage_started("narrow")
    working = plan.work / "run.duckdb"
    stages.narrow(
        landed=plan.landed,
        working=working,
        sql=here.sql,
        as_of=plan.as_of,
        assume_enrolled=plan.assume_enrolled,
        policies=policies,
        value_sets=value_sets,
        default_policy=plan.settings.default_policy,
        single_policy=plan.single_policy,
        policy_by_line_of_business=plan.settings.policy_by_line_of_business,
        memory_limit=plan.settings.memory_limit,
        threads=plan.settings.threads,
    )
    facts = run_facts(plan, here, policies, value_sets, digest=landed_digest(plan.landed), started_at=started_at)
    record.stage_started("audit")
    stages.audit(
        working=working,
        sql=here.sql,
        run_id=facts.run_id,
        memory_limit=plan.settings.memory_limit,
        threads=plan.settings.threads,
    )
    record.stage_started("publish")
    published = stages.publish(
        working,
        plan.published,
        facts=replace(facts, finished_at_utc=clock()),
        check_results=results,
        sql=here.sql,
        memory_limit=plan.settings.memory_limit,
        snapshot_days=plan.settings.snapshot_days,
    )
    record.stage_started("report")
    reports = stages.report(plan.published, policies=policies, pages_written=record.pages_written)
    record.finished()
    return Outcome(landing=landing, check_results=results, published=published, reports=reports)


def check_keys(out: Path) -> None:
    """Nothing where what landed in ``out`` and what is published there go with the key in use.

    Raises ``KeyFaultError`` where they do not; a published file that cannot be read at all stops nothing here.
    """
    check_key(out / "landed")
    if (out / "published" / DATABASE_FILE).is_file():
        with suppress(WarehouseError), open_published(out / "published"):
            pass


def gates(plan: Plan, *, progress: Progress, folder: Path) -> tuple[Landing, tuple[CheckResult, ...]]:
    """What landing and the checks say of a delivery alone; it lands in ``folder``, and nothing is published.

    Critical failures are among the results. Raises ``InputRefusedError`` where a file is refused.
    """
    progress.stage_started("land")
    landing = sealed(land)(
        plan.extracts,
        landed=folder / "landed",
        as_of=plan.as_of,
        rules=_landing_rules(plan.settings),
        progress=progress,
    )
    progress.stage_started("validate")
    results = sealed(validate)(
        make_catalog(folder / "landed", folder / "catalog.duckdb"),
        expectations=home().expectations,
        as_of=plan.as_of,
        delivery_number=landing.delivery_number,
    )
    progress.finished()
    return landing, results


def make_catalog(landed: Path, catalog: Path) -> Path:
    """A new DuckDB file with the views of schema ``landed``, for the checks to read."""
    catalog.unlink(missing_ok=True)
    with open_warehouse(catalog) as connection:
        attach(connection, landed)
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
        with open_published(plan.published) as connection:
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


def landed_digest(landed: Path) -> str:
    """A digest of every row that was landed, in hexadecimal, from the manifests alone.

    For each table supplied: how many rows are loaded and the sum of their hashes. It says nothing of files or order,
    so a delivery split, renamed or shuffled has the same digest (decision 0041).
    """
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for _, file in landed_files(read_ledger(landed)):
        if file.table_name is not None:
            counts[file.table_name] += file.row_count - file.rejected_count
            sums[file.table_name] += file.row_hash_sum
    totals = [(table, counts[table], str(sums[table])) for table in sorted(counts)]
    return hashlib.sha256(json.dumps(totals).encode()).hexdigest()


def run_facts(
    plan: Plan,
    here: Home,
    policies: Sequence[Policy],
    value_sets: Sequence[ValueSet],
    *,
    digest: str,
    started_at: datetime,
) -> RunFacts:
    """What the run is made of, with its id: the same inputs, policies, value sets, settings and code, the same id.

    The data count as synthetic when that was said of this run and of every one before it in the same folder: one real
    delivery among them, and no page says that nobody is real.
    """
    parameters: Mapping[str, Any] = {
        "assume_enrolled": plan.assume_enrolled,
        "default_policy": plan.settings.default_policy,
        "policy_by_line_of_business": dict(plan.settings.policy_by_line_of_business),
        "single_policy": plan.single_policy,
        "synthetic_data": plan.is_synthetic
        and all(entry.parameters.get("synthetic_data") for entry in read_history(plan.out / "history")),
    }
    facts = RunFacts(
        run_id="",
        as_of=plan.as_of,
        started_at_utc=started_at,
        finished_at_utc=started_at,
        code_version=code_version(here),
        policy_versions=tuple(f"{policy.id} {policy.version} sha256:{policy.sha256}" for policy in policies),
        value_set_versions=tuple(f"{value_set.name} sha256:{value_set.sha256}" for value_set in value_sets),
        landed_digest=digest,
        parameters=parameters,
        inputs=(*here.sql.glob("policies/*.toml"), *here.sql.glob("value_sets/*.csv")),
    )
    identity = [
        facts.code_version,
        facts.policy_versions,
        facts.value_set_versions,
        parameters,
        plan.as_of.isoformat(),
        facts.landed_digest,
    ]
    short = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
    return replace(facts, run_id=f"R{plan.as_of:%Y%m%d}-{short}")


def code_version(here: Home) -> str:
    """The program's version and a digest of its modules, models, control members and suites: ``0.1.0+3f2a91c07b1e``."""
    digest = hashlib.sha256()
    root = here.sql.parent
    for path in sorted(
        [
            *(root / "pipelines").rglob("*.py"),
            *here.sql.rglob("*.sql"),
            *here.sql.glob("controls/*.txt"),
            *here.expectations.rglob("*.json"),
        ]
    ):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{version('stimaudit')}+{digest.hexdigest()[:12]}"


def _landing_rules(settings: Settings) -> LandingRules:
    return LandingRules(
        max_rejected_share=settings.max_rejected_share,
        max_rejected_rows=settings.max_rejected_rows,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        end_marker=settings.end_marker,
    )


def _check_policies_known(plan: Plan, policies: Sequence[Policy]) -> None:
    known = {policy.id for policy in policies}
    asked = {plan.settings.default_policy, *plan.settings.policy_by_line_of_business.values()}
    if plan.single_policy is not None:
        asked.add(plan.single_policy)
    if unknown := sorted(asked - known):
        message = f"There is no policy {', '.join(unknown)}. Known policies: {', '.join(sorted(known))}."
        raise UsageError(message)

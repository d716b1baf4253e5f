"""What one run is asked to do, and what it is made of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import StimauditError, UsageError
from pipelines.ground.program_files import Home, code_version
from pipelines.intake.land import LandingRules
from pipelines.operation.run_record import record_not_started
from pipelines.operation.settings import Settings, load_settings
from pipelines.publishing.history import read_history
from pipelines.publishing.run_facts import RunFacts
from pipelines.reports.payer_words import payers_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet


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


def landing_rules(settings: Settings) -> LandingRules:
    """What the settings say of landing."""
    return LandingRules(
        max_rejected_share=settings.max_rejected_share,
        max_rejected_rows=settings.max_rejected_rows,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        end_marker=settings.end_marker,
    )


def check_policies_known(plan: Plan, policies: Sequence[Policy]) -> None:
    """Raises ``UsageError`` where the plan names a policy that is not there."""
    known = {policy.id for policy in policies}
    asked = {plan.settings.default_policy, *plan.settings.policy_by_line_of_business.values()}
    if plan.single_policy is not None:
        asked.add(plan.single_policy)
    if unknown := sorted(asked - known):
        message = f"There is no policy {', '.join(unknown)}. Known policies: {', '.join(sorted(known))}."
        raise UsageError(message)

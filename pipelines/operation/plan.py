"""What one run is asked to do, and what it is made of.

See docs/contract.md 1.11.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines.gates.profile import accepted_changes
from pipelines.ground.errors import StimauditError, UsageError
from pipelines.ground.files import refuse_address
from pipelines.ground.near_names import unknown_name
from pipelines.ground.program_files import Home, code_version
from pipelines.intake.land import LandingRules
from pipelines.operation.forms import check_not_newer
from pipelines.operation.run_record import record_not_started
from pipelines.operation.settings import Settings, load_settings
from pipelines.publishing.history import read_history
from pipelines.publishing.run_facts import RunFacts
from pipelines.reports.payer_words import payers_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet


RULE_PARAMETERS = ("assume_enrolled", "default_policy", "policy_by_line_of_business", "single_policy")
_BOUNDS: tuple[Literal["from", "to"], ...] = ("from", "to")
LATER_PARAMETERS = {"redelivered_claims": "lines"}
"""Parameters that runs of older versions do not name, with what they did."""


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What one run is asked to do: paths, names and a date, and no member value.

    The flow has a parameter a field, which its scheduler keeps and shows. ``as_of`` is by default the day on which the
    run starts, ``policy`` one policy for every member; ``synthetic`` says that the extracts are made up.
    ``accept_change`` names the checks on measures whose failure is right as it is, ``because`` says why and
    ``accepted_by`` who. A run of a day before the last publish, or with a clock before it, does nothing unless
    ``earlier_is_meant``.
    """

    extracts: Path
    out: Path
    as_of: date | None = None
    policy: str | None = None
    config: Path | None = None
    assume_enrolled: bool = False
    synthetic: bool = False
    accept_change: tuple[str, ...] = ()
    because: str | None = None
    accepted_by: str | None = None
    earlier_is_meant: bool = False

    def from_anywhere(self) -> RunRequest:
        """The same with whole paths, for a process that runs in another folder."""
        config = self.config.absolute() if self.config else None
        return replace(self, extracts=self.extracts.absolute(), out=self.out.absolute(), config=config)


@dataclass(frozen=True, kw_only=True)
class Plan(RunRequest):
    """What one run will do: what it was asked, with its day known and its settings read."""

    as_of: date
    settings: Settings

    @property
    def landed(self) -> Path:
        """The landed history."""
        return self.out / "landed"

    @property
    def anchor(self) -> Path | None:
        """The file outside of the output folder that keeps how far decisions and history went."""
        return Path(self.settings.anchor) if self.settings.anchor else None

    @property
    def work(self) -> Path:
        """The run's working files; nothing in it outlives a run."""
        return self.out / "work"

    @property
    def published(self) -> Path:
        """What auditors and analysts read."""
        return self.out / "published"


def make_plan(request: RunRequest, *, today: date) -> Plan:
    """The plan of a run that starts ``today``, with its configuration read.

    Raises ``UsageError`` where a path or setting is not there, or the payer's words in ``out`` cannot be read: what
    would stop the reports is told before anything lands.
    """
    for path in (request.extracts, request.out, request.config):
        if path is not None:
            refuse_address(path)
    check_not_newer(request.out)
    if not request.extracts.is_dir():
        message = f"There is no folder {request.extracts} to read extracts from. Name the folder of the delivery."
        raise UsageError(message)
    payers_template(request.out)
    settings = load_settings(request.config)
    covers_of(settings)
    asked = vars(request) | {"as_of": request.as_of or today}
    return Plan(**asked, settings=settings)


def plan_night(request: RunRequest, *, clock: Callable[[], datetime]) -> Plan:
    """As ``make_plan``, and what stops it is kept where an operator looks: in the status and log of the output folder.

    Today is where the run starts, not the day for which it was scheduled: after some days without a worker the late
    runs start at once, the oldest first, and the one that gets through must audit as of today.
    """
    try:
        return make_plan(request, today=clock().astimezone().date())
    except StimauditError as fault:
        record_not_started(request.out, fault, clock=clock)
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
        "reach": {
            table: {bound: bounds[bound].isoformat() if bound in bounds else None for bound in _BOUNDS}
            for table, bounds in plan.settings.reach.items()
        },
        "id_namespace": plan.settings.id_namespace,
        "redelivered_claims": plan.settings.redelivered_claims,
        "single_policy": plan.policy,
        "synthetic_data": plan.synthetic
        and all(entry.parameters.get("synthetic_data") for entry in read_history(plan.out / "history")),
    }
    if accepted := accepted_changes(plan.out / "history"):
        parameters = {**parameters, "accepted_changes": accepted}
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


def rule_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a run's ``parameters`` that decide what comes out, as ``narrow`` takes them.

    A run from before feeds had a reach says nothing of it.
    """
    reach = {
        table: tuple(date.fromisoformat(bounds[bound]) if bounds[bound] else None for bound in _BOUNDS)
        for table, bounds in parameters.get("reach", {}).items()
    }
    later = {name: parameters.get(name, before) for name, before in LATER_PARAMETERS.items()}
    return {name: parameters[name] for name in RULE_PARAMETERS} | later | {"reach": reach}


def landing_rules(settings: Settings) -> LandingRules:
    """What the settings say of landing."""
    return LandingRules(
        max_rejected_share=settings.max_rejected_share,
        max_rejected_rows=settings.max_rejected_rows,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        end_marker=settings.end_marker,
        payments_supplied=settings.payments_supplied,
        null_words=settings.null_words,
        units_a_day=settings.units_a_day,
        id_namespace=settings.id_namespace,
        namespace_of_files=settings.namespace_of_files,
        is_whole=settings.redelivered_claims == "whole" or settings.delivery_kind == "full",
        covers=covers_of(settings),
    )


def covers_of(settings: Settings) -> tuple[date, date] | None:
    """The period that a full delivery covers; none where it only brings changes.

    Raises ``UsageError`` where a period is given without the kind, or the kind without a period.
    """
    if (settings.delivery_kind == "full") != (settings.covers is not None):
        message = (
            'The settings `delivery_kind = "full"` and `covers = {from = DATE, to = DATE}` go together: a full '
            "delivery is all of a period, and what it lacks of that period counts no longer. Give both, or neither."
        )
        raise UsageError(message)
    return (settings.covers["from"], settings.covers["to"]) if settings.covers is not None else None


def check_policies_known(plan: Plan, policies: Sequence[Policy]) -> None:
    """Raises ``UsageError`` where the plan names a policy that is not there."""
    known = {policy.id for policy in policies}
    asked = {plan.settings.default_policy, *plan.settings.policy_by_line_of_business.values()}
    if plan.policy is not None:
        asked.add(plan.policy)
    for unknown in sorted(asked - known):
        raise unknown_name(unknown, sorted(known), kind="policy", place="The folder of dossiers")

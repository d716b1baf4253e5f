"""Nights in a few lines: deliveries as CSV text, really landed, audited and published one after the other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.ground.program_files import home
from pipelines.ground.published_file import open_published
from pipelines.ground.run_lock import run_lock
from pipelines.intake.land import LandingRules, land
from pipelines.intake.ledger import landed_digest
from pipelines.operation.plan import Plan, run_facts
from pipelines.operation.settings import Settings
from pipelines.publishing.history import earlier_cases, settle
from pipelines.publishing.publish import publish
from pipelines.publishing.publishes import standing_name
from pipelines.rule.audit import audit
from pipelines.rule.narrow import narrow
from tests.intake.landing import deliver
from tests.support.shipped import shipped_policies, shipped_value_sets
from tests.support.standing import stood

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from pipelines.publishing.publish import Published

AS_OF = date(2026, 6, 30)
CODE = "0.1.0+000000000000"
FIRST_NIGHT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)

LINE = (
    "claim_id,claim_line_number,claim_type,member_id,claim_line_start_date,hcpcs_code,paid_amount,paid_date,"
    "claim_status,claim_frequency_code,original_claim_id"
)

DIAGNOSIS = "claim_id,diagnosis_rank,diagnosis_code"


def implant(
    claim: str, member: str, day: str, *, paid: str = "1000", code: str = "63650", more: str = ",,,"
) -> list[str]:
    """The lines of a claim with a lead and, when permanent, a generator."""
    codes = [code, "63685"] if code == "63650" else [code]
    return [
        f"{claim},{number},professional,{member},{day},{each},{paid},{more}" for number, each in enumerate(codes, 1)
    ]


def delivery(lines: list[str], diagnoses: Mapping[str, str], **others: str) -> dict[str, str]:
    """The files of a delivery: claim lines, the first diagnosis of each claim, and other files as text."""
    ranks = [f"{claim},1,{code}" for claim, code in diagnoses.items()]
    files = {
        "medical_claim.csv": "\n".join([LINE, *lines]) + "\n",
        "claim_diagnosis.csv": "\n".join([DIAGNOSIS, *ranks]) + "\n",
    }
    return files | {f"{name}.csv": text for name, text in others.items()}


def eligible(*members: str) -> str:
    """An eligibility file in which these members are enrolled throughout."""
    return "member_id,enrollment_start_date\n" + "".join(f"{member},2020-01-01\n" for member in members)


def night(out: Path, number: int, files: Mapping[str, str | bytes], *, as_of: date = AS_OF) -> Published:
    """What night ``number`` publishes after landing ``files``; it ends as many days after the first as its number."""
    with run_lock(out, since=FIRST_NIGHT):
        return _night(out, number, files, as_of=as_of)


def _night(out: Path, number: int, files: Mapping[str, str | bytes], *, as_of: date) -> Published:
    here = home()
    known_from = FIRST_NIGHT + timedelta(days=number - 1)
    folder = deliver(out.parent / f"{out.name}-delivery-{number}", files)
    plan = Plan(extracts=folder, out=out, as_of=as_of, settings=Settings())
    land(folder, landed=plan.landed, as_of=as_of, rules=LandingRules(max_rejected_share=1.0))
    shutil.rmtree(plan.work, ignore_errors=True)
    plan.work.mkdir()
    policies = shipped_policies(as_of)
    value_sets = shipped_value_sets()
    working = plan.work / "run.duckdb"
    narrow(
        landed=plan.landed,
        working=working,
        sql=here.sql,
        as_of=as_of,
        assume_enrolled=False,
        policies=policies,
        value_sets=value_sets,
        default_policy=plan.settings.default_policy,
    )
    facts = run_facts(plan, here, policies, value_sets, digest=landed_digest(plan.landed), started_at=known_from)
    # The nights of a test are of one version, also while somebody edits the checkout.
    facts = replace(facts, code_version=CODE, run_id=f"R{as_of:%Y%m%d}-{facts.landed_digest[:8]}")
    history = plan.out / "history"
    settle(history, standing_name(out))
    audit(
        working=working,
        sql=here.sql,
        run_id=facts.run_id,
        earlier_cases=earlier_cases(history, run_id=facts.run_id),
    )
    return stood(
        out, publish(working, out, facts=replace(facts, finished_at_utc=known_from), check_results=(), sql=here.sql)
    )


def asked(out: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on what is published."""
    with open_published(out / "published") as connection:
        return connection.execute(query).fetchall()

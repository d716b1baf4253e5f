"""Published audits for the reports: the sample data, and a few members whose names are hostile."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pipelines.ground.progress import SILENCE
from pipelines.ground.published_file import open_published
from pipelines.intake.land import LandingRules, land
from pipelines.publishing.history import earlier_cases
from pipelines.publishing.publish import publish
from pipelines.reports.pages import write_pages
from pipelines.reports.report import report
from pipelines.reports.summary_page import RunPoint
from pipelines.review.case_review import published_review
from pipelines.review.metrics import published_metrics
from pipelines.rule.audit import audit
from pipelines.rule.narrow import narrow
from tests.support.review_in_small import FLAG_ERROR, SUPPORTED, take_in, write_rows
from tests.support.run_in_small import AS_OF, SQL, facts, make_working, publish_in_small
from tests.support.shipped import shipped_policies, shipped_value_sets
from tests.support.standing import stood

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.rule.dossier import Policy

SAMPLE = SQL.parent / "sample_data" / "extracts"
HISTORY = tuple(RunPoint(f"R{month}", date(2026, month, 28), 40 + 7 * month) for month in range(1, 7))

FORMULA = '=HYPERLINK("http://x")'
SCRIPT = "<script>alert(1)</script>"
LONG = "N" * 300
RIGHT_TO_LEFT = "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"
HOSTILE = (FORMULA, SCRIPT, LONG, RIGHT_TO_LEFT)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


ODD_ROWS = ", ".join(f"({place}, {quoted(name)})" for place, name in enumerate(HOSTILE, 1))
HOSTILE_ROWS = f"""
    insert into landed.medical_claim by name
    select
        'member-' || place as member_id,
        name || '-claim' as claim_id,
        '1' as claim_line_number,
        'professional' as claim_type,
        date '2026-01-20' + place as claim_line_start_date,
        '63650' as hcpcs_code,
        1000.10 as paid_amount,
        name as line_of_business,
        name as billing_npi,
        name as rendering_npi,
        place as source_row
    from (values {ODD_ROWS}) as odd (place, name);
    insert into landed.claim_diagnosis by name
    select claim_id, 1 as diagnosis_rank, 'M5450' as diagnosis_code, source_row from landed.medical_claim;
    insert into landed.care_documentation by name
    select
        member_id,
        line_of_business as document_id,
        'exercise' as modality,
        'no_benefit' as outcome,
        date '2026-01-10' as document_date,
        line_of_business as author_role,
        line_of_business as source_type,
        line_of_business as source_reference,
        source_row
    from landed.medical_claim;
    insert into landed.eligibility by name
    select member_id, date '2020-01-01' as enrollment_start_date, line_of_business, source_row
    from landed.medical_claim;
    update landed.medical_claim set delivery_number = 1, file_number = 1;
    update landed.claim_diagnosis set delivery_number = 1, file_number = 2;
    update landed.eligibility set delivery_number = 1, file_number = 3;
    update landed.care_documentation set delivery_number = 1, file_number = 4;
    insert into landed.delivered_file by name
    select * from (values
        (1, 1, '<img src=http://x>.csv', 'medical_claim', 4, 4),
        (1, 2, 'claim_diagnosis.csv', 'claim_diagnosis', 4, 4),
        (1, 3, 'eligibility.csv', 'eligibility', 4, 4),
        (1, 4, 'care_documentation.csv', 'care_documentation', 4, 4)
    ) as file (delivery_number, file_number, file_name, table_name, row_count, loaded_count);
    update landed.delivered_file
    set fate = 'landed', layout = 'canonical', bytes = 100, sha256 = 'ab', repeat_count = 0, rejected_count = 0;
    insert into landed.feed
    select table_name, table_name in ('medical_claim', 'claim_diagnosis', 'eligibility', 'care_documentation')
    from landed.known_table;
"""


NOT_SUPPORTED = SUPPORTED | {
    "review_outcome": "FINDING_NOT_SUPPORTED",
    "review_reason": "conservative_care_documented",
}
NO_RESPONSE = FLAG_ERROR | {"review_outcome": "NO_RESPONSE", "review_reason": "no_reply"}
DECIDED = [SUPPORTED] * 15 + [NOT_SUPPORTED] * 11 + [FLAG_ERROR] * 7 + [NO_RESPONSE] * 2


class Report(NamedTuple):
    """A published audit and the pages made of it."""

    published: Path
    pages: Path
    written: tuple[Path, ...]

    def text(self, name: str) -> str:
        """The source of one page."""
        return (self.pages / name).read_text(encoding="utf-8")

    def case_of(self, member: str) -> str:
        """The file name of a member's first case page."""
        with open_published(self.published) as connection:
            [case] = connection.execute(
                "select case_id from episode_review where member_id = $member and outcome <> 'excluded' "
                "order by anchor_date limit 1",
                {"member": member},
            ).fetchall()
        return f"cases/{case[0]}.html"


@pytest.fixture(scope="session")
def dossiers() -> tuple[Policy, ...]:
    return shipped_policies(AS_OF)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, dossiers: tuple[Policy, ...]) -> Report:
    """The sample data, audited and published without the gates, with its pages."""
    out = tmp_path_factory.mktemp("sample")
    working = out / "work" / "run.duckdb"
    working.parent.mkdir()
    rules = LandingRules(max_rejected_share=0.01, max_rejected_rows=20, memory_limit="1GB", threads=2)
    land(SAMPLE, landed=out / "landed", as_of=AS_OF, rules=rules, progress=SILENCE)
    narrow(
        landed=out / "landed",
        working=working,
        sql=SQL,
        as_of=AS_OF,
        assume_enrolled=False,
        policies=dossiers,
        value_sets=shipped_value_sets(),
        default_policy="evidence_low_back_pain",
        single_policy=None,
        policy_by_line_of_business={},
        memory_limit="1GB",
        threads=2,
    )
    audit(
        working=working, sql=SQL, run_id=facts().run_id, earlier_cases=earlier_cases(out / "history", run_id="none yet")
    )
    versions = tuple(f"{policy.id} {policy.version} sha256:{policy.sha256}" for policy in dossiers)
    stood(out, publish(working, out, facts=replace(facts(), policy_versions=versions), check_results=(), sql=SQL))
    return with_pages(out, out / "report", dossiers)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, dossiers: tuple[Policy, ...]) -> Report:
    """Four flagged members whose claims, providers, documents and lines of business carry hostile names."""
    out = tmp_path_factory.mktemp("hostile")
    make_working(out / "work" / "run.duckdb", delivered=HOSTILE_ROWS)
    publish_in_small(out)
    return with_pages(out, out / "report", dossiers)


@pytest.fixture(scope="session")
def decided(sample: Report, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The reports of the sample after a reviewer's file with 35 of the 46 flagged cases came back and was imported."""
    out = tmp_path_factory.mktemp("decided")
    shutil.copytree(sample.published.parent, out, symlinks=True, dirs_exist_ok=True)
    with open_published(out / "published") as connection:
        cases = connection.execute(
            "select finding.case_id, case_status.evidence_digest, finding.run_id from finding "
            "inner join case_status on finding.case_id = case_status.case_id "
            "order by priority_score desc, finding.case_id"
        ).fetchall()
    rows = [
        dict(zip(("case_id", "row_hash", "run_id"), case, strict=True)) | {"decision_seen": ""} | decision
        for case, decision in zip(cases, DECIDED, strict=False)
    ]
    assert not take_in(write_rows(out / "back.csv", *rows), out / "published", out / "decisions").has_refusals
    return Report(out / "published", out / "published" / "report", report(out).pages)


def with_pages(out: Path, folder: Path, dossiers: tuple[Policy, ...]) -> Report:
    """The pages of what is published in ``out``, written into ``folder``."""
    with open_published(out / "published") as connection:
        written = write_pages(
            connection,
            folder,
            policies=dossiers,
            history=HISTORY,
            review=published_review(connection, out / "decisions").to_dicts(),
            figures=published_metrics(connection, out / "decisions"),
        )
    return Report(out / "published", folder, written.paths)

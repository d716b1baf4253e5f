"""Case pages over nights: made where what they show has changed, and the same bytes as when all are made."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.publishing.publish import publish
from pipelines.publishing.publishes import faults_of, read_publish
from pipelines.reports import pages
from pipelines.reports.kept_pages import Standing
from pipelines.reports.pages import write_pages
from pipelines.reports.report import report, stand
from pipelines.review.case_review import published_review
from pipelines.review.decisions import read_decisions
from pipelines.review.metrics import published_metrics
from tests.support.review_in_small import DEARER, FLAG_ERROR, case_rows, take_in, write_rows
from tests.support.run_in_small import FINISHED, SQL, facts, make_working

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.rule.dossier import Policy

pytestmark = pytest.mark.long

LABEL = "update value_sets.index_procedures set label = label || ' (said anew)' where code = '63650'"
PARAMETER = "update policies.parameter set value = '4' where parameter = 'min_groups'"
REMARK = """
    insert into audit.episode_remark by name
    select
        episode_id,
        'repaired' as remark_kind,
        'date_us' as remark,
        'A date was read as month, day, year' as remark_text
    from audit.episode_review where member_id = '=cmd'
"""
GONE = "update audit.episode_review set case_id = case_id || '-2' where member_id = 'ada'"
BOTH = {"ada", "=cmd"}


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


@dataclass(frozen=True)
class Night:
    """One night: its run, whose pages were made, what then stood and where, and the same pages all made."""

    run_id: str
    made: set[str]
    publish: Path
    stood: dict[str, bytes]
    all_made: dict[str, bytes]
    inodes: dict[str, int]
    """Which file on disk each page was, by member."""
    faults: list[str]
    case_of: dict[str, str]

    def page(self, member: str) -> Path:
        return self.publish / "report" / "cases" / f"{self.case_of[member]}.html"

    def since(self, member: str) -> str:
        kept = json.loads(self.stood["pages.json"])
        return str(kept["cases"][self.case_of[member]]["since"]["run_id"])


class Nights:
    """Nights on one output folder, each on the working file of the one before, changed by statements."""

    def __init__(self, out: Path, dossiers: tuple[Policy, ...]) -> None:
        self.out, self.dossiers, self.told = out, dossiers, list[Night]()
        self.working = make_working(out / "work" / "run.duckdb")

    def night(self, statements: str = "", *, policies: tuple[Policy, ...] | None = None) -> Night:
        number = len(self.told) + 1
        run_id = f"R20260630-{number:08}"
        before = (self.out / "published").resolve()
        with open_warehouse(self.working) as connection:
            connection.execute(f"update audit.episode_review set run_id = '{run_id}'; {statements}")
        versions = tuple(f"{policy.id} {policy.version} sha256:{policy.sha256}" for policy in self.dossiers)
        told = replace(facts(run_id), finished_at_utc=FINISHED + timedelta(days=number), policy_versions=versions)
        made = publish(self.working, self.out, facts=told, check_results=(), sql=SQL)
        dossiers = self.dossiers if policies is None else policies
        reports = stand(self.out, name=made.name, written=made.written, policies=dossiers)
        return self.keep(run_id, reports.made, before, dossiers)

    def again(self) -> Night:
        """The reports of what stands, made again."""
        before = (self.out / "published").resolve()
        reports = report(self.out, policies=self.dossiers)
        return self.keep(self.told[-1].run_id, reports.made, before, self.dossiers)

    def keep(self, run_id: str, made: tuple[str, ...], before: Path, dossiers: tuple[Policy, ...]) -> Night:
        now = (self.out / "published").resolve()
        all_made = self.out.parent / f"{now.name}-made"
        store = self.out / "decisions"
        with open_published(now) as connection:
            members = dict(connection.execute("select case_id, member_id from episode_review").fetchall())
            write_pages(
                connection,
                all_made,
                policies=dossiers,
                decisions=read_decisions(store).to_dicts(),
                review=published_review(connection, store).to_dicts(),
                figures=published_metrics(connection, store),
                standing=Standing(before, "report", may_share=False),
            )
        of_member = {member: case_id for case_id, member in members.items()}
        faults = faults_of(now, read_publish(now))
        cases = now / "report" / "cases"
        self.told.append(
            Night(
                run_id=run_id,
                made={members[case_id] for case_id in made},
                publish=now,
                stood=bytes_in(now / "report"),
                all_made=bytes_in(all_made),
                inodes={members[page.stem]: page.stat().st_ino for page in cases.iterdir()},
                faults=faults,
                case_of=of_member,
            )
        )
        return self.told[-1]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, dossiers: tuple[Policy, ...]) -> dict[str, Night]:
    """Nights in which one thing after another changes, by what changed."""
    folder = tmp_path_factory.mktemp("nights")
    out = Nights(folder / "out", dossiers)
    told = {"first": out.night(), "no longer new": out.night(), "unchanged": out.night()}
    told["dearer"] = out.night(DEARER)
    row = case_rows(out.out / "published")["=cmd"] | FLAG_ERROR
    take_in(write_rows(folder / "back.csv", row), out.out / "published", out.out / "decisions")
    told["decided"] = out.again()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "pages_version", lambda _: "another version")
        told["program"] = out.again()
    told["policy"] = out.night(f"{PARAMETER}; {REMARK}; {LABEL}; {GONE}", policies=())
    return told


def test_an_unchanged_night_makes_no_case_page_and_a_changed_one_those_that_changed(nights: dict[str, Night]) -> None:
    assert {name: night.made for name, night in nights.items()} == {
        "first": BOTH,
        "no longer new": BOTH,
        "unchanged": set(),
        "dearer": {"ada"},
        "decided": {"=cmd"},
        "program": BOTH,
        "policy": BOTH,
    }


def test_every_page_has_the_bytes_it_has_when_all_are_made(nights: dict[str, Night]) -> None:
    for name, night in nights.items():
        assert night.stood.keys() == night.all_made.keys(), name
        assert [page for page, made in night.all_made.items() if made != night.stood[page]] == [], name
        assert night.faults == [], name


def test_a_page_says_since_which_run_it_shows_what_it_shows(nights: dict[str, Night]) -> None:
    def since(member: str) -> dict[str, str]:
        said = {name: night.since(member) for name, night in nights.items()}
        for name, run_id in said.items():
            page = nights[name].stood[f"cases/{nights[name].case_of[member]}.html"]
            assert f"<dt>Shown since run</dt><dd>{run_id}</dd>".encode() in page
        return {name: run_id for name, run_id in said.items() if run_id == nights[name].run_id}

    assert set(since("=cmd")) == {"first", "no longer new", "decided", "program", "policy"}
    assert set(since("ada")) == {"first", "no longer new", "dearer", "decided", "program", "policy"}


def test_a_page_that_shows_the_same_is_the_same_file_in_both_publishes(nights: dict[str, Night]) -> None:
    def is_same(member: str, *names: str) -> bool:
        return len({nights[name].inodes[member] for name in names}) == 1

    assert is_same("ada", "no longer new", "unchanged")
    assert is_same("=cmd", "no longer new", "unchanged", "dearer")
    assert is_same("ada", "dearer", "decided", "program")
    assert not is_same("ada", "unchanged", "dearer")
    assert not is_same("=cmd", "dearer", "decided")


def test_the_page_of_a_case_that_is_gone_is_gone(nights: dict[str, Night]) -> None:
    def standing(night: Night) -> set[str]:
        return {name for name in night.stood if name.startswith("cases/")}

    before, after = nights["program"], nights["policy"]
    assert standing(after) == {f"cases/{after.case_of[member]}.html" for member in BOTH}
    assert standing(before) - standing(after) == {f"cases/{before.case_of['ada']}.html"}


def test_a_page_or_a_record_that_was_changed_is_not_taken_over(
    nights: dict[str, Night], dossiers: tuple[Policy, ...], tmp_path: Path
) -> None:
    last, out = nights["policy"], tmp_path / "out"
    shutil.copytree(last.publish.parents[1], out, symlinks=True)
    page = out / "published" / "report" / "cases" / last.page("ada").name
    kept = out / "published" / "report" / "pages.json"
    report(out, policies=dossiers)
    sound = page.read_bytes()

    page.write_bytes(sound.replace(b"Case ", b"Care ", 1))
    of_a_page = report(out, policies=dossiers)
    assert of_a_page.made == (page.stem,)
    assert page.read_bytes() == sound

    kept.write_text(kept.read_text(encoding="utf-8").replace(last.run_id, "R20200101-00000000"), encoding="utf-8")
    of_a_record = report(out, policies=dossiers)
    assert len(of_a_record.made) == 2
    assert b"R20200101" not in page.read_bytes()

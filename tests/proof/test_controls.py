"""The silence detector: control members come out right or nothing is published, and a broken feed is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.gates.validate import VANISHING_CHECKS, CheckResult, raise_if_silent
from pipelines.ground.closed_words import words_of
from pipelines.ground.errors import CheckFailedError, ExitCode, UsageError
from pipelines.proof.controls import ControlsFailedError, control_members
from pipelines.proof.examples import ExampleReport, run_examples
from pipelines.rule.vocabulary import EXCLUSIONS
from tests.support.places import ROOT

SQL = ROOT / "sql"

VANISHED = CheckResult(
    check_name="index_family_seen",
    severity="warning",
    table_name="medical_claim",
    failed_count=1,
    total_count=2,
    status="failed",
    description="Stimulator code families are there.",
    consequence="Implants vanish from the audit.",
)
SHRUNK = replace(VANISHED, check_name="delivery_volume_usual")
OTHER = replace(VANISHED, check_name="paid_date_not_after_run")


@pytest.fixture(scope="module")
def report() -> ExampleReport:
    return run_examples(SQL / "controls", sql=SQL)


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A copy of the models, policies, value sets and controls, to break."""
    return Path(shutil.copytree(SQL, tmp_path / "sql"))


def without_rows(path: Path, code: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if f",{code}," not in line]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


def test_every_control_member_comes_out_as_expected(report: ExampleReport) -> None:
    assert report.is_sound, "\n".join(report.lines())


def test_every_outcome_and_every_reason_that_one_run_can_give_has_a_control_member(report: ExampleReport) -> None:
    reasons = {(episode["outcome"], episode["outcome_reason"]) for each in report.results for episode in each.episodes}

    # Which feeds a run has, and the days they reach, are facts of the run, shown in its grade.
    of_the_run = {"documentation_not_supplied", "history_not_delivered"}
    assert {reason for _, reason in reasons} == {*words_of("exclusion", "outcome_reason")} - of_the_run
    assert {reason for outcome, reason in reasons if outcome == "excluded"} == {*EXCLUSIONS}
    assert {outcome for outcome, _ in reasons} == {*words_of("outcome")}


def test_some_control_members_must_be_left_alone(report: ExampleReport) -> None:
    assert sum(not each.episodes for each in report.results) == 3


def test_control_members_share_one_run(report: ExampleReport) -> None:
    assert len({each.example.settings for each in report.results}) == 1


def test_control_members_make_one_row_of_data_quality(report: ExampleReport) -> None:
    result = control_members(SQL)

    assert (result.check_name, result.table_name, result.status) == ("control_members", "control_member", "passed")
    assert (result.severity, result.failed_count, result.total_count) == ("critical", 0, len(report.results))


def test_a_value_set_that_lost_a_code_is_found(sql: Path) -> None:
    without_rows(sql / "value_sets" / "index_procedures.csv", "63650")

    with pytest.raises(ControlsFailedError, match="The delivery is not at fault") as told:
        control_members(sql)

    assert told.value.exit_code == ExitCode.REFUSED
    assert any(difference.startswith("Control 01") for difference in told.value.differences)


def test_a_policy_whose_number_moved_is_found(sql: Path) -> None:
    dossier = sql / "policies" / "evidence_low_back_pain.toml"
    text = dossier.read_text(encoding="utf-8")
    place = text.index("min_groups")
    dossier.write_text(text[:place] + text[place:].replace("2", "1", 1), encoding="utf-8")

    with pytest.raises(ControlsFailedError):
        control_members(sql)


def test_without_control_members_nothing_may_run(sql: Path) -> None:
    shutil.rmtree(sql / "controls")

    with pytest.raises(UsageError, match="there is no example file"):
        control_members(sql)


def test_one_or_two_failed_checks_against_history_are_a_caveat_and_a_third_refuses() -> None:
    raise_if_silent([VANISHED, SHRUNK, OTHER], limit=2)

    with pytest.raises(CheckFailedError, match="2 checks against earlier deliveries failed at once"):
        raise_if_silent([VANISHED, SHRUNK, OTHER], limit=1)


def test_a_limit_of_none_refuses_at_the_first() -> None:
    with pytest.raises(CheckFailedError, match="index_family_seen"):
        raise_if_silent([VANISHED], limit=0)

    raise_if_silent([replace(VANISHED, status="passed"), OTHER], limit=0)


def test_the_checks_that_count_as_vanishing_are_in_the_suite() -> None:
    suite = json.loads((ROOT / "expectations" / "against_history.json").read_text(encoding="utf-8"))

    assert {expectation["meta"]["check_name"] for expectation in suite["expectations"]} >= VANISHING_CHECKS

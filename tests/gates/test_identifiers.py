"""Two payers under one identifier: refused, warned of or let through, each just inside and just outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.gates.suites import read_suites
from pipelines.intake.land import LandingRules
from tests.gates.counting import counts_of
from tests.intake.landing import BASE, landed, lines
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.intake.ledger import IdNamespace

SPAN = "member_id,enrollment_start_date,payer,birth_date,gender"
TWO_PAYERS = ({"payer": "Acme"}, {"claim_id": "C2", "payer": "Bolt"})


def failed(
    tmp_path: Path, *claims: dict[str, str], spans: str = "", namespace: IdNamespace | None = None
) -> dict[str, int | None]:
    """How many fail each check; None where it is not asked."""
    files: dict[str, str | bytes] = {**BASE, "medical_claim.csv": lines(*claims)}
    if spans:
        files["eligibility.csv"] = f"{SPAN}\n{spans}"
    landed(tmp_path, files, rules=LandingRules(id_namespace=namespace))
    counts = counts_of(tmp_path / "landed", "identifiers", 1)
    return {check: number if total else None for check, (number, total) in counts.items()}


@pytest.mark.parametrize("column", ["payer", "data_source"])
@pytest.mark.parametrize(
    ("one", "other", "failing"),
    [("Acme", "Bolt", 1), ("Acme", "", 0), ("Acme", "ACME", 0), ("", "", 0), ("Acme", "Acme", 0)],
)
def test_a_claim_of_a_member_under_two_payers_or_sources_fails(
    tmp_path: Path, column: str, one: str, other: str, failing: int
) -> None:
    found = failed(tmp_path, {column: one}, {"claim_line_number": "2", column: other})

    assert (found["claim_of_one_payer"], found["member_of_one_payer"]) == (failing, failing)


def test_two_claims_of_a_member_under_two_payers_are_warned_of_alone(tmp_path: Path) -> None:
    assert failed(tmp_path, *TWO_PAYERS) == {
        "claim_of_one_payer": 0,
        "member_of_one_payer": 1,
        "member_of_one_person": 0,
    }


def test_one_claim_number_of_two_members_under_two_payers_is_none_of_these(tmp_path: Path) -> None:
    found = failed(tmp_path, {"payer": "Acme"}, {"member_id": "bea", "payer": "Bolt"})

    assert found == {"claim_of_one_payer": 0, "member_of_one_payer": 0, "member_of_one_person": 0}


@pytest.mark.parametrize(
    ("spans", "failing"),
    [
        ("ada,2020-01-01,,1950-01-01,F\nada,2021-01-01,,1951-01-01,F\n", 1),
        ("ada,2020-01-01,,1950-01-01,F\nada,2021-01-01,,1950-01-01,M\n", 1),
        ("ada,2020-01-01,,1950-01-01,F\nada,2021-01-01,,1950-01-01,female\n", 0),
        ("ada,2020-01-01,,1950-01-01,F\nada,2021-01-01,,1950-01-01,unknown\n", 0),
        ("ada,2020-01-01,,1950-01-01,F\nada,2021-01-01,,,\n", 0),
    ],
)
def test_two_payers_and_two_birth_dates_or_genders_are_two_people(tmp_path: Path, spans: str, failing: int) -> None:
    assert failed(tmp_path / "two", *TWO_PAYERS, spans=spans)["member_of_one_person"] == failing
    assert failed(tmp_path / "one", {"payer": "Acme"}, spans=spans)["member_of_one_person"] == 0
    assert failed(tmp_path / "shared", *TWO_PAYERS, spans=spans, namespace="shared") == {
        "claim_of_one_payer": None,
        "member_of_one_payer": None,
        "member_of_one_person": failing,
    }


def test_payers_of_spans_alone_tell_two_people(tmp_path: Path) -> None:
    spans = "ada,2020-01-01,Acme,1950-01-01,F\nada,2021-01-01,Bolt,1951-01-01,F\n"

    assert failed(tmp_path, {}, spans=spans)["member_of_one_person"] == 1


def test_qualified_identifiers_are_not_asked(tmp_path: Path) -> None:
    landed(
        tmp_path,
        {**BASE, "medical_claim.csv": lines({"payer": "Acme"}, {"payer": "Bolt"})},
        rules=LandingRules(id_namespace="payer", namespace_of_files={"claim_diagnosis*": "Acme"}),
    )

    assert {total for _, total in counts_of(tmp_path / "landed", "identifiers", 1).values()} == {0}


def test_the_history_counts_but_only_what_the_delivery_holds_fails(tmp_path: Path) -> None:
    landed(tmp_path, {**BASE, "medical_claim.csv": lines({"payer": "Acme"}, {"claim_id": "C5", "payer": "Acme"})})
    landed(tmp_path, {"medical_claim.csv": lines({"claim_line_number": "2", "payer": "Bolt"})}, name="two")
    landed(tmp_path, {"medical_claim.csv": lines({"member_id": "bea", "claim_id": "C7"})}, name="three")

    assert [counts_of(tmp_path / "landed", "identifiers", number)["claim_of_one_payer"] for number in (1, 2, 3)] == [
        (0, 2),
        (1, 1),
        (0, 1),
    ]


def test_a_refusal_names_the_setting_and_its_values() -> None:
    [suite] = [each for each in read_suites(ROOT / "expectations") if each.name == "identifiers"]

    assert {check.key.check_name: check.severity for check in suite.checks} == {
        "claim_of_one_payer": "critical",
        "member_of_one_person": "critical",
        "member_of_one_payer": "warning",
    }
    for check in suite.checks:
        assert 'id_namespace = "data_source"' in check.consequence

"""Identifiers that are qualified by the source or payer that gave them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from pipelines.ground.errors import InputRefusedError, UsageError
from pipelines.intake.land import LandingRules
from tests.intake.landing import BASE, DIAGNOSIS, landed, lines, rows

if TYPE_CHECKING:
    from pathlib import Path

BY_SOURCE = LandingRules(
    id_namespace="data_source", namespace_of_files={"a/*": "A", "b/*": "B", "pharmacy_claim*": "A", "*": "C"}
)
FILL = "claim_id,member_id,dispensing_date,days_supply\nF1,ada,2024-06-01,30\n"


def test_every_identifier_of_every_table_is_qualified(tmp_path: Path) -> None:
    claims = lines(
        {"claim_id": "C1", "data_source": "A", "original_claim_id": "C0", "prior_authorization_number": "P1"},
        {"claim_id": "C1", "data_source": "B"},
    )
    landed(
        tmp_path,
        {
            "medical_claim.csv": claims,
            "b/claim_diagnosis.csv": f"{DIAGNOSIS}\nC1,1,M54.50\n",
            "pharmacy_claim.csv": FILL,
            "b/prior_authorization.csv": "authorization_id,member_id,decision\nP1,ada,approved\n",
        },
        rules=BY_SOURCE,
    )

    assert rows(
        tmp_path,
        "select claim_id, member_id, original_claim_id, prior_authorization_number from landed.medical_claim "
        "order by all",
    ) == [("A:C1", "A:ada", "A:C0", "A:P1"), ("B:C1", "B:ada", None, None)]
    assert rows(tmp_path, "select claim_id from landed.claim_diagnosis") == [("B:C1",)]
    assert rows(tmp_path, "select claim_id, member_id from landed.pharmacy_claim") == [("A:F1", "A:ada")]
    assert rows(tmp_path, "select authorization_id, member_id from landed.prior_authorization") == [("B:P1", "B:ada")]


def test_the_column_of_a_row_goes_before_the_setting_of_its_file(tmp_path: Path) -> None:
    landed(tmp_path, {**BASE, "medical_claim.csv": lines({"data_source": "A"}, {"data_source": ""})}, rules=BY_SOURCE)

    assert rows(tmp_path, "select claim_id from landed.medical_claim order by 1") == [("A:C1",), ("C:C1",)]


def test_a_row_that_no_source_names_is_set_aside(tmp_path: Path) -> None:
    rules = LandingRules(id_namespace="data_source", namespace_of_files={"claim_diagnosis.csv": "A"})

    landed(tmp_path, {**BASE, "medical_claim.csv": lines({"data_source": "A"}, {"data_source": ""})}, rules=rules)

    assert rows(tmp_path, "select claim_id from landed.medical_claim") == [("A:C1",)]
    assert rows(tmp_path, "select column_name, rule, message from landed.rejected_row") == [
        ("data_source", "missing", "data_source has no value; every row needs one")
    ]


def test_a_file_without_column_and_setting_is_refused(tmp_path: Path) -> None:
    rules = LandingRules(id_namespace="data_source")

    with pytest.raises(InputRefusedError, match=r"claim_diagnosis\.csv: Identifiers are qualified by data_source"):
        landed(tmp_path, {**BASE, "medical_claim.csv": lines({"data_source": "A"})}, rules=rules)


def test_a_table_without_identifiers_needs_no_source(tmp_path: Path) -> None:
    rules = LandingRules(id_namespace="payer", namespace_of_files={"*_*i*": "A", "medical*": "A"})
    crosswalk = "from_system,from_code,rxnorm_ingredient\nndc,1,2\n"

    landed(tmp_path, {**BASE, "drug_crosswalk.csv": crosswalk}, rules=rules)

    assert rows(tmp_path, "select count(*) from landed.drug_crosswalk") == [(1,)]


@pytest.mark.parametrize("namespace", [None, "shared"])
def test_identifiers_stay_as_they_are_where_none_qualifies_them(
    tmp_path: Path, namespace: Literal["shared"] | None
) -> None:
    rules = LandingRules(id_namespace=namespace)

    landed(tmp_path, {**BASE, "medical_claim.csv": lines({"data_source": "A"})}, rules=rules)

    assert rows(tmp_path, "select claim_id, member_id from landed.medical_claim") == [("C1", "ada")]


def test_the_form_of_identifiers_cannot_change_within_a_history(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    landed(
        tmp_path, {"medical_claim.csv": lines({"claim_id": "C5"})}, name="b", rules=LandingRules(id_namespace="shared")
    )

    with pytest.raises(UsageError, match=r"id_namespace .* cannot change within one history"):
        landed(tmp_path, {"medical_claim.csv": lines({"claim_id": "C6"})}, name="c", rules=BY_SOURCE)

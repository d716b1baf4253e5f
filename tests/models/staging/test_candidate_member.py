"""The members who can have an implantation event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def candidates(model: RunModel, **given: str) -> list[str | None]:
    tables = {
        "kept.opening_line": given.get("lines", ""),
        "kept.opening_procedure": given.get("procedures", ""),
        "kept.claim_number": given.get("numbers", ""),
        "staging.member_identifier": given.get("known", ""),
    }
    return model("staging.candidate_member", tables).column("member_id")


def test_a_member_with_an_opening_line_is_a_candidate_once(model: RunModel) -> None:
    assert candidates(model, lines="member_id\nada\nbea\nada") == ["ada", "bea"]


def test_a_procedure_row_makes_everyone_with_its_claim_a_candidate(model: RunModel) -> None:
    numbers = "member_id | claim_id\nada | S1\nbea | S1\ncid | S2\ndan | S3"

    assert candidates(model, procedures="claim_id\nS1\nS2", numbers=numbers) == ["ada", "bea", "cid"]


def test_a_procedure_row_that_names_a_member_makes_that_member_alone_a_candidate(model: RunModel) -> None:
    made = candidates(
        model,
        procedures="claim_id | member_id\nS1 | bea\nS2 | dan",
        numbers="member_id | claim_id\nada | S1\nbea-1 | S1\ncid | S2",
        known="previous_member_id | member_id\nbea-1 | bea",
    )

    assert made == ["bea"]


def test_a_candidate_is_named_as_now(model: RunModel) -> None:
    known = "previous_member_id | member_id\nada-1 | ada"

    assert candidates(model, lines="member_id\nada-1\nada", known=known) == ["ada"]

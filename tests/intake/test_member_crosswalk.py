"""Members known by other identifiers before: what a crosswalk may not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode, InputRefusedError
from pipelines.intake.ledger import read_ledger
from pipelines.intake.member_crosswalk import unsettled
from tests.intake.landing import BASE, landed, rows

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "previous_member_id,member_id\n"


@pytest.mark.parametrize(
    ("links", "rings", "split"),
    [
        ([("A", "B"), ("B", "C")], "", ""),
        ([("A", "B"), ("A", "B")], "", ""),
        ([("A", "B"), ("A", "C"), ("B", "C")], "", ""),
        ([("A", "C"), ("B", "C")], "", ""),
        ([("A", "B"), ("A", "C")], "", "A"),
        ([("Z", "A"), ("A", "B"), ("A", "C")], "", "AZ"),
        ([("A", "B"), ("B", "A")], "AB", ""),
        ([("A", "A")], "A", ""),
        ([("Z", "A"), ("A", "B"), ("B", "A"), ("Y", "X")], "ABZ", ""),
        ([], "", ""),
    ],
)
def test_each_previous_identifier_leads_to_one_member(links: list[tuple[str, str]], rings: str, split: str) -> None:
    assert unsettled(links) == (frozenset(rings), frozenset(split))


@pytest.mark.parametrize("body", ["A,B\nB,A\n", "A,B\nA,C\n", "A,A\n"])
def test_a_delivery_with_a_ring_or_two_ends_is_refused_whole(tmp_path: Path, body: str) -> None:
    with pytest.raises(InputRefusedError, match="The member_crosswalk cannot be followed") as refused:
        landed(tmp_path, BASE | {"member_crosswalk.csv": HEADER + body})

    assert refused.value.exit_code == ExitCode.REFUSED
    assert "- member_crosswalk.csv, row 1, of delivery 1" in str(refused.value)
    assert read_ledger(tmp_path / "landed") == ()


def test_the_rows_of_all_deliveries_are_asked_together_and_a_refused_one_leaves_the_history(tmp_path: Path) -> None:
    landed(tmp_path, BASE | {"member_crosswalk.csv": HEADER + "A,B\n"}, name="first")

    with pytest.raises(InputRefusedError, match="but 2 lead in a ring"):
        landed(tmp_path, {"member_crosswalk_more.csv": HEADER + "B,A\n"}, name="second")
    landed(tmp_path, {"member_crosswalk_more.csv": HEADER + "B,C\n"}, name="third")

    assert rows(tmp_path, "select previous_member_id, member_id from landed.member_crosswalk order by all") == [
        ("A", "B"),
        ("B", "C"),
    ]


def test_a_row_with_a_blank_side_is_set_aside_and_leads_nowhere(tmp_path: Path) -> None:
    landing = landed(tmp_path, BASE | {"member_crosswalk.csv": HEADER + "A,B\nA,\n,B\n"})

    [file] = [file for file in landing.files if file.table_name == "member_crosswalk"]
    assert (file.loaded_count, file.rejected_count) == (1, 2)

"""What comes again is counted: fewer lines, versions that lose, tie or fall, refreshes that lack claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gates.counting import counts_of
from tests.intake.landing import BASE, landed, lines

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = {"claim_line_number": "1", "paid_amount": "100", "paid_date": "2024-07-01"}


def again(tmp_path: Path, *now: dict[str, str]) -> dict[str, tuple[int, int]]:
    """The counts of a second delivery of ``now`` after one of a claim of two lines."""
    landed(tmp_path, {**BASE, "medical_claim.csv": lines(BEFORE, {**BEFORE, "claim_line_number": "2"})})
    landed(tmp_path, {"medical_claim.csv": lines(*({**BEFORE, **each} for each in now))}, name="two")
    return counts_of(tmp_path / "landed", "redelivery", 2)


@pytest.mark.parametrize(
    ("check", "change", "failed"),
    [
        ("version_not_before_earlier", {"paid_date": "2024-06-30"}, 1),
        ("version_not_before_earlier", {"paid_date": ""}, 1),
        ("version_not_before_earlier", {"paid_date": "2024-07-01"}, 0),
        ("version_not_tied", {"paid_amount": "101"}, 1),
        ("version_not_tied", {"paid_amount": "101", "paid_date": "2024-07-02"}, 0),
        ("paid_amount_not_fallen", {"paid_amount": "10", "paid_date": "2024-07-02"}, 1),
        ("paid_amount_not_fallen", {"paid_amount": "10.01", "paid_date": "2024-07-02"}, 0),
        ("paid_amount_not_fallen", {"paid_amount": "0", "paid_date": "2024-07-02", "claim_status": "denied"}, 0),
    ],
)
def test_a_version_is_counted(tmp_path: Path, check: str, change: dict[str, str], failed: int) -> None:
    assert again(tmp_path, {**change, "plan": "x"})[check] == (failed, 1)


def test_a_claim_with_fewer_lines_is_counted(tmp_path: Path) -> None:
    assert again(tmp_path / "a", {"plan": "x"})["claim_again_with_its_lines"] == (1, 1)
    assert again(tmp_path / "b", {"plan": "x"}, {"claim_line_number": "02"})["claim_again_with_its_lines"] == (0, 1)


@pytest.mark.parametrize(("earlier", "now", "counted"), [(4, 4, (0, 4)), (5, 4, (1, 5)), (9, 4, (0, 0))])
def test_a_delivery_like_a_refresh_that_lacks_claims_is_counted(
    tmp_path: Path, earlier: int, now: int, counted: tuple[int, int]
) -> None:
    # The first and the last claim come again, so that the period is that of all of them.
    claims = [
        {"claim_id": f"C{number}", "claim_line_start_date": f"2024-06-{10 + number:02}"} for number in range(earlier)
    ]
    landed(tmp_path, {**BASE, "medical_claim.csv": lines(*claims)})
    again_now = [{**claim, "plan": "x"} for claim in (*claims[: now - 1], claims[-1])]
    landed(tmp_path, {"medical_claim.csv": lines(*again_now)}, name="two")

    assert counts_of(tmp_path / "landed", "redelivery", 2)["refresh_lacks_none"] == counted

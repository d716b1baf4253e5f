"""What was not read is named: files, and columns with what they may have been meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.operation.delivery_remarks import delivery_remarks
from pipelines.operation.unread import unread_results
from tests.intake.landing import BASE, LINE, landed, lines

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.gates.validate import CheckResult


def results_of(
    tmp_path: Path, files: dict[str, str | bytes], end_marker: str | None = None
) -> tuple[CheckResult, CheckResult]:
    """The results on files and on columns of a delivery of ``files`` beside the usual ones."""
    landing = landed(tmp_path, {**BASE, **files})
    of_files, of_columns = unread_results(landing.files, end_marker=end_marker)
    return of_files, of_columns


def test_a_delivery_that_was_read_whole_passes_without_a_word(tmp_path: Path) -> None:
    landing = landed(tmp_path, {**BASE, "_SUCCESS": b"", ".hidden.csv": b"x", "x.csv.crc": b"x"})
    results = unread_results(landing.files, end_marker=None)

    assert [(result.status, result.failed_count, result.total_count) for result in results] == [
        ("passed", 0, 2),
        ("passed", 0, 15),  # the columns of modifiers land with those of procedure codes
    ]
    assert delivery_remarks(landing, results) == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("eligibility.txt", "eligibility.txt (perhaps eligibility)"),
        ("medical_claim-2025.csv", "medical_claim-2025.csv (perhaps medical_claim)"),
        ("pharmacy_claims.csv", "pharmacy_claims.csv (perhaps pharmacy_claim)"),
        ("pharmacy_claims/part-0.csv", "pharmacy_claims/part-0.csv (perhaps pharmacy_claim)"),
        ("medical_claim.csv.bz2", "medical_claim.csv.bz2 (perhaps medical_claim)"),
        ("members.csv", "members.csv"),
        ("all.zip", "all.zip"),
    ],
)
def test_a_file_that_may_hold_data_fails_and_is_named(tmp_path: Path, name: str, told: str) -> None:
    of_files, of_columns = results_of(tmp_path, {name: b"x"})

    assert (of_files.status, of_files.failed_count, of_files.total_count) == ("failed", 1, 3)
    assert f"Not read: {told}." in of_files.description
    assert of_columns.status == "passed"


@pytest.mark.parametrize("name", ["README.txt", "notes.pdf", "manifest.json", "done.marker"])
def test_a_file_without_data_is_named_and_fails_nothing(tmp_path: Path, name: str) -> None:
    of_files, of_columns = results_of(tmp_path, {name: b"x"})

    assert (of_files.status, of_files.failed_count) == ("passed", 0)
    assert delivery_remarks(landed(tmp_path, BASE, name="b"), (of_files, of_columns))[-1].endswith(f"Not read: {name}.")


def test_the_end_marker_is_no_file_that_was_not_read(tmp_path: Path) -> None:
    assert "Not read" not in results_of(tmp_path, {"day.done": b""}, end_marker="day.done")[0].description
    assert "Not read" in results_of(tmp_path / "b", {"day.done": b""})[0].description


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("Claim Status", "claim status (perhaps claim_status)"),
        ("claimstatus", "claimstatus (perhaps claim_status)"),
        ("clm_status", "clm_status (perhaps claim_status)"),
    ],
)
def test_a_column_that_is_nearly_known_fails_and_is_named_with_the_known_one(
    tmp_path: Path, column: str, told: str
) -> None:
    _, of_columns = results_of(tmp_path, {"medical_claim_b.csv": lines({"claim_id": "C2"}, header=f"{LINE},{column}")})

    assert (of_columns.status, of_columns.failed_count) == ("failed", 1)
    assert f"Not read: medical_claim_b.csv: {told}." in of_columns.description


@pytest.mark.parametrize(
    ("columns", "told"),
    [("shoe_size", "medical_claim_b.csv: shoe_size"), ("claim_status,clm_status", "medical_claim_b.csv: clm_status")],
)
def test_a_column_that_is_near_none_its_file_lacks_is_named_and_fails_nothing(
    tmp_path: Path, columns: str, told: str
) -> None:
    _, of_columns = results_of(tmp_path, {"medical_claim_b.csv": lines({"claim_id": "C2"}, header=f"{LINE},{columns}")})

    assert of_columns.status == "passed"
    assert f"Not read: {told}." in of_columns.description


def test_long_lists_are_cut_with_their_number(tmp_path: Path) -> None:
    of_files, _ = results_of(tmp_path, {f"x{number:02d}.csv": b"x" for number in range(23)})

    assert "x19.csv and 3 more." in of_files.description
    assert of_files.failed_count == 23

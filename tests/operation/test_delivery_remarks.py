"""A delivery that is late, doubled, half-copied or empty is recognised, and said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.gates.validate import CheckResult, validate
from pipelines.ground.errors import InputRefusedError
from pipelines.ground.program_files import home
from pipelines.intake.land import LandingRules
from pipelines.operation.delivery_remarks import delivery_remarks
from pipelines.operation.nightly import make_catalog
from tests.intake.landing import BASE, DIAGNOSIS, LINE, landed, lines

if TYPE_CHECKING:
    from pathlib import Path

LATE = {"medical_claim_late.csv": lines({"claim_id": "C0", "claim_line_start_date": "2024-03-09"})}


def checks(tmp_path: Path, delivery_number: int) -> dict[str, CheckResult]:
    results = validate(
        make_catalog(tmp_path / "landed", tmp_path / "catalog.duckdb"),
        expectations=home().expectations,
        as_of=date(2024, 12, 31),
        delivery_number=delivery_number,
    )
    return {f"{result.table_name}:{result.check_name}": result for result in results}


def test_an_ordinary_delivery_needs_no_words(tmp_path: Path) -> None:
    assert delivery_remarks(landed(tmp_path, BASE)) == ()


def test_a_delivery_that_was_landed_before_is_said_to_hold_nothing_new(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    again = landed(tmp_path, BASE, name="again")

    assert again.delivery_number is None
    assert delivery_remarks(again) == (
        "All 2 files of the delivery were landed before. Nothing is new; the audit is of what was landed before.",
    )


def test_files_that_were_landed_before_are_named_among_new_ones(tmp_path: Path) -> None:
    landed(tmp_path, BASE)

    assert delivery_remarks(landed(tmp_path, {**BASE, **LATE}, name="again")) == (
        "Landed before, and skipped: claim_diagnosis.csv, medical_claim.csv.",
    )


def test_a_file_of_a_header_alone_is_named(tmp_path: Path) -> None:
    files = {**BASE, "medical_claim_b.csv": f"{LINE}\n", "claim_diagnosis_b.csv": f"{DIAGNOSIS}\n"}

    assert delivery_remarks(landed(tmp_path, files)) == (
        "A header and no rows: claim_diagnosis_b.csv, medical_claim_b.csv.",
    )


def test_a_folder_without_extracts_is_said_once_there_is_a_history(tmp_path: Path) -> None:
    landed(tmp_path, BASE)

    assert delivery_remarks(landed(tmp_path, {"readme.txt": "hello"}, name="empty")) == (
        "The delivery holds no extract file. The audit is of what was landed before.",
    )


def test_a_delivery_without_its_end_marker_is_refused_and_lands_once_it_is_there(tmp_path: Path) -> None:
    rules = LandingRules(end_marker="_SUCCESS")

    with pytest.raises(InputRefusedError, match="has no end marker _SUCCESS, so it is still being copied"):
        landed(tmp_path, BASE, rules=rules)
    assert not (tmp_path / "landed").exists()

    whole = landed(tmp_path, {**BASE, "_SUCCESS": ""}, rules=rules)

    assert whole.delivery_number == 1
    assert [file.fate for file in whole.files if file.file_name == "_SUCCESS"] == ["not_an_extract"]


def test_a_late_and_a_mostly_doubled_delivery_are_warnings_of_the_run(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    landing = landed(tmp_path, {**BASE, **LATE}, name="again")

    found = checks(tmp_path, 2)

    late, again = found["medical_claim:delivery_not_late"], found["delivered_file:file_not_sent_before"]
    assert (late.status, late.severity) == ("failed", "warning")
    assert (again.status, again.failed_count, again.total_count) == ("failed", 2, 3)
    said = delivery_remarks(landing, list(found.values()))
    assert len(said) == 2
    assert said[0] == "Landed before, and skipped: claim_diagnosis.csv, medical_claim.csv."
    assert said[1].startswith("Not so: The newest service of the delivery is at most 92 days older than the newest")


def test_a_delivery_92_days_behind_is_not_late_and_a_first_one_cannot_be(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    landed(tmp_path, {"medical_claim.csv": lines({"claim_id": "C0", "claim_line_start_date": "2024-03-10"})}, name="b")

    found = checks(tmp_path, 2)
    assert found["medical_claim:delivery_not_late"].status == "passed"
    assert found["delivered_file:file_not_sent_before"].status == "passed"
    assert checks(tmp_path, 1)["medical_claim:delivery_not_late"].status == "not_applicable"

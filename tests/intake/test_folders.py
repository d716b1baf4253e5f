"""Folders of a delivery: part files as Spark writes them, tables of other systems, marks beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import InputRefusedError
from pipelines.ground.warehouse import literal, open_scratch
from pipelines.intake.ledger import read_ledger
from tests.intake.landing import BASE, CLAIMS, DIAGNOSES, counts, landed, lines, rows

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.intake.land import Landing

PART = "part-00000-1a2b-c000"
OTHER_PART = lines({"claim_id": "C2"})


def land_folder(tmp_path: Path, *names: str) -> Landing:
    """What became of claims in ``names`` beside diagnoses; the first file holds two lines, every other one."""
    claims = {name: CLAIMS if place == 0 else OTHER_PART for place, name in enumerate(names)}
    return landed(tmp_path, {"claim_diagnosis.csv": DIAGNOSES, **claims})


@pytest.mark.parametrize(
    "folder",
    [
        "medical_claim",
        "Medical_Claim",
        "medical_claim.csv",
        "medical_claim.parquet",
        "medical_claim_2024",
        "x/medical_claim",
    ],
)
def test_part_files_of_a_folder_named_after_a_table_are_that_table(tmp_path: Path, folder: str) -> None:
    landing = land_folder(tmp_path, f"{folder}/{PART}.csv", f"{folder}/part-00001.csv")

    assert counts(landing)[f"{folder}/{PART}.csv:medical_claim"] == (2, 2, 0, 0)
    assert rows(tmp_path, "select claim_id, claim_line_number from landed.medical_claim order by all") == [
        ("C1", "1"),
        ("C1", "2"),
        ("C2", "1"),
    ]


def test_parquet_parts_and_gzip_parts_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "day" / "medical_claim.parquet"
    folder.mkdir(parents=True)
    with open_scratch() as connection:
        connection.execute(
            "copy (select 'C7' as claim_id, 1 as claim_line_number, 'professional' as claim_type, 'ada' as member_id, "
            "date '2024-06-10' as claim_line_start_date, 5.0 as paid_amount) "
            f"to {literal(folder / f'{PART}.snappy.parquet')} (format parquet)"
        )
    landed(tmp_path, BASE)

    assert rows(tmp_path, "select claim_id from landed.medical_claim where claim_id = 'C7'") == [("C7",)]


def test_marks_beside_part_files_are_passed_over(tmp_path: Path) -> None:
    marks: dict[str, str | bytes] = {
        f"medical_claim/{name}": b"x"
        for name in ("_SUCCESS", "_committed_1", f".{PART}.csv.crc", f"{PART}.csv.crc", "._part-00000.csv", ".DS_Store")
    }

    landing = landed(tmp_path, {"claim_diagnosis.csv": DIAGNOSES, f"medical_claim/{PART}.csv": CLAIMS, **marks})

    assert [file.file_name for file in landing.files if file.fate == "landed"] == [
        "claim_diagnosis.csv",
        f"medical_claim/{PART}.csv",
    ]


def test_a_file_whose_own_name_claims_a_table_is_that_table_in_any_folder(tmp_path: Path) -> None:
    landing = landed(tmp_path, {"medical_claim/claim_diagnosis.csv": DIAGNOSES, "medical_claim/part-0.csv": CLAIMS})

    assert [file.table_name for file in landing.files] == ["claim_diagnosis", "medical_claim"]


@pytest.mark.parametrize(
    "name", ["medical_claims/part-0.csv", "medical_claim/export.csv", "claims/part-0.csv", "part-0.csv"]
)
def test_other_files_of_folders_are_no_extract(tmp_path: Path, name: str) -> None:
    landing = landed(tmp_path, {**BASE, name: OTHER_PART})

    assert {file.file_name: file.fate for file in landing.files}[name] == "not_an_extract"


def test_folders_of_a_partition_are_passed_unless_their_column_is_read(tmp_path: Path) -> None:
    land_folder(tmp_path, "medical_claim/load_year=2024/load_month=1/part-0.csv")

    assert rows(tmp_path, "select count(*) from landed.medical_claim") == [(2,)]
    with pytest.raises(InputRefusedError, match="hold the column payer, which the part files lack"):
        landed(tmp_path, {**BASE, "medical_claim/payer=KANARI/part-0.csv": OTHER_PART}, name="second")


def test_a_folder_that_is_still_being_written_is_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"medical_claim/part-0.csv": OTHER_PART, "medical_claim/_temporary/0/x": b"x"}

    with pytest.raises(InputRefusedError, match="still being written"):
        landed(tmp_path, {**BASE, **files})


@pytest.mark.parametrize(
    ("mark", "system"),
    [
        ("_delta_log/00000000000000000000.json", "Delta"),
        ("metadata/v1.metadata.json", "Iceberg"),
        ("metadata/00001-1a2b.metadata.json", "Iceberg"),
        (".hoodie/hoodie.properties", "Hudi"),
    ],
)
def test_a_table_of_another_system_is_refused_with_what_to_export(tmp_path: Path, mark: str, system: str) -> None:
    folder = "old/medical_claim_history"

    with pytest.raises(InputRefusedError) as refused:
        landed(
            tmp_path,
            {**BASE, f"{folder}/part-0.csv": OTHER_PART, f"{folder}/part-1.csv": "no", f"{folder}/{mark}": b"{}"},
        )

    assert f"One folder is refused; nothing of this delivery was taken.\n- {folder}: " in str(refused.value)
    assert f"This folder is a {system} table" in str(refused.value)
    assert "Export what the table holds now as plain Parquet or CSV" in str(refused.value)
    assert "part-1" not in str(refused.value)
    assert read_ledger(tmp_path / "landed") == ()


@pytest.mark.parametrize("name", ["medical_claim/metadata/notes.json", "delta_log/0.json", "hoodie/x.properties"])
def test_folders_that_only_sound_like_another_system_are_not_refused(tmp_path: Path, name: str) -> None:
    landing = landed(tmp_path, {**BASE, name: b"{}"})

    assert {file.file_name: file.fate for file in landing.files}[name] == "not_an_extract"

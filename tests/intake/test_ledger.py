"""The ledger: when a delivery exists, what the schema `landed` shows, what damage is noticed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode, IntegrityError
from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.ledger import manifest_path, parquet_path, read_ledger
from tests.intake.landing import BASE, DIAGNOSES, landed, lines, rows

if TYPE_CHECKING:
    from pathlib import Path


def test_without_deliveries_every_view_is_there_empty_and_typed(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "landed") == ()
    for table in read_extract_tables().values():
        assert rows(tmp_path, f"select * from landed.{table.table_name}") == []
        described = rows(tmp_path, f"describe landed.{table.table_name}")
        assert [(row[0], row[1]) for row in described] == [
            *((column.column_name, column.landed_type) for column in table.columns),
            ("row_warnings", "VARCHAR"),
            ("delivery_number", "INTEGER"),
            ("file_number", "INTEGER"),
            ("source_row", "BIGINT"),
        ]
    assert rows(tmp_path, "select * from landed.rejected_row") == []
    assert rows(tmp_path, "select * from landed.delivered_file") == []
    assert rows(tmp_path, "select count(*), count(*) filter (is_supplied) from landed.feed") == [(9, 0)]


def test_files_of_different_columns_read_as_one_typed_table(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    landed(tmp_path, {"medical_claim.csv": lines({"claim_id": "C2", "payer": "Acme"})}, name="night")

    described = rows(tmp_path, "describe landed.medical_claim")
    columns = read_extract_tables()["medical_claim"].columns
    assert [(row[0], row[1]) for row in described[:-4]] == [
        (column.column_name, column.landed_type) for column in columns
    ]
    found = rows(tmp_path, "select claim_id, payer, delivery_number, source_row from landed.medical_claim order by all")
    assert found == [("C1", None, 1, 1), ("C1", None, 1, 2), ("C2", "Acme", 2, 1)]


def test_the_delivered_files_reconcile(tmp_path: Path) -> None:
    text = lines({}, {}, {"member_id": ""}, {"claim_id": "C2"})
    landed(tmp_path, {"medical_claim.csv": text, "claim_diagnosis.csv": DIAGNOSES, "notes.txt": "x"})

    assert rows(
        tmp_path,
        "select file_number, file_name, table_name, layout, bytes, length(sha256), source_row_count, row_count, "
        "loaded_count, repeat_count, rejected_count, unknown_columns, fate from landed.delivered_file order by 1",
    ) == [
        (1, "claim_diagnosis.csv", "claim_diagnosis", "canonical", len(DIAGNOSES), 64, 2, 2, 2, 0, 0, [], "landed"),
        (2, "medical_claim.csv", "medical_claim", "canonical", len(text), 64, 4, 4, 2, 1, 1, [], "landed"),
        (3, "notes.txt", None, None, 1, None, 0, 0, 0, 0, 0, [], "not_an_extract"),
    ]


def test_a_run_killed_before_its_manifest_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    folder = tmp_path / "landed"
    manifest = manifest_path(folder, 1)
    content = manifest.read_bytes()
    orphan = parquet_path(folder, "medical_claim", 1, 77)
    orphan.write_bytes(b"half a file")
    (folder / "partial").mkdir()
    (folder / "partial" / "medical_claim-000001-0001.parquet").write_bytes(b"half a file")
    manifest.unlink()

    assert read_ledger(folder) == ()
    assert rows(tmp_path, "select * from landed.medical_claim") == []

    assert landed(tmp_path, BASE).delivery_number == 1
    assert manifest.read_bytes() == content
    assert not orphan.exists()
    assert not (folder / "partial").exists()


@pytest.mark.parametrize("damage", ["missing", "shorter"])
def test_a_landed_file_that_is_not_as_its_manifest_says_is_noticed(tmp_path: Path, damage: str) -> None:
    landed(tmp_path, BASE)
    path = parquet_path(tmp_path / "landed", "medical_claim", 1, 2)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(IntegrityError, match=r"000001-0002\.parquet") as noticed:
        read_ledger(tmp_path / "landed")
    assert noticed.value.exit_code == ExitCode.INTEGRITY


def test_a_gap_in_the_ledger_is_noticed(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    landed(tmp_path, {"medical_claim.csv": lines({"claim_id": "C2"})}, name="night")
    manifest_path(tmp_path / "landed", 1).unlink()

    with pytest.raises(IntegrityError, match="no manifest of delivery 1"):
        read_ledger(tmp_path / "landed")


def test_a_damaged_manifest_is_noticed(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    manifest_path(tmp_path / "landed", 1).write_text(json.dumps({"delivery_number": 1}))

    with pytest.raises(IntegrityError, match=r"000001\.json cannot be read"):
        read_ledger(tmp_path / "landed")

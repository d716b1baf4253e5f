"""The scripts of the peers answer the same question: same rows from CSV and Parquet, in DuckDB and in pandas."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.generate import Order, generate
from benchmarks.peers.run import HERE, codes, joined

if TYPE_CHECKING:
    from pathlib import Path

LINES = 50_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peers")
    for file_format in ("csv", "parquet"):
        generate(Order(lines=LINES, file_format=file_format, out=folder / file_format))
    generate(Order(lines=LINES // 10, file_format="csv", out=folder / "delivery", on_top_of=LINES))
    joined(folder / "csv", folder / "delivery", folder / "both")
    (folder / "codes.json").write_text(json.dumps(codes()), encoding="utf-8")
    return folder


def answer(script: str, extracts: Path) -> list[dict[str, str]]:
    written = extracts.parent / f"{script}-{extracts.name}.csv"
    arguments = (HERE / f"{script}.py", extracts, extracts.parent / "codes.json", written)
    subprocess.run([sys.executable, *map(str, arguments)], check=True)
    with written.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.mark.soak
def test_the_scripts_give_the_same_rows_of_the_same_files(folder: Path) -> None:
    first = answer("duckdb_script", folder / "csv")

    assert first
    assert set(first[0]) == {"member_id", "anchor_date", "exercise_dates", "drug_classes"}
    assert answer("duckdb_script", folder / "parquet") == first
    assert answer("pandas_script", folder / "csv") == first
    assert answer("pandas_script", folder / "both") == answer("duckdb_script", folder / "both")

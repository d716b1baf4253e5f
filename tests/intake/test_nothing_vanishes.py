"""Nothing that arrives vanishes: rows are counted by the bytes, and what cannot be read is said and not passed over."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ground.errors import InputRefusedError
from pipelines.intake.layouts.source import SourceFile, inspect
from tests.intake.landing import DIAGNOSES, deliver, landed, lines

if TYPE_CHECKING:
    from pathlib import Path

DIAGNOSES_FILE = {"claim_diagnosis.csv": DIAGNOSES}


def source(path: Path) -> SourceFile:
    return SourceFile(path, path.name, 1, path.name.partition(".")[0], "." + path.name.partition(".")[2])


FIELD = st.text(alphabet='ab,"\r\n ', max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.tuples(FIELD, FIELD), max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_ended=st.booleans(),
    blank_lines=st.integers(0, 2),
)
def test_rows_are_counted_as_an_independent_reader_counts_them(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    end: str,
    is_ended: bool,
    blank_lines: int,
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end + end * blank_lines, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    written = text.getvalue() if is_ended else text.getvalue().removesuffix(end + end * blank_lines)
    path = tmp_path_factory.mktemp("counted") / "one.csv"
    path.write_bytes(written.encode())

    assert inspect(source(path)).row_count == len(rows)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_rows_are_counted_alike_wherever_the_bytes_are_cut(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.intake.layouts.source.CHUNK_BYTES", chunk)
    path = tmp_path / "one.csv"
    path.write_bytes(b'\xef\xbb\xbfa,b\r\n"1\r\n\r\n","x""y"\r\n\r\n2,3\r\n4,5')

    assert inspect(source(path)).row_count == 3


def test_a_header_with_a_line_end_of_another_kind_is_refused_and_not_read_as_no_rows(tmp_path: Path) -> None:
    text = lines({"claim_id": "C1"}).replace("\n", "\r\n").replace("claim_id", '"claim_id"')
    header, rows = text.split("\r\n", 1)
    files = {"medical_claim.csv": f'{header},"remark\nof ours"\r\n' + rows.replace("\r\n", ",x\r\n"), **DIAGNOSES_FILE}

    with pytest.raises(InputRefusedError, match="holds 1 rows by its line ends and quotes, and 0 of them"):
        landed(tmp_path, files)


def test_a_parquet_file_with_a_column_twice_but_for_case_is_refused(tmp_path: Path) -> None:
    table = pl.read_csv(lines({"claim_id": "C1"}).encode(), infer_schema=False)
    content = io.BytesIO()
    table.with_columns(pl.col("member_id").alias("Member_ID")).write_parquet(content)

    with pytest.raises(InputRefusedError, match=r"names a column twice \(member_id\)"):
        landed(tmp_path, {"medical_claim.parquet": content.getvalue(), **DIAGNOSES_FILE})


def test_a_parquet_file_whose_footer_is_damaged_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    pl.read_csv(lines({"claim_id": "C1"}).encode(), infer_schema=False).write_parquet(content)
    damaged = bytearray(content.getvalue())
    damaged[-12:-8] = b"\xff\xff\xff\xff"

    with pytest.raises(InputRefusedError, match="not a readable Parquet file"):
        landed(tmp_path, {"medical_claim.parquet": bytes(damaged), **DIAGNOSES_FILE})


def test_a_link_that_leads_to_itself_is_a_refused_file(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "day", {"medical_claim.csv": lines({"claim_id": "C1"}), **DIAGNOSES_FILE})
    (folder / "eligibility.csv").symlink_to("eligibility.csv")

    with pytest.raises(InputRefusedError, match=r"eligibility\.csv: The file cannot be read"):
        landed(tmp_path, {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root opens every folder")
def test_a_folder_that_may_not_be_opened_refuses_the_delivery(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "day", {"medical_claim.csv": lines({"claim_id": "C1"}), **DIAGNOSES_FILE})
    (folder / "more").mkdir(mode=0)

    with pytest.raises(InputRefusedError, match="folder more of the delivery cannot be opened"):
        landed(tmp_path, {})


def test_a_name_that_holds_a_line_feed_forges_no_line_of_a_refusal(tmp_path: Path) -> None:
    name = "medical_claim_x\n- eligibility.csv: fine\u202e.csv"

    with pytest.raises(InputRefusedError) as told:
        landed(tmp_path, {name: "", **DIAGNOSES_FILE})

    assert "\n- eligibility.csv" not in str(told.value)
    assert "medical_claim_x\\n- eligibility.csv: fine\\u202e.csv" in str(told.value)

"""The benchmark's extracts have the promised shape, are the same every time, and land without a rejected row."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from benchmarks import blocks
from benchmarks.generate import AS_OF, Order, generate
from benchmarks.run import PeakMemory, resident_bytes, tree
from benchmarks.stages import files_by_table
from pipelines.intake.land import land
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LINES = 50_000
COLUMNS = ROOT / "sql" / "extracts.csv"


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("parquet")
    generate(Order(lines=LINES, file_format="parquet", out=out, lines_per_file=20_000))
    return out


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path) for path in files_by_table(folder)[name]])


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_block_is_100_lines_of_four_members_with_16_diagnoses_for_ten_claims() -> None:
    assert [sum(claims) for claims in blocks.LINES_PER_CLAIM] == [13, 22, 28, 37]
    assert blocks.LINES_PER_BLOCK == 100
    assert blocks.DIAGNOSES_PER_BLOCK == blocks.CLAIMS_PER_BLOCK * 16 / 10


def test_exactly_the_lines_asked_for_are_made_each_once(delivery: Path) -> None:
    lines = table(delivery, "medical_claim")

    assert lines.height == LINES
    assert lines.select("claim_id", "claim_line_number").is_unique().all()


def test_every_claim_has_diagnoses_and_every_diagnosis_a_claim(delivery: Path) -> None:
    claims = set(table(delivery, "medical_claim")["claim_id"])
    diagnoses = table(delivery, "claim_diagnosis")

    assert set(diagnoses["claim_id"]) == claims
    assert diagnoses.height == pytest.approx(1.6 * len(claims))
    assert diagnoses.select("claim_id", "diagnosis_rank").is_unique().all()


def test_a_number_of_lines_that_ends_inside_a_block_leaves_no_diagnosis_without_its_claim(tmp_path: Path) -> None:
    generate(Order(lines=217, file_format="parquet", out=tmp_path))

    claims = set(table(tmp_path, "medical_claim")["claim_id"])
    assert table(tmp_path, "medical_claim").height == 217
    assert set(table(tmp_path, "claim_diagnosis")["claim_id"]) == claims


def test_every_member_is_enrolled_and_has_about_25_lines(delivery: Path) -> None:
    members = table(delivery, "medical_claim")["member_id"]
    spans = Counter(table(delivery, "eligibility")["member_id"])

    assert set(spans) == set(members)
    assert set(spans.values()) == {1, 2}
    assert LINES / members.n_unique() == 25


def test_one_member_in_a_thousand_has_an_implant(delivery: Path) -> None:
    lines = table(delivery, "medical_claim")
    implanted = lines.filter(pl.col("hcpcs_code").is_in(["63650", "63685"]))["member_id"]

    assert implanted.n_unique() == lines["member_id"].n_unique() / 1000


def test_every_kind_of_story_is_told_and_comes_with_what_it_needs() -> None:
    lines = blocks.story_lines()

    assert {line.kind for line in lines} == {story.kind for story in blocks.STORIES}
    assert {line.claim_of_member for line in lines} == {0, 1, 2, 3, *blocks.STORY_CARE_CLAIMS}
    counts = blocks.LINES_PER_CLAIM[blocks.STORY_MEMBER]
    assert all(line.line_number <= counts[line.claim_of_member] for line in lines)


def test_the_same_order_makes_the_same_bytes_with_any_number_of_workers(tmp_path: Path) -> None:
    for workers in (1, 2):
        order = Order(lines=30_000, file_format="csv", out=tmp_path / str(workers), lines_per_file=10_000)
        generate(Order(**{**vars(order), "workers": workers}))

    assert content(tmp_path / "1") == content(tmp_path / "2")


def test_another_seed_makes_other_rows(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(Order(lines=1_000, file_format="csv", out=tmp_path / str(seed), seed=seed))

    assert content(tmp_path / "1")["medical_claim.csv"] != content(tmp_path / "2")["medical_claim.csv"]


def test_the_wide_form_has_the_diagnoses_of_the_long_form(tmp_path: Path) -> None:
    generate(Order(lines=LINES, file_format="parquet", out=tmp_path / "long"))
    generate(Order(lines=LINES, file_format="parquet", out=tmp_path / "wide", is_wide=True))

    long = table(tmp_path / "long", "claim_diagnosis").select("claim_id", "diagnosis_rank", "diagnosis_code")
    codes = [f"diagnosis_code_{rank}" for rank in range(1, 26)]
    wide = table(tmp_path / "wide", "medical_claim").select("claim_id", *codes).unique("claim_id")
    unpivoted = (
        wide.unpivot(codes, index="claim_id", value_name="diagnosis_code")
        .drop_nulls("diagnosis_code")
        .select(
            "claim_id",
            pl.col("variable")
            .str.strip_prefix("diagnosis_code_")
            .cast(long.schema["diagnosis_rank"])
            .alias("diagnosis_rank"),
            "diagnosis_code",
        )
    )
    assert "claim_diagnosis" not in files_by_table(tmp_path / "wide")
    assert unpivoted.sort("claim_id", "diagnosis_rank").equals(long.sort("claim_id", "diagnosis_rank"))


def test_a_delivery_on_top_brings_new_claims_mostly_of_known_members(delivery: Path, tmp_path: Path) -> None:
    generate(Order(lines=25_000, file_format="parquet", out=tmp_path, on_top_of=LINES))

    before, on_top = table(delivery, "medical_claim"), table(tmp_path, "medical_claim")
    known = on_top["member_id"].is_in(before["member_id"].unique().implode())
    assert set(on_top["claim_id"]).isdisjoint(before["claim_id"])
    assert 0.98 < known.sum() / known.len() < 1
    assert set(on_top.filter(~known)["member_id"]) <= set(table(tmp_path, "eligibility")["member_id"])


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_generated_extracts_land_without_a_rejected_row_or_an_unknown_column(file_format: str, tmp_path: Path) -> None:
    generate(Order(lines=5_000, file_format=file_format, out=tmp_path / "extracts"))

    landing = land(tmp_path / "extracts", landed=tmp_path / "landed", as_of=AS_OF)

    assert [(file.rejected_count, file.repeat_count, list(file.unknown_columns)) for file in landing.files] == [
        (0, 0, [])
    ] * len(landing.files)


def test_columns_are_those_of_the_canonical_layout(delivery: Path) -> None:
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        known = {(row["table_name"], row["column_name"]) for row in csv.DictReader(file)}

    made = {(name, column) for name in files_by_table(delivery) for column in table(delivery, name).columns}
    assert made <= known


def test_memory_is_measured_over_a_process_and_its_children() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        # A child that was born this instant holds nothing yet.
        deadline = time.monotonic() + 60
        held: list[int] = []
        while (len(held) < 2 or min(held) <= os.sysconf("SC_PAGE_SIZE")) and time.monotonic() < deadline:
            time.sleep(0.01)
            held = [resident_bytes(pid) for pid in tree(process.pid)]
        memory = PeakMemory(process.pid)
        process.communicate(b"\n")

    assert len(held) == 2
    assert min(held) > os.sysconf("SC_PAGE_SIZE")
    assert resident_bytes(process.pid) == 0
    assert memory.peak_bytes == 0

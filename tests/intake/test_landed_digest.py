"""What names the landed rows: every known column of every row, and nothing of files or order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.ledger import landed_digest
from tests.intake.landing import BASE, LINE, landed, lines
from tests.models.staging.repeats import known_columns

if TYPE_CHECKING:
    from pathlib import Path

WORDS = {"claim_type": ("professional", "institutional"), "claim_status": ("paid", "denied")}


def digest_of(tmp_path: Path, name: str, *files: str) -> str:
    """The digest after one delivery of claim files beside the diagnoses of ``BASE``."""
    claims = {f"medical_claim_{number}.csv": content for number, content in enumerate(files)}
    landed(tmp_path / name, {"claim_diagnosis.csv": BASE["claim_diagnosis.csv"], **claims})
    return landed_digest(tmp_path / name / "landed")


def test_any_known_column_changes_the_digest(tmp_path: Path) -> None:
    values = known_columns("medical_claim") | WORDS
    header = ",".join(values)
    plain = {name: one for name, (one, _) in values.items()}
    changed = [{**plain, name: other} for name, (_, other) in values.items()]

    digests = [
        digest_of(tmp_path, str(number), lines(row, header=header))
        for number, row in enumerate([plain, changed[0], changed[-1]])
    ]
    digest_of(tmp_path, "all", lines(plain, *changed, header=header))
    [path] = (tmp_path / "all" / "landed" / "medical_claim").glob("*.parquet")

    assert len(changed) == len(read_extract_tables()["medical_claim"].columns)
    assert len(set(digests)) == len(digests)
    # The digest adds what each row is hashed to, so that one landing can tell of every column.
    assert pl.read_parquet(path, columns=["row_hash"])["row_hash"].n_unique() == len(changed) + 1


@pytest.mark.parametrize(
    "other",
    [
        lines({"claim_id": "C1"}, {"claim_id": "C2"}, header=f"{LINE},payer,diagnosis_code_7,claim_status"),
        lines({"claim_id": "C2"}, {"claim_id": "C1"}),
        lines({"claim_id": " C1 "}, {"claim_id": "C2"}, header=f"plan,{LINE},nobody_knows_it"),
    ],
    ids=["columns_without_values", "another_order", "another_spelling"],
)
def test_what_changes_no_row_changes_no_digest(tmp_path: Path, other: str) -> None:
    ordinary = lines({"claim_id": "C1"}, {"claim_id": "C2"})

    assert digest_of(tmp_path, "ordinary", ordinary) == digest_of(tmp_path, "other", other)


def test_a_split_delivery_has_the_same_digest(tmp_path: Path) -> None:
    one, two = lines({"claim_id": "C1"}), lines({"claim_id": "C2"})

    assert digest_of(tmp_path, "one", lines({"claim_id": "C1"}, {"claim_id": "C2"})) == digest_of(
        tmp_path, "two", two, one
    )


def test_a_row_set_aside_or_mended_changes_the_digest(tmp_path: Path) -> None:
    good = {"claim_id": "C1"}

    digests = [
        digest_of(tmp_path, str(number), lines(*rows))
        for number, rows in enumerate(
            [
                (good,),
                (good, {"claim_id": "C2", "claim_type": "x"}),
                (good, {"claim_id": "C2", "claim_line_start_date": "x"}),
                ({"claim_id": "C1", "paid_amount": "0"},),
                ({"claim_id": "C1", "paid_amount": ""},),
            ]
        )
    ]

    assert len(set(digests)) == len(digests)


def test_equal_rows_of_files_with_other_columns_are_still_repeats(tmp_path: Path) -> None:
    landing = landed(
        tmp_path,
        {
            **BASE,
            "medical_claim_2.csv": lines({"claim_id": "C9"}),
            "medical_claim_3.csv": lines({"claim_id": "C9"}, header=f"payer,{LINE}"),
        },
    )

    assert sum(file.repeat_count for file in landing.files) == 1

"""Canaries: identifiers planted in deliveries must not be told anywhere but in the audit itself.

Good runs and bad ones; searched are what was written to the screen, the log, the status, ledger and history entries,
manifests, Prefect's database, temporary folders, the home folder, and the name of every file.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import ExitCode
from tests.whole.canaries import CLAIM, FIELD, MEMBER, Ran, canaries_told, planted, ran_here, working_files


@pytest.mark.long
def test_a_good_night_through_prefect_tells_no_canary(night_through_prefect: Ran) -> None:
    assert night_through_prefect.exit_code == ExitCode.CAVEATS, night_through_prefect.told
    assert (night_through_prefect.out / "work" / "prefect" / "prefect.db").is_file()
    assert canaries_told(night_through_prefect) == {}


@pytest.mark.long
def test_a_good_night_has_the_canaries_in_its_audit(night_through_prefect: Ran) -> None:
    assert MEMBER in (night_through_prefect.out / "published" / "worklist.csv").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_good_night_leaves_no_working_or_temporary_file(night_through_prefect: Ran) -> None:
    assert working_files(night_through_prefect) == []


def test_refused_files_are_told_without_their_content(tmp_path: Path) -> None:
    extracts = planted(tmp_path / "delivered")
    claims = (extracts / "medical_claim_2023_2024.csv").read_text(encoding="utf-8")
    (extracts / "medical_claim_2023_2024.csv").write_text(claims.replace(f"{CLAIM}-001", f'{CLAIM}-"001', 1), "utf-8")
    (extracts / "claim_diagnosis_short.csv").write_text(f"claim_id,{FIELD}\n{CLAIM},{MEMBER}\n", "utf-8")
    (extracts / "pharmacy_claim.csv").write_bytes(
        (extracts / "pharmacy_claim.csv").read_bytes() + b"\xe9" + MEMBER.encode()
    )
    (extracts / "eligibility_cut.csv.gz").write_bytes(gzip.compress(MEMBER.encode() * 99)[:-9])
    (extracts / "prior_authorization_x.parquet").write_bytes(MEMBER.encode() * 99)

    refused = ran_here(tmp_path / "run", extracts)

    assert refused.exit_code == ExitCode.REFUSED
    assert "5 files are refused" in refused.told
    assert canaries_told(refused) == {}
    assert working_files(refused) == []


@pytest.mark.long
def test_too_many_bad_rows_are_told_without_their_content(tmp_path: Path) -> None:
    extracts = planted(tmp_path / "delivered")
    with (extracts / "claim_procedure.csv").open("a", encoding="utf-8") as lines:
        header = (extracts / "claim_procedure.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        lines.writelines(",".join(f"{FIELD}{MEMBER}" for _ in header) + "\n" for _ in range(30))

    refused = ran_here(tmp_path / "run", extracts)

    assert refused.exit_code == ExitCode.REFUSED
    assert "Too many bad rows" in refused.told
    assert canaries_told(refused) == {}
    assert working_files(refused) == []


def test_a_critical_check_is_told_without_the_rows_that_fail_it(tmp_path: Path) -> None:
    extracts = planted(tmp_path / "delivered")
    diagnoses = (extracts / "claim_diagnosis.csv").read_text(encoding="utf-8")
    header, *rows = diagnoses.splitlines()
    (extracts / "claim_diagnosis.csv").write_text(
        "\n".join([header, *(f"X{MEMBER}{row}" for row in rows)]) + "\n", "utf-8"
    )

    refused = ran_here(tmp_path / "run", extracts)

    assert refused.exit_code == ExitCode.REFUSED
    assert "critical check" in refused.told
    assert canaries_told(refused) == {}
    assert working_files(refused) == []


@pytest.mark.long
def test_a_damaged_landed_file_is_told_without_its_content(night_through_prefect: Ran, tmp_path: Path) -> None:
    out = Path(shutil.copytree(night_through_prefect.out, tmp_path / "run" / "out", symlinks=True))
    landed = max((out / "landed" / "medical_claim").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(landed.read_bytes())
    content[4:4000] = bytes(3996)
    landed.write_bytes(content)
    before = (out / "published" / "worklist.csv").read_bytes()

    damaged = ran_here(tmp_path / "run", planted(tmp_path / "delivered"))

    assert damaged.exit_code == ExitCode.INTEGRITY, damaged.told
    assert landed.name in damaged.told
    assert canaries_told(damaged) == {}
    assert working_files(damaged) == []
    assert (out / "published" / "worklist.csv").read_bytes() == before

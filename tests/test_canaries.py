"""Canaries: identifiers planted in deliveries must not be told anywhere but in the audit itself.

Good runs and bad ones; searched are what was written to the screen, the log, the status, ledger and history entries,
manifests, Prefect's database, temporary folders, the home folder, and the name of every file.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.errors import ExitCode

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "extracts"
MEMBER, CLAIM, NPI, FIELD, STRANGER = "QZMEMBER7731", "QZCLAIM7732", "7733777337", "QZFIELD7734", "QZSTRANGER7735"
CANARIES = (MEMBER, CLAIM, NPI, FIELD, STRANGER)

# Places where member data belongs: landed rows, the audit, and what is made of it for reviewers.
AUDIT_ITSELF = {".parquet", ".duckdb", ".csv", ".xlsx", ".html"}


@dataclass(frozen=True)
class Ran:
    """A run of the command: how it ended, what it told, and the folder that holds all it could write to."""

    exit_code: int
    told: str
    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"


def planted(folder: Path) -> Path:
    """The sample with the canaries: a flagged member with claims and provider, a bad row, a stray column and file."""
    folder.mkdir()
    for path in SAMPLE.iterdir():
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode().replace("S-NONE-18", MEMBER).replace("M0026", CLAIM).replace("1900000012", NPI)
        (folder / f"{path.name.split('.')[0]}.csv").write_text(text, encoding="utf-8")
    with (folder / "eligibility.csv").open("a", encoding="utf-8") as lines:
        header = (folder / "eligibility.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        lines.write(",".join(FIELD if name == "enrollment_start_date" else MEMBER for name in header) + "\n")
    (folder / f"{STRANGER}.pdf").write_bytes(f"%PDF {MEMBER}".encode())
    return folder


def ran(folder: Path, extracts: Path, *options: str) -> Ran:
    """One run of the command with temporary, home and output folders below ``folder``."""
    for name in ("tmp", "home"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}
    environment["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "600"
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("stimaudit"), "run", "--as-of", "2026-06-30"),
            *("--extracts", extracts, "--out", folder / "out"),
            *options,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout + done.stderr, folder)


def canaries_told(run: Ran) -> dict[str, list[str]]:
    """The canaries found, by place: what was told, and every file that is not the audit itself or its name.

    The ledger lists the name of every delivered file, as the audit does; it is told nowhere else (decision 0092).
    """
    found = {"what was told": [canary for canary in CANARIES if canary in run.told]}
    for path in sorted(run.folder.rglob("*")):
        place = path.relative_to(run.folder).as_posix()
        found[f"the name {place}"] = [canary for canary in CANARIES if canary in path.name]
        is_audit = place.startswith("out/") and path.suffix in AUDIT_ITSELF and "summary" not in path.name
        if path.is_file() and not is_audit:
            content = path.read_bytes()
            known = {STRANGER} if place.startswith("out/landed/deliveries/") else set()
            found[place] = [canary for canary in CANARIES if canary.encode() in content and canary not in known]
    return {place: canaries for place, canaries in found.items() if canaries}


def working_files(run: Ran) -> list[str]:
    """What is left in the working folder, but for Prefect's own, and in the temporary folder."""
    left = [path.name for path in (run.out / "work").glob("*") if path.name != "prefect"]
    left += [path.name for path in (run.out / "landed").glob("partial")]
    return left + [path.name for path in (run.folder / "tmp").iterdir()]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A published night through Prefect."""
    folder = tmp_path_factory.mktemp("good")
    return ran(folder, planted(tmp_path_factory.mktemp("delivered") / "extracts"), "--json")


def test_a_good_night_through_prefect_tells_no_canary(good: Ran) -> None:
    assert good.exit_code == ExitCode.CAVEATS, good.told
    assert (good.out / "work" / "prefect" / "prefect.db").is_file()
    assert canaries_told(good) == {}


def test_a_good_night_has_the_canaries_in_its_audit(good: Ran) -> None:
    assert MEMBER in (good.out / "published" / "worklist.csv").read_text(encoding="utf-8")


def test_a_good_night_leaves_no_working_or_temporary_file(good: Ran) -> None:
    assert working_files(good) == []


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

    refused = ran(tmp_path / "run", extracts, "--no-prefect")

    assert refused.exit_code == ExitCode.REFUSED
    assert "5 files are refused" in refused.told
    assert canaries_told(refused) == {}
    assert working_files(refused) == []


def test_too_many_bad_rows_are_told_without_their_content(tmp_path: Path) -> None:
    extracts = planted(tmp_path / "delivered")
    with (extracts / "claim_procedure.csv").open("a", encoding="utf-8") as lines:
        header = (extracts / "claim_procedure.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        lines.writelines(",".join(f"{FIELD}{MEMBER}" for _ in header) + "\n" for _ in range(30))

    refused = ran(tmp_path / "run", extracts, "--no-prefect")

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

    refused = ran(tmp_path / "run", extracts, "--no-prefect")

    assert refused.exit_code == ExitCode.REFUSED
    assert "critical check" in refused.told
    assert canaries_told(refused) == {}
    assert working_files(refused) == []


def test_a_damaged_landed_file_is_told_without_its_content(good: Ran, tmp_path: Path) -> None:
    out = Path(shutil.copytree(good.out, tmp_path / "run" / "out", symlinks=True))
    landed = max((out / "landed" / "medical_claim").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(landed.read_bytes())
    content[4:4000] = bytes(3996)
    landed.write_bytes(content)
    before = (out / "published" / "worklist.csv").read_bytes()

    damaged = ran(tmp_path / "run", planted(tmp_path / "delivered"), "--no-prefect")

    assert damaged.exit_code == ExitCode.INTEGRITY, damaged.told
    assert landed.name in damaged.told
    assert canaries_told(damaged) == {}
    assert working_files(damaged) == []
    assert (out / "published" / "worklist.csv").read_bytes() == before

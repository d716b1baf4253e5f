"""Identifiers planted in a delivery, a run of the command on it, and a search of all that the run left behind."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from tests.support.places import ROOT

SAMPLE = ROOT / "sample_data" / "extracts"
MEMBER, CLAIM, NPI, FIELD, STRANGER = "QZMEMBER7731", "QZCLAIM7732", "7733777337", "QZFIELD7734", "QZSTRANGER7735"
CANARIES = (MEMBER, CLAIM, NPI, FIELD, STRANGER)

# Places where member data belongs: landed rows, the audit, and what is made of it for reviewers.
AUDIT_ITSELF = {".parquet", ".duckdb", ".csv", ".xlsx", ".html"}
FOR_MANY_EYES = {"summary.html", "metrics.html", "run.html", "rules.html"}


@dataclass(frozen=True)
class Ran:
    """A run of the command: how it ended, what it answered and logged, the folder that holds all it could write to."""

    exit_code: int
    answer: str
    log: str
    folder: Path

    @property
    def told(self) -> str:
        """All that was written to the screen."""
        return self.answer + self.log

    @property
    def out(self) -> Path:
        """The output folder of the run."""
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
    return Ran(done.returncode, done.stdout, done.stderr, folder)


def ran_here(folder: Path, extracts: Path) -> Ran:
    """As ``ran``, in this process and without Prefect, which is a quarter of the time."""
    for name in ("tmp", "home"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    command = ["run", "--as-of", "2026-06-30", "--extracts", extracts, "--out", folder / "out", "--no-prefect"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", None)
        done = CliRunner(env={"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}).invoke(
            app, [str(word) for word in command]
        )
        assert tempfile.tempdir in {None, str(folder / "tmp")}
    return Ran(done.exit_code, done.stdout, done.stderr, folder)


def canaries_told(run: Ran) -> dict[str, list[str]]:
    """The canaries found, by place: what was told, and every file that is not the audit itself or its name.

    The ledger lists the name of every delivered file, as the audit does, and the operator's screen names what was not
    read, in a sentence that says so (docs/contract.md 1.8); the name of a file is told nowhere else (decision 0092).
    """
    told = re.sub(rf"(?<=Not read: ){STRANGER}\.pdf", "", " ".join(run.told.split()))
    found = {"what was told": [canary for canary in CANARIES if canary in told]}
    for path in sorted(run.folder.rglob("*")):
        place = path.relative_to(run.folder).as_posix()
        found[f"the name {place}"] = [canary for canary in CANARIES if canary in path.name]
        is_audit = place.startswith("out/") and path.suffix in AUDIT_ITSELF and path.name not in FOR_MANY_EYES
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

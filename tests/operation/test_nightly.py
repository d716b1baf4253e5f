"""The whole night on the sample data: same bytes twice, nothing lost, nothing published when a gate says no."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import CheckFailedError, UsageError
from pipelines.ground.program_files import code_version, home
from pipelines.ground.progress import SILENCE
from pipelines.ground.published_file import open_published
from pipelines.intake.land import land
from pipelines.intake.ledger import landed_digest
from pipelines.operation.nightly import PLAIN_STAGES, Outcome, nightly
from pipelines.operation.plan import Plan, RunRequest, make_plan, run_facts
from pipelines.operation.stage_fault import StageFaultError, told_safely
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE = ROOT / "sample_data" / "extracts"
AS_OF = date(2026, 6, 30)
REPORTS = ("worklist.csv", "worklist.xlsx", "episode_review.parquet")


def clock() -> datetime:
    return datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def plan_of(extracts: Path, out: Path) -> Plan:
    return make_plan(RunRequest(extracts=extracts, out=out), today=AS_OF)


def night(extracts: Path, out: Path) -> Outcome:
    return nightly(plan_of(extracts, out), progress=SILENCE, clock=clock)


def bytes_of(out: Path) -> dict[str, bytes]:
    return {name: (out / "published" / name).read_bytes() for name in REPORTS}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("night")
    night(SAMPLE, folder)
    return folder


def resorted(folder: Path, into: Path) -> Path:
    """The same rows in other files: the lines of each file backwards, in two files of other names."""
    into.mkdir()
    for path in folder.iterdir():
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        header, *rows = list(csv.reader(content.decode().splitlines()))
        name = path.name.split(".")[0]
        rows.reverse()
        for part, lines in (("_b", rows[::2]), ("_a", rows[1::2])):
            write(into / f"{name}{part}.csv", [header, *lines])
    return into


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(rows)


@pytest.mark.long
def test_the_same_delivery_twice_gives_the_same_bytes_and_lands_nothing_new(out: Path) -> None:
    before = bytes_of(out)

    again = night(SAMPLE, out)

    assert again.landing.delivery_number is None
    assert bytes_of(out) == before


def test_the_night_leaves_a_funnel_that_ends_with_the_worklist(out: Path) -> None:
    with open_published(out / "published") as connection:
        [(last,)] = connection.execute(
            "select remaining_count from funnel order by step_number desc limit 1"
        ).fetchall()
        [(findings,)] = connection.execute("select count(*) from finding").fetchall()

    assert last == findings > 0


def test_rows_in_another_order_and_other_files_have_the_same_digest_and_run(out: Path, tmp_path: Path) -> None:
    landed = tmp_path / "landed"
    land(resorted(SAMPLE, tmp_path / "resorted"), landed=landed, as_of=AS_OF)

    assert landed_digest(landed) == landed_digest(out / "landed")


def test_one_other_row_has_another_digest(out: Path, tmp_path: Path) -> None:
    extracts = Path(shutil.copytree(SAMPLE, tmp_path / "extracts"))
    with (extracts / "prior_authorization.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    write(extracts / "prior_authorization.csv", rows[:-1])
    land(extracts, landed=tmp_path / "landed", as_of=AS_OF)

    assert landed_digest(tmp_path / "landed") != landed_digest(out / "landed")


def test_a_delivery_that_a_critical_check_refuses_leaves_the_ledger_and_the_audit_as_they_were(
    out: Path, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> tuple[()]:
        message = "A critical check failed."
        raise CheckFailedError(message)

    folder = Path(shutil.copytree(out, tmp_path / "out", symlinks=True))
    before = bytes_of(folder)
    extracts = tmp_path / "extracts"
    extracts.mkdir()
    with (SAMPLE / "prior_authorization.csv").open(encoding="utf-8", newline="") as lines:
        write(extracts / "prior_authorization.csv", list(csv.reader(lines))[:2])

    with pytest.raises(CheckFailedError):
        nightly(
            plan_of(extracts, folder),
            progress=SILENCE,
            clock=clock,
            stages=replace(PLAIN_STAGES, validate=refuse),
        )

    assert [path.name for path in sorted((folder / "landed" / "deliveries").iterdir())] == [
        "000001.json",
        "000002.refused",
    ]
    assert bytes_of(folder) == before


def test_an_unforeseen_fault_is_told_without_its_text() -> None:
    def narrow() -> None:
        message = "could not convert 'MEMBER-4711'"
        raise ValueError(message)

    with pytest.raises(StageFaultError, match="The stage narrow stopped: ValueError at test_nightly") as told:
        told_safely(narrow)()

    assert "4711" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None
    assert not told.value.is_transient


def test_a_disk_that_was_away_may_be_tried_again() -> None:
    def publish() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StageFaultError, match="No space left on device") as told:
        told_safely(publish)()

    assert told.value.is_transient


def test_the_code_version_names_release_and_content() -> None:
    assert len(code_version(home()).split("+")[1]) == 12


def test_the_manifest_carries_the_run(out: Path) -> None:
    manifest = json.loads((out / "published" / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["run_id"].startswith("R20260630-")


def test_data_count_as_made_up_only_where_every_run_of_the_folder_was_on_such_data(out: Path, tmp_path: Path) -> None:
    def said(folder: Path) -> object:
        plan = replace(plan_of(SAMPLE, folder), synthetic=True)
        return run_facts(plan, home(), (), (), digest="00", started_at=clock()).parameters["synthetic_data"]

    assert said(tmp_path) is True
    assert said(out) is False


def test_words_of_a_payer_that_cannot_be_read_stop_the_night_before_anything_lands(tmp_path: Path) -> None:
    (tmp_path / "letter.toml").write_text("rights = 1", encoding="utf-8")

    with pytest.raises(UsageError, match="letter template"):
        plan_of(SAMPLE, tmp_path)

"""What an older version published is taken over: folder and snapshots become publishes, wherever that is ended."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import StimauditError, UsageError
from pipelines.ground.files import file_sha256
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.ground.run_lock import run_lock
from pipelines.ground.sealed_json import sealed_text
from pipelines.operation.rollback import rollback
from pipelines.operation.verify import verify
from pipelines.publishing.history import read_history
from pipelines.publishing.older_publishes import is_older, take_over
from pipelines.publishing.publishes import PUBLISHES_FOLDER, read_publishes, standing_name
from pipelines.reports.report import report
from tests.support.nights import FIRST_NIGHT, asked, delivery, eligible, implant, night

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after two nights as an older version left it: a plain folder, and a snapshot a run."""
    out = tmp_path_factory.mktemp("older") / "out"
    night(out, 1, delivery(implant("A1", "ada", "2026-01-20"), {"A1": "M5450"}, eligibility=eligible("ada", "bea")))
    night(out, 2, delivery(implant("B1", "bea", "2026-02-03"), {"B1": "M5450"}))
    first, second = (entry.run_id for entry in read_history(out / "history"))
    published = Path(shutil.copytree(out / PUBLISHES_FOLDER / second, out / "plain", symlinks=True))
    (published / "manifest.json").write_text("{}", encoding="utf-8")
    snapshots = published / "snapshots"
    snapshots.mkdir()
    listed = []
    for number, run in enumerate((first, second), start=1):
        kept = Path(shutil.copyfile(out / PUBLISHES_FOLDER / run / DATABASE_FILE, snapshots / f"{run}.duckdb"))
        known_from = read_history(out / "history")[number - 1].known_from_utc
        listed.append(
            {
                "run_id": run,
                "run_number": number,
                "known_from_utc": known_from,
                "bytes": kept.stat().st_size,
                "sha256": file_sha256(kept),
            }
        )
    (snapshots / "manifest.json").write_text(sealed_text({"snapshots": listed}), encoding="utf-8")
    shutil.rmtree(out / PUBLISHES_FOLDER)
    shutil.rmtree(out / "history" / "registers")
    (out / "published").unlink()
    published.rename(out / "published")
    return out


@pytest.fixture
def out(older: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(older, tmp_path / "out", symlinks=True))


def test_commands_that_read_go_on_reading_and_those_that_write_say_who_takes_it_over(out: Path) -> None:
    assert is_older(out)
    assert asked(out, "select count(*) from finding") == [(2,)]
    with pytest.raises(UsageError, match=r"form of an older version\. The next `stimaudit run` takes it over"):
        report(out)
    with pytest.raises(UsageError, match="was written by an older version of stimaudit"):
        verify(out)


def test_what_was_published_stands_and_snapshots_can_be_gone_back_to(out: Path) -> None:
    first, second = (entry.run_id for entry in read_history(out / "history"))
    worklist = (out / "published" / "worklist.csv").read_bytes()

    with run_lock(out, since=FIRST_NIGHT):
        take_over(out)
        take_over(out)

    assert standing_name(out) == second
    assert (out / "published" / "worklist.csv").read_bytes() == worklist
    assert [(name, publish.is_whole) for name, publish in read_publishes(out).items()] == [
        (first, False),
        (second, True),
    ]
    assert verify(out).faults == ()
    rollback(out, first, known_from=FIRST_NIGHT)
    assert asked(out, "select count(*) from finding") == [(1,)]


def test_the_first_run_takes_it_over(out: Path) -> None:
    with run_lock(out, since=FIRST_NIGHT):
        take_over(out)

    night(out, 3, delivery(implant("C1", "cy", "2026-03-03"), {"C1": "M5450"}))

    assert len(read_publishes(out)) == 3
    assert [entry.publish_name is None for entry in read_history(out / "history")] == [False, False, False]
    assert verify(out).faults == ()


@pytest.mark.parametrize("place", ["finish", "rename", "swing"])
def test_ended_anywhere_it_goes_on(out: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends it is raised from inside, once."""
    places = {
        "finish": "pipelines.publishing.older_publishes.finish",
        "rename": "pathlib.Path.rename",
        "swing": "pipelines.publishing.older_publishes.swing",
    }

    def ended(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with run_lock(out, since=FIRST_NIGHT):
        with monkeypatch.context() as patched:
            patched.setattr(places[place], ended)
            with pytest.raises(KeyboardInterrupt):
                take_over(out)
        take_over(out)

    assert not is_older(out)
    assert len(read_publishes(out)) == 2
    assert verify(out).faults == ()


def test_a_folder_of_that_name_without_an_audit_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "mine.txt").write_text("x", encoding="utf-8")

    with pytest.raises(StimauditError, match="holds files and no published audit"):
        take_over(tmp_path)

    (tmp_path / "published" / "mine.txt").unlink()
    take_over(tmp_path)
    assert not (tmp_path / "published").exists()

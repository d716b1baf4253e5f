"""One changed byte anywhere is found and named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import IntegrityError, UsageError
from pipelines.ground.published_file import link_database
from pipelines.ground.sealed_json import sealed_text, unsealed
from pipelines.operation.verify import verify
from pipelines.reports.report import report
from tests.support.nights import delivery, eligible, implant, night


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after one night, with its reports."""
    out = tmp_path_factory.mktemp("sound") / "out"
    lines = [*implant("A1", "ada", "2026-01-20"), *implant("B1", "bea", "2026-02-03")]
    night(out, 1, delivery(lines, {"A1": "M5450", "B1": "M5450"}, eligibility=eligible("ada", "bea")))
    report(out / "published")
    shutil.rmtree(out / "work")
    return out


@pytest.fixture
def out(sound: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(sound, tmp_path / "out", symlinks=True))


def files(out: Path) -> list[Path]:
    return sorted(path for path in out.rglob("*") if path.is_file() and not path.is_symlink())


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))


def test_an_untouched_folder_is_sound(sound: Path) -> None:
    found = verify(sound)

    assert found.faults == ()
    assert found.unchecked_count == 0
    assert found.lines() == (f"{found.checked_count:,} files compared with their digests, 0 faults.",)
    assert found.as_json()["faults"] == []
    found.raise_if_unsound()


def test_one_changed_byte_in_any_file_is_found_and_the_file_named(out: Path) -> None:
    unseen = []
    for number, path in enumerate(files(out)):
        place = (number * 7919) % path.stat().st_size
        flip(path, place)
        if not any(str(path) in fault for fault in verify(out).faults):
            unseen.append(path.relative_to(out).as_posix())
        flip(path, place)

    assert unseen == []
    assert verify(out).is_sound


@pytest.mark.parametrize(
    "name",
    [
        "published/worklist.csv",
        "published/parquet/episode_review.parquet",
        "history/cases/000001.parquet",
        "landed/deliveries/000001.json",
        "landed/medical_claim/000001-0003.parquet",
    ],
)
def test_a_file_that_is_gone_is_named(out: Path, name: str) -> None:
    (out / name).unlink()

    assert any(Path(name).name in fault for fault in verify(out).faults)


def test_a_file_that_no_manifest_names_is_told(out: Path) -> None:
    (out / "published" / "stray.csv").write_text("x", encoding="utf-8")

    assert verify(out).faults == (f"{out / 'published' / 'stray.csv'} is named by no manifest.",)


@pytest.mark.parametrize(
    ("aim", "said"),
    [
        (None, "is missing"),
        ("snapshots/{snapshot}", "is aimed elsewhere"),
        ("{elsewhere}/stimaudit.duckdb", "is aimed elsewhere"),
        ("a copy", "is a file of its own"),
    ],
)
def test_the_older_name_must_lead_to_the_database_and_the_next_publish_mends_it(
    out: Path, tmp_path: Path, aim: str | None, said: str
) -> None:
    published = out / "published"
    link = published / "audit.duckdb"
    [snapshot] = (published / "snapshots").glob("*.duckdb")
    link.unlink()
    if aim == "a copy":
        shutil.copy(published / "stimaudit.duckdb", link)
    elif aim is not None:
        link.symlink_to(aim.format(snapshot=snapshot.name, elsewhere=tmp_path))

    faults = verify(out).faults
    assert faults
    assert all(str(link) in fault and said in fault for fault in faults)
    link_database(published)
    assert link.readlink() == Path("stimaudit.duckdb")
    assert verify(out).is_sound


@pytest.mark.parametrize("folder", ["published", "published/parquet", "published/snapshots"])
def test_a_stray_link_or_file_beside_what_is_published_is_told(out: Path, folder: str) -> None:
    stray = out / folder / "other.duckdb"
    stray.symlink_to(out / "published" / "stimaudit.duckdb")
    assert verify(out).faults == (f"{stray} is named by no manifest.",)

    stray.unlink()
    stray.symlink_to(out / "nowhere")
    assert verify(out).faults == (f"{stray} is named by no manifest.",)


def test_faults_are_an_integrity_error_with_its_own_exit_code(out: Path) -> None:
    flip(out / "published" / "worklist.csv", 3)

    with pytest.raises(IntegrityError, match=r"worklist\.csv was changed") as told:
        verify(out).raise_if_unsound()

    assert told.value.exit_code == 6


def test_nothing_published_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to verify"):
        verify(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', "no json", '{"a": 1, "seal": "x"}'])
def test_a_text_that_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not as it was written"):
        unsealed(text)


def test_what_was_sealed_comes_back_and_another_form_of_it_does_not() -> None:
    text = sealed_text({"b": [1, "ü"], "a": None})

    assert unsealed(text) == {"b": [1, "ü"], "a": None}
    with pytest.raises(ValueError, match="not as it was written"):
        unsealed(text.replace("\n", " "))

"""One changed byte anywhere is found and named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.ground.errors import IntegrityError, UsageError
from pipelines.ground.files import FILE_MODE, file_sha256, make_folder, write_file
from pipelines.ground.program_files import home
from pipelines.ground.registers import enter, register_path
from pipelines.ground.run_lock import run_lock
from pipelines.ground.sealed_json import sealed_text, unsealed
from pipelines.ground.warehouse import literal, open_warehouse, parquet_format, read_parquet
from pipelines.operation.anchor import write_anchor
from pipelines.operation.kept_check import kept_faults
from pipelines.operation.run_record import RunRecord, write_record
from pipelines.operation.verify import verify
from pipelines.publishing.sql_door import Asker, ask
from pipelines.reports.report import report
from pipelines.review.decisions import DECISION_SCHEMA, write_decisions
from pipelines.review.sample import Sample, keep_sample
from pipelines.rule.kept_layers import kept_folder, layer_path, read_register, write_register
from pipelines.rule.kept_rows import keep
from pipelines.rule.value_sets import load_value_sets
from tests.support.nights import FIRST_NIGHT, delivery, eligible, implant, night


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after one night, with its reports."""
    out = tmp_path_factory.mktemp("sound") / "out"
    lines = [*implant("A1", "ada", "2026-01-20"), *implant("B1", "bea", "2026-02-03")]
    night(out, 1, delivery(lines, {"A1": "M5450", "B1": "M5450"}, eligibility=eligible("ada", "bea")))
    with run_lock(out, since=FIRST_NIGHT):
        report(out)
    shutil.rmtree(out / "work")
    return out


@pytest.fixture
def out(sound: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(sound, tmp_path / "out", symlinks=True))


def files(out: Path) -> list[Path]:
    """All files but the lock, whose content says only who held it last."""
    return sorted(path for path in out.rglob("*") if path.is_file() and not path.is_symlink() and path.name != ".lock")


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

    stray = (out / "published").resolve() / "stray.csv"
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


@pytest.fixture
def decided(out: Path) -> Path:
    """The same after two imports of decisions, a sample and a letter."""
    for number in (1, 2):
        write_decisions(out / "decisions", [decision(number)])
    keep_sample(Sample("R20260630-00000001", 7, (), ()), out / "decisions")
    letter = out / "letters" / "NA-1-records-request-RR-0123456789.pdf"
    make_folder(letter.parent)
    write_file(letter, b"%PDF-1.7")
    enter(out, "letters", [letter])
    return out


def decision(number: int) -> dict[str, object]:
    return dict.fromkeys(DECISION_SCHEMA) | {"decision_id": f"D-{number}", "case_id": "c", "import_row": 1}


def test_decisions_samples_and_letters_are_sound_as_written(decided: Path) -> None:
    assert verify(decided).faults == ()


def test_a_folder_in_which_an_auditor_asked_is_sound(out: Path) -> None:
    ask(out, "from audit.finding", asker=Asker("auditor"), asked_at=FIRST_NIGHT)

    assert verify(out).faults == ()


@pytest.mark.parametrize("pattern", ["decisions/000002-*.jsonl", "decisions/samples/*.json", "letters/*.pdf"])
def test_what_people_recorded_is_missed_when_it_is_gone_or_was_changed(decided: Path, pattern: str) -> None:
    [path] = decided.glob(pattern)
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    assert f"{path} was changed: its digest is another." in verify(decided).faults

    path.unlink()

    assert f"{path} is missing." in verify(decided).faults


def test_an_end_that_was_cut_off_with_its_register_is_known_to_the_status_and_the_anchor(
    decided: Path, tmp_path: Path
) -> None:
    anchor = tmp_path / "elsewhere" / "anchor.json"
    write_record(decided, RunRecord("published", FIRST_NIGHT))
    write_anchor(anchor, decided)
    cut_off_decisions(decided)
    assert any("status.json knows of 2 files in the register of decisions" in fault for fault in verify(decided).faults)

    (decided / "status.json").unlink()

    assert verify(decided).faults == ()
    assert any("elsewhere/anchor.json knows of 2 files" in fault for fault in verify(decided, anchor=anchor).faults)


def cut_off_decisions(out: Path) -> None:
    """The newest import is taken away, and the register made again as if it had never been."""
    next((out / "decisions").glob("000002-*.jsonl")).unlink()
    register_path(out, "decisions").unlink()
    enter(out, "decisions", [])


@pytest.mark.parametrize(
    "name",
    ["stray.csv", "history/stray.json", "landed/medical_claim/stray.parquet", "decisions/x.txt", "log/other.txt"],
)
def test_a_file_that_nobody_lists_is_told_wherever_it_lies(decided: Path, name: str) -> None:
    path = decided / name
    path.parent.mkdir(mode=0o750, exist_ok=True)
    path.write_text("x", encoding="utf-8")
    path.chmod(0o640)

    assert verify(decided).faults == (f"{path} is listed by nobody.",)


def test_a_folder_or_link_of_nobody_and_rights_of_others_are_told(decided: Path, tmp_path: Path) -> None:
    (decided / "more").mkdir(mode=0o750)
    (decided / "history" / "way out").symlink_to(tmp_path)
    (decided / "published" / "way out").symlink_to(tmp_path)
    worklist = decided / "landed" / "deliveries" / "000001.json"
    worklist.chmod(0o644)

    assert set(verify(decided).faults) == {
        f"{decided / 'more'} is a folder that stimaudit did not make.",
        f"{decided / 'history' / 'way out'} is a link, and none of ours stands there.",
        f"{(decided / 'published').resolve() / 'way out'} is named by no manifest.",
        f"{worklist} is open to others, or its group may write to it.",
    }


def test_a_link_that_was_aimed_elsewhere_is_told(decided: Path) -> None:
    link = (decided / "published").resolve() / "audit.duckdb"
    link.unlink()
    link.symlink_to("../other.duckdb")
    assert verify(decided).faults == (f"{link} leads elsewhere than to stimaudit.duckdb.",)
    link.unlink()
    assert verify(decided).faults == (f"{link} is not the link to stimaudit.duckdb that was made.",)
    link.symlink_to("stimaudit.duckdb")

    (decided / "published").unlink()
    (decided / "published").symlink_to("publishes/another")

    assert f"{decided / 'published'} leads to no publish below {decided / 'publishes'}." in verify(decided).faults


def test_kept_rows_are_compared_with_their_digests_and_with_what_the_landed_files_give(out: Path) -> None:
    codes = load_value_sets(home().sql / "value_sets")
    assert kept_faults(out, here=home()) == []
    [layer] = keep(out / "landed", sql=home().sql, value_sets=codes)
    assert verify(out).is_sound
    assert kept_faults(out, here=home()) == []
    path = layer_path(out / "landed", layer.number, "eligibility")
    with open_warehouse() as connection:
        connection.execute(f"create table less as from {read_parquet([path])} where member_id <> 'ada'")
        connection.execute(f"copy less to {literal(path)} {parquet_format()}")
    path.chmod(FILE_MODE)
    assert verify(out).faults == (f"{path} was changed: its digest is another.",)

    register = read_register(out / "landed")
    assert register is not None
    passed_off = replace(layer, files=layer.files | {"eligibility": file_sha256(path)})
    write_register(out / "landed", register.made_under, [passed_off])

    assert verify(out).is_sound
    [fault] = kept_faults(out, here=home())
    assert fault.startswith(f"{kept_folder(out / 'landed')} gives other rows of staging.eligibility than the landed")
    assert not (out / "work" / "verify").exists()
    write_register(out / "landed", "other codes", [layer])
    assert kept_faults(out, here=home()) == [
        f"{out / 'landed' / 'kept'} does not hold what landed, or was made under other codes: the next run makes it."
    ]

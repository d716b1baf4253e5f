"""Encryption at rest: with a key no file tells a member, everything works as without, and a wrong key harms nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.flows.nightly_audit import nightly_audit
from pipelines.ground.encryption import Key, content_digest, key_in_use, plain, protect, read_key, using_key
from pipelines.ground.errors import ExitCode, IntegrityError, KeyFaultError, UsageError
from pipelines.ground.program_files import home
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.intake.ledger import check_key
from pipelines.operation.doctor import doctor
from pipelines.operation.reproduce import reproduce
from pipelines.operation.rollback import rollback
from pipelines.operation.run_record import RunRecord, read_record, write_record
from pipelines.operation.status import status
from pipelines.operation.verify import verify
from pipelines.publishing.history import cases_path, read_cases, read_history
from pipelines.reports.report import report_to
from pipelines.review.case_review import list_decisions
from pipelines.review.decisions import read_decisions
from pipelines.review.sample import keep_sample, read_samples
from tests.intake.landing import deliver
from tests.support.nights import FIRST_NIGHT, asked, delivery, implant, night
from tests.support.two_sites import (
    CANARIES,
    KEY,
    MEMBER,
    NOTE,
    OTHER_KEY,
    OTHER_TEXT,
    SECOND,
    TEXT,
    TwoSites,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

pytestmark = pytest.mark.long

LATER = FIRST_NIGHT + timedelta(days=7)
SHOWN_IN_THE_CLEAR = {".csv", ".xlsx", ".html", ".pdf"}


@pytest.fixture(scope="module")
def site(two_sites: TwoSites) -> TwoSites:
    return two_sites


@pytest.fixture
def keyed() -> Iterator[None]:
    """The key of the site, in use for the test."""
    with using_key(KEY):
        yield


@pytest.fixture
def out(site: TwoSites, tmp_path: Path) -> Path:
    """The encrypted folder, to be changed."""
    return Path(shutil.copytree(site.encrypted, tmp_path / "out", symlinks=True))


def runs(out: Path) -> list[str]:
    return [entry.run_id for entry in read_history(out / "history")]


def holding(folder: Path, texts: tuple[str, ...]) -> dict[str, list[str]]:
    """The texts that files below ``folder`` hold or are named by, by path."""
    found = {
        path.relative_to(folder).as_posix(): [
            text for text in texts if text in path.name or (path.is_file() and text.encode() in path.read_bytes())
        ]
        for path in sorted(folder.rglob("*"))
    }
    return {place: held for place, held in found.items() if held}


def fingerprints(out: Path) -> dict[str, str]:
    """The digests of all files but those that tell of runs, and working files, which a run clears away."""
    passing = (".lock", "log/", "status.json", "work/")
    return {
        place: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not (place := path.relative_to(out).as_posix()).startswith(passing)
    }


def stimaudit(*arguments: object, key: str | None = TEXT) -> Result:
    environment = {"STIMAUDIT_KEY": key, "STIMAUDIT_KEY_FILE": None, "STIMAUDIT_OUT": None}
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


# What a key does


def test_the_audit_is_the_same_with_a_key_as_without(site: TwoSites, keyed: None) -> None:
    queries = (
        "from episode_review order by all",
        "from finding order by all",
        "from criterion_result order by all",
        "from case_status order by all",
        "from case_version order by all",
        "from decision order by all",
        "select run_id, run_number, landed_digest from run_history order by all",
    )
    encrypted = [asked(site.encrypted, query) for query in queries]
    with using_key(None):
        clear = [asked(site.clear, query) for query in queries]

    assert encrypted == clear
    assert len(encrypted[1]) == 2


def test_no_file_below_the_output_folder_tells_a_member_a_claim_a_provider_or_a_note(site: TwoSites) -> None:
    assert holding(site.encrypted, (*CANARIES, TEXT)) == {}
    clear = holding(site.clear, CANARIES)
    assert {text for held in clear.values() for text in held} == {*CANARIES}
    kinds = {Path(place).parts[0] for place in clear}
    assert {"publishes", "landed", "history", "decisions"} <= kinds


def test_every_database_and_parquet_file_says_that_it_is_encrypted(site: TwoSites) -> None:
    parquet = [path for path in site.encrypted.rglob("*.parquet") if "history" not in path.parts]

    assert len(parquet) > 20
    assert {path.read_bytes()[:4] for path in parquet} == {b"PARE"}
    for path in site.encrypted.rglob("*.duckdb"):
        with pytest.raises(KeyFaultError, match="is encrypted and no key is given"):
            open_warehouse(path, read_only=True)


def test_nothing_that_a_spreadsheet_or_browser_opens_is_written_with_a_key(site: TwoSites) -> None:
    assert [path for path in site.encrypted.rglob("*") if path.suffix in SHOWN_IN_THE_CLEAR] == []
    listed = json.loads((site.encrypted / "published" / "manifest.json").read_text(encoding="utf-8"))["files"]
    names = [file["name"] for file in listed if not file["name"].startswith("parquet/")]
    assert names == ["episode_review.parquet", DATABASE_FILE]


def test_reports_written_to_a_folder_are_those_of_an_audit_in_the_clear(
    site: TwoSites, keyed: None, tmp_path: Path
) -> None:
    written = report_to(site.encrypted, tmp_path / "for people")

    names = [path.relative_to(tmp_path / "for people").as_posix() for path in written]
    assert names[:3] == ["worklist.xlsx", "worklist.csv", "report/worklist.html"]
    published = site.clear / "published"
    assert {
        name: (tmp_path / "for people" / name).read_bytes() == (published / name).read_bytes() for name in names
    } == (dict.fromkeys(names, True))
    assert sorted(path.name for path in (tmp_path / "for people").iterdir()) == [
        "report",
        "worklist.csv",
        "worklist.xlsx",
    ]


def test_reports_may_not_be_written_into_the_output_folder(site: TwoSites, keyed: None) -> None:
    with pytest.raises(UsageError, match="lies in the output folder"):
        report_to(site.encrypted, site.encrypted / "published" / "reports")


def test_reports_of_an_audit_in_the_clear_can_be_written_elsewhere_too(site: TwoSites, tmp_path: Path) -> None:
    report_to(site.clear, tmp_path / "reports")

    name = "worklist.csv"
    assert (tmp_path / "reports" / name).read_bytes() == (site.clear / "published" / name).read_bytes()


def test_decisions_samples_and_the_cases_of_the_history_are_read_back(site: TwoSites, keyed: None) -> None:
    store, history = site.encrypted / "decisions", site.encrypted / "history"

    assert read_decisions(store)["review_note"].to_list() == [NOTE]
    assert [sample.seed for sample in read_samples(store)] == [7]
    encrypted = read_cases(history, read_history(history))
    with using_key(None):
        clear = read_cases(site.clear / "history", read_history(site.clear / "history"))
    assert encrypted.equals(clear)
    with open_published(site.encrypted / "published") as connection:
        assert MEMBER in [row[0] for row in connection.execute("select member_id from finding").fetchall()]
        assert "1 returned" in list_decisions(connection, store).lines()[0]


def test_the_same_sample_kept_twice_is_one_file(out: Path, keyed: None) -> None:
    [sample] = read_samples(out / "decisions")

    keep_sample(sample, out / "decisions")

    assert len(list((out / "decisions" / "samples").iterdir())) == 1


def test_what_a_killed_or_crowded_run_leaves_on_disk_is_encrypted(tmp_path: Path, keyed: None) -> None:
    working = tmp_path / "run.duckdb"
    with open_warehouse(working, memory_limit="50MB", threads=1) as connection:
        connection.execute(f"create table member as select '{MEMBER}' || i as member_id from range(100000) as t(i)")
        connection.execute("checkpoint")
        connection.execute(f"insert into member select '{MEMBER}'")
        connection.execute(
            f"create temp table spilt as select '{MEMBER}' || i as a, md5(i::varchar) as b from range(1500000) as t(i)"
        )
        left = {path.name: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}

        assert left["run.duckdb.wal"] > 0
        assert any("duckdb_temp" in name and size > 1_000_000 for name, size in left.items())
        assert holding(tmp_path, CANARIES) == {}
    assert holding(tmp_path, CANARIES) == {}


# Auditors and operators


def test_a_query_is_answered_and_may_not_write_or_reach_out_with_a_key_either(site: TwoSites) -> None:
    asks = ("sql", "select member_id from audit.finding order by 1", "--out", site.encrypted, "--json")
    told, without = stimaudit(*asks), stimaudit(*asks, key=None)

    assert [row["member_id"] for row in json.loads(told.stdout)] == [MEMBER, "bea"]
    assert (without.exit_code, without.stdout) == (ExitCode.USAGE, "")
    for query in (
        "create table audit.mine as select 1",
        "create table memory.main.mine as select 1",
        "copy audit.finding to 'stolen.csv'",
        "from read_csv('https://example.org/x.csv')",
    ):
        assert stimaudit("sql", query, "--out", site.encrypted).exit_code == ExitCode.USAGE
    refused = stimaudit("sql", "from duckdb_databases()", "--out", site.encrypted)
    assert refused.exit_code == ExitCode.USAGE
    assert TEXT not in refused.output


def test_an_auditor_opens_database_and_parquet_with_the_lines_of_the_runbook(site: TwoSites) -> None:
    """Typed into a DuckDB of their own, which knows nothing of this program and loads no extension."""
    published = site.encrypted / "published"
    with open_warehouse() as connection:
        connection.execute(f"attach '{published}/stimaudit.duckdb' as stimaudit (encryption_key '{TEXT}', read_only)")
        connection.execute("use stimaudit")
        assert connection.execute("select count(*) from audit.finding").fetchall() == [(2,)]
        connection.execute(f"pragma add_parquet_key('stimaudit', '{TEXT}')")
        relation = f"read_parquet('{published}/parquet/episode_review.parquet', encryption_config = "
        assert connection.execute(f"select count(*) from {relation}{{footer_key: 'stimaudit'}})").fetchall() == [(2,)]


def test_verify_needs_no_key_and_finds_one_changed_byte(out: Path) -> None:
    assert verify(out).faults == ()
    with using_key(KEY):
        assert verify(out).faults == ()
    for name in ("published/stimaudit.duckdb", cases_path(Path("history"), 1).as_posix()):
        path = out / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    assert len(verify(out).faults) >= 2


def test_verify_with_a_key_compares_the_episodes_with_the_history(out: Path, site: TwoSites, keyed: None) -> None:
    path = out / "published" / DATABASE_FILE
    path.unlink()
    shutil.copyfile(out / "publishes" / runs(out)[0] / DATABASE_FILE, path)

    assert any("does not hold the episodes of the last run" in fault for fault in verify(out).faults)


def test_a_past_run_made_again_has_the_same_content(out: Path, keyed: None) -> None:
    again = reproduce(out, runs(out)[0], here=home())

    again.raise_if_different()
    assert again.is_same_landed
    assert "the same content" in again.lines()[-1]
    assert list((out / "work").glob("reproduce-*")) == []


def test_an_earlier_publish_is_put_back_with_the_key(out: Path, keyed: None) -> None:
    first, second = runs(out)

    rollback(out, first, known_from=LATER)
    rollback(out, first, known_from=LATER)

    assert asked(out, "select run_id from run") == [(first,)]
    assert runs(out) == [first, second, first]
    assert verify(out).faults == ()
    assert holding(out, CANARIES) == {}


def test_the_same_night_twice_stays_sound(out: Path, keyed: None) -> None:
    night(out, 2, SECOND)

    assert len(runs(out)) == 2
    assert verify(out).faults == ()


def test_the_status_says_where_reports_are_and_when_the_key_is_not_the_one(out: Path) -> None:
    write_record(out, RunRecord("published", FIRST_NIGHT, finished_at=FIRST_NIGHT, exit_code=0))
    now = FIRST_NIGHT + timedelta(days=1, hours=3)
    said = {}
    for name, key in (("right", KEY), ("another", OTHER_KEY), ("none", None)):
        with using_key(key):
            said[name] = status(out, now=now)

    assert [found.verdict for found in said.values()] == ["look", "act", "act"]
    assert said["right"].reason == "Published with 2 caveats."
    assert "stimaudit report --to FOLDER" in "\n".join(said["right"].lines())
    assert said["another"].next_step.startswith("The key does not open")
    assert "no key is given" in said["none"].next_step


def test_the_doctor_finds_a_key_that_is_not_the_one(site: TwoSites) -> None:
    with using_key(OTHER_KEY):
        examined = doctor(site.encrypted, None, here=home(), now=LATER, with_controls=False)

    [finding] = [finding for finding in examined.remarks if finding.check == "encryption"]
    assert finding.state == "fail"
    assert finding.found.startswith("The key does not open")


def test_reports_and_letters_of_an_encrypted_audit_need_a_folder_of_their_own(site: TwoSites, tmp_path: Path) -> None:
    with using_key(KEY):
        [(case,)] = asked(site.encrypted, f"select case_id from finding where member_id = '{MEMBER}'")
    before = fingerprints(site.encrypted)

    for command in (["report"], ["letter", case], ["letter", case, "--to", site.encrypted / "letters"]):
        told = stimaudit(*command, "--out", site.encrypted)
        assert told.exit_code == ExitCode.USAGE
        assert "outside" in told.stderr
    assert fingerprints(site.encrypted) == before
    reported = stimaudit("report", "--to", tmp_path / "reports", "--out", site.encrypted)
    assert reported.exit_code == ExitCode.DONE
    assert "in the clear" in reported.stderr


def test_decisions_and_samples_are_carried_into_a_folder_with_another_key(
    site: TwoSites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    monkeypatch.setenv("STIMAUDIT_OLD_KEY", TEXT)

    told = stimaudit("decision", "carry", "--from", site.encrypted, "--out", new, key=OTHER_TEXT)

    assert told.stdout.startswith("Carried: 1 decisions, 1 samples.")
    with using_key(OTHER_KEY):
        carried, samples = read_decisions(new / "decisions"), read_samples(new / "decisions")
    with using_key(KEY):
        assert carried.equals(read_decisions(site.encrypted / "decisions"))
        assert samples == read_samples(site.encrypted / "decisions")
    again = stimaudit("decision", "carry", "--from", site.encrypted, "--out", new, key=OTHER_TEXT)
    assert again.exit_code == ExitCode.USAGE
    assert holding(new, CANARIES) == {}


# Keys that do not fit


@pytest.mark.parametrize(
    ("key", "told"), [(None, "is encrypted and no key is given"), (OTHER_KEY, "The key does not open")]
)
def test_encrypted_data_are_not_read_without_their_key(site: TwoSites, key: Key | None, told: str) -> None:
    history = site.encrypted / "history"
    with using_key(key):
        for read in (
            lambda: open_published(site.encrypted / "published"),
            lambda: check_key(site.encrypted / "landed"),
            lambda: read_decisions(site.encrypted / "decisions"),
            lambda: read_samples(site.encrypted / "decisions"),
            lambda: read_cases(history, read_history(history)),
            lambda: reproduce(site.encrypted, runs(site.encrypted)[0], here=home()),
        ):
            with pytest.raises(KeyFaultError, match=told) as fault:
                read()
            assert fault.value.exit_code == ExitCode.USAGE
            assert TEXT not in str(fault.value)
            assert OTHER_TEXT not in str(fault.value)


def test_data_in_the_clear_are_not_read_with_a_key(site: TwoSites, keyed: None) -> None:
    history = site.clear / "history"
    for read in (
        lambda: open_published(site.clear / "published"),
        lambda: check_key(site.clear / "landed"),
        lambda: read_decisions(site.clear / "decisions"),
        lambda: read_cases(history, read_history(history)),
    ):
        with pytest.raises(KeyFaultError, match="is not encrypted and a key is given"):
            read()


@pytest.mark.parametrize(
    ("which", "key", "told"),
    [
        ("encrypted", None, "is encrypted and no key is given"),
        ("encrypted", OTHER_TEXT, "The key does not open"),
        ("clear", TEXT, "is not encrypted and a key is given"),
    ],
)
def test_a_run_with_the_wrong_key_or_none_changes_nothing(
    site: TwoSites, which: str, key: str | None, told: str, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(getattr(site, which), tmp_path / "out", symlinks=True))
    deliver(tmp_path / "extracts", delivery(implant("E1", "eve", "2026-05-06"), {"E1": "M5450"}))
    before = fingerprints(out)

    ran = stimaudit("run", "--no-prefect", "--extracts", tmp_path / "extracts", "--out", out, key=key)

    assert ran.exit_code == ExitCode.USAGE
    assert told in ran.stderr
    assert TEXT not in ran.output
    assert OTHER_TEXT not in ran.output
    assert fingerprints(out) == before
    record = read_record(out)
    assert record is not None
    assert told in (record.message or "")


def test_a_landed_file_that_was_damaged_is_no_wrong_key(out: Path, keyed: None) -> None:
    newest = max((out / "landed" / "medical_claim").iterdir())
    content = bytearray(newest.read_bytes())
    content[-20] ^= 1
    newest.write_bytes(content)

    with pytest.raises(IntegrityError, match=newest.name):
        check_key(out / "landed")


# The key itself


@pytest.mark.parametrize(
    "text", ["", " ", "short", "x" * 44, base64.b64encode(bytes(31)).decode(), f"{TEXT} {TEXT}", TEXT[:-1]]
)
def test_what_is_no_key_is_told_and_not_shown(text: str) -> None:
    with pytest.raises(KeyFaultError, match="openssl rand -base64 32") as told:
        read_key({"STIMAUDIT_KEY": text})

    assert not text.strip() or text not in str(told.value)


def test_the_key_is_read_from_the_environment_or_from_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{TEXT}\n", encoding="ascii")
    file.chmod(0o600)

    read = [read_key({"STIMAUDIT_KEY": TEXT}), read_key({"STIMAUDIT_KEY_FILE": str(file)})]

    assert [key and key.reveal() for key in read] == [TEXT, TEXT]
    assert read_key({}) is None


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o644])
def test_a_key_file_that_others_may_read_or_change_is_refused(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(TEXT, encoding="ascii")
    file.chmod(mode)

    with pytest.raises(KeyFaultError, match="chmod 600"):
        read_key({"STIMAUDIT_KEY_FILE": str(file)})


def test_two_keys_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFaultError, match="Unset one"):
        read_key({"STIMAUDIT_KEY": TEXT, "STIMAUDIT_KEY_FILE": str(tmp_path)})
    with pytest.raises(KeyFaultError, match="cannot be read"):
        read_key({"STIMAUDIT_KEY_FILE": str(tmp_path / "none")})


def test_a_key_does_not_show_itself() -> None:
    assert TEXT not in f"{KEY!r} {KEY} {vars(Key)}"
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


def test_a_small_file_is_sealed_each_time_anew_and_opens_with_its_key_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with using_key(KEY):
        kept, again = protect(b"ada"), protect(b"ada")
        assert b"ada" not in kept
        assert kept != again
        assert plain(kept, path) == plain(again, path) == b"ada"
        changed = bytearray(kept)
        changed[-1] ^= 1
        with pytest.raises(KeyFaultError, match="The key does not open"):
            plain(bytes(changed), path)
        with pytest.raises(KeyFaultError, match="The key does not open"):
            plain(kept[:25], path)
        assert content_digest(b"ada") != hashlib.sha256(b"ada").hexdigest()
    assert protect(b"ada") == plain(b"ada", path) == b"ada"
    assert content_digest(b"ada") == hashlib.sha256(b"ada").hexdigest()


def test_the_key_is_lent_and_given_back_also_after_a_fault() -> None:
    def fail() -> None:
        with using_key(KEY), using_key(OTHER_KEY):
            assert key_in_use() is OTHER_KEY
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert key_in_use() is None


def test_a_flow_takes_its_key_from_the_worker_and_never_as_a_parameter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "key" not in " ".join(nightly_audit.parameters.properties)
    monkeypatch.setenv("STIMAUDIT_KEY", "no key")

    with pytest.raises(KeyFaultError):
        nightly_audit.fn(extracts=tmp_path, out=tmp_path)

    record = read_record(tmp_path)
    assert record is not None
    assert (record.state, record.exit_code) == ("failed", ExitCode.USAGE)

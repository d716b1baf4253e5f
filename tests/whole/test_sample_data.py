"""The sample is what its generator makes, plants every outcome, and the audit finds what the stories say."""

from __future__ import annotations

import csv
import gzip
import re
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.ground.closed_words import words_of
from pipelines.ground.progress import SILENCE
from pipelines.ground.warehouse import Connection, open_warehouse
from pipelines.intake.land import land
from pipelines.intake.ledger import attach
from pipelines.operation.nightly import nightly
from pipelines.operation.plan import RunRequest, make_plan
from pipelines.rule.vocabulary import EXCLUSIONS
from sample_data.generate import AS_OF, generate
from sample_data.member import CLINIC_NPI, HOSPITAL_NPI, SUPPLIER_NPI, SURGEON_NPI, Member
from sample_data.ordinary import ordinary_members
from sample_data.story import MAIN, STORIES, WITHOUT_FEEDS
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ROOT / "sample_data"
WRITTEN_FOLDERS = (MAIN, WITHOUT_FEEDS, "expected")


def read_rows(path: Path) -> list[dict[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(content.decode().splitlines()))


def contents(folder: Path) -> dict[str, bytes]:
    """The content of every written file; zipped ones unpacked, for two zlib versions may pack differently."""
    return {
        str(path.relative_to(folder)): gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for name in WRITTEN_FOLDERS
        for path in sorted((folder / name).iterdir())
    }


def expected_rows() -> list[dict[str, str]]:
    return [
        *read_rows(SAMPLE / "expected" / "episode_review.csv"),
        *read_rows(SAMPLE / "expected" / "episode_review_without_feeds.csv"),
    ]


def test_the_committed_sample_is_what_the_generator_makes(tmp_path: Path) -> None:
    generate(tmp_path)

    assert contents(tmp_path) == contents(SAMPLE)


def test_generating_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        generate(tmp_path / name)

    first, second = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("first", "second")
    )
    assert first == second


def test_the_sample_is_small_enough_to_be_committed() -> None:
    size = sum(path.stat().st_size for name in WRITTEN_FOLDERS for path in (SAMPLE / name).iterdir())

    assert size < 2_000_000


NOT_PLANTED = {
    *("claim_number_shared", "history_not_delivered"),
    *("interim_bills_repeat_lines", "look_back_outside_feed", "payment_unknown"),
}
"""Told in ``tests/spec`` and ``tests/models`` alone: a reach needs more rows than a committed sample may have."""


def test_every_outcome_and_every_reason_is_planted() -> None:
    rows = expected_rows()

    assert {row["outcome"] for row in rows} == {*words_of("outcome")}
    assert {row["outcome_reason"] for row in rows} == {*words_of("exclusion", "outcome_reason")} - NOT_PLANTED
    assert {row["outcome_reason"] for row in rows if row["outcome"] == "excluded"} == {*EXCLUSIONS}


def test_every_exclusion_reason_every_kind_and_every_note_is_planted() -> None:
    rows = expected_rows()

    assert {reason for row in rows for reason in row["exclusion_reasons"].split(";") if reason} == {*EXCLUSIONS}
    assert {row["episode_kind"] for row in rows} == {*words_of("episode_kind")}
    assert {note for row in rows for note in row["notes"].split(";") if note} == {*words_of("note")} - NOT_PLANTED


def test_expected_notes_are_sorted_and_exclusions_give_the_reason() -> None:
    for row in expected_rows():
        notes = row["notes"].split(";")
        assert notes == sorted(notes), row["member_id"]
        if row["outcome"] == "excluded":
            assert row["exclusion_reasons"].split(";")[0] == row["outcome_reason"], row["member_id"]
        else:
            assert not row["exclusion_reasons"], row["member_id"]


def test_every_story_has_a_member_of_its_own_and_says_why() -> None:
    members = [story.member_id for story in STORIES]

    assert len(members) == len(set(members))
    assert all(re.fullmatch(r"[A-Z].{40,}\.", story.why) for story in STORIES)


def test_an_ordinary_member_depends_on_the_seed_and_its_number_only() -> None:
    few, many = list(ordinary_members(3, seed=7)), list(ordinary_members(5, seed=7))

    assert [member.rows for member in few[:2]] == [member.rows for member in many[:2]]
    assert [member.rows for member in few[:2]] != [member.rows for member in list(ordinary_members(3, seed=8))[:2]]


def test_a_claim_delivered_again_keeps_its_id_and_its_diagnoses() -> None:
    member = Member("one")
    surgeon, _ = member.trial(date(2025, 1, 7))
    diagnoses = len(member.rows["claim_diagnosis"])

    again, _ = member.trial(date(2025, 1, 7), claim_id=surgeon)

    assert again == surgeon
    assert len(member.rows["claim_diagnosis"]) == diagnoses


@pytest.mark.parametrize("npi", [SURGEON_NPI, CLINIC_NPI, HOSPITAL_NPI, SUPPLIER_NPI])
def test_no_provider_number_of_the_sample_can_be_real(npi: str) -> None:
    digits = [int(digit) for digit in "80840" + npi]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]

    assert re.fullmatch(r"[12]\d{9}", npi)
    assert sum(doubled) % 10 != 0


def test_bad_rows_are_few_and_each_stands_where_it_is_said_to_stand() -> None:
    rejected = read_rows(SAMPLE / "expected" / "rejected_row.csv")
    files = {row["file_name"]: row for row in read_rows(SAMPLE / "expected" / "delivered_file.csv")}

    assert len({row["why"] for row in rejected}) == len(rejected)
    assert sum(int(row["rejected_count"]) for row in files.values()) == len(rejected)
    assert len(rejected) < 0.01 * sum(int(row["row_count"]) for row in files.values())
    by_column = {
        row["column_name"]: read_rows(SAMPLE / MAIN / row["file_name"])[int(row["source_row"]) - 1][row["column_name"]]
        for row in rejected
    }
    assert by_column == {
        "member_id": "",
        "claim_line_start_date": "2024-13-05",
        "paid_amount": "8O.00",
        "claim_type": "dental",
        "diagnosis_rank": "0",
        "days_supply": "3000",
        "dispensing_date": "2042-05-06",
    }


def test_rows_of_every_file_are_loaded_repeated_or_rejected() -> None:
    for row in read_rows(SAMPLE / "expected" / "delivered_file.csv"):
        parts = (row["loaded_count"], row["repeat_count"], row["rejected_count"])
        assert sum(map(int, parts)) == int(row["row_count"]) == len(read_rows(SAMPLE / MAIN / row["file_name"]))


@pytest.fixture(scope="module")
def landed_sample(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    landed = tmp_path_factory.mktemp("landed")
    land(SAMPLE / MAIN, landed=landed, as_of=AS_OF)
    connection = open_warehouse()
    attach(connection, landed)
    return connection


def test_landing_counts_what_the_sample_says_of_each_file(landed_sample: Connection) -> None:
    counted = landed_sample.sql("""
        select file_name, table_name, row_count, loaded_count, repeat_count, rejected_count
        from landed.delivered_file order by file_name
    """).fetchall()

    expected = read_rows(SAMPLE / "expected" / "delivered_file.csv")
    assert [tuple(map(str, row)) for row in counted] == [tuple(row.values()) for row in expected]


def test_landing_sets_aside_the_bad_rows_and_names_their_columns(landed_sample: Connection) -> None:
    rejected = landed_sample.sql("""
        select file_name, table_name, source_row, column_name from landed.rejected_row order by file_name, source_row
    """).fetchall()

    expected = read_rows(SAMPLE / "expected" / "rejected_row.csv")
    assert [tuple(map(str, row)) for row in rejected] == [tuple(row.values())[:4] for row in expected]


def audited(delivery: str, out: Path) -> pl.DataFrame:
    """The published episode reviews of one delivery, as of the day of the sample."""
    plan = make_plan(RunRequest(extracts=SAMPLE / delivery, out=out), today=AS_OF)
    nightly(plan, progress=SILENCE, clock=lambda: datetime(2026, 7, 1, 2, tzinfo=UTC))
    return pl.read_parquet(out / "published" / "episode_review.parquet")


@pytest.fixture(scope="module")
def published_sample(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return audited(MAIN, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def published_without_feeds(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return audited(WITHOUT_FEEDS, tmp_path_factory.mktemp("without_feeds"))


def as_expected(review: pl.DataFrame) -> list[dict[str, str]]:
    """The published episodes in the columns and the spelling of the expected results."""
    return (
        review.select(
            "member_id",
            pl.col("anchor_date").cast(pl.String),
            "outcome",
            "outcome_reason",
            pl.col("exclusion_reasons").list.join(";"),
            pl.col("notes").list.join(";"),
            "episode_kind",
            pl.col("paid_amount").cast(pl.Decimal(18, 2)).cast(pl.String),
            "payment_stage",
        )
        .sort("member_id", "anchor_date")
        .to_dicts()
    )


def reasoned(name: str) -> list[dict[str, str]]:
    """The expected results without their reasons, in the order of `as_expected`."""
    rows = [
        {column: value for column, value in row.items() if column != "why"}
        for row in read_rows(SAMPLE / "expected" / name)
    ]
    return sorted(rows, key=itemgetter("member_id", "anchor_date"))


def test_the_audit_of_the_sample_finds_what_the_stories_say(published_sample: pl.DataFrame) -> None:
    assert as_expected(published_sample) == reasoned("episode_review.csv")


@pytest.mark.long
def test_the_audit_without_feeds_finds_what_the_stories_say(published_without_feeds: pl.DataFrame) -> None:
    assert as_expected(published_without_feeds) == reasoned("episode_review_without_feeds.csv")


def test_members_whose_implant_claims_do_not_count_have_no_episode(published_sample: pl.DataFrame) -> None:
    without = {row["member_id"] for row in read_rows(SAMPLE / "expected" / "member_without_episode.csv")}

    assert without.isdisjoint(published_sample["member_id"])

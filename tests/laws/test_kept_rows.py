"""What stays beside the landed files from night to night gives the very rows that the whole history gives."""

from __future__ import annotations

import base64
import random
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.encryption import Key, using_key
from pipelines.ground.files import FILE_MODE
from pipelines.ground.warehouse import open_warehouse, read_parquet
from pipelines.intake.land import land
from pipelines.intake.ledger import landed_files, parquet_path, read_ledger
from pipelines.rule import kept_keys, kept_rows
from pipelines.rule.kept_keys import files_naming
from pipelines.rule.kept_layers import (
    kept_files,
    kept_folder,
    layer_path,
    looked_through,
    read_register,
    register_path,
)
from pipelines.rule.narrow import narrow
from tests.intake.landing import deliver as delivered
from tests.laws.population import population
from tests.laws.test_deliveries_over_time import scattered
from tests.messy.members import RUN_DATE
from tests.support.product import DEFAULT_POLICY, REVIEWED_BY, SQL, TAKE_ALL, deliver
from tests.support.shipped import shipped_policies, shipped_value_sets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.rule.value_sets import ValueSet

pytestmark = pytest.mark.long

MEMBERS = 12
DELIVERIES = 3

Staged = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Nights:
    """The landed files with what was kept beside them; what each night staged with it, and of the whole history."""

    landed: Path
    kept: list[Staged]
    whole: list[Staged]


def staged(landed: Path, *, keeps_rows: bool, value_sets: Sequence[ValueSet] | None = None, sql: Path = SQL) -> Staged:
    """Every row of ``staging``, and of the facts that the audit reads, by table."""
    working = landed.parent / "run.duckdb"
    working.unlink(missing_ok=True)
    narrow(
        landed=landed,
        working=working,
        sql=sql,
        as_of=RUN_DATE,
        assume_enrolled=False,
        policies=shipped_policies(REVIEWED_BY),
        value_sets=shipped_value_sets() if value_sets is None else value_sets,
        default_policy=DEFAULT_POLICY,
        keeps_rows=keeps_rows,
    )
    with open_warehouse(working) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'staging' order by all"
        ).fetchall()
        return {
            name: sorted(connection.execute(f"from {name}").fetchall(), key=str)
            for (name,) in [*tables, ("kept.unread_opening_row",)]
        }


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The folders of some deliveries in which the rows of messy members came, in no order and some of them twice."""
    rows = scattered(
        population(seed=5641, count=MEMBERS, shared_claim_ids=True), random.Random(41), deliveries=DELIVERIES
    )
    return deliver(rows, tmp_path_factory.mktemp("deliveries"))


@pytest.fixture(scope="module")
def nights(deliveries: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A night a delivery."""
    made = Nights(tmp_path_factory.mktemp("nights") / "landed", [], [])
    with pytest.MonkeyPatch.context() as patched:
        # Tiny files have lists of their keys, too, and some of them wait for theirs.
        patched.setattr(kept_keys, "LEAST_ROWS", 5)
        patched.setattr(kept_keys, "ROWS_A_NIGHT", 600)
        for folder in deliveries:
            land(folder, landed=made.landed, as_of=RUN_DATE, rules=TAKE_ALL)
            made.kept.append(staged(made.landed, keeps_rows=True))
            made.whole.append(staged(made.landed, keeps_rows=False))
    return made


@pytest.fixture
def landed(nights: Nights, tmp_path: Path) -> Path:
    """The same landed files with what was kept, to be changed."""
    return shutil.copytree(nights.landed, tmp_path / "landed")


def test_each_night_stages_what_the_whole_history_gives(nights: Nights) -> None:
    for kept, whole in zip(nights.kept, nights.whole, strict=True):
        assert {name: rows for name, rows in kept.items() if rows != whole[name]} == {}
        assert len(whole["staging.medical_claim"]) > MEMBERS


def test_a_night_looks_through_each_landed_file_once(nights: Nights) -> None:
    register = read_register(nights.landed)

    assert register is not None
    seen = [each for layer in register.layers for each in layer.looked_through]
    assert (
        len(seen)
        == len(set(seen))
        == len(list(nights.landed.glob("[a-z]*_*/*.parquet"))) + len(list(nights.landed.glob("eligibility/*.parquet")))
    )
    assert len(register.layers) == DELIVERIES


def test_lists_of_keys_pass_by_files_that_name_nothing_sought(nights: Nights) -> None:
    landed = nights.landed
    register = read_register(landed)
    assert register is not None
    listed = {each.of for each in register.key_lists}
    files = landed_files(read_ledger(landed))
    assert 0 < len(listed) < len(files)
    [(number, file)] = [
        (n, f) for n, f in files if looked_through(n, f) in listed and f.table_name == "pharmacy_claim"
    ][:1]
    with open_warehouse() as connection:
        path = parquet_path(landed, "pharmacy_claim", number, file.file_number)
        connection.execute(
            f"create table member as select upper(member_id) as member_id from {read_parquet([path])} limit 1"
        )
        connection.execute("create table stranger as select 'nobody' as member_id")
        asked = partial(files_naming, connection, landed, [(number, file)], register.key_lists, column="member_id")

        assert asked(sought="member") == [(number, file)]
        assert asked(sought="stranger") == []
        assert files_naming(connection, landed, [(number, file)], [], column="member_id", sought="stranger") != []


def test_a_night_without_news_writes_nothing(landed: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in kept_files(landed)}
    staged(landed, keeps_rows=True)

    assert {path: path.stat().st_mtime_ns for path in kept_files(landed)} == before


def cut_register(landed: Path) -> None:
    register_path(landed).write_bytes(register_path(landed).read_bytes()[:-9])


def damage_first_layer(landed: Path) -> None:
    path = layer_path(landed, 1, "medical_claim")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_a_file(landed: Path) -> None:
    layer_path(landed, 2, "identifier").unlink()


def change_a_list(landed: Path) -> None:
    path = min((kept_folder(landed) / "keys").iterdir())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def kill_a_night(landed: Path) -> None:
    folder = kept_folder(landed) / "000099"
    shutil.copytree(kept_folder(landed) / "000001", folder)
    shutil.copytree(kept_folder(landed) / "000001", kept_folder(landed) / "partial")


def delete_all(landed: Path) -> None:
    shutil.rmtree(kept_folder(landed))


def of_an_older_version(landed: Path) -> None:
    path = register_path(landed)
    path.write_text(path.read_text("utf-8").replace('"format": 1', '"format": 0'), "utf-8")


@pytest.mark.parametrize(
    "fault",
    [
        damage_first_layer,
        change_a_list,
        kill_a_night,
        *(
            pytest.param(each, marks=pytest.mark.soak)
            for each in (cut_register, lose_a_file, delete_all, of_an_older_version)
        ),
    ],
)
def test_what_is_kept_may_be_damaged_or_gone_and_is_made_again(fault: object, landed: Path, nights: Nights) -> None:
    fault(landed)  # type: ignore[operator]

    assert staged(landed, keeps_rows=True) == nights.whole[-1]
    named = set(kept_files(landed))
    assert {path for path in kept_folder(landed).rglob("*") if path.is_file()} == named
    assert {path.stat().st_mode & 0o777 for path in named} == {FILE_MODE}


def test_under_other_codes_everything_is_looked_up_again(landed: Path, nights: Nights) -> None:
    fewer = [
        each if each.name != "index_procedures" else each.__class__(each.name, each.columns, each.rows[:8], "0")
        for each in shipped_value_sets()
    ]
    first = staged(landed, keeps_rows=True, value_sets=fewer)

    assert first["staging.candidate_member"] != nights.whole[-1]["staging.candidate_member"]
    assert first == staged(landed, keeps_rows=False, value_sets=fewer)
    assert staged(landed, keeps_rows=True) == nights.whole[-1]


def test_under_another_model_of_candidates_everything_is_looked_up_again(landed: Path, tmp_path: Path) -> None:
    sql = tmp_path / "sql"
    shutil.copytree(SQL, sql)
    path = sql / "staging" / "candidate_member.sql"
    path.write_text(path.read_text("utf-8").replace("group by named.member_id", "group by all limit 3"), "utf-8")
    before = read_register(landed)
    staged(landed, keeps_rows=True, sql=sql)
    after = read_register(landed)

    assert before is not None
    assert after is not None
    assert after.made_under != before.made_under
    assert len(after.layers) == 1
    assert staged(landed, keeps_rows=True) == staged(landed, keeps_rows=False)


def test_a_withdrawn_delivery_takes_what_was_kept_of_it_along(
    landed: Path, deliveries: list[Path], nights: Nights
) -> None:
    manifest = landed / "deliveries" / f"{DELIVERIES:06d}.json"
    manifest.rename(manifest.with_suffix(".refused"))
    assert staged(landed, keeps_rows=True) == nights.whole[-2]
    register = read_register(landed)
    assert register is not None
    assert len(register.layers) == DELIVERIES - 1

    land(deliveries[1], landed=landed, as_of=RUN_DATE, rules=TAKE_ALL)
    land(deliveries[-1], landed=landed, as_of=RUN_DATE, rules=TAKE_ALL)
    assert staged(landed, keeps_rows=True) == nights.whole[-1]


@pytest.mark.soak
def test_many_layers_become_one(deliveries: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "MOST_LAYERS", 1)
    landed = tmp_path / "landed"
    for folder in deliveries[:2]:
        land(folder, landed=landed, as_of=RUN_DATE, rules=TAKE_ALL)
        kept = staged(landed, keeps_rows=True)

    register = read_register(landed)
    assert register is not None
    assert [layer.number for layer in register.layers] == [3]
    assert kept == staged(landed, keeps_rows=False)


def test_with_a_key_what_is_kept_is_encrypted_and_gives_the_same(
    deliveries: list[Path], nights: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_keys, "LEAST_ROWS", 5)
    landed = tmp_path / "landed"
    with using_key(Key(base64.b64encode(bytes(range(32))).decode())):
        for folder in deliveries[:2]:
            land(folder, landed=landed, as_of=RUN_DATE, rules=TAKE_ALL)
            kept = staged(landed, keeps_rows=True)

    assert kept == nights.whole[1]
    files = [path for path in kept_files(landed) if path != register_path(landed)]
    assert {path.read_bytes()[:4] for path in files} == {b"PARE"}
    assert b"M5641" not in b"".join(path.read_bytes() for path in kept_files(landed))
    assert not any("M5641" in path.name for path in kept_folder(landed).rglob("*"))


def test_what_makes_an_earlier_row_a_candidate_s_may_come_later(tmp_path: Path) -> None:
    line = "claim_id,claim_line_number,claim_type,member_id,claim_line_start_date,paid_amount,hcpcs_code\n"
    landed = tmp_path / "landed"
    nights = [
        {
            "medical_claim.csv": f"{line}P1,1,professional,ada-1,2025-05-01,90,97110\n"
            "A1,1,professional,zed,2025-05-02,90,99213\nS9,1,institutional,bea,2025-05-03,90,\n",
            "claim_diagnosis.csv": "claim_id,diagnosis_rank,diagnosis_code\nA1,1,M54.50\n",
            "claim_procedure.csv": "claim_id,procedure_rank,procedure_code\nS2,1,00HU3MZ\n",
            "eligibility.csv": "member_id,enrollment_start_date\nADA,2020-01-01\n",
        },
        {
            "medical_claim.csv": f"{line}A1,1,professional,ada,2026-01-20,900,63650\n"
            "S2,1,institutional,cid,2026-01-21,900,\n",
            "eligibility.csv": "member_id,enrollment_start_date\nzed,2020-01-01\n",
        },
        {
            "member_crosswalk.csv": "previous_member_id,member_id\nada-1,ada\n",
            "claim_procedure.csv": "claim_id,procedure_rank,procedure_code\nS9,1,00HU3MZ\n",
        },
    ]
    found = []
    for number, files in enumerate(nights):
        land(delivered(tmp_path / str(number), files), landed=landed, as_of=RUN_DATE, rules=TAKE_ALL)
        found.append(staged(landed, keeps_rows=True))
        assert found[-1] == staged(landed, keeps_rows=False)

    members = [[member for (member,) in night["staging.candidate_member"]] for night in found]
    assert members == [[], ["ada", "cid"], ["ada", "bea", "cid"]]
    assert [night["staging.shared_claim_number"] for night in found] == [[], [("A1",)], [("A1",)]]
    assert [len(night["staging.claim_diagnosis"]) for night in found] == [0, 1, 1]
    assert [len(night["staging.medical_claim"]) for night in found] == [0, 2, 4]
    assert [len(night["staging.member_spelling"]) for night in found] == [0, 1, 1]
    assert [sum(int(str(row[1])) for row in night["staging.unenrolled_month"]) for night in found] == [3, 4, 4]

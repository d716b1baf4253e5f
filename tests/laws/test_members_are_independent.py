"""What comes out for a member depends on that member's rows alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.laws.population import (
    Extracts,
    Judged,
    added,
    diagnosis,
    fill,
    judged,
    medical_line,
    members_of,
    of_members,
    with_newest_line,
)
from tests.messy.edge_members import edge_members
from tests.messy.members import RUN_DATE, messy_members
from tests.support.product import VALUE_SETS, Table, differences

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_adding_members_changes_nobody_else(base: Judged, tmp_path: Path) -> None:
    others = messy_members(5503, 100, value_sets=VALUE_SETS)

    together = judged(added(base.extracts, {**others, "drug_crosswalk": []}), tmp_path).tables

    episodes = {key[0] for key in base.tables["episode_review"]}
    kept = {name: {key: row for key, row in rows.items() if key[0] in episodes} for name, rows in together.items()}
    assert len(together["episode_review"]) > len(episodes)
    assert differences(kept, base.tables) == []


@pytest.mark.long
def test_the_parts_of_a_population_give_the_union(base: Judged, tmp_path: Path) -> None:
    members = members_of(base.extracts)
    union: dict[str, Table] = {name: {} for name in base.tables}
    for number in range(2):
        part: Extracts = of_members(base.extracts, frozenset(members[number::2]))
        for name, rows in judged(with_newest_line(part), tmp_path / str(number)).tables.items():
            assert not rows.keys() & union[name].keys()
            union[name] |= rows

    assert differences(union, base.tables) == []


def test_the_history_read_is_that_of_members_with_an_index_code_and_of_nobody_else(tmp_path: Path) -> None:
    told = {"member_id": "ordinary", "_file": "more.csv"}
    ordinary: Extracts = {
        "medical_claim": [medical_line("ordinary", "ordinary-1", RUN_DATE, "99213", _file="more.csv")],
        "claim_diagnosis": [{**diagnosis("ordinary-1", "M54.50"), "_file": "more.csv"}],
        "claim_procedure": [
            {"claim_id": "ordinary-1", "procedure_rank": "1", "procedure_code": "0SG00A0", "_file": "more.csv"}
        ],
        "pharmacy_claim": [{**fill("ordinary", "ordinary-fill", RUN_DATE, "161", days=30), "_file": "more.csv"}],
        "eligibility": [{**told, "enrollment_start_date": "2020-01-01"}],
        "prior_authorization": [{**told, "authorization_id": "A9", "decision": "approved"}],
        "care_documentation": [{**told, "document_id": "D9", "modality": "exercise", "outcome": "no_benefit"}],
    }
    extracts = {
        table: [
            *rows,
            *({**row, "_delivery": "2", "_file": f"{table}_{row['_file']}"} for row in ordinary.get(table, ())),
        ]
        for table, rows in edge_members().items()
    }

    connection = judged(extracts, tmp_path).connection

    members = members_of(edge_members())
    for table, key in (
        *((name, "member_id") for name in ("medical_claim", "pharmacy_claim", "eligibility")),
        *((name, "member_id") for name in ("prior_authorization", "care_documentation")),
        *((name, "claim_id") for name in ("claim_diagnosis", "claim_procedure")),
    ):
        query = f"select count(*) from {{}}.{table} where starts_with({key}, 'ordinary')"
        assert connection.execute(query.format("landed")).fetchone() == (1,), table
        assert connection.execute(query.format("staging")).fetchone() == (0,), table
    staged = connection.execute("select distinct member_id from staging.medical_claim order by all").fetchall()
    assert [member_id for (member_id,) in staged] == members

"""The audit after any row of deliveries is that of everything delivered at once in the same order.

And it is the same after any order, where no two versions of a line tie.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.laws.population import Extracts, judged, population
from tests.support.product import differences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.messy.text import Row

MEMBERS = 40
VERSIONED = {
    "claim_diagnosis": ("claim_id", "diagnosis_rank"),
    "claim_procedure": ("claim_id", "procedure_rank"),
}


def scattered(extracts: Extracts, rng: random.Random, *, deliveries: int) -> Extracts:
    """The rows in random deliveries and files, some of them sent again later, some in two deliveries at once."""
    return {
        table: sorted(
            (
                {**row, "_delivery": f"{number:02d}", "_file": f"{table}_{rng.choice('aBc')}.csv"}
                for row in rng.sample(rows, len(rows))
                for number in rng.sample(range(1, deliveries + 1), k=rng.choice((1, 1, 1, 2)))
            ),
            key=lambda row: (row["_delivery"] or "", row["_file"] or ""),
        )
        for table, rows in extracts.items()
    }


def at_once(extracts: Extracts) -> Extracts:
    """The same rows in one delivery, in folders that stand in the order of the deliveries."""
    return {
        table: [{**row, "_delivery": None, "_file": f"{row['_delivery']}/{row['_file']}"} for row in rows]
        for table, rows in extracts.items()
    }


def in_order(extracts: Extracts, order: list[int]) -> Extracts:
    """The same deliveries in another order."""
    return {
        table: [{**row, "_delivery": f"{order[int(row['_delivery'] or 0) - 1]:02d}"} for row in rows]
        for table, rows in extracts.items()
    }


def without_ties(extracts: Extracts) -> Extracts:
    """The rows of which no two say different things of one line, rank or claim with the same right.

    Versions of a line stay where each has a paid date of its own; of other rows with one key the first stays. A claim
    names one original, and its diagnoses in one form.
    """
    lines: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in extracts["medical_claim"]:
        lines[key(row, "member_id"), key(row, "claim_id"), key(row, "claim_line_number").lstrip("0")].append(row)
    kept = []
    for versions in lines.values():
        dates = [key(row, "paid_date").replace("-", "") for row in versions]
        kept += versions if len(set(dates)) == len(dates) and all(dates) else versions[:1]
    originals: dict[tuple[str, str], str | None] = {}
    long_form = {key(row, "claim_id") for row in extracts["claim_diagnosis"]}
    wide: dict[str, Row] = {}
    settled = []
    for row in kept:
        claim = (key(row, "member_id"), key(row, "claim_id"))
        first = wide.setdefault(claim[1], row)
        diagnoses = {
            name: None if claim[1] in long_form else first.get(name)
            for name in {*row, *first}
            if name.startswith("diagnosis_code_")
        }
        if row.get("original_claim_id"):
            row = {**row, "original_claim_id": originals.setdefault(claim, row["original_claim_id"])}  # noqa: PLW2901
        settled.append({**row, **diagnoses})
    others = {
        table: list(
            {tuple(key(row, name).lstrip("0") for name in names): row for row in reversed(extracts[table])}.values()
        )
        for table, names in VERSIONED.items()
    }
    return {**extracts, **others, "medical_claim": settled}


def key(row: Row, name: str) -> str:
    return (row.get(name) or "").strip()


@pytest.mark.parametrize("seed", [1])
def test_deliveries_one_after_the_other_give_the_audit_of_all_at_once_in_their_order(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    rows = scattered(population(seed=5600 + seed, count=MEMBERS), rng, deliveries=rng.randint(2, 5))

    over_time = judged(rows, tmp_path / "over_time")
    together = judged(at_once(rows), tmp_path / "together")

    assert len(over_time.reviews) > MEMBERS // 2
    assert differences(over_time.tables, together.tables) == []


@pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.soak)])
def test_any_order_of_deliveries_gives_the_same_audit_where_no_versions_tie(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    deliveries = rng.randint(3, 5)
    rows = scattered(without_ties(population(seed=5600 + seed, count=MEMBERS)), rng, deliveries=deliveries)
    order = rng.sample(range(1, deliveries + 1), deliveries)

    one = judged(rows, tmp_path / "one")
    other = judged(in_order(rows, order), tmp_path / "other")

    assert len(one.reviews) > MEMBERS // 2
    versions = one.connection.execute("select count(*) from audit.claim_line_state where version_count > 1").fetchall()
    assert versions[0][0] > 0
    assert differences(one.tables, other.tables) == []


def test_where_all_versions_tie_the_order_of_deliveries_is_seen(tmp_path: Path) -> None:
    extracts = population(seed=5605, count=MEMBERS)
    tied = {**extracts, "medical_claim": [{**row, "paid_date": None} for row in extracts["medical_claim"]]}
    rows = scattered(tied, random.Random(5), deliveries=3)

    found = differences(
        judged(rows, tmp_path / "one").tables, judged(in_order(rows, [3, 2, 1]), tmp_path / "other").tables
    )

    assert found != []

"""The audit after any row of deliveries is that of everything delivered at once in the same order.

And it is the same after any order, where no two versions of a line tie and no two rows of one diagnosis, procedure,
cover, authorization or fill say different things: of those the order decides (docs/rule.md 2.2).
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.laws.population import Extracts, benefit_of, covers_side_by_side, judged, owner_of, population, span_of
from tests.second_opinion.codes import normal_word
from tests.second_opinion.values import hcpcs_and_modifiers, line_number
from tests.support.product import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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
    """The rows of which no two say different things of one line, rank, claim, cover, authorization or fill.

    Versions of a line stay where each has a paid date of its own; of other rows with one key the first stays. A claim
    names one original, and its diagnoses and procedures in one form.
    """
    lines: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in extracts["medical_claim"]:
        lines[key(row, "member_id"), key(row, "claim_id"), key(row, "claim_line_number").lstrip("0")].append(row)
    kept = []
    for versions in lines.values():
        dates = [key(row, "paid_date").replace("-", "") for row in versions]
        kept += versions if len(set(dates)) == len(dates) and all(dates) else versions[:1]
    others = {table: first_of_each(extracts[table], of_one_rank(*names)) for table, names in VERSIONED.items()}
    return {
        **extracts,
        **others,
        "medical_claim": in_one_form(kept, others),
        "eligibility": first_of_each(extracts["eligibility"], of_one_cover),
        "prior_authorization": without_withdrawals(first_of_each(extracts["prior_authorization"], of_one_code)),
        "pharmacy_claim": taken_back_for_sure(extracts["pharmacy_claim"]),
    }


def in_one_form(lines: list[Row], long_form: Mapping[str, list[Row]]) -> list[Row]:
    """The lines with one original a claim and the codes of its first in columns, where no row names any."""
    told = {
        column: {key(row, "claim_id") for row in long_form[table]}
        for column, table in (("diagnosis_", "claim_diagnosis"), ("procedure_", "claim_procedure"))
    }
    originals: dict[tuple[str, str], str | None] = {}
    first_lines: dict[str, Row] = {}
    settled = []
    for row in lines:
        claim = (key(row, "member_id"), key(row, "claim_id"))
        first = first_lines.setdefault(claim[1], row)
        codes = {
            name: None if claim[1] in told[column] else first.get(name)
            for column in told
            for name in {*row, *first}
            if name.startswith(column) and name != "diagnosis_pointer"
        }
        if row.get("original_claim_id"):
            codes["original_claim_id"] = originals.setdefault(claim, row["original_claim_id"])
        settled.append({**row, **codes})
    return settled


def first_of_each(rows: list[Row], of_one: Callable[[Row], tuple[object, ...]]) -> list[Row]:
    return list({of_one(row): row for row in reversed(rows)}.values())


def of_one_rank(*names: str) -> Callable[[Row], tuple[object, ...]]:
    return lambda row: tuple(key(row, name).lstrip("0") for name in names)


def of_one_cover(row: Row) -> tuple[object, ...]:
    return (*span_of(row), benefit_of(row))


def of_one_code(row: Row) -> tuple[object, ...]:
    return owner_of(row), key(row, "authorization_id"), hcpcs_and_modifiers(key(row, "hcpcs_code"))[0]


def without_withdrawals(rows: list[Row]) -> list[Row]:
    """The rows without those that take out every earlier row of an authorization, where it has another."""
    counts = Counter(of_one_code(row)[:2] for row in rows)
    return [
        row
        for row in rows
        if counts[of_one_code(row)[:2]] == 1
        or of_one_code(row)[2]
        or normal_word(row["decision"]) not in ("withdrawn", "denied")
    ]


def taken_back_for_sure(rows: list[Row]) -> list[Row]:
    """The fills with, where a reversed one may take back several, the first fill and the first reversed one alone."""
    lines: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        lines[owner_of(row), key(row, "claim_id"), line_number(key(row, "claim_line_number"))].append(row)
    kept: list[Row] = []
    for fills in lines.values():
        reversed_ones = [row for row in fills if normal_word(row["claim_status"]) == "reversed"]
        others = [row for row in fills if row not in reversed_ones]
        kept += [*others[:1], *reversed_ones[:1]] if reversed_ones else fills
    return kept


def key(row: Row, name: str) -> str:
    return (row.get(name) or "").strip()


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
def test_deliveries_one_after_the_other_give_the_audit_of_all_at_once_in_their_order(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    members = population(seed=5600 + seed, count=MEMBERS, shared_claim_ids=True)
    rows = covers_side_by_side(scattered(members, rng, deliveries=rng.randint(2, 5)))

    over_time = judged(rows, tmp_path / "over_time")
    together = judged(at_once(rows), tmp_path / "together")

    assert len(over_time.reviews) > MEMBERS // 2
    assert differences(over_time.tables, together.tables) == []


@pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.soak)])
def test_any_order_of_deliveries_gives_the_same_audit_where_no_versions_tie(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    deliveries = rng.randint(3, 5)
    members = without_ties(population(seed=5600 + seed, count=MEMBERS, shared_claim_ids=True))
    rows = covers_side_by_side(scattered(members, rng, deliveries=deliveries))
    order = rng.sample(range(1, deliveries + 1), deliveries)

    one = judged(rows, tmp_path / "one")
    other = judged(in_order(rows, order), tmp_path / "other")

    assert len(one.reviews) > MEMBERS // 2
    versions = one.connection.execute("select count(*) from audit.claim_line_state where version_count > 1").fetchall()
    assert versions[0][0] > 0
    assert differences(one.tables, other.tables) == []


@pytest.mark.long
def test_where_all_versions_tie_the_order_of_deliveries_is_seen(tmp_path: Path) -> None:
    extracts = population(seed=5605, count=MEMBERS)
    tied = {**extracts, "medical_claim": [{**row, "paid_date": None} for row in extracts["medical_claim"]]}
    rows = scattered(tied, random.Random(5), deliveries=3)

    found = differences(
        judged(rows, tmp_path / "one").tables, judged(in_order(rows, [3, 2, 1]), tmp_path / "other").tables
    )

    assert found != []

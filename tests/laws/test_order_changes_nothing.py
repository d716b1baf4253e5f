"""Row, file and delivery order change nothing, and neither does delivering again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.warehouse import open_warehouse
from pipelines.intake import ledger
from pipelines.intake.land import land
from tests.laws.population import (
    SETTINGS,
    Extracts,
    Judged,
    covers_side_by_side,
    first_versions,
    judged,
    shuffled,
    with_newest_line,
)
from tests.messy.members import RUN_DATE, messy_members
from tests.second_opinion.codes import normal_code
from tests.support.product import TAKE_ALL, VALUE_SETS, audit_tables, deliver, differences, judge_landed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.messy.text import Row


FORMS = ("diagnosis", "procedure")


@pytest.mark.long
def test_the_order_of_rows_in_a_file_changes_nothing(base: Judged, tmp_path: Path) -> None:
    mixed = shuffled(base.extracts, random.Random(1))
    assert mixed != base.extracts

    assert differences(judged(mixed, tmp_path).tables, base.tables) == []


@pytest.mark.long
def test_the_order_in_which_files_are_written_and_how_they_are_cut_change_nothing(base: Judged, tmp_path: Path) -> None:
    cut: Extracts = {}
    for table, rows in reversed(base.extracts.items()):
        # Ids stay in order below a folder that sorts as the file did.
        cut[table] = [
            {**row, "_file": f"{table}/{row['_file']}/{table}_part_{number * 3 // len(rows)}.csv"}
            for number, row in enumerate(rows)
        ]

    assert differences(judged(cut, tmp_path).tables, base.tables) == []


def test_deliveries_cut_anywhere_in_the_order_of_rows_give_the_result_of_all_at_once(
    base: Judged, tmp_path: Path
) -> None:
    rng = random.Random(2)
    cut: Extracts = {}
    for table, rows in base.extracts.items():
        ordered = sorted(rows, key=lambda row: (row["_file"] or "").encode())
        cuts = sorted(rng.choices(range(1, len(ordered) + 1), k=2))
        cut[table] = [
            {**row, "_delivery": str(1 + sum(number >= place for place in cuts))} for number, row in enumerate(ordered)
        ]

    kept_together = long_form_first(covers_side_by_side(cut))
    assert kept_together != cut
    assert differences(judged(kept_together, tmp_path).tables, base.tables) == []


def long_form_first(extracts: Extracts) -> Extracts:
    """The extracts with rows of a rank that a claim line names otherwise no later than that line.

    Tables are cut each by itself, and of two forms that name one rank differently "the last delivered wins"
    (docs/rule.md 2.2); in one delivery the files of the line come last, for `medical_claim` sorts behind the others.
    """
    named: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for line in extracts["medical_claim"]:
        for kind in FORMS:
            for rank in range(1, 26):
                if code := normal_code(line.get(f"{kind}_code_{rank}")):
                    place = (kind, (line["claim_id"] or "").strip(), str(rank))
                    named.setdefault(place, []).append((line["_delivery"] or "", code))
    moved = dict(extracts)
    for kind in FORMS:
        rows = extracts[f"claim_{kind}"]
        codes: dict[tuple[str, str, str], set[str]] = {}
        for row in rows:
            codes.setdefault(_rank_of(kind, row), set()).add(normal_code(row[f"{kind}_code"]))
        before = {
            place: min(delivery for delivery, _ in named[place])
            for place, told in codes.items()
            if {code for _, code in named.get(place, [])} - told
        }
        moved[f"claim_{kind}"] = [
            {**row, "_delivery": min(row["_delivery"] or "", before.get(_rank_of(kind, row), "9"))} for row in rows
        ]
    return moved


def _rank_of(kind: str, row: Row) -> tuple[str, str, str]:
    return kind, (row["claim_id"] or "").strip(), (row[f"{kind}_rank"] or "").strip().lstrip("0")


def test_rows_that_correct_nothing_may_come_in_any_delivery_and_file_and_come_again(tmp_path: Path) -> None:
    rng = random.Random(3)
    plain = with_newest_line(first_versions(messy_members(5502, 40, value_sets=VALUE_SETS, bad_row_share=0)))
    scattered: Extracts = {
        table: [
            {**row, "_delivery": str(delivery), "_file": f"{table}_{rng.choice('aBc')}.csv"}
            for row in rng.sample(rows, len(rows))
            for delivery in sorted(rng.choices((1, 2, 3), k=rng.choice((1, 1, 2))))
        ]
        for table, rows in plain.items()
    }

    alone = judged(plain, tmp_path / "alone").tables
    assert differences(judged(scattered, tmp_path / "scattered").tables, alone) == []


@pytest.mark.long
def test_delivering_the_same_files_again_changes_nothing(base: Judged, tmp_path: Path) -> None:
    (delivery,) = deliver(base.extracts, tmp_path)
    landed = tmp_path / "landed"
    assert land(delivery, landed=landed, as_of=RUN_DATE, rules=TAKE_ALL).delivery_number == 1

    again = land(delivery, landed=landed, as_of=RUN_DATE, rules=TAKE_ALL)

    assert again.delivery_number is None
    assert {file.fate for file in again.files} == {"already_landed"}
    connection = open_warehouse()
    ledger.attach(connection, landed)
    assert differences(audit_tables(judge_landed(connection, SETTINGS)), base.tables) == []

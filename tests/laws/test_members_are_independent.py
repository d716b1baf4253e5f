"""What comes out for a member depends on that member's rows alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.laws.population import Extracts, Judged, added, judged, members_of, of_members, with_newest_line
from tests.support.messy_members import messy_members
from tests.support.product import VALUE_SETS, Table, differences

if TYPE_CHECKING:
    from pathlib import Path


def test_adding_members_changes_nobody_else(base: Judged, tmp_path: Path) -> None:
    others = messy_members(5503, 100, value_sets=VALUE_SETS)

    together = judged(added(base.extracts, {**others, "drug_crosswalk": []}), tmp_path).tables

    episodes = {key[0] for key in base.tables["episode_review"]}
    kept = {name: {key: row for key, row in rows.items() if key[0] in episodes} for name, rows in together.items()}
    assert len(together["episode_review"]) > len(episodes)
    assert differences(kept, base.tables) == []


def test_the_parts_of_a_population_give_the_union(base: Judged, tmp_path: Path) -> None:
    members = members_of(base.extracts)
    union: dict[str, Table] = {name: {} for name in base.tables}
    for number in range(2):
        part: Extracts = of_members(base.extracts, frozenset(members[number::2]))
        for name, rows in judged(with_newest_line(part), tmp_path / str(number)).tables.items():
            assert not rows.keys() & union[name].keys()
            union[name] |= rows

    assert differences(union, base.tables) == []

"""Previous member identifiers and those of now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


@pytest.mark.parametrize(
    ("links", "named"),
    [
        ([("A", "B")], [("A", "B")]),
        ([("A", "B"), ("B", "C")], [("A", "C"), ("B", "C")]),
        ([("B", "C"), ("A", "B"), ("C", "D")], [("A", "D"), ("B", "D"), ("C", "D")]),
        ([("A", "B"), ("A", "B")], [("A", "B")]),
        ([("A", "B"), ("A", "C"), ("B", "C")], [("A", "C"), ("B", "C")]),
        ([("A", "C"), ("B", "C")], [("A", "C"), ("B", "C")]),
        ([], []),
    ],
)
def test_a_chain_is_followed_to_its_end(
    model: RunModel, links: list[tuple[str, str]], named: list[tuple[str, str]]
) -> None:
    rows = ["previous_member_id | member_id", *(" | ".join(link) for link in links)] if links else []

    made = model("staging.member_identifier", {"landed.member_crosswalk": "\n".join(rows)})

    assert made.rows("previous_member_id", "member_id") == named

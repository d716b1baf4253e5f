"""Counting lines that no credit took out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_credited_lines_do_not_stand(model: RunModel) -> None:
    made = model(
        "intermediate.standing_line",
        {"intermediate.counting_line": "line_key | is_credited\n1 | false\n2 | true"},
    )

    assert made.column("line_key") == ["1"]
    assert "is_credited" not in made.columns

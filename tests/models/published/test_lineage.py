"""The published table lineage."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_the_table_holds_each_model_with_its_meaning_and_what_it_is_made_of(published: RunModel) -> None:
    made = published(
        "lineage",
        {
            "run_facts.lineage": """
                model         | meaning              | made_of
                --------------+----------------------+--------------------------------
                audit.finding | One row per finding. | [audit.criterion_result, audit.episode_review]
                audit.about   | One row per topic.   | []
            """
        },
    )

    assert made.columns == ("model", "meaning", "made_of")
    assert made.rows("model", "made_of") == [
        ("audit.about", "[]"),
        ("audit.finding", "[audit.criterion_result, audit.episode_review]"),
    ]

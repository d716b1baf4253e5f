"""The bench itself: what a test of a model may not leave out, and what text tables mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.text_tables import TextTable, read_text_table

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

LINES = "claim_id | claim_line_number | delivery_number\nA1 | 1 | 1"


def test_a_text_table_has_a_row_a_line_and_a_blank_cell_is_no_value() -> None:
    assert read_text_table("""
        claim_id | note
        ---------+-----
        A1       |
        A2       | ''
    """) == TextTable(("claim_id", "note"), (("A1", None), ("A2", "")))
    assert read_text_table("") == TextTable((), ())
    assert read_text_table("claim_id\nA1") == TextTable(("claim_id",), (("A1",),))


def test_a_row_with_a_cell_too_many_or_a_column_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="A row has 2 cells, its table 1 columns"):
        read_text_table("claim_id\nA1 | 7")
    with pytest.raises(ValueError, match="A column is named twice"):
        read_text_table("claim_id | claim_id\nA1 | A2")


def test_the_tables_given_must_be_exactly_those_that_are_read(model: RunModel) -> None:
    with pytest.raises(AssertionError, match="the query reads"):
        model("intermediate.claim_line_version", {})
    with pytest.raises(AssertionError, match="the query reads"):
        model("intermediate.claim_line_version", {"staging.medical_claim": LINES, "staging.eligibility": ""})


def test_a_column_that_its_table_has_not_is_refused_and_the_next_model_runs_all_the_same(model: RunModel) -> None:
    with pytest.raises(AssertionError, match="has no column"):
        model("intermediate.claim_line_version", {"staging.medical_claim": "claim_number\nA1"})

    made = model("intermediate.claim_line_version", {"staging.medical_claim": LINES})

    assert made.row("claim_id", "line_key") == ("A1", "1")


def test_a_query_that_fails_leaves_the_bench_as_it_was(model: RunModel) -> None:
    unknown_group = "word | care_group\nrest | bed"
    tables = ("episode_policy", "care_service", "care_course", "care_cluster", "medication_day")
    given = {f"intermediate.{table}": "" for table in tables} | {
        "value_sets.documentation_modalities": unknown_group,
        "intermediate.open_episode": "episode_id | member_id\nE1 | ada",
        "intermediate.episode_policy": "episode_id | min_groups\nE1 | 2",
    }
    with pytest.raises(Exception, match="A care group that the rule does not measure"):
        model("intermediate.care_group_measure", given)

    assert model("intermediate.claim_line_version", {"staging.medical_claim": LINES}).column("claim_id") == ["A1"]

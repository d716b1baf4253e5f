"""The one list of closed words: its form, the table made of it, and that the models say no word beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.closed_words import labels_of, sentences_of, vocabulary, words_of
from pipelines.ground.warehouse import open_warehouse
from pipelines.rule.vocabulary import EXCLUSIONS
from tests.support.places import ROOT
from tests.support.run_in_small import make_working

if TYPE_CHECKING:
    from pathlib import Path

THEN_WORD = re.compile(r"then '(\w+)'")


def said_by(model: str) -> list[str]:
    """The words that the branches of a model give, in its order."""
    (path,) = (ROOT / "sql").rglob(f"{model}.sql")
    return THEN_WORD.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", vocabulary())
def test_the_words_of_a_kind_stand_once_and_are_numbered_from_one(kind: str) -> None:
    words = vocabulary()[kind]

    assert [word.position for word in words] == list(range(1, len(words) + 1))
    assert len(set(words_of(kind))) == len(words)
    assert all(text == text.strip() for word in words for text in (word.word, word.label, word.sentence))


@pytest.mark.parametrize("kind", vocabulary())
def test_a_kind_has_a_label_for_each_of_its_words_or_for_none(kind: str) -> None:
    labels = labels_of(kind).values()

    assert all(labels) or not any(labels)


def test_no_word_is_a_reason_twice_and_every_missing_feed_but_the_claims_has_a_meaning() -> None:
    reasons = words_of("exclusion", "outcome_reason")

    assert len(set(reasons)) == len(reasons)
    assert [feed for feed, means in sentences_of("feed").items() if not means] == ["medical_claim"]


def test_a_kind_that_is_not_in_the_list_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_of("outcome", "colour")


def test_the_rule_gives_its_exclusions_in_the_order_of_the_list_and_no_reason_or_note_beside_it() -> None:
    assert said_by("episode_exclusion") == [*EXCLUSIONS]
    assert sorted(said_by("episode_note")) == sorted(words_of("note"))
    outcomes, reasons = {*words_of("outcome")}, {*words_of("outcome_reason")}
    assert {*said_by("episode_outcome")} <= outcomes | reasons
    assert reasons - {*said_by("episode_outcome")} == {"medication_unknown"}, "the branch left over, after else"


def test_the_working_file_holds_the_list_for_models_that_need_order_label_or_sentence(tmp_path: Path) -> None:
    working = make_working(tmp_path / "work" / "run.duckdb")
    with open_warehouse(working, read_only=True) as connection:
        rows = connection.execute("select kind, word, position, label, sentence from vocabulary.word").fetchall()

    assert rows == [tuple(word) for words in vocabulary().values() for word in words]

"""The closed words of the program: the list ``sql/vocabulary/word.csv``, read once.

What the words mean is the business of those who say them; here they are a kind, a word, its place, and what people
read for it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pipelines.ground.program_files import SQL

if TYPE_CHECKING:
    from collections.abc import Mapping

VOCABULARY_CSV: Final = SQL / "vocabulary" / "word.csv"


class Word(NamedTuple):
    """One line of ``sql/vocabulary/word.csv``: a closed word, its place in its kind, and what people read for it."""

    kind: str
    word: str
    position: int
    label: str
    sentence: str


@cache
def vocabulary() -> Mapping[str, tuple[Word, ...]]:
    """Every closed word by its kind, in the order of the positions."""
    kinds: dict[str, list[Word]] = defaultdict(list)
    with VOCABULARY_CSV.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            word = Word(line["kind"], line["word"], int(line["position"]), line["label"], line["sentence"])
            kinds[word.kind].append(word)
    return {kind: tuple(sorted(words, key=lambda word: word.position)) for kind, words in kinds.items()}


def words_of(*kinds: str) -> tuple[str, ...]:
    """The words of one or more kinds in their order; raises ``KeyError`` for a kind that the list does not have."""
    return tuple(word.word for kind in kinds for word in vocabulary()[kind])


def labels_of(*kinds: str) -> Mapping[str, str]:
    """The label of each word of one or more kinds, in their order."""
    return {word.word: word.label for kind in kinds for word in vocabulary()[kind]}


def sentences_of(kind: str) -> Mapping[str, str]:
    """The sentence of each word of a kind, in their order."""
    return {word.word: word.sentence for word in vocabulary()[kind]}

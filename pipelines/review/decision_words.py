"""The closed words that reviewers choose from, read from ``sql/decisions``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.program_files import SQL

if TYPE_CHECKING:
    from collections.abc import Mapping


LISTS = SQL / "decisions"


class OutcomeWord(NamedTuple):
    """One line of ``sql/decisions/review_outcome.csv``: an outcome, who may set it and what it asks for."""

    decision_kind: str
    review_outcome: str
    label: str
    who_may_set: str
    closes_case: str
    counts_as: str
    needs_note: str
    needs_outcome_in_force: str


class ReasonWord(NamedTuple):
    """One line of ``sql/decisions/review_reason.csv``: a reason for one outcome."""

    decision_kind: str
    review_outcome: str
    review_reason: str
    label: str
    needs_note: str


@dataclass(frozen=True)
class DecisionWords:
    """The closed lists that decisions are made of."""

    kinds: Mapping[str, str]
    """What people decide about a case, and what each means; an assignment hands a case over and decides nothing."""
    outcomes: Mapping[tuple[str, str], OutcomeWord]
    reasons: Mapping[tuple[str, str, str], ReasonWord]
    standing_by_credential: Mapping[str, str]
    licence_states: frozenset[str]

    def outcomes_of(self, decision_kind: str) -> list[str]:
        """The outcomes of one kind of decision, in the order of the list."""
        return [outcome for kind, outcome in self.outcomes if kind == decision_kind]

    def reasons_of(self, decision_kind: str, review_outcome: str) -> list[str]:
        """The reasons for one outcome, in the order of the list."""
        return [reason for kind, outcome, reason in self.reasons if (kind, outcome) == (decision_kind, review_outcome)]

    def kind_of(self, review_outcome: str | None) -> str:
        """The kind of decision that an outcome is meant as where nobody says it: review, or the one that has it."""
        kinds = [kind for kind in self.kinds if (kind, review_outcome) in self.outcomes]
        return kinds[0] if len(kinds) == 1 else "review"

    def closes_case(self, review_outcome: str | None) -> bool:
        """Whether a review outcome closes its case."""
        word = self.outcomes.get(("review", review_outcome or ""))
        return word is not None and word.closes_case == "yes"


@cache
def decision_words() -> DecisionWords:
    """The closed lists of ``sql/decisions``."""
    outcomes = [OutcomeWord(**line) for line in read_list("review_outcome")]
    reasons = [ReasonWord(**line) for line in read_list("review_reason")]
    return DecisionWords(
        kinds={line["decision_kind"]: line["label"] for line in read_list("decision_kind")},
        outcomes={(word.decision_kind, word.review_outcome): word for word in outcomes},
        reasons={(word.decision_kind, word.review_outcome, word.review_reason): word for word in reasons},
        standing_by_credential={
            line["reviewer_credential"]: line["standing"] for line in read_list("reviewer_credential")
        },
        licence_states=frozenset(line["licence_state"] for line in read_list("licence_state")),
    )


def read_list(name: str) -> list[dict[str, str]]:
    """The lines of one closed list of ``sql/decisions``, as dictionaries."""
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))

"""What an example expects of the audit: its words after ``expect``, read against the vocabulary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipelines.ground.closed_words import words_of
from pipelines.rule.vocabulary import CARE_GROUPS, CRITERIA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


NOTHING: Final = "nothing"
"""The word for no value."""
REVIEW_COLUMNS: Final[Mapping[str, str]] = {
    "outcome": "outcome",
    "reason": "outcome_reason",
    "exclusions": "exclusion_reasons",
    "notes": "notes",
    "anchor": "anchor_date",
    "last": "last_event_date",
    "kind": "episode_kind",
    "stage": "event_stage",
    "diagnosis": "diagnosis_class",
    "billed": "billed_diagnoses",
    "codes": "index_codes",
    "claims": "claim_ids",
    "paid": "paid_amount",
    "allowed": "allowed_amount",
    "payment": "payment_stage",
    "enrolled_days": "enrolled_days",
    "enrollment_complete": "enrollment_complete",
    "drugs_visible": "drugs_visible",
    "authorization": "prior_authorization_state",
    "lob": "line_of_business",
    "policy": "policy_id",
    "priority": "priority_score",
    "next": "next_step",
}
"""The words of an expectation that speak of the episode, each with its column of ``audit.episode_review``."""
CRITERION_COLUMNS: Final = ("observed_value", "threshold_value")
GROUP_COLUMNS: Final = ("service_count", "measure", "threshold", "first_date", "last_date")
OUTCOMES: Final = words_of("outcome")
REASONS: Final = words_of("exclusion", "outcome_reason")

_CLOSED_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "outcome": OUTCOMES,
    "reason": REASONS,
    "exclusions": words_of("exclusion"),
    "notes": words_of("note"),
    "kind": words_of("episode_kind"),
    "stage": words_of("event_stage"),
    "diagnosis": words_of("diagnosis_class"),
    "payment": words_of("payment_stage"),
    "authorization": words_of("prior_authorization_state"),
    "next": words_of("next_step"),
    **dict.fromkeys(CRITERIA, words_of("criterion_result")),
    **dict.fromkeys(CARE_GROUPS, words_of("care_group_state")),
}
# Each subject with what may stand after its point; none where that is a code or an identifier.
_PARTS: Final[Mapping[str, tuple[str, ...] | None]] = {
    **dict.fromkeys(REVIEW_COLUMNS, ()),
    **dict.fromkeys(CRITERIA, CRITERION_COLUMNS),
    **dict.fromkeys(CARE_GROUPS, GROUP_COLUMNS),
    "priority": words_of("priority_part"),
    "ledger": None,
    "claim": None,
    "statement": None,
}
_CHECK = re.compile(r"([a-z_0-9]+)(?:\.([^=+]+?))?(\+=|-=|=)(.*)", re.DOTALL)


class LineFaultError(Exception):
    """What is wrong with one line of an example, without its place."""


@dataclass(frozen=True)
class Check:
    """One thing expected: of a subject (and a part of it), an operator and a value, as written.

    ``operator`` is ``=``, ``+=`` (the list has it) or ``-=`` (the list has it not).
    """

    subject: str
    part: str | None
    operator: str
    value: str
    line_number: int

    @property
    def text(self) -> str:
        """The check as it was written."""
        return f"{self.subject}{f'.{self.part}' if self.part else ''}{self.operator}{self.value}"


class Expected:
    """What the lines of one example read so far expect: how many episodes, and the checks of each by its number."""

    def __init__(self) -> None:
        self.episode_count: int | None = None
        self.checks: dict[int, list[Check]] = {}

    @property
    def is_nothing(self) -> bool:
        """Whether no line has expected anything."""
        return not self.checks and self.episode_count is None

    def read(self, words: list[str], line_number: int) -> None:
        """Takes in the words after one ``expect``; raises ``LineFaultError`` with what was to be written."""
        match words:
            case ["no", "episode"]:
                self._count_episodes(0)
                return
            case [count, "episodes" | "episode"] if count.isdigit():
                self._count_episodes(int(count))
                return
            case ["episode", number, *rest] if number.isdigit() and int(number):
                episode, words = int(number), rest
            case _:
                episode = 1
        if not words:
            message = "say what is expected, such as `expect flagged no_conservative_care_found`"
            raise LineFaultError(message)
        self.checks.setdefault(episode, []).extend(_checks(words, line_number))

    def _count_episodes(self, count: int) -> None:
        if self.episode_count is not None:
            message = "the number of episodes is said twice; keep one"
            raise LineFaultError(message)
        self.episode_count = count


def _checks(words: list[str], line_number: int) -> Iterator[Check]:
    for word in words:
        if word in OUTCOMES:
            yield Check("outcome", None, "=", word, line_number)
        elif word in REASONS:
            yield Check("reason", None, "=", word, line_number)
        else:
            yield _check(word, line_number)


def _check(word: str, line_number: int) -> Check:
    found = _CHECK.fullmatch(word)
    if found is None:
        message = (
            "an expectation is an outcome, a reason, or `subject=value`; outcomes: "
            f"{', '.join(OUTCOMES)}; reasons: {', '.join(REASONS)}"
        )
        raise LineFaultError(message)
    check = Check(found[1], found[2], found[3], found[4], line_number)
    _refuse_unknown(check)
    return check


def _refuse_unknown(check: Check) -> None:
    """Raises ``LineFaultError`` for a subject, a part or a closed word that the audit never says."""
    if check.subject not in _PARTS:
        message = f"nothing can be expected of {check.subject}; expect something of: {', '.join(_PARTS)}"
        raise LineFaultError(message)
    known = _PARTS[check.subject]
    if (known is None and check.part is None) or (known is not None and check.part and check.part not in known):
        asked = "a code or identifier" if known is None else " or ".join(known) or "nothing"
        message = f"after `{check.subject}.` comes {asked}"
        raise LineFaultError(message)
    if check.part is None and check.subject in _CLOSED_WORDS:
        allowed = (*_CLOSED_WORDS[check.subject], NOTHING)
        if any(word not in allowed for word in listed(check.value)):
            message = f"{check.subject} is of: {', '.join(allowed)}"
            raise LineFaultError(message)


def listed(value: str) -> list[str]:
    """The words of a list as written: ``a,b`` or ``[a,b]``; ``[]`` and nothing are the empty list."""
    return [word for word in value.removeprefix("[").removesuffix("]").split(",") if word]

"""Where the review of each case stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.ground.closed_words import words_of
from pipelines.ground.program_files import home
from pipelines.ground.warehouse import put_frame
from pipelines.review.decision_words import decision_words
from pipelines.review.decisions import read_decisions, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


CASE_REVIEW_SCHEMA: Mapping[str, pl.DataType] = {
    "case_id": pl.String(),
    "episode_id": pl.String(),
    "case_status": pl.String(),
    "changed": pl.List(pl.String()),
    "is_flagged": pl.Boolean(),
    "evidence_digest": pl.String(),
    "evidence_parts": pl.String(),
    "first_flagged_date": pl.Date(),
    "age_days": pl.Int32(),
    "assignee": pl.String(),
    "decision_id": pl.String(),
    "review_outcome": pl.String(),
    "review_reason": pl.String(),
    "review_note": pl.String(),
    "reviewer": pl.String(),
    "reviewer_credential": pl.String(),
    "licence_state": pl.String(),
    "decided_on": pl.Date(),
    "appeal_outcome": pl.String(),
    "payment_action": pl.String(),
}
"""The columns of ``case_review``."""

CARRIED = (
    "decision_id",
    "review_outcome",
    "review_reason",
    "review_note",
    "reviewer",
    "reviewer_credential",
    "licence_state",
    "decided_on",
)
"""What ``case_review`` shows of the decision in force."""

CHANGED_WORDS: Mapping[str, str] = {
    "outcome": "result of the audit",
    "claims": "claims, codes or dates",
    "dollars": "dollars",
    "visibility": "enrolment, drug visibility or prior authorization",
    "notes": "notes",
    "criteria": "criteria",
    "care": "care found",
    "statements": "documentation statements",
    "history": "history facts",
}
NO_LONGER_IN_AUDIT = "the case is no longer in the audit"

# A supported finding may have cost somebody money, so it comes back also when its case is no longer flagged.
RETURNS_OFF_THE_LIST = frozenset({"FINDING_SUPPORTED"})


def earlier_flags(connection: Connection, *, schema: str = "audit") -> pl.DataFrame:
    """One row per earlier publish and case flagged in it: ``as_of_date``, ``case_id``, ``episode_id``.

    ``schema`` holds ``run_history`` and ``case_version``: ``audit`` in a published file, ``run_facts`` before.
    """
    return connection.execute(
        "select run_history.as_of_date, case_version.case_id, case_version.episode_id "
        f"from {schema}.case_version inner join {schema}.run_history "
        "on case_version.from_run_number <= run_history.run_number "
        "and case_version.to_run_number >= run_history.run_number "
        "where case_version.is_in_audit and case_version.outcome = 'flagged' "
        f"and run_history.run_number < (select max(run_number) from {schema}.run_history)"
    ).pl()


def evidence_query() -> str:
    """The query that gives one row per episode of ``audit.episode_review`` with the digest of its evidence."""
    return (home().sql / "history" / "evidence.sql").read_text(encoding="utf-8")


def episodes_with_evidence(connection: Connection) -> pl.DataFrame:
    """One row per episode of ``audit.episode_review`` with the digest of its evidence, by name."""
    episodes = connection.execute(
        "select case_id, episode_id, outcome, outcome_reason, policy_id, policy_version, anchor_date, paid_amount, "
        "priority_score from audit.episode_review"
    ).pl()
    evidence = connection.execute(evidence_query()).pl()
    return episodes.join(evidence, on="episode_id", how="inner", validate="1:1").sort("episode_id")


def case_review(
    connection: Connection, decisions: pl.DataFrame, *, as_of: date, flags: pl.DataFrame | None = None
) -> pl.DataFrame:
    """One row per flagged episode, and per decided case that left the list: its status and the decision in force.

    ``case_status`` is ``new`` (no earlier run flagged it), ``open``, ``decided``, or ``returned``: the evidence is not
    what the reviewer saw, and ``changed`` says what is different. A decision stands while the evidence digest stands,
    whatever the run. A case that is no longer flagged returns only where its finding was supported. ``flags`` are the
    rows of ``earlier_flags``.
    """
    episodes = episodes_with_evidence(connection)
    place = Placing(episodes)
    by_case: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for decision in decisions.iter_rows(named=True):
        by_case[place.of(decision) or f"gone {decision['case_id']}"].append(decision)
    first_flagged: dict[str, date] = {}
    for flag in () if flags is None else flags.iter_rows(named=True):
        if episode_id := place.of(flag):
            first_flagged[episode_id] = min(flag["as_of_date"], first_flagged.get(episode_id, flag["as_of_date"]))
    rows = [
        _case_row(episode, by_case.get(episode["episode_id"], []), first_flagged.get(episode["episode_id"]), as_of)
        for episode in episodes.iter_rows(named=True)
        if episode["outcome"] == "flagged" or by_case.get(episode["episode_id"])
    ]
    rows += [_gone_row(of_case, as_of) for key, of_case in by_case.items() if key.startswith("gone ")]
    return pl.DataFrame(rows, schema=dict(CASE_REVIEW_SCHEMA), orient="row").sort("case_id", "episode_id")


class Placing:
    """Where in today's audit an earlier row belongs: to the episode of its case, else to the one of its name."""

    def __init__(self, episodes: pl.DataFrame) -> None:
        pairs = list(episodes.select("episode_id", "case_id").iter_rows())
        shared = Counter(case_id for _, case_id in pairs)
        self._episodes = {episode_id for episode_id, _ in pairs}
        self._by_case = {case_id: episode_id for episode_id, case_id in pairs if shared[case_id] == 1}

    def of(self, row: Mapping[str, Any]) -> str | None:
        """The episode that ``row`` (with ``episode_id`` and ``case_id``) speaks of, if today's audit has it."""
        by_name = row["episode_id"] if row["episode_id"] in self._episodes else None
        return self._by_case.get(row["case_id"], by_name)


def put_review_tables(connection: Connection, store: Path, *, as_of: date) -> None:
    """Makes ``run_facts.decision`` and ``run_facts.case_status`` for publish, from the store and this run's audit.

    ``connection`` is the run's working file after ``run_facts.run_history`` and ``run_facts.case_version`` were made.
    """
    decisions = read_decisions(store)
    flags = earlier_flags(connection, schema="run_facts")
    review = case_review(connection, decisions, as_of=as_of, flags=flags)
    for name, frame in (("decision", decisions), ("case_status", review)):
        put_frame(connection, f"run_facts.{name}", frame)


@dataclass(frozen=True)
class DecisionList:
    """The cases with their review status, for the command line."""

    cases: pl.DataFrame

    def lines(self) -> list[str]:
        """How many cases stand where, then a line a decided or returned case."""
        counts = Counter(self.cases.get_column("case_status").to_list())
        lines = [", ".join(f"{counts[status]:,} {status}" for status in words_of("case_status"))]
        for case in self.cases.filter(pl.col("review_outcome").is_not_null()).iter_rows(named=True):
            since = f"; changed since: {', '.join(case['changed'])}" if case["changed"] else ""
            lines.append(
                f"  {case['case_id']}  {case['case_status']}  {case['review_outcome']} "
                f"({case['review_reason'] or '-'}) by {signature(case)} on {case['decided_on']}{since}"
            )
        return lines

    def as_json(self) -> list[dict[str, Any]]:
        """One dictionary a case, dates as ISO text."""
        return [
            {name: to_json(value) for name, value in case.items() if name != "evidence_parts"}
            for case in self.cases.iter_rows(named=True)
        ]


def list_decisions(connection: Connection, store: Path) -> DecisionList:
    """The cases of the published audit in ``connection`` with every decision in the store, also the newest."""
    return DecisionList(published_review(connection, store))


def published_review(connection: Connection, store: Path) -> pl.DataFrame:
    """``case_review`` of the published audit in ``connection``, with every decision that the store holds by now."""
    as_of = connection.execute("select as_of_date from audit.run").fetchall()[0][0]
    return case_review(connection, read_decisions(store), as_of=as_of, flags=earlier_flags(connection))


def signature(decision: Mapping[str, Any]) -> str:
    """Who decided, as reports name it: name, credential, licence state."""
    licence = f"licence {decision['licence_state']}" if decision["licence_state"] else None
    return ", ".join(filter(None, [decision["reviewer"], decision["reviewer_credential"], licence]))


def _case_row(
    episode: Mapping[str, Any], decisions: Sequence[Mapping[str, Any]], flagged_before: date | None, as_of: date
) -> dict[str, Any]:
    standing = decisions_standing(decisions)
    in_force = standing.get("review")
    is_flagged = episode["outcome"] == "flagged"
    changed: list[str] = []
    if in_force is None:
        status = "open" if flagged_before or not is_flagged else "new"
    else:
        if in_force["evidence_digest"] != episode["evidence_digest"] and (
            is_flagged or in_force["review_outcome"] in RETURNS_OFF_THE_LIST
        ):
            changed = _changed(in_force, episode)
        status = "returned" if changed else "decided"
    first = flagged_before or (as_of if is_flagged else None)
    return _row(standing, as_of, first) | {
        "case_id": episode["case_id"],
        "episode_id": episode["episode_id"],
        "case_status": status,
        "changed": changed,
        "is_flagged": is_flagged,
        "evidence_digest": episode["evidence_digest"],
        "evidence_parts": episode["evidence_parts"],
    }


def _gone_row(decisions: Sequence[Mapping[str, Any]], as_of: date) -> dict[str, Any]:
    standing = decisions_standing(decisions)
    in_force = standing.get("review")
    returns = in_force is not None and in_force["review_outcome"] in RETURNS_OFF_THE_LIST
    return _row(standing, as_of, decisions[-1]["first_flagged_date"]) | {
        "case_id": decisions[-1]["case_id"],
        "episode_id": decisions[-1]["episode_id"],
        "case_status": "returned" if returns else "decided" if in_force else "open",
        "changed": [NO_LONGER_IN_AUDIT] if returns else [],
        "is_flagged": False,
        "evidence_digest": None,
        "evidence_parts": None,
    }


def _row(standing: Mapping[str, Mapping[str, Any]], as_of: date, first: date | None) -> dict[str, Any]:
    in_force: Mapping[str, Any] = standing.get("review", {})
    return {
        "first_flagged_date": first,
        "age_days": (as_of - first).days if first else None,
        "assignee": standing.get("assignment", {}).get("assignee"),
        "appeal_outcome": standing.get("appeal", {}).get("review_outcome"),
        "payment_action": standing.get("payment_action", {}).get("review_outcome"),
    } | {name: in_force.get(name) for name in CARRIED}


def decisions_standing(decisions: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The last decision of each kind of one case, in the order of recording.

    A new review outcome, also a reopening, ends what second reviews, appeals and payment actions said of the old one;
    a review that was taken back is not in force.
    """
    words = decision_words()
    standing: dict[str, Mapping[str, Any]] = {}
    for decision in decisions:
        if decision["decision_kind"] == "review":
            standing = {kind: last for kind, last in standing.items() if kind == "assignment"}
            if not words.closes_case(decision["review_outcome"]):
                continue
        standing[decision["decision_kind"]] = decision
    return standing


def _changed(decision: Mapping[str, Any], episode: Mapping[str, Any]) -> list[str]:
    """What is different from the evidence a decision was made on, in words; never empty."""
    seen, now = _parts(decision["evidence_parts"]), _parts(episode["evidence_parts"])
    words = []
    for part, word in CHANGED_WORDS.items():
        if seen.get(part) == now.get(part):
            continue
        if part == "dollars":
            then, now_paid = (_paid(each["paid_amount"]) for each in (decision, episode))
            words.append(f"{word}: {then} paid then, {now_paid} now")
        elif part == "outcome" and decision["outcome"] != episode["outcome"]:
            words.append(f"{word}: {decision['outcome']} then, {episode['outcome']} now")
        else:
            words.append(word)
    return words or [CHANGED_WORDS["claims"]]


def _paid(amount: Decimal | None) -> str:
    return "an unknown amount" if amount is None else f"{amount:,.2f}"


def _parts(text: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in text.split("; "))

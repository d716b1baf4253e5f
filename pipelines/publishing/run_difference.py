"""What two runs see differently, case by case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.ground.near_names import unknown_name
from pipelines.ground.warehouse import asked, one_column

if TYPE_CHECKING:
    from decimal import Decimal

    from pipelines.ground.warehouse import Connection


WORDS = {
    "newly_flagged": "newly flagged",
    "no_longer_flagged": "no longer flagged",
    "only_in_second": "only in the second",
    "only_in_first": "only in the first",
    "changed": "changed",
}


class RunMark(NamedTuple):
    """A run as the history has it."""

    run_id: str
    run_number: int
    known_from_utc: str
    code_version: str
    landed_digest: str
    value_set_digest: str
    policy_versions: tuple[str, ...]
    flagged_count: int


class CaseDifference(NamedTuple):
    """One case that the two runs see differently."""

    case_id: str
    member_id: str
    case_difference: str
    first_outcome: str | None
    first_outcome_reason: str | None
    first_policy_version: str | None
    first_paid_amount: Decimal | None
    second_outcome: str | None
    second_outcome_reason: str | None
    second_policy_version: str | None
    second_paid_amount: Decimal | None
    is_same_evidence: bool


@dataclass(frozen=True)
class RunDifference:
    """Two runs, and every case that they see differently, by kind of difference and name."""

    first: RunMark
    second: RunMark
    cases: tuple[CaseDifference, ...]

    def lines(self) -> tuple[str, ...]:
        """What ``head`` says, then a line a case."""
        return (*self.head(), *(f"  {'  '.join(filter(None, case))}" for case in self.told_cases()))

    def head(self) -> tuple[str, ...]:
        """The two runs and what differs in what they were made of, and the counts of cases."""
        counts = Counter(case.case_difference for case in self.cases)
        told = [f"{counts[kind]:,} {words}" for kind, words in WORDS.items() if counts[kind]]
        return (
            *(
                f"{run.run_id}: known from {run.known_from_utc} UTC, {run.flagged_count:,} flagged"
                for run in (self.first, self.second)
            ),
            f"Made of other: {', '.join(self.made_of_other()) or 'nothing'}.",
            f"Cases seen differently: {', '.join(told) or 'none'}.",
        )

    def told_cases(self) -> tuple[tuple[str, ...], ...]:
        """One row per case with the cells of ``TOLD_COLUMNS``, as people read them."""
        return tuple(
            (
                case.case_id,
                WORDS[case.case_difference],
                _side(case.first_outcome, case.first_outcome_reason, case.first_paid_amount),
                _side(case.second_outcome, case.second_outcome_reason, case.second_paid_amount),
                "the same" if case.is_same_evidence else "other",
            )
            for case in self.cases
        )

    def as_json(self) -> dict[str, Any]:
        """The two runs, what they were made of differently, and the cases."""
        return {
            "first": self.first._asdict(),
            "second": self.second._asdict(),
            "made_of_other": self.made_of_other(),
            "cases": [
                {
                    **case._asdict(),
                    "first_paid_amount": _amount(case.first_paid_amount),
                    "second_paid_amount": _amount(case.second_paid_amount),
                }
                for case in self.cases
            ],
        }

    def made_of_other(self) -> list[str]:
        """What the two runs were made of that is not the same: rows, policies, value sets, code."""
        pairs = {
            "rows": (self.first.landed_digest, self.second.landed_digest),
            "policies": (self.first.policy_versions, self.second.policy_versions),
            "value sets": (self.first.value_set_digest, self.second.value_set_digest),
            "code": (self.first.code_version, self.second.code_version),
        }
        return [name for name, (then, now) in pairs.items() if then != now]


def run_difference(connection: Connection, first_run_id: str, second_run_id: str) -> RunDifference:
    """What two runs in the history of the published file see differently.

    ``connection`` has the published file open. Raises ``UsageError`` naming the runs it knows for another one.
    """
    first, second = _mark(connection, first_run_id), _mark(connection, second_run_id)
    rows = asked(
        connection,
        f"select {', '.join(CaseDifference._fields)} from audit.diff_runs($first, $second)",
        {"first": first_run_id, "second": second_run_id},
    ).fetchall()
    order = list(WORDS)
    cases = sorted(
        (CaseDifference(*row) for row in rows), key=lambda case: (order.index(case.case_difference), case.case_id)
    )
    return RunDifference(first, second, tuple(cases))


UNKNOWN = "an unknown amount"
TOLD_COLUMNS = ("case_id", "difference", "first", "second", "evidence")


def _mark(connection: Connection, run_id: str) -> RunMark:
    rows = asked(
        connection,
        "select run_id, run_number, cast(known_from_utc as varchar), code_version, landed_digest, value_set_digest, "
        "policy_versions, flagged_count from audit.run_history where run_id = $run_id order by run_number desc limit 1",
        {"run_id": run_id},
    ).fetchall()
    if not rows:
        known = one_column(connection, "select run_id from audit.run_history order by run_number desc")
        raise unknown_name(run_id, list(dict.fromkeys(known)), kind="run", place="The published file")
    mark = RunMark._make(rows[0])
    return mark._replace(policy_versions=tuple(mark.policy_versions))


def _side(outcome: str | None, reason: str | None, paid: Decimal | None) -> str:
    """How one of the two runs sees a case; blank where it has none."""
    return "" if outcome is None else f"{outcome} ({reason}), {_amount(paid) or UNKNOWN} paid"


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"

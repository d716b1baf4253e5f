"""The silence detector: what should have been found, and what used to be there.

An audit that finds nothing looks like an audit of blameless claims. So invented members with known verdicts are audited
before every run, apart from it, and a delivery from which too much has vanished against earlier ones is not published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.gates.validate import CheckResult
from pipelines.ground.errors import CheckFailedError
from pipelines.proof.examples import run_examples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


CONTROL_CHECK = "control_members"
CONTROL_TABLE = "control_member"


class ControlsFailedError(CheckFailedError):
    """Control members did not come out as expected, so the program cannot be trusted; ``differences`` say where."""

    def __init__(self, differences: Sequence[str], *, failed_count: int, total_count: int) -> None:
        self.differences = tuple(differences)
        lines = "\n".join(f"  {difference}" for difference in differences)
        super().__init__(
            f"{failed_count} of {total_count} control members did not come out as expected, so nothing was landed or "
            f"published; the last published audit stays in place.\n{lines}\n"
            "The delivery is not at fault: a model, a policy, a value set or a library changed. Take the last change "
            "back, or, where the change was meant, correct sql/controls and have it checked like the policy."
        )


def control_members(sql: Path) -> CheckResult:
    """The passed check ``control_members``: every planted member of ``sql/controls`` came out as expected.

    They are audited in a database of their own in memory, by the models of a run, under the default policy and with
    their own dates and feeds; no row of theirs can reach a real table. The policies are taken as they are, also where a
    review is due: whether they may be used is not asked here. Raises ``ControlsFailedError`` naming those that
    differ, with what was expected and found: the members are invented, so both may be shown.
    """
    results = run_examples(sql / "controls", sql=sql).results
    failed = [result for result in results if not result.is_met]
    if failed:
        raise ControlsFailedError(
            [f"{result.example.title}: {difference}" for result in failed for difference in result.differences],
            failed_count=len(failed),
            total_count=len(results),
        )
    return CheckResult(
        check_name=CONTROL_CHECK,
        severity="critical",
        table_name=CONTROL_TABLE,
        failed_count=0,
        total_count=len(results),
        status="passed",
        description="Invented members with known verdicts come out as expected; they are audited apart from real ones.",
        consequence="An audit that no longer finds what it should looks like an audit of blameless claims.",
    )

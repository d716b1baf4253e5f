"""The published macro that gives the flags of a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunMacro


def test_the_audit_published_last_at_or_before_the_moment_is_in_force(macro: RunMacro) -> None:
    tables = {
        "audit.run_history": """
            run_number | known_from_utc
            -----------+--------------------
            1          | 2026-01-01 02:00:00
            2          | 2026-01-02 02:00:00
        """,
        "audit.flag_history": "run_number | case_id\n1 | C1\n2 | C2",
    }

    def flagged(moment: str) -> list[str | None]:
        return macro("flags_as_of", f"timestamp '{moment}'", tables).column("case_id")

    assert flagged("2026-01-01 01:59:59") == []
    assert flagged("2026-01-01 02:00:00") == ["C1"]
    assert flagged("2026-01-02 01:59:59") == ["C1"]
    assert flagged("2026-01-02 02:00:00") == ["C2"]
    assert flagged("2030-01-01 00:00:00") == ["C2"]

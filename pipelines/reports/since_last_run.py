"""What is new on the list since the publish before this one, from the life of the cases in the published audit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.queries import query
from pipelines.reports.suppression import may_show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.ground.warehouse import Connection


NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


class News(NamedTuple):
    """What is new about one flagged case: ``new`` on the list, ``changed`` or ``unchanged``, and what changed."""

    word: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class SinceLastRun:
    """The news of every flagged case by name; without an earlier publish (``is_first``) all are new."""

    cases: Mapping[str, News]
    left_count: int
    """Cases that were flagged in the publish before and are not any more."""
    is_first: bool

    def word(self, case_id: str) -> str:
        """``new``, ``changed`` or ``unchanged``; blank for a case that the history does not know."""
        return self.cases[case_id].word if case_id in self.cases else ""

    def changed(self, case_id: str) -> tuple[str, ...]:
        """What changed about a case that was on the list before, in words; nothing for any other."""
        news = self.cases.get(case_id)
        return news.changed if news and news.word == CHANGED else ()

    def count(self, word: str) -> int:
        """How many flagged cases are new, changed or unchanged."""
        return Counter(news.word for news in self.cases.values())[word]

    def shown_new_count(self) -> int | None:
        """How many are new, for a report that names nobody; none where something small could be told from it.

        Whoever has the report of the run before knows how many were flagged then, and so how many left from how many
        came. So the count is shown only where those that stayed and those that left could be shown too.
        """
        new_count = self.count(NEW)
        counts = (new_count, len(self.cases) - new_count, self.left_count)
        return new_count if all(may_show(count) for count in counts) else None


def since_last_run(connection: Connection) -> SinceLastRun | None:
    """What is new since the publish before; none where the audit in ``connection`` holds no history of its cases."""
    tables = "select count(*) from duckdb_tables() where table_name in ('case_version', 'run_history')"
    if connection.execute(tables).fetchall()[0][0] < 2:  # noqa: PLR2004 - the two tables named
        return None
    [[run_count]] = connection.execute("select count(*) from audit.run_history").fetchall()
    left_count = len(connection.execute(query("no_longer_flagged")).fetchall())
    cases = {
        case_id: News(word, tuple(name.replace("_", " ") for name in changed or ()))
        for case_id, word, changed in connection.execute(query("flagged_news")).fetchall()
    }
    return SinceLastRun(cases, left_count, is_first=run_count == 1)

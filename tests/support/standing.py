"""What is published without its reports: for tests of what the audit says, which no page adds to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.publishing.history import settle
from pipelines.publishing.publishes import KEEP_PUBLISHES, SNAPSHOT_DAYS, finish, let_go, swing

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.publishing.publish import Published


def stood(
    out: Path, published: Published, *, keep_publishes: int = KEEP_PUBLISHES, days: int = SNAPSHOT_DAYS
) -> Published:
    """``published``, which was built in ``out`` and now stands there, without reports."""
    finish(out, published.name, written=published.written)
    swing(out, published.name)
    settle(out / "history", published.name)
    let_go(out, keep_publishes=keep_publishes, days=days)
    return published

"""The questions that the program asks of an audit: selects that make no table, one a file below ``sql/queries``."""

from __future__ import annotations

from functools import cache

from pipelines.ground.program_files import home


@cache
def query(name: str) -> str:
    """The select of ``sql/queries/<name>.sql``."""
    return (home().sql / "queries" / f"{name}.sql").read_text(encoding="utf-8")

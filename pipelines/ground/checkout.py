"""Where the program's own SQL is, and which version it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pipelines.ground.errors import UsageError


@dataclass(frozen=True)
class Home:
    """Where the models, policies, value sets and suites of the program are."""

    sql: Path
    expectations: Path
    sample_data: Path


def home() -> Home:
    """The checkout this program runs from. Raises ``UsageError`` when it was torn from its SQL."""
    root = Path(__file__).resolve().parents[2]
    found = Home(root / "sql", root / "expectations", root / "sample_data" / "extracts")
    if not found.sql.is_dir():
        message = f"The folder {found.sql} is missing. Run stimaudit from a whole checkout of the repository."
        raise UsageError(message)
    return found


def code_version(here: Home) -> str:
    """The program's version and a digest of its modules, models, control members and suites: ``0.1.0+3f2a91c07b1e``."""
    digest = hashlib.sha256()
    root = here.sql.parent
    for path in sorted(
        [
            *(root / "pipelines").rglob("*.py"),
            *here.sql.rglob("*.sql"),
            *here.sql.glob("controls/*.txt"),
            *here.expectations.rglob("*.json"),
        ]
    ):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{version('stimaudit')}+{digest.hexdigest()[:12]}"

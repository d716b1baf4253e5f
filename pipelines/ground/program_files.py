"""Where the files are that come with the program, and which version it is.

From a checkout they stand at the top beside the package; in an installed wheel below ``pipelines/_files``. This module
alone knows which: no other may ask for its own place on disk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import distribution, version
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parents[1]
CARRIED = PACKAGE / "_files"
TOP = CARRIED if CARRIED.is_dir() else PACKAGE.parent

SQL = TOP / "sql"
EXPECTATIONS = TOP / "expectations"
SAMPLE_DATA = TOP / "sample_data" / "extracts"
TEMPLATES = PACKAGE / "reports" / "templates"
FONTS = PACKAGE / "reports" / "fonts"

VERSIONED = frozenset({"policies", "value_sets"})


@dataclass(frozen=True)
class Home:
    """Where the models, policies, value sets and suites of the program are, and the versions it was tested with."""

    sql: Path
    expectations: Path
    sample_data: Path
    lock: Path


def home() -> Home:
    """The files of this program. Raises ``UsageError`` when it was torn from them."""
    if not SQL.is_dir():
        message = (
            f"The folder {SQL} is missing. Run stimaudit from a whole checkout of the repository, or from its wheel."
        )
        raise UsageError(message)
    return Home(SQL, EXPECTATIONS, SAMPLE_DATA, _lock())


def _lock() -> Path:
    """The lock, which a wheel carries with its metadata."""
    if TOP != CARRIED:
        return TOP / "requirements.lock"
    program = distribution("stimaudit")
    return Path(str(program.locate_file(f"stimaudit-{program.version}.dist-info/extra_metadata/requirements.lock")))


def code_version(here: Home) -> str:
    """The program's version and a digest of its modules, models, lists, control members and suites.

    Such as ``0.1.0+3f2a91c07b1e``; the same from a checkout and from its wheel.
    """
    digest = hashlib.sha256()
    for name, path in sorted(_code(here)):
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return f"{version('stimaudit')}+{digest.hexdigest()[:12]}"


def pages_version(here: Home) -> str:
    """A digest of all of the program that a page is made with: what ``code_version`` covers, templates, libraries."""
    digest = hashlib.sha256(code_version(here).encode())
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for library in ("duckdb", "jinja2", "markupsafe"):
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()


def _code(here: Home) -> Iterator[tuple[str, Path]]:
    """What decides how a delivery is read and judged, by its name in the checkout.

    Without policies and value sets: they have versions of their own, and a run names them.
    """
    for name, folder, suffixes in (
        ("pipelines", PACKAGE, {".py"}),
        ("sql", here.sql, {".sql", ".csv", ".txt"}),
        ("expectations", here.expectations, {".json"}),
    ):
        for path in folder.rglob("*"):
            place = path.relative_to(folder)
            if path.suffix in suffixes and not VERSIONED.intersection(place.parts[:1]):
                yield f"{name}/{place.as_posix()}", path

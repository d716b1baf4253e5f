"""Case pages that stand: of what each was made, what it shows and since which run, so that a night makes what changed.

A page is of what it is made from (``KeptPage.made_of``): where that is the same, it is not made again. Where it is made
again and shows the same (``KeptPage.shows``), it stays the page it was, and says so by the run that first showed it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.ground.errors import IntegrityError
from pipelines.ground.files import fault_of, json_text, read_file, write_file
from pipelines.ground.records import RecordError, judge_json, record
from pipelines.publishing.publishes import read_publish, share_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.reports.frame import Stamp


PAGES_RECORD = "pages.json"


@record
@dataclass(frozen=True)
class ShownSince:
    """The run that first showed a page as it is: its name, its run date, when it was made (UTC), and the program."""

    run_id: str
    as_of: str
    made_at_utc: str
    code_version: str


@record
@dataclass(frozen=True)
class KeptPage:
    """One case page: the digest of all that it was made of, the digest of what it shows, and since which run."""

    made_of: str
    shows: str
    since: ShownSince


@record
@dataclass(frozen=True)
class PagesRecord:
    """The case pages of one publish, by case."""

    cases: dict[str, KeptPage]


@dataclass(frozen=True)
class StandingPages:
    """The case pages of the publish that stands, as its record and its manifest have them."""

    folder: Path | None = None
    """The folder of its pages; none where a page may not become a second name of one that stands."""
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The digest of each page by its case."""
    cases: Mapping[str, KeptPage] = field(default_factory=lambda: MappingProxyType({}))

    def share(self, case_id: str, path: Path) -> bool:
        """Whether the standing page of the case stands at ``path``, too; one that was changed since is not shared."""
        if self.folder is None or case_id not in self.digests:
            return False
        standing = self.folder / "cases" / f"{case_id}.html"
        if fault_of(standing, self.digests[case_id]):
            return False
        share_file(standing, path)
        return True


NO_PAGES = StandingPages()


class Standing(NamedTuple):
    """The publish that stands, for the next one: its folder, and where its pages are in it.

    ``may_share`` where a page of the next one may be a second name of one that stands.
    """

    publish: Path
    pages: str
    may_share: bool = True


def standing_pages(standing: Standing, stamp: Stamp) -> StandingPages:
    """The case pages that stand, for the run of ``stamp`` to keep what is the same.

    None of them where the record is not as it was written or has a later run: what an earlier run shows is not since
    a later one.
    """
    name = f"{standing.pages}/{PAGES_RECORD}"
    try:
        listed = {file.name: file.sha256 for file in read_publish(standing.publish).files}
        if fault_of(standing.publish / name, listed.get(name, "")):
            return NO_PAGES
        kept = judge_json(PagesRecord, read_file(standing.publish / name))
    except (IntegrityError, OSError, RecordError):
        return NO_PAGES
    if any(page.since.made_at_utc > stamp.made_at_utc for page in kept.cases.values()):
        return NO_PAGES
    digests = {case_id: listed.get(f"{standing.pages}/cases/{case_id}.html", "") for case_id in kept.cases}
    return StandingPages(standing.publish / standing.pages if standing.may_share else None, digests, kept.cases)


def write_record(folder: Path, cases: Mapping[str, KeptPage]) -> Path:
    """The record of the pages ``cases``, by case, written into the folder of their pages."""
    path = folder / PAGES_RECORD
    write_file(path, json_text({"cases": {name: asdict(cases[name]) for name in sorted(cases)}}).encode())
    return path


def since_run(stamp: Stamp) -> ShownSince:
    """The run of ``stamp``, as the one that first shows a page."""
    return ShownSince(stamp.run_id, stamp.as_of_date.isoformat(), stamp.made_at_utc, stamp.code_version)


def digest_of(*parts: Any) -> str:
    """The digest of plain data, dates and decimals by their text."""
    return text_digest(json.dumps(parts, sort_keys=True, default=str))


def text_digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

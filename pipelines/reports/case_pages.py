"""The case pages of a publish: those whose case shows something else are made, the others stand as they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import StimauditError
from pipelines.reports.case_file import read_case_files, read_case_keys, read_parameters
from pipelines.reports.case_page import case_page
from pipelines.reports.frame import CASE_ID, write_text
from pipelines.reports.kept_pages import KeptPage, ShownSince, digest_of, since_run, text_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import CaseFile, CaseKey, Row
    from pipelines.reports.frame import Templates
    from pipelines.reports.kept_pages import StandingPages
    from pipelines.reports.payer_words import LetterTemplate
    from pipelines.rule.dossier import Policy


CASES_AT_ONCE = 400
PLACE_TO_FILL = "["
SHOWN_OF_REVIEW = ("case_status", "changed", "assignee")
"""What a case page shows of where its review stands; the age of a case would be another one every night."""
STAMP_PLACE = "\N{NULL}stamp\N{NULL}"
"""What stands for the stamp in a page until it is known since which run the page is what it is."""
NO_RUN = ShownSince("", "", "", "")


@dataclass(frozen=True)
class Beside:
    """What case pages show beside the rows of their case, from what all cases have in common."""

    labels: Mapping[str, str]
    feeds: frozenset[str]
    dossiers: Mapping[str, Policy]
    payer: LetterTemplate | None
    reviews: Mapping[str, Row]
    decisions: Mapping[str, Sequence[Row]]
    nights: Mapping[str, Sequence[Row]]
    made_with: str
    """The version of program, templates and libraries."""

    def of(self, key: CaseKey) -> dict[str, Any]:
        """What the page of one case is given beside the case."""
        standing = self.reviews.get(key.case_id)
        return {
            "rights": _rights(self.payer, key.line_of_business),
            "standing": standing and {name: standing[name] for name in SHOWN_OF_REVIEW},
            "decisions": self.decisions.get(key.case_id, []),
            "nights": self.nights.get(key.case_id, []),
        }


@dataclass(frozen=True)
class CasePages:
    """The pages that were written, best case first, what is to be kept of each, and the cases whose page was made."""

    paths: tuple[Path, ...]
    kept: Mapping[str, KeptPage]
    made: tuple[str, ...]


def write_case_pages(
    connection: Connection,
    environment: Templates,
    context: Mapping[str, Any],
    folder: Path,
    *,
    beside: Beside,
    standing: StandingPages,
    written: Callable[[], None],
) -> CasePages:
    """A page a case in ``folder``. ``written`` is told of each.

    A page made of the same as the ``standing`` one is not made again, and one that shows the same is the standing page.
    Raises ``StimauditError`` where a case id cannot be a file name.
    """
    keys = read_case_keys(connection)
    made_of = _made_of(connection, context, keys, beside)
    kept: dict[str, KeptPage] = {}
    for key in keys:
        old = standing.cases.get(key.case_id)
        if old and old.made_of == made_of[key.case_id] and standing.share(key.case_id, _path(folder, key)):
            kept[key.case_id] = old
            written()
    to_make = {key.episode_id: key for key in keys if key.case_id not in kept}
    maker = _Maker(environment, context, beside)
    for case in read_case_files(connection, list(to_make), batch=CASES_AT_ONCE):
        key = to_make[case.review["episode_id"]]
        text = maker.text(key, case)
        shows = text_digest(text.replace(STAMP_PLACE, maker.stamp(NO_RUN)))
        old = standing.cases.get(key.case_id)
        is_same = old is not None and old.shows == shows
        since = old.since if old and is_same else since_run(context["stamp"])
        if not (is_same and standing.share(key.case_id, _path(folder, key))):
            write_text(_path(folder, key), text.replace(STAMP_PLACE, maker.stamp(since)))
        kept[key.case_id] = KeptPage(made_of[key.case_id], shows, since)
        written()
    return CasePages(tuple(_path(folder, key) for key in keys), kept, tuple(key.case_id for key in to_make.values()))


@dataclass(frozen=True)
class _Maker:
    """What makes the text of a case page, and that of the stamp in it."""

    environment: Templates
    context: Mapping[str, Any]
    beside: Beside

    def text(self, key: CaseKey, case: CaseFile) -> str:
        """The page of one case, with ``STAMP_PLACE`` where its stamp goes."""
        return self.environment.get_template("case.html.j2").render(
            **self.context,
            **self.beside.of(key),
            page=case_page(case, labels=self.beside.labels, feeds=self.beside.feeds),
            policy=self.beside.dossiers.get(key.policy_id),
            stamp_place=STAMP_PLACE,
        )

    def stamp(self, since: ShownSince) -> str:
        """What a page says of the run since which it is what it is."""
        return self.environment.get_template("case_stamp.html.j2").render(**self.context, since=since)


def _made_of(
    connection: Connection, context: Mapping[str, Any], keys: Iterable[CaseKey], beside: Beside
) -> dict[str, str]:
    """The digest of all that the page of each case is made of, by case."""
    all_have = digest_of(
        beside.made_with, sorted(beside.labels.items()), sorted(beside.feeds), context["stamp"].is_synthetic
    )
    of_policy = {
        policy_id: digest_of(parameters, dossier.sha256 if (dossier := beside.dossiers.get(policy_id)) else None)
        for policy_id, parameters in read_parameters(connection).items()
    }
    return {key.case_id: digest_of(all_have, key, of_policy.get(key.policy_id), beside.of(key)) for key in keys}


def _path(folder: Path, key: CaseKey) -> Path:
    """Where the page of a case is; raises ``StimauditError`` where its name cannot be that of a file."""
    if not CASE_ID.fullmatch(key.case_id):
        message = (
            "A case id holds something other than letters, digits, dots, hyphens and underscores, so no page can be "
            "named after it. This is a fault of the program: report it."
        )
        raise StimauditError(message)
    return folder / f"{key.case_id}.html"


def _rights(payer: LetterTemplate | None, line_of_business: str | None) -> dict[str, str] | None:
    """The payer's text of rights for a line of business and where it is from; none where it is not there or not filled.

    ``line_of_business`` of it is blank where the text is the one for all.
    """
    text = payer.rights_of(line_of_business) if payer else ""
    if payer is None or PLACE_TO_FILL in text:
        return None
    own = line_of_business if line_of_business in payer.rights_by_line_of_business else ""
    return {"text": text, "line_of_business": own or "", "template_version": payer.template_version}

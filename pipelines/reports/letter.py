"""The draft of a records request: a tagged PDF from a payer's template, for a person to read, change and approve.

It names what the request needs and nothing else: the claims of one provider, the member, the documents wanted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.ground.errors import UsageError
from pipelines.ground.files import FILE_MODE, FOLDER_MODE
from pipelines.reports import words
from pipelines.reports.case_file import read_case_file
from pipelines.reports.case_page import case_page
from pipelines.reports.frame import CASE_ID, make_environment, read_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import CaseFile, Row
    from pipelines.reports.payer_words import LetterTemplate


PDF_VARIANT = "pdf/ua-1"
UNKNOWN_PROVIDER = ""


@dataclass(frozen=True)
class ProviderLetter:
    """One letter of the PDF: a billing provider and their implant lines, nobody else's."""

    provider: str
    letter_id: str
    lines: Sequence[Row]


def write_letter(connection: Connection, case_id: str, folder: Path, *, template: LetterTemplate) -> Path:
    """The draft letters of one flagged or held case, one a billing provider, in one PDF below ``folder``.

    ``connection`` reads the published audit, whose tables it can name without their schema; ``template`` are the
    payer's own words. The same audit and template give the same bytes. Raises ``UsageError`` where no such case asks
    for records.
    """
    case = read_case_file(connection, case_id) if CASE_ID.fullmatch(case_id) else None
    if case is None or case.review["outcome"] == "documented":
        message = (
            "The published audit has no flagged or held case of that name, so there is nothing to request. "
            "Case ids are on the worklist."
        )
        raise UsageError(message)
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    path = folder / f"{case.review['case_id']}-records-request.pdf"
    page = case_page(case, labels={}, feeds=frozenset())
    html = (
        make_environment()
        .get_template("letter.html.j2")
        .render(
            stamp=read_stamp(connection),
            words=words,
            payer=template,
            rights=template.rights_of(case.review["line_of_business"]),
            case=case,
            letters=_letters(case, template),
            records=[record for record in page.records if record.is_asked],
            open_criteria=[line for line in page.criteria if line.result != "met"][:4],
            policy_title=_policy_title(connection, case),
        )
    )
    path.write_bytes(_pdf(html))
    path.chmod(FILE_MODE)
    return path


def _policy_title(connection: Connection, case: CaseFile) -> str:
    [[title]] = connection.execute(
        "select any_value(policy_title) from policy where policy_id = $policy", {"policy": case.review["policy_id"]}
    ).fetchall()
    return str(title)


def _letters(case: CaseFile, payer: LetterTemplate) -> list[ProviderLetter]:
    """One letter a billing provider of the episode's implant lines; lines of no known provider share one."""
    lines: dict[str, list[Row]] = {}
    for event in case.events:
        if event["lane"] in {"trial", "implant"}:
            provider = event["billing_npi"] or event["rendering_npi"] or UNKNOWN_PROVIDER
            lines.setdefault(provider, []).append(event)
    return [
        ProviderLetter(provider, _letter_id(case, provider, payer), own)
        for provider, own in sorted(lines.items(), key=lambda entry: (entry[0] == UNKNOWN_PROVIDER, entry[0]))
    ]


def _letter_id(case: CaseFile, provider: str, payer: LetterTemplate) -> str:
    digest = hashlib.sha256(f"{case.review['case_id']}|{provider}|{payer.template_version}".encode()).hexdigest()
    return f"RR-{digest[:10].upper()}"


def _pdf(html: str) -> bytes:
    """The tagged PDF of ``html``; nothing is fetched, and its identifier is a digest of its content."""
    from weasyprint import HTML  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    class NothingFetched(URLFetcher):  # type: ignore[misc]
        """A fetcher that refuses every address: a letter stands on its own."""

        def fetch(self, url: str, headers: object = None) -> object:
            """Refuses ``url``."""
            del url, headers
            message = "A letter loads nothing."
            raise ValueError(message)

    identifier = hashlib.sha256(html.encode()).digest()[:16]
    document = HTML(string=html, url_fetcher=NothingFetched())
    made: bytes = document.write_pdf(pdf_variant=PDF_VARIANT, pdf_identifier=identifier)
    return made

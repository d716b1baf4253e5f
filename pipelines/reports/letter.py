"""The drafts of a records request: a PDF a provider in a payer's own words, for a person to read, change and approve.

It names what the request needs and nothing else: the claims of one provider, the member, the documents wanted.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.reports.case_file import read_case_file
from pipelines.reports.case_page import case_page
from pipelines.reports.letter_pdf import RecordsRequest, RequestedService, letter_pdf
from pipelines.reports.pages import CASE_ID, FILE_MODE, FOLDER_MODE, TEMPLATES, read_stamp
from pipelines.reports.words import day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.reports.case_file import CaseFile, Row
    from pipelines.warehouse import Connection

EXAMPLE_TEMPLATE = TEMPLATES / "letter.toml"
PAYERS_TEMPLATE = "letter.toml"
"""Where in its output folder a payer keeps the template it has filled."""
UNKNOWN_PROVIDER = ""
OPEN_CRITERIA_SHOWN = 4


@dataclass(frozen=True)
class LetterTemplate:
    """A payer's own words in the letter; a text in square brackets is a place somebody still has to fill."""

    template_version: str
    payer_name: str
    payer_address: tuple[str, ...]
    contact: str
    ways_to_send: tuple[str, ...]
    due: str
    no_reply: str
    rights: str
    approver: str
    rights_by_line_of_business: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def rights_of(self, line_of_business: str | None) -> str:
        """The rights text for a line of business, as far as it is filled; the one for all others where it has none."""
        return self.rights_by_line_of_business.get(line_of_business or "", self.rights)


def payers_template(out: Path) -> LetterTemplate | None:
    """The template that the payer filled and put into its output folder; none where there is none.

    Raises ``UsageError`` as ``read_letter_template`` does.
    """
    path = out / PAYERS_TEMPLATE
    return read_letter_template(path) if path.is_file() else None


def read_letter_template(path: Path) -> LetterTemplate:
    """The payer's letter template at ``path``. Raises ``UsageError`` naming every key that is missing or wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"The letter template {path} cannot be read ({error.strerror}). Name a TOML file."
        raise UsageError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"The letter template {path} is not TOML: {error}."
        raise UsageError(message) from None
    lists, tables = {"payer_address", "ways_to_send"}, {"rights_by_line_of_business"}
    known = [template_field.name for template_field in fields(LetterTemplate)]
    faults = [f"'{key}' is not a key of it" for key in content if key not in known]
    for key in known:
        value = content.get(key, {} if key in tables else None)
        if key in tables:
            if not isinstance(value, dict) or not all(_is_text(text) for text in value.values()):
                faults.append(f"'{key}' must be a table from line of business to text")
        elif key in lists:
            if not isinstance(value, list) or not value or not all(_is_text(line) for line in value):
                faults.append(f"'{key}' must be a list of lines")
        elif not _is_text(value):
            faults.append(f"'{key}' must be a text")
    if faults:
        message = f"The letter template {path} cannot be used: {'; '.join(faults)}. Its keys are: {', '.join(known)}."
        raise UsageError(message)
    texts: dict[str, Any] = {
        key: tuple(content[key]) if key in lists else content[key].strip() for key in known if key not in tables
    }
    by_line = {line: text.strip() for line, text in content.get("rights_by_line_of_business", {}).items()}
    return LetterTemplate(**texts, rights_by_line_of_business=MappingProxyType(by_line))


def write_letters(connection: Connection, case_id: str, folder: Path, *, template: LetterTemplate) -> tuple[Path, ...]:
    """The draft letters of one flagged or held case below ``folder``, a PDF a billing provider, by provider.

    ``connection`` reads the published audit, whose tables it can name without their schema; ``template`` are the
    payer's own words. The same audit and template give the same bytes. Earlier drafts of the case are removed. Raises
    ``UsageError`` where no such case asks for records, and ``StimauditError`` where a letter cannot be set.
    """
    case = read_case_file(connection, case_id) if CASE_ID.fullmatch(case_id) else None
    if case is None or case.review["outcome"] == "documented":
        message = (
            "The published audit has no flagged or held case of that name, so there is nothing to request. "
            "Case ids are on the worklist."
        )
        raise UsageError(message)
    letters = [(request.letter_id, letter_pdf(request)) for request in _requests(connection, case, template)]
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for earlier in _drafts(folder, case_id):
        earlier.unlink()
    return tuple(_write(folder / f"{case_id}-records-request-{letter_id}.pdf", pdf) for letter_id, pdf in letters)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _policy_title(connection: Connection, case: CaseFile) -> str:
    [[title]] = connection.execute(
        "select any_value(policy_title) from policy where policy_id = $policy", {"policy": case.review["policy_id"]}
    ).fetchall()
    return str(title)


def _requests(connection: Connection, case: CaseFile, payer: LetterTemplate) -> list[RecordsRequest]:
    """One request a billing provider of the episode's implant lines, those of no known provider last."""
    stamp, page = read_stamp(connection), case_page(case, labels={}, feeds=frozenset())
    open_criteria = [line for line in page.criteria if line.result != "met"][:OPEN_CRITERIA_SHOWN]
    whole = RecordsRequest(
        letter_id="",
        template_version=payer.template_version,
        case_id=case.review["case_id"],
        member_id=case.review["member_id"],
        provider=UNKNOWN_PROVIDER,
        services=(),
        policy_title=_policy_title(connection, case),
        policy_version=case.review["policy_version"],
        open_questions=[f"{line.name}: {_inside(line.asked)}." for line in open_criteria],
        documents=[f"{record.document}." for record in page.records if record.is_asked],
        payer_name=payer.payer_name,
        payer_address=payer.payer_address,
        contact=payer.contact,
        ways_to_send=payer.ways_to_send,
        due=payer.due,
        no_reply=payer.no_reply,
        rights=payer.rights_of(case.review["line_of_business"]),
        approver=payer.approver,
        run_id=stamp.run_id,
        as_of_date=stamp.as_of_date,
        code_version=stamp.code_version,
        is_synthetic=stamp.is_synthetic,
    )
    return [
        replace(whole, provider=provider, letter_id=_letter_id(case, provider, payer), services=services)
        for provider, services in _services(case)
    ]


def _services(case: CaseFile) -> list[tuple[str, list[RequestedService]]]:
    """The implant lines of the episode by billing provider; those of no known provider stand together, the last."""
    services: dict[str, list[RequestedService]] = {}
    for event in case.events:
        if event["lane"] in {"trial", "implant"}:
            provider = event["billing_npi"] or event["rendering_npi"] or UNKNOWN_PROVIDER
            services.setdefault(provider, []).append(_service(event))
    return sorted(services.items(), key=lambda entry: (entry[0] == UNKNOWN_PROVIDER, entry[0]))


def _service(event: Row) -> RequestedService:
    return RequestedService(
        claim=event["claim_id"] or "",
        line=event["claim_line_number"] or "procedure row",
        day=day(event["start_date"]),
        procedure=f"{event['code']} {event['label'] or ''}".strip(),
    )


def _inside(sentence: str) -> str:
    """``sentence`` to stand inside another one."""
    return f"{sentence[:1].lower()}{sentence[1:].removesuffix('.')}"


def _letter_id(case: CaseFile, provider: str, payer: LetterTemplate) -> str:
    digest = hashlib.sha256(f"{case.review['case_id']}|{provider}|{payer.template_version}".encode()).hexdigest()
    return f"RR-{digest[:10].upper()}"


def _drafts(folder: Path, case_id: str) -> list[Path]:
    """The letters of a case that an earlier draft left in ``folder``."""
    names = re.compile(rf"{re.escape(case_id)}-records-request(-RR-[0-9A-F]{{10}})?\.pdf")
    return [path for path in folder.iterdir() if names.fullmatch(path.name)]


def _write(path: Path, pdf: bytes) -> Path:
    path.write_bytes(pdf)
    path.chmod(FILE_MODE)
    return path

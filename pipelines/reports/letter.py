"""The drafts of a records request: a PDF a provider in a payer's own words, for a person to read, change and approve.

It names what the request needs and nothing else: the claims of one provider, the member, the documents wanted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.ground.files import offer_folder, write_file
from pipelines.ground.near_names import unknown_name
from pipelines.ground.registers import enter
from pipelines.ground.warehouse import asked, one_column
from pipelines.reports.case_file import read_case_file
from pipelines.reports.case_page import case_page
from pipelines.reports.frame import CASE_ID, read_stamp
from pipelines.reports.letter_pdf import RecordsRequest, RequestedService, letter_pdf
from pipelines.reports.words import day

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import CaseFile, Row
    from pipelines.reports.payer_words import LetterTemplate


UNKNOWN_PROVIDER = ""
OPEN_CRITERIA_SHOWN = 4
NOTHING_TO_ASK = "Of other cases there is nothing to request."


def write_letters(
    connection: Connection, case_id: str, folder: Path, *, template: LetterTemplate, out: Path | None = None
) -> tuple[Path, ...]:
    """The draft letters of one flagged or held case below ``folder``, a PDF a billing provider, by provider.

    ``connection`` reads the published audit, whose tables it can name without their schema; ``template`` are the
    payer's own words. The same audit and template give the same bytes. Earlier drafts of the case are removed. Letters
    below an output folder ``out`` are entered in its register. Raises
    ``UsageError`` where no such case asks for records, and ``StimauditError`` where a letter cannot be set.
    """
    case = read_case_file(connection, case_id) if CASE_ID.fullmatch(case_id) else None
    if case is None or case.review["outcome"] == "documented":
        known = one_column(
            connection,
            "select case_id from episode_review where outcome in ('flagged', 'not_assessable') "
            "order by priority_score desc nulls last, case_id",
        )
        raise unknown_name(
            case_id, known, kind="flagged or held case", place="The published audit", more=NOTHING_TO_ASK
        )
    letters = [(request.letter_id, letter_pdf(request)) for request in _requests(connection, case, template)]
    offer_folder(folder)
    written = tuple(_write(folder / f"{case_id}-records-request-{letter_id}.pdf", pdf) for letter_id, pdf in letters)
    earlier = [draft for draft in _drafts(folder, case_id) if draft not in written]
    if out is not None:
        enter(out, "letters", written, gone=earlier)
    for draft in earlier:  # last, so that no register ever lists a letter that is not there
        draft.unlink()
    return written


def _policy_title(connection: Connection, case: CaseFile) -> str:
    [[title]] = asked(
        connection,
        "select any_value(policy_title) from policy where policy_id = $policy",
        {"policy": case.review["policy_id"]},
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
    write_file(path, pdf)
    return path

"""Why an episode has its outcome, in plain words, from the published tables alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.ground.near_names import unknown_name
from pipelines.ground.warehouse import asked, one_column
from pipelines.reports.case_file import REMARK_ORDER, read_case_file
from pipelines.reports.records import records_to_request
from pipelines.reports.row_remarks import row_remarks
from pipelines.reports.words import (
    COUNTS_REASONS,
    EVIDENCE_KINDS,
    OUTCOME_SENTENCES,
    OUTCOMES,
    REASON_SENTENCES,
    RESULTS_IN_TEXT,
    dollars,
    phrase,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pipelines.ground.warehouse import Connection


EVIDENCE_SHOWN = 20
NOT_KNOWN = (
    "A claim is known by its number when a line or procedure row of it holds an implantation code; `stimaudit sql` has "
    "the rest."
)
SETTLED_BY_RECORDS = ("flagged", "not_assessable")


class Explained(NamedTuple):
    """One episode that was asked for, with the lines that say why it has its outcome."""

    episode_id: str
    case_id: str
    outcome: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """What is to be said of the name that was asked for: its episodes, and claim lines that are in none."""

    episodes: tuple[Explained, ...]
    claim_lines: tuple[dict[str, Any], ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The episodes one after another, then the claim lines that are in no episode, a line each."""
        apart = [line for line in self.claim_lines if line["episode_id"] is None]
        told = [line for episode in self.episodes for line in episode.lines]
        if apart and not self.episodes:
            told.append("The claim has implantation lines, and none of them is in an episode:")
        return (*told, *(_of_claim_line(line) for line in apart))

    def as_json(self) -> dict[str, Any]:
        """The episodes with their sentences, and the claim lines where a claim number was given."""
        return {
            "episodes": [episode._asdict() for episode in self.episodes],
            "claim_lines": list(self.claim_lines),
        }


def explanation(connection: Connection, name: str) -> Explanation:
    """Why the episodes called ``name`` have their outcome: by episode id, case id, or the number of a claim of theirs.

    A claim number may belong to several members, and then to several episodes. Raises ``UsageError``, naming those
    that are near, where the audit knows none of that name.
    """
    found = _rows(
        connection,
        "from episode_review where episode_id = $name or case_id = $name or list_contains(claim_ids, $name) "
        "order by anchor_date, episode_id",
        name=name,
    )
    claim_lines = _rows(
        connection,
        "select claim_line_number, hcpcs_code, claim_line_start_date, line_state, episode_id, source_file, source_row "
        "from claim_line_state where claim_id = $name order by all",
        name=name,
    )
    if not found and not claim_lines:
        known = one_column(connection, "select case_id from episode_review order by priority_score desc nulls last, 1")
        raise unknown_name(name, known, kind="episode, case or claim", place="The published audit", more=NOT_KNOWN)
    return Explanation(
        tuple(
            Explained(
                review["episode_id"], review["case_id"], review["outcome"], tuple(_of_episode(connection, review))
            )
            for review in found
        ),
        tuple(claim_lines),
    )


def _of_claim_line(line: dict[str, Any]) -> str:
    return (
        f"  line {line['claim_line_number'] or '-'}, {line['hcpcs_code']} on {line['claim_line_start_date']}: "
        f"{phrase(line['line_state'])} ({line['source_file']} row {line['source_row']})"
    )


def _of_episode(connection: Connection, review: dict[str, Any]) -> Iterator[str]:
    yield f"Episode {review['episode_id']} (case {review['case_id']}), member {review['member_id']}"
    outcome = OUTCOMES[review["outcome"]]
    sentence = OUTCOME_SENTENCES[review["outcome"]].removeprefix(f"{outcome}. ")
    yield f"  {outcome}. {sentence} Reason: {phrase(review['outcome_reason'])}."
    if why := REASON_SENTENCES.get(review["outcome_reason"]):
        yield f"  {why}"
    yield (
        f"  {phrase(review['episode_kind']).capitalize()}, {phrase(review['event_stage'])}; anchor date "
        f"{review['anchor_date']}; codes {', '.join(review['index_codes'])}; billed for "
        f"{', '.join(review['billed_diagnoses']) or 'no diagnosis'} "
        f"({phrase(review['diagnosis_class']) or 'whose diagnoses these are cannot be told'})."
    )
    yield (
        f"  {_paid(review['paid_amount'])} paid for the episode's claims: {', '.join(review['claim_ids'])} "
        f"({phrase(review['payment_stage'])})."
    )
    yield f"  Judged under policy {review['policy_id']} {review['policy_version']}, run {review['run_id']}."
    if review["exclusion_reasons"]:
        yield f"  Holds: {', '.join(phrase(reason) for reason in review['exclusion_reasons'])}."
    yield from _of_exclusions(connection, review["episode_id"])
    yield from _of_criteria(connection, review["episode_id"])
    yield from _of_care(connection, review["episode_id"])
    yield from _of_records(connection, review)
    yield from _of_rows(connection, review["episode_id"])
    if review["notes"]:
        yield ""
        yield f"Worth knowing: {', '.join(phrase(note) for note in review['notes'])}."
    yield ""
    if review["priority_score"] is not None:
        yield f"Priority {review['priority_score']} of 100."
    yield f"Suggested next step: {phrase(review['next_step'])}."


def _paid(amount: Decimal | None) -> str:
    return "An unknown amount was" if amount is None else f"{dollars(amount)} US dollars"


def _of_exclusions(connection: Connection, episode_id: str) -> Iterator[str]:
    evidence = _rows(
        connection,
        "from exclusion_evidence where episode_id = $name "
        "order by exclusion_reason, evidence_kind, evidence_date, source_file, source_row, code",
        name=episode_id,
    )
    if evidence:
        yield ""
        yield f"What decided it (audit.exclusion_evidence), {plural(len(evidence), 'row')} in all"
    for row in evidence[:EVIDENCE_SHOWN]:
        code = " ".join(filter(None, (row["code_system"], row["code"]))) or "no code in particular"
        claim = f"claim {row['claim_id']} line {row['claim_line_number'] or '-'}, " if row["claim_id"] else ""
        yield (
            f"  {row['evidence_date'] or 'no date'}  {phrase(row['exclusion_reason'])}: "
            f"{EVIDENCE_KINDS[row['evidence_kind']].lower()}, {code}; {claim}{row['source_file']} "
            f"row {row['source_row']}"
        )
    if len(evidence) > EVIDENCE_SHOWN:
        yield f"  and {len(evidence) - EVIDENCE_SHOWN:,} more"


def _of_criteria(connection: Connection, episode_id: str) -> Iterator[str]:
    criteria = _rows(
        connection, "from criterion_result where episode_id = $name order by criterion_number", name=episode_id
    )
    if criteria:
        yield ""
        yield "What was asked, and what was found"
    for criterion in criteria:
        yield f"  {phrase(criterion['criterion'])}: {RESULTS_IN_TEXT[criterion['result']]}"
        yield f"    {criterion['explanation']}"


def _of_care(connection: Connection, episode_id: str) -> Iterator[str]:
    groups = _rows(connection, "from care_group_state where episode_id = $name order by care_group", name=episode_id)
    if groups:
        yield ""
        yield "Conservative care in the look-back"
    for group in groups:
        span = f", {group['first_date']} to {group['last_date']}" if group["first_date"] else ""
        yield f"  {phrase(group['care_group'])}: {group['state']}, {group['service_count']:,} services{span}"
    evidence = _rows(
        connection,
        "from care_ledger where episode_id = $name order by service_date, source_table, source_file, source_row",
        name=episode_id,
    )
    if evidence:
        yield ""
        yield f"Evidence rows (audit.care_ledger), {len(evidence):,} in all"
    for row in evidence[:EVIDENCE_SHOWN]:
        reason = COUNTS_REASONS.get(row["counts_reason"], phrase(row["counts_reason"] or ""))
        counted = "counts" if row["counts"] == "yes" else f"does not count: {reason}"
        yield (
            f"  {row['service_date']}  {row['code_system']} {row['code']}, {phrase(row['care_group'] or 'no group')}, "
            f"{counted}; claim {row['claim_id']} line {row['claim_line_number'] or '-'}, {row['source_file']} "
            f"row {row['source_row']}"
        )
    if len(evidence) > EVIDENCE_SHOWN:
        yield f"  and {len(evidence) - EVIDENCE_SHOWN:,} more"


def _of_rows(connection: Connection, episode_id: str) -> Iterator[str]:
    """What was mended, is doubtful or was set aside of the rows that touch the episode."""
    remarks = row_remarks(
        _rows(
            connection,
            f"from episode_remark where episode_id = $name order by {REMARK_ORDER}, source_table, delivery_number, "
            "source_row, claim_id",
            name=episode_id,
        )
    )
    if remarks:
        yield ""
        yield "Rows that were mended, are doubtful or were set aside (audit.episode_remark)"
    for remark in remarks:
        yield f"  {remark.kind_word}. {remark.text}"
        if remark.rows:
            yield f"    {remark.rows}"


def _of_records(connection: Connection, review: dict[str, Any]) -> Iterator[str]:
    """What record would settle what is open; nothing where nothing is."""
    case = read_case_file(connection, review["case_id"]) if review["outcome"] in SETTLED_BY_RECORDS else None
    asked = [record for record in records_to_request(case) if record.is_asked] if case else []
    if asked:
        yield ""
        yield "Records that would settle it"
    for record in asked:
        yield f"  {record.document}: {record.reason}"


def _rows(connection: Connection, query: str, *, name: str) -> list[dict[str, Any]]:
    """The rows of ``query``, whose parameter is ``$name``, as dictionaries."""
    cursor = asked(connection, query, {"name": name})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

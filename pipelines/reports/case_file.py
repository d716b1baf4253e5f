"""Case files: everything the published tables say about one episode, read for many episodes at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.ground.errors import StimauditError
from pipelines.ground.warehouse import asked, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from pipelines.ground.warehouse import Connection


Row = dict[str, Any]
PAGE_OUTCOMES = ("flagged", "not_assessable", "documented")

# Flagged first, best first; then those on hold, then the documented. Every tie is broken.
CASE_ORDER = """
    order by list_position($outcomes, outcome), priority_score desc nulls last, anchor_date, episode_id
"""

# What was set aside first, then what is doubtful, then what was mended.
REMARK_ORDER = "remark_kind = 'repaired', remark_kind = 'doubtful', remark_text"

_PARTS: Mapping[str, str] = {
    "criterion_result": "criterion_number",
    "care_group_state": "care_group",
    "timeline_event": "start_date, end_date, lane, source_table, source_file, source_row, code, modality, claim_id",
    "enrollment_span": "start_date, end_date, line_of_business, has_pharmacy_benefit",
    "enrollment_gap": "start_date",
    "history_fact": "fact, fact_date, claim_id, code",
    "statement": "document_date, document_id, source_file, source_row",
    "priority_part": "part_number",
    "episode_remark": f"{REMARK_ORDER}, source_table, delivery_number, source_row, claim_id",
    "episode_dollar_line": "event_date, claim_id, length(claim_line_number), claim_line_number",
}


class CaseKey(NamedTuple):
    """One case that has a page: what tells it, what its page looks up by, and the digest of all its published rows."""

    case_id: str
    episode_id: str
    policy_id: str
    line_of_business: str | None
    rows_digest: str


@dataclass(frozen=True)
class CaseFile:
    """One episode with all that was published of it; ``parameters`` are those of the policy it was judged under."""

    review: Row
    criteria: Sequence[Row]
    groups: Sequence[Row]
    events: Sequence[Row]
    spans: Sequence[Row]
    gaps: Sequence[Row]
    facts: Sequence[Row]
    statements: Sequence[Row]
    parts: Sequence[Row]
    remarks: Sequence[Row]
    dollar_lines: Sequence[Row]
    parameters: Mapping[str, str]

    @property
    def anchor_date(self) -> date:
        """First date of the episode's earliest event."""
        anchor: date = self.review["anchor_date"]
        return anchor

    @property
    def look_back_start_date(self) -> date:
        """First day of the look-back; the last is the day before the anchor."""
        return self.anchor_date - timedelta(days=int(self.parameters["lookback_days"]))

    @property
    def history_start_date(self) -> date:
        """First day of the history looked at for indications, surgery and earlier care."""
        return self.anchor_date - timedelta(days=int(self.parameters["history_days"]))

    def facts_of(self, *names: str) -> list[Row]:
        """The history facts of these names."""
        return [fact for fact in self.facts if fact["fact"] in names]


def read_rows(connection: Connection, query: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
    """The rows of ``query`` as dictionaries."""
    cursor = asked(connection, query, parameters) if parameters else connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_parameters(connection: Connection) -> dict[str, dict[str, str]]:
    """The parameters in force, as text, by policy."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read_rows(connection, "select policy_id, parameter, parameter_value from policy"):
        found[row["policy_id"]][row["parameter"]] = row["parameter_value"]
    return dict(found)


def read_case_keys(connection: Connection) -> list[CaseKey]:
    """One key per flagged, held or documented episode, best first. The run that made a row is none of what it says."""
    rows = " union all ".join(
        f"select episode_id, sha256({literal(table)} || to_json(part)::varchar) as content from (from {table}) as part"
        for table in _PARTS
    )
    review = "(select * exclude (run_id) from episode_review)"
    own = f"select episode_id, sha256(to_json(part)::varchar) as content from {review}"
    found = asked(
        connection,
        f"""
        with

        digest as (
            select
                episode_id,
                sha256(string_agg(content, '' order by content)) as rows_digest
            from ({own} as part union all {rows})
            group by episode_id
        )

        select
            case_id,
            episode_id,
            policy_id,
            line_of_business,
            rows_digest
        from episode_review
        inner join digest using (episode_id)
        where list_contains($outcomes, outcome)
        {CASE_ORDER}
        """,
        {"outcomes": PAGE_OUTCOMES},
    )
    return [CaseKey(*row) for row in found.fetchall()]


def read_case_files(connection: Connection, episodes: Sequence[str], *, batch: int) -> Iterator[CaseFile]:
    """The case files of ``episodes``, in their order, read ``batch`` at a time."""
    parameters = read_parameters(connection)
    for start in range(0, len(episodes), batch):
        names = episodes[start : start + batch]
        reviews = read_rows(
            connection,
            "from episode_review where episode_id in (select unnest($names)) "
            "order by list_position($names, episode_id)",
            {"names": names},
        )
        yield from _files_of(connection, reviews, parameters)


def read_case_file(connection: Connection, case_id: str) -> CaseFile | None:
    """The case file of a flagged, held or documented case; none where there is no such case."""
    reviews = read_rows(
        connection,
        f"from episode_review where case_id = $case and list_contains($outcomes, outcome) {CASE_ORDER} limit 1",
        {"case": case_id, "outcomes": PAGE_OUTCOMES},
    )
    return next(_files_of(connection, reviews, read_parameters(connection)), None)


def _files_of(
    connection: Connection, reviews: Sequence[Row], parameters: Mapping[str, Mapping[str, str]]
) -> Iterator[CaseFile]:
    names = [review["episode_id"] for review in reviews]
    parts = {table: _by_episode(connection, table, order, names) for table, order in _PARTS.items()}
    for review in reviews:
        if review["policy_id"] not in parameters:
            message = (
                f"The published audit has no parameters of policy {review['policy_id']}, so its case pages cannot be "
                "made. Publish again; report it if it stays."
            )
            raise StimauditError(message)
        of = {table: rows.get(review["episode_id"], ()) for table, rows in parts.items()}
        yield CaseFile(
            review=review,
            criteria=of["criterion_result"],
            groups=of["care_group_state"],
            events=of["timeline_event"],
            spans=of["enrollment_span"],
            gaps=of["enrollment_gap"],
            facts=of["history_fact"],
            statements=of["statement"],
            parts=of["priority_part"],
            remarks=of["episode_remark"],
            dollar_lines=of["episode_dollar_line"],
            parameters=parameters[review["policy_id"]],
        )


def _by_episode(connection: Connection, table: str, order: str, names: Iterable[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(
        connection,
        f"from {table} where episode_id in (select unnest($names)) order by episode_id, {order}",
        {"names": list(names)},
    ):
        found[row["episode_id"]].append(row)
    return found

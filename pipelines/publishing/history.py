"""The history of publishes: what was published when, made of what, and what became of each case.

``<out>/history`` holds one entry a publish, chained to the one before, and beside it the cases that were new or
different then. Entries are written by rename and never changed. An entry is first put down as pending and counts from
the moment the publish that it names stands (decision 0190).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from pipelines.ground.encryption import plain, protect
from pipelines.ground.errors import IntegrityError
from pipelines.ground.files import commit_file, make_folder, read_file, write_file
from pipelines.ground.formats import HISTORY, check_form
from pipelines.ground.near_names import unknown_name
from pipelines.ground.records import RecordError, judge, record
from pipelines.ground.registers import enter, enter_newest
from pipelines.ground.sealed_json import sealed_text, unsealed
from pipelines.ground.warehouse import one_number, put_frame
from pipelines.intake.ledger import manifest_path
from pipelines.publishing.case_life import case_versions, changed_cases, last_known
from pipelines.publishing.publishes import publishes_folder
from pipelines.rule.audit import EARLIER_CASE
from pipelines.rule.models import build, read_models

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.publishing.run_facts import RunFacts


PublishKind = Literal["publish", "rollback"]


@record
@dataclass(frozen=True)
class KeptInput:
    """A policy or value set file of a run: its path below ``sql`` and its digest, under which it is kept."""

    name: str
    sha256: str


@record
@dataclass(frozen=True)
class RunEntry:
    """One publish: which run, known from when, made of what, and the digests of what came out.

    ``known_from_utc`` is ISO text with its zone. ``manifests`` are the digests of the landing manifests that were new
    since the entry before, by delivery number. ``previous_sha256`` is the digest of the entry before (none: the first).
    Encrypted files differ each time they are written: then ``files`` is empty and ``episodes_digest`` tells content.
    ``publish_name`` is the folder of the publish; older versions kept none.
    """

    run_number: int
    publish_kind: PublishKind
    run_id: str
    as_of: str
    known_from_utc: str
    code_version: str
    policy_versions: tuple[str, ...]
    value_set_versions: tuple[str, ...]
    landed_digest: str
    parameters: Mapping[str, Any]
    grade: str
    newest_delivery_number: int
    manifests: Mapping[str, str]
    inputs: tuple[KeptInput, ...]
    episode_count: int
    flagged_count: int
    flagged_paid_amount: str
    files: Mapping[str, str]
    cases_sha256: str | None
    previous_sha256: str | None
    episodes_digest: str | None = None
    publish_name: str | None = None

    @property
    def value_set_digest(self) -> str:
        """One digest for all value sets of the run."""
        return hashlib.sha256("\n".join(self.value_set_versions).encode()).hexdigest()

    @property
    def known_from(self) -> datetime:
        """When the audit was known, with its zone."""
        return datetime.fromisoformat(self.known_from_utc)


@record
@dataclass(frozen=True)
class _Form:
    """What an entry says of its own form."""

    format: int


@dataclass(frozen=True)
class Night:
    """What one publish adds to the history: its entry, and the cases that are new or different.

    ``is_known`` when the last entry tells of this very run: then nothing is added.
    """

    entry: RunEntry
    cases: pl.DataFrame
    is_known: bool


def entry_path(history: Path, run_number: int) -> Path:
    """Where the entry of one publish lies."""
    return history / "runs" / f"{run_number:06d}.json"


def cases_path(history: Path, run_number: int) -> Path:
    """Where the cases lie that were new or different in one publish."""
    return history / "cases" / f"{run_number:06d}.parquet"


def input_path(history: Path, sha256: str) -> Path:
    """Where a policy or value set file lies, named by its content."""
    return history / "inputs" / sha256


def read_history(history: Path) -> tuple[RunEntry, ...]:
    """The entries of ``history``, oldest first; empty where nothing was published.

    Raises ``IntegrityError`` for an entry that is missing, cannot be read, or does not name the digest of the one
    before.
    """
    entries: list[RunEntry] = []
    before: str | None = None
    for position, path in enumerate(sorted((history / "runs").glob("[0-9]*.json")), start=1):
        content = read_file(path)
        entry = _read_entry(path, content)
        if path != entry_path(history, position) or entry.run_number != position or entry.previous_sha256 != before:
            message = (
                f"The history {history / 'runs'} is not as it was written: entry {position} is missing, or the one "
                "before it was changed. Entries are never edited. Restore the folder from its backup."
            )
            raise IntegrityError(message)
        before = hashlib.sha256(content).hexdigest()
        entries.append(entry)
    return tuple(entries)


def find_run(entries: Sequence[RunEntry], run_id: str) -> RunEntry:
    """The newest entry of the run; raises ``UsageError`` naming those it knows when there is none."""
    found = [entry for entry in entries if entry.run_id == run_id]
    if not found:
        known = list(dict.fromkeys(entry.run_id for entry in reversed(entries)))
        raise unknown_name(run_id, known, kind="run", place="The history")
    return found[-1]


def read_cases(history: Path, entries: Sequence[RunEntry]) -> pl.DataFrame:
    """One row per publish and case that was new, different or gone in it, of the publishes ``entries``."""
    frames: list[pl.DataFrame] = []
    for entry in entries:
        path = cases_path(history, entry.run_number)
        try:
            frames.append(pl.read_parquet(BytesIO(plain(read_file(path), path))))
        except (OSError, pl.exceptions.PolarsError):
            message = (
                f"The history file {path} is missing or cannot be read: expected the cases of run "
                f"{entry.run_number}. Restore the folder {history} from its backup."
            )
            raise IntegrityError(message) from None
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()


def earlier_cases(history: Path, *, run_id: str) -> pl.DataFrame:
    """One row per case of the publishes before the first one of run ``run_id``, as it was last known.

    A run names its cases by them, so that one that is made again gives the same names. A publish that was killed must
    have been settled.
    """
    entries = read_history(history)
    first = next((entry.run_number for entry in entries if entry.run_id == run_id), len(entries) + 1)
    past = last_known(read_cases(history, entries[: first - 1]))
    return pl.DataFrame(schema=EARLIER_CASE) if past.is_empty() else past


def tell_night(connection: Connection, history: Path, *, facts: RunFacts, sql: Path, landed: Path) -> Night:
    """What this publish adds to the history; nothing is written into ``history`` yet.

    Makes ``run_facts.run_history`` and ``run_facts.case_version`` in the working file, this publish included. A run
    that was published last adds nothing, and stands as it did.
    """
    entries = read_history(history)
    is_known = bool(entries) and entries[-1].run_id == facts.run_id
    earlier = entries[:-1] if is_known else entries
    before = earlier[-1].newest_delivery_number if earlier else None
    states = _case_states(connection, sql, newest_delivery_before=before)
    past = read_cases(history, earlier)
    news = connection.execute("select member_id, has_adjustment from history.member_news").pl()
    number = len(earlier) + 1
    cases = changed_cases(states, last_known(past), news, run_number=number)
    if is_known:
        entry = entries[-1]
        cases = read_cases(history, [entry])
    else:
        newest = one_number(
            connection, "select coalesce(max(delivery_number), 0) from landed.delivered_file where fate = 'landed'"
        )
        entry = _entry(facts, earlier, states, newest=newest, landed=landed)
    _put_history(connection, [*earlier, entry], pl.concat([past, cases], how="diagonal_relaxed"))
    return Night(entry, cases, is_known)


def put_back_night(history: Path, run_id: str, *, known_from: datetime) -> Night:
    """What putting back the publish of ``run_id`` adds to the history: the cases as they stood then."""
    entries = read_history(history)
    old = find_run(entries, run_id)
    past = read_cases(history, entries)
    versions = case_versions(past, newest_run_number=len(entries)).filter(
        (pl.col("from_run_number") <= old.run_number) & (pl.col("to_run_number") >= old.run_number), "is_in_audit"
    )
    states = versions.drop(
        "from_run_number", "to_run_number", "case_event", "changed_columns", "related_case_id", "is_in_audit"
    )
    nobody = pl.DataFrame(schema={"member_id": pl.String(), "has_adjustment": pl.Boolean()})
    entry = replace(
        old,
        run_number=len(entries) + 1,
        publish_kind="rollback",
        known_from_utc=_iso(known_from),
        manifests={},
        previous_sha256=_last_digest(history, entries),
    )
    cases = changed_cases(states, last_known(past), nobody, run_number=entry.run_number)
    return Night(entry, cases, is_known=entries[-1].run_id == run_id)


def keep_inputs(history: Path, sql: Path, inputs: Sequence[Path]) -> tuple[KeptInput, ...]:
    """The policy and value set files ``inputs`` below ``sql``, after each was put into ``history`` by its content."""
    kept: list[KeptInput] = []
    for path in sorted(inputs):
        content = read_file(path)
        digest = hashlib.sha256(content).hexdigest()
        kept.append(KeptInput(path.relative_to(sql).as_posix(), digest))
        if not input_path(history, digest).is_file():
            _write(input_path(history, digest), content)
    return tuple(kept)


def put_back_inputs(history: Path, inputs: Sequence[KeptInput], folder: Path) -> Path:
    """``folder`` with the kept policy and value set files ``inputs`` of a run, under their names.

    Raises ``IntegrityError`` for a kept file that is missing or was changed.
    """
    for kept in inputs:
        source = input_path(history, kept.sha256)
        content = read_file(source) if source.is_file() else b""
        if hashlib.sha256(content).hexdigest() != kept.sha256:
            message = f"The kept file {source} ({kept.name}) is missing or was changed. Restore it from its backup."
            raise IntegrityError(message)
        make_folder((folder / kept.name).parent)
        (folder / kept.name).write_bytes(content)
    return folder


def prepare_night(
    history: Path,
    night: Night,
    *,
    publish_name: str,
    inputs: Sequence[KeptInput] | None = None,
    files: Mapping[str, str] | None = None,
    episodes_digest: str | None = None,
) -> None:
    """Puts a publish down as pending, with its inputs and the digests of what came out.

    No reader takes it for an entry. ``publish_name`` is the folder that will stand. What is not given is as in the
    entry of ``night``.
    """
    if night.is_known:
        return
    number = night.entry.run_number
    path = cases_path(history, number)
    content = BytesIO()
    night.cases.write_parquet(content)
    kept = protect(content.getvalue())
    _write(path, kept)
    entry = replace(
        night.entry,
        cases_sha256=hashlib.sha256(kept).hexdigest(),
        inputs=night.entry.inputs if inputs is None else tuple(inputs),
        files=night.entry.files if files is None else dict(files),
        episodes_digest=episodes_digest or night.entry.episodes_digest,
        previous_sha256=_last_digest(history, read_history(history)),
        publish_name=publish_name,
    )
    _write(_pending_path(history, number), sealed_text({"format": HISTORY, **_fields(entry)}).encode())


def settle(history: Path, standing: str | None) -> None:
    """Makes the pending entry one of the history where its publish is ``standing``; else it never was.

    A publish that had its name and was killed before it stood goes with its entry; one that was to stand again stays.
    """
    for pending in sorted((history / "runs").glob("[0-9]*.pending")):
        number = int(pending.stem)
        entry = _read_entry(pending, read_file(pending))
        if standing is not None and standing == (entry.publish_name or entry.run_id):
            commit_file(pending, entry_path(history, number))
            enter(history.parent, "runs", [entry_path(history, number)])
        else:
            if entry.publish_kind == "publish" and entry.publish_name:
                shutil.rmtree(publishes_folder(history.parent) / entry.publish_name, ignore_errors=True)
            pending.unlink()
            cases_path(history, number).unlink(missing_ok=True)
    for newest in sorted((history / "runs").glob("[0-9]*.json"))[-1:]:
        enter_newest(history.parent, "runs", newest)


def _case_states(connection: Connection, sql: Path, *, newest_delivery_before: int | None) -> pl.DataFrame:
    before = pl.Series("newest_delivery_number", [newest_delivery_before], pl.Int32()).to_frame()
    put_frame(connection, "run_facts.publish_before", before)
    build(connection, read_models(sql, ["history"]), [])
    return connection.execute("from history.case_state order by case_id").pl()


def _entry(
    facts: RunFacts, earlier: Sequence[RunEntry], states: pl.DataFrame, *, newest: int, landed: Path
) -> RunEntry:
    flagged = states.filter(pl.col("outcome") == "flagged")
    known = earlier[-1].newest_delivery_number if earlier else 0
    paths = {number: manifest_path(landed, number) for number in range(min(known, newest) + 1, newest + 1)}
    return RunEntry(
        run_number=len(earlier) + 1,
        publish_kind="publish",
        run_id=facts.run_id,
        as_of=facts.as_of.isoformat(),
        known_from_utc=_iso(facts.finished_at_utc),
        code_version=facts.code_version,
        policy_versions=facts.policy_versions,
        value_set_versions=facts.value_set_versions,
        landed_digest=facts.landed_digest,
        parameters=dict(facts.parameters),
        grade=facts.grade,
        newest_delivery_number=newest,
        manifests={
            str(number): hashlib.sha256(read_file(path)).hexdigest() for number, path in paths.items() if path.is_file()
        },
        inputs=(),
        episode_count=states.height,
        flagged_count=flagged.height,
        flagged_paid_amount=str(sum(flagged.get_column("paid_amount").drop_nulls().to_list(), Decimal(0))),
        files={},
        cases_sha256=None,
        previous_sha256=None,
    )


def _put_history(connection: Connection, entries: Sequence[RunEntry], cases: pl.DataFrame) -> None:
    runs = pl.DataFrame(
        [
            {
                "run_number": entry.run_number,
                "publish_kind": entry.publish_kind,
                "run_id": entry.run_id,
                "as_of_date": datetime.fromisoformat(entry.as_of).date(),
                "known_from_utc": entry.known_from.astimezone(UTC).replace(tzinfo=None),
                "code_version": entry.code_version,
                "policy_versions": list(entry.policy_versions),
                "value_set_versions": list(entry.value_set_versions),
                "value_set_digest": entry.value_set_digest,
                "landed_digest": entry.landed_digest,
                "newest_delivery_number": entry.newest_delivery_number,
                "parameters": json.dumps(dict(entry.parameters), sort_keys=True, default=str),
                "grade": entry.grade,
                "episode_count": entry.episode_count,
                "flagged_count": entry.flagged_count,
                "flagged_paid_amount": Decimal(entry.flagged_paid_amount),
            }
            for entry in entries
        ],
        schema={
            "run_number": pl.Int32(),
            "publish_kind": pl.String(),
            "run_id": pl.String(),
            "as_of_date": pl.Date(),
            "known_from_utc": pl.Datetime("us"),
            "code_version": pl.String(),
            "policy_versions": pl.List(pl.String()),
            "value_set_versions": pl.List(pl.String()),
            "value_set_digest": pl.String(),
            "landed_digest": pl.String(),
            "newest_delivery_number": pl.Int32(),
            "parameters": pl.String(),
            "grade": pl.String(),
            "episode_count": pl.Int64(),
            "flagged_count": pl.Int64(),
            "flagged_paid_amount": pl.Decimal(18, 2),
        },
        orient="row",
    )
    versions = case_versions(cases, newest_run_number=entries[-1].run_number)
    for name, frame in (("run_history", runs), ("case_version", versions)):
        put_frame(connection, f"run_facts.{name}", frame)


def _fields(entry: RunEntry) -> dict[str, Any]:
    """What an entry says; what only some publishes have is left out of others."""
    rare = {"episodes_digest": entry.episodes_digest, "publish_name": entry.publish_name}
    return {name: value for name, value in asdict(entry).items() if name not in rare or value is not None}


def _read_entry(path: Path, content: bytes) -> RunEntry:
    try:
        fields = unsealed(content.decode("utf-8"))
        check_form("history", path, judge(_Form, {"format": fields.pop("format")}).format)
        return judge(RunEntry, fields)
    except (ValueError, KeyError) as error:
        told = f" ({error})" if isinstance(error, RecordError) else ""
        message = f"The history entry {path} is not as it was written{told}. Restore it from its backup."
        raise IntegrityError(message) from None


def _last_digest(history: Path, entries: Sequence[RunEntry]) -> str | None:
    if not entries:
        return None
    return hashlib.sha256(read_file(entry_path(history, entries[-1].run_number))).hexdigest()


def _pending_path(history: Path, run_number: int) -> Path:
    return entry_path(history, run_number).with_suffix(".pending")


def _write(path: Path, content: bytes) -> None:
    make_folder(path.parent)
    write_file(path, content)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()

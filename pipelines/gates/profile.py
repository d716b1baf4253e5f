"""The profile of a delivery: its measures, in counts and shares and no member value, kept beside the history.

A profile is one small JSON file a delivery in ``<out>/history/profiles``, written once its checks let it pass. It is
what later deliveries are held against; the rows of earlier ones are never read again (decision 0140).

See docs/contract.md 1.10.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.gates.validate import delivered_views
from pipelines.ground.files import make_folder, read_text, write_file
from pipelines.ground.records import RecordError, judge, record
from pipelines.ground.registers import enter
from pipelines.ground.sealed_json import sealed_text, unsealed
from pipelines.ground.warehouse import literal, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

SegmentKind = Literal["all", "data_source", "line_of_business", "reason", "code"]

OF_CLOSED_LISTS = ("reason", "code")
"""Segments whose names come from our own lists: small ones are named, too."""

MODELS = "profile"
"""The folder below ``sql`` of the models that measure a delivery, a folder a table."""

OUTCOME_TABLE = "episode_review"
"""The table whose measures are those of a publish, not of a delivery."""

Kept = Literal["profiles", "outcomes"]
"""The folder in the history: of profiles of deliveries, by number of delivery, or of publishes, by number of run."""

SEGMENT_SHARE = 0.02
"""A segment below this share of a table's rows is no sender or line of business of its own, and is not named."""


class MeasureKey(NamedTuple):
    """What a measure is of: a table, all of it or a segment, and the measure's name."""

    table_name: str
    segment_kind: SegmentKind
    segment: str
    measure: str


@record
@dataclass(frozen=True)
class Measured:
    """One measure of one delivery: its value, and the rows it is the value of."""

    table_name: str
    segment_kind: SegmentKind
    segment: str
    measure: str
    value: float
    row_count: int

    @property
    def key(self) -> MeasureKey:
        """What it is of."""
        return MeasureKey(self.table_name, self.segment_kind, self.segment, self.measure)


@record
@dataclass(frozen=True)
class Profile:
    """The measures of one delivery, and which of its failed checks an operator accepted: the reason given, and by whom.

    What a publish found is measured in the same form: ``delivery_number`` is then the number of the publish.
    """

    delivery_number: int
    as_of: str
    measures: tuple[Measured, ...]
    accepted: Mapping[str, str] = field(default_factory=dict)
    accepted_by: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The run date of the delivery."""
        return date.fromisoformat(self.as_of)

    @cached_property
    def by_key(self) -> Mapping[MeasureKey, Measured]:
        """The measures by what they are of."""
        return {measured.key: measured for measured in self.measures}


def measure_delivery(catalog: Path, *, sql: Path, as_of: date, delivery_number: int) -> Profile:
    """The profile of delivery ``delivery_number`` in ``catalog``, which has the schemas ``landed`` and ``value_sets``.

    A measure of no rows is left out. The bytes depend on the rows alone, not on their order.
    """
    with open_warehouse(catalog, read_only=True) as connection:
        measures = measured_rows(connection, sql=sql, as_of=as_of, delivery_number=delivery_number)
    return Profile(delivery_number, as_of.isoformat(), measures)


def measured_rows(connection: Connection, *, sql: Path, as_of: date, delivery_number: int) -> tuple[Measured, ...]:
    """The measures of a delivery, from a connection to its catalog."""
    delivered_views(connection, delivery_number)
    connection.execute(
        f"create or replace temporary view run as select date {literal(as_of.isoformat())} as as_of_date"
    )
    return _measured(
        connection, [path for path in sorted((sql / MODELS).rglob("*.sql")) if path.parent.name != OUTCOME_TABLE]
    )


def measure_outcomes(working: Path, *, sql: Path, as_of: date, run_number: int) -> Profile:
    """The profile of what an audited night found, from its working file, which has the schema ``audit``."""
    with open_warehouse(working, read_only=True) as connection:
        connection.execute(f"create temporary view {OUTCOME_TABLE} as from audit.{OUTCOME_TABLE}")
        measures = _measured(connection, sorted((sql / MODELS / OUTCOME_TABLE).glob("*.sql")))
    return Profile(run_number, as_of.isoformat(), measures)


def _measured(connection: Connection, models: Iterable[Path]) -> tuple[Measured, ...]:
    measures: list[Measured] = []
    for path in models:
        rows = connection.execute(
            "select segment_kind, segment, measure, round(cast(value as double), 6), cast(row_count as bigint) "
            f"from ({path.read_text(encoding='utf-8')}) as measured "
            "where value is not null and row_count > 0 and (segment_kind = 'all' or segment <> '') order by all"
        ).fetchall()
        measures += [Measured(path.parent.name, *row) for row in rows]
    return _without_small_segments(measures)


def _without_small_segments(measures: list[Measured]) -> tuple[Measured, ...]:
    """Without segments of too few rows: neither a sender nor a line of business, and perhaps a member's value."""
    sizes: dict[tuple[str, str, str], int] = {}
    for measured in measures:
        place = (measured.table_name, measured.segment_kind, measured.segment)
        sizes[place] = max(sizes.get(place, 0), measured.row_count)
    return tuple(
        measured
        for measured in measures
        if measured.segment_kind in OF_CLOSED_LISTS
        or sizes[measured.table_name, measured.segment_kind, measured.segment]
        >= SEGMENT_SHARE * sizes[measured.table_name, "all", ""]
    )


def profile_path(history: Path, number: int, kept: Kept = "profiles") -> Path:
    """Where the profile of a delivery, or of a publish, lies."""
    return history / kept / f"{number:06d}.json"


def keep_profile(history: Path, profile: Profile, kept: Kept = "profiles") -> None:
    """Writes ``profile`` into ``history``, over one that was written for the same delivery or publish."""
    path = profile_path(history, profile.delivery_number, kept)
    make_folder(path.parent)
    write_file(path, sealed_text(asdict(profile)).encode())
    enter(history.parent, kept, [path])


def drop_profile(history: Path, number: int) -> None:
    """Removes the profile of a delivery that was taken out again; its register forgets it first."""
    path = profile_path(history, number)
    if path.is_file():
        enter(history.parent, "profiles", [], gone=[path])
        path.unlink()


def read_profile(history: Path, number: int, kept: Kept = "profiles") -> Profile | None:
    """The profile that is kept of a delivery; none where the folder is older, or the file is not what was written."""
    path = profile_path(history, number, kept)
    try:
        return judge(Profile, unsealed(read_text(path)))
    except (OSError, ValueError, KeyError, RecordError):
        return None


def earlier_profiles(history: Path, before: int, kept: Kept = "profiles") -> tuple[Profile, ...]:
    """The profiles of the deliveries, or publishes, before that of number ``before``, oldest first."""
    numbers = sorted(int(path.stem) for path in (history / kept).glob("[0-9]*.json") if int(path.stem) < before)
    found = (read_profile(history, number, kept) for number in numbers)
    return tuple(profile for profile in found if profile is not None)


def accepted_changes(history: Path) -> dict[str, dict[str, str]]:
    """What operators accepted, by delivery and measure, with the reason given; only deliveries with anything."""
    numbers = sorted(int(path.stem) for path in (history / "profiles").glob("[0-9]*.json"))
    found = {number: read_profile(history, number) for number in numbers}
    return {str(number): dict(profile.accepted) for number, profile in found.items() if profile and profile.accepted}


def with_accepted(profile: Profile, accepted: Mapping[str, str], accepted_by: Mapping[str, str]) -> Profile:
    """``profile`` with what an operator accepted of it, and who did; that nobody said stays out."""
    return replace(profile, accepted=dict(sorted(accepted.items())), accepted_by=dict(sorted(accepted_by.items())))

"""Settings of a payer: the few choices that are neither a policy nor a value set, read from one TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence  # noqa: TC003 - read when a record is judged
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

from pipelines.ground.records import Made, Must, is_filled, read_toml, record
from pipelines.intake.value_rules import NULL_WORDS, UNITS_A_DAY
from pipelines.publishing.sql_door import DEFAULT_LIMITS, Limits, size_of
from pipelines.rule.policy import DEFAULT_ASSIGNMENTS, DEFAULT_POLICY, normalise_line_of_business

if TYPE_CHECKING:
    from pathlib import Path


_SIZE = re.compile(r"[1-9][0-9]{0,5}(\.[0-9]{1,3})?\s?(MB|GB|TB|MiB|GiB|TiB)")
_LONGEST_NAME = 200
_LONGEST_PATH = 4_000
_MOST_ENTRIES = 1_000
"""How many entries a table or a list of the settings may have."""


def _whole(unit: str, least: int, most: int) -> Must:
    return Must(f"a whole number of {unit}, {least:,} to {most:,}", lambda value: least <= value <= most)


def _size(least: str, most: str) -> Must:
    return Must(
        f'a size such as "512MB" or "1.5GB", from {least} to {most}',
        lambda value: _SIZE.fullmatch(value) and size_of(least) <= size_of(value) <= size_of(most),
    )


def _is_path(value: str) -> bool:
    return value.startswith("/") and len(value) <= _LONGEST_PATH


def _is_name(value: str) -> bool:
    return is_filled(value) and len(value) <= _LONGEST_NAME


def _are_words(value: Sequence[str]) -> bool:
    return len(value) <= _MOST_ENTRIES and all(len(word) <= _LONGEST_NAME for word in value)


def _are_patterns(value: Mapping[str, object]) -> bool:
    return all(map(is_filled, value)) and _are_words(tuple(value))


def _is_assignment(value: Mapping[str, str]) -> bool:
    return all(map(_is_name, value.values())) and _are_words(tuple(value))


def _with_defaults(value: Mapping[str, str]) -> Mapping[str, str]:
    """``value``, and the default policy of each line of business that it does not name in any spelling."""
    said = {normalise_line_of_business(line) for line in value}
    kept = {line: policy for line, policy in DEFAULT_ASSIGNMENTS.items() if line not in said}
    return MappingProxyType(kept | dict(value))


def _is_reach(value: Mapping[str, Mapping[str, date]]) -> bool:
    return all(bounds.get("from", date.min) <= bounds.get("to", date.max) for bounds in value.values())


def _is_period(value: Mapping[str, date]) -> bool:
    return value.keys() == {"from", "to"} and value["from"] <= value["to"]


def _is_file_name(value: str) -> bool:
    return _is_name(value) and "/" not in value and value not in {".", ".."}


@record
@dataclass(frozen=True)
class Settings:
    """The settings of a run, with their defaults.

    ``policy_by_line_of_business`` assigns policies by line of business, any other line gets ``default_policy``; a line
    of Medicare that it does not name gets the policy of Medicare. ``reach`` gives the first and last day that a feed
    can speak of; one that it does not name is found from its rows. ``payments_supplied`` says of files, by a pattern of
    their path in the delivery, that a blank paid amount is unknown there and not 0; the first pattern that fits holds.
    A delivery is refused when more than ``max_rejected_share`` and more than ``max_rejected_rows`` of a table's rows
    are set aside, or when more than ``max_failed_history_checks`` of the checks against earlier deliveries (volume,
    months, code share, code families) fail at once. A measure of fewer than ``gate_min_rows`` rows, tonight or before,
    is not held against the last deliveries. ``memory_limit`` bounds DuckDB's buffers, ``threads`` its threads (none:
    one a core). With an ``end_marker`` a delivery without a file of that name is still being copied and is
    refused. The newest ``keep_publishes`` publishes are kept whole, the database of older ones for ``snapshot_days``,
    and that of a month's end for good. ``anchor`` is a file outside of the output folder that keeps how far decisions
    and history went, so that an end that was cut off is seen. A query of an auditor may take ``sql_seconds``, give
    ``sql_rows`` and ``sql_bytes`` of rows, and hold ``sql_memory`` and spill ``sql_spill``. ``null_words`` are blank
    wherever they stand alone in a field, in any case; a line of care with more than ``units_a_day`` units is doubtful.

    ``id_namespace`` says whose identifiers are: of a ``data_source`` or ``payer``, by which they are then qualified in
    every table (by the column, or by ``namespace_of_files`` from a pattern of a file's path in the delivery), or
    ``shared`` by all. With ``redelivered_claims`` "whole" a later delivery that holds a line of a claim has all of it.
    ``delivery_kind`` "full" says that this delivery is all of the period that it ``covers``.
    """

    default_policy: Annotated[str, Must("the id of a policy", _is_name)] = DEFAULT_POLICY
    policy_by_line_of_business: Annotated[
        Mapping[str, str],
        Must("a table from line of business to policy id", _is_assignment),
        Made(_with_defaults),
    ] = field(default_factory=lambda: MappingProxyType(dict(DEFAULT_ASSIGNMENTS)))
    reach: Annotated[
        Mapping[Literal["medical_claim", "pharmacy_claim"], Mapping[Literal["from", "to"], date]],
        Must(
            "a table from medical_claim or pharmacy_claim to dates `from` and `to` (either may be left out, and `to` "
            "is not before `from`)",
            _is_reach,
        ),
        Made(MappingProxyType),
    ] = field(default_factory=lambda: MappingProxyType({}))
    payments_supplied: Annotated[
        Mapping[str, bool],
        Must("a table from file pattern to true or false", _are_patterns),
        Made(MappingProxyType),
    ] = field(default_factory=lambda: MappingProxyType({}))
    max_rejected_share: Annotated[float, Must("a share from 0 to 1", lambda value: 0 <= value <= 1)] = 0.01
    max_rejected_rows: Annotated[int, _whole("rows", 0, 10**9)] = 20
    max_failed_history_checks: Annotated[int, _whole("checks", 0, 1_000)] = 2
    gate_min_rows: Annotated[int, _whole("rows", 1, 10**9)] = 1000
    memory_limit: Annotated[str, _size("100MB", "16TB")] = "1GB"
    threads: Annotated[int, _whole("threads", 1, 1_024)] | None = None
    end_marker: Annotated[str, Must('the name of a file such as "_SUCCESS"', _is_file_name)] | None = None
    keep_publishes: Annotated[int, _whole("publishes", 1, 10_000)] = 14
    snapshot_days: Annotated[int, _whole("days", 0, 36_500)] = 90
    anchor: Annotated[str, Must("the whole path of a file", _is_path)] | None = None
    sql_seconds: Annotated[int, _whole("seconds", 1, 86_400)] = DEFAULT_LIMITS.seconds
    sql_rows: Annotated[int, _whole("rows", 1, 10**9)] = DEFAULT_LIMITS.rows
    sql_bytes: Annotated[str, _size("1MB", "10GB")] = "100MB"
    sql_memory: Annotated[str, _size("10MB", "16TB")] = "1GB"
    sql_spill: Annotated[str, _size("1MB", "16TB")] = "5GB"
    null_words: Annotated[
        tuple[str, ...],
        Must(f"a list of words, {_MOST_ENTRIES:,} at most, of {_LONGEST_NAME} characters at most", _are_words),
    ] = NULL_WORDS
    units_a_day: Annotated[int, _whole("units", 1, 10_000)] = UNITS_A_DAY
    id_namespace: Literal["data_source", "payer", "shared"] | None = None
    namespace_of_files: Annotated[
        Mapping[str, str],
        Must("a table from file pattern to a data source or payer", _is_assignment),
        Made(MappingProxyType),
    ] = field(default_factory=lambda: MappingProxyType({}))
    redelivered_claims: Literal["lines", "whole"] = "lines"
    delivery_kind: Literal["changes", "full"] = "changes"
    covers: (
        Annotated[
            Mapping[Literal["from", "to"], date],
            Must("a table of two dates, `from` and a `to` that is not before it", _is_period),
            Made(MappingProxyType),
        ]
        | None
    ) = None

    def sql_limits(self) -> Limits:
        """What one query of an auditor may take."""
        sizes = (size_of(text) for text in (self.sql_bytes, self.sql_memory, self.sql_spill))
        return Limits(self.sql_seconds, self.sql_rows, *sizes)


def load_settings(path: Path | None) -> Settings:
    """The settings in the TOML file at ``path``; without a file, the defaults.

    Raises ``UsageError`` naming every unknown key and every value of the wrong kind at once.
    """
    if path is None:
        return Settings()
    return read_toml(
        path, Settings, title="The configuration", key="a setting", advice="Name a TOML file with --config."
    )

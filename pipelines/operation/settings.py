"""Settings of a payer: the few choices that are neither a policy nor a value set, read from one TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pipelines.ground.records import Made, Must, is_filled, read_toml, record
from pipelines.rule.policy import DEFAULT_POLICY

if TYPE_CHECKING:
    from pathlib import Path


_MEMORY = re.compile(r"[1-9][0-9]*(\.[0-9]+)?\s?(MB|GB|TB|MiB|GiB|TiB)")


def _whole(unit: str, least: int = 0) -> Must:
    return Must(f"a whole number of {unit}, {least} or more", lambda value: value >= least)


def _is_assignment(value: Mapping[str, str]) -> bool:
    return all(map(is_filled, value.values()))


def _is_file_name(value: str) -> bool:
    return is_filled(value) and "/" not in value and value not in {".", ".."}


@record
@dataclass(frozen=True)
class Settings:
    """The settings of a run, with their defaults.

    ``policy_by_line_of_business`` assigns policies by line of business, any other line gets ``default_policy``.
    A delivery is refused when more than ``max_rejected_share`` and more than ``max_rejected_rows`` of a table's rows
    are set aside, or when more than ``max_failed_history_checks`` of the checks against earlier deliveries (volume,
    months, code share, code families) fail at once. A measure of fewer than ``gate_min_rows`` rows, tonight or before,
    is not held against the last deliveries. ``memory_limit`` bounds DuckDB's buffers, ``threads`` its threads (none:
    one a core). With an ``end_marker`` a delivery without a file of that name is still being copied and is
    refused. Published files are kept for ``snapshot_days``, those of a month's end for good.
    """

    default_policy: Annotated[str, Must("the id of a policy", is_filled)] = DEFAULT_POLICY
    policy_by_line_of_business: Annotated[
        Mapping[str, str],
        Must("a table from line of business to policy id", _is_assignment),
        Made(MappingProxyType),
    ] = field(default_factory=lambda: MappingProxyType({}))
    max_rejected_share: Annotated[float, Must("a share from 0 to 1", lambda value: 0 <= value <= 1)] = 0.01
    max_rejected_rows: Annotated[int, _whole("rows")] = 20
    max_failed_history_checks: Annotated[int, _whole("checks")] = 2
    gate_min_rows: Annotated[int, _whole("rows", 1)] = 1000
    memory_limit: Annotated[str, Must('a size such as "1GB" or "512MB"', _MEMORY.fullmatch)] = "1GB"
    threads: Annotated[int, _whole("threads", 1)] | None = None
    end_marker: Annotated[str, Must('the name of a file such as "_SUCCESS"', _is_file_name)] | None = None
    snapshot_days: Annotated[int, _whole("days")] = 90


def load_settings(path: Path | None) -> Settings:
    """The settings in the TOML file at ``path``; without a file, the defaults.

    Raises ``UsageError`` naming every unknown key and every value of the wrong kind at once.
    """
    if path is None:
        return Settings()
    return read_toml(
        path, Settings, title="The configuration", key="a setting", advice="Name a TOML file with --config."
    )

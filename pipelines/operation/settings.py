"""Settings of a payer: the few choices that are neither a policy nor a value set, read from one TOML file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import UsageError
from pipelines.rule.policy import DEFAULT_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


_MEMORY = re.compile(r"[1-9][0-9]*(\.[0-9]+)?\s?(MB|GB|TB|MiB|GiB|TiB)")


@dataclass(frozen=True)
class Settings:
    """The settings of a run, with their defaults.

    ``policy_by_line_of_business`` assigns policies by line of business, any other line gets ``default_policy``.
    A delivery is refused when more than ``max_rejected_share`` and more than ``max_rejected_rows`` of a table's rows
    are set aside, or when more than ``max_failed_history_checks`` of the checks against earlier deliveries (volume,
    months, code share, code families) fail at once. ``memory_limit`` bounds DuckDB's buffers, ``threads`` its threads
    (none: one a core). With an ``end_marker`` a delivery without a file of that name is still being copied and is
    refused. Published files are kept for ``snapshot_days``, those of a month's end for good.
    """

    default_policy: str = DEFAULT_POLICY
    policy_by_line_of_business: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    max_rejected_share: float = 0.01
    max_rejected_rows: int = 20
    max_failed_history_checks: int = 2
    memory_limit: str = "1GB"
    threads: int | None = None
    end_marker: str | None = None
    snapshot_days: int = 90


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_assignment(value: object) -> bool:
    return isinstance(value, dict) and all(_is_word(policy) for policy in value.values())


_EXPECTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "default_policy": ("the id of a policy", _is_word),
    "policy_by_line_of_business": ("a table from line of business to policy id", _is_assignment),
    "max_rejected_share": (
        "a share from 0 to 1",
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1,
    ),
    "max_rejected_rows": ("a whole number of rows, 0 or more", lambda value: _is_count(value) and value >= 0),
    "max_failed_history_checks": ("a whole number of checks, 0 or more", lambda value: _is_count(value) and value >= 0),
    "memory_limit": (
        'a size such as "1GB" or "512MB"',
        lambda value: isinstance(value, str) and bool(_MEMORY.fullmatch(value)),
    ),
    "threads": ("a whole number of threads, 1 or more", lambda value: _is_count(value) and value >= 1),
    "end_marker": (
        'the name of a file such as "_SUCCESS"',
        lambda value: _is_word(value) and "/" not in value and value not in {".", ".."},
    ),
    "snapshot_days": ("a whole number of days, 0 or more", lambda value: _is_count(value) and value >= 0),
}


def load_settings(path: Path | None) -> Settings:
    """The settings in the TOML file at ``path``; without a file, the defaults.

    Raises ``UsageError`` naming every unknown key and every value of the wrong kind at once.
    """
    if path is None:
        return Settings()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"The configuration {path} cannot be read ({error.strerror}). Name a TOML file with --config."
        raise UsageError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"The configuration {path} is not TOML: {error}."
        raise UsageError(message) from None
    known = [setting.name for setting in fields(Settings)]
    faults = [
        f"'{key}' is not a setting" if key not in _EXPECTED else f"'{key}' must be {_EXPECTED[key][0]}"
        for key, value in content.items()
        if key not in _EXPECTED or not _EXPECTED[key][1](value)
    ]
    if faults:
        message = f"The configuration {path} cannot be used: {'; '.join(faults)}. Settings are: {', '.join(known)}."
        raise UsageError(message)
    if "policy_by_line_of_business" in content:
        content["policy_by_line_of_business"] = MappingProxyType(content["policy_by_line_of_business"])
    return Settings(**content)

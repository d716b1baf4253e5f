"""What the suites of expectations/ ask, read and checked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipelines.ground.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


Severity = Literal["critical", "warning"]

SEVERITIES = ("critical", "warning")
SUITES_OF_NO_TABLE = ("against_history", "between_tables")


class CheckKey(NamedTuple):
    """The name of a check: a table, and a name that is the table's own."""

    table_name: str
    check_name: str


@dataclass(frozen=True)
class SuiteCheck:
    """One line of a suite: what is expected, how bad a failure is, and whom it harms.

    ``failed_count`` and ``total_count`` are SQL that count rows of the table, where DuckDB counts for the check.
    """

    key: CheckKey
    severity: Severity
    description: str
    consequence: str
    expectation_type: str
    kwargs: Mapping[str, Any]
    failed_count: str | None
    total_count: str | None

    @property
    def columns(self) -> list[str]:
        """The columns the expectation names."""
        return [str(self.kwargs[name]) for name in ("column", "column_A", "column_B") if name in self.kwargs]

    def as_expectation(self) -> dict[str, Any]:
        """The check as Great Expectations takes it."""
        return {
            "type": self.expectation_type,
            "kwargs": dict(self.kwargs),
            "severity": self.severity,
            "description": self.description,
            "notes": self.consequence,
            "meta": self.key._asdict(),
        }


@dataclass(frozen=True)
class Suite:
    """One file of ``expectations/``: the checks of a table, or of several."""

    name: str
    path: Path
    checks: tuple[SuiteCheck, ...]
    count_queries: tuple[str, ...] = field(default=())


# Suites


def read_suites(folder: Path) -> tuple[Suite, ...]:
    """The suites of ``folder``, by name; every fault of every file is told at once."""
    faults: list[str] = []
    suites: list[Suite] = []
    for path in sorted(folder.glob("*.json")):
        try:
            suites.append(_read_suite(path))
        except ValueError as error:
            faults.append(f"  {path.name}: {error}")
    seen = Counter(check.key for suite in suites for check in suite.checks)
    faults.extend(
        f"  {key.table_name}, {key.check_name} is asked {times} times; a table's checks have distinct names."
        for key, times in sorted(seen.items())
        if times > 1
    )
    if faults:
        message = "\n".join([f"Suites in {folder} cannot be used as they stand; correct them.", *faults])
        raise UsageError(message)
    return tuple(suites)


def _read_suite(path: Path) -> Suite:
    """The suite in ``path``; raises ``ValueError`` with the first fault found."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        message = f"not JSON ({error})."
        raise ValueError(message) from error
    if not isinstance(content, dict) or not isinstance(content.get("expectations"), list):
        message = "an object with a list `expectations` was expected."
        raise ValueError(message)  # noqa: TRY004  the caller collects ValueErrors, one a file
    if content.get("name") != path.stem:
        message = f"its name should be that of the file, {path.stem!r}."
        raise ValueError(message)
    queries = content.get("meta", {}).get("count_queries", [])
    return Suite(
        name=path.stem,
        path=path,
        checks=tuple(
            _read_check(path.stem, number, entry) for number, entry in enumerate(content["expectations"], start=1)
        ),
        count_queries=tuple("\n".join(lines) for lines in queries),
    )


def _read_check(suite_name: str, number: int, entry: Mapping[str, Any]) -> SuiteCheck:
    meta = entry.get("meta", {})
    wanted = {
        "type": entry.get("type"),
        "kwargs": entry.get("kwargs"),
        "severity": entry.get("severity"),
        "description": entry.get("description"),
        "notes": entry.get("notes"),
        "meta.check_name": meta.get("check_name"),
    }
    missing = [name for name, value in wanted.items() if value in (None, "")]
    if missing:
        message = f"expectation {number} lacks {', '.join(missing)}."
        raise ValueError(message)
    if entry["severity"] not in SEVERITIES:
        message = f"expectation {number} has a severity other than {' or '.join(SEVERITIES)}."
        raise ValueError(message)
    failed, total = meta.get("failed_count"), meta.get("total_count")
    if "failing_rows" in meta:
        applies_to = meta.get("applies_to", "true")
        failed = f"count(*) filter (where ({meta['failing_rows']}) and ({applies_to}))"
        total = f"count(*) filter (where {applies_to})"
    return SuiteCheck(
        key=CheckKey(meta.get("table_name", suite_name), meta["check_name"]),
        severity=entry["severity"],
        description=entry["description"],
        consequence=entry["notes"],
        expectation_type=entry["type"],
        kwargs=entry["kwargs"],
        failed_count=failed,
        total_count=total,
    )

"""What the suites of expectations/ ask, read and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pipelines.ground.errors import UsageError
from pipelines.ground.records import FILLED, Fault, Must, RecordError, judge, judge_json, record
from pipelines.ground.warehouse import literal

if TYPE_CHECKING:
    from pathlib import Path


Severity = Literal["critical", "warning"]

SUITES_OF_NO_TABLE = ("against_history", "between_tables")
SUITES_OF_LATER_DELIVERIES = ("redelivery",)
"""What these ask of a delivery hangs on what came before it: of a first one there is nothing to count."""
JUDGED_BY_COUNT = "expect_failed_rows_to_be_tolerated"
"""Our own type of expectation (``expectation_of_counts``), judged over the counts of its check by a query from here."""


class CheckKey(NamedTuple):
    """The name of a check: a table, and a name that is the table's own."""

    table_name: str
    check_name: str


_Text = Annotated[str, FILLED]


@record
@dataclass(frozen=True, kw_only=True)
class Touches:
    """The episodes that a failure of a check touches, as a condition on ``audit.episode_review``, and how so."""

    episodes: _Text
    told: _Text


@dataclass(frozen=True)
class SuiteCheck:
    """One line of a suite: what is expected, how bad a failure is, and whom it harms.

    ``failed_count`` and ``total_count`` are SQL that count rows of the table, where DuckDB counts for the check, and
    ``failing_rows`` is the condition of a row that fails it, where it asks something of single rows.
    ``told`` is what a person is told of a failure, with ``{failed}`` and ``{total}`` where the counts stand.
    """

    key: CheckKey
    severity: Severity
    description: str
    consequence: str
    expectation_type: str
    kwargs: Mapping[str, Any]
    failed_count: str | None
    total_count: str | None
    told: str = ""
    touches: Touches | None = None
    failing_rows: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns the expectation names."""
        return [str(self.kwargs[name]) for name in ("column", "column_A", "column_B") if name in self.kwargs]

    def as_expectation(self) -> dict[str, Any]:
        """The check as Great Expectations takes it."""
        return {
            "type": self.expectation_type,
            "kwargs": {"unexpected_rows_query": self._query()} if self.is_judged_by_count else dict(self.kwargs),
            "severity": self.severity,
            "description": self.description,
            "notes": self.consequence,
            "meta": self.key._asdict(),
        }

    def by_count(self) -> SuiteCheck:
        """The same check, judged over its counts."""
        return replace(self, expectation_type=JUDGED_BY_COUNT)

    @property
    def is_judged_by_count(self) -> bool:
        """Whether the check is a query over its own counts, not an expectation on a column."""
        return self.expectation_type == JUDGED_BY_COUNT

    def _query(self) -> str:
        """The row of the check among the counts, when more rows fail than it tolerates."""
        table, check = literal(self.key.table_name), literal(self.key.check_name)
        count, mostly = self.kwargs.get("tolerated_count", 0), self.kwargs.get("mostly", 1)
        return (
            f"select check_name from {{batch}} where table_name = {table} and check_name = {check} "
            f"and failed_count > {count} and failed_count > (1 - {mostly}) * total_count"
        )


@dataclass(frozen=True)
class Suite:
    """One file of ``expectations/``: the checks of a table, or of several."""

    name: str
    path: Path
    checks: tuple[SuiteCheck, ...]
    count_queries: tuple[str, ...] = field(default=())


@record
@dataclass(frozen=True)
class _Tolerance:
    """The kwargs of a check judged by count.

    It fails when more than ``tolerated_count`` rows fail and their share is more than 1 - ``mostly``.
    """

    mostly: Annotated[float, Must("a share from 0 to 1", lambda value: 0 <= value <= 1)] = 1
    tolerated_count: Annotated[int, Must("a whole number of rows, 0 or more", lambda value: value >= 0)] = 0


@record
@dataclass(frozen=True, kw_only=True)
class _Meta:
    check_name: _Text
    told: _Text
    table_name: _Text | None = None
    touches: Touches | None = None
    failing_rows: _Text | None = None
    applies_to: _Text = "true"
    failed_count: _Text | None = None
    total_count: _Text | None = None
    threshold_reason: _Text | None = None


@record
@dataclass(frozen=True, kw_only=True)
class _Expectation:
    type: _Text
    kwargs: Mapping[str, Any]
    severity: Severity
    description: _Text
    notes: _Text
    meta: _Meta


@record
@dataclass(frozen=True)
class _SuiteMeta:
    count_queries: tuple[tuple[str, ...], ...] = ()


@record
@dataclass(frozen=True, kw_only=True)
class _SuiteFile:
    name: str
    expectations: tuple[_Expectation, ...]
    meta: _SuiteMeta = _SuiteMeta()


def read_suites(folder: Path) -> tuple[Suite, ...]:
    """The suites of ``folder``, by name; every fault of every file is told at once."""
    faults: list[str] = []
    suites: list[Suite] = []
    for path in sorted(folder.glob("*.json")):
        try:
            suites.append(_read_suite(path))
        except RecordError as error:
            faults.extend(f"  {path.name}: {fault.told()}." for fault in error.faults)
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
    """The suite in ``path``; raises ``RecordError`` with every fault of the file."""
    content = judge_json(_SuiteFile, path.read_bytes())
    faults = [] if content.name == path.stem else [Fault("name", "wrong", f"that of the file, '{path.stem}'")]
    for number, entry in enumerate(content.expectations, start=1):
        if entry.type == JUDGED_BY_COUNT:
            try:
                judge(_Tolerance, entry.kwargs)
            except RecordError as error:
                faults += [
                    replace(fault, place=f"expectations[{number}].kwargs.{fault.place}") for fault in error.faults
                ]
    if faults:
        raise RecordError(faults)
    return Suite(
        name=path.stem,
        path=path,
        checks=tuple(_check(path.stem, entry) for entry in content.expectations),
        count_queries=tuple("\n".join(lines) for lines in content.meta.count_queries),
    )


def _check(suite_name: str, entry: _Expectation) -> SuiteCheck:
    meta = entry.meta
    failed, total = meta.failed_count, meta.total_count
    if meta.failing_rows is not None:
        failed = f"count(*) filter (where ({meta.failing_rows}) and ({meta.applies_to}))"
        total = f"count(*) filter (where {meta.applies_to})"
    return SuiteCheck(
        key=CheckKey(meta.table_name or suite_name, meta.check_name),
        severity=entry.severity,
        description=entry.description,
        consequence=entry.notes,
        expectation_type=entry.type,
        kwargs=entry.kwargs,
        failed_count=failed,
        total_count=total,
        told=meta.told,
        touches=meta.touches,
        failing_rows=None if meta.failing_rows is None else f"({meta.failing_rows}) and ({meta.applies_to})",
    )

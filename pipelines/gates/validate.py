"""The gates on landed data: the warehouse counts failing rows, Great Expectations judges them.

The suites of ``expectations/`` say what is asked, how grave a failure is and who is harmed by
it. Counts come from SQL, a few scans for all checks of a table; Great Expectations runs
read-only, keeps nothing but pass or fail, and no member value leaves this module
(``docs/decisions/0020`` to ``0023``).
"""

from __future__ import annotations

import logging
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipelines.gates.suites import (
    JUDGED_BY_COUNT,
    SUITES_OF_LATER_DELIVERIES,
    SUITES_OF_NO_TABLE,
    CheckKey,
    Severity,
    Suite,
    SuiteCheck,
    Touches,
    read_suites,
)
from pipelines.ground.errors import CheckFailedError, IntegrityError, UsageError
from pipelines.ground.warehouse import WarehouseError, identifier, literal, one_number, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

    from pipelines.ground.warehouse import Connection


CheckStatus = Literal["passed", "failed", "counted", "not_applicable"]

FORGIVEN_SHARE = 0.01
"""Rows that fail a warning without a share of its own are counted up to this share, as landing sets aside as many."""

WITNESSED_ROWS = 100_000
"""So many rows of a table Great Expectations reads itself, beside the counts: what it is asked of them costs a scan."""

_SUITE_FAULTS = frozenset({"BinderException", "CatalogException", "ParserException", "SyntaxException"})
_NOISY_LOGGERS = ("great_expectations", "sqlalchemy", "duckdb_sqlalchemy")


@dataclass(frozen=True)
class CheckResult:
    """One check of one run: what was asked, how many rows failed it, and who is harmed; never a member value.

    ``told`` is what failed, in a sentence; ``touches`` the episodes that this touches, which only the audit knows.
    """

    check_name: str
    severity: Severity
    table_name: str
    failed_count: int
    total_count: int
    status: CheckStatus
    description: str
    consequence: str
    told: str = ""
    touches: Touches | None = None

    @property
    def message(self) -> str | None:
        """What failed, how many, what it does to the worklist and what to do, for a person; none unless it failed."""
        if self.status != "failed":
            return None
        told = self.told or f"{self.description} Not so: {self.failed_count:,} of {self.total_count:,}."
        return f"{told} {self.consequence}"


JudgedTable = tuple[list[dict[str, Any]], list[dict[str, float | None]]]
"""Expectations on columns, and the rows of numbers that they judge: one column a check, one row a segment."""


class _Count(NamedTuple):
    failed: int
    total: int


def validate(
    catalog: Path,
    *,
    expectations: Path,
    as_of: date,
    delivery_number: int | None,
) -> tuple[CheckResult, ...]:
    """One result a check of the suites, sorted by table and check.

    ``catalog`` is a DuckDB file with the schema ``landed``; nothing else may hold it open for
    writing. Rows of delivery ``delivery_number`` are checked (earlier ones were when they came,
    and serve as what the new ones join to); with None, every landed row. ``as_of`` is the run
    date: a date on it is not yet after the run. A check that finds nothing to look at is
    ``not_applicable``, because an empty field passes everything.

    Raises ``IntegrityError`` when the catalog or a landed file cannot be read, and
    ``UsageError`` when a suite is missing, incomplete or asks for what is not there. A failed
    check raises nothing: see ``raise_if_critical``.
    """
    if not catalog.is_file():
        message = f"The catalog {catalog} is not there; a DuckDB file with schema landed was expected. Land first."
        raise IntegrityError(message)
    suites = read_suites(expectations)
    # Great Expectations takes seconds to import, which is time enough for DuckDB to count.
    with ThreadPoolExecutor(max_workers=1) as beside, _open_catalog(catalog) as connection:
        beside.submit(import_module, "pipelines.gates.expectation_of_counts")
        _demand_all_suites(connection, catalog, expectations, suites)
        _name_rows_to_check(connection, _tables(connection), delivery_number)
        values = _values(as_of, delivery_number)
        counts: dict[CheckKey, _Count] = {}
        witnessed: dict[CheckKey, _Count] = {}
        for suite in suites:
            counts |= _counts(connection, suite, values, is_first=_is_first(delivery_number))
            witnessed |= _witnessed(connection, suite, counts, values)
    verdicts = _judge(catalog, suites, counts, witnessed=witnessed, as_of=as_of, delivery_number=delivery_number)
    results = [_result(check, counts[check.key], verdicts) for suite in suites for check in suite.checks]
    return tuple(sorted(results, key=lambda result: (result.table_name, result.check_name)))


def raise_if_critical(results: Iterable[CheckResult]) -> None:
    """Nothing, when no critical check failed; else ``CheckFailedError`` naming each with counts and what to do."""
    failed = [result for result in results if result.severity == "critical" and result.status == "failed"]
    if not failed:
        return
    lines = [
        f"  {result.table_name}, {result.check_name}: {result.failed_count} of {result.total_count} failed. "
        f"Expected: {result.description} {result.consequence}"
        for result in failed
    ]
    checks = "1 critical check" if len(failed) == 1 else f"{len(failed)} critical checks"
    message = "\n".join(
        [
            f"{checks} failed, so nothing is published; the last published audit stays in place.",
            *lines,
            "Mend the extract, deliver it again, and run `stimaudit validate` to see every check at once.",
        ]
    )
    raise CheckFailedError(message)


def _result(check: SuiteCheck, count: _Count, verdicts: Mapping[CheckKey, bool]) -> CheckResult:
    status: CheckStatus = "not_applicable"
    if count.total > 0:
        status = "passed" if verdicts[check.key] else "counted" if _is_forgiven(check, count) else "failed"
    return CheckResult(
        check_name=check.key.check_name,
        severity=check.severity,
        table_name=check.key.table_name,
        failed_count=count.failed if count.total > 0 else 0,
        total_count=count.total,
        status=status,
        description=check.description,
        consequence=check.consequence,
        told=check.told.format(failed=f"{count.failed:,}", total=f"{count.total:,}"),
        touches=check.touches,
    )


def _is_forgiven(check: SuiteCheck, count: _Count) -> bool:
    """Whether a failed warning on single rows is too rare to speak of the feed; a case that it touches says so."""
    return (
        check.severity == "warning"
        and check.failing_rows is not None
        and "mostly" not in check.kwargs
        and count.failed <= FORGIVEN_SHARE * count.total
    )


def _demand_all_suites(connection: Connection, catalog: Path, expectations: Path, suites: tuple[Suite, ...]) -> None:
    tables = _tables(connection)
    if not tables:
        message = f"The catalog {catalog} lists no table in landed.feed; one row a canonical table was expected."
        raise IntegrityError(message)
    missing = sorted({*tables, *SUITES_OF_NO_TABLE} - {suite.name for suite in suites})
    if missing:
        message = (
            f"{expectations} has no suite {', '.join(f'{name}.json' for name in missing)}; one a landed table and "
            f"{', '.join(f'{name}.json' for name in SUITES_OF_NO_TABLE)} were expected. Restore what is missing: "
            "without its checks a bad delivery passes unseen."
        )
        raise UsageError(message)


# Counting


@contextmanager
def _open_catalog(catalog: Path) -> Iterator[Connection]:
    """A read-only connection to ``catalog``; a fault is told by kind, for its text may quote file content."""
    try:
        with open_warehouse(catalog, read_only=True) as connection:
            yield connection
    except WarehouseError as error:
        message = (
            f"The landed data behind {catalog} cannot be read ({type(error).__name__}): a landed file is missing or "
            "damaged, or the catalog is held by another process. Run `stimaudit verify`, then land again what it names."
        )
        raise IntegrityError(message) from None


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute("select table_name from landed.feed order by table_name").fetchall()
    return [str(name) for (name,) in rows]


def delivered_views(connection: Connection, delivery_number: int | None) -> None:
    """Makes ``delivered_<table>`` and ``earlier_<table>`` in ``connection``, for one delivery or for all of them."""
    _name_rows_to_check(connection, _tables(connection), delivery_number)


def _name_rows_to_check(connection: Connection, tables: Iterable[str], delivery_number: int | None) -> None:
    """Temporary views ``delivered_<table>`` (the rows to check) and ``earlier_<table>`` (what came before them)."""
    # Where nothing came before, DuckDB is told so, and takes no part of a question that hangs on it.
    earlier = "false" if _is_first(delivery_number) else f"delivery_number < {delivery_number:d}"
    for table in tables:
        landed = f"landed.{identifier(table)}"
        for name, rows in (
            (f"delivered_{table}", _delivered(delivery_number)),
            (f"earlier_{table}", earlier),
        ):
            connection.execute(
                f"create or replace temporary view {identifier(name)} as select * from {landed} where {rows}"
            )


def _delivered(delivery_number: int | None) -> str:
    return "true" if delivery_number is None else f"delivery_number = {delivery_number:d}"


def _is_first(delivery_number: int | None) -> bool:
    """Whether nothing came before the rows to check."""
    return delivery_number is None or delivery_number == 1


def _values(as_of: date, delivery_number: int | None) -> dict[str, str]:
    """What stands in a suite for the run date and the delivery."""
    return {
        "{as_of}": f"date '{as_of.isoformat()}'",
        "{delivery_number}": "cast(null as integer)" if delivery_number is None else f"{delivery_number:d}",
    }


def _counts(
    connection: Connection, suite: Suite, values: Mapping[str, str], *, is_first: bool
) -> dict[CheckKey, _Count]:
    """Failed and total counts of every check of ``suite``: one aggregate over its table, then its own queries."""
    if is_first and suite.name in SUITES_OF_LATER_DELIVERIES:
        return {check.key: _Count(0, 0) for check in suite.checks}
    with _told_of(suite):
        rows = _row_counts(connection, suite.checks, _delivered_view(suite), values)
        for query in suite.count_queries:
            rows.extend(connection.execute(_filled(query, values)).fetchall())
    counts = {CheckKey(str(table), str(check)): _Count(int(failed), int(total)) for table, check, failed, total in rows}
    uncounted = sorted(
        f"{check.key.table_name}, {check.key.check_name}" for check in suite.checks if check.key not in counts
    )
    if uncounted:
        message = f"{suite.path}: no count is given for {'; '.join(uncounted)}. Add failing_rows or a count query."
        raise UsageError(message)
    return counts


@contextmanager
def _told_of(suite: Suite) -> Iterator[None]:
    """What a count of ``suite`` asks for in vain is a ``UsageError`` that names the suite."""
    try:
        yield
    except WarehouseError as error:
        if type(error).__name__ not in _SUITE_FAULTS:
            raise
        message = (
            f"{suite.path}: a count of this suite asks for what is not there or is not SQL ({type(error).__name__}). "
            "Columns of sql/extracts.csv in the tables landed.*, delivered_* and earlier_* were expected; correct it."
        )
        raise UsageError(message) from None


def _delivered_view(suite: Suite) -> str:
    return identifier(f"delivered_{suite.name}")


def _row_counts(
    connection: Connection, checks: Iterable[SuiteCheck], relation: str, values: Mapping[str, str]
) -> list[tuple[Any, ...]]:
    """(table, check, failed, total) of each check that is counted row by row, from one aggregate over ``relation``."""
    counted = [check for check in checks if check.failed_count is not None and check.total_count is not None]
    if not counted:
        return []
    aggregates = ", ".join(f"{check.failed_count}, {check.total_count}" for check in counted)
    numbers = connection.execute(_filled(f"select {aggregates} from {relation}", values)).fetchall()[0]
    return [
        (*check.key, failed, total) for check, failed, total in zip(counted, numbers[::2], numbers[1::2], strict=True)
    ]


def _witnessed(
    connection: Connection, suite: Suite, counts: Mapping[CheckKey, _Count], values: Mapping[str, str]
) -> dict[CheckKey, _Count]:
    """The counts of the rows that Great Expectations reads itself: of all, or of the first rows of a large table."""
    checks = [check for check in suite.checks if not check.is_judged_by_count]
    if not checks:
        return {}
    many = f"select count(*) from (select 1 from {_delivered_view(suite)} limit {WITNESSED_ROWS + 1:d}) as some_row"
    if one_number(connection, many) <= WITNESSED_ROWS:
        return {check.key: counts[check.key] for check in checks}
    with _told_of(suite):
        first = f"(select * from {_delivered_view(suite)} limit {WITNESSED_ROWS:d}) as first_row"
        rows = _row_counts(connection, checks, first, values)
    return {CheckKey(str(table), str(check)): _Count(int(failed), int(total)) for table, check, failed, total in rows}


def _filled(query: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        query = query.replace(placeholder, value)
    return query


# Judging


def _judge(
    catalog: Path,
    suites: Iterable[Suite],
    counts: Mapping[CheckKey, _Count],
    *,
    witnessed: Mapping[CheckKey, _Count],
    as_of: date,
    delivery_number: int | None,
) -> dict[CheckKey, bool]:
    """Whether Great Expectations lets each check with anything to look at pass, in one checkpoint.

    Expectations on columns are judged over the landed rows themselves, with one validation definition a table: over all
    of them, or in a large table over its first rows, of which the counts of the same rows must say the same. What is
    asked of all rows of a large table, and what no column expectation covers, are our own, and judge the counts
    (``expectation_of_counts``).
    """
    by_count: list[SuiteCheck] = []
    by_table: dict[str, list[SuiteCheck]] = {}
    for suite in suites:
        for check in suite.checks:
            if counts[check.key].total == 0:
                continue
            if check.is_judged_by_count:
                by_count.append(check)
                continue
            if witnessed[check.key].total > 0:
                by_table.setdefault(suite.name, []).append(check)
            if witnessed[check.key] != counts[check.key]:
                by_count.append(check.by_count())
    batches: dict[str, tuple[list[SuiteCheck], str]] = {}
    for table, checks in by_table.items():
        columns = sorted({column for check in checks for column in check.columns} | {"delivery_number"})
        selected = ", ".join(identifier(column) for column in columns)
        rows = (
            f"select {selected} from landed.{identifier(table)} where {_delivered(delivery_number)} "
            f"limit {WITNESSED_ROWS:d}"
        )
        batches[table] = (checks, rows)
    if by_count:
        batches["counts"] = (by_count, _counts_query(by_count, counts))
    with _great_expectations(catalog) as source:
        of_rows, of_counts = _verdicts(source, batches, as_of=as_of)
    _demand_agreement([check for checks in by_table.values() for check in checks], witnessed, of_rows)
    return of_rows | of_counts


@contextmanager
def _great_expectations(catalog: Path) -> Iterator[SQLDatasource]:
    """``catalog`` as a read-only source of a silent context that lives in memory only, behind the door to DuckDB.

    Whatever Great Expectations raises, logs or warns of may quote rows, so none of it passes.
    """
    with _silence():
        import great_expectations as gx

        import_module("pipelines.gates.expectation_of_counts")
        from duckdb_sqlalchemy import ConnectionWrapper
        from sqlalchemy import URL

        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(enable=False)
        context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
        # Without the last two kwargs, which the types of GX 1.24 leave out, a result is read after its connection
        # went back to the pool (seen 2026-11).
        source = context.data_sources.add_sql(  # type: ignore[call-arg]
            "landed",
            connection_string=URL.create("duckdb", database=str(catalog)).render_as_string(),
            create_temp_table=False,
            kwargs={
                "creator": lambda: ConnectionWrapper(open_warehouse(catalog, read_only=True)),
                "isolation_level": "AUTOCOMMIT",
                "skip_autocommit_rollback": True,
            },
        )
        try:
            yield source
        finally:
            # It keeps two pools; a connection left in either holds the catalog against the next writer.
            source.get_execution_engine().close()
            source.get_engine().dispose()


@contextmanager
def _silence() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _NOISY_LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _batch(source: SQLDatasource, name: str, rows: str) -> BatchDefinition[Any]:
    return source.add_query_asset(name, query=rows).add_batch_definition_whole_table(name)


def _counts_query(checks: Iterable[SuiteCheck], counts: Mapping[CheckKey, _Count]) -> str:
    values = ", ".join(
        f"({literal(check.key.table_name)}, {literal(check.key.check_name)}, "
        f"{counts[check.key].failed:d}, {counts[check.key].total:d})"
        for check in checks
    )
    return f"select * from (values {values}) as counted(table_name, check_name, failed_count, total_count)"


def _verdicts(
    source: SQLDatasource, batches: Mapping[str, tuple[list[SuiteCheck], str]], *, as_of: date
) -> tuple[dict[CheckKey, bool], dict[CheckKey, bool]]:
    """Pass or fail of the checks of each batch, in one checkpoint: by the rows, and by their counts.

    Raises ``UsageError`` for those not judged.
    """
    asked = [check for checks, _ in batches.values() for check in checks]
    of_rows: dict[CheckKey, bool] = {}
    of_counts: dict[CheckKey, bool] = {}
    try:
        results = _checkpoint(
            source,
            "suites",
            {name: ([check.as_expectation() for check in checks], rows) for name, (checks, rows) in batches.items()},
            result_format="BOOLEAN_ONLY",
            parameters={"as_of": as_of},
        )
        for result in results:
            configuration = result.expectation_config
            if configuration is None or _raised(result.exception_info):
                continue
            told = of_counts if configuration.type == JUDGED_BY_COUNT else of_rows
            told[CheckKey(configuration.meta["table_name"], configuration.meta["check_name"])] = bool(result.success)
    except Exception:  # noqa: BLE001, S110  any text may quote rows; told below by name
        pass
    _demand_judged(
        [check.key for check in asked if check.key not in (of_counts if check.is_judged_by_count else of_rows)]
    )
    return of_rows, of_counts


def _demand_judged(unjudged: list[CheckKey]) -> None:
    """Nothing where every check was judged; else ``UsageError`` naming those that were not."""
    if not unjudged:
        return
    names = "; ".join(f"{key.table_name}, {key.check_name}" for key in sorted(unjudged))
    message = (
        f"Great Expectations could not judge: {names}. A type it knows, with columns of sql/extracts.csv, was "
        "expected; correct these expectations. Its own words are withheld, because they may quote rows."
    )
    raise UsageError(message)


def judge_tables(catalog: Path, tables: Mapping[str, JudgedTable]) -> dict[CheckKey, bool]:
    """Whether Great Expectations lets each expectation pass on the small table of numbers given with it, by name.

    An expectation costs Great Expectations some 20 ms however small its table is. So all numbers are looked at once,
    each beside its bounds, and the expectations of those that lie outside are judged one by one (decision 0161).
    """
    if not tables:
        return {}
    verdicts = dict.fromkeys(_keys(tables), True)
    judged: dict[CheckKey, bool] = {}
    suspects: dict[str, JudgedTable] = {}
    try:
        with _great_expectations(catalog) as source:
            outside = _outside_bounds(source, tables)
            suspects = {
                name: ([entry for entry in expectations if CheckKey(**entry["meta"]) in outside], rows)
                for name, (expectations, rows) in tables.items()
            }
            suspects = {name: suspect for name, suspect in suspects.items() if suspect[0]}
            judged = _judged_one_by_one(source, suspects)
    except Exception:  # noqa: BLE001  any text may quote rows; told below by name
        suspects = suspects or dict(tables)
    _demand_judged([key for key in _keys(suspects) if key not in judged])
    return verdicts | judged


def _keys(tables: Mapping[str, JudgedTable]) -> list[CheckKey]:
    return [CheckKey(**entry["meta"]) for expectations, _ in tables.values() for entry in expectations]


def _outside_bounds(source: SQLDatasource, tables: Mapping[str, JudgedTable]) -> set[CheckKey]:
    """The checks with a number outside their bounds, from two expectations on all numbers beside their bounds.

    Complete results name the checks that fail. They hold numbers of measures, and nothing of a member.
    """
    rows = [
        {
            "table_name": entry["meta"]["table_name"],
            "check_name": entry["meta"]["check_name"],
            "number": row[entry["kwargs"]["column"]],
            "min_value": entry["kwargs"].get("min_value"),
            "max_value": entry["kwargs"].get("max_value"),
        }
        for expectations, segments in tables.values()
        for entry in expectations
        for row in segments
    ]
    pairs = [("number", "min_value"), ("max_value", "number")]
    expectations = [
        {
            "type": "expect_column_pair_values_a_to_be_greater_than_b",
            "kwargs": {
                "column_A": larger,
                "column_B": smaller,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
            "severity": "critical",
        }
        for larger, smaller in pairs
    ]
    results = _checkpoint(
        source,
        "bounds",
        {"bounds": (expectations, _rows_query(rows))},
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": list(CheckKey._fields)},
    )
    if len(results) != len(pairs) or any(_raised(result.exception_info) for result in results):
        raise ValueError
    return {
        CheckKey(row["table_name"], row["check_name"])
        for result in results
        for row in result.result["unexpected_index_list"]
    }


def _judged_one_by_one(source: SQLDatasource, tables: Mapping[str, JudgedTable]) -> dict[CheckKey, bool]:
    """Pass or fail of each expectation of ``tables`` that could be judged; a validation definition a table."""
    if not tables:
        return {}
    batches = {name: (expectations, _rows_query(rows)) for name, (expectations, rows) in tables.items()}
    return {
        CheckKey(**result.expectation_config.meta): bool(result.success)
        for result in _checkpoint(source, "measures", batches, result_format="BOOLEAN_ONLY")
        if result.expectation_config is not None and not _raised(result.exception_info)
    }


def _checkpoint(
    source: SQLDatasource,
    name: str,
    batches: Mapping[str, tuple[list[dict[str, Any]], str]],
    *,
    result_format: Any,
    parameters: Mapping[str, Any] | None = None,
) -> list[ExpectationValidationResult]:
    """The results of a checkpoint with one validation definition a batch: its suite of expectations, and its query."""
    import great_expectations as gx

    context = source.data_context
    if context is None:
        raise ValueError
    definitions = [
        gx.ValidationDefinition(
            name=batch,
            data=_batch(source, batch, query),
            suite=context.suites.add(gx.ExpectationSuite(name=batch, expectations=expectations)),
        )
        for batch, (expectations, query) in batches.items()
    ]
    checkpoint = gx.Checkpoint(
        name=name,
        validation_definitions=[context.validation_definitions.add(each) for each in definitions],
        result_format=result_format,
    )
    run = context.checkpoints.add(checkpoint).run(expectation_parameters=dict(parameters or {}))
    return [result for validated in run.run_results.values() for result in validated.results]


def _rows_query(rows: Sequence[Mapping[str, float | str | None]]) -> str:
    columns = list(rows[0])
    values = ", ".join("(" + ", ".join(_sql_value(row[name]) for name in columns) + ")" for row in rows)
    return f"select * from (values {values}) as judged({', '.join(map(identifier, columns))})"


def _sql_value(value: float | str | None) -> str:
    if isinstance(value, str):
        return literal(value)
    return "cast(null as double)" if value is None else f"cast({value!r} as double)"


def _raised(exception_info: Mapping[str, Any] | None) -> bool:
    """Whether an expectation ended in an exception: one report, or one a metric."""
    if not exception_info:
        return False
    if "raised_exception" in exception_info:
        return bool(exception_info["raised_exception"])
    return any(bool(report.get("raised_exception", True)) for report in exception_info.values())


def _demand_agreement(
    checks: Iterable[SuiteCheck], counts: Mapping[CheckKey, _Count], verdicts: Mapping[CheckKey, bool]
) -> None:
    """Two witnesses: a column expectation and its count must say the same, or one of them asks something else."""
    apart = [
        check.key
        for check in checks
        if verdicts[check.key]
        != (
            (counts[check.key].total - counts[check.key].failed) / counts[check.key].total
            >= check.kwargs.get("mostly", 1)
        )
    ]
    if apart:
        names = "; ".join(f"{key.table_name}, {key.check_name}" for key in sorted(apart))
        message = (
            f"Expectation and count disagree on: {names}. Both should ask the same of the same rows; "
            "correct failing_rows or applies_to beside the expectation."
        )
        raise UsageError(message)


VANISHING_CHECKS = frozenset(
    {"delivery_volume_usual", "service_month_not_missing", "hcpcs_share_kept", "index_family_seen"}
)
"""The checks of the suite `against_history` that ask whether something that used to come has vanished."""


def raise_if_silent(results: Sequence[CheckResult], *, limit: int) -> None:
    """Nothing while at most ``limit`` of ``VANISHING_CHECKS`` failed; else ``CheckFailedError`` naming them.

    One of them alone can be chance (a holiday, a month that was always missing) and makes a caveat. Several at once
    are a feed that broke, and the audit would be quiet where it should not be.
    """
    failed = [result for result in results if result.check_name in VANISHING_CHECKS and result.status == "failed"]
    if len(failed) <= limit:
        return
    lines = "\n".join(f"  {result.table_name}, {result.check_name}: {result.description}" for result in failed)
    message = (
        f"{len(failed)} checks against earlier deliveries failed at once (at most {limit} may), so nothing is "
        f"published; the last published audit stays in place. Expected:\n{lines}\n"
        "Ask the sender what this delivery covers. If it is right as it is, raise max_failed_history_checks in the "
        "configuration for this run."
    )
    raise CheckFailedError(message)

"""The measures of a delivery held against its last deliveries, or against bounds that any payer's data keep.

What is asked stands in ``expectations/measures/``, one suite a table, each threshold with its reason. The numbers to
judge are put into one small table, a row a segment and a column a check; Great Expectations judges it in a checkpoint,
and this module gives the second witness (``docs/decisions/0140`` to ``0142``).

See docs/contract.md 1.10.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pipelines.gates.profile import OUTCOME_TABLE, Measured, MeasureKey, with_accepted
from pipelines.gates.suites import CheckKey, Severity
from pipelines.gates.validate import CheckResult, judge_tables
from pipelines.ground.errors import CheckFailedError, UsageError
from pipelines.ground.near_names import unknown_name
from pipelines.ground.records import FILLED, Must, RecordError, judge_json, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.gates.profile import Profile
    from pipelines.gates.validate import JudgedTable


Compared = Literal["value", "change", "ratio"]
Asked = Literal["first", "later", "every_night"]
Segments = Literal["all", "every"]
Unit = Literal["share", "number"]

LAST_DELIVERIES = 6
"""So many deliveries make what is usual; their median, so that one odd night moves nothing."""

CHANCE = 4.5
"""A count that is nearer to the expected one than so many standard deviations has not moved."""

LEAST_USUAL_SEGMENT = 0.08
"""A sender or line of business below this share of the rows may be absent from a delivery by chance."""

ALWAYS = 3
"""What came with so many deliveries, and with all of the last ones, always comes."""

DAYS_A_MONTH = 30.4
SHORTEST_MONTH = 28
SHORT_RHYTHM_DAYS = 7
"""Deliveries that follow one another within a week swing with weekdays and holidays; their volume is not held."""

SHOWN_SEGMENTS = 3

WITHOUT_AN_AUDIT = "Not asked: the delivery is refused before the audit, which finds it."

_Text = Annotated[str, FILLED]


@record
@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """The kwargs of a native expectation on the column of its check."""

    column: str
    min_value: float | None = None
    max_value: float | None = None


@record
@dataclass(frozen=True, kw_only=True)
class _Meta:
    """What number a check judges, and of which segments of which deliveries.

    ``told`` is what a person is told of a failure, with ``{found}`` where the numbers stand. A measure that
    ``is_row_count`` may be of few rows now: that is what is asked.
    """

    check_name: _Text
    told: _Text
    measure: _Text
    compared: Compared
    asked: Asked
    threshold_reason: _Text
    unit: Unit = "share"
    segments: Segments = "every"
    least_rows: Annotated[int, Must("a whole number of rows, 1 or more", lambda value: value >= 1)] | None = None
    is_row_count: bool = False


@record
@dataclass(frozen=True, kw_only=True)
class _Expectation:
    type: Literal["expect_column_values_to_be_between"]
    kwargs: _Bounds
    severity: Severity
    description: _Text
    notes: _Text
    meta: _Meta


@record
@dataclass(frozen=True, kw_only=True)
class _SuiteFile:
    name: str
    expectations: tuple[_Expectation, ...]


@dataclass(frozen=True)
class MeasureCheck:
    """One check of a suite of measures, with the table it speaks of."""

    table_name: str
    expectation: _Expectation

    @property
    def key(self) -> CheckKey:
        """Its name."""
        return CheckKey(self.table_name, self.expectation.meta.check_name)

    @property
    def measure_name(self) -> str:
        """The measure it judges, as an operator names it: a table, and the measure."""
        return f"{self.table_name}.{self.expectation.meta.measure}"

    @property
    def is_of_outcomes(self) -> bool:
        """Whether it is asked of what a night found, after the audit."""
        return self.table_name == OUTCOME_TABLE

    def holds(self, number: float) -> bool:
        """Whether ``number`` lies within its bounds."""
        bounds = self.expectation.kwargs
        return (bounds.min_value is None or number >= bounds.min_value) and (
            bounds.max_value is None or number <= bounds.max_value
        )

    def as_expectation(self) -> dict[str, Any]:
        """The check as Great Expectations takes it."""
        asked = self.expectation
        bounds = {"min_value": asked.kwargs.min_value, "max_value": asked.kwargs.max_value}
        return {
            "type": asked.type,
            "kwargs": {"column": asked.kwargs.column}
            | {name: bound for name, bound in bounds.items() if bound is not None},
            "severity": asked.severity,
            "description": asked.description,
            "notes": asked.notes,
            "meta": self.key._asdict(),
        }


class Judged(NamedTuple):
    """A number that a check judges: of which segment, and from what."""

    now: Measured
    usual: float | None
    number: float


def read_measure_checks(folder: Path) -> tuple[MeasureCheck, ...]:
    """The checks of the suites in ``folder``, by file; every fault of every file is told at once."""
    faults: list[str] = []
    checks: list[MeasureCheck] = []
    for path in sorted(folder.glob("*.json")):
        try:
            suite = judge_json(_SuiteFile, path.read_bytes())
        except RecordError as error:
            faults.extend(f"  {path.name}: {fault.told()}." for fault in error.faults)
            continue
        if suite.name != path.stem:
            faults.append(f"  {path.name}: name: '{path.stem}', as the file, was expected.")
        checks += [MeasureCheck(path.stem, expectation) for expectation in suite.expectations]
    faults += [
        f"  {check.key.table_name}, {check.key.check_name}: kwargs.column must be the check's name."
        for check in checks
        if check.expectation.kwargs.column != check.key.check_name
    ]
    seen = Counter(check.key for check in checks)
    faults += [
        f"  {key.table_name}, {key.check_name} is asked {times} times." for key, times in seen.items() if times > 1
    ]
    if faults or not checks:
        message = "\n".join([f"Suites of measures in {folder} cannot be used as they stand; correct them.", *faults])
        raise UsageError(message)
    return tuple(checks)


def hold(
    profile: Profile,
    earlier: Sequence[Profile],
    *,
    catalog: Path,
    expectations: Path,
    least_rows: int,
) -> tuple[CheckResult, ...]:
    """One result a check on measures, sorted by table and check; a check with nothing to judge is not applicable.

    ``earlier`` are the profiles of the deliveries before, oldest first, which say what is usual. A segment of fewer
    than ``least_rows`` rows, now or before, is not judged. What ``profile`` says was accepted is a warning, and what
    an earlier one says was accepted is the new usual.
    """
    checks = [check for check in read_measure_checks(expectations) if not check.is_of_outcomes]
    return _hold(checks, profile, earlier, catalog=catalog, least_rows=least_rows)


def hold_outcomes(
    found: Profile, earlier: Sequence[Profile], *, catalog: Path, expectations: Path, least_rows: int
) -> tuple[CheckResult, ...]:
    """As ``hold``, of what a night found and the publishes before found.

    A reason that one of them does not have stands in it with a share of 0.
    """
    checks = [check for check in read_measure_checks(expectations) if check.is_of_outcomes]
    reasons = {key for profile in (found, *earlier) for key in profile.by_key if key.segment_kind == "reason"}
    now, *before = [_with_reasons(profile, reasons) for profile in (found, *earlier)]
    return _hold(checks, now, before, catalog=catalog, least_rows=least_rows)


def _with_reasons(profile: Profile, reasons: Iterable[MeasureKey]) -> Profile:
    episodes = _whole(profile.by_key, OUTCOME_TABLE, "episodes")
    if episodes is None:
        return profile
    absent = [Measured(*key, 0.0, episodes.row_count) for key in sorted(reasons) if key not in profile.by_key]
    return replace(profile, measures=(*profile.measures, *absent))


def left_out_with_the_audit(expectations: Path) -> tuple[CheckResult, ...]:
    """The checks of what a night finds where there is no audit, because the delivery was refused before it."""
    return tuple(
        CheckResult(
            check_name=check.key.check_name,
            severity=check.expectation.severity,
            table_name=check.table_name,
            failed_count=0,
            total_count=0,
            status="not_applicable",
            description=f"{check.expectation.description} {WITHOUT_AN_AUDIT}",
            consequence=check.expectation.notes,
        )
        for check in read_measure_checks(expectations)
        if check.is_of_outcomes
    )


def _hold(
    checks: Sequence[MeasureCheck],
    profile: Profile,
    earlier: Sequence[Profile],
    *,
    catalog: Path,
    least_rows: int,
) -> tuple[CheckResult, ...]:
    judged, results = weigh(checks, profile, earlier, least_rows=least_rows)
    verdicts = judge_tables(catalog, _tables_to_judge(checks, judged))
    apart = sorted(
        result_key
        for result in results
        if (result_key := CheckKey(result.table_name, result.check_name)) in verdicts
        and verdicts[result_key] != (result.status == "passed")
    )
    if apart:
        names = "; ".join(f"{key.table_name}, {key.check_name}" for key in apart)
        message = f"Expectation and measure disagree on: {names}. Both should ask the same; correct the expectation."
        raise UsageError(message)
    return results


def weigh(
    checks: Sequence[MeasureCheck], profile: Profile, earlier: Sequence[Profile], *, least_rows: int
) -> tuple[dict[CheckKey, list[Judged]], tuple[CheckResult, ...]]:
    """The numbers that each check judges, and the results by plain comparison, the second witness beside ``hold``."""
    now = _with_derived(profile, earlier)
    before = [_with_derived(past, earlier[:number]) for number, past in enumerate(earlier)]
    judged = {check.key: _judged(check, now, before, least_rows=least_rows) for check in checks}
    results = [_result(check, judged[check.key], profile, before) for check in checks]
    return judged, tuple(sorted(results, key=lambda result: (result.table_name, result.check_name)))


def _tables_to_judge(
    checks: Iterable[MeasureCheck], judged: Mapping[CheckKey, Sequence[Judged]]
) -> dict[str, JudgedTable]:
    """The expectations of each table with anything to judge, and its rows: one a segment, one column a check."""
    tables: dict[str, JudgedTable] = {}
    asked: dict[str, list[MeasureCheck]] = {}
    for check in checks:
        if judged[check.key]:
            asked.setdefault(check.table_name, []).append(check)
    for table, own in asked.items():
        numbers = {
            check.key.check_name: {(one.now.segment_kind, one.now.segment): one.number for one in judged[check.key]}
            for check in own
        }
        segments = sorted({segment for column in numbers.values() for segment in column})
        rows = [{name: column.get(segment) for name, column in numbers.items()} for segment in segments]
        tables[table] = ([check.as_expectation() for check in own], rows)
    return tables


# What is judged


def _judged(check: MeasureCheck, now: Profile, before: Sequence[Profile], *, least_rows: int) -> list[Judged]:
    """The numbers that ``check`` judges in this delivery, one a segment."""
    meta = check.expectation.meta
    least = meta.least_rows or least_rows
    found = []
    for measured in now.measures:
        if (measured.table_name, measured.measure) != (check.table_name, meta.measure):
            continue
        if measured.row_count < least and not meta.is_row_count:
            continue
        if meta.segments == "all" and measured.segment_kind != "all":
            continue
        past = _past(measured.key, before, least_rows=least)
        if (meta.asked == "first" and past) or (meta.asked == "later" and not past):
            continue
        if meta.compared == "value":
            found.append(Judged(measured, _median(past), measured.value))
        elif past:
            usual = median(one.value for one in past)
            number = measured.value - usual if meta.compared == "change" else _ratio(measured, past, meta.unit)
            if measured.segment_kind == "code" and past[0].value == 0:
                number = 1.0  # it vanished before, and that was told
            found.append(Judged(measured, usual, round(number, 6)))
    return found


def _median(past: Sequence[Measured]) -> float | None:
    return median(one.value for one in past) if past else None


def _past(key: MeasureKey, before: Sequence[Profile], *, least_rows: int) -> list[Measured]:
    """The same measure in the last deliveries that had enough rows, none older than the newest accepted one."""
    found: list[Measured] = []
    for profile in reversed(before):
        measured = profile.by_key.get(key)
        if measured is not None and measured.row_count >= least_rows:
            found.append(measured)
        if f"{key.table_name}.{key.measure}" in profile.accepted or len(found) == LAST_DELIVERIES:
            break
    return found


def _ratio(now: Measured, past: Sequence[Measured], unit: Unit) -> float:
    """How many times the usual value; 1 for a share whose count may have moved by chance."""
    usual = median(one.value for one in past)
    if unit == "share":
        seen, expected = now.value * now.row_count, usual * now.row_count
        spread = sqrt(1 + now.row_count / sum(one.row_count for one in past))
        if abs(2 * (sqrt(seen + 0.375) - sqrt(expected + 0.375))) < CHANCE * spread:
            return 1.0
    if usual == 0:
        return 1.0 if now.value == 0 else float(now.row_count)
    return now.value / usual


# Measures of measures


def _with_derived(profile: Profile, earlier: Sequence[Profile]) -> Profile:
    """``profile`` with the measures that need another table or another delivery beside its own rows."""
    known = profile.by_key
    more = [
        *_volume(profile, earlier, known),
        *_stalled(profile, earlier, known),
        *_behind(known),
        *_came(earlier, known),
        *_segments(earlier, known),
    ]
    return replace(profile, measures=(*profile.measures, *more))


def _whole(known: Mapping[MeasureKey, Measured], table: str, measure: str) -> Measured | None:
    return known.get(MeasureKey(table, "all", "", measure))


def _volume(profile: Profile, earlier: Sequence[Profile], known: Mapping[MeasureKey, Measured]) -> Iterable[Measured]:
    """Claim lines a month: of the days since the delivery before, or of the months that a first delivery covers."""
    lines, months = _whole(known, "medical_claim", "lines"), _whole(known, "medical_claim", "busy_months")
    if lines is None or months is None:
        return
    days = (profile.day - earlier[-1].day).days if earlier else 0
    if 0 < days <= SHORT_RHYTHM_DAYS:
        return
    covered = days / DAYS_A_MONTH if days else months.value
    yield replace(lines, measure="lines_a_month", value=lines.value / covered)


def _stalled(profile: Profile, earlier: Sequence[Profile], known: Mapping[MeasureKey, Measured]) -> Iterable[Measured]:
    """The months by which the newest month of service lags behind the calendar since the delivery before."""
    if not earlier or (profile.day - earlier[-1].day).days < SHORTEST_MONTH:
        return
    newest, before = (_whole(each, "medical_claim", "newest_month") for each in (known, earlier[-1].by_key))
    if newest is not None and before is not None:
        months = 12 * (profile.day.year - earlier[-1].day.year) + profile.day.month - earlier[-1].day.month
        yield replace(newest, measure="months_stalled", value=max(0.0, min(months, 1) - (newest.value - before.value)))


def _behind(known: Mapping[MeasureKey, Measured]) -> Iterable[Measured]:
    """The months by which the newest fills are older than the newest claim lines."""
    claims, fills = (_whole(known, table, "newest_month") for table in ("medical_claim", "pharmacy_claim"))
    if claims is not None and fills is not None:
        yield replace(fills, measure="months_behind_claims", value=claims.value - fills.value)


def _came(earlier: Sequence[Profile], known: Mapping[MeasureKey, Measured]) -> Iterable[Measured]:
    """Whether fills came with the claims, where they came with each of the last deliveries."""
    lines, fills = _whole(known, "medical_claim", "lines"), _whole(known, "pharmacy_claim", "fills")
    last = earlier[-LAST_DELIVERIES:]
    if (
        lines is not None
        and len(last) >= ALWAYS
        and all(_whole(past.by_key, "pharmacy_claim", "fills") for past in last)
    ):
        yield replace(lines, table_name="pharmacy_claim", measure="feed_came", value=0.0 if fills is None else 1.0)


def _segments(earlier: Sequence[Profile], known: Mapping[MeasureKey, Measured]) -> Iterable[Measured]:
    """The share of each sender and line of business in a table, 0 for one that is missing, and what is new of them."""
    for table, measure in (("medical_claim", "lines"), ("eligibility", "spans")):
        whole = _whole(known, table, measure)
        if whole is None:
            continue
        before = {
            key
            for past in earlier[-LAST_DELIVERIES:]
            for key in past.by_key
            if (key.table_name, key.measure) == (table, measure) and key.segment_kind != "all"
        }
        present = {
            key for key in known if (key.table_name, key.measure) == (table, measure) and key.segment_kind != "all"
        }
        for key in sorted(present | before):
            rows = known[key].row_count if key in known else 0
            usual = [
                past.by_key[key].value / whole_then.value
                for past in earlier[-LAST_DELIVERIES:]
                if key in past.by_key and (whole_then := _whole(past.by_key, table, measure))
            ]
            if not usual or median(usual) >= LEAST_USUAL_SEGMENT:
                yield Measured(
                    table, key.segment_kind, key.segment, "segment_share", rows / whole.value, whole.row_count
                )
        if any(key.segment_kind == "line_of_business" for key in before):
            new = sum(known[key].row_count for key in present - before if key.segment_kind == "line_of_business")
            yield Measured(table, "all", "", "new_line_of_business_share", new / whole.value, whole.row_count)


# What comes of it


def _result(check: MeasureCheck, judged: Sequence[Judged], profile: Profile, before: Sequence[Profile]) -> CheckResult:
    expectation = check.expectation
    failed = [one for one in judged if not check.holds(one.number)]
    description, severity, told = expectation.description, expectation.severity, ""
    if failed:
        found = _found(check, failed)
        told = expectation.meta.told.format(found=found)
        description += f" Found: {found}."
        reason = _reason(check, profile, before)
        if reason is not None:
            severity = "warning"
            description += f" Accepted: {reason}"
            told += f" Accepted: {reason.rstrip('.')}."
    return CheckResult(
        check_name=check.key.check_name,
        severity=severity,
        table_name=check.table_name,
        failed_count=len(failed),
        total_count=len(judged),
        status="failed" if failed else "passed" if judged else "not_applicable",
        description=description,
        consequence=expectation.notes,
        told=told,
    )


def _reason(check: MeasureCheck, profile: Profile, before: Sequence[Profile]) -> str | None:
    """Why an operator accepted the failure, now or, for a bound, of an earlier delivery."""
    accepted = dict(profile.accepted)
    if check.expectation.meta.compared == "value":
        accepted = {name: reason for past in before for name, reason in past.accepted.items()} | accepted
    return accepted.get(check.measure_name)


def _found(check: MeasureCheck, failed: Sequence[Judged]) -> str:
    """What was found, the whole first and then what is farthest from the usual; no more than a few segments."""
    unit = check.expectation.meta.unit
    order = sorted(
        failed,
        key=lambda one: (
            one.now.segment_kind != "all",
            0.0 if one.usual is None else -abs(one.now.value - one.usual),
            -one.now.row_count,
            one.now.segment,
        ),
    )
    told = [
        f"{_segment(one.now)}{_number(one.now.value, unit)} (of {one.now.row_count:,})"
        + ("" if one.usual is None else f", usually {_number(one.usual, unit)}")
        for one in order[:SHOWN_SEGMENTS]
    ]
    more = len(order) - SHOWN_SEGMENTS
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def _segment(measured: Measured) -> str:
    if measured.segment_kind == "all":
        return ""
    return f"{measured.segment_kind} {measured.segment}: "


def _number(value: float, unit: Unit) -> str:
    return f"{value:.1%}" if unit == "share" else f"{value:,.1f}"


def accepting(
    profile: Profile, *, names: Sequence[str], because: str | None, expectations: Path, by: str | None = None
) -> Profile:
    """``profile`` with the measures of the checks ``names`` accepted by somebody, each for the reason ``because``.

    A name is that of a check or of a measure, with its table before a point. Raises ``UsageError`` for one
    that is not known, and where no reason is given.
    """
    accepted = accepted_measures(names, because=because, expectations=expectations)
    if not accepted:
        return profile
    new_by = dict.fromkeys(accepted, by) if by else {}
    kept_by = {name: who for name, who in profile.accepted_by.items() if name not in accepted}
    return with_accepted(profile, {**profile.accepted, **accepted}, {**kept_by, **new_by})


def accepted_measures(names: Sequence[str], *, because: str | None, expectations: Path) -> dict[str, str]:
    """The measures of the checks ``names`` with the reason; a name without its table is one of every table that has it.

    Raises as ``accepting`` does.
    """
    if not names:
        return {}
    if not (because or "").strip():
        message = 'A change is accepted for a reason. Give it: --because "what the payer said".'
        raise UsageError(message)
    checks = read_measure_checks(expectations)
    accepted: dict[str, str] = {}
    for name in names:
        found = {check.measure_name for check in checks if name in _names(check)}
        if not found:
            known = sorted(f"{check.key.table_name}.{check.key.check_name}" for check in checks)
            step = "Name it as the refusal does."
            raise unknown_name(name, known, kind="check", place="The suites of measures", more=step)
        accepted |= dict.fromkeys(sorted(found), str(because).strip())
    return accepted


def _names(check: MeasureCheck) -> set[str]:
    table, name = check.key
    return {name, f"{table}.{name}", check.measure_name}


def raise_if_broken(results: Iterable[CheckResult]) -> None:
    """Nothing when no critical check on measures failed; else ``CheckFailedError``: each, and how it is accepted."""
    failed = [result for result in results if result.severity == "critical" and result.status == "failed"]
    if not failed:
        return
    lines = [
        f"  {result.table_name}.{result.check_name}: {result.description} {result.consequence}" for result in failed
    ]
    place = "what this night found" if all(result.table_name == OUTCOME_TABLE for result in failed) else "this delivery"
    what = f"1 measure of {place} looks" if len(failed) == 1 else f"{len(failed)} measures of {place} look"
    message = "\n".join(
        [
            f"{what} like a feed that broke, so nothing is published; the last published audit stays in place.",
            *lines,
            "Ask the sender what changed, and deliver again. Where it is right as it is, run again with",
            *(
                f'  --accept-change {result.table_name}.{result.check_name} --because "what the sender said"'
                for result in failed
            ),
        ]
    )
    raise CheckFailedError(message)

"""The canonical layout, and how canonical columns are read, normalised and judged.

A row is judged in the pass that reads it. The common row costs a few comparisons; the text that
names its faults, or what was mended in it, is only made for a row that has some. Guards such as
"starts or ends with a blank" come before every normalisation because most values need none.

See docs/contract.md 1.3, 1.4, 1.9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.ground.warehouse import identifier, literal
from pipelines.intake.layouts import readings
from pipelines.intake.layouts.projection import Projection
from pipelines.intake.layouts.readings import TEXT
from pipelines.intake.value_rules import value_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from pipelines.ground.warehouse import Connection
    from pipelines.intake.extracts import ExtractColumn, ExtractTable
    from pipelines.intake.value_rules import ValueRules


PROCEDURE_CODE = re.compile(r"procedure_code(_[0-9]+)?")
CODES = frozenset({"code", "number_code", "revenue_code", "hcpcs", "modifier", "code_list", "drug_code"})
TEXTS = CODES | {"id", "number", "text", "pointer", "word", "code_system"}
WITHOUT_POINT_ZERO = CODES - {"code"} | {"id", "number", "pointer", "rank"}


@dataclass(frozen=True)
class CanonicalLayout:
    """A file whose name and columns are those of one canonical table."""

    table: ExtractTable
    layout_name: str = "canonical"
    is_streamed: bool = True

    @property
    def table_names(self) -> tuple[str, ...]:
        """The one table the file is named after."""
        return (self.table.table_name,)

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which the file is refused."""
        return self.table.required_columns

    def check(self) -> None:
        """Nothing: the name has already told the table."""

    def missing_columns(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The required columns that the header lacks."""
        return tuple(name for name in self.required_columns if name not in header)

    def known_columns(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The canonical columns that the header has, in canonical order."""
        return tuple(column.column_name for column in self.table.columns if column.column_name in header)

    def projections(self, types: Mapping[str, str]) -> tuple[Projection, ...]:
        """The file as it stands."""
        columns = self.known_columns(tuple(types))
        query = f"select {', '.join(map(identifier, columns))} from source"
        return (Projection(self.table.table_name, columns, query, has_source_row=False, types=types),)


def layout_by_name(stem: str, tables: Mapping[str, ExtractTable]) -> CanonicalLayout | None:
    """The layout of `<table>` or `<table>_<anything>`; the longest table name wins."""
    for name in sorted(tables, key=len, reverse=True):
        if stem == name or stem.startswith(f"{name}_"):
            return CanonicalLayout(tables[name])
    return None


@dataclass
class _Judgement:
    """The SQL pieces of one column: how it is parsed, what is landed, which faults and warnings it can have.

    A fault is (rule, condition); a suspicion is a cheap condition that every row with a fault meets. A warning is
    (rule, suspicion, condition).
    """

    column: ExtractColumn
    physical: str
    raw: str
    parsed: str
    parse: str
    landed: str
    is_blank: str
    is_delivered: bool = True
    suspicions: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The column as the file has it."""
        return identifier(self.column.column_name)

    @property
    def delivered(self) -> str:
        """The column as the file has it, null where it has none."""
        return self.source if self.is_delivered else "null::varchar"

    @property
    def text(self) -> str:
        """The delivered value as text."""
        return self.raw if self.physical == TEXT else f"{self.raw}::varchar"

    @property
    def warning_suspicions(self) -> list[str]:
        """The cheap conditions, one of which every row with a warning in this column meets."""
        return list(dict.fromkeys(suspicion for _, suspicion, _ in self.warnings))

    @property
    def is_lost(self) -> str:
        """A guard: whether something was delivered and nothing was read."""
        return f"({self.parsed} is null and {self.raw} is not null)"


def landed_columns(projection: Projection, table: ExtractTable) -> tuple[str, ...]:
    """The columns that ``projection`` lands: its own, and modifiers wherever a code that may hold some is read."""
    held = set(projection.columns)
    if _holds_composites(table, held):
        held |= {column.column_name for column in table.columns if column.kind == "modifier"}
    return tuple(column.column_name for column in table.columns if column.column_name in held)


def _holds_composites(table: ExtractTable, held: Iterable[str]) -> bool:
    kinds = {column.kind for column in table.columns}
    return "modifier" in kinds and any(
        column.kind == "hcpcs" and column.column_name in held for column in table.columns
    )


@dataclass(frozen=True)
class Glance:
    """What one look at the values of a small file said: which columns hold ``nothing``, which are plainly written."""

    nothing: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()


NO_GLANCE = Glance()
"""Of a file that is judged in the pass that reads it."""


@dataclass(frozen=True)
class Judging:
    """How the rows of a projection are judged: SQL that types their values, and SQL that tells their faults."""

    projection: Projection
    judgements: tuple[_Judgement, ...]
    parted: str

    def parsed_query(self, relation: str) -> str:
        """One row per row of ``relation``, which has the projection's columns: each value as delivered and as read."""
        inner = ", ".join(f"{each.delivered} as {each.raw}, {each.parse} as {each.parsed}" for each in self.judgements)
        return f"select {self._source_row} {inner}{self.parted} from {relation}"

    def suspicion_query(self, parsed: str) -> str:
        """One row: for each column whether any row of ``parsed`` may have a fault in it, or a warning."""
        told = (told for each in self.judgements for told in (each.suspicions, each.warning_suspicions))
        listed = ", ".join(f"bool_or({' or '.join(suspicions) or 'false'})" for suspicions in told)
        return f"select {listed} from {parsed}"

    def suspected(self, answer: Sequence[bool | None]) -> Judging:
        """The same judging of a file for which ``suspicion_query`` gave ``answer``: what no row has is not asked."""
        doubts = zip(self.judgements, answer[::2], answer[1::2], strict=True)
        judgements = tuple(
            replace(
                each,
                suspicions=each.suspicions if has_faults else [],
                faults=each.faults if has_faults else [],
                warnings=each.warnings if has_warnings else [],
            )
            for each, has_faults, has_warnings in doubts
        )
        return replace(self, judgements=judgements)

    def judged_query(self, parsed: str) -> str:
        """One row per row of ``parsed``: its landed columns, `row_faults` and `row_warnings`."""
        every = self.judgements
        landed = ",\n    ".join(f"{each.landed} as {identifier(each.column.column_name)}" for each in every)
        faults = _listing(
            (condition for each in every for condition in each.suspicions),
            [(f"{each.column.column_name}:{rule}", condition) for each in every for rule, condition in each.faults],
        )
        warnings = _listing(
            (suspicion for each in every for suspicion in each.warning_suspicions),
            [
                (f"{each.column.column_name}:{rule}", condition)
                for each in every
                for rule, _, condition in each.warnings
            ],
        )
        return f"""
select
    {landed},
    {faults} as row_faults,
    {warnings} as row_warnings,
    {self._source_row}
from {parsed}
"""

    @property
    def _source_row(self) -> str:
        return "source_row," if self.projection.has_source_row else ""


def judged_query(
    projection: Projection,
    table: ExtractTable,
    *,
    as_of: date,
    rules: ValueRules | None = None,
    payments_are_supplied: bool = True,
    seen: Glance = NO_GLANCE,
) -> str:
    """One row per row of ``projection``: its landed columns, `row_faults` and `row_warnings`.

    `row_faults` is null for a row that is loaded, else `column:rule` joined by semicolons; `row_warnings` names in the
    same way what was mended, left blank or is doubtful. Where payments are not supplied a blank required amount stays
    blank, for nobody sent it.
    """
    made = judging(projection, table, as_of=as_of, rules=rules, payments_are_supplied=payments_are_supplied, seen=seen)
    return made.judged_query(f"({made.parsed_query(f'({projection.query}) as projected')}) as parsed")


def judged_in_steps(
    connection: Connection,
    projection: Projection,
    table: ExtractTable,
    *,
    as_of: date,
    rules: ValueRules | None = None,
    payments_are_supplied: bool = True,
) -> str:
    """What ``judged_query`` gives, in the few words that the values of ``projection`` need (decision 0220).

    Its rows are read once, into the temporary table `projected`, and looked at before they are judged in `parsed`.
    """
    rules = rules or value_rules()
    connection.execute(f"create or replace temp table projected as {projection.query}")
    [values] = connection.execute(glance_query(projection, table, "projected", rules)).fetchall()
    seen = glance(projection, table, values)
    short = judging(projection, table, as_of=as_of, rules=rules, payments_are_supplied=payments_are_supplied, seen=seen)
    connection.execute(f"create or replace temp table parsed as {short.parsed_query('projected')}")
    [doubts] = connection.execute(short.suspicion_query("parsed")).fetchall()
    return short.suspected(doubts).judged_query("parsed")


def glance_query(projection: Projection, table: ExtractTable, relation: str, rules: ValueRules) -> str:
    """One row: for each column of ``projection`` how many values ``relation`` has, and whether one is oddly written."""
    asked = []
    for column in _columns_of(projection, table):
        name = identifier(column.column_name)
        asked.append(f"count({name})")
        if projection.types.get(column.column_name, TEXT) == TEXT:
            odd = readings.spelling(column, name, rules).odd
            asked.append(f"bool_or({odd}{f' or strlen({name}) > 2' if column.kind == 'modifier' else ''})")
        else:
            asked.append("true")
    return f"select {', '.join(asked)} from {relation}"


def glance(projection: Projection, table: ExtractTable, answer: Sequence[int | bool | None]) -> Glance:
    """What ``answer``, the row of a ``glance_query``, says of the columns."""
    names = [column.column_name for column in _columns_of(projection, table)]
    told = list(zip(names, answer[::2], answer[1::2], strict=True))
    return Glance(
        nothing=frozenset(name for name, count, _ in told if not count),
        plain=frozenset(name for name, _, is_odd in told if not is_odd),
    )


def _columns_of(projection: Projection, table: ExtractTable) -> list[ExtractColumn]:
    return [column for column in table.columns if column.column_name in projection.columns]


def stays_blank(column: ExtractColumn) -> bool:
    """Whether a column without a value is landed without one: an amount may become 0, modifiers come from codes."""
    return may_be_left_out(column) and column.kind != "modifier"


def judging(
    projection: Projection,
    table: ExtractTable,
    *,
    as_of: date,
    rules: ValueRules | None = None,
    payments_are_supplied: bool = True,
    seen: Glance = NO_GLANCE,
) -> Judging:
    """How the rows of ``projection`` are judged; shorter where a glance has ``seen`` what a file does not need."""
    rules = rules or value_rules()
    latest = f"(date {literal(as_of.isoformat())} + interval 1 year)::date"
    landing = landed_columns(projection, table)
    present = [column for column in table.columns if column.column_name in landing]
    judgements = {
        column.column_name: _judge(
            column,
            number,
            projection.types.get(column.column_name, TEXT),
            latest,
            rules,
            seen,
            is_delivered=column.column_name in projection.columns,
        )
        for number, column in enumerate(present)
    }
    if table.table_name == "eligibility" and "enrollment_end_date" in judgements:
        _empty_spans(judgements, warn=not projection.empty_spans_are_meant)
    _doubt_care_lines(judgements, rules)
    parted = _part_modifiers(judgements, rules, seen)
    for each in judgements.values():
        if _is_filled_amount(each.column):
            _blank_amount(each, is_unknown=not payments_are_supplied)
    return Judging(projection, tuple(judgements.values()), parted)


def _is_filled_amount(column: ExtractColumn) -> bool:
    """Whether a blank value of the column is 0, which is counted."""
    return column.kind == "amount" and column.is_required_column and not column.is_required_value


def may_be_left_out(column: ExtractColumn) -> bool:
    """Whether a column without a single value needs no judging: its blanks are neither a fault nor counted."""
    return not column.is_required_value and not _is_filled_amount(column)


def _listing(suspicions: Iterable[str], entries: list[tuple[str, str]]) -> str:
    if not entries:
        return "null::varchar"
    texts = ", ".join(f"case when {condition} then {literal(text)} end" for text, condition in entries)
    return f"case when {' or '.join(dict.fromkeys(suspicions))} then nullif(concat_ws(';', {texts}), '') end"


def _judge(
    column: ExtractColumn,
    number: int,
    physical: str,
    latest: str,
    rules: ValueRules,
    seen: Glance,
    *,
    is_delivered: bool,
) -> _Judgement:
    raw, parsed = f"r{number}", f"p{number}"
    source = identifier(column.column_name)
    if not is_delivered:
        return _Judgement(column, TEXT, raw, parsed, "null::varchar", parsed, "true", is_delivered=False)
    if column.column_name in seen.nothing and may_be_left_out(column):
        nothing = f"null::{column.landed_type}"
        return _Judgement(column, TEXT, raw, parsed, nothing, parsed, "true", is_delivered=False)
    parse = readings.reading(column, source, physical, rules)
    if column.column_name in seen.plain:
        parse = readings.spelling(column, source, rules).plain
    made = _Judgement(column, physical, raw, parsed, parse, parsed, readings.is_blank(raw, physical, rules))
    _judge_presence(made)
    _judge_bounds(made, latest, rules)
    if physical == TEXT:
        _note_null_words(made, rules)
    if column.kind in TEXTS:
        _note_mended_text(made)
    if column.kind in CODES:
        _note_odd_codes(made, rules)
    if column.kind == "id":
        _judge_identifier(made)
    return made


def _blank_amount(made: _Judgement, *, is_unknown: bool) -> None:
    """What a blank amount of a required column is: 0, or unknown where nobody sent amounts; either is counted."""
    if not is_unknown:
        made.landed = f"coalesce({made.parsed}, 0)::{made.column.landed_type}"
    rule = "blank_is_unknown" if is_unknown else "blank_is_zero"
    made.warnings.append((rule, f"{made.parsed} is null", made.is_blank))


def _judge_presence(made: _Judgement) -> None:
    """The faults of a value that is missing, cannot be read, or is outside its list."""
    column, parsed = made.column, made.parsed
    unread = f"{parsed} is null and not {made.is_blank}"
    if column.is_required_value:
        made.suspicions.append(f"{parsed} is null")
        made.faults.append(("missing", made.is_blank))
    if column.is_unread:
        made.warnings.append(("unreadable_is_blank", made.is_lost, unread))
    elif column.unreadable_rule == "not_a_date":
        timed = readings.has_time(made.raw, made.physical)
        made.suspicions.append(made.is_lost)
        made.faults.append(("date_with_time", f"{unread} and {timed}"))
        made.faults.append(("not_a_date", f"{unread} and not {timed}"))
    elif column.unreadable_rule:
        made.suspicions.append(made.is_lost)
        made.faults.append((column.unreadable_rule, unread))
    if column.allowed_words:
        words = ", ".join(map(literal, column.allowed_words))
        made.suspicions.append(f"{parsed} not in ({words})")
        made.faults.append(("not_in_list", f"{parsed} not in ({words})"))


def _judge_bounds(made: _Judgement, latest: str, rules: ValueRules) -> None:
    """The faults and warnings of a value that can be read and is not believed."""
    column, parsed = made.column, made.parsed
    earliest = f"date {literal(column.earliest_date)}"
    outside = f"{parsed} not between {earliest} and {latest}"
    filler = readings.is_among(f"{parsed}::varchar", rules.filler_dates)
    match column.kind:
        case "date" if column.is_required_value:
            made.suspicions.append(outside)
            made.faults += [("date_too_early", f"{parsed} < {earliest}"), ("date_too_late", f"{parsed} > {latest}")]
        case "date":
            made.suspicions.append(outside)
            made.faults += [
                ("date_too_early", f"{parsed} < {earliest} and not {filler}"),
                ("date_too_late", f"{parsed} > {latest} and not {filler}"),
            ]
            made.warnings.append(("filler_is_blank", outside, filler))
            made.landed = f"case when {parsed} between {earliest} and {latest} then {parsed} end"
        case "birth_date":
            outside = f"({parsed} <= {earliest} or {parsed} > {latest})"  # the first day of all is a filler itself
            made.warnings.append(("filler_is_blank", outside, filler))
            made.warnings.append(("out_of_bounds_is_blank", outside, f"{outside} and not {filler}"))
            made.landed = f"case when not {outside} then {parsed} end"
        case "open_start_date":
            made.suspicions.append(f"{parsed} > {latest}")
            made.faults.append(("date_too_late", f"{parsed} > {latest} and not {filler}"))
            made.warnings.append(("filler_is_open", f"{parsed} > {latest}", filler))
            made.landed = f"case when {parsed} between {earliest} and {latest} then {parsed} end"
        case "open_end_date":
            made.warnings.append(("filler_is_open", f"{parsed} < {earliest}", filler))
            made.landed = (
                f"case when {parsed} <= {latest} and not ({parsed} < {earliest} and {filler}) then {parsed} end"
            )
        case "days_supply":
            made.suspicions.append(f"{parsed} not between -998 and 998")
            made.faults.append(("out_of_range", f"{parsed} not between -998 and 998"))
        case "rank":
            made.suspicions.append(f"{parsed} < 1")
            made.faults.append(("below_one", f"{parsed} < 1"))
            if made.physical == TEXT:
                made.warnings.append(("point_zero_dropped", f"contains({made.raw}, '.')", f"contains({made.raw}, '.')"))
        case "boolean":
            made.warnings.append(("boolean_unreadable", made.is_lost, f"{parsed} is null and not {made.is_blank}"))


def _judge_identifier(made: _Judgement) -> None:
    """Identifiers that met a floating-point number: several of them may have become one."""
    mangled = f"regexp_full_match({made.parsed}, {literal(readings.MANGLED)})"
    made.suspicions.append(f"contains({made.parsed}, '+')")
    if limit := readings.EXACT_UP_TO.get(made.physical):
        mangled = f"({mangled} or abs({made.raw}) > {limit})"
        made.suspicions.append(f"abs({made.raw}) > {limit}")
    made.faults.append(("mangled_identifier", mangled))


def _note_null_words(made: _Judgement, rules: ValueRules) -> None:
    """The count of words for null."""
    is_word = f"{made.parsed} is null and {readings.is_null_word(made.raw, rules)}"
    made.warnings.append(("null_word_is_blank", made.is_lost, is_word))


def _note_mended_text(made: _Judgement) -> None:
    """The counts of `.0` that was dropped and of characters that nobody sees."""
    if made.physical != TEXT:
        return
    parsed, raw, kind = made.parsed, made.raw, made.column.kind
    is_changed = f"{parsed} <> {raw}"
    if kind in WITHOUT_POINT_ZERO:
        suspicion = f"({is_changed} and contains({raw}, '.'))"
        dropped = f"{is_changed} and regexp_matches({raw}, '\\b[0-9]+\\.0\\b')"
        made.warnings.append(("point_zero_dropped", suspicion, dropped))
    unseen = f"{parsed} is distinct from {raw} and regexp_matches({raw}, '[{readings.UNSEEN}]')"
    made.warnings.append(("unseen_character_dropped", f"({is_changed} and {readings.is_foreign(raw)})", unseen))


def _note_odd_codes(made: _Judgement, rules: ValueRules) -> None:
    """The counts of codes that are mended by what they are, or still look like none."""
    column, parsed, raw = made.column, made.parsed, made.text
    foreign = readings.is_foreign(parsed)
    made.warnings.append(("not_ascii", foreign, foreign))
    if column.kind == "hcpcs":
        filler = readings.is_among(readings.first_of_composite(raw, rules), rules.filler_codes)
        made.warnings.append(("filler_is_blank", made.is_lost, f"{parsed} is null and {filler}"))
        composite = f"({parsed} <> {raw} and regexp_matches({raw}, '[:>]'))"
        made.warnings.append(("composite_parted", composite, composite))
        _note_opening_codes(made, f"strlen({parsed}) > 5", rules.opening_codes)
    elif column.kind == "revenue_code":
        _note_opening_codes(made, f"strlen({parsed}) > 4", rules.opening_codes)
        short = f"({parsed} <> {raw} and starts_with({parsed}, '0'))"
        restored = f"{short} and not contains({raw}, '.') and not contains({raw}, {parsed})"
        made.warnings.append(("leading_zero_restored", short, restored))
    elif column.kind == "modifier":
        run = f"regexp_full_match({parsed}, '(?:[A-Z0-9]{{2}}){{2,}}')"
        made.warnings.append(("modifiers_parted", f"strlen({parsed}) > 2", run))
        _note_opening_codes(made, f"strlen({parsed}) > 2", rules.opening_codes)
    elif column.kind == "drug_code":
        marked = f"{parsed} <> {raw}"
        made.warnings.append(("drug_code_mended", marked, f"{marked} and regexp_matches({raw}, '^\\s*[Nn]4|[* ]')"))
    elif PROCEDURE_CODE.fullmatch(column.column_name):
        odd = f"(strlen({parsed}) > 4 and strlen({parsed}) <> 7)"
        _note_opening_codes(made, odd, rules.opening_procedures)
        short = readings.is_among(parsed, rules.short_procedures)
        made.warnings.append(("leading_zero_lost", f"strlen({parsed}) = 3", short))


def _note_opening_codes(made: _Judgement, odd: str, codes: Iterable[str]) -> None:
    """The count of codes of an odd length with an opening code within: one is enough, for they are rare."""
    within = f"{odd} and regexp_matches({made.parsed}, '{'|'.join(codes)}')"
    made.warnings.append(("opening_code_within", odd, within))


def _doubt_care_lines(judgements: Mapping[str, _Judgement], rules: ValueRules) -> None:
    """Lines of care that may be many visits, and pointers that cannot be read."""
    care = [
        readings.is_among(judgements[name].parsed, codes)
        for name, codes in (("hcpcs_code", rules.care_codes), ("revenue_center_code", rules.care_revenue_codes))
        if name in judgements
    ]
    if care and (units := judgements.get("service_unit_quantity")):
        many = f"{units.parsed} > {rules.units_a_day}"
        units.warnings.append(("many_units_of_care", many, f"{many} and ({' or '.join(care)})"))
    end = judgements.get("claim_line_end_date")
    if care and end and (start := judgements.get("claim_line_start_date")):
        spans = f"{end.landed} > {start.parsed}"
        end.warnings.append(("care_over_days", f"{end.parsed} > {start.parsed}", f"{spans} and ({' or '.join(care)})"))
    for made in judgements.values():
        if made.column.kind == "pointer" and made.is_delivered:
            unread = f"not regexp_full_match({made.parsed}, '{readings.POINTER}')"
            is_long = f"(strlen({made.parsed}) > 1 or {made.parsed} not between '1' and 'L')"
            made.warnings.append(("pointer_unreadable", f"({is_long} and {unread})", unread))


def _part_modifiers(judgements: Mapping[str, _Judgement], rules: ValueRules, seen: Glance) -> str:
    """Lands modifiers that stood in a composite code or in one field as one a column; an inner column, or nothing."""
    codes = [made for made in judgements.values() if made.column.kind == "hcpcs"]
    fields = [made for made in judgements.values() if made.column.kind == "modifier"]
    if all(made.column.column_name in seen.plain for made in (*codes, *fields) if made.is_delivered):
        return ""
    if not codes or not fields:
        return ""
    texts = [f"{made.source}::varchar" for made in fields if made.is_delivered]
    composites = [f"{made.source}::varchar" for made in codes]
    guards = [f"contains({text}, '{mark}')" for text in composites for mark in ":>"]
    guards += [f"strlen({text}) > 2" for text in texts]
    lists = [readings.modifiers_of(text, rules) for text in texts]
    lists += [readings.modifiers_of_composite(text, rules) for text in composites]
    for position, made in enumerate(fields, start=1):
        made.landed = f"case when parted is not null then parted[{position}] else {made.parsed} end"
    left = f"len(parted) > {len(fields)}"
    codes[0].warnings.append(("modifier_left_out", left, left))
    return f", case when {' or '.join(guards)} then flatten([{', '.join(lists)}]) end as parted"


def _empty_spans(judgements: Mapping[str, _Judgement], *, warn: bool) -> None:
    """An end before its start becomes the day before the start: a span of no days."""
    start, end = judgements["enrollment_start_date"], judgements["enrollment_end_date"]
    is_before = f"{end.parsed} < {start.parsed}"
    is_meant = f"{is_before} and ({end.landed}) is not null"
    earliest = f"date {literal(start.column.earliest_date)}"
    if warn:
        is_told = f"{is_meant} and (({start.landed}) is not null or {start.parsed} < {earliest})"
        end.warnings.append(("end_before_start", is_before, is_told))
    end.landed = f"case when {is_meant} and ({start.landed}) is not null then {start.parsed} - 1 else {end.landed} end"

"""The canonical layout, and how canonical columns are read, normalised and judged.

A row is judged in the pass that reads it. The common row costs a few comparisons; the text that
names its faults is only made for a row that has some. Guards such as "starts or ends with a blank"
come before every normalisation because most values need none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.ground.warehouse import identifier, literal
from pipelines.intake.layouts.projection import Projection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pipelines.intake.extracts import ExtractColumn, ExtractTable


BLANKS = "E' \\t\\r\\n'"
WHOLE_NUMBERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
)
FLOATS = frozenset({"FLOAT", "DOUBLE"})
TEXT = "VARCHAR"
USUAL_CODE_SYSTEMS = ("icd-10-cm", "icd-9-cm", "icd-10-pcs", "icd-9-pcs")
"""Spellings that need no normalising, for speed alone; every other text is normalised and kept."""


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
    """The SQL pieces of one column: how it is parsed, what is landed, which faults and warnings it can have."""

    column: ExtractColumn
    raw: str
    parsed: str
    parse: str
    landed: str
    is_blank: str
    suspicions: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str, str]] = field(default_factory=list)


def judged_query(projection: Projection, table: ExtractTable, *, as_of: date) -> str:
    """One row per row of ``projection``: its landed columns, `row_faults` and `row_warnings`.

    `row_faults` is null for a row that is loaded, else `column:rule` joined by semicolons.
    """
    latest = f"(date {literal(as_of.isoformat())} + interval 1 year)::date"
    present = [column for column in table.columns if column.column_name in projection.columns]
    judgements = {
        column.column_name: _judge(column, number, projection.types.get(column.column_name, TEXT), latest)
        for number, column in enumerate(present)
    }
    if table.table_name == "eligibility" and "enrollment_end_date" in judgements:
        _empty_spans(judgements, warn=not projection.empty_spans_are_meant)
    every = list(judgements.values())
    inner = ", ".join(
        f"{identifier(each.column.column_name)} as {each.raw}, {each.parse} as {each.parsed}" for each in every
    )
    landed = ",\n    ".join(f"{each.landed} as {identifier(each.column.column_name)}" for each in every)
    faults = _listing(
        " or ".join(condition for each in every for condition in each.suspicions),
        [(f"{each.column.column_name}:{rule}", condition) for each in every for rule, condition in each.faults],
    )
    warnings = _listing(
        " or ".join(suspicion for each in every for _, suspicion, _ in each.warnings),
        [(f"{each.column.column_name}:{rule}", condition) for each in every for rule, _, condition in each.warnings],
    )
    source_row = "source_row," if projection.has_source_row else ""
    return f"""
select
    {landed},
    {faults} as row_faults,
    {warnings} as row_warnings,
    {source_row}
from (select {source_row} {inner} from ({projection.query}) as projected) as parsed
"""


def _listing(suspicion: str, entries: list[tuple[str, str]]) -> str:
    if not entries:
        return "null::varchar"
    texts = ", ".join(f"case when {condition} then {literal(text)} end" for text, condition in entries)
    return f"case when {suspicion} then nullif(concat_ws(';', {texts}), '') end"


def _judge(column: ExtractColumn, number: int, physical: str, latest: str) -> _Judgement:
    source = identifier(column.column_name)
    raw, parsed = f"r{number}", f"p{number}"
    is_blank = f"({raw} is null or trim({raw}, {BLANKS}) = '')" if physical == TEXT else f"{raw} is null"
    made = _Judgement(column, raw, parsed, _parse(column, source, physical), parsed, is_blank)
    _judge_presence(made, column)
    earliest = f"date {literal(column.earliest_date)}"
    match column.kind:
        case "date" | "birth_date":
            made.suspicions.append(f"{parsed} not between {earliest} and {latest}")
            made.faults += [("date_too_early", f"{parsed} < {earliest}"), ("date_too_late", f"{parsed} > {latest}")]
        case "open_start_date":
            made.suspicions.append(f"{parsed} > {latest}")
            made.faults.append(("date_too_late", f"{parsed} > {latest}"))
            made.landed = f"case when {parsed} >= {earliest} then {parsed} end"
        case "open_end_date":
            made.landed = f"case when {parsed} <= {latest} then {parsed} end"
        case "days_supply":
            made.suspicions.append(f"{parsed} not between -999 and 999")
            made.faults.append(("out_of_range", f"{parsed} not between -999 and 999"))
        case "rank":
            made.suspicions.append(f"{parsed} < 1")
            made.faults.append(("below_one", f"{parsed} < 1"))
        case "boolean":
            suspicion = f"({parsed} is null and {raw} is not null)"
            made.warnings.append(("boolean_unreadable", suspicion, f"{parsed} is null and not {is_blank}"))
    if column.kind == "amount" and column.is_required_column and not column.is_required_value:
        made.landed = f"coalesce({parsed}, 0)::{column.landed_type}"
        made.warnings.append(("blank_is_zero", f"{parsed} is null", is_blank))
    return made


def _judge_presence(made: _Judgement, column: ExtractColumn) -> None:
    """The faults of a value that is missing, cannot be read, or is outside its list."""
    parsed, raw = made.parsed, made.raw
    if column.is_required_value:
        made.suspicions.append(f"{parsed} is null")
        made.faults.append(("missing", made.is_blank))
    if column.unreadable_rule:
        made.suspicions.append(f"({parsed} is null and {raw} is not null)")
        made.faults.append((column.unreadable_rule, f"{parsed} is null and not {made.is_blank}"))
    if column.allowed_words:
        words = ", ".join(map(literal, column.allowed_words))
        made.suspicions.append(f"{parsed} not in ({words})")
        made.faults.append(("not_in_list", f"{parsed} not in ({words})"))


def _empty_spans(judgements: Mapping[str, _Judgement], *, warn: bool) -> None:
    """An end before its start becomes the day before the start: a span of no days."""
    start, end = judgements["enrollment_start_date"], judgements["enrollment_end_date"]
    is_empty = f"{end.parsed} < {start.parsed}"
    earliest = f"date {literal(start.column.earliest_date)}"
    end.landed = f"case when {is_empty} and {start.parsed} >= {earliest} then {start.parsed} - 1 else {end.landed} end"
    if warn:
        end.warnings.append(("end_before_start", is_empty, is_empty))


def _parse(column: ExtractColumn, source: str, physical: str) -> str:
    """The value of ``source`` in its landed type, or null where it is blank or cannot be read."""
    if physical != TEXT:
        return _parse_typed(column, source, physical)
    return _PARSERS[column.kind](source, column)


def _parse_typed(column: ExtractColumn, source: str, physical: str) -> str:
    landed = column.landed_type
    if landed == "VARCHAR":
        return _PARSERS[column.kind](_as_text(source, physical), column)
    if landed == "DATE" and physical in {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}:
        return f"try_cast({source} as date)"
    is_number = physical in WHOLE_NUMBERS or physical in FLOATS or physical.startswith("DECIMAL")
    if landed.startswith("DECIMAL") and is_number:
        return f"try_cast({source} as {landed})"
    if landed == "INTEGER" and physical in WHOLE_NUMBERS:
        return f"try_cast({source} as integer)"
    if landed == "BOOLEAN" and physical == "BOOLEAN":
        return source
    return _PARSERS[column.kind](_as_text(source, physical), column)


def _as_text(source: str, physical: str) -> str:
    """``source`` as text; a float or decimal that is whole (an identifier that met a data frame) loses its `.0`."""
    if physical in FLOATS or physical.startswith("DECIMAL"):
        return (
            f"(case when {source} = try_cast({source} as hugeint) then try_cast({source} as hugeint)::varchar "
            f"else {source}::varchar end)"
        )
    return f"{source}::varchar"


def _text(source: str, _: ExtractColumn) -> str:
    return (
        f"case when {source} < '!' or suffix({source}, ' ') or suffix({source}, E'\\t') "
        f"then nullif(trim({source}, {BLANKS}), '') else {source} end"
    )


def _code(source: str, _: ExtractColumn) -> str:
    cleaned = f"nullif(translate(upper({source}), E'. \\t\\r\\n', ''), '')"
    return (
        f"case when not regexp_full_match({source}, '[A-Z0-9][A-Z0-9.]*') then {cleaned} "
        f"when contains({source}, '.') then replace({source}, '.', '') else {source} end"
    )


def _revenue_code(source: str, column: ExtractColumn) -> str:
    code = _code(source, column)
    return f"case when length({code}) < 4 then lpad({code}, 4, '0') else {code} end"


def _word(source: str, column: ExtractColumn) -> str:
    words = f"nullif(regexp_replace(lower(trim({source}, {BLANKS})), '[\\s-]+', '_', 'g'), '')"
    if not column.allowed_words:
        return words
    allowed = ", ".join(map(literal, column.allowed_words))
    return f"case when {source} in ({allowed}) then {source} else {words} end"


def _code_system(source: str, _: ExtractColumn) -> str:
    words = f"nullif(regexp_replace(lower(trim({source}, {BLANKS})), '[\\s_]+', '-', 'g'), '')"
    return f"case when {source} in ({', '.join(map(literal, USUAL_CODE_SYSTEMS))}) then {source} else {words} end"


def _date(source: str, _: ExtractColumn) -> str:
    trimmed = f"trim({source}, {BLANKS})"
    return (
        f"case when {source} like '____-__-__' and not suffix({source}, ' ') then try_cast({source} as date) "
        f"when {source} is null then null "
        f"when regexp_full_match({trimmed}, '[0-9]{{8}}') then try_strptime({trimmed}, '%Y%m%d')::date "
        f"when regexp_full_match({trimmed}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') then try_cast({trimmed} as date) end"
    )


def _decimal(source: str, column: ExtractColumn) -> str:
    return f"try_cast({source} as {column.landed_type})"


def _integer(source: str, _: ExtractColumn) -> str:
    return (
        f"case when regexp_full_match({source}, '\\s*[+-]?[0-9]+(\\.0*)?\\s*') then try_cast({source} as integer) end"
    )


def _boolean(source: str, _: ExtractColumn) -> str:
    word = f"lower(trim({source}, {BLANKS}))"
    return f"case when {word} in ('true', '1', 'y') then true when {word} in ('false', '0', 'n') then false end"


_PARSERS = {
    "id": _text,
    "text": _text,
    "code": _code,
    "revenue_code": _revenue_code,
    "word": _word,
    "code_system": _code_system,
    "date": _date,
    "birth_date": _date,
    "open_start_date": _date,
    "open_end_date": _date,
    "amount": _decimal,
    "quantity": _decimal,
    "integer": _integer,
    "rank": _integer,
    "days_supply": _integer,
    "boolean": _boolean,
}

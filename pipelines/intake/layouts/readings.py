"""How a delivered value becomes what it says: one SQL expression a kind.

Guards come first and are cheap, for most values need nothing: what real systems spoil (blanks that nobody sees, words
for null, a `.0` from a data frame) is mended in a branch that only the spoiled value enters. Lists in guards are
written as comparisons or `list_contains`, because DuckDB makes a join of a long `in`.

See docs/rule.md 1.1, 1.4 and docs/contract.md 1.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.warehouse import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pipelines.intake.extracts import ExtractColumn
    from pipelines.intake.value_rules import ValueRules


WHOLE_NUMBERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
)
FLOATS = frozenset({"FLOAT", "DOUBLE"})
TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
TEXT = "VARCHAR"
USUAL_CODE_SYSTEMS = ("icd-10-cm", "icd-9-cm", "icd-10-pcs", "icd-9-pcs")
"""Spellings that need no normalising, for speed alone; every other text is normalised and kept."""

ZERO_WIDTH = r"\x{AD}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{FEFF}"
"""Characters without width, the soft hyphen and the marks of the direction of writing among them."""
UNSEEN = (
    rf"\x{{85}}\x{{A0}}\x{{1680}}\x{{2000}}-\x{{200A}}\x{{2028}}\x{{2029}}\x{{202F}}\x{{205F}}\x{{3000}}{ZERO_WIDTH}"
)
"""Blanks outside ASCII and characters without width, for a set of characters in a pattern."""
SPACE = rf"\s\x0B\x1C-\x1F{UNSEEN}"
"""Everything that is trimmed, for a set of characters in a pattern."""
SPACES = "".join(
    map(
        chr,
        (
            *(*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0xAD, 0x1680, 0x180E, *range(0x2000, 0x2010)),
            *(*range(0x2028, 0x2030), *range(0x205F, 0x2065), *range(0x2066, 0x206A), 0x3000, 0xFEFF),
        ),
    )
)
"""The same characters one by one: plain functions cost less to plan than patterns, and there are many of them."""
DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})"
AT_MIDNIGHT = rf"(?:(?:T|[{SPACE}]+)00:00(?::00(?:\.0+)?)?[{SPACE}]*(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
DIGITS = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
GROUPS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?)"
POSITIVE = rf"(?:{GROUPS}|{DIGITS})"
MONEY = rf"\(\$?{POSITIVE}\)|[+-]?\$?{POSITIVE}|\$[+-]{POSITIVE}"
MANGLED = r"[0-9]+(\.[0-9]+)?[Ee]\+[0-9]+"
POINTER = rf"[{SPACE}]*(?:[1-9][0-9]?|[A-La-l]+)(?:[{SPACE}]*[:,][{SPACE}]*(?:[1-9][0-9]?|[A-La-l]+))*[{SPACE}]*"
COMPOSITE = rf"^(?:[Hh][Cc][{SPACE}]*[:>])?([^:>]*)"
MODIFIER_COUNT = 5
EXACT_UP_TO: Mapping[str, int] = {"DOUBLE": 2**53, "FLOAT": 2**24}
"""The whole numbers up to which each floating type tells every one from its neighbours."""


class Spelling(NamedTuple):
    """How the text of a column is read: ``whole`` reads any value, ``plain`` one that is not ``odd``.

    A file of which no value is odd is read by ``plain`` alone, which says the same in a few words.
    """

    odd: str
    plain: str
    whole: str


def reading(column: ExtractColumn, source: str, physical: str, rules: ValueRules) -> str:
    """The value of ``source`` in its landed type, or null where it is blank or cannot be read."""
    if physical == TEXT:
        return spelling(column, source, rules).whole
    return _typed(column, source, physical) or spelling(column, _as_text(source, physical), rules).whole


def spelling(column: ExtractColumn, source: str, rules: ValueRules) -> Spelling:
    """How ``source``, a text, is read into the landed type of ``column``."""
    return _PARSERS[column.kind](source, column, rules)


def _guarded(odd: str, mended: str, plain: str) -> Spelling:
    return Spelling(odd, plain, f"case when {odd} then {mended} else {plain} end")


def _typed(column: ExtractColumn, source: str, physical: str) -> str | None:
    """The reading of a value that the file already holds in a type of its own; None where it is read as text."""
    landed = column.landed_type
    is_number = physical in WHOLE_NUMBERS or physical in FLOATS or physical.startswith("DECIMAL")
    if landed == "DATE" and physical in TIMES:
        return f"(case when {source} = date_trunc('day', {source}) then try_cast({source} as date) end)"
    if (landed == "DATE" and physical == "DATE") or (landed.startswith("DECIMAL") and is_number):
        return f"try_cast({source} as {landed})"
    if landed == "INTEGER" and physical in WHOLE_NUMBERS:
        return f"try_cast({source} as integer)"
    if landed == "BOOLEAN" and physical == "BOOLEAN":
        return source
    return None


def _as_text(source: str, physical: str) -> str:
    """``source`` as text; a float or decimal that is whole (an identifier that met a data frame) loses its `.0`."""
    if physical in FLOATS or physical.startswith("DECIMAL"):
        return (
            f"(case when {source} = try_cast({source} as hugeint) then try_cast({source} as hugeint)::varchar "
            f"else {source}::varchar end)"
        )
    return f"{source}::varchar"


def trimmed(source: str) -> str:
    """``source`` without blanks and characters without width at both ends."""
    return f"trim({source}, {literal(SPACES)})"


def is_foreign(source: str) -> str:
    """Whether ``source`` holds a character outside ASCII."""
    return f"(strlen({source}) <> length({source}))"


def is_among(source: str, words: Iterable[str]) -> str:
    """Whether ``source`` is one of ``words``."""
    listed = ", ".join(map(literal, words))
    return f"list_contains([{listed}]::varchar[], {source})"


def is_null_word(source: str, rules: ValueRules) -> str:
    """Whether ``source``, trimmed, is a word for null."""
    return is_among(f"lower({trimmed(source)})", rules.null_words)


def is_blank(source: str, physical: str, rules: ValueRules) -> str:
    """Whether ``source`` says nothing: empty, blanks, a word for null."""
    if physical in FLOATS:
        return f"({source} is null or isnan({source}))"
    if physical != TEXT:
        return f"({source} is null)"
    return f"({source} is null or {is_among(f'lower({trimmed(source)})', ('', *rules.null_words))})"


def _has_value(source: str, rules: ValueRules) -> str:
    """``source`` trimmed, null where it is blank or a word for null."""
    trim = trimmed(source)
    return f"(case when not {is_among(f'lower({trim})', ('', *rules.null_words))} then {trim} end)"


def _may_be_null_word(source: str, rules: ValueRules) -> str:
    """A guard: whether ``source``, which has no blanks around it, is a word for null."""
    if not rules.null_words:
        return "false"
    lengths = [len(word.encode()) for word in rules.null_words]
    return (
        f"(strlen({source}) between {min(lengths)} and {max(lengths)} "
        f"and {is_among(f'lower({source})', rules.null_words)})"
    )


def _is_written(source: str, words: Iterable[str]) -> str:
    """A guard: whether a value of ``source`` that looks like a code is one of ``words``."""
    plain = [word.upper() for word in words if word.isalnum() and word.isascii()]
    return f"({' or '.join(f'{source} = {literal(word)}' for word in plain)})" if plain else "false"


def _is_loose(source: str, rules: ValueRules) -> str:
    """A guard: whether a text of ``source`` has something around it, or is a word for null."""
    ends = " or ".join(f"suffix({source}, {end})" for end in ("' '", "E'\\t'", "E'\\n'", "E'\\r'"))
    return f"{source} < '!' or {ends} or {is_foreign(source)} or {_may_be_null_word(source, rules)}"


def _without_point_zero(source: str) -> str:
    return f"regexp_replace({source}, '^([0-9]+)\\.0$', '\\1')"


def _bare(source: str) -> str:
    """A code: upper case, without dots and blanks; null where nothing is left."""
    return f"nullif(translate(upper({source}), {literal(SPACES + '.')}, ''), '')"


def _text(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    return _guarded(_is_loose(source, rules), _has_value(source, rules), source)


def _number_as_text(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    mended = _without_point_zero(_has_value(source, rules))
    return _guarded(f"suffix({source}, '.0') or {_is_loose(source, rules)}", mended, source)


def _code(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    odd = f"not regexp_full_match({source}, '[A-Z0-9][A-Z0-9.]*') or {_is_written(source, rules.null_words)}"
    plain = f"case when contains({source}, '.') then replace({source}, '.', '') else {source} end"
    return _guarded(odd, _bare(_has_value(source, rules)), plain)


def _number_code(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    odd = f"not regexp_full_match({source}, '[A-Z0-9]+') or {_is_written(source, rules.null_words)}"
    return _guarded(odd, _bare(_without_point_zero(_has_value(source, rules))), source)


def _revenue_code(source: str, column: ExtractColumn, rules: ValueRules) -> Spelling:
    code = _number_code(source, column, rules)
    whole = f"case when length({code.whole}) < 4 then lpad({code.whole}, 4, '0') else {code.whole} end"
    return Spelling(f"{code.odd} or length({source}) < 4", source, whole)


def first_of_composite(source: str, rules: ValueRules) -> str:
    """The code of a composite procedure code (`HC:63650:LT:59`), or of any other: bare, fillers still in it."""
    value = _has_value(source, rules)
    return _bare(_without_point_zero(trimmed(f"regexp_extract({value}, '{COMPOSITE}', 1)")))


def _hcpcs(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    said_nothing = _is_written(source, (*rules.null_words, *rules.filler_codes))
    code = first_of_composite(source, rules)
    odd = f"not regexp_full_match({source}, '[A-Z0-9]+') or {said_nothing}"
    return _guarded(odd, f"(case when not {is_among(code, rules.filler_codes)} then {code} end)", source)


def modifiers_of(source: str, rules: ValueRules) -> str:
    """A list of the modifiers in one field, a run (`LT59`) parted; empty where there are none."""
    code = _bare(_without_point_zero(_has_value(source, rules)))
    return (
        f"(case when {code} is null then []::varchar[] "
        f"when regexp_full_match({code}, '(?:[A-Z0-9]{{2}}){{2,}}') then regexp_extract_all({code}, '[A-Z0-9]{{2}}') "
        f"else [{code}] end)"
    )


def modifiers_of_composite(source: str, rules: ValueRules) -> str:
    """A list of the modifiers within a composite procedure code; parts that are none are left out."""
    parts = f"string_split_regex(coalesce(regexp_replace({source}, '{COMPOSITE}', ''), ''), '[:>]')"
    found = f"flatten(list_transform({parts}, lambda part: {modifiers_of('part', rules)}))"
    return f"list_filter({found}, lambda modifier: length(modifier) = 2)"


def _pointer(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    mended = f"regexp_replace({_has_value(source, rules)}, '\\b([0-9]+)\\.0\\b', '\\1', 'g')"
    return _guarded(f"not regexp_full_match({source}, '[0-9A-L:,]+')", mended, source)


def _code_list(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    mended = f"regexp_replace({_has_value(source, rules)}, '\\b([0-9]+)\\.0\\b', '\\1', 'g')"
    odd = f"not regexp_full_match({source}, '[0-9A-Z:]+') or {_is_written(source, rules.null_words)}"
    return _guarded(odd, _bare(mended), source)


def _drug_code(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    """A drug code as its label has it: asterisks and inner blanks are hyphens, the `N4` of a claim form goes."""
    visible = f"regexp_replace(upper({_has_value(source, rules)}), '[{ZERO_WIDTH}]+', '', 'g')"
    bare = f"regexp_replace({trimmed(visible)}, '^N4[{SPACE}]*', '')"
    parted = f"regexp_replace({_without_point_zero(bare)}, '[*{SPACE}-]+', '-', 'g')"
    odd = f"not regexp_full_match({source}, '[0-9]+(-[0-9]+)*')"
    return _guarded(odd, f"nullif(replace({parted}, '.', ''), '')", source)


def _word(source: str, column: ExtractColumn, rules: ValueRules) -> Spelling:
    words = f"regexp_replace(lower({_has_value(source, rules)}), '[{SPACE}-]+', '_', 'g')"
    return _exactly(source, column.allowed_words, words)


def _code_system(source: str, _: ExtractColumn, rules: ValueRules) -> Spelling:
    words = f"regexp_replace(lower({_has_value(source, rules)}), '[_{SPACE}]+', '-', 'g')"
    return _exactly(source, USUAL_CODE_SYSTEMS, words)


def _exactly(source: str, usual: Iterable[str], mended: str) -> Spelling:
    """One of ``usual`` as it stands, any other text as ``mended`` reads."""
    is_usual = " or ".join(f"{source} = {literal(word)}" for word in usual)
    if not is_usual:
        return Spelling(f"{source} is not null", mended, mended)
    return Spelling(f"not ({is_usual})", source, f"case when {is_usual} then {source} else {mended} end")


def _date(source: str, *_: object) -> Spelling:
    day = f"regexp_extract({trimmed(source)}, '^{DAY}{AT_MIDNIGHT}$', 1)"
    usual, plain = f"{source} like '____-__-__' and not suffix({source}, ' ')", f"try_cast({source} as date)"
    whole = (
        f"case when {usual} then {plain} when {source} is null then null "
        f"when strlen({day}) = 8 then try_strptime({day}, '%Y%m%d')::date else try_cast({day} as date) end"
    )
    return Spelling(f"not ({usual})", plain, whole)


def has_time(source: str, physical: str) -> str:
    """Whether ``source``, which was not read as a day, is a day with a time."""
    if physical in TIMES:
        return f"({source} is not null)"
    value = trimmed(f"{source}::varchar")
    timed = f"regexp_matches({value}, '^{DAY}(?:T|[{SPACE}]+)[0-9]{{1,2}}:[0-9]{{2}}')"
    return f"({timed} and not regexp_full_match({value}, '{DAY}{AT_MIDNIGHT}'))"


def _number(source: str, column: ExtractColumn, _: ValueRules) -> Spelling:
    plain = f"regexp_full_match({trimmed(source)}, '[+-]?{DIGITS}')"
    return _decimal(source, column, f"(case when {plain} then {trimmed(source)} end)")


def _amount(source: str, column: ExtractColumn, _: ValueRules) -> Spelling:
    value = trimmed(source)
    digits = f"regexp_replace({value}, '[$,()]', '', 'g')"
    signed = f"(case when prefix({value}, '(') then '-' || {digits} else {digits} end)"
    return _decimal(source, column, f"(case when regexp_full_match({value}, '{MONEY}') then {signed} end)")


def _decimal(source: str, column: ExtractColumn, mended: str) -> Spelling:
    """Digits as they stand; anything else, and what only a program takes for a number (`1e3`), as ``mended`` reads."""
    odd = f"contains({source}, 'e') or contains({source}, 'E') or contains({source}, '_')"
    plain, read = (f"try_cast({text} as {column.landed_type})" for text in (source, mended))
    whole = f"case when {odd} then {read} else coalesce({plain}, {read}) end"
    return Spelling(f"{odd} or ({source} is not null and {plain} is null)", plain, whole)


def _integer(source: str, *_: object) -> Spelling:
    value = f"(case when {is_foreign(source)} then {trimmed(source)} else {source} end)"
    whole = f"case when regexp_full_match({value}, '\\s*[+-]?[0-9]+(\\.0*)?\\s*') then try_cast({value} as integer) end"
    return Spelling(f"not regexp_full_match({source}, '[0-9]+')", f"try_cast({source} as integer)", whole)


def _boolean(source: str, *_: object) -> Spelling:
    word = f"lower({trimmed(source)})"
    whole = (
        f"case when {is_among(word, ('true', 't', '1', 'y', 'yes'))} then true "
        f"when {is_among(word, ('false', 'f', '0', 'n', 'no'))} then false end"
    )
    return Spelling(f"{source} is not null", whole, whole)


_PARSERS: Mapping[str, Callable[[str, ExtractColumn, ValueRules], Spelling]] = {
    "id": _number_as_text,
    "number": _number_as_text,
    "text": _text,
    "code": _code,
    "number_code": _number_code,
    "revenue_code": _revenue_code,
    "hcpcs": _hcpcs,
    "modifier": _number_code,
    "pointer": _pointer,
    "code_list": _code_list,
    "drug_code": _drug_code,
    "word": _word,
    "code_system": _code_system,
    "date": _date,
    "birth_date": _date,
    "open_start_date": _date,
    "open_end_date": _date,
    "amount": _amount,
    "unread_amount": _amount,
    "quantity": _number,
    "integer": _integer,
    "rank": _integer,
    "days_supply": _integer,
    "boolean": _boolean,
}

"""What the auditors' door lets in and lets out: one select over the audit by its tree, messages by their forms.

DuckDB itself parses the query. Its tree is walked against lists of what is allowed; what is on none of them is refused,
also what a later DuckDB adds. A message of the engine is shown where its form carries no value of a row, else its class
alone (decision 0195).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground.near_names import near_name
from pipelines.ground.warehouse import WarehouseError, literal, masked_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipelines.ground.warehouse import Connection


SCHEMA = "audit"
LONGEST_QUERY = 100_000
"""How many characters a query may have."""
NO_QUERY = (
    'There is no query in what was given. Ask one, such as "from audit.finding"; a dash reads it from standard input. '
    "`stimaudit dictionary` names the tables."
)
TOO_DEEP = "The query is nested too deeply to be read."
TOO_DEEP_FORM = re.compile(r"Max expression depth limit")
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# What a tree may be made of, as DuckDB names it. Parameters, defaults, pivots and versions of a table are not among it.
NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
MODIFIERS = frozenset({"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER", "ORDER_MODIFIER"})
ORDERS = frozenset({"ORDER_DEFAULT", "ASCENDING", "DESCENDING", "ORDER_ASCENDING", "ORDER_DESCENDING"})
RELATIONS = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "EMPTY_FROM", "SHOW_REF"}
)
TYPES = frozenset(
    {
        *("DECIMAL_TYPE_INFO", "STRING_TYPE_INFO", "LIST_TYPE_INFO", "STRUCT_TYPE_INFO", "ARRAY_TYPE_INFO"),
        "UNBOUND_TYPE_INFO",
    }
)
PLAIN_KINDS = NODES | MODIFIERS | ORDERS | RELATIONS | TYPES
EXPRESSIONS = frozenset(
    {
        *("BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION"),
        *("LAMBDA", "OPERATOR", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "WINDOW"),
    }
)
OPERATORS = frozenset(
    {
        *("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_NOT", "OPERATOR_COALESCE", "OPERATOR_TRY"),
        *("OPERATOR_UNPACK", "COMPARE_IN", "COMPARE_NOT_IN", "ARRAY_EXTRACT", "ARRAY_SLICE", "ARRAY_CONSTRUCTOR"),
        *("STRUCT_EXTRACT", "GROUPING_FUNCTION"),
    }
)
SHOWN = frozenset({"DESCRIBE", "SUMMARY"})
TABLES_SHOWN = ("SHOW_UNQUALIFIED", '"tables"')
UNBOUND_TYPES = frozenset({"json"})
TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
FUNCTIONS = frozenset(
    """
    !~~ !~~* % & && * ** + - ->> / // << >> @ @> <@ ^ ^@ | || ~ ~~ ~~* ~~~
    like_escape not_like_escape ilike_escape not_ilike_escape

    any_value approx_count_distinct approx_quantile arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin
    array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp
    entropy favg first fsum geomean geometric_mean group_concat histogram kahan_sum kurtosis kurtosis_pop last list
    listagg mad max max_by mean median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp
    string_agg sum sumkahan var_pop var_samp variance wavg weighted_avg

    cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number

    abs add bit_count cbrt ceil ceiling divide even exp factorial fdiv floor fmod gcd greatest greatest_common_divisor
    isfinite isinf isnan lcm least least_common_multiple ln log log10 log2 mod multiply nullif pi pow power round
    round_even roundbankers sign signbit sqrt subtract trunc xor

    ascii bar char_length character_length chr concat concat_ws contains damerau_levenshtein editdist3 ends_with format
    hamming hash ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left left_grapheme len length
    length_grapheme levenshtein lower lpad ltrim md5 mismatches nfc_normalize ord position prefix printf regexp_escape
    regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat
    replace reverse right right_grapheme rpad rtrim sha256 split split_part starts_with str_split str_split_regex
    string_split string_split_regex string_to_array strip_accents strlen strpos substr substring substring_grapheme
    suffix translate trim ucase unicode upper typeof

    age ago century current_date datediff datepart datesub datetrunc date_add date_diff date_part date_sub date_trunc
    day dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era
    get_current_timestamp hour isodow isoyear julian last_day make_date make_time make_timestamp microsecond millennium
    millisecond minute month monthname nanosecond now quarter second strftime strptime time_bucket timezone
    to_centuries to_days to_decades to_hours to_milliseconds to_microseconds to_millennia to_minutes to_months
    to_quarters to_seconds to_timestamp to_weeks to_years today try_strptime week weekday weekofyear year yearweek

    aggregate apply array_aggr array_aggregate array_append array_apply array_cat array_concat array_contains
    array_distinct array_extract array_filter array_has array_has_all array_has_any array_indexof array_intersect
    array_length array_position array_pop_back array_pop_front array_prepend array_reduce array_resize
    array_reverse_sort array_select array_slice array_sort array_to_string array_transform array_unique array_value
    array_where array_zip cardinality element_at filter flatten generate_series generate_subscripts list_aggr
    list_aggregate list_any_value list_append list_apply list_approx_count_distinct list_avg list_bool_and list_bool_or
    list_cat list_concat list_contains list_count list_distinct list_element list_extract list_filter list_first
    list_has list_has_all list_has_any list_indexof list_intersect list_last list_max list_median list_min list_mode
    list_pack list_position list_prepend list_product list_reduce list_resize list_reverse list_reverse_sort list_select
    list_slice list_sort list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform list_unique
    list_value list_var_pop list_var_samp list_where list_zip map map_concat map_contains map_entries map_extract
    map_extract_value map_from_entries map_keys map_values range reduce row struct_concat struct_contains
    struct_extract struct_extract_at struct_insert struct_keys struct_pack struct_position struct_update struct_values
    unnest unpivot_list

    from_json from_json_strict json json_array json_array_length json_contains json_each json_exists json_extract
    json_extract_path json_extract_path_text json_extract_string json_group_array json_group_object json_keys
    json_object json_pretty json_quote json_structure json_transform json_type json_valid json_value row_to_json to_json
    """.split()  # noqa: SIM905 - five hundred words are read more easily without quotes
)
"""Functions that tell nothing but what is made of their arguments; the engine's own state, files and clocks of its log
are not among them, nor what runs a text as a query."""

ENGINE_WORDS = frozenset(
    {
        *("current_catalog", "current_database", "current_query", "current_role", "current_schema", "current_user"),
        *("session_user", "user"),
    }
)
"""What the engine reads as a call of its own where no column has the name."""

_NAME = r'"?([A-Za-z0-9_.]+)"?'
ERROR_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"Referenced column {_NAME} not found in FROM clause!",
        rf"Referenced column {_NAME} was not found because the FROM clause is missing",
        rf"Referenced table {_NAME} not found!",
        rf"Values list {_NAME} does not have a column named {_NAME}",
        rf"Table {_NAME} does not have a column named {_NAME}",
        rf"Column {_NAME} does not exist on (?:left|right) side of join!",
        rf"column {_NAME} must appear in the GROUP BY clause or must be part of an aggregate function\.",
        rf"Ambiguous reference to column name {_NAME} \(use: .*\)",
        rf"(?:Table|Scalar Function|Aggregate Function|Table Function) with name {_NAME} does not exist!",
        rf"No function matches the given name and argument types '{_NAME}\([A-Z_, ()\[\]0-9]*\)'\. You might .*",
        r"[A-Z ]+ clause cannot contain (?:aggregates|window functions|subqueries)!",
        r"aggregate function calls cannot be nested",
        r"ORDER term out of range - should be between 1 and [0-9]+",
        r"Set operations can only apply to expressions with the same number of result columns",
        r"UNNEST\(\) can only be applied to lists, structs and NULL, not [A-Z_, ()\[\]0-9]+",
        r"More than one row returned by a subquery used as an expression - scalar subqueries can only .*",
        r"Cannot (?:compare|mix) values of type [A-Z_, ()\[\]0-9]+ and (?:values of )?type [A-Z_, ()\[\]0-9]+.*",
    )
)
"""The first lines of the engine's messages that may be shown, each whole. The names in them are shown where the query
or the audit has them; all other messages may quote a row, and are told by their class."""


class NotAllowedError(Exception):
    """What a query asks for that the door does not let in: its text names what the asker wrote, nothing of the data."""


@dataclass(frozen=True)
class Known:
    """The names of the audit: its relations, its macros, their columns; and ``taken``, the engine's own relations."""

    relations: frozenset[str]
    macros: frozenset[str]
    columns: frozenset[str]
    taken: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """What may stand in the record of a query: names of the audit, and functions that are allowed."""
        return self.relations | self.macros | self.columns | FUNCTIONS | {SCHEMA}


def known_names(connection: Connection) -> Known:
    """The names of the published audit behind ``connection``."""
    ours = "database_name = current_database() and schema_name = 'audit'"
    relations = _texts(
        connection,
        f"select table_name from duckdb_tables() where {ours} union select view_name from duckdb_views() where {ours}",
    )
    return Known(
        relations=relations,
        macros=_texts(connection, f"select function_name from duckdb_functions() where {ours}"),
        columns=_texts(connection, f"select column_name from duckdb_columns() where {ours}"),
        taken=_texts(connection, "select view_name from duckdb_views() union select table_name from duckdb_tables()")
        - relations,
    )


def _texts(connection: Connection, query: str) -> frozenset[str]:
    return frozenset(str(row[0]).lower() for row in connection.execute(query).fetchall())


def told_of(fault: WarehouseError, query: str, known: Known) -> str:
    """What is shown of the engine's ``fault``: its first line where that is of a known form, else its class."""
    kind = type(fault).__name__
    head = str(fault).split("\n", maxsplit=1)[0].split(": ", maxsplit=1)[-1].strip()
    if kind == "OutOfMemoryException":
        return "The query needs more memory, or more room to spill, than it may have (sql_memory, sql_spill)."
    written = {word.lower() for word in re.findall(r"[A-Za-z0-9_]+", query)} | known.names
    for form in ERROR_FORMS:
        found = form.fullmatch(head)
        if found and all(
            word.lower() in written for name in found.groups() if name for word in name.split(".") if word
        ):
            return f"The query cannot be answered: {head.split(' (use: ', maxsplit=1)[0]}{_near(found, known)}"
    return f"The query failed on the data ({kind}). The cause is not shown, for it may quote a member."


def _near(found: re.Match[str], known: Known) -> str:
    """The name of the audit that is near to the last one that the message holds, as a further sentence; else nothing.

    A name that the audit has is not wrong by its letters, so nothing is near to it.
    """
    missed = next((name.rpartition(".")[2] for name in reversed(found.groups()) if name), "")
    audit = known.columns | known.relations | known.macros
    near = None if missed.lower() in audit else near_name(missed, sorted(audit))
    return f" Near: {near}." if near else ""


def record_of(query: str, known: Known) -> str | None:
    """``query`` as it is written down: its keywords and signs, names of the audit, and a mark for all else.

    None where it cannot be taken apart.
    """
    try:
        return masked_query(query, known.names)
    except (WarehouseError, ValueError):
        return None


def judge(connection: Connection, query: str, known: Known) -> None:
    """Nothing where ``query`` is one select over the audit that holds only what is allowed.

    Raises ``NotAllowedError``, also for what cannot be parsed. Nothing of the query is run.
    """
    if len(query) > LONGEST_QUERY:
        message = f"The query is longer than {LONGEST_QUERY:,} characters, which is as much as is read."
        raise NotAllowedError(message)
    try:
        [[text]] = connection.execute(f"select json_serialize_sql({literal(query)}::varchar)").fetchall()
        parsed = json.loads(text)
    except (WarehouseError, ValueError):
        message = "The query cannot be read."
        raise NotAllowedError(message) from None
    except RecursionError:
        raise NotAllowedError(TOO_DEEP) from None
    if parsed["error"]:
        raise NotAllowedError(_unread(parsed))
    judge_statements(parsed["statements"], known)


def _unread(parsed: Mapping[str, Any]) -> str:
    """What the parser says of a text that it cannot read; it has seen the text alone and none of the data."""
    if parsed.get("error_type") == "parser":
        told = str(parsed["error_message"]).rstrip(".")
        return TOO_DEEP if TOO_DEEP_FORM.match(told) else f"The query cannot be read: {told}."
    return _refusal("something else than one select")


def _refusal(what: str) -> str:
    return f"The query asks for something that is not allowed here ({what}): it may only read the audit."


def judge_statements(statements: list[Any], known: Known) -> None:
    """Nothing where the parsed ``statements`` are one select of what is allowed; raises ``NotAllowedError``."""
    if not statements:
        raise NotAllowedError(NO_QUERY)
    if len(statements) > 1:
        raise NotAllowedError(_refusal("more than one query"))
    parts = list(_parts(statements))
    named_here = frozenset(name for part in parts for name in _names_given(part))
    for name in named_here:
        if not PLAIN_NAME.fullmatch(name) or name.lower() in known.taken:
            raise NotAllowedError(_refusal(f"{name} as the name of a step, which the engine uses itself"))
    readable = known.relations | {name.lower() for name in named_here}
    for part in parts:
        if isinstance(part.get("type"), str):
            _judge_part(part, known, readable)
        if part.get("at_clause"):
            raise NotAllowedError(_refusal("a version of a table"))


def _parts(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in the tree but the values of constants, which hold what the asker wrote and nothing else."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(
                each for name, each in part.items() if not (name == "value" and part.get("class") == "CONSTANT")
            )
        elif isinstance(part, list):
            waiting.extend(part)


def _names_given(part: Mapping[str, Any]) -> Iterator[str]:
    """The names that a part gives to steps of a query."""
    steps = part.get("cte_map")
    if isinstance(steps, dict):
        yield from (str(step["key"]) for step in steps.get("map", ()))
    if part.get("type") == "RECURSIVE_CTE_NODE":
        yield str(part["cte_name"])


def _judge_part(part: Mapping[str, Any], known: Known, readable: frozenset[str]) -> None:
    if "class" not in part:
        if part["type"] not in PLAIN_KINDS:
            raise NotAllowedError(_refusal(_said(part["type"])))
        judge_kind = _JUDGES.get(part["type"])
    else:
        if part["class"] not in EXPRESSIONS:
            raise NotAllowedError(_refusal(_said(part["class"])))
        judge_kind = _JUDGES_OF_EXPRESSIONS.get(part["class"])
    if judge_kind is not None:
        judge_kind(part, known, readable)


def _said(kind: str) -> str:
    return kind.lower().replace("_", " ")


def _judge_relation(part: Mapping[str, Any], known: Known, readable: frozenset[str]) -> None:
    schema, name = part["schema_name"].lower(), part["table_name"].lower()
    is_ours = name in (known.relations if schema else readable) and schema in {"", SCHEMA}
    if part["catalog_name"] or not is_ours:
        shown = ".".join(word for word in (part["catalog_name"], part["schema_name"], part["table_name"]) if word)
        message = f"{_refusal(f'the table {shown}')} `stimaudit dictionary` names the tables."
        raise NotAllowedError(message)


def _judge_shown(part: Mapping[str, Any], _known: Known, _readable: frozenset[str]) -> None:
    asks_query = part["show_type"] in SHOWN and part["query"] is not None
    if not asks_query and (part["show_type"], part["table_name"]) != TABLES_SHOWN:
        raise NotAllowedError(_refusal("what the engine shows of itself"))


def _judge_table_function(part: Mapping[str, Any], known: Known, _readable: frozenset[str]) -> None:
    function = part["function"]
    if function.get("class") != "FUNCTION":
        raise NotAllowedError(_refusal("a table function of another kind"))
    name = function["function_name"].lower()
    if not (_is_builtin(function, TABLE_FUNCTIONS) or (name in known.macros and _schema(function) in {"", SCHEMA})):
        raise NotAllowedError(_refusal(f"the function {name}"))


def _judge_function(part: Mapping[str, Any], known: Known, _readable: frozenset[str]) -> None:
    name = part["function_name"].lower()
    if not (_is_builtin(part, FUNCTIONS) or (name in known.macros and _schema(part) in {"", SCHEMA})):
        raise NotAllowedError(_refusal(f"the function {name}"))


def _schema(function: Mapping[str, Any]) -> str | None:
    return None if function["catalog"] else str(function["schema"]).lower()


def _is_builtin(function: Mapping[str, Any], allowed: frozenset[str]) -> bool:
    return function["function_name"].lower() in allowed and _schema(function) in {"", "main"}


def _judge_operator(part: Mapping[str, Any], _known: Known, _readable: frozenset[str]) -> None:
    if part["type"] not in OPERATORS:
        raise NotAllowedError(_refusal(_said(part["type"])))


def _judge_star(part: Mapping[str, Any], _known: Known, _readable: frozenset[str]) -> None:
    """Columns may be chosen by what is written in the query, never by what is read."""
    for inner in _parts(part["expr"] or {}):
        if "class" in inner and inner["class"] not in {"CONSTANT", "COLUMN_REF", "FUNCTION", "LAMBDA", "STAR"}:
            raise NotAllowedError(_refusal("columns chosen by what is read"))


def _judge_column(part: Mapping[str, Any], _known: Known, _readable: frozenset[str]) -> None:
    names = part["column_names"]
    if len(names) == 1 and names[0].lower() in ENGINE_WORDS:
        raise NotAllowedError(_refusal(f"the function {names[0].lower()}"))


def _judge_type(part: Mapping[str, Any], _known: Known, _readable: frozenset[str]) -> None:
    if part["name"].lower() not in UNBOUND_TYPES or part["schema"] or part["catalog"]:
        raise NotAllowedError(_refusal(f"the type {part['name']}"))


_JUDGES: dict[str, Callable[[Mapping[str, Any], Known, frozenset[str]], None]] = {
    "BASE_TABLE": _judge_relation,
    "SHOW_REF": _judge_shown,
    "TABLE_FUNCTION": _judge_table_function,
    "UNBOUND_TYPE_INFO": _judge_type,
}
_JUDGES_OF_EXPRESSIONS: dict[str, Callable[[Mapping[str, Any], Known, frozenset[str]], None]] = {
    "COLUMN_REF": _judge_column,
    "FUNCTION": _judge_function,
    "WINDOW": _judge_function,
    "OPERATOR": _judge_operator,
    "STAR": _judge_star,
}

"""Changes the rule in many small ways and shows that the comparison with the second opinion notices each.

    python -m tests.mutants

One change at a time: each policy parameter by one (days by a day, yes and no swapped), each value set emptied, each
comparison, ``between``, ``and``/``or``, ``not``, ``min``/``max`` and sort direction of the SQL models and of the
transforms flipped.
The tables that depend on what was changed are made again for fixed messy members and compared with what they were,
which is what the second opinion says of those members (checked first). A mutant is

- ``seen`` when a column that the second opinion gives changes;
- ``stopped`` when a model can no longer be made, or not in the time and memory it may use;
- ``shown`` when only another published column changes (an explanation, the funnel, the way a row came in);
- a survivor otherwise. Survivors are listed and explained in ``docs/mutants.md``; one that is not there fails the run.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import time
import tokenize
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from types import ModuleType
from typing import TYPE_CHECKING

from pipelines.ground.warehouse import identifier, in_reading_order, literal, tables_read
from pipelines.rule import models
from tests.messy.clause_members import (
    clause_members,
    members_of_empty_feeds,
    members_sent_again,
    payment_members,
    reach_members,
)
from tests.messy.edge_members import edge_members
from tests.messy.members import messy_members
from tests.second_opinion.reading import Intake
from tests.second_opinion.sitting import BY_LINE_OF_BUSINESS, CONFIGURATIONS, OTHER_NUMBERS, Configuration
from tests.support.product import (
    COMPARED,
    OF_THE_RUN,
    REVIEWED_BY,
    SQL,
    VALUE_SETS,
    Setup,
    audit_tables,
    differences,
    judge_landed,
    landed_connection,
    opinion_on,
    opinion_tables,
)
from tests.support.shipped import shipped_policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.vocabulary import ParameterValue
    from tests.messy.text import Row

ROOT = SQL.parent
EXPLAINED = ROOT / "docs" / "mutants.md"
SCHEMAS = ("kept", "staging", "intermediate", "audit")
SECONDS_A_MUTANT = 60.0

FLIPPED_IN_SQL = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "=": "<>",
    "<>": "=",
    "and": "or",
    "or": "and",
    "not": "",
    "is null": "is not null",
    "is not null": "is null",
    "min": "max",
    "max": "min",
    "arg_min": "arg_max",
    "arg_max": "arg_min",
    "bool_and": "bool_or",
    "bool_or": "bool_and",
    "least": "greatest",
    "greatest": "least",
    "desc": "asc",
    "between": "not between",
}
FLIPPED_IN_PYTHON = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "&": "|",
    "|": "&",
    "~": "",
    "and": "or",
    "or": "and",
    "not": "",
    "min": "max",
    "max": "min",
}
SQL_TOKEN = re.compile(
    r"--[^\n]*|'(?:[^']|'')*'|->|=>|:=|<=|>=|<>|<|>|=|\bis not null\b|\bis null\b|"
    r"\b(?:and|or|not|between|min|max|arg_min|arg_max|bool_and|bool_or|least|greatest|desc)\b"
)

DEFAULT_POLICY_AGAIN = """
    create or replace table policies.default_policy as
    select policy.*
    from policies.policy
    inner join policies.default_policy on policy.policy_id = default_policy.policy_id
"""

BOTH_PATHS = Configuration(
    {"deliveries": 2, "shared_claim_ids": True, "bad_row_share": 0.02},
    Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS),
)
OTHER = Configuration(
    {"deliveries": 2}, Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS, parameters=OTHER_NUMBERS)
)


@dataclass(frozen=True)
class Members:
    """Members that a mutant is tried on, and how the run is set up."""

    told: str
    extracts: Callable[[], dict[str, list[Row]]]
    settings: Setup


def _messy(seed: int, count: int, configuration: Configuration) -> Members:
    made = partial(messy_members, seed, count, value_sets=VALUE_SETS, **configuration.messy)
    return Members(f"{count} of seed {seed}", made, configuration.settings)


SITTINGS: tuple[Members, ...] = (
    _messy(8101, 150, BOTH_PATHS),
    Members("those of the edges", edge_members, BOTH_PATHS.settings),
    Members("those of the clauses", clause_members, Setup()),
    Members(
        "those of a reach",
        reach_members,
        Setup(parameters={"evidence_low_back_pain": {"reach_min_rows": 300}}),
    ),
    Members(
        "those of unknown payments",
        payment_members,
        Setup(intake=Intake(files_without_payments=frozenset({"medical_claim.csv"}))),
    ),
    Members(
        "those whose claims come again",
        members_sent_again,
        Setup(intake=Intake(full_deliveries={2: (date(2024, 1, 1), date(2024, 12, 31))})),
    ),
    Members("those beside empty feeds", members_of_empty_feeds, Setup(assume_enrolled=True)),
    _messy(8104, 200, CONFIGURATIONS["no documents and no fills"]),
    _messy(8103, 1500, BOTH_PATHS),
    _messy(8105, 700, OTHER),
    _messy(8102, 1500, Configuration()),
)
"""Most mutants fall in the first, small one."""

PUBLISHED_ELSEWHERE = frozenset({"intermediate.rule_data_quality"})
"""Tables of other schemas that are published as they are."""


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, what it does, and the queries, transforms or inputs that it puts in place of ours."""

    place: str
    line: int
    text: str
    change: str
    queries: Mapping[str, str] = field(default_factory=dict)
    transforms: Mapping[str, Callable[..., pl.LazyFrame]] = field(default_factory=dict)
    statements: tuple[str, ...] = ()
    inputs: frozenset[str] = frozenset()
    copy_number: int = 1

    @property
    def name(self) -> str:
        """What it is called in the list of survivors: stable when lines above it come or go."""
        which = f" ({self.copy_number})" if self.copy_number > 1 else ""
        return f"{self.place} | {self.text} | {self.change}{which}"


@dataclass
class Workshop:
    """Messy members judged once, whose tables can be made again with a change in place."""

    connection: Connection
    queries: dict[str, str]
    transforms: dict[str, Callable[..., pl.LazyFrame]]
    reads: dict[str, set[str]]
    order: list[str]
    prints: dict[str, str] = field(default_factory=dict)
    opinion_prints: dict[str, str] = field(default_factory=dict)
    opinion_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def judge(self, mutant: Mutant) -> str:
        """``seen``, ``stopped``, ``shown`` or ``survives``; the database is as it was."""
        changed = set(mutant.inputs)
        fate = "survives"
        self.connection.execute("begin")
        timer = Timer(SECONDS_A_MUTANT, self.connection.interrupt)
        timer.start()
        try:
            for statement in mutant.statements:
                self.connection.execute(statement)
            for name in self.order:
                is_mutated = name in mutant.queries or name in mutant.transforms
                if not is_mutated and not (self.reads[name] & changed):
                    continue
                self._make(name, mutant)
                if self.fingerprint(name) == self.prints[name]:
                    continue
                changed.add(name)
                if name in self.opinion_columns and self.fingerprint_by_opinion(name) != self.opinion_prints[name]:
                    return "seen"
                if name.startswith("audit.") or name in PUBLISHED_ELSEWHERE:
                    fate = "shown"
        except Exception:  # noqa: BLE001 - a mutant may break a model in any way
            return "stopped"
        finally:
            timer.cancel()
            self.connection.execute("rollback")
        return fate

    def _make(self, name: str, mutant: Mutant) -> None:
        if name in self.queries:
            query = mutant.queries.get(name, self.queries[name])
            self.connection.execute(f"create or replace table {name} as {query}")
        else:
            models.build(self.connection, [], [mutant.transforms.get(name, self.transforms[name])])

    def fingerprint(self, name: str) -> str:
        """A digest of a table's rows, whatever their order."""
        return self._digest(f"select * from {name}")

    def fingerprint_by_opinion(self, name: str) -> str:
        """A digest of the columns that the second opinion gives, too."""
        columns = ", ".join(identifier(column) for column in self.opinion_columns[name])
        return self._digest(f"select {columns} from {name}")

    def _digest(self, query: str) -> str:
        return str(self.connection.execute(f"select count(*), sum(hash(r)) from ({query}) as r").fetchone())


def open_workshop(members: Members, folder: Path) -> Workshop:
    """The members judged by the product, after it was found that the second opinion agrees."""
    extracts = members.extracts()
    connection = landed_connection(extracts, folder, intake=members.settings.intake)
    # What does not fit in memory fails at once, and landed rows are read many times.
    connection.execute("set temp_directory = ''")
    connection.execute("set threads = 1")
    for table in extracts:
        connection.execute(f"create table landed.kept as select * from landed.{table}")
        connection.execute(f"drop view landed.{table}")
        connection.execute(f"alter table landed.kept rename to {table}")
    judge_landed(connection, members.settings)
    opinion = opinion_tables(opinion_on(extracts, members.settings))
    found = differences(audit_tables(connection), opinion)
    if found:
        message = f"The second opinion differs on {members.told}: run python -m tests.second_opinion.sitting first."
        raise SystemExit(message)
    read = {model.name: model.query for model in models.read_models(SQL, SCHEMAS)}
    transforms = {f"intermediate.{transform.__name__}": transform for transform in models.TRANSFORMS}
    reads = {name: tables_read(connection, query) for name, query in read.items()}
    for name, transform in transforms.items():
        variables = transform.__code__.co_varnames[: transform.__code__.co_argcount]
        reads[name] = {*(f"intermediate.{table}" for table in variables), "policies.default_policy"}
    workshop = Workshop(connection, read, transforms, reads, in_reading_order(reads))
    for name in workshop.order:
        workshop.prints[name] = workshop.fingerprint(name)
    for table in COMPARED:
        columns = next(iter(opinion[table].values())).keys()
        workshop.opinion_columns[f"audit.{table}"] = tuple(column for column in columns if column not in OF_THE_RUN)
        workshop.opinion_prints[f"audit.{table}"] = workshop.fingerprint_by_opinion(f"audit.{table}")
    return workshop


# -- the mutants --------------------------------------------------------------------------------------


def all_mutants() -> list[Mutant]:
    """Every mutant, in the order of the rule's inputs: parameters, value sets, models, transforms."""
    made = [*parameter_mutants(), *value_set_mutants(), *sql_mutants(), *transform_mutants()]
    copies: dict[str, int] = {}
    numbered = []
    for mutant in made:
        copies[mutant.name] = copies.get(mutant.name, 0) + 1
        numbered.append(replace(mutant, copy_number=copies[mutant.name]))
    return numbered


def parameter_mutants() -> Iterator[Mutant]:
    """Each parameter a dossier states, one more and one less (or the other way round), wherever it is inherited."""
    policies = shipped_policies(REVIEWED_BY)
    for policy in policies:
        for parameter in policy.parameters:
            if parameter.name not in policy.own_parameters:
                continue
            governed = [
                other.id
                for other in policies
                if other.id == policy.id or (other.extends == policy.id and parameter.name not in other.own_parameters)
            ]
            listed = ", ".join(literal(policy_id) for policy_id in governed)
            for value in _next_values(parameter.value):
                yield Mutant(
                    f"sql/policies/{policy.id}.toml",
                    0,
                    parameter.name,
                    f"{parameter.value} becomes {value}",
                    statements=(
                        f"update policies.policy set {parameter.name} = {literal(value)} where policy_id in ({listed})",
                        DEFAULT_POLICY_AGAIN,
                    ),
                    inputs=frozenset({"policies.policy", "policies.default_policy"}),
                )


def _next_values(value: ParameterValue) -> list[ParameterValue]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, date):
        return [value + timedelta(days=1), value - timedelta(days=1)]
    return [value + 1, value - 1]


def value_set_mutants() -> Iterator[Mutant]:
    """Each value set, emptied."""
    for path in sorted(VALUE_SETS.glob("*.csv")):
        table = f"value_sets.{path.stem}"
        yield Mutant(
            f"sql/value_sets/{path.name}",
            0,
            "all rows",
            "dropped",
            statements=(f"create or replace table {table} as select * from {table} where false",),
            inputs=frozenset({table}),
        )


def sql_mutants() -> Iterator[Mutant]:
    """Each operator of each model, flipped."""
    for model in models.read_models(SQL, SCHEMAS):
        place = model.path.relative_to(ROOT).as_posix()
        for match in SQL_TOKEN.finditer(model.query):
            token = match.group()
            if token not in FLIPPED_IN_SQL:
                continue
            flipped = FLIPPED_IN_SQL[token]
            query = model.query[: match.start()] + flipped + model.query[match.end() :]
            yield Mutant(
                place,
                model.query.count("\n", 0, match.start()) + 1,
                _line_at(model.query, match.start()),
                _change(token, flipped),
                queries={model.name: query},
            )


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return " ".join(text[start : end if end >= 0 else len(text)].split())


def _change(token: str, flipped: str) -> str:
    return f"`{token}` becomes `{flipped}`" if flipped else f"`{token}` falls away"


def transform_mutants() -> Iterator[Mutant]:
    """Each operator of each transform, flipped."""
    for path in sorted((ROOT / "pipelines" / "rule" / "transforms").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines(keepends=True)
        for token in _code_tokens(source):
            flipped = FLIPPED_IN_PYTHON[token.string]
            row, column = token.start
            mutated = "".join(
                (
                    *lines[: row - 1],
                    lines[row - 1][:column] + flipped + lines[row - 1][column + len(token.string) :],
                    *lines[row:],
                )
            )
            yield Mutant(
                f"pipelines/rule/transforms/{path.name}",
                row,
                " ".join(lines[row - 1].split()),
                _change(token.string, flipped),
                transforms=_transforms_with(path.stem, mutated),
            )


def _code_tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    annotations = {
        (node.lineno, node.col_offset)
        for top in ast.walk(ast.parse(source))
        if isinstance(top, ast.FunctionDef)
        for annotation in (*(argument.annotation for argument in top.args.args), top.returns)
        if annotation is not None
        for node in ast.walk(annotation)
        if isinstance(node, ast.expr)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_operator = token.type in (tokenize.OP, tokenize.NAME) and token.string in FLIPPED_IN_PYTHON
        if is_operator and token.start not in annotations:
            yield token


def _transforms_with(stem: str, source: str) -> dict[str, Callable[..., pl.LazyFrame]]:
    """The transforms that run through the changed module: itself, or those that import from it."""
    name = f"pipelines.rule.transforms.{stem}"
    changed = _module(name, source)
    if hasattr(changed, stem):
        return {f"intermediate.{stem}": getattr(changed, stem)}
    users = {}
    for transform in models.TRANSFORMS:
        home = import_module(transform.__module__)
        text = Path(str(home.__file__)).read_text(encoding="utf-8")
        if f"from {name} import" in text:
            with _in_place_of(name, changed):
                users[f"intermediate.{transform.__name__}"] = getattr(
                    _module(transform.__module__, text), transform.__name__
                )
    return users


def _module(name: str, source: str) -> ModuleType:
    module = ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - our own source, one operator changed
    return module


@contextmanager
def _in_place_of(name: str, module: ModuleType) -> Iterator[None]:
    kept = sys.modules[name]
    sys.modules[name] = module
    try:
        yield
    finally:
        sys.modules[name] = kept


# -- the sitting --------------------------------------------------------------------------------------


def explained_survivors(text: str) -> set[str]:
    """The names of mutants that ``docs/mutants.md`` explains."""
    return {line[2:].strip() for line in text.splitlines() if line.startswith(("- sql/", "- pipelines/"))}


def main() -> None:
    """Runs every mutant and says which survive; ends with exit code 1 when one survives that is not explained."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", default="", help="a piece of the name of a mutant, as index_line or medication")
    parser.add_argument("--names", type=Path, help="a file of names of mutants, one a line: only these")
    parser.add_argument("--part", default="1/1", help="the second of three parts of the list is 2/3")
    options = parser.parse_args()
    part, parts = (int(number) for number in options.part.split("/"))
    names = set(options.names.read_text(encoding="utf-8").splitlines()) if options.names else None
    mutants = [
        mutant for mutant in all_mutants() if options.only in mutant.name and (names is None or mutant.name in names)
    ][part - 1 :: parts]
    _say(f"{len(mutants)} mutants")
    started = time.monotonic()
    fates = dict.fromkeys((mutant.name for mutant in mutants), "survives")
    waiting = mutants
    for number, members in enumerate(SITTINGS, start=1):
        with TemporaryDirectory() as folder:
            workshop = open_workshop(members, Path(folder))
            _say(f"members {number} of {len(SITTINGS)}: {members.told} judged, {len(waiting)} to go")
            for done, mutant in enumerate(waiting, start=1):
                fate = workshop.judge(mutant)
                if fate != "survives":
                    fates[mutant.name] = fate
                if done % 50 == 0 or done == len(waiting):
                    _say(f"  {done} of {len(waiting)} tried, {_counts(fates)}, {time.monotonic() - started:.0f} s")
            workshop.connection.close()
        waiting = [mutant for mutant in waiting if fates[mutant.name] in ("survives", "shown")]
    explained = explained_survivors(EXPLAINED.read_text(encoding="utf-8") if EXPLAINED.exists() else "")
    for mutant in waiting:
        known = " (explained)" if mutant.name in explained else ""
        _say(f"{fates[mutant.name]}{known}: {mutant.name} [line {mutant.line}]")
    unexplained = [name for name, fate in fates.items() if fate == "survives" and name not in explained]
    _say(f"{len(mutants)} mutants: {_counts(fates)}; {len(unexplained)} survive that are not explained")
    sys.exit(1 if unexplained else 0)


def _counts(fates: Mapping[str, str]) -> str:
    counted = Counter(fates.values())
    return ", ".join(f"{counted[fate]} {fate}" for fate in ("seen", "stopped", "shown")) + (
        f", {counted['survives']} not noticed"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

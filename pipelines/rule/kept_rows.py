"""The kept rows: what a night needs of the files that landed before it, so that it costs what is new.

Landed files never change, so what was once looked up in them is kept beside them, below ``landed/kept``: the facts
that are asked of everybody's rows (``sql/kept``), and the rows of candidates and of their claims. A night looks
through the files that arrived since, and through earlier ones for what is new among the candidates. What it finds is
a layer (``pipelines.rule.kept_layers``).

Nothing is lost with them. Layers that were made of a file that is not in the ledger any more, that are damaged, or
that were made under other codes or by another version are dropped, and made again from the landed files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pipelines.ground.files import FILE_MODE, file_sha256, make_folder
from pipelines.ground.warehouse import (
    MEMORY_LIMIT,
    literal,
    one_number,
    open_scratch,
    open_warehouse,
    parquet_format,
    read_parquet,
    tables_read,
)
from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.ledger import landed_files, make_rejected_row, read_ledger, supplied_tables, table_query
from pipelines.rule.kept_keys import KEY_COLUMNS, files_naming, files_to_list, folded, hashed_by, new_key_list
from pipelines.rule.kept_layers import (
    FOLDER,
    Layer,
    clear,
    kept_folder,
    layer_path,
    looked_through,
    sound_key_lists,
    sound_layers,
    unfinished_folder,
    write_register,
)
from pipelines.rule.models import build, read_models
from pipelines.rule.value_sets import write_value_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.kept_layers import KeyList, LandedFile, LookedThrough
    from pipelines.rule.models import Model
    from pipelines.rule.value_sets import ValueSet


MOST_LAYERS = 8
"""More layers than this are made into one: each costs a night the look at its files."""
SPILL = "spill"
"""The folder for what does not fit into memory."""
MEMBER_TABLES = ("medical_claim", "pharmacy_claim", "eligibility", "prior_authorization", "care_documentation")
"""The tables whose rows are kept, and found by their member."""
CLAIM_TABLES = ("claim_diagnosis", "claim_procedure")
"""The tables whose rows are kept, and found by their claim."""
ROWS_OF_KEPT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{
        name: (f"One row per loaded row of {name} that is a candidate's, as it landed.", (f"landed.{name}",))
        for name in (*MEMBER_TABLES, *CLAIM_TABLES)
    },
    "claim_number": (
        "One row per claim of a candidate and member, delivery and day with lines of it.",
        ("landed.medical_claim",),
    ),
    "delivered_member": (
        "One row per table and delivery in which an identifier came that is but for its spelling a candidate's.",
        tuple(f"landed.{name}" for name in MEMBER_TABLES),
    ),
    "rejected_row": ("One row per rule broken by a delivered row that was set aside.", ("landed.rejected_row",)),
}
"""What one row of each table of kept rows is, and the landed tables that it is found in."""
CANDIDATES = ("staging.member_identifier", "staging.candidate_member", "staging.candidate_identifier")
"""The models that say who is a candidate."""
WHOLE_TABLES = ("eligibility", "member_crosswalk")
"""Tables that the facts and the candidates are asked of whole: who is enrolled, and who is who."""


def attach_rows(connection: Connection, sql: Path) -> None:
    """Makes the schema ``kept`` over ``landed`` as it is: every row counts as kept, and the facts are asked of all."""
    connection.execute("create schema if not exists kept")
    for table_name in (*MEMBER_TABLES, *CLAIM_TABLES, "rejected_row"):
        connection.execute(f"create or replace view kept.{table_name} as select * from landed.{table_name}")
    connection.execute(f"create or replace view kept.claim_number as {_claim_numbers('landed')}")
    connection.execute(f"create or replace view kept.delivered_member as {_delivered_members('landed')}")
    build(connection, read_models(sql, [FOLDER]), [])


def attach_kept(connection: Connection, landed: Path, layers: Sequence[Layer], *, sql: Path) -> None:
    """Makes the schema ``kept`` of ``layers``: the facts as tables, the rows as views."""
    connection.execute("create schema if not exists kept")
    facts = _facts(sql)
    for name in (*facts, *ROWS_OF_KEPT):
        kind = "table" if name in facts else "view"
        paths = [layer_path(landed, layer.number, name) for layer in layers]
        connection.execute(f"create or replace {kind} kept.{name} as from {read_parquet(paths)}")


def keep(
    landed: Path,
    *,
    sql: Path,
    value_sets: Iterable[ValueSet],
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> tuple[Layer, ...]:
    """The layers that hold all that ``landed`` gives, after what was missing was looked up and written.

    There may be rows of a member or claim too many in them (of one that was a candidate by a file that is gone), never
    of one too few. None where nothing landed.
    """
    codes = _codes_asked(sql, value_sets)
    files = landed_files(read_ledger(landed))
    made_under = _made_under(sql, codes, files)
    layers = sound_layers(landed, made_under, files)
    key_lists = sound_key_lists(landed, hashed_by(), files)
    clear(landed, layers, key_lists)
    known = {each for layer in layers for each in layer.looked_through}
    arrived = [(number, file) for number, file in files if looked_through(number, file) not in known]
    earlier = [(number, file) for number, file in files if looked_through(number, file) in known]
    if arrived:
        with _workshop(landed, memory_limit=memory_limit, threads=threads) as connection:
            write_value_sets(connection, codes)
            lookup = _Lookup(connection, landed, sql, layers, earlier, key_lists)
            lookup.attach(arrived)
            layers = (*layers, lookup.layer(arrived))
    to_list = files_to_list(files, key_lists)
    if to_list or len(layers) > MOST_LAYERS:
        with _workshop(landed, memory_limit=memory_limit, threads=threads) as connection:
            key_lists = (*key_lists, *(new_key_list(connection, landed, *each) for each in to_list))
            if len(layers) > MOST_LAYERS:
                layers = (_as_one(connection, landed, layers),)
    write_register(landed, made_under, layers, key_lists)
    clear(landed, layers, key_lists)
    return layers


def layers_to_check(landed: Path, *, sql: Path, value_sets: Iterable[ValueSet]) -> tuple[Layer, ...]:
    """The layers as they lie there, where they hold all that ``landed`` gives; else none. Nothing is written."""
    files = landed_files(read_ledger(landed))
    layers = sound_layers(landed, _made_under(sql, _codes_asked(sql, value_sets), files), files)
    known = {each for layer in layers for each in layer.looked_through}
    return layers if {looked_through(number, file) for number, file in files} == known else ()


@dataclass(frozen=True)
class _Lookup:
    """What one night looks up: in files that arrived all that is sought, in earlier ones what is sought since today."""

    connection: Connection
    landed: Path
    sql: Path
    layers: Sequence[Layer]
    earlier: Sequence[LandedFile]
    key_lists: Sequence[KeyList]

    def attach(self, arrived: Sequence[LandedFile]) -> None:
        """Makes ``arrived`` of the files that arrived, and ``landed`` of the rows that facts and candidates ask of."""
        for schema in ("arrived", "earlier", "landed", "kept", "sought", "sought_today"):
            self.connection.execute(f"create schema {schema}")
        for name in read_extract_tables():
            self._attach_table("arrived", name, arrived)
            self._attach_table("landed", name, [*self.earlier, *arrived] if name in WHOLE_TABLES else arrived)
        make_rejected_row(self.connection, self.landed, arrived)

    def _attach_table(self, schema: str, name: str, files: Sequence[LandedFile]) -> None:
        here = [(number, file) for number, file in files if file.table_name == name]
        self._view(f"{schema}.{name}", table_query(self.landed, read_extract_tables()[name], here))

    def layer(self, arrived: Sequence[LandedFile]) -> Layer:
        """The layer of the files that ``arrived``, after its own were written."""
        for model in read_models(self.sql, [FOLDER]):
            self._keep(_table(model.name), model.query)
        self._keep("rejected_row", "from landed.rejected_row")
        self._seek("opening", "claim_id", "opening_procedure")
        self.connection.execute(f"create table opening_number as {self._found('opening', _claim_numbers)}")
        self._view("kept.claim_number", self._with_known("claim_number", "from opening_number"))
        build(self.connection, _candidate_models(self.sql), [])
        self._keep(
            "identifier",
            "select distinct delivered_member_id as member_id from staging.candidate_identifier "
            f"where delivered_member_id not in ({self._known('identifier', 'member_id')})",
        )
        self._seek("member_id", "member_id", "identifier")
        for name in MEMBER_TABLES:
            self._keep(name, self._found("member_id", _rows_of(name, "member_id")))
        self._keep("delivered_member", self._found("member_id", _delivered_members))
        self._seek("claim_id", "claim_id", "medical_claim")
        for name in CLAIM_TABLES:
            self._keep(name, self._found("claim_id", _rows_of(name, "claim_id")))
        self._keep("claim_number", f"{self._found('claim_id', _claim_numbers)} union from opening_number")
        return self._whole(arrived)

    def _seek(self, keys: str, column: str, table_name: str) -> None:
        """Makes ``sought.<keys>`` of all that a kept table names in a column, and ``sought_today`` of what is new.

        From here on ``earlier`` are the earlier files that may name what is new.
        """
        self.connection.execute(f"create table sought.{keys} as select distinct {column} from kept.{table_name}")
        self.connection.execute(
            f"create table sought_today.{keys} as from sought.{keys} "
            f"where {column} not in ({self._known(table_name, column)})"
        )
        for name, columns in KEY_COLUMNS.items():
            if self._has_new(keys) and column in columns:
                files = [(number, file) for number, file in self.earlier if file.table_name == name]
                naming = files_naming(
                    self.connection, self.landed, files, self.key_lists, column=column, sought=f"sought_today.{keys}"
                )
                self._attach_table("earlier", name, naming)

    def _has_new(self, keys: str) -> bool:
        """Whether something is sought in earlier files, too."""
        return bool(self.layers) and one_number(self.connection, f"select count(*) from sought_today.{keys}") > 0

    def _found(self, keys: str, rows: Callable[[str, str], str]) -> str:
        """SQL of the ``rows`` of the keys sought in what arrived, and of those sought since today in what was there."""
        found = rows("arrived", f"sought.{keys}")
        return f"{found} union all {rows('earlier', f'sought_today.{keys}')}" if self._has_new(keys) else found

    def _keep(self, table_name: str, query: str) -> None:
        """Writes what ``query`` gives as a file of the layer, and makes the table in ``kept``, with what was known."""
        path = unfinished_folder(self.landed) / f"{table_name}.parquet"
        self.connection.execute(f"copy ({query}) to {literal(path)} {parquet_format()}")
        path.chmod(FILE_MODE)
        self._view(f"kept.{table_name}", self._with_known(table_name, f"from {read_parquet([path])}"))

    def _with_known(self, table_name: str, query: str) -> str:
        return f"{query} union all from {self._known_files(table_name)}" if self.layers else query

    def _known(self, table_name: str, column: str) -> str:
        """SQL of what a column of the kept table held before this night."""
        if not self.layers:
            return "select null::varchar where false"
        return f"select {column} from {self._known_files(table_name)}"

    def _known_files(self, table_name: str) -> str:
        return read_parquet(layer_path(self.landed, layer.number, table_name) for layer in self.layers)

    def _view(self, name: str, query: str) -> None:
        self.connection.execute(f"create or replace view {name} as {query}")

    def _whole(self, arrived: Sequence[LandedFile]) -> Layer:
        """The layer in its place."""
        number = max((layer.number for layer in self.layers), default=0) + 1
        return _put_in_place(self.landed, number, {looked_through(*each) for each in arrived})


def _table(model_name: str) -> str:
    return model_name.partition(".")[2]


def _rows_of(table_name: str, key: str) -> Callable[[str, str], str]:
    """SQL of the rows of a table, by schema and by the table of the keys sought."""
    return lambda schema, sought: f"from {schema}.{table_name} where {key} in (from {sought})"


def _claim_numbers(schema: str, sought: str | None = None) -> str:
    """SQL of who had claim lines of which claim, delivered when, of what day; of the claims sought, or of all."""
    columns = f"claim_id, member_id, delivery_number, claim_line_start_date from {schema}.medical_claim"
    return f"select distinct {columns} where claim_id in (from {sought})" if sought else f"select {columns}"


def _delivered_members(schema: str, sought: str | None = None) -> str:
    """SQL of which member identifiers came in which table and delivery; of every spelling of those sought, or all."""
    spelling = folded("member_id")
    condition = f" where {spelling} in (select {spelling} from {sought})" if sought else ""
    distinct = "distinct " if sought else ""
    return " union all ".join(
        f"select {distinct}{literal(name)} as table_name, member_id, delivery_number from {schema}.{name}{condition}"
        for name in MEMBER_TABLES
    )


def _put_in_place(landed: Path, number: int, files: Iterable[LookedThrough]) -> Layer:
    """The layer of that number, after what was made of it was moved to its place."""
    folder = layer_path(landed, number, "any").parent
    shutil.rmtree(folder, ignore_errors=True)
    unfinished_folder(landed).replace(folder)
    digests = {path.stem: file_sha256(path) for path in sorted(folder.glob("*.parquet"))}
    return Layer(number, tuple(sorted(files, key=astuple)), digests)


def _as_one(connection: Connection, landed: Path, layers: Sequence[Layer]) -> Layer:
    """One layer with all that ``layers`` hold."""
    for name in layers[0].files:
        path = unfinished_folder(landed) / f"{name}.parquet"
        rows = read_parquet(layer_path(landed, layer.number, name) for layer in layers)
        connection.execute(f"copy (from {rows}) to {literal(path)} {parquet_format()}")
        path.chmod(FILE_MODE)
    return _put_in_place(landed, layers[-1].number + 1, {each for layer in layers for each in layer.looked_through})


@contextmanager
def _workshop(landed: Path, *, memory_limit: str, threads: int | None) -> Iterator[Connection]:
    """A connection in which a layer is made, and the empty folder for its files."""
    folder = unfinished_folder(landed)
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    spill = kept_folder(landed) / SPILL
    with open_warehouse(memory_limit=memory_limit, threads=threads, temp_directory=spill) as connection:
        connection.execute("set preserve_insertion_order = false")
        yield connection
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(spill, ignore_errors=True)


def _facts(sql: Path) -> tuple[str, ...]:
    """The tables of facts, which models make."""
    return tuple(_table(model.name) for model in read_models(sql, [FOLDER]))


def _candidate_models(sql: Path) -> list[Model]:
    """The models that say who is a candidate."""
    return [each for each in read_models(sql, ["staging"]) if each.name in CANDIDATES]


def _codes_asked(sql: Path, value_sets: Iterable[ValueSet]) -> list[ValueSet]:
    """The value sets that the facts are asked with."""
    with open_scratch() as parser:
        read = {table for model in read_models(sql, [FOLDER]) for table in tables_read(parser, model.query)}
    return [each for each in value_sets if f"value_sets.{each.name}" in read]


def _made_under(sql: Path, codes: Iterable[ValueSet], files: Sequence[LandedFile]) -> str:
    """A digest of what decides what is kept but for rows: codes, columns, models, DuckDB, and whether spans came."""
    told = [
        version("duckdb"),
        "eligibility" in supplied_tables(file for _, file in files),
        [(each.name, each.sha256) for each in codes],
        [(model.name, model.query) for model in (*read_models(sql, [FOLDER]), *_candidate_models(sql))],
        [
            (column.table_name, column.column_name, column.landed_type, [column.message(rule) for rule in column.rules])
            for table in read_extract_tables().values()
            for column in table.columns
        ],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()

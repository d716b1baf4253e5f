"""The columns that may be delivered, as `sql/extracts.csv` lists them, and what each kind becomes.

See docs/contract.md 1.1.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.ground.program_files import SQL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


EXTRACTS_CSV = SQL / "extracts.csv"
VALUE_REMARKS_CSV = SQL / "value_remarks.csv"

LANDED_TYPES: Mapping[str, str] = {
    "id": "VARCHAR",
    "number": "VARCHAR",
    "text": "VARCHAR",
    "code": "VARCHAR",
    "number_code": "VARCHAR",
    "revenue_code": "VARCHAR",
    "hcpcs": "VARCHAR",
    "modifier": "VARCHAR",
    "pointer": "VARCHAR",
    "code_list": "VARCHAR",
    "drug_code": "VARCHAR",
    "word": "VARCHAR",
    "code_system": "VARCHAR",
    "date": "DATE",
    "birth_date": "DATE",
    "open_start_date": "DATE",
    "open_end_date": "DATE",
    "amount": "DECIMAL(18,2)",
    "unread_amount": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,4)",
    "integer": "INTEGER",
    "rank": "INTEGER",
    "days_supply": "INTEGER",
    "boolean": "BOOLEAN",
}

RULES: Mapping[str, str] = {
    "missing": "{column} has no value; every row needs one",
    "mangled_identifier": "{column} went through a floating-point number: several identifiers may have become one",
    "not_a_date": "{column} is not a date written YYYY-MM-DD or YYYYMMDD",
    "date_with_time": "{column} has a time of day: nobody can know which zone made it, so which day it is",
    "date_too_early": "{column} is before {earliest}",
    "date_too_late": "{column} is more than a year after the run date",
    "not_a_number": "{column} is not a decimal number as the contract has it",
    "not_a_whole_number": "{column} is not a whole number",
    "not_in_list": "{column} is none of: {words}",
    "out_of_range": "{column} is not between -998 and 998",
    "below_one": "{column} is below 1",
}
"""Why a row is rejected; none of the texts holds a value of the row."""


NAMESPACES = ("data_source", "payer")
"""The columns by which identifiers may be qualified; a row without the one that is chosen is set aside."""


@dataclass(frozen=True)
class ExtractColumn:
    """One column of a table that may be delivered."""

    table_name: str
    column_name: str
    kind: str
    is_required_column: bool
    is_required_value: bool
    allowed_words: tuple[str, ...]

    @property
    def landed_type(self) -> str:
        """The DuckDB type of the column once landed."""
        return LANDED_TYPES[self.kind]

    @property
    def earliest_date(self) -> str:
        """The earliest date that is believed, inclusive."""
        return "1900-01-01" if self.kind == "birth_date" else "1990-01-01"

    @property
    def is_unread(self) -> bool:
        """Whether no verdict reads the column: what is wrong in it is blank and no reason to set a row aside."""
        return self.kind in {"birth_date", "unread_amount"}

    @property
    def unreadable_rule(self) -> str | None:
        """The rule that a value breaks which cannot be read; None where any text can, and for booleans."""
        return {
            "DATE": "not_a_date",
            "INTEGER": "not_a_whole_number",
            "DECIMAL(18,2)": "not_a_number",
            "DECIMAL(18,4)": "not_a_number",
        }.get(self.landed_type)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of ``RULES`` that a value of the column can break."""
        candidates = {
            "missing": self.is_required_value or self.column_name in NAMESPACES,
            "mangled_identifier": self.kind == "id",
            self.unreadable_rule or "": self.unreadable_rule is not None and not self.is_unread,
            "date_with_time": self.landed_type == "DATE" and not self.is_unread,
            "date_too_early": self.kind == "date",
            "date_too_late": self.kind in {"date", "open_start_date"},
            "not_in_list": bool(self.allowed_words),
            "out_of_range": self.kind == "days_supply",
            "below_one": self.kind == "rank",
        }
        return tuple(rule for rule, applies in candidates.items() if applies)

    def message(self, rule: str) -> str:
        """What a person reads when a row of this column breaks ``rule``; it holds no member value."""
        return RULES[rule].format(
            column=self.column_name, earliest=self.earliest_date, words=", ".join(self.allowed_words)
        )


@dataclass(frozen=True)
class ExtractTable:
    """One table that may be delivered, with its columns in canonical order."""

    table_name: str
    columns: tuple[ExtractColumn, ...]

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which a file is refused whole."""
        return tuple(column.column_name for column in self.columns if column.is_required_column)


def read_extract_tables(path: Path = EXTRACTS_CSV) -> dict[str, ExtractTable]:
    """The tables that may be delivered by name, in the order of ``path``."""
    columns: dict[str, list[ExtractColumn]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            columns.setdefault(line["table_name"], []).append(
                ExtractColumn(
                    table_name=line["table_name"],
                    column_name=line["column_name"],
                    kind=line["kind"],
                    is_required_column=line["is_required_column"] == "yes",
                    is_required_value=line["is_required_value"] == "yes",
                    allowed_words=tuple(line["allowed_words"].split("|")) if line["allowed_words"] else (),
                )
            )
    return {name: ExtractTable(name, tuple(listed)) for name, listed in columns.items()}


@dataclass(frozen=True)
class ValueRemark:
    """What is said of loaded values that were mended, left blank or are doubtful: rule, how grave, in which words.

    With ``is_failure`` one such value is enough for a caveat.
    """

    rule: str
    severity: str
    is_failure: bool
    description: str
    consequence: str


def read_value_remarks(path: Path = VALUE_REMARKS_CSV) -> dict[str, ValueRemark]:
    """What is said of mended and doubtful values, by rule."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            line["rule"]: ValueRemark(
                rule=line["rule"],
                severity=line["severity"],
                is_failure=line["is_failure"] == "yes",
                description=line["description"],
                consequence=line["consequence"],
            )
            for line in csv.DictReader(lines)
        }

"""The form of a delivery as a Frictionless data package, so that it can be checked before it is sent.

Made from the list of columns (``sql/extracts.csv``), which landing reads, too. The package asks for the plain form of
each value; landing takes more (docs/tables.md, kinds). What cannot be said there, such as dates that are believed or
rows that belong together, ``stimaudit validate`` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.intake.value_rules import NULL_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.intake.extracts import ExtractColumn, ExtractTable


STANDARD = "https://datapackage.org/profiles/2.0/datapackage.json"
LEAST_DAYS, MOST_DAYS = -998, 998
"""The days' supply that landing believes, both in (rule ``out_of_range``)."""

TYPES: Mapping[str, str] = {
    "DATE": "date",
    "DECIMAL(18,2)": "number",
    "DECIMAL(18,4)": "number",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
}
"""The field type of each landed type; every other one is a string."""

YES_WORDS, NO_WORDS = (
    [form for word in words for form in (word, word.upper(), word.capitalize())]
    for words in (("true", "t", "yes", "y"), ("false", "f", "no", "n"))
)
MEANINGS: Mapping[str, str] = {
    "id": "An identifier as the payer has it; text, never through a number",
    "number": "A number that is a name; text",
    "text": "Text",
    "code": "A code, with or without its dot",
    "number_code": "A code of digits; text, leading zeros kept",
    "revenue_code": "A revenue code of 4 digits; text",
    "hcpcs": "A HCPCS or CPT code of 5 characters",
    "modifier": "A modifier of 2 characters",
    "pointer": "Ranks of diagnoses, parted by colons or commas",
    "code_list": "Codes parted by colons",
    "drug_code": "An NDC, RxNorm or ATC code; text",
    "word": "A word of a closed list",
    "code_system": "A code system, such as icd-10-cm",
    "date": "A day",
    "birth_date": "A day; no verdict reads it",
    "open_start_date": "The first day of a span; blank is open",
    "open_end_date": "The last day of a span; blank is open",
    "amount": "US dollars",
    "unread_amount": "US dollars; no verdict reads it",
    "quantity": "A quantity",
    "integer": "A whole number",
    "rank": "A rank, from 1",
    "days_supply": "Days of supply",
    "boolean": "Yes or no; blank is unknown",
}


def data_package(tables: Mapping[str, ExtractTable]) -> dict[str, Any]:
    """The data package of a delivery: one resource a table, in the order of ``tables``.

    A delivery may lack optional tables and columns, and may have columns that nobody knows: a resource asks that the
    columns it knows are as they should be (``fieldsMatch``), and names those without which a file is refused
    (``requiredColumns``, a word of ours).
    """
    return {
        "$schema": STANDARD,
        "name": "stimaudit-delivery",
        "title": "A delivery to stimaudit",
        "resources": [_resource(table) for table in tables.values()],
    }


def _resource(table: ExtractTable) -> dict[str, Any]:
    return {
        "name": table.table_name.replace("_", "-"),
        "path": f"{table.table_name}.csv",
        "type": "table",
        "format": "csv",
        "encoding": "utf-8",
        "requiredColumns": list(table.required_columns),
        "schema": {
            "fieldsMatch": "partial",
            "missingValues": ["", *NULL_WORDS],
            "fields": [_field(column) for column in table.columns],
        },
    }


def _field(column: ExtractColumn) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.is_required_value:
        constraints["required"] = True
    if column.allowed_words:
        constraints["enum"] = list(column.allowed_words)
    match column.kind:
        case "rank":
            constraints["minimum"] = 1
        case "days_supply":
            constraints |= {"minimum": LEAST_DAYS, "maximum": MOST_DAYS}
        case "date":
            constraints["minimum"] = column.earliest_date
    field: dict[str, Any] = {
        "name": column.column_name,
        "type": TYPES.get(column.landed_type, "string"),
        "description": f"{MEANINGS[column.kind]}.",
    }
    if field["type"] == "boolean":
        field |= {"trueValues": [*YES_WORDS, "1"], "falseValues": [*NO_WORDS, "0"]}
    return field | ({"constraints": constraints} if constraints else {})

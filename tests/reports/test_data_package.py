"""The data package of a delivery, made by the command, and the sample read by it and by nothing of the program."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.ground.published_file import open_published
from tests.reports.conftest import SAMPLE
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.reports.conftest import Report


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    """What `stimaudit dictionary --datapackage` writes."""
    told = CliRunner().invoke(app, ["dictionary", "--datapackage"])
    assert told.exit_code == 0, told.output
    return dict(json.loads(told.stdout))


def read_as(field: Mapping[str, Any], text: str) -> Any:
    """``text`` as the field's type has it; raises where it is none of that type."""
    match field["type"]:
        case "date":
            return date.fromisoformat(text) if text[4:5] == "-" else date.fromisoformat("not a plain day")
        case "integer":
            return int(text)
        case "number":
            return Decimal(text)
        case "boolean":
            return {**dict.fromkeys(field["trueValues"], True), **dict.fromkeys(field["falseValues"], False)}[text]
        case _:
            return text


def fault(field: Mapping[str, Any], text: str, missing: list[str]) -> str | None:
    """What the package says against a value of the field; none where it says nothing."""
    asked = field.get("constraints", {})
    if text in missing:
        return "required" if asked.get("required") else None
    try:
        value = read_as(field, text)
    except (ValueError, KeyError, InvalidOperation):
        return "type"
    if "enum" in asked and value not in asked["enum"]:
        return "enum"
    least, most = (read_as(field, str(asked[name])) if name in asked else None for name in ("minimum", "maximum"))
    if least is not None and value < least:
        return "minimum"
    if most is not None and value > most:
        return "maximum"
    return None


def opened(path: Path) -> Iterator[dict[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.DictReader(content.decode("utf-8-sig").splitlines())


def faults_of(package: Mapping[str, Any], folder: Path) -> dict[tuple[str, int, str], str]:
    """What the package says against the delivery in ``folder``, by file, row and column."""
    found = {}
    for resource in package["resources"]:
        table = resource["path"].removesuffix(".csv")
        schema = resource["schema"]
        for path in sorted(folder.glob(f"{table}*.csv*")):
            rows = list(opened(path))
            assert set(resource["requiredColumns"]) <= set(rows[0])
            for number, row in enumerate(rows, start=1):
                for field in schema["fields"]:
                    if field["name"] in row and (
                        said := fault(field, row[field["name"]].strip(), schema["missingValues"])
                    ):
                        found[path.name, number, field["name"]] = said
    return found


def test_every_column_that_may_be_delivered_has_its_field_in_order(package: dict[str, Any]) -> None:
    with (ROOT / "sql" / "extracts.csv").open(encoding="utf-8", newline="") as lines:
        listed = [(line["table_name"], line["column_name"]) for line in csv.DictReader(lines)]

    assert [
        (resource["path"].removesuffix(".csv"), field["name"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    ] == listed
    assert all(field["description"] for resource in package["resources"] for field in resource["schema"]["fields"])


def test_the_sample_holds_to_the_package_but_for_the_rows_that_landing_sets_aside_or_mends(
    package: dict[str, Any], sample: Report
) -> None:
    found = faults_of(package, SAMPLE)
    with open_published(sample.published) as connection:
        rules = {
            place: rule
            for *place_of, rule in connection.execute(
                "select file_name, source_row, column_name, rule from rejected_row"
            ).fetchall()
            for place in [tuple(place_of)]
        }
        mended = set(
            connection.execute(
                "select file_name, column_name from data_quality where file_name is not null and failed_count > 0"
            ).fetchall()
        )

    assert found
    # A word of a closed list in another form: landing reads it, the package asks for the plain one.
    unlike = {("prior_authorization.csv", 4, "decision")}
    assert {place for place in found if place not in rules and (place[0], place[2]) not in mended} == unlike
    # What goes by the day of the run stands in no package.
    assert {rules[place] for place in rules.keys() - found.keys()} <= {"date_too_late"}
    assert len(rules.keys() & found.keys()) > 1


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("claim_line_start_date", "2026-02-30", "type"),
        ("claim_line_start_date", "1989-12-31", "minimum"),
        ("claim_line_start_date", "1990-01-01", None),
        ("claim_type", "dental", "enum"),
        ("claim_id", "", "required"),
        ("paid_amount", "12,5", "type"),
        ("paid_amount", "", None),
        ("hcpcs_code", "63650", None),
    ],
)
def test_a_value_is_told_as_the_contract_has_it(
    package: dict[str, Any], column: str, text: str, said: str | None
) -> None:
    [claims] = [resource for resource in package["resources"] if resource["path"] == "medical_claim.csv"]
    [field] = [field for field in claims["schema"]["fields"] if field["name"] == column]

    assert fault(field, text, claims["schema"]["missingValues"]) == said


def test_a_table_beside_the_option_is_refused() -> None:
    told = CliRunner().invoke(app, ["dictionary", "finding", "--datapackage"])

    assert told.exit_code == 2

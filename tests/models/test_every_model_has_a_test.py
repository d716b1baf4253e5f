"""Every model, transform, view and macro has a test file of its own, named as its table."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.rule.models import TRANSFORMS
from tests.support.model_bench import SQL, read_queries

HERE = Path(__file__).parent
MADE = re.compile(r'\b(?:model|published|macro|transform)\(\s*"([a-z0-9_.]+)"')
"""A call by which a test makes the table of a model."""


def files_by_model() -> dict[str, list[Path]]:
    """The test files that make a table, by what they call it; a file makes what it is named after."""
    found: dict[str, list[Path]] = {}
    for path in sorted(HERE.rglob("test_*.py")):
        for name in sorted(set(MADE.findall(path.read_text(encoding="utf-8")))):
            if path.stem == f"test_{name.split('.')[-1]}":
                found.setdefault(name, []).append(path)
    return found


def test_every_model_and_transform_has_one_test_file_named_as_its_table() -> None:
    expected = set(read_queries(SQL)) | {transform.__name__ for transform in TRANSFORMS}
    found = files_by_model()

    assert expected - set(found) == set(), "These models have no test."
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_no_test_file_is_left_of_a_model_that_is_gone() -> None:
    kept = {path for paths in files_by_model().values() for path in paths}
    of_models = {path for path in HERE.rglob("test_*.py") if path.parent != HERE}

    assert of_models - kept == set()


def test_the_test_of_a_model_in_a_folder_stands_in_a_folder_of_that_name() -> None:
    schema = SQL / "intermediate"
    places = {path.stem: path.relative_to(schema).parts[0] for path in schema.rglob("*/*.sql")}

    for table, folder in places.items():
        [path] = files_by_model()[f"intermediate.{table}"]
        assert path.parent.name == folder, table

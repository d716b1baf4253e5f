"""One model at a time on a few rows: given these tables, those rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.model_bench import open_bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.model_bench import Bench, RunMacro, RunModel


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The bench that all models of a session are run on."""
    opened = open_bench(tmp_path_factory.mktemp("bench"))
    yield opened
    opened.connection.close()


@pytest.fixture
def model(bench: Bench) -> RunModel:
    """Makes the table of a model, named ``schema.table``, from exactly the tables that it reads, given as text."""
    return bench.model


@pytest.fixture
def published(bench: Bench) -> RunModel:
    """Makes a table or view of the published file, named as its SQL file, from tables given as text."""
    return bench.published


@pytest.fixture
def macro(bench: Bench) -> RunMacro:
    """Calls a macro of the published file with the arguments as SQL, on tables given as text."""
    return bench.macro


@pytest.fixture
def transform(bench: Bench) -> RunModel:
    """Makes the table of a polars transform, named as its function, from tables given as text."""
    return bench.transform

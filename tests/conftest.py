"""How the tests are shared among processes, and the one night through Prefect that they share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.ground import warehouse
from tests.support.two_sites import make_two_sites
from tests.whole.canaries import planted, ran

if TYPE_CHECKING:
    from tests.support.two_sites import TwoSites
    from tests.whole.canaries import Ran

HERE = Path(__file__).parent
TOGETHER = {
    "spec": "all specs are audited at once",
    "laws": "the laws start from one population",
    "flows/test_nightly_audit.py": "night through Prefect",
    "whole/test_canaries.py": "night through Prefect",
    "whole/test_encryption.py": "two nights with and without a key",
    "commands/test_commands.py": "two nights with and without a key",
    "house/test_readme.py": "commands of README",
    "house/test_documents.py": "commands of README",
    "house/test_wheel.py": "commands of README",
}
"""Files and folders whose tests share what a session makes, and what that is."""

UNCOUNTED = frozenset({"laws", "messy", "second_opinion"})
"""Tests whose own Python is most of their work; counting lines slows them by half, and what they run others run too."""

MANY_THREADS = frozenset(
    {"flows", "test_nightly.py", "test_sample_data.py", "test_reproduce.py", "test_order_changes_nothing.py"}
)
"""Tests of the same bytes and the same rows: they run with as many threads as a night does."""


def pytest_configure() -> None:
    """Gives Prefect a folder of its own where the account has no home that can be written: it warns on import else."""
    if not os.access(Path.home(), os.W_OK) or not Path.home().is_dir():
        os.environ.setdefault("PREFECT_HOME", str(HERE.parent / ".cache" / "prefect"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keeps the tests of a file in one process, and those that share what a session makes.

    Done as each test is found: the plugin that shares the tests out reads the groups as soon as all are.
    """
    place = item.path.relative_to(HERE)
    group = TOGETHER.get(place.parts[0]) or TOGETHER.get(place.as_posix()) or place.as_posix()
    item.add_marker(pytest.mark.xdist_group(group))
    if place.parts[0] in UNCOUNTED:
        item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """One thread a connection where processes share the cores: for a few members more only get in each other's way."""
    shares_cores = "PYTEST_XDIST_WORKER" in os.environ and MANY_THREADS.isdisjoint(item.path.parts)
    warehouse.THREADS = 1 if shares_cores else None


@pytest.fixture(scope="session")
def night_through_prefect(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A published night on the sample with canaries in it, started as a user does: the command, and so Prefect."""
    return ran(tmp_path_factory.mktemp("good"), planted(tmp_path_factory.mktemp("delivered") / "extracts"), "--json")


@pytest.fixture(scope="session")
def two_sites(tmp_path_factory: pytest.TempPathFactory) -> TwoSites:
    """The same two nights with a key and without one; not to be changed."""
    return make_two_sites(tmp_path_factory.mktemp("site"))

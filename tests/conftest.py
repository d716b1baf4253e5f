"""How the tests are shared among processes, and the one night through Prefect that they share."""

from __future__ import annotations

import os
from collections import Counter
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

LONGEST_FIRST = (
    "night through Prefect",
    "two nights with and without a key",
    "commands of README",
    "publishing/test_publish.py",
    "second_opinion/test_agreement.py",
    "the laws start from one population",
    "gates/test_validate.py",
    "all specs are audited at once",
    "operation/test_nightly.py",
    "operation/test_reproduce.py",
    "commands/test_cli.py",
    "reports/test_pages.py",
    "reports/test_kept_pages.py",
    "operation/test_status.py",
    "intake/test_values.py",
    "review/test_decisions.py",
    "gates/test_held_nights.py",
    "operation/test_verify.py",
    "publishing/test_sql_door.py",
    "whole/test_crash.py",
    "publishing/test_older_publishes.py",
    "gates/test_feed_faults.py",
    "publishing/test_history.py",
    "reports/test_letter.py",
    "intake/test_land.py",
    "whole/test_canaries.py",
    "whole/test_sample_data.py",
    "operation/test_doctor.py",
    "field/test_field_cases.py",
    "reports/test_workbook.py",
    "whole/test_readers.py",
)
"""Groups and files that take long, the longest first: one that is begun last is waited for by all other processes.

What takes long is seen with ``pytest --durations 40``; the many short ones fill the gaps at the end.
"""

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
    item.add_marker(pytest.mark.xdist_group(group_of(item)))
    if item.path.relative_to(HERE).parts[0] in UNCOUNTED:
        item.add_marker(pytest.mark.no_cover)


def group_of(item: pytest.Item) -> str:
    """What the test is run together with, in one process: what it shares, or the rest of its file."""
    place = item.path.relative_to(HERE)
    return TOGETHER.get(place.parts[0]) or TOGETHER.get(place.as_posix()) or place.as_posix()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the groups that take long before the others, which go by their number of tests.

    ``--no-loadscope-reorder`` keeps the plugin that shares the tests out from ordering by that number alone.
    """
    tests = Counter(map(group_of, items))
    ranks = {group: rank for rank, group in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: (ranks.get(group_of(item), len(ranks)), -tests[group_of(item)], group_of(item)))


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

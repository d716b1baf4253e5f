"""The book of the rule: an example in text above a test whose name is the rule as a sentence.

The text is the form of ``docs/examples.md``. All examples of a session are audited together by the real models
(``conftest.py``), then each test says whether its own is met.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import pytest

from pipelines.proof.example_text import Example, parse_example
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


OTHER_PARAMETERS = """\
    parameter include_other_low_back_pain=false pain_label_exempts=true
    parameter acupuncture_counts=false spine_diagnosis_required=false
    parameter must_have_exercise=false min_groups=3
"""
"""A policy with other choices than the default; the examples that need one share it, so that they share a run."""

REACH_BEGINS = date(2023, 6, 11)


def day_of_the_reach(days: int) -> str:
    """The day so many days after the first that the claims received reach; examples of one reach share a run."""
    return (REACH_BEGINS + timedelta(days=days)).isoformat()


class Audit(Protocol):
    """Fails the test unless the example is met."""

    def __call__(self, given: Example) -> None: ...


class SpecTest(Protocol):
    """A test made from one or more examples."""

    examples: tuple[Example, ...]


def example(text: str) -> Callable[[Callable[[], None]], Callable[..., None]]:
    """The test that audits the example in ``text``; the function below gives its name and needs no body."""

    def made(named: Callable[[], None]) -> Callable[..., None]:
        given = _example(text, named)

        def check(audit: Audit) -> None:
            audit(given)

        return _as_test(check, named, (given,))

    return made


def examples(outline: str, table: str) -> Callable[[Callable[[], None]], Callable[..., None]]:
    """One test a row of ``table``, with the words ``<column>`` of ``outline`` replaced by its cells."""
    header, *lines = [line for line in table.strip().splitlines() if line.strip()]
    names = [name.strip() for name in header.split("|")]

    def made(named: Callable[[], None]) -> Callable[..., None]:
        made_of = []
        for line in lines:
            cells = [cell.strip() for cell in line.split("|")]
            text = outline
            for name, cell in zip(names, cells, strict=True):
                text = text.replace(f"<{name}>", cell)
            made_of.append((_example(text, named), " ".join(cell or "blank" for cell in cells)))

        @pytest.mark.parametrize("given", [pytest.param(given, id=title) for given, title in made_of])
        def check(audit: Audit, given: Example) -> None:
            audit(given)

        return _as_test(check, named, tuple(given for given, _ in made_of))

    return made


def _example(text: str, named: Callable[[], None]) -> Example:
    code = named.__code__
    title = named.__name__.removeprefix("test_").replace("_", " ")
    source = Path(code.co_filename).relative_to(ROOT).as_posix()
    return parse_example(text, title=title, source=source, first_line=code.co_firstlineno)


def _as_test(
    check: Callable[..., None], named: Callable[[], None], made_of: tuple[Example, ...]
) -> Callable[..., None]:
    check.__name__ = named.__name__
    check.__qualname__ = named.__qualname__
    check.__module__ = named.__module__
    check.__doc__ = named.__doc__
    cast("SpecTest", check).examples = made_of
    return check

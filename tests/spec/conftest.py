"""Audits every example of the session at once; a run costs about the same for one member as for hundreds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.proof.examples import ExampleResult, audit_examples
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pipelines.proof.example_text import Example
    from tests.spec.book import Audit


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> dict[int, ExampleResult]:
    """The result of every example that a test of the session asks for, by identity of the example."""
    functions = {getattr(item, "function", None) for item in request.session.items}
    examples = [example for function in functions for example in getattr(function, "examples", ())]
    return {id(result.example): result for result in audit_examples(examples, sql=ROOT / "sql")}


@pytest.fixture
def audit(results: dict[int, ExampleResult]) -> Audit:
    """Fails the test with the member's lines, what was expected and the audit's explanations."""

    def check(given: Example) -> None:
        result = results[id(given)]
        if not result.is_met:
            pytest.fail("\n".join(result.lines()), pytrace=False)

    return check

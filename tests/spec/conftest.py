"""Audits every case of the session at once; a run costs about the same for one member as for hundreds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.proof.examples import CaseResult, audit_cases
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pipelines.proof.example_text import Case
    from tests.spec.book import Audit


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> dict[int, CaseResult]:
    """The result of every case that a test of the session asks for, by identity of the case."""
    functions = {getattr(item, "function", None) for item in request.session.items}
    cases = [case for function in functions for case in getattr(function, "cases", ())]
    return {id(result.case): result for result in audit_cases(cases, sql=ROOT / "sql")}


@pytest.fixture
def audit(results: dict[int, CaseResult]) -> Audit:
    """Fails the test with the member's lines, what was expected and the audit's explanations."""

    def check(case: Case) -> None:
        result = results[id(case)]
        if not result.is_met:
            pytest.fail("\n".join(result.lines()), pytrace=False)

    return check

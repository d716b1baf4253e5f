"""The policies and value sets that the product ships: read once a process, for reading them takes half a second."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipelines.rule.policy import load_policies
from pipelines.rule.value_sets import load_value_sets
from tests.support.places import ROOT

if TYPE_CHECKING:
    from datetime import date

    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet


@cache
def shipped_policies(as_of: date) -> tuple[Policy, ...]:
    """The policies of ``sql/policies`` on a day, those due for review too."""
    return load_policies(ROOT / "sql" / "policies", as_of=as_of, allow_overdue=True)


@cache
def shipped_value_sets() -> tuple[ValueSet, ...]:
    """The value sets of ``sql/value_sets``."""
    return load_value_sets(ROOT / "sql" / "value_sets")

"""The population that the laws start from, judged once a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.laws.population import judged, population

if TYPE_CHECKING:
    from tests.laws.population import Judged


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """What the product says of the population as it is."""
    return judged(population(), tmp_path_factory.mktemp("base"))

"""README's commands, run once for the tests that look at what they say and at what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.house.readme import README, refreshed

if TYPE_CHECKING:
    from pathlib import Path


class ReadmeByDoing(NamedTuple):
    """README as it is and as its commands say, and the folder they ran in."""

    shown: str
    said: str
    folder: Path


@pytest.fixture(scope="session")
def readme_by_doing(tmp_path_factory: pytest.TempPathFactory) -> ReadmeByDoing:
    folder = tmp_path_factory.mktemp("readme")
    shown = README.read_text(encoding="utf-8")
    return ReadmeByDoing(shown, refreshed(shown, folder), folder)

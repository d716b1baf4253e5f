"""The page of settings explains each setting, and its example is one that the program takes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING

from pipelines.operation.settings import Settings, load_settings
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = {field.name for field in fields(Settings)}


def test_the_example_holds_every_setting_and_is_taken(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "plan.toml").write_text("".join(example), encoding="utf-8")

    assert set(tomllib.loads("".join(example))) == NAMES
    assert load_settings(tmp_path / "plan.toml").payments_supplied == {"encounters/*": False}


def test_every_setting_is_explained_beside_the_example() -> None:
    told = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)

    assert [name for name in sorted(NAMES) if not re.search(rf"`\[?{name}[\].`]", told)] == []


def test_the_settings_of_readme_are_taken(tmp_path: Path) -> None:
    example = README.split("(`--config`", 1)[1].split(":\n\n", 1)[1].split("\n\nEvery setting", 1)[0]
    (tmp_path / "plan.toml").write_text(re.sub(r"(?m)^    ", "", example), encoding="utf-8")

    assert load_settings(tmp_path / "plan.toml").policy_by_line_of_business["commercial"] == "commercial_strict"

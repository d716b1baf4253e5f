"""The page of settings explains each setting, and its example is one that the program takes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

from pipelines.ground.errors import UsageError
from pipelines.ground.records import Must
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


def test_every_number_and_size_has_the_range_that_the_page_says(tmp_path: Path) -> None:
    page = re.findall(r"(?m)^\| `(\w+)` \| ([0-9][^|]*) \| ([0-9][^|]*) \|$", PAGE)
    bounded = {
        name: told for name, kind in get_type_hints(Settings, include_extras=True).items() if (told := told_range(kind))
    }
    assert {name: f"{least} to {most}" for name, least, most in page} == bounded
    numbers = {field.name for field in fields(Settings) if isinstance(field.default, int) and field.default is not None}
    assert numbers | {"threads"} <= bounded.keys()

    for name, least, most in page:
        for bound, beyond in ((least, -1), (most, 1)):
            (tmp_path / "plan.toml").write_text(f"{name} = {written(bound, 0)}\n", encoding="utf-8")
            load_settings(tmp_path / "plan.toml")
            (tmp_path / "plan.toml").write_text(f"{name} = {written(bound, beyond)}\n", encoding="utf-8")
            with pytest.raises(UsageError, match=f"from {least} to {most}|, {least} to {most}"):
                load_settings(tmp_path / "plan.toml")


def told_range(kind: object) -> str | None:
    """The range that a setting says of itself; none where it has none."""
    for part in (kind, *get_args(kind)):
        for mark in getattr(part, "__metadata__", ()):
            if isinstance(mark, Must) and (found := re.search(r"([0-9][0-9,]*\w*) to ([0-9][0-9,]*\w*)$", mark.be)):
                return f"{found[1]} to {found[2]}" if mark.be.startswith(("a whole", "a size")) else None
    return None


def written(bound: str, beyond: int) -> str:
    """A bound of the page as TOML, or what lies next to it on the far side."""
    number, unit = re.fullmatch(r"([0-9,]+)([A-Z]*)", bound).groups()  # type: ignore[union-attr]
    if not unit:
        return str(int(number.replace(",", "")) + beyond)
    if beyond < 0:
        return f'"{int(number) - 1}.999{unit}"'
    return f'"{number}{".001" if beyond else ""}{unit}"'


def test_the_settings_of_readme_are_taken(tmp_path: Path) -> None:
    example = README.split("(`--config`", 1)[1].split(":\n\n", 1)[1].split("\n\nEvery setting", 1)[0]
    (tmp_path / "plan.toml").write_text(re.sub(r"(?m)^    ", "", example), encoding="utf-8")

    assert load_settings(tmp_path / "plan.toml").policy_by_line_of_business["commercial"] == "commercial_strict"

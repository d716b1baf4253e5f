"""Settings: what a configuration may hold, and how a wrong one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import UsageError
from pipelines.operation.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings(None) == Settings()


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    config = tmp_path / "plan.toml"
    config.write_text(
        'max_rejected_rows = 5\nthreads = 2\n[policy_by_line_of_business]\nmedicare_ffs = "medicare_ncd_160_7"\n',
        encoding="utf-8",
    )

    assert load_settings(config) == Settings(
        max_rejected_rows=5, threads=2, policy_by_line_of_business={"medicare_ffs": "medicare_ncd_160_7"}
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("max_rejected_row = 5", "'max_rejected_row' is not a setting"),
        ("max_rejected_share = 2", "a share from 0 to 1"),
        ("max_rejected_share = true", "a share from 0 to 1"),
        ("max_rejected_rows = -1", "0 or more"),
        ("threads = 0", "1 or more"),
        ('memory_limit = "much"', "a size such as"),
        ("default_policy = 3", "the id of a policy"),
        ("policy_by_line_of_business = 3", "a table from line of business"),
        ("= 3", "is not TOML"),
    ],
)
def test_a_wrong_configuration_is_told_with_what_is_expected(line: str, told: str, tmp_path: Path) -> None:
    config = tmp_path / "plan.toml"
    config.write_text(line, encoding="utf-8")

    with pytest.raises(UsageError, match=told):
        load_settings(config)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    config = tmp_path / "plan.toml"
    config.write_text("colour = 1\nthreads = 0\n", encoding="utf-8")

    with pytest.raises(UsageError, match=r"'threads' must be .*; 'colour' is not a setting") as told:
        load_settings(config)

    assert "default_policy, policy_by_line_of_business" in str(told.value)


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")

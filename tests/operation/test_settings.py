"""Settings: what a configuration may hold, and how a wrong one is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import UsageError
from pipelines.operation.plan import landing_rules
from pipelines.operation.settings import Settings, load_settings
from pipelines.rule.policy import DEFAULT_ASSIGNMENTS

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
        max_rejected_rows=5, threads=2, policy_by_line_of_business=DEFAULT_ASSIGNMENTS
    )


def settings_of(tmp_path: Path, text: str) -> Settings:
    """The settings of a configuration with this text."""
    config = tmp_path / "plan.toml"
    config.write_text(text, encoding="utf-8")
    return load_settings(config)


def test_medicare_is_judged_by_its_own_policy_unless_the_configuration_assigns_another(tmp_path: Path) -> None:
    medicare = "medicare_ncd_160_7"
    assert dict(Settings().policy_by_line_of_business) == {"medicare_ffs": medicare, "medicare_advantage": medicare}

    said = (
        '[policy_by_line_of_business]\ncommercial = "commercial_strict"\n"Medicare - FFS" = "evidence_low_back_pain"\n'
    )
    assert dict(settings_of(tmp_path, said).policy_by_line_of_business) == {
        "medicare_advantage": medicare,
        "commercial": "commercial_strict",
        "Medicare - FFS": "evidence_low_back_pain",
    }


def test_the_reach_of_a_feed_is_given_by_its_first_and_last_day(tmp_path: Path) -> None:
    said = "[reach.medical_claim]\nfrom = 2024-01-01\nto = 2026-06-30\n[reach.pharmacy_claim]\nfrom = 2025-01-01\n"

    assert settings_of(tmp_path, said).reach == {
        "medical_claim": {"from": date(2024, 1, 1), "to": date(2026, 6, 30)},
        "pharmacy_claim": {"from": date(2025, 1, 1)},
    }
    one_day = "[reach.medical_claim]\nfrom = 2024-01-01\nto = 2024-01-01\n"
    assert settings_of(tmp_path, one_day).reach["medical_claim"]["to"] == date(2024, 1, 1)


def test_a_file_pattern_says_that_payments_were_not_supplied(tmp_path: Path) -> None:
    said = settings_of(tmp_path, '[payments_supplied]\n"medical_claim_encounters*" = false\n"medical*" = true\n')
    rules = landing_rules(said)

    assert not rules.has_payments("medical_claim_encounters_2026.csv")
    assert rules.has_payments("medical_claim.csv")
    assert rules.has_payments("more/claims.csv")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("max_rejected_row = 5", "'max_rejected_row' is not a setting"),
        ("max_rejected_share = 2", "a share from 0 to 1"),
        ("max_rejected_share = true", "a share from 0 to 1"),
        ("max_rejected_rows = -1", "a whole number of rows, 0 to 1,000,000,000"),
        ("threads = 0", "a whole number of threads, 1 to 1,024"),
        ('memory_limit = "much"', "a size such as"),
        ("default_policy = 3", "the id of a policy"),
        ("policy_by_line_of_business = 3", "a table from line of business"),
        ("[reach.eligibility]\nfrom = 2024-01-01", "a table from medical_claim or pharmacy_claim"),
        ('[reach.medical_claim]\nfrom = "2024-01-01"', "a table from medical_claim or pharmacy_claim"),
        ("[reach.medical_claim]\nfrom = 2024-01-02\nto = 2024-01-01", "`to` is not before `from`"),
        ('[payments_supplied]\n"a*" = 0', "a table from file pattern to true or false"),
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

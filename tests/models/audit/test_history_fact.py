"""What an analyst must see first of an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def facts(model: RunModel, **tables: str) -> list[tuple[str | None, ...]]:
    """Fact, date, claim and code of E1, with the tables given: history from 2024-01-01, anchor on 2025-03-01."""
    names = (
        *("supported_indication", "prior_spine_surgery_row", "episode_red_flag"),
        *("episode_trial_marker", "episode_authorization", "follow_up"),
    )
    given = dict.fromkeys(names, "") | tables
    made = model(
        "audit.history_fact",
        {
            "intermediate.episode_window": """
                episode_id | member_id | history_start_date | look_back_end_date | last_event_date
                -----------+-----------+--------------------+--------------------+----------------
                E1         | ada       | 2024-01-01         | 2025-02-28         | 2025-04-01
            """,
            "intermediate.episode": "episode_id | anchor_date\nE1 | 2025-03-01",
        }
        | {f"intermediate.{name}": text for name, text in given.items()},
    )
    return made.in_order("fact", "fact_date", "claim_id", "code_system", "code")


def test_an_indication_is_shown_to_the_last_event_and_a_surgery_to_the_day_before_the_anchor(model: RunModel) -> None:
    def shown(day: str) -> list[str | None]:
        row = "member_id | claim_id | claim_date | code_system | diagnosis_code\n"
        surgery = "member_id | claim_id | surgery_date | code_system | code\n"
        found = facts(
            model,
            supported_indication=f"{row}ada | A1 | {day} | icd-10-cm | M961",
            prior_spine_surgery_row=f"{surgery}ada | A2 | {day} | hcpcs | 63030",
        )
        return [fact for fact, *_ in found]

    assert shown("2023-12-31") == []
    assert shown("2024-01-01") == ["prior_spine_surgery", "supported_indication"]
    assert shown("2025-02-28") == ["prior_spine_surgery", "supported_indication"]
    assert shown("2025-03-01") == ["supported_indication"]
    assert shown("2025-04-01") == ["supported_indication"]
    assert shown("2025-04-02") == []


def test_red_flags_authorizations_and_what_came_after_stand_with_their_dates(model: RunModel) -> None:
    assert facts(
        model,
        episode_red_flag="episode_id | claim_id | claim_date | diagnosis_code\nE1 | A1 | 2025-02-01 | C412",
        episode_authorization="""
            episode_id | decision_date | valid_from | hcpcs_code
            -----------+---------------+------------+-----------
            E1         | 2025-01-05    | 2025-01-01 | 63650
            E1         |               | 2025-01-02 |
        """,
        follow_up="episode_id | first_revision_date | first_complication_date\nE1 | 2025-09-01 | 2025-08-01",
    ) == [
        ("complication_after_implant", "2025-08-01", None, None, None),
        ("prior_authorization", "2025-01-02", None, None, None),
        ("prior_authorization", "2025-01-05", None, "hcpcs", "63650"),
        ("red_flag", "2025-02-01", "A1", None, "C412"),
        ("revision_after_implant", "2025-09-01", None, None, None),
    ]
    assert facts(model, follow_up="episode_id | first_revision_date | first_complication_date\nE1 | |") == []


def test_each_marker_of_a_trial_is_shown_on_the_anchor_date(model: RunModel) -> None:
    header = "episode_id | has_trial_diagnosis | has_investigational_marker | has_any_trial_number\n"

    assert facts(model, episode_trial_marker=f"{header}E1 | true | true | true") == [
        ("trial_diagnosis", "2025-03-01", None, None, None),
        ("trial_modifier_or_condition", "2025-03-01", None, None, None),
        ("trial_number", "2025-03-01", None, None, None),
    ]
    assert facts(model, episode_trial_marker=f"{header}E1 | false | false | false") == []

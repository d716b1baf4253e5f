"""What takes an episode off the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_every_reason_that_holds_is_listed_in_the_order_of_the_rule(model: RunModel) -> None:
    made = model(
        "intermediate.episode_exclusion",
        {
            "intermediate.episode": """
                episode_id | has_shared_claim | is_aborted | event_stage
                -----------+------------------+------------+------------------------
                E1         | false            | true       | replacement_or_revision
                E2         | false            | false      | initial
                E3         | false            | false      | initial
                E4         | false            | false      | initial
                E5         | false            | false      | initial
                E6         | true             | true       | replacement_or_revision
            """,
            "intermediate.episode_diagnosis_scope": """
                episode_id | diagnosis_class
                -----------+-----------------------------
                E1         | other_indication
                E2         | not_low_back_pain
                E3         | low_back_pain_only
                E4         | low_back_pain_with_neighbour
                E5         | low_back_pain_only
                E6         |
            """,
            "intermediate.episode_trial_marker": """
                episode_id | has_trial_diagnosis | has_investigational_marker | has_trial_number
                -----------+---------------------+----------------------------+-----------------
                E1         | true                | true                       | true
                E2         | false               | true                       | true
                E3         | true                | false                      | true
                E4         | true                | true                       | false
                E5         | false               | false                      | false
                E6         | true                | true                       | true
            """,
            "intermediate.episode_red_flag": """
                episode_id
                ----------
                E1
                E1
                E2
                E4
                E6
            """,
            "intermediate.episode_authorization": """
                episode_id
                ----------
                E1
                E1
                E5
                E6
            """,
        },
    )

    assert made.rows("episode_id", "exclusion_reasons", "is_excluded", "has_authorization") == [
        (
            "E1",
            (
                "[procedure_aborted, not_initial_implant, red_flag, other_indication, clinical_trial, "
                "prior_authorization_approved]"
            ),
            "true",
            "true",
        ),
        ("E2", "[not_low_back_pain]", "true", "false"),
        ("E3", "[]", "false", "false"),
        ("E4", "[red_flag]", "true", "false"),
        ("E5", "[prior_authorization_approved]", "true", "true"),
        ("E6", "[]", "false", "true"),
    ]

"""The net days dispensed of a drug class on a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EPISODE = """
    episode_id | member_id | anchor_date | history_start_date | look_back_start_date | look_back_end_date
    -----------+-----------+-------------+--------------------+----------------------+-------------------
    E1         | ada       | 2025-03-01  | 2025-01-01         | 2025-02-01           | 2025-02-28
"""


def test_days_of_a_date_are_summed_and_count_at_most_up_to_the_anchor(model: RunModel) -> None:
    made = model(
        "intermediate.medication_day",
        {
            "intermediate.open_episode": EPISODE,
            "intermediate.fill_medication": """
                member_id | drug_class | dispensing_date | days_supply | counts | is_not_oral
                ----------+------------+-----------------+-------------+--------+------------
                ada       | nsaid      | 2025-02-01      | 30          | yes    | false
                ada       | nsaid      | 2025-02-01      | -10         | yes    | false
                ada       | nsaid      | 2025-02-20      | 30          | yes    | false
                ada       | nsaid      | 2025-02-10      | -5          | yes    | false
                ada       | nsaid      | 2025-02-11      | 90          | no     | false
                ada       | nsaid      | 2025-02-11      | 90          | yes    | true
                bea       | nsaid      | 2025-02-01      | 30          | yes    | false
            """,
        },
    )

    assert made.rows("dispensing_date", "net_days", "counted_days", "class_days", "is_service") == [
        ("2025-02-01", "20", "20", "24", "true"),
        ("2025-02-10", "-5", "-5", "24", "false"),
        ("2025-02-20", "30", "9", "24", "true"),
    ]


def test_a_class_whose_days_were_all_taken_back_has_no_service(model: RunModel) -> None:
    made = model(
        "intermediate.medication_day",
        {
            "intermediate.open_episode": EPISODE,
            "intermediate.fill_medication": """
                member_id | drug_class | dispensing_date | days_supply | counts | is_not_oral
                ----------+------------+-----------------+-------------+--------+------------
                ada       | muscle     | 2025-02-01      | 10          | yes    | false
                ada       | muscle     | 2025-02-05      | -10         | yes    | false
                ada       | nsaid      | 2025-02-01      | 10          | yes    | false
                ada       | nsaid      | 2025-02-05      | -9          | yes    | false
                ada       | opioid     | 2025-02-05      | -30         | yes    | false
                ada       | opioid     | 2025-02-06      | 0           | yes    | false
            """,
        },
    )

    assert made.rows("drug_class", "dispensing_date", "class_days", "is_service") == [
        ("muscle", "2025-02-01", "0", "false"),
        ("muscle", "2025-02-05", "0", "false"),
        ("nsaid", "2025-02-01", "1", "true"),
        ("nsaid", "2025-02-05", "1", "false"),
        ("opioid", "2025-02-05", "0", "false"),
        ("opioid", "2025-02-06", "0", "false"),
    ]


def test_the_look_back_and_the_days_before_it_are_counted_apart(model: RunModel) -> None:
    made = model(
        "intermediate.medication_day",
        {
            "intermediate.open_episode": EPISODE,
            "intermediate.fill_medication": """
                member_id | drug_class | dispensing_date | days_supply | counts | is_not_oral
                ----------+------------+-----------------+-------------+--------+------------
                ada       | nsaid      | 2024-12-31      | 1           | yes    | false
                ada       | nsaid      | 2025-01-01      | 2           | yes    | false
                ada       | nsaid      | 2025-01-31      | 3           | yes    | false
                ada       | nsaid      | 2025-02-01      | 4           | yes    | false
                ada       | nsaid      | 2025-02-28      | 1           | yes    | false
                ada       | nsaid      | 2025-03-01      | 1           | yes    | false
            """,
        },
    )

    assert made.rows("dispensing_date", "is_in_look_back", "class_days") == [
        ("2025-01-01", "false", "5"),
        ("2025-01-31", "false", "5"),
        ("2025-02-01", "true", "5"),
        ("2025-02-28", "true", "5"),
    ]

"""How much counting care was found in each group, and how much is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


GROUPS = """
    word                | care_group
    --------------------+------------------
    physical_therapy    | exercise
    home_exercise       | exercise
    spinal_manipulation | manipulation
    needles             | acupuncture
    behaviour           | psychological
    programme           | interdisciplinary
    drugs               | medication
"""
POLICY = """
    episode_id | exercise_min_dates | exercise_min_span_days | manipulation_min_dates | psychological_min_sessions | psychological_min_span_days | interdisciplinary_min_hours | interdisciplinary_max_hours_per_day | medication_min_classes | medication_min_days
    -----------+--------------------+------------------------+------------------------+----------------------------+-----------------------------+-----------------------------+-------------------------------------+------------------------+--------------------
    E1         | 3                  | 14                     | 4                      | 2                          | 14                          | 20                          | 8                                   | 2                      | 14
"""


def measured(model: RunModel, group: str, **tables: str) -> tuple[str | None, ...]:
    """The measure, threshold and verdict of one group of E1, with the tables given."""
    given = {"care_service": "", "care_course": "", "care_cluster": "", "medication_day": ""} | tables
    made = model(
        "intermediate.care_group_measure",
        {
            "value_sets.documentation_modalities": GROUPS,
            "intermediate.open_episode": "episode_id\nE1",
            "intermediate.episode_policy": POLICY,
        }
        | {f"intermediate.{name}": text for name, text in given.items()},
    )
    [row] = [row for row in made.rows("care_group", "measure", "threshold", "is_enough") if row[0] == group]
    return row[1:]


def services(*rows: str) -> str:
    """Counting services: group, kind of evidence, date and hours."""
    header = "episode_id | care_group | evidence_kind | start_date | service_hours\n"
    return header + "\n".join(f"E1 | {row}" for row in rows)


def test_every_group_is_measured_once_also_where_nothing_was_found(model: RunModel) -> None:
    made = model(
        "intermediate.care_group_measure",
        {
            "value_sets.documentation_modalities": GROUPS,
            "intermediate.open_episode": "episode_id\nE1",
            "intermediate.episode_policy": POLICY,
            "intermediate.care_service": "",
            "intermediate.care_course": "",
            "intermediate.care_cluster": "",
            "intermediate.medication_day": "",
        },
    )

    assert made.rows("care_group", "service_count", "measure", "threshold", "is_enough") == [
        ("acupuncture", "0", "0.0", "4.0", "false"),
        ("exercise", "0", "0.0", "3.0", "false"),
        ("interdisciplinary", "0", "0.0", "20.0", "false"),
        ("manipulation", "0", "0.0", "4.0", "false"),
        ("medication", "0", "0.0", "2.0", "false"),
        ("psychological", "0", "0.0", "2.0", "false"),
    ]


def test_exercise_asks_dates_and_span_of_one_course(model: RunModel) -> None:
    def exercise(*courses: str) -> tuple[str | None, ...]:
        header = "episode_id | first_date | last_date | date_count\n"
        return measured(
            model,
            "exercise",
            care_service=services("exercise | claim | 2025-01-01 |"),
            care_course=header + "\n".join(f"E1 | {course}" for course in courses),
        )

    assert exercise("2025-01-01 | 2025-01-15 | 3") == ("3.0", "3.0", "true")
    assert exercise("2025-01-01 | 2025-01-14 | 3") == ("3.0", "3.0", "false")
    assert exercise("2025-01-01 | 2025-01-15 | 2") == ("2.0", "3.0", "false")
    assert exercise("2025-01-01 | 2025-01-10 | 5", "2025-02-01 | 2025-02-15 | 3") == ("5.0", "3.0", "true")
    assert exercise("2025-01-01 | 2025-01-10 | 5", "2025-02-01 | 2025-03-15 | 2") == ("5.0", "3.0", "false")


def test_manipulation_and_acupuncture_take_the_best_window_of_their_own(model: RunModel) -> None:
    clusters = """
        episode_id | care_group   | date_count
        -----------+--------------+-----------
        E1         | manipulation | 2
        E1         | manipulation | 4
        E1         | acupuncture  | 3
    """
    both = services("manipulation | claim | 2025-01-01 |", "acupuncture | claim | 2025-01-01 |")

    assert measured(model, "manipulation", care_service=both, care_cluster=clusters) == ("4.0", "4.0", "true")
    assert measured(model, "acupuncture", care_service=both, care_cluster=clusters) == ("3.0", "4.0", "false")


def test_psychological_asks_distinct_dates_of_claims_and_a_span(model: RunModel) -> None:
    def sessions(*dates: str, kind: str = "claim") -> tuple[str | None, ...]:
        return measured(
            model, "psychological", care_service=services(*(f"psychological | {kind} | {day} |" for day in dates))
        )

    assert sessions("2025-01-01", "2025-01-15") == ("2.0", "2.0", "true")
    assert sessions("2025-01-01", "2025-01-14") == ("2.0", "2.0", "false")
    assert sessions("2025-01-01", "2025-01-01") == ("1.0", "2.0", "false")
    assert sessions("2025-01-01", "2025-01-15", kind="statement") == ("0.0", "2.0", "false")


def test_hours_of_a_date_count_up_to_the_most_a_day_can_hold(model: RunModel) -> None:
    def hours(*services_of_days: str) -> tuple[str | None, ...]:
        rows = [f"interdisciplinary | {row}" for row in services_of_days]
        return measured(model, "interdisciplinary", care_service=services(*rows))

    assert hours("claim | 2025-01-01 | 6", "claim | 2025-01-01 | 6", "claim | 2025-01-02 | 8") == (
        "16.0",
        "20.0",
        "false",
    )
    assert hours("claim | 2025-01-01 | 8", "claim | 2025-01-02 | 8", "claim | 2025-01-03 | 4") == (
        "20.0",
        "20.0",
        "true",
    )
    assert hours("claim | 2025-01-01 |", "statement | 2025-01-02 | 8") == ("0.0", "20.0", "false")


def test_medication_counts_classes_with_enough_days_in_the_look_back(model: RunModel) -> None:
    def classes(*rows: str) -> tuple[str | None, ...]:
        header = "episode_id | drug_class | is_in_look_back | class_days\n"
        return measured(
            model,
            "medication",
            care_service=services("medication | claim | 2025-01-01 |"),
            medication_day=header + "\n".join(f"E1 | {row}" for row in rows),
        )

    assert classes("nsaid | true | 14", "nsaid | true | 14", "muscle | true | 15") == ("2.0", "2.0", "true")
    assert classes("nsaid | true | 14", "muscle | true | 13") == ("1.0", "2.0", "false")
    assert classes("nsaid | true | 14", "muscle | false | 30") == ("1.0", "2.0", "false")

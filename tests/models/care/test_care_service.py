"""Counting services and documented courses with their days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_line_is_one_day_and_at_least_one_unit_of_its_hours(model: RunModel) -> None:
    made = model(
        "intermediate.care_service",
        {
            "intermediate.care_line": """
                episode_id | care_group        | service_date | hours_per_unit | service_unit_quantity | is_in_look_back | counts
                -----------+-------------------+--------------+----------------+-----------------------+-----------------+-------
                E1         | interdisciplinary | 2025-02-01   | 2              | 3                     | true            | yes
                E1         | interdisciplinary | 2025-02-02   | 2              | 0.5                   | true            | yes
                E1         | interdisciplinary | 2025-02-03   | 2              |                       | true            | yes
                E1         | exercise          | 2025-02-04   |                | 4                     | true            | yes
                E1         | exercise          | 2025-02-05   |                |                       | false           | yes
                E1         | exercise          | 2025-02-06   |                |                       | true            | no
            """,
            "intermediate.medication_day": "",
            "intermediate.failure_statement": "",
        },
    )

    assert made.rows("start_date", "end_date", "evidence_kind", "care_group", "service_hours") == [
        ("2025-02-01", "2025-02-01", "claim", "interdisciplinary", "6.0"),
        ("2025-02-02", "2025-02-02", "claim", "interdisciplinary", "2.0"),
        ("2025-02-03", "2025-02-03", "claim", "interdisciplinary", "2.0"),
        ("2025-02-04", "2025-02-04", "claim", "exercise", None),
    ]


def test_a_drug_lasts_its_counted_days(model: RunModel) -> None:
    made = model(
        "intermediate.care_service",
        {
            "intermediate.care_line": "",
            "intermediate.medication_day": """
                episode_id | dispensing_date | counted_days | is_in_look_back | is_service
                -----------+-----------------+--------------+-----------------+-----------
                E1         | 2025-02-01      | 1            | true            | true
                E1         | 2025-02-02      | 30           | true            | true
                E1         | 2025-02-03      | 30           | false           | true
                E1         | 2025-02-04      | 30           | true            | false
            """,
            "intermediate.failure_statement": "",
        },
    )

    assert made.rows("care_group", "start_date", "end_date") == [
        ("medication", "2025-02-01", "2025-02-01"),
        ("medication", "2025-02-02", "2025-03-03"),
    ]


def test_a_valid_statement_gives_the_part_of_its_dates_inside_the_look_back(model: RunModel) -> None:
    made = model(
        "intermediate.care_service",
        {
            "intermediate.care_line": "",
            "intermediate.medication_day": "",
            "intermediate.failure_statement": """
                episode_id | care_group   | is_valid | start_date | span_start_date | span_end_date
                -----------+--------------+----------+------------+-----------------+--------------
                E1         | exercise     | true     | 2025-01-01 | 2025-02-01      | 2025-02-01
                E1         | acupuncture  | true     | 2025-01-01 | 2025-02-02      | 2025-02-01
                E1         | manipulation | false    | 2025-02-01 | 2025-02-01      | 2025-02-05
                E1         | medication   | true     |            | 2025-02-01      | 2025-02-05
            """,
        },
    )

    assert made.rows("care_group", "evidence_kind", "start_date", "end_date") == [
        ("exercise", "statement", "2025-02-01", "2025-02-01")
    ]

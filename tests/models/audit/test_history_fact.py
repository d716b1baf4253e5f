"""What an analyst must see first of an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


FILES = """
    delivery_number | file_number | table_name      | file_name
    ----------------+-------------+-----------------+--------------
    1               | 2           | medical_claim   | lines.csv
    1               | 2           | claim_diagnosis | lines.csv
    1               | 3           | claim_diagnosis | diagnoses.csv
"""
SHOWN = ("fact", "fact_date", "claim_id", "code_system", "code")


def facts(model: RunModel, *columns: str, **tables: str) -> list[tuple[str | None, ...]]:
    """Fact, date, claim and code of E1, with the tables given: history from 2024-01-01, anchor on 2025-03-01.

    Other ``columns`` where they are named.
    """
    names = (
        *("supported_indication", "prior_spine_surgery_row", "episode_red_flag"),
        *("trial_marker_row", "episode_authorization", "after_implant_row", "follow_up"),
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
            "landed.delivered_file": FILES,
        }
        | {f"intermediate.{name}": text for name, text in given.items()},
    )
    return made.in_order(*(columns or SHOWN))


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
    after = """
        episode_id | fact                       | fact_date  | claim_id | code_system | code
        -----------+----------------------------+------------+----------+-------------+-------
        E1         | revision_after_implant     | 2025-09-01 | A8       | hcpcs       | 63661
        E1         | revision_after_implant     | 2025-09-02 | A9       | hcpcs       | 63661
        E1         | complication_after_implant | 2025-08-01 | A7       | icd-10-cm   | T85733
    """
    assert facts(
        model,
        episode_red_flag="episode_id | claim_id | claim_date | code_system | diagnosis_code\n"
        "E1 | A1 | 2025-02-01 | icd-10-cm | C412",
        episode_authorization="""
            episode_id | decision_date | valid_from | hcpcs_code
            -----------+---------------+------------+-----------
            E1         | 2025-01-05    | 2025-01-01 | 63650
            E1         |               | 2025-01-02 |
        """,
        after_implant_row=after,
        follow_up="episode_id | first_revision_date | first_complication_date\nE1 | 2025-09-01 | 2025-08-01",
    ) == [
        ("complication_after_implant", "2025-08-01", "A7", "icd-10-cm", "T85733"),
        ("prior_authorization", "2025-01-02", None, None, None),
        ("prior_authorization", "2025-01-05", None, "hcpcs", "63650"),
        ("red_flag", "2025-02-01", "A1", "icd-10-cm", "C412"),
        ("revision_after_implant", "2025-09-01", "A8", "hcpcs", "63661"),
    ]
    assert facts(model, follow_up="episode_id | first_revision_date | first_complication_date\nE1 | |") == []


def test_each_row_that_carries_a_mark_of_a_trial_is_shown_with_its_code(model: RunModel) -> None:
    rows = """
        episode_id | fact            | fact_date  | claim_id | code_system           | code     | is_complete
        -----------+-----------------+------------+----------+-----------------------+----------+------------
        E1         | trial_diagnosis | 2025-02-28 | A1       | icd-10-cm             | Z006     | true
        E1         | trial_number    | 2025-03-01 | A2       | clinical-trial-number | 12345    | false
    """
    assert facts(model, trial_marker_row=rows) == [
        ("trial_diagnosis", "2025-02-28", "A1", "icd-10-cm", "Z006"),
        ("trial_number", "2025-03-01", "A2", "clinical-trial-number", "12345"),
    ]


def test_each_fact_has_line_file_and_row_also_where_it_came_in_columns_of_a_claim_line(model: RunModel) -> None:
    rows = """
        member_id | claim_id | claim_date | code_system | diagnosis_code | claim_line_number | source_table    | delivery_number | file_number | source_row
        ----------+----------+------------+-------------+----------------+-------------------+-----------------+-----------------+-------------+-----------
        ada       | A1       | 2024-05-01 | icd-10-cm   | M961           | 2                 | medical_claim   | 1               | 2           | 7
        ada       | A1       | 2024-05-01 | icd-10-cm   | M961           |                   | claim_diagnosis | 1               | 3           | 8
    """
    columns = ("claim_line_number", "source_table", "source_file", "source_row")
    assert facts(model, *columns, supported_indication=rows) == [
        ("2", "medical_claim", "lines.csv", "7"),
        (None, "claim_diagnosis", "diagnoses.csv", "8"),
    ]

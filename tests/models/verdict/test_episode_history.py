"""What the history of a member shows that no criterion asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EPISODE = """
    episode_id | member_id | anchor_date | history_start_date | look_back_start_date | look_back_end_date | chronic_end_date
    -----------+-----------+-------------+--------------------+----------------------+--------------------+-----------------
    E1         | ada       | 2025-03-01  | 2025-01-01         | 2025-02-01           | 2025-02-28         | 2025-01-31
"""

READ = ("back_diagnosis", "supported_indication", "prior_spine_surgery_row", "service", "care_line", "care_fill")


def history(model: RunModel, column: str, **tables: str) -> str | None:
    """One column of the history of E1 with the tables given."""
    given = dict.fromkeys(READ, "") | tables
    made = model(
        "intermediate.episode_history",
        {
            "intermediate.open_episode": EPISODE,
            "value_sets.psych_evaluation": """
                match_system | code  | counts | effective_start | effective_end
                -------------+-------+--------+-----------------+--------------
                hcpcs        | 96130 | yes    | 2025-02-10      | 2025-02-20
                hcpcs        | 96131 | no     | 0001-01-01      | 9999-12-31
                hcpcs        | 90791 | yes    | 0001-01-01      | 9999-12-31
            """,
        }
        | {f"intermediate.{name}": text for name, text in given.items()},
    )
    return made.row(column)[0]


def test_back_pain_is_chronic_when_a_claim_shows_it_long_enough_ago(model: RunModel) -> None:
    def is_chronic(day: str, member: str = "ada", *, is_pain_label: bool = False) -> str | None:
        row = f"member_id | claim_date | is_pain_label\n{member} | {day} | {is_pain_label}"
        return history(model, "has_chronic_back_pain", back_diagnosis=row)

    assert is_chronic("2024-12-31") == "false"
    assert is_chronic("2025-01-01") == "true"
    assert is_chronic("2025-01-31") == "true"
    assert is_chronic("2025-02-01") == "false"
    assert is_chronic("2025-01-31", is_pain_label=True) == "false"
    assert is_chronic("2025-01-31", member="bea") == "false"


def test_indications_and_spine_surgery_count_up_to_the_day_before_the_anchor(model: RunModel) -> None:
    def found(day: str) -> tuple[str | None, str | None]:
        return (
            history(model, "has_supported_indication", supported_indication=f"member_id | claim_date\nada | {day}"),
            history(model, "has_prior_spine_surgery", prior_spine_surgery_row=f"member_id | surgery_date\nada | {day}"),
        )

    assert found("2024-12-31") == ("false", "false")
    assert found("2025-01-01") == ("true", "true")
    assert found("2025-02-28") == ("true", "true")
    assert found("2025-03-01") == ("false", "false")


def test_a_psychological_evaluation_counts_in_the_look_back_and_on_the_anchor_day(model: RunModel) -> None:
    def is_evaluated(day: str, code: str = "90791", system: str = "hcpcs") -> str | None:
        row = f"member_id | service_date | match_system | code\nada | {day} | {system} | {code}"
        return history(model, "has_psychological_evaluation", service=row)

    assert is_evaluated("2025-01-31") == "false"
    assert is_evaluated("2025-02-01") == "true"
    assert is_evaluated("2025-03-01") == "true"
    assert is_evaluated("2025-03-02") == "false"
    assert is_evaluated("2025-02-15", code="96131") == "false"
    assert is_evaluated("2025-02-15", system="icd-10-pcs") == "false"
    assert [is_evaluated(day, code="96130") for day in ("2025-02-09", "2025-02-10", "2025-02-20", "2025-02-21")] == [
        "false",
        "true",
        "true",
        "false",
    ]


def test_care_before_the_look_back_is_said_where_it_would_have_counted(model: RunModel) -> None:
    def has_earlier(table: str, *, is_in_look_back: bool, counts: str) -> str | None:
        row = f"episode_id | is_in_look_back | counts\nE1 | {is_in_look_back} | {counts}"
        return history(model, "has_earlier_care", **{table: row})

    for table in ("care_line", "care_fill"):
        assert has_earlier(table, is_in_look_back=False, counts="yes") == "true"
        assert has_earlier(table, is_in_look_back=False, counts="no") == "false"
        assert has_earlier(table, is_in_look_back=True, counts="yes") == "false"


def test_only_passive_or_invasive_care_is_said_where_nothing_counts_beside_it(model: RunModel) -> None:
    header = "episode_id | is_in_look_back | counts | is_not_conservative | modality\n"

    def is_only(*rows: str, fills: str = "") -> str | None:
        lines = header + "\n".join(f"E1 | {row}" for row in rows)
        return history(model, "has_only_passive_or_invasive_care", care_line=lines, care_fill=fills)

    counting_fill = "episode_id | is_in_look_back | counts\nE1 | true | yes"
    assert is_only("true | no | true | injection") == "true"
    assert is_only("true | no | false | passive_modality") == "true"
    assert is_only("true | no | false | manual_therapy") == "true"
    assert is_only("true | no | false | exercise_pt") == "false"
    assert is_only("false | no | true | injection") == "false"
    assert is_only("true | no | true | injection", "true | yes | false | exercise_pt") == "false"
    assert is_only("true | no | true | injection", "false | yes | false | exercise_pt") == "true"
    assert is_only("true | no | true | injection", fills=counting_fill) == "false"

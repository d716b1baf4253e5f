"""The rows that show what became of the device after the implant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


COMPLICATIONS = """
    match_system | code   | effective_start | effective_end
    -------------+--------+-----------------+--------------
    hcpcs        | 63661  | 2025-01-01      | 2026-12-31
    icd-10-cm    | T85733 | 2025-01-01      | 2026-12-31
"""


def seen(model: RunModel, fact: str, **tables: str) -> list[str | None]:
    """The days that show ``fact`` of E1: anchor 2025-03-01, last event 2025-04-01, followed until 2026-04-01."""
    given = {
        "episode": "episode_id | member_id | last_event_date | has_permanent_event\nE1 | ada | 2025-04-01 | true",
        "service": "",
        "claim_diagnosis": "",
    } | tables
    made = model(
        "intermediate.after_implant_row",
        {
            "intermediate.episode_window": """
                episode_id | member_id | anchor_date | followup_end_date
                -----------+-----------+-------------+------------------
                E1         | ada       | 2025-03-01  | 2026-04-01
            """,
            "intermediate.episode_claim": "episode_id | claim_id\nE1 | own",
            "value_sets.complications": COMPLICATIONS,
        }
        | {f"intermediate.{name}": text for name, text in given.items()},
    )
    return [day for found, day in made.rows("fact", "fact_date") if found == fact]


def test_a_revision_is_seen_after_the_last_event_to_the_end_of_the_follow_up_on_another_claim(model: RunModel) -> None:
    def revision(day: str, claim: str = "other", code: str = "63661", **tables: str) -> list[str | None]:
        row = f"member_id | claim_id | match_system | code | service_date\nada | {claim} | hcpcs | {code} | {day}"
        return seen(model, "revision_after_implant", service=row, **tables)

    assert revision("2025-04-01") == []
    assert revision("2025-04-02") == ["2025-04-02"]
    assert revision("2026-04-01") == ["2026-04-01"]
    assert revision("2026-04-02") == []
    assert revision("2025-05-01", claim="own") == []
    assert revision("2025-05-01", code="63650") == []
    trial_only = "episode_id | member_id | last_event_date | has_permanent_event\nE1 | ada | 2025-04-01 | false"
    assert revision("2025-05-01", episode=trial_only) == []


def test_a_complication_is_seen_from_the_day_after_the_anchor_and_each_row_is_kept(model: RunModel) -> None:
    def complication(*days: str, claim: str = "other", coded: str = "2025-06-01") -> list[str | None]:
        rows = "\n".join(f"ada | {claim} | icd-10-cm | T85733 | {day} | {coded}" for day in days)
        header = "member_id | claim_id | code_system | diagnosis_code | claim_date | coding_date\n"
        return seen(model, "complication_after_implant", claim_diagnosis=header + rows)

    assert complication("2025-03-01") == []
    assert complication("2025-03-02") == ["2025-03-02"]
    assert complication("2025-07-01", "2025-06-01") == ["2025-06-01", "2025-07-01"]
    assert complication("2026-04-01") == ["2026-04-01"]
    assert complication("2026-04-02") == []
    assert complication("2025-06-01", claim="own") == []
    assert [
        complication("2025-06-01", coded=day) for day in ("2024-12-31", "2025-01-01", "2026-12-31", "2027-01-01")
    ] == [
        [],
        ["2025-06-01"],
        ["2025-06-01"],
        [],
    ]

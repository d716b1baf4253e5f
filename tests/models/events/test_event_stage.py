"""Whether an implantation event is initial, and each sign that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


DAYS = """
    clean_period_days | trial_link_days
    ------------------+----------------
    365               | 60
"""
A_LEAD_ON_THE_CLAIM = """
    member_id | claim_id | role          | is_lead | service_date
    ----------+----------+---------------+---------+-------------
    ada       | A1       | trial_or_lead | true    | 2025-06-01
"""
ITS_INDEX_CLAIM = """
    member_id | claim_id | event_date | is_index_claim
    ----------+----------+------------+---------------
    ada       | A1       | 2025-06-01 | true
"""


def given(**tables: str) -> dict[str, str]:
    """The tables of a permanent event of ada on 2025-06-01 with a lead on its claim, except those named."""
    parts = {
        "event_part": """
            member_id | event_date | event_window_end_date | event_kind | is_aborted
            ----------+------------+-----------------------+------------+-----------
            ada       | 2025-06-01 | 2025-06-04            | permanent  | false
        """,
        "event_claim": ITS_INDEX_CLAIM,
        "device_service": A_LEAD_ON_THE_CLAIM,
        "device_history_diagnosis": "",
        "index_line": "",
    } | tables
    return {f"intermediate.{name}": text for name, text in parts.items()} | {"policies.default_policy": DAYS}


def test_an_event_without_a_sign_is_initial_and_counts_from_its_own_first_date(model: RunModel) -> None:
    made = model("intermediate.event_stage", given())

    assert made.row("trial_date", "is_initial") == ("2025-06-01", "true")


def test_it_counts_from_the_earliest_trial_that_was_not_aborted_within_the_link_days(model: RunModel) -> None:
    made = model(
        "intermediate.event_stage",
        given(
            event_part="""
                member_id | event_date | event_window_end_date | event_kind | is_aborted
                ----------+------------+-----------------------+------------+-----------
                ada       | 2025-04-01 | 2025-04-01            | trial      | false
                ada       | 2025-04-02 | 2025-04-02            | trial      | false
                ada       | 2025-04-10 | 2025-04-10            | trial      | false
                ada       | 2025-06-01 | 2025-06-04            | permanent  | false
                bea       | 2025-05-31 | 2025-05-31            | trial      | true
                bea       | 2025-06-01 | 2025-06-04            | permanent  | false
                cid       | 2025-05-31 | 2025-05-31            | trial      | false
                cid       | 2025-06-01 | 2025-06-04            | permanent  | false
            """
        ),
    )

    assert made.rows("member_id", "event_date", "trial_date") == [
        ("ada", "2025-04-01", "2025-04-01"),
        ("ada", "2025-04-02", "2025-04-02"),
        ("ada", "2025-04-10", "2025-04-10"),
        ("ada", "2025-06-01", "2025-04-02"),
        ("bea", "2025-05-31", "2025-05-31"),
        ("bea", "2025-06-01", "2025-06-01"),
        ("cid", "2025-05-31", "2025-05-31"),
        ("cid", "2025-06-01", "2025-05-31"),
    ]


def test_another_permanent_event_in_the_clean_period_is_a_sign_unless_it_was_aborted(model: RunModel) -> None:
    made = model(
        "intermediate.event_stage",
        given(
            event_part="""
                member_id | event_date | event_window_end_date | event_kind | is_aborted
                ----------+------------+-----------------------+------------+-----------
                ada       | 2024-06-01 | 2024-06-01            | permanent  | false
                ada       | 2025-06-01 | 2025-06-04            | permanent  | false
                bea       | 2024-05-31 | 2024-05-31            | permanent  | false
                bea       | 2025-06-01 | 2025-06-04            | permanent  | false
                cid       | 2025-05-31 | 2025-05-31            | permanent  | true
                cid       | 2025-06-01 | 2025-06-04            | permanent  | false
                dan       | 2025-05-31 | 2025-05-31            | permanent  | false
                dan       | 2025-06-01 | 2025-06-04            | trial      | false
            """
        ),
    )

    later = [
        row for row in made.rows("member_id", "event_date", "has_earlier_permanent_event") if row[1] == "2025-06-01"
    ]
    assert [(member, sign) for member, _, sign in later] == [
        ("ada", "true"),
        ("bea", "false"),
        ("cid", "false"),
        ("dan", "true"),
    ]


def test_a_revision_or_a_device_history_in_the_clean_period_before_the_trial_is_a_sign(model: RunModel) -> None:
    def signs(revision_date: str, claim_date: str) -> tuple[str | None, ...]:
        return model(
            "intermediate.event_stage",
            given(
                device_service=f"""
                    {A_LEAD_ON_THE_CLAIM.strip()}
                    ada       | B1       | revision      | false   | {revision_date}
                """,
                device_history_diagnosis=f"""
                    member_id | claim_id | claim_date
                    ----------+----------+-----------
                    ada       | B2       | {claim_date}
                """,
            ),
        ).row("has_earlier_revision", "has_device_history_diagnosis", "is_initial")

    assert signs("2024-06-01", "2024-05-31") == ("true", "false", "false")
    assert signs("2024-05-31", "2024-06-01") == ("false", "true", "false")
    assert signs("2025-05-31", "2025-05-31") == ("true", "true", "false")
    assert signs("2025-06-01", "2025-06-01") == ("false", "false", "true")


def test_a_revision_or_device_history_on_an_index_claim_is_a_sign_a_companion_is_none(model: RunModel) -> None:
    def signs(is_index_claim: str) -> tuple[str | None, ...]:
        return model(
            "intermediate.event_stage",
            given(
                event_claim=f"""
                    {ITS_INDEX_CLAIM.strip()}
                    ada       | A2       | 2025-06-01 | {is_index_claim}
                """,
                device_service=f"""
                    {A_LEAD_ON_THE_CLAIM.strip()}
                    ada       | A2       | revision      | false   | 2025-06-02
                """,
                device_history_diagnosis="""
                    member_id | claim_id | claim_date
                    ----------+----------+-----------
                    ada       | A2       | 2025-06-02
                """,
            ),
        ).row("has_revision_on_index_claim", "has_device_history_on_index_claim", "is_initial")

    assert signs("true") == ("true", "true", "false")
    assert signs("false") == ("false", "false", "true")


def test_a_generator_with_no_lead_on_any_claim_is_an_exchange_unless_a_trial_came_before(model: RunModel) -> None:
    no_lead = """
        member_id | claim_id | role      | is_lead | service_date
        ----------+----------+-----------+---------+-------------
        ada       | A1       | generator | false   | 2025-06-01
    """
    with_trial = """
        member_id | event_date | event_window_end_date | event_kind | is_aborted
        ----------+------------+-----------------------+------------+-----------
        ada       | 2025-05-01 | 2025-05-04            | trial      | false
        ada       | 2025-06-01 | 2025-06-04            | permanent  | false
    """

    alone = model("intermediate.event_stage", given(device_service=no_lead))
    after_trial = model("intermediate.event_stage", given(device_service=no_lead, event_part=with_trial))

    assert alone.row("is_generator_alone", "is_initial") == ("true", "false")
    assert after_trial.rows("event_date", "is_generator_alone") == [("2025-05-01", "false"), ("2025-06-01", "false")]


def test_a_removal_on_the_day_of_a_lead_of_the_event_is_an_exchange_of_leads(model: RunModel) -> None:
    def is_lead_exchange(removal_date: str, lead_date: str) -> str | None:
        made = model(
            "intermediate.event_stage",
            given(
                device_service=f"""
                    {A_LEAD_ON_THE_CLAIM.strip()}
                    ada       | A1       | removal       | false   | {removal_date}
                """,
                index_line=f"""
                    member_id | claim_id | is_lead | service_date
                    ----------+----------+---------+-------------
                    ada       | A1       | true    | {lead_date}
                """,
            ),
        )
        return made.row("is_lead_exchange")[0]

    assert is_lead_exchange("2025-06-01", "2025-06-01") == "true"
    assert is_lead_exchange("2025-06-04", "2025-06-04") == "true"
    assert is_lead_exchange("2025-06-02", "2025-06-01") == "false"
    assert is_lead_exchange("2025-06-05", "2025-06-05") == "false"
    assert is_lead_exchange("2025-05-31", "2025-05-31") == "false"


def test_an_exchange_of_leads_after_a_trial_within_the_link_days_is_none(model: RunModel) -> None:
    def is_lead_exchange(trial_date: str, is_aborted: str) -> str | None:
        made = model(
            "intermediate.event_stage",
            given(
                event_part=f"""
                    member_id | event_date   | event_window_end_date | event_kind | is_aborted
                    ----------+--------------+-----------------------+------------+-------------
                    ada       | {trial_date} | {trial_date}          | trial      | {is_aborted}
                    ada       | 2025-06-01   | 2025-06-04            | trial      | false
                """,
                device_service=f"""
                    {A_LEAD_ON_THE_CLAIM.strip()}
                    ada       | A1       | removal       | false   | 2025-06-01
                """,
                index_line="""
                    member_id | claim_id | is_lead | service_date
                    ----------+----------+---------+-------------
                    ada       | A1       | true    | 2025-06-01
                """,
            ),
        )
        return {row[0]: row[1] for row in made.rows("event_date", "is_lead_exchange")}["2025-06-01"]

    assert is_lead_exchange("2025-04-02", "false") == "false"
    assert is_lead_exchange("2025-04-01", "false") == "true"
    assert is_lead_exchange("2025-05-31", "false") == "false"
    assert is_lead_exchange("2025-05-31", "true") == "true"

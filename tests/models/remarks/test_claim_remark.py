"""Remarks on claims as a whole, and on lines that came more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EMPTY = dict.fromkeys(
    (
        "intermediate.final_line",
        "intermediate.episode_claim",
        "intermediate.case_row",
        "intermediate.claim_line_version",
        "intermediate.counting_line",
        "intermediate.episode_event",
        "intermediate.event_dollar_line",
        "intermediate.episode_index_line",
        "intermediate.episode_diagnosis_scope",
        "intermediate.shared_claim",
        "intermediate.left_out_rank",
        "staging.delivered_claim",
        "staging.refresh_period",
    ),
    "",
) | {
    "run_facts.redelivery_given": "holds_whole_claims\nfalse",
    "intermediate.episode_window": "episode_id | member_id\nE1 | ada",
}
STAGED = {"delivered_claim", "refresh_period"}
CLAIMS = "episode_id | member_id | claim_id | is_index_claim\nE1 | ada | IMP | true\nE1 | ada | FAC | false"
EVIDENCE = "episode_id | source_table | claim_id | is_evidence\nE1 | medical_claim | IMP | true"


def remarks(model: RunModel, **given: str) -> list[tuple[str | None, ...]]:
    tables = {f"{'staging' if name in STAGED else 'intermediate'}.{name}": text for name, text in given.items()}
    return model("intermediate.claim_remark", EMPTY | tables).rows(
        "remark", "claim_id", "claim_line_number", "source_row"
    )


def lines(*amounts: str, claim: str = "IMP", kind: str = "professional", status: str = "paid") -> str:
    rows = [
        f"ada | {claim} | {kind} | {amount} | {status} | false | 1 | 1 | {row}" for row, amount in enumerate(amounts, 1)
    ]
    head = "member_id | claim_id | claim_type | paid_amount | claim_status | is_total_line"
    return "\n".join([f"{head} | delivery_number | file_number | source_row", *rows])


def test_three_lines_of_one_amount_are_doubtful_on_an_index_claim_or_an_institutional_one(model: RunModel) -> None:
    seen = [("one_amount_on_all_lines", "IMP", None, "1")]

    assert remarks(model, final_line=lines("30.00", "30.00", "30.00"), episode_claim=CLAIMS) == seen
    assert remarks(model, final_line=lines("30.00", "30.00"), episode_claim=CLAIMS) == []
    assert remarks(model, final_line=lines("30.00", "30.00", "30.01"), episode_claim=CLAIMS) == []
    assert remarks(model, final_line=lines("0", "0", "0"), episode_claim=CLAIMS) == []
    assert remarks(model, final_line=lines("30.00", "30.00", "30.00", ""), episode_claim=CLAIMS) == []
    assert remarks(model, final_line=lines("9", "9", "9", claim="FAC"), episode_claim=CLAIMS) == []
    assert remarks(model, final_line=lines("9", "9", "9", claim="FAC", kind="institutional"), episode_claim=CLAIMS) == [
        ("one_amount_on_all_lines", "FAC", None, "1")
    ]
    assert remarks(model, final_line=lines("9", "9", "9", status="denied"), episode_claim=CLAIMS) == []


def test_a_claim_whose_newest_delivery_has_fewer_lines_is_told_as_the_setting_has_it(model: RunModel) -> None:
    head = "member_id | claim_id | delivery_number | line_count | first_place\n"
    fewer = (
        head
        + "ada | IMP | 1 | 3 | {'file_number': 1, 'source_row': 1}\nada | IMP | 2 | 2 | {'file_number': 1, 'source_row': 7}"
    )
    as_many = fewer + "\nada | IMP | 3 | 3 | {'file_number': 1, 'source_row': 9}"

    assert remarks(model, case_row=EVIDENCE, delivered_claim=fewer) == [
        ("claim_again_with_fewer_lines", "IMP", None, "7")
    ]
    assert remarks(model, case_row=EVIDENCE, delivered_claim=as_many) == []
    whole = model(
        "intermediate.claim_remark",
        EMPTY
        | {
            "intermediate.case_row": EVIDENCE,
            "staging.delivered_claim": fewer,
            "run_facts.redelivery_given": "holds_whole_claims\ntrue",
        },
    )
    assert whole.column("remark") == ["fewer_lines_taken"]


def test_ranks_left_out_by_the_newest_delivery_are_told_with_the_row_of_the_first(model: RunModel) -> None:
    head = "source_table | member_id | claim_id | place\n"
    place = "{'delivery_number': 1, 'file_number': 2, 'source_row': 6}"

    assert remarks(
        model,
        case_row=EVIDENCE,
        left_out_rank=f"{head}claim_diagnosis | ada | IMP | {place}\nclaim_procedure | ada | IMP | {place}\n"
        f"claim_diagnosis | ada | FAC | {place}",
    ) == [
        ("claim_again_with_fewer_diagnoses", "IMP", None, "6"),
        ("claim_again_with_fewer_procedures", "IMP", None, "6"),
    ]


def test_a_claim_that_a_refresh_of_its_days_lacks_is_told(model: RunModel) -> None:
    head = (
        "member_id | claim_id | delivery_number | line_count | first_service_date | last_service_date | first_place\n"
    )
    came = f"{head}ada | IMP | 1 | 2 | 2024-05-02 | 2024-05-03 | {{'file_number': 1, 'source_row': 7}}"
    period = "delivery_number | first_date | last_date\n2 | {} | {}"

    def told(first: str, last: str, delivered: str = came) -> list[tuple[str | None, ...]]:
        return remarks(model, case_row=EVIDENCE, delivered_claim=delivered, refresh_period=period.format(first, last))

    assert told("2024-05-02", "2024-05-03") == [("claim_not_in_refresh", "IMP", None, "7")]
    assert told("2024-05-03", "2024-05-03") == []
    assert told("2024-05-02", "2024-05-02") == []
    sent = f"{came}\nada | IMP | 2 | 2 | 2024-05-02 | 2024-05-03 | {{'file_number': 1, 'source_row': 8}}"
    assert told("2024-05-02", "2024-05-03", sent) == []


def test_two_claims_of_a_case_with_the_same_lines_are_told(model: RunModel) -> None:
    head = (
        "member_id | claim_id | line_key | claim_type | claim_line_start_date | hcpcs_code | service_unit_quantity "
        "| paid_amount | is_credited | source_row\n"
    )

    def told(amount: str, repeated: str = "false") -> list[tuple[str | None, ...]]:
        return remarks(
            model,
            counting_line=f"{head}ada | IMP | 1 | professional | 2025-01-01 | 63650 | 1 | {amount} | false | 1\n"
            f"ada | IMP2 | 7 | professional | 2025-01-01 | 63650 | 1 | 900.00 | false | 5",
            episode_event="episode_id | member_id | event_date\nE1 | ada | 2025-01-01",
            event_dollar_line="member_id | event_date | claim_id | line_key | is_repeated_interim\n"
            f"ada | 2025-01-01 | IMP | 1 | false\nada | 2025-01-01 | IMP2 | 7 | {repeated}",
        )

    assert told("900.00") == [("claims_alike", "IMP", None, "1"), ("claims_alike", "IMP2", None, "5")]
    assert told("900.01") == []
    assert [each for each in told("900.00", "true") if each[0] == "claims_alike"] == []


def versions(*rows: str) -> str:
    head = "member_id | claim_id | line_key | claim_line_number | version_count | version_number | delivery_number"
    return "\n".join(
        [f"{head} | source_row | paid_date | paid_amount | claim_status"]
        + [f"ada | IMP | 1 | 1 | {len(rows)} | {row}" for row in rows]
    )


def test_a_paid_line_that_falls_by_nine_tenths_is_doubtful(model: RunModel) -> None:
    fell = versions("1 | 1 | 10 | 2024-01-01 | 100.00 | paid", "2 | 2 | 20 | 2024-02-01 | 10.00 | paid")
    less = versions("1 | 1 | 10 | 2024-01-01 | 100.00 | paid", "2 | 2 | 20 | 2024-02-01 | 10.01 | paid")
    denied = versions("1 | 1 | 10 | 2024-01-01 | 100.00 | paid", "2 | 2 | 20 | 2024-02-01 | 0.00 | denied")

    assert remarks(model, case_row=EVIDENCE, claim_line_version=fell) == [("paid_amount_fell", "IMP", "1", "20")]
    assert remarks(model, case_row=EVIDENCE, claim_line_version=less) == []
    assert remarks(model, case_row=EVIDENCE, claim_line_version=denied) == []


def test_versions_that_lose_by_their_paid_date_or_tie_are_doubtful(model: RunModel) -> None:
    lost = versions("1 | 2 | 20 |  | 90.00 | paid", "2 | 1 | 10 | 2024-01-01 | 100.00 | paid")
    tied = versions("1 | 1 | 10 | 2024-01-01 | 100.00 | paid", "2 | 2 | 20 | 2024-01-01 | 90.00 | paid")

    assert remarks(model, case_row=EVIDENCE, claim_line_version=lost) == [("later_version_lost", "IMP", "1", "10")]
    assert remarks(model, case_row=EVIDENCE, claim_line_version=tied) == [("versions_tied", "IMP", "1", "20")]


def test_credited_and_repeated_interim_lines_are_told(model: RunModel) -> None:
    made = remarks(
        model,
        episode_claim=CLAIMS,
        counting_line="""
            member_id | claim_id | line_key | claim_line_number | is_credited | source_row
            ada       | IMP      | 1        | 1                 | true        | 1
            ada       | IMP      | 2        | 2                 | false       | 2
            ada       | FAC      | 3        | 3                 | false       | 3
        """,
        episode_event="episode_id | member_id | event_date\nE1 | ada | 2025-01-01",
        event_dollar_line="""
            member_id | event_date | claim_id | line_key | is_repeated_interim
            ada       | 2025-01-01 | FAC      | 3        | true
            ada       | 2025-01-01 | IMP      | 2        | false
        """,
    )

    assert made == [("interim_line_repeated", "FAC", "3", "3"), ("line_credited", "IMP", "1", "1")]


def test_an_implantation_without_a_billed_diagnosis_and_a_diagnosis_of_nobody_are_told(model: RunModel) -> None:
    made = remarks(
        model,
        episode_index_line="episode_id | claim_id | delivery_number | file_number | source_row\nE1 | IMP | 1 | 1 | 4\nE1 | IMP | 1 | 1 | 2",
        episode_diagnosis_scope="episode_id | billed_diagnoses\nE1 | []",
        episode_claim=CLAIMS,
        shared_claim="member_id | claim_id\nada | FAC",
        final_line=lines("9", claim="FAC"),
    )

    assert made == [("diagnosis_of_nobody", "FAC", None, "1"), ("index_claim_without_diagnosis", "IMP", None, "2")]

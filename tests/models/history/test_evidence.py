"""The digest of the facts that a reviewer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


TABLES = ("criterion_result", "care_ledger", "statement", "history_fact")
REVIEW = {
    "outcome": "flagged",
    "anchor_date": "2025-03-01",
    "paid_amount": "5.00",
    "enrolled_days": "180",
    "notes": "[]",
}


def evidence(model: RunModel, review: dict[str, str] | None = None, **tables: str) -> tuple[str | None, str | None]:
    """Digest and parts of the evidence of E1, with changes of its review and the tables given."""
    row = {"episode_id": "E1"} | REVIEW | (review or {})
    text = " | ".join(row) + "\n" + " | ".join(row.values())
    given = {"audit.episode_review": text} | {f"audit.{name}": tables.get(name, "") for name in TABLES}
    digest, parts = model("history.evidence", given).row("evidence_digest", "evidence_parts")
    return digest, parts


def changed(before: tuple[str | None, str | None], after: tuple[str | None, str | None]) -> set[str]:
    """The parts that differ between two digests of evidence; a digest differs when a part does."""
    first, second = (dict(part.split(" ") for part in str(parts).split("; ")) for _, parts in (before, after))
    found = {name for name in first | second if first.get(name) != second.get(name)}
    assert (before[0] != after[0]) == bool(found)
    return found


def test_a_fact_changes_the_part_it_belongs_to_and_no_other(model: RunModel) -> None:
    before = evidence(model)

    for part, change in {
        "outcome": {"outcome": "excluded"},
        "claims": {"anchor_date": "2025-03-02"},
        "dollars": {"paid_amount": "5.01"},
        "visibility": {"enrolled_days": "179"},
        "notes": {"notes": "[likely_miscoded]"},
    }.items():
        assert changed(before, evidence(model, change)) == {part}
    for part, table, text in (
        ("criteria", "criterion_result", "episode_id | criterion | result\nE1 | care_span | met"),
        ("care", "care_ledger", "episode_id | claim_id | counts\nE1 | A1 | yes"),
        ("statements", "statement", "episode_id | document_id\nE1 | D1"),
        ("history", "history_fact", "episode_id | fact\nE1 | red_flag"),
    ):
        assert changed(before, evidence(model, None, **{table: text})) == {part}


def test_what_says_nothing_about_the_case_changes_nothing(model: RunModel) -> None:
    before = evidence(model)

    assert evidence(model, {"run_id": "R2", "priority_score": "7.0", "policy_version": "2.0.0"}) == before
    assert evidence(model, {"notes": "[follow_up_incomplete]"}) == before
    lines = ["E1 | A1 | yes", "E1 | A2 | no"]
    forward, backward = (
        evidence(model, care_ledger="episode_id | claim_id | counts\n" + "\n".join(rows))
        for rows in (lines, lines[::-1])
    )
    assert forward == backward
    resent = "episode_id | claim_id | counts | source_file | source_row\nE1 | A1 | yes | new.csv | 9\nE1 | A2 | no | new.csv | 8"
    assert evidence(model, care_ledger=resent) == forward


def test_a_missing_value_and_an_empty_one_differ(model: RunModel) -> None:
    missing = evidence(model, statement="episode_id | document_id | source_reference\nE1 | D1 |")
    empty = evidence(model, statement="episode_id | document_id | source_reference\nE1 | D1 | ''")

    assert changed(missing, empty) == {"statements"}


def test_a_fact_that_more_rows_show_is_the_same_fact(model: RunModel) -> None:
    def told(*rows: str) -> tuple[str | None, str | None]:
        header = "episode_id | fact | fact_date | claim_id | code_system | code | claim_line_number | source_row\n"
        return evidence(model, history_fact=header + "\n".join(rows))

    surgery = "E1 | prior_spine_surgery | 2024-05-01 | A1 | hcpcs | 63030 | 1 | 7"
    assert told(surgery, surgery.replace("1 | 7", "2 | 8")) == told(surgery)
    assert changed(told(surgery), told(surgery.replace("A1", "A2"))) == {"history"}
    mark = "E1 | trial_diagnosis | 2025-03-01 | | | | |"
    assert told("E1 | trial_diagnosis | 2025-02-27 | A1 | icd-10-cm | Z006 | | 4") == told(mark)
    assert changed(told(mark), told(mark.replace("trial_diagnosis", "trial_number"))) == {"history"}
    revision = "E1 | revision_after_implant | 2025-09-01 | | | | |"
    assert told(revision.replace("| | | | |", "| A9 | hcpcs | 63661 | 1 | 4")) == told(revision)
    assert changed(told(revision), told(revision.replace("09-01", "09-02"))) == {"history"}
    flag = "E1 | red_flag | 2025-02-01 | A1 | icd-10-cm | C412 | | 3"
    assert told(flag) == told(flag.replace("icd-10-cm", ""))

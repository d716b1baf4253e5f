"""Examples as text: what is read, what is refused, and what a person is told of an example that is not met."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.closed_words import words_of
from pipelines.ground.errors import ExitCode, PolicyError, UsageError
from pipelines.proof.example_text import ExampleTextError, parse_example, parse_examples
from pipelines.proof.examples import audit_examples, run_examples
from pipelines.proof.expected import CRITERION_COLUMNS, GROUP_COLUMNS, REVIEW_COLUMNS
from pipelines.rule.vocabulary import CARE_GROUPS, CRITERIA
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.proof.example_text import Example

SQL = ROOT / "sql"


def example(text: str, title: str = "An example") -> Example:
    return parse_example(f"{text}\nexpect 1 episode", title=title, source="mine.txt")


def rows(text: str, table: str) -> list[dict[str, str]]:
    return [dict(row.values) for row in example(text).rows if row.table_name == table]


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(ExampleTextError) as refused:
        parse_examples(text, source="mine.txt")
    return refused.value.faults


def test_a_line_is_a_claim_of_its_own_that_points_to_its_diagnoses() -> None:
    (line,) = rows("0 63650 M54.50 M96.1", "medical_claim")

    assert line == {
        "claim_id": "L1",
        "claim_line_number": "1",
        "claim_type": "professional",
        "claim_line_start_date": "2024-06-10",
        "hcpcs_code": "63650",
        "paid_amount": "100.00",
        "diagnosis_pointer": "1:2",
    }
    assert [row["diagnosis_code"] for row in rows("0 63650 M54.50 M96.1", "claim_diagnosis")] == ["M54.50", "M96.1"]


def test_lines_of_one_claim_share_its_diagnoses_and_are_numbered() -> None:
    text = "0 63650 M54.50 claim=C1\n0 63685 M96.1 claim=C1\n0 99213 claim=C1"

    assert [(line["claim_line_number"], line["diagnosis_pointer"]) for line in rows(text, "medical_claim")] == [
        ("1", "1"),
        ("2", "2"),
        ("3", "1:2"),
    ]
    assert [row["diagnosis_rank"] for row in rows(text, "claim_diagnosis")] == ["1", "2"]


def test_repeated_care_is_a_claim_a_day() -> None:
    lines = rows("-20 97110 M54.50 every 7 days x3", "medical_claim")

    assert [(line["claim_id"], line["claim_line_start_date"]) for line in lines] == [
        ("L1", "2024-05-21"),
        ("L1.2", "2024-05-28"),
        ("L1.3", "2024-06-04"),
    ]


def test_days_count_from_day_zero_wherever_it_is_said() -> None:
    text = "-1 63650 M54.50 paid_on=30 claim_to=2020-01-05\nday zero 2020-01-01"
    (line,) = rows(text, "medical_claim")

    assert (line["claim_line_start_date"], line["paid_date"], line["claim_end_date"]) == (
        "2019-12-31",
        "2020-01-31",
        "2020-01-05",
    )


def test_a_member_is_enrolled_throughout_unless_the_case_says_otherwise() -> None:
    assert rows("0 63650 M54.50", "eligibility") == [
        {"enrollment_start_date": "2000-01-01", "has_pharmacy_benefit": "true"}
    ]
    assert rows("not enrolled\n0 63650 M54.50", "eligibility") == []
    assert rows("enrolled -10.. no-drugs lob=commercial\n0 63650 M54.50", "eligibility") == [
        {
            "enrollment_start_date": "2024-05-31",
            "enrollment_end_date": "",
            "has_pharmacy_benefit": "false",
            "line_of_business": "commercial",
        }
    ]


def test_what_a_case_has_in_a_feed_left_out_is_not_delivered() -> None:
    assert rows("without pharmacy_claim\n-10 fill naproxen days=30\n0 63650 M54.50", "pharmacy_claim") == []


def test_settings_are_those_of_a_run() -> None:
    settings = example(
        "as of 2025-01-31\npolicy a=b c=d\nassume enrolled\ndata until 2024-12-31\n0 63650 M54.50"
    ).settings

    assert settings.as_of == date(2025, 1, 31)
    assert settings.data_until == date(2024, 12, 31)
    assert settings.policy_by_line_of_business == (("a", "b"), ("c", "d"))
    assert settings.assume_enrolled


def test_comments_and_blanks_mean_nothing() -> None:
    (read,) = parse_examples(
        "# mine\n\nexample A\n\n   0 63650 M54.50  # an implant\n expect flagged\n", source="mine.txt"
    )

    assert read.title == "A"
    assert read.place == "mine.txt, line 3"
    assert [row.line_number for row in read.rows if row.table_name == "medical_claim"] == [5]


def test_every_fault_of_a_file_is_told_at_once_with_its_line() -> None:
    found = faults(
        """stray
example One
  0 63650 M54.50 colour=red
  expect flaged
example Two
  expect notes+=not_chroni
  someday 63650
example One
  0 63650 M54.50
  expect flagged
"""
    )

    assert [fault.partition(":")[0] for fault in found] == [
        "mine.txt, line 1",
        "mine.txt, line 3",
        "mine.txt, line 4",
        "mine.txt, line 6",
        "mine.txt, line 7",
        "mine.txt, line 8",
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("0 63650 M54.50", "nothing is expected"),
        ("expect flagged\n0 63650 M54.50 paid=1 paid=2", "paid stands twice"),
        ("expect flagged\n0 63650 M54.50 member_id=M1", "member_id is not known"),
        ("expect flagged\n0 63650 M54.50 every week", "`every 7 days x6`"),
        ("expect flagged\n0 63650 M54.50 modifier=1,2,3,4,5,6", "at most 5 modifiers"),
        ("expect flagged\n0 63650 M54.50 delivery=first", "delivery and file are numbers"),
        ('expect flagged\n0 63650 "M54.50', "a quotation mark"),
        ("expect flagged\n0 fill naproxen", "days' supply"),
        ("expect flagged\nprocedure 00HU3MZ", "a procedure line is"),
        ("expect flagged\nprocedure 00HU3MZ claim=C1", "claim C1 has no line"),
        ("expect flagged\ndiagnosis M54.50 claim=C1", "a diagnosis line is"),
        ("expect flagged\nenrolled", "a span is"),
        ("expect flagged\nnot here", "`not enrolled`"),
        ("expect flagged\nenrolled soon..", "a day is expected"),
        ("expect flagged\nauthorized", "an authorisation is"),
        ("expect flagged\nstatement exercise no_benefit", "a statement is"),
        ("expect flagged\ncrosswalk ndc=1", "a crosswalk line is"),
        ("expect flagged\nwithout claims", "`without` names feeds"),
        ("expect flagged\nas of yesterday", "a day is expected here, written YYYY-MM-DD"),
        ("expect flagged\nas of 2024-01-01\nas of 2024-01-02", "as of is set twice"),
        ("expect flagged\npolicy", "write `policy ID`"),
        ("expect flagged\nparameter min_groups=1", "an example cannot change a parameter"),
        ("expect flagged\ndata until 2024-06-09\n0 63650 M54.50", "dated after `data until`"),
        ("expect", "say what is expected"),
        ("expect nobody=flagged", "nothing can be expected of nobody"),
        ("expect exercise=plenty", "exercise is of"),
        ("expect kind=trial", "kind is of: trial_then_permanent, trial_only, permanent_only, nothing"),
        ("expect next=request_record", "next is of: request_records"),
        ("expect exercise.colour=red", "after `exercise.` comes"),
        ("expect ledger=no", "after `ledger.` comes"),
        ("expect 1 episode\nexpect 2 episodes", "said twice"),
    ],
)
def test_a_line_that_cannot_be_read_says_what_was_expected(lines: str, told: str) -> None:
    assert any(told in fault for fault in faults(f"example A\n{lines}\n"))


def test_a_file_without_a_case_and_a_case_without_a_title_are_refused() -> None:
    assert faults("# nothing\n") == ("mine.txt: there is no example here; start one with a line `example TITLE`.",)
    assert faults("example\n0 63650 M54.50\nexpect flagged") == (
        "mine.txt, line 1: the example has no title; write `example` and a sentence.",
    )


def test_a_fault_never_repeats_a_value() -> None:
    (fault,) = faults("example A\nexpect flagged\n0 63650 M54.50 colour=Jane-Doe\n")

    assert "Jane" not in fault


def test_cases_of_a_folder_are_told_in_order_and_one_that_is_not_met_with_its_reasons(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("example Second\n0 63650 M54.50\nexpect flagged notes+=not_chronic\n")
    (tmp_path / "a.txt").write_text("example First\n0 63650 M54.16\nexpect excluded\n")
    (tmp_path / "c.txt").write_text(
        "example Wrong\n  0 63650 M54.50\n  expect documented next=no_action exercise=none\n"
    )
    (tmp_path / "notes.md").write_text("no example\n")

    report = run_examples(tmp_path, sql=SQL)

    assert not report.is_sound
    assert report.lines()[:8] == (
        "met      First",
        "met      Second",
        "not met  Wrong (c.txt, line 1)",
        "    0 63650 M54.50",
        "    expect documented next=no_action exercise=none",
        "  Line 3: expected outcome=documented; found flagged.",
        "  Line 3: expected next=no_action; found request_records.",
        "  The audit says:",
    )
    assert report.lines()[9].startswith(
        "    exercise_course not_met: No claim for exercise that counts was found in the data"
    )
    assert report.lines()[-1] == "3 examples, 1 not met."


def test_everything_expected_can_differ_and_cases_do_not_touch_each_other() -> None:
    differ = {
        "reason=red_flag": "no_conservative_care_found",
        "notes=[]": "[no_psychological_evaluation,not_chronic]",
        "notes+=likely_miscoded": "[no_psychological_evaluation,not_chronic]",
        "notes-=not_chronic": "[no_psychological_evaluation,not_chronic]",
        "outcome+=flagged": "flagged",
        "exclusions=red_flag": "[]",
        "anchor=1": "2024-06-10",
        "paid=100.01": "100.00",
        "paid=much": "100.00",
        "enrollment_complete=false": "true",
        "priority=nothing": "78.0",
        "priority.miscoded=2": "0.0",
        "exercise_course=met": "not_met",
        "care_span.observed_value=1": "0.0",
        "exercise=short": "none",
        "exercise.first_date=0": "nothing",
        "ledger.97110=yes": "[]",
        "claim.L1=voided": "counts",
        "claim.C9=counts": "nothing",
        "statement.D1=valid": "nothing",
        "lob=commercial": "nothing",
    }

    two = parse_example(
        "0 63650+63685 M54.50\n10 63650+63685 M54.50\nexpect episode 2 excluded", title="Two", source="mine.txt"
    )
    none = parse_example("0 63650 M54.50\nexpect no episode", title="None", source="mine.txt")
    missing = parse_example("0 99213 M54.50\nexpect flagged", title="Missing", source="mine.txt")
    shared = example(
        "0 63650 M54.50 claim=C1 status=denied\n0 63650 M96.1 claim=C2 frequency=7 of=C1\nexpect claims=C2"
    )
    lone = example("0 63650 M54.50 claim=C1\nexpect flagged claims=C1 priority=78.0")
    single = [example(f"0 63650 M54.50\nexpect {expected}") for expected in differ]

    results = audit_examples([shared, *single, two, none, missing, lone], sql=SQL)

    assert [result.differences for result in results] == [
        (),
        *((f"Line 2: expected {expected}; found {found}.",) for expected, found in differ.items()),
        ("Expected 1 episode; found 2 episodes.",),
        ("Expected no episode; found 1 episode.",),
        ("Expected 1 episode; found no episode.", "Line 2: expected outcome=flagged; found nothing."),
        (),
    ]


def test_a_line_that_landing_would_set_aside_is_a_fault_of_the_case() -> None:
    wrong = example("0 63650 M54.50 status=settled units=many")

    with pytest.raises(ExampleTextError) as refused:
        audit_examples([wrong], sql=SQL)

    aside = "mine.txt, line 1: landing would set the row aside:"
    assert refused.value.faults == (
        f"{aside} service_unit_quantity is not a decimal number as the contract has it.",
        f"{aside} claim_status is none of: paid, denied, pending, reversed.",
    )


def test_an_unknown_policy_and_a_folder_without_cases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no example file"):
        run_examples(tmp_path, sql=SQL)

    (tmp_path / "mine.txt").write_text("example A\npolicy house_rules\n0 63650 M54.50\nexpect flagged\n")
    with pytest.raises(PolicyError, match="There is no policy 'house_rules'"):
        run_examples(tmp_path, sql=SQL)


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("example A\nexpect flaged\n")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe")

    with pytest.raises(ExampleTextError) as refused:
        run_examples(tmp_path, sql=SQL)

    assert [fault.partition(":")[0] for fault in refused.value.faults] == ["a.txt, line 2", "b.txt"]
    assert refused.value.exit_code == ExitCode.USAGE


def test_a_folder_of_policies_can_be_proven_before_it_is_used(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    for path in (SQL / "policies").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "commercial_strict":
            text = text.replace("value = 12", "value = 7")
        (policies / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "mine.txt").write_text(
        "example Seven dates are enough\npolicy commercial_strict\n-100 97110 M54.50 every 10 days x7\n"
        "0 63650 M54.50\nexpect exercise=adequate\n"
    )

    assert run_examples(tmp_path, sql=SQL, policies=policies).is_sound


def test_every_word_of_the_form_is_taught() -> None:
    taught = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    subjects = (*REVIEW_COLUMNS, *CRITERIA, *CARE_GROUPS, *GROUP_COLUMNS, *CRITERION_COLUMNS)

    assert [word for word in (*subjects, *words_of("priority_part")) if word not in taught] == []


def test_the_sample_cases_and_the_examples_of_the_page_are_met() -> None:
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    blocks = [block for block in page.split("```")[1::2] if block.strip().startswith("example ")]
    examples = [example for block in blocks for example in parse_examples(block, source="examples.md")]
    for path in sorted((ROOT / "sample_data" / "examples").glob("*.txt")):
        examples.extend(parse_examples(path.read_text(encoding="utf-8"), source=path.name))

    results = audit_examples(examples, sql=SQL)

    assert [line for result in results if not result.is_met for line in result.lines()] == []

"""The gate in front of the policy dossiers, the tables behind it, and what `policy show` prints."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import PolicyError
from pipelines.ground.warehouse import open_warehouse
from pipelines.rule.dossier import format_value
from pipelines.rule.parameters import parameter_units, units_of
from pipelines.rule.policy import check_policies, load_policies, normalise_line_of_business, write_policies
from pipelines.rule.policy_text import parameter_lines, policy_lines
from pipelines.rule.vocabulary import CRITERIA, EXCLUSIONS, UNITS
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.dossier import Policy

POLICIES = ROOT / "sql" / "policies"
AS_OF = date(2026, 12, 1)
DEFAULT = "evidence_low_back_pain"
MEDICARE = "medicare_ncd_160_7"
STRICT = "commercial_strict"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the shipped dossiers."""
    for path in POLICIES.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture
def connection() -> Iterator[Connection]:
    with open_warehouse() as opened:
        yield opened


@pytest.fixture(scope="module")
def shipped() -> dict[str, Policy]:
    return {policy.id: policy for policy in load_policies(POLICIES, as_of=AS_OF)}


def replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def drop_field(folder: Path, name: str, field: str) -> None:
    """Takes a one-line top field out of a dossier."""
    path = folder / f"{name}.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{field} = ")]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


def differences(policy: Policy, other: Policy) -> dict[str, object]:
    return {
        parameter.name: parameter.value
        for parameter in policy.parameters
        if parameter.value != other.value(parameter.name)
    }


def test_the_shipped_policies_load(shipped: dict[str, Policy]) -> None:
    assert list(shipped) == [STRICT, DEFAULT, MEDICARE]


def test_the_default_policy_has_the_defaults_of_the_rule(shipped: dict[str, Policy]) -> None:
    assert {parameter.name: parameter.value for parameter in shipped[DEFAULT].parameters} == {
        "icd_10_from": date(2015, 10, 1),
        "same_surgery_days": 3,
        "trial_link_days": 120,
        "clean_period_days": 730,
        "max_gap_days": 45,
        "include_other_low_back_pain": True,
        "pain_label_exempts": False,
        "history_days": 730,
        "red_flag_days": 90,
        "symptom_days": 30,
        "lookback_days": 365,
        "exercise_min_dates": 6,
        "exercise_min_span_days": 42,
        "exercise_max_gap_days": 28,
        "manipulation_min_dates": 6,
        "manipulation_window_days": 84,
        "psychological_min_sessions": 4,
        "psychological_min_span_days": 28,
        "interdisciplinary_min_hours": 20.0,
        "interdisciplinary_max_hours_per_day": 8.0,
        "acupuncture_counts": True,
        "medication_min_classes": 2,
        "medication_min_days": 28,
        "spine_diagnosis_required": True,
        "statement_max_age_days": 730,
        "min_groups": 2,
        "must_have_exercise": True,
        "min_total_span_days": 182,
        "chronic_days": 90,
        "followup_days": 730,
        "reach_min_rows": 10_000,
        "reach_busy_share": 0.1,
        "evidence_review": True,
        "priority_no_conservative_care_found": 40.0,
        "priority_conservative_care_too_short": 28.0,
        "priority_failure_not_documented": 12.0,
        "priority_low_back_pain_only": 15.0,
        "priority_low_back_pain_with_neighbour": 8.0,
        "priority_dollars": 20.0,
        "priority_dollars_reference": 100000.0,
        "priority_enrollment_complete": 9.0,
        "priority_drugs_visible": 3.0,
        "priority_authorization_supplied": 3.0,
        "priority_revision": 6.0,
        "priority_complication": 4.0,
        "priority_miscoded_factor": 0.5,
    }


def test_the_medicare_policy_differs_in_what_the_rule_says_and_nothing_else(shipped: dict[str, Policy]) -> None:
    assert differences(shipped[MEDICARE], shipped[DEFAULT]) == {
        "must_have_exercise": False,
        "min_groups": 1,
        "min_total_span_days": 0,
        "exercise_min_dates": 1,
        "exercise_min_span_days": 0,
        "manipulation_min_dates": 1,
        "psychological_min_sessions": 1,
        "psychological_min_span_days": 0,
        "interdisciplinary_min_hours": 1.0,
        "medication_min_classes": 1,
        "medication_min_days": 1,
        "evidence_review": False,
    }
    assert shipped[MEDICARE].lines_of_business == ("medicare_ffs", "medicare_advantage")
    assert shipped[MEDICARE].effective_from == date(1995, 8, 7)


def test_the_medicare_policy_says_what_else_the_determination_asks_for(shipped: dict[str, Policy]) -> None:
    assert "psychological evaluation" in shipped[MEDICARE].why_it_matters
    assert "pain relief with a temporarily implanted electrode" in shipped[MEDICARE].why_it_matters
    assert "only in part" in shipped[MEDICARE].why_it_matters


def test_the_strict_policy_asks_for_twelve_exercise_dates_and_differs_in_nothing_else(
    shipped: dict[str, Policy],
) -> None:
    assert differences(shipped[STRICT], shipped[DEFAULT]) == {"exercise_min_dates": 12}


def test_every_parameter_of_the_shipped_policies_has_a_reason(shipped: dict[str, Policy]) -> None:
    for policy in shipped.values():
        assert [parameter.name for parameter in policy.parameters] == list(parameter_units())
        assert all(len(parameter.reason) > 20 for parameter in policy.parameters)


def test_no_shipped_dossier_uses_a_word_that_judges(shipped: dict[str, Policy]) -> None:
    for policy in shipped.values():
        text = "\n".join(policy_lines(policy)).lower()
        assert not [word for word in ("fraud", "overpayment", "deny", "denial", "medically necessary") if word in text]


def test_a_statement_shows_the_numbers_of_its_own_policy(shipped: dict[str, Policy]) -> None:
    assert "at least 6 service dates over at least 42 days" in shipped[DEFAULT].criteria[0].statement
    assert "at least 1 service dates over at least 0 days" in shipped[MEDICARE].criteria[0].statement
    assert {criterion.id for criterion in shipped[STRICT].criteria} == set(CRITERIA)
    assert tuple(exclusion.id for exclusion in shipped[STRICT].exclusions) == EXCLUSIONS


@pytest.mark.parametrize(
    "field",
    [
        "version",
        "title",
        "lines_of_business",
        "effective_from",
        "authored_by",
        "checked_by",
        "reviewed_on",
        "next_review",
    ],
)
def test_a_dossier_that_misses_a_field_is_refused(folder: Path, field: str) -> None:
    drop_field(folder, MEDICARE, field)

    with pytest.raises(PolicyError, match=rf"^{MEDICARE}\.toml, {field}: the field is missing"):
        load_policies(folder, as_of=AS_OF)


@pytest.mark.parametrize("field", ["question", "why_it_matters", "sources", "change_log", "criteria", "exclusions"])
def test_a_dossier_that_misses_a_text_or_a_list_is_refused(folder: Path, field: str) -> None:
    path = folder / f"{DEFAULT}.toml"
    text = path.read_text(encoding="utf-8").replace(f"\n{field} = ", "\nunknown = ")
    path.write_text(text.replace(f"[[{field}]]", "[[unknown]]"), encoding="utf-8")

    with pytest.raises(PolicyError, match=rf"^{DEFAULT}\.toml, {field}: the field is missing"):
        load_policies(folder, as_of=AS_OF)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (STRICT, "exercise_min_dates]", "exercise_dates]", "parameters.exercise_dates: the rule has no such parameter"),
        (DEFAULT, "[parameters.chronic_days]\n", "[parameters.chronic]\n", "parameters.chronic: the rule has no such"),
        (STRICT, "value = 12", 'value = "12"', "parameters.exercise_min_dates.value: this is not a whole number"),
        (STRICT, "value = 12", "value = 12.0", "parameters.exercise_min_dates.value: this is not a whole number"),
        (STRICT, "value = 12", "value = true", "parameters.exercise_min_dates.value: this is not a whole number"),
        (STRICT, "value = 12", "value = -1", "parameters.exercise_min_dates.value: this is not a whole number"),
        (
            STRICT,
            "value = 12",
            "value = 100_001",
            "exercise_min_dates.value: this is not a whole number of service_dates from 0 to 100,000",
        ),
        (STRICT, '"service_dates"', '"weeks"', "parameters.exercise_min_dates.unit: this is not 'service_dates'"),
        (STRICT, 'unit = "service_dates"\n', "", "parameters.exercise_min_dates.unit: the field is missing"),
        (
            STRICT,
            'reason = "Two',
            'note = ""\nreason = "Two',
            "parameters.exercise_min_dates.note: a dossier has no such",
        ),
        (MEDICARE, "value = false", "value = 0", "parameters.must_have_exercise.value: this is not true or false"),
        (DEFAULT, "value = 2015-10-01", 'value = "2015-10-01"', "parameters.icd_10_from.value: this is not a date"),
        (DEFAULT, "value = 2015-10-01", "value = 2015-10-01T00:00:00Z", "parameters.icd_10_from.value: this is not a"),
        (
            DEFAULT,
            "value = 0.5",
            "value = 1.1",
            "parameters.priority_miscoded_factor.value: this is not a factor from 0 to 1",
        ),
        (DEFAULT, "value = 0.5", "value = inf", "parameters.priority_miscoded_factor.value: this is not a factor"),
        (DEFAULT, "value = 0.5", "value = nan", "parameters.priority_miscoded_factor.value: this is not a factor"),
        (
            DEFAULT,
            "value = 20\nunit",
            "value = inf\nunit",
            "interdisciplinary_min_hours.value: this is not a finite number",
        ),
        (
            DEFAULT,
            "value = 20\nunit",
            "value = true\nunit",
            "interdisciplinary_min_hours.value: this is not a finite number",
        ),
        (STRICT, "next_review = 2027-11-22", "next_review = 2026-11-22", "next_review: this day is not later than"),
        (STRICT, "(clinical review)", "(policy)", "checked_by: author and checker are the same"),
        (STRICT, "1990-01-01", "1990-01-01\neffective_to = 1989-12-31", "effective_to: this day is before"),
        (STRICT, "1990-01-01", "1990-01-01\neffective_until = 1999-12-31", "effective_until: a dossier has no such"),
        (STRICT, "effective_from = 1990-01-01", 'effective_from = "1990"', "effective_from: this is not a date"),
        (STRICT, '["commercial"]', '"commercial"', "lines_of_business: this is not a list"),
        (STRICT, '["commercial"]', "[]", "lines_of_business: the field is blank"),
        (STRICT, '["commercial"]', '["commercial", 3]', "lines_of_business[2]: this is not text"),
        (STRICT, '["commercial"]', '["commercial", " "]', "lines_of_business[2]: the field is blank"),
        (STRICT, '"1.0.0"', '" "', "version: the field is blank"),
        (STRICT, f'"{DEFAULT}"', '"nobody"', "extends: there is no other dossier of that name"),
        (STRICT, f'"{DEFAULT}"', f'"{STRICT}"', "extends: there is no other dossier of that name"),
        (STRICT, f'"{DEFAULT}"', f'"{MEDICARE}"', f"extends: '{MEDICARE}' itself extends another"),
        (STRICT, "date_read = 2026-11-22", "", "sources[1].date_read: the field is missing"),
        (STRICT, "evidence_notes_secondary", "memory", "sources[1].verification: this is not one of read, evidence"),
        (DEFAULT, 'id = "care_span"', 'id = "span"', "criteria[3].id: this is not a test of the rule; use one of"),
        (DEFAULT, 'id = "red_flag"', 'id = "clinical_trial"', "exclusions[6].id: 'clinical_trial' stands twice"),
        (DEFAULT, '["red_flags",', '["reds",', "exclusions[4].value_sets[1]: this is not the name of a value set"),
        (DEFAULT, "{red_flag_days}", "{days}", "exclusions, red_flag: what the statement names in pair 1 of braces"),
        (DEFAULT, "{red_flag_days}", "{red_flag_days", "exclusions, red_flag: a brace of the statement is not closed"),
        (STRICT, 'version = "1.0.0"', "version = 1.0.0", "the file is not TOML"),
        (STRICT, f'id = "{STRICT}"', 'id = "Commercial Strict"', "id: the dossier has no id in lower-case words"),
        (STRICT, f'id = "{STRICT}"', f'id = "{DEFAULT}"', f"id: '{DEFAULT}' is the id of {STRICT}.toml already"),
    ],
)
def test_a_bad_dossier_is_refused_in_one_sentence_that_names_file_and_field(
    folder: Path, name: str, old: str, new: str, expected: str
) -> None:
    replace(folder, name, old, new)

    with pytest.raises(PolicyError) as caught:
        load_policies(folder, as_of=AS_OF)

    faults = [fault for fault in check_policies(folder, as_of=AS_OF).faults if expected in fault]
    assert len(faults) == 1
    assert faults[0].split(",")[0].split(":")[0].endswith(".toml")
    assert ".toml" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (STRICT, "next_review = 2027-11-22", "next_review = 2026-12-01"),
        (STRICT, "1990-01-01", "1990-01-01\neffective_to = 1990-01-01"),
        (STRICT, "value = 12", "value = 0"),
        (DEFAULT, "value = 0.5", "value = 1"),
        (DEFAULT, 'value = 20\nunit = "hours"', 'value = 19.5\nunit = "hours"'),
    ],
)
def test_a_dossier_just_inside_the_gate_loads(folder: Path, name: str, old: str, new: str) -> None:
    replace(folder, name, old, new)

    assert check_policies(folder, as_of=AS_OF).faults == ()


def test_a_parameter_missing_from_the_policy_that_stands_alone_is_refused(folder: Path) -> None:
    path = folder / f"{DEFAULT}.toml"
    before, rest = path.read_text(encoding="utf-8").split("[parameters.chronic_days]")
    path.write_text(
        before + "[parameters.followup_days]" + rest.split("[parameters.followup_days]")[1], encoding="utf-8"
    )

    with pytest.raises(PolicyError, match=r"parameters\.chronic_days: the parameter is missing"):
        load_policies(folder, as_of=AS_OF)


def test_a_policy_is_overdue_from_the_day_after_its_next_review(folder: Path) -> None:
    assert load_policies(folder, as_of=date(2027, 11, 22))

    with pytest.raises(
        PolicyError, match=r"^evidence_low_back_pain\.toml, next_review: policy evidence_low_back_pain was"
    ):
        load_policies(folder, as_of=date(2027, 11, 23))

    allowed = load_policies(folder, as_of=date(2027, 11, 23), allow_overdue=True)
    assert all(policy.is_overdue(date(2027, 11, 23)) for policy in allowed)


def test_a_policy_that_extends_a_faulty_one_is_refused_too(folder: Path) -> None:
    replace(folder, DEFAULT, "value = 0.5", "value = 2")

    assert [fault.split(":")[0] for fault in check_policies(folder, as_of=AS_OF).faults] == [
        "evidence_low_back_pain.toml, parameters.priority_miscoded_factor.value",
        "commercial_strict.toml, extends",
        "medicare_ncd_160_7.toml, extends",
    ]


def test_a_folder_without_dossiers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="there is no policy dossier"):
        load_policies(tmp_path, as_of=AS_OF)


def test_the_digest_of_a_policy_changes_with_its_file_and_with_the_file_it_extends(folder: Path) -> None:
    before = {policy.id: policy.sha256 for policy in load_policies(folder, as_of=AS_OF)}
    replace(folder, DEFAULT, "value = 0.5", "value = 0.6")
    after = {policy.id: policy.sha256 for policy in load_policies(folder, as_of=AS_OF)}

    assert all(before[policy_id] != after[policy_id] for policy_id in (DEFAULT, MEDICARE, STRICT))


def test_the_policy_table_has_one_typed_column_a_parameter(connection: Connection, shipped: dict[str, Policy]) -> None:
    write_policies(connection, shipped.values(), default_policy=DEFAULT, policy_by_line_of_business={})

    described = connection.sql("describe policies.policy").fetchall()
    assert [(row[0], row[1]) for row in described] == [
        ("policy_id", "VARCHAR"),
        ("policy_version", "VARCHAR"),
        ("title", "VARCHAR"),
        ("first_valid_date", "DATE"),
        ("last_valid_date", "DATE"),
        *((name, UNITS[unit]) for name, unit in parameter_units().items()),
    ]
    assert connection.sql(
        "select policy_id, exercise_min_dates, must_have_exercise, interdisciplinary_min_hours, icd_10_from, "
        "last_valid_date from policies.policy order by policy_id"
    ).fetchall() == [
        (STRICT, 12, True, 20.0, date(2015, 10, 1), date(9999, 12, 31)),
        (DEFAULT, 6, True, 20.0, date(2015, 10, 1), date(9999, 12, 31)),
        (MEDICARE, 1, False, 1.0, date(2015, 10, 1), date(9999, 12, 31)),
    ]


def test_days_of_a_policy_can_be_taken_off_a_date(connection: Connection, shipped: dict[str, Policy]) -> None:
    write_policies(connection, shipped.values(), default_policy=DEFAULT, policy_by_line_of_business={})

    assert connection.sql("select date '2024-06-10' - lookback_days from policies.default_policy").fetchall() == [
        (date(2023, 6, 11),)
    ]


def test_the_default_policy_table_is_its_row_of_the_policy_table(
    connection: Connection, shipped: dict[str, Policy]
) -> None:
    write_policies(connection, shipped.values(), default_policy=MEDICARE, policy_by_line_of_business={})

    assert connection.sql("select policy_id, min_groups from policies.default_policy").fetchall() == [(MEDICARE, 1)]
    assert connection.sql("select count(*) from policies.policy").fetchall() == [(3,)]


def test_assigned_lines_of_business_are_written_normalised_and_the_rest_fall_back_to_the_default(
    connection: Connection, shipped: dict[str, Policy]
) -> None:
    write_policies(
        connection,
        shipped.values(),
        default_policy=DEFAULT,
        policy_by_line_of_business={"Medicare - FFS ": MEDICARE, "medicare_ffs": MEDICARE, "Commercial": STRICT},
    )

    assert connection.sql("select * from policies.line_of_business_policy order by all").fetchall() == [
        ("commercial", STRICT),
        ("medicare_ffs", MEDICARE),
    ]
    assert connection.sql("select * from policies.fallback_policy").fetchall() == [(DEFAULT,)]


def test_a_single_policy_leaves_the_assignments_out_and_keeps_the_default_for_events(
    connection: Connection, shipped: dict[str, Policy]
) -> None:
    write_policies(
        connection,
        shipped.values(),
        default_policy=DEFAULT,
        single_policy=STRICT,
        policy_by_line_of_business={"medicare_ffs": MEDICARE},
    )

    assert connection.sql("select * from policies.line_of_business_policy").fetchall() == []
    assert connection.sql("select * from policies.fallback_policy").fetchall() == [(STRICT,)]
    assert connection.sql("select policy_id from policies.default_policy").fetchall() == [(DEFAULT,)]


def test_the_empty_assignment_table_is_typed(connection: Connection, shipped: dict[str, Policy]) -> None:
    write_policies(connection, shipped.values(), default_policy=DEFAULT, policy_by_line_of_business={})

    described = connection.sql("describe policies.line_of_business_policy").fetchall()
    assert [(row[0], row[1]) for row in described] == [("line_of_business", "VARCHAR"), ("policy_id", "VARCHAR")]


@pytest.mark.parametrize(
    ("default_policy", "single_policy", "assigned", "expected"),
    [
        ("nobody", None, {}, "There is no policy 'nobody'"),
        (DEFAULT, "nobody", {}, "There is no policy 'nobody'"),
        (DEFAULT, None, {"commercial": "nobody"}, "There is no policy 'nobody'"),
        (DEFAULT, None, {"a b": STRICT, "A-B": MEDICARE}, "Line of business 'a_b' is assigned to"),
        (DEFAULT, None, {" ": STRICT}, "assigned to a blank line of business"),
    ],
)
def test_an_assignment_that_cannot_be_kept_is_refused(
    connection: Connection,
    shipped: dict[str, Policy],
    *,
    default_policy: str,
    single_policy: str | None,
    assigned: dict[str, str],
    expected: str,
) -> None:
    with pytest.raises(PolicyError, match=expected):
        write_policies(
            connection,
            shipped.values(),
            default_policy=default_policy,
            single_policy=single_policy,
            policy_by_line_of_business=assigned,
        )


def test_the_parameter_table_has_a_row_a_policy_and_parameter(
    connection: Connection, shipped: dict[str, Policy]
) -> None:
    write_policies(connection, shipped.values(), default_policy=DEFAULT, policy_by_line_of_business={})

    assert connection.sql("select count(*) from policies.parameter").fetchall() == [(3 * len(parameter_units()),)]
    assert connection.sql(
        "select policy_id, value, unit, is_own from policies.parameter where parameter = 'evidence_review' order by 1"
    ).fetchall() == [
        (STRICT, "yes", "yes_no", False),
        (DEFAULT, "yes", "yes_no", True),
        (MEDICARE, "no", "yes_no", True),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (100000.0, "100,000"),
        (0.5, "0.5"),
        (date(2015, 10, 1), "2015-10-01"),
    ],
)
def test_a_value_is_written_as_a_person_reads_it(*, value: bool | float | date, text: str) -> None:
    assert format_value(value) == text


@pytest.mark.parametrize("text", ["Medicare FFS", " medicare - ffs ", "MEDICARE--FFS", "medicare_ffs"])
def test_a_line_of_business_is_compared_in_one_form(text: str) -> None:
    assert normalise_line_of_business(text) == "medicare_ffs"


def test_the_parameter_lines_have_a_line_a_parameter_and_mark_what_differs(shipped: dict[str, Policy]) -> None:
    lines = parameter_lines(shipped[STRICT])

    assert len(lines) == len(parameter_units())
    assert [line.split()[1:4] for line in lines if line.startswith("*")] == [
        ["exercise_min_dates", "12", "service_dates"]
    ]
    assert not [line for line in parameter_lines(shipped[DEFAULT]) if line.startswith("*")]


def test_the_shown_dossier_has_every_part(shipped: dict[str, Policy]) -> None:
    lines = policy_lines(shipped[MEDICARE])

    headings = ("Question", "Why it matters", "Criteria", "Parameters", "Sources", "Changes")
    assert [line for line in lines if line in headings] == list(headings)
    assert lines[0].endswith(f"({MEDICARE}, version 1.0.0)")
    assert "Extends evidence_low_back_pain; * marks the parameters that differ." in lines


def test_the_report_has_a_line_a_policy_a_line_a_fault_and_a_count(folder: Path) -> None:
    replace(folder, STRICT, "value = 12", "value = -1")

    report = check_policies(folder, as_of=AS_OF)

    assert not report.is_sound
    assert [line.split(" ")[0] for line in report.lines()] == [DEFAULT, MEDICARE, "fault:", "2"]


def test_the_dossiers_list_only_what_differs_from_the_one_they_extend() -> None:
    for name in (MEDICARE, STRICT):
        content = tomllib.loads((POLICIES / f"{name}.toml").read_text(encoding="utf-8"))
        base = tomllib.loads((POLICIES / f"{content['extends']}.toml").read_text(encoding="utf-8"))
        same = [
            key for key, entry in content["parameters"].items() if entry["value"] == base["parameters"][key]["value"]
        ]
        assert same == []


def test_every_parameter_of_the_default_dossier_is_read_by_a_model_or_a_transform() -> None:
    paths = [*(ROOT / "sql").rglob("*.sql"), *(ROOT / "pipelines" / "rule" / "transforms").glob("*.py")]
    words = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in paths)))

    assert [name for name in parameter_units() if name not in words] == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'unit = "factor"',
            'unit = "weeks"',
            "parameters.priority_miscoded_factor.unit: this is no unit; write one of",
        ),
        ('unit = "factor"\n', "", "parameters.priority_miscoded_factor.unit: this is no unit; write one of"),
        ("[parameters.chronic_days]", "[parameters", "the default dossier cannot be read as TOML"),
    ],
)
def test_a_default_dossier_that_does_not_tell_the_units_is_refused(folder: Path, old: str, new: str, told: str) -> None:
    replace(folder, DEFAULT, old, new)

    with pytest.raises(PolicyError, match=re.escape(told)):
        units_of(folder / f"{DEFAULT}.toml")


def test_the_units_are_those_of_the_dossier_that_came_with_the_program() -> None:
    assert parameter_units() == units_of(POLICIES / f"{DEFAULT}.toml")
    assert (parameter_units()["icd_10_from"], parameter_units()["lookback_days"]) == ("calendar_date", "days")

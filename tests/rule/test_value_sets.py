"""The gate in front of the value sets, the tables behind it, and the drift report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ValueSetError
from pipelines.ground.warehouse import open_warehouse
from pipelines.rule.code_systems import CODE_SYSTEMS, normalise_code
from pipelines.rule.drift import DriftCode, code_families, drift
from pipelines.rule.value_sets import CODE_COLUMNS, COLUMNS, check_value_sets, load_value_sets, write_value_sets
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

VALUE_SETS = ROOT / "sql" / "value_sets"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the shipped value sets."""
    for path in VALUE_SETS.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture
def connection() -> Iterator[Connection]:
    with open_warehouse() as opened:
        yield opened


def add(folder: Path, name: str, line: str) -> None:
    with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as handle:
        handle.write(line + "\n")


def replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_value_sets_load_and_are_all_the_rule_reads() -> None:
    value_sets = load_value_sets(VALUE_SETS)

    assert [value_set.name for value_set in value_sets] == sorted(COLUMNS)
    assert {value_set.name: len(value_set.rows) for value_set in value_sets}["index_procedures"] == 145
    assert all(len(value_set.sha256) == 64 for value_set in value_sets)


def test_the_shipped_value_sets_have_no_code_that_two_sets_date_differently() -> None:
    assert not [warning for warning in check_value_sets(VALUE_SETS).warnings if "dated differently" in warning]


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("red_flags", "cauda_equina,icd-10-cm,g834,again,,,,", "line 160: code g834 overlaps line 2 in time"),
        ("red_flags", "x,icd-10-cm,G83.5,a,2016-02-30,,,", "effective_start '2016-02-30' is not a date"),
        ("red_flags", "x,icd-10-cm,G83.5,a,20160201,,,", "effective_start '20160201' is not a date"),
        ("red_flags", "x,icd-10-cm,G83.5,a,2016-02-02,2016-02-01,,", "effective_end 2016-02-01 is before"),
        ("red_flags", "x,icd-11,G83.5,a,,,,", "code_system 'icd-11' is unknown"),
        ("clinical_trial", "clinical_trial,modifier,Q9,a,,,,,trial", "trial_marker 'trial' is not a known word"),
        ("red_flags", "X y,icd-10-cm,G83.5,a,,,,", "value_set 'X y' is not a lower-case word"),
        ("red_flags", "x,icd-10-cm,G83.5,a,,,", "line 160: the row has more or fewer fields than the header"),
        ("red_flags", "x,icd-10-cm,G83.5,a,,,,,", "line 160: the row has more or fewer fields than the header"),
        ("not_conservative", "tens,hcpcs,E0770,a,,,,,yes", "counts 'yes' is not a known word; use one of no."),
        ("psych_evaluation", "x,cpt,99999,a,,,,,maybe", "counts 'maybe' is not a known word"),
        ("index_procedures", "x,cpt,63699,a,,,,,trial_or_lead,perhaps", "opens_event 'perhaps' is not a known word"),
        ("index_procedures", "x,cpt,63699,a,,,,,lead,yes", "role 'lead' is not a known word"),
        ("diagnoses_low_back_pain", "lbp_unspecified,icd-10-cm,M54.7,a,,,,,vague", "specificity 'vague'"),
        ("diagnoses_low_back_pain", "lbp,icd-10-cm,M54.7,a,,,,,unspecified", "value_set 'lbp' is not a known word"),
        ("other_indications", "x,icd-10-cm,G83.5,a,,,,,helpful", "indication_class 'helpful' is not a known word"),
        ("conservative_care", "x,cpt,97111,a,,,,,exercise_pt,yes,excercise,yes,", "care_group 'excercise'"),
        ("conservative_care", "x,cpt,97111,a,,,,,exercise_pt,yes,exercise,perhaps,", "needs_back_diagnosis 'perhaps'"),
        ("conservative_care", "x,cpt,97111,a,,,,,gym,yes,exercise,yes,", "modality 'gym' is not a known word"),
        ("conservative_care", "x,cpt,97111,a,,,,,exercise_pt,yes,,yes,", "counts is yes, but care_group or"),
        ("conservative_care", "x,cpt,97111,a,,,,,exercise_pt,yes,exercise,,", "counts is yes, but care_group or"),
        (
            "conservative_care",
            "x,cpt,97111,a,,,,,interdisciplinary_rehab,yes,interdisciplinary,yes,",
            "needs hours_per_unit",
        ),
        (
            "conservative_care",
            "x,cpt,97111,a,,,,,interdisciplinary_rehab,yes,interdisciplinary,yes,two",
            "hours_per_unit 'two' is not a number",
        ),
        ("medications", "x,rxnorm-ingredient,999999,a,,,,,yes,,Big Class", "drug_class 'Big Class'"),
        ("documentation_modalities", "documentation_modality,yoga,stretching", "care_group 'stretching'"),
        ("documentation_modalities", "documentation_modality,cbt,psychological", "word 'cbt' stands on line"),
        ("non_oral_forms", "non_oral_form,Eye Drops,x", "word 'Eye Drops' is not a lower-case word"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_with_its_file_and_line(
    folder: Path, name: str, line: str, expected: str
) -> None:
    add(folder, name, line)

    with pytest.raises(ValueSetError) as caught:
        load_value_sets(folder)

    assert str(caught.value).startswith(f"{name}.csv, line ")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("red_flags", "x,icd-10-cm,G83.5,a,2016-02-29,2016-02-29,,"),
        ("red_flags", "x,icd-9-cm,999.9,a,,,,"),
        ("index_procedures", "x,cpt,63699,a,,,,,trial_or_lead,with_low_back_pain_diagnosis"),
        ("conservative_care", "x,cpt,97111,a,,,,,interdisciplinary_rehab,yes,interdisciplinary,no,0.25"),
        ("conservative_care", "x,cpt,97111,a,,,,,passive_modality,no,,,"),
        ("documentation_modalities", "documentation_modality,yoga,exercise"),
        ("non_oral_forms", "non_oral_form,mouthwash,x"),
    ],
)
def test_a_row_just_inside_the_gate_loads(folder: Path, name: str, line: str) -> None:
    add(folder, name, line)

    report = check_value_sets(folder)

    assert report.faults == ()


def test_two_rows_of_one_code_may_follow_each_other_but_not_share_a_day(folder: Path) -> None:
    add(folder, "red_flags", "x,icd-10-cm,G83.5,a,2016-01-01,2016-12-31,,")
    add(folder, "red_flags", "x,icd-10-cm,G83.5,a,2017-01-01,,,")
    assert check_value_sets(folder).faults == ()

    replace(folder, "red_flags", "2016-01-01,2016-12-31", "2016-01-01,2017-01-01")

    expected = "line 161: code G83.5 overlaps line 160 in time; keep one row, or end one before the other starts."
    assert check_value_sets(folder).faults == (f"red_flags.csv, {expected}",)


def test_cpt_and_hcpcs_are_one_system_for_repeats_and_other_systems_are_not(folder: Path) -> None:
    add(folder, "complications", "x,modifier,95,a,,,,")
    add(folder, "complications", "x,condition-code,95,a,,,,")
    assert check_value_sets(folder).faults == ()

    add(folder, "not_conservative", "x,cpt,0720T,a,,,,,no")
    add(folder, "not_conservative", "x,hcpcs,E0720,a,,,,,no")

    assert [fault.split(";")[0] for fault in check_value_sets(folder).faults] == [
        "not_conservative.csv, line 59: code E0720 overlaps line 2 in time"
    ]


def test_a_missing_column_a_missing_file_and_an_empty_set_are_refused(folder: Path) -> None:
    replace(folder, "medications", "drug_class", "class_of_drug")
    (folder / "red_flags.csv").unlink()
    (folder / "complications.csv").write_text(",".join(CODE_COLUMNS) + "\n", encoding="utf-8")
    replace(folder, "clinical_trial", "note,source", "note,note")

    assert check_value_sets(folder).faults == (
        f"red_flags.csv: the value set is missing from {folder}; the rule reads it, so restore the file.",
        "clinical_trial.csv, line 1: column note stands twice; keep one.",
        "complications.csv: the value set has no rows; restore them: an empty set changes verdicts in silence.",
        "medications.csv, line 1: column drug_class is missing; add it to the header and every row.",
    )


def test_a_file_that_is_not_utf_8_or_not_csv_is_refused(folder: Path) -> None:
    (folder / "red_flags.csv").write_bytes("value_set\nmyélopathie\n".encode("latin-1"))
    add(folder, "non_oral_forms", 'non_oral_form,"gel"x,y')

    faults = check_value_sets(folder).faults

    assert len(faults) == 2
    assert faults[0].startswith("non_oral_forms.csv, line 28: the line is not CSV")
    assert faults[1] == "red_flags.csv: the file is not UTF-8 text; save it as UTF-8."


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueSetError, match="there is no such folder of value sets"):
        load_value_sets(tmp_path / "nowhere")


def test_all_faults_are_collected_and_the_first_ten_are_shown(folder: Path) -> None:
    for _ in range(12):
        add(folder, "red_flags", "x,icd-11,G83.5,a,,,,")

    with pytest.raises(ValueSetError) as caught:
        load_value_sets(folder)

    assert len(check_value_sets(folder).faults) == 12
    assert str(caught.value).count("red_flags.csv") == 10
    assert str(caught.value).endswith("2 more; `stimaudit value-sets check` lists them all.")


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        ("cpt", ["63650", "0784T", "2044F"], ["6365", "L8680", "0784X", "636500"]),
        ("hcpcs", ["L8680", "G0283"], ["63650", "I8680", "L868"]),
        ("icd-10-cm", ["M54.50", "m5450", "R52", "T85.111A", "C7A.1"], ["M54.", "M545.0", "54.50", "M54.50123", "M5"]),
        ("icd-9-cm", ["724.2", "7242", "V70.7", "E849.0", "311"], ["72.42", "724.222", "V7.07", "M54.5"]),
        ("icd-10-pcs", ["00HU0MZ"], ["00HU0M", "00HU0MO", "00HI0MZ"]),
        ("icd-9-pcs", ["03.93", "0393", "86.9"], ["3.93", "03.933", "03"]),
        ("icd-10-pcs-prefix", ["F07", "0SG0"], ["F0", "0SG00A0"]),
        ("revenue-code", ["0420", "420"], ["42", "04200", "042X"]),
        ("modifier", ["Q0", "95"], ["Q", "Q00"]),
        ("provider-taxonomy", ["225100000X"], ["225100000", "225100000Y"]),
        ("snomed-ct", ["229065009"], ["22906", "22906500A"]),
        ("loinc", ["97909-6"], ["979096", "97909-66"]),
        ("rxnorm-ingredient", ["161", "187832"], ["ibuprofen", ""]),
        ("ndc-9", ["0002-3235", "00002-3235"], ["000023235", "0002-32"]),
        ("atc-prefix", ["M", "M01", "M01A", "M01AE", "M01AE01"], ["M0", "M01AE0", "01A"]),
    ],
)
def test_each_code_system_has_its_shape(tmp_path: Path, system: str, good: list[str], bad: list[str]) -> None:
    rows = [f"x,{system},{code},a,2000-01-{day:02},2000-01-{day:02},," for day, code in enumerate([*good, *bad], 1)]
    (tmp_path / "red_flags.csv").write_text("\n".join([",".join(CODE_COLUMNS), *rows, ""]), encoding="utf-8")

    refused = [fault for fault in check_value_sets(tmp_path).faults if fault.startswith("red_flags.csv, line")]

    assert [fault.split(" (")[0] for fault in refused] == [
        f"red_flags.csv, line {line}: '{code}' is not a code of {system}"
        for line, code in enumerate(bad, len(good) + 2)
    ]


@pytest.mark.parametrize(
    ("system", "code", "normal"),
    [
        ("icd-10-cm", " m54.50 ", "M5450"),
        ("icd-9-pcs", "03.93", "0393"),
        ("revenue-code", "420", "0420"),
        ("ndc-9", "0002-3235", "000023235"),
        ("ndc-9", "00597-030", "005970030"),
        ("cpt", "6 3650", "63650"),
        ("loinc", "97909-6", "97909-6"),
    ],
)
def test_codes_are_normalised_as_the_rule_compares_them(system: str, code: str, normal: str) -> None:
    assert normalise_code(system, code) == normal


@pytest.mark.parametrize(
    ("successor", "warned"),
    [
        ("tens,cpt,64551,a,2019-01-01,,,,no", False),
        ("tens,cpt,64551,a,2019-01-02,,,,no", True),
        ("tens,icd-10-cm,Z99.9,a,2019-01-01,,,,no", True),
        ("brace,cpt,64551,a,2019-01-01,,,,no", True),
    ],
)
def test_a_code_that_ended_is_warned_of_unless_its_group_goes_on_the_day_after(
    folder: Path, successor: str, *, warned: bool
) -> None:
    add(folder, "not_conservative", successor)

    warnings = check_value_sets(folder).warnings

    assert any("code 64550 ended on 2018-12-31" in warning for warning in warnings) is warned


def test_an_icd_10_code_is_succeeded_within_its_category_only(folder: Path) -> None:
    assert not any("M51.36 " in warning for warning in check_value_sets(folder).warnings)

    path = folder / "diagnoses_low_back_pain.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "M51." not in line or "M51.36," in line]
    path.write_text(
        "".join([*kept, "lbp_near_neighbour,icd-10-cm,M53.9,a,2024-10-01,,,,other_region\n"]), encoding="utf-8"
    )

    assert any("code M51.36 ended on 2024-09-30" in warning for warning in check_value_sets(folder).warnings)


def test_a_code_that_two_sets_date_differently_is_warned_of(folder: Path) -> None:
    replace(folder, "complications", "lead(s),2010-01-01", "lead(s),2009-01-01")

    assert [warning for warning in check_value_sets(folder).warnings if "dated differently" in warning] == [
        "code 63663 (hcpcs) is dated differently in complications, index_procedures; give it the same dates."
    ]


def test_the_report_has_a_line_a_set_a_line_a_warning_and_a_count(folder: Path) -> None:
    report = check_value_sets(folder)

    assert report.is_sound
    assert len(report.lines()) == len(COLUMNS) + len(report.warnings) + 1
    assert report.lines()[-1] == f"{len(COLUMNS)} value sets, 0 faults, {len(report.warnings)} warnings."


def test_each_set_becomes_a_table_of_its_name_typed_and_in_file_order(connection: Connection) -> None:
    write_value_sets(connection, load_value_sets(VALUE_SETS))

    tables = connection.sql("select table_name from duckdb_tables() where schema_name = 'value_sets'").fetchall()
    assert sorted(name for (name,) in tables) == sorted(COLUMNS)
    described = connection.sql("describe value_sets.conservative_care").fetchall()
    assert [(row[0], row[1]) for row in described] == [
        *((name, "VARCHAR") for name in CODE_COLUMNS[:4]),
        ("effective_start", "DATE"),
        ("effective_end", "DATE"),
        ("note", "VARCHAR"),
        ("source", "VARCHAR"),
        ("modality", "VARCHAR"),
        ("counts", "VARCHAR"),
        ("care_group", "VARCHAR"),
        ("needs_back_diagnosis", "VARCHAR"),
        ("hours_per_unit", "DOUBLE"),
        ("match_system", "VARCHAR"),
        ("first_valid_date", "DATE"),
        ("last_valid_date", "DATE"),
        ("row_number", "INTEGER"),
    ]
    assert connection.sql(
        "select code, effective_end, first_valid_date, last_valid_date, match_system, row_number "
        "from value_sets.index_procedures where row_number in (1, 11) order by row_number"
    ).fetchall() == [
        ("63650", None, date(1, 1, 1), date(9999, 12, 31), "hcpcs", 1),
        ("63660", date(2009, 12, 31), date(1, 1, 1), date(2009, 12, 31), "hcpcs", 11),
    ]
    assert connection.sql(
        "select code, label from value_sets.medications where code in ('000023235', '5640') order by row_number"
    ).fetchall() == [("5640", "ibuprofen"), ("000023235", "Cymbalta 20 mg (brand duloxetine), labeler-product")]
    assert connection.sql("select * from value_sets.documentation_modalities where row_number = 1").fetchall() == [
        ("documentation_modality", "exercise", "exercise", 1)
    ]
    assert connection.sql(
        "select hours_per_unit from value_sets.conservative_care where code = '97545'"
    ).fetchall() == [(2.0,)]


def test_writing_twice_leaves_the_same_tables(connection: Connection) -> None:
    value_sets = load_value_sets(VALUE_SETS)

    write_value_sets(connection, value_sets)
    write_value_sets(connection, value_sets)

    assert connection.sql("select count(*) from value_sets.red_flags").fetchall() == [(158,)]


def test_every_code_system_of_the_rule_is_known() -> None:
    assert {name for name, system in CODE_SYSTEMS.items() if system.match_system == "hcpcs"} == {"cpt", "hcpcs"}


def test_families_come_from_the_codes_in_force_and_leave_out_what_is_out_of_scope() -> None:
    assert [family.name for family in code_families(load_value_sets(VALUE_SETS))] == [
        "07xxT",
        "636xx",
        "645xx",
        "M54",
        "00HUxxx",
        "00HVxxx",
        "01HYxxx",
    ]


@pytest.fixture
def landed(connection: Connection) -> Connection:
    wide = ("diagnosis_code", "procedure_code")
    ranks = ", ".join(f"{name}_{rank} varchar" for name in wide for rank in range(1, 26))
    connection.execute("create schema landed")
    connection.execute(f"create table landed.medical_claim (hcpcs_code varchar, {ranks})")
    connection.execute("create table landed.claim_diagnosis (diagnosis_code varchar)")
    connection.execute("create table landed.claim_procedure (procedure_code varchar)")
    return connection


def test_drift_counts_the_lines_of_codes_near_a_family_and_in_no_set(landed: Connection) -> None:
    landed.execute(
        "insert into landed.medical_claim (hcpcs_code, diagnosis_code_25, procedure_code_25) values "
        "('63650', 'M5450', '00HU0MZ'), ('63651', null, '00HU0XZ'), ('63651', 'M5452', null), "
        "('0790T', null, null), ('99213', 'I10', null), (null, null, null)"
    )
    landed.execute("insert into landed.claim_diagnosis values ('M5452'), ('M542'), ('M5410'), ('E119'), (null)")
    landed.execute("insert into landed.claim_procedure values ('00HU0YZ'), ('00HU0MZ'), ('0393'), ('0JH60WZ')")

    assert drift(landed, load_value_sets(VALUE_SETS)) == (
        DriftCode("00HUxxx", "index_procedures", "icd-10-pcs", "00HU0XZ", "medical_claim", 1, 5),
        DriftCode("00HUxxx", "index_procedures", "icd-10-pcs", "00HU0YZ", "claim_procedure", 1, 5),
        DriftCode("636xx", "index_procedures", "hcpcs", "63651", "medical_claim", 2, 4),
        DriftCode("M54", "diagnoses_low_back_pain", "icd-10-cm", "M5410", "claim_diagnosis", 1, 4),
        DriftCode("M54", "diagnoses_low_back_pain", "icd-10-cm", "M5452", "claim_diagnosis", 1, 4),
        DriftCode("M54", "diagnoses_low_back_pain", "icd-10-cm", "M5452", "medical_claim", 1, 4),
        DriftCode("M54", "diagnoses_low_back_pain", "icd-10-cm", "M542", "claim_diagnosis", 1, 3),
        DriftCode("07xxT", "index_procedures", "hcpcs", "0790T", "medical_claim", 1, 2),
    )


def test_a_code_of_a_set_outside_its_dates_is_no_drift(landed: Connection) -> None:
    landed.execute("insert into landed.claim_diagnosis values ('M545')")
    landed.execute("insert into landed.medical_claim (hcpcs_code) values ('63660')")

    assert drift(landed, load_value_sets(VALUE_SETS)) == ()

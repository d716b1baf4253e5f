"""docs/rule.md 7: statements that conservative care failed, and when failure is documented."""

from tests.spec.book import OTHER_PARAMETERS, example, examples

# A valid statement


@examples(
    """
    statement "<modality>" no_benefit on -20 care -200..-50
    0  63650+63685  M54.50
    expect <group>=adequate
    """,
    """
    modality                     | group
    exercise                     | exercise
    exercise_pt                  | exercise
    physical_therapy             | exercise
    manipulation                 | manipulation
    chiropractic                 | manipulation
    psychological                | psychological
    cbt                          | psychological
    cognitive-behavioral therapy | psychological
    interdisciplinary            | interdisciplinary
    acupuncture                  | acupuncture
    medication                   | medication
    nsaid                        | medication
    duloxetine                   | medication
    """,
)
def test_the_modality_of_a_statement_names_its_group() -> None: ...


@examples(
    """
    statement <modality> <outcome> on -20 care -200..-50 id=D1
    0  63650+63685  M54.50
    expect statement.D1=<state>
    """,
    """
    modality | outcome            | state
    exercise | no_benefit         | valid
    exercise | inadequate_benefit | valid
    exercise | intolerance        | valid
    exercise | contraindicated    | valid
    exercise | refused            | incomplete_statement
    exercise | patient_request    | incomplete_statement
    exercise | non_adherent       | incomplete_statement
    exercise | not_available      | incomplete_statement
    exercise | cost               | incomplete_statement
    exercise | improved           | incomplete_statement
    tens     | no_benefit         | incomplete_statement
    massage  | no_benefit         | incomplete_statement
    opioid   | no_benefit         | incomplete_statement
    """,
)
def test_only_failure_of_a_known_modality_is_failure() -> None: ...


@examples(
    """
    statement exercise no_benefit on <day> care <care> id=D1
    0  63650+63685  M54.50
    expect statement.D1=<state>
    """,
    """
    day  | care       | state
    1    | -200..-50  | incomplete_statement
    0    | -200..-50  | valid
    -1   | -200..-50  | valid
    -729 | -900..-729 | valid
    -730 | -900..-730 | valid
    -731 | -900..-731 | incomplete_statement
    """,
)
def test_the_document_is_dated_in_the_two_years_up_to_the_anchor() -> None: ...


@examples(
    """
    statement exercise no_benefit on -20 care <care> id=D1
    0  63650+63685  M54.50
    expect statement.D1=<state>
    """,
    """
    care       | state
    -900..-730 | valid
    -900..-731 | incomplete_statement
    -200..-20  | valid
    -200..-19  | incomplete_statement
    -50..-50   | valid
    -50..-51   | incomplete_statement
    ..-50      | incomplete_statement
    -20..-20   | valid
    """,
)
def test_the_care_ends_on_the_document_or_before_and_not_too_long_ago() -> None: ...


@examples(
    """
    statement exercise no_benefit on -20 care <care> visits=<visits> id=D1
    0  63650+63685  M54.50
    expect statement.D1=<state>
    """,
    """
    care      | visits | state
    -200      | 1      | valid
    -200      | 6      | valid
    -200      | 0      | incomplete_statement
    -200      |        | incomplete_statement
    -900      | 6      | valid
    -20       | 1      | valid
    -19       | 1      | incomplete_statement
    -200..-50 |        | valid
    -200..-50 | 0      | valid
    """,
)
def test_a_statement_has_an_end_or_a_number_of_visits() -> None: ...


@examples(
    """
    statement exercise <outcome> on -20 id=D1
    0  63650+63685  M54.50
    expect statement.D1=<state>
    """,
    """
    outcome         | state
    no_benefit      | incomplete_statement
    contraindicated | valid
    """,
)
def test_contraindicated_care_needs_no_dates() -> None: ...


@examples(
    """
    statement exercise <outcome> on -20 care -200..-50 <blank>
    0  63650+63685  M54.50
    expect exercise=none
    """,
    """
    outcome         | blank
    no_benefit      | id=
    no_benefit      | author=
    no_benefit      | source=
    contraindicated | id=
    contraindicated | author=
    contraindicated | source=
    """,
)
def test_a_statement_names_its_document_its_author_and_its_source() -> None: ...


# Failure documented


@examples(
    """
    statement <first>  no_benefit on -20 care -200..-50
    statement <second> no_benefit on -20 care -200..-50
    0  63650+63685  M54.50
    expect failure_documented=<result> failure_documented.observed_value=<groups>
    expect notes<has>=partial_failure_documentation
    """,
    """
    first            | second      | result  | groups | has
    exercise         | nsaid       | met     | 2      | -
    physical_therapy | cbt         | met     | 2      | -
    exercise         | exercise_pt | not_met | 1      | +
    nsaid            | duloxetine  | not_met | 1      | +
    acupuncture      | nsaid       | not_met | 2      | +
    exercise         | tens        | not_met | 1      | +
    tens             | massage     | not_met | 0      | -
    """,
)
def test_failure_is_documented_for_two_groups_with_exercise_among_them() -> None: ...


@example("""
    0  63650+63685  M54.50
    expect failure_documented=not_met notes-=partial_failure_documentation
    """)
def test_without_statements_failure_is_not_documented() -> None: ...


@examples(
    f"""
{OTHER_PARAMETERS}    statement acupuncture no_benefit on -20 care -200..-50
    statement nsaid no_benefit on -20 care -200..-50
    <third>
    0  63650+63685  M54.50
    expect failure_documented=<result>
    """,
    """
    third                                           | result
                                                    | not_met
    statement cbt no_benefit on -20 care -200..-50  | met
    """,
)
def test_a_policy_says_how_many_groups_and_whether_exercise_is_among_them() -> None: ...

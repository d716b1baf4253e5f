"""docs/rule.md 4: the diagnoses an implant was billed for, and what they say."""

from tests.spec.book import OTHER_PARAMETERS, example, examples

# Billed diagnoses


@examples(
    """
    0  63650  M54.50 M96.1 G89.4  pointer="<pointer>"
    expect billed=<billed>
    """,
    """
    pointer | billed
    1       | M5450
    2       | M961
    1:2     | M5450,M961
    2,1     | M5450,M961
    A       | M5450
    B       | M961
    BA      | M5450,M961
    b       | M961
    2:3     | M961
    2:9     | M961
    3       | M5450,M961
    9       | M5450,M961
            | M5450,M961
    12      | M5450,M961
    """,
)
def test_a_professional_line_is_billed_for_what_its_pointer_names() -> None: ...


@example("""
    0  63650  M54.50 12:M96.1  pointer=12
    expect billed=M961
    """)
def test_twelve_is_rank_twelve_and_not_one_and_two() -> None: ...


@examples(
    """
    0  -  <diagnoses>  institutional revenue=0360 claim=C1
    0  procedure 00HU3MZ claim=C1
    expect billed=<billed>
    """,
    """
    diagnoses           | billed
    M54.50 M96.1        | M5450
    M96.1 M54.50        | M961
    G89.4 M54.50 M96.1  | M5450
    G89.4 R52 M54.16    | M5416
    2:M54.50 1:M96.1    | M961
    G89.4 R52           | G894,R52
    """,
)
def test_a_stay_is_billed_for_its_first_diagnosis_that_is_no_pain_label() -> None: ...


@examples(
    """
    0  63650  <diagnoses>  <more>
    expect billed=<billed> exclusions=<exclusions>
    """,
    """
    diagnoses    | more      | billed | exclusions
    G89.4 M54.50 | pointer=1 | M5450  | []
    G89.4        |           | G894   | not_low_back_pain
                 |           | []     | not_low_back_pain
    """,
)
def test_pain_labels_are_passed_over_unless_there_is_nothing_else() -> None: ...


@example("""
    0  99213  M54.50 M54.16  claim=C1 pointer=2
    0  procedure 00HU3MZ claim=C1
    expect billed=M5416,M5450
    """)
def test_a_procedure_row_on_a_professional_claim_is_billed_for_all_its_diagnoses() -> None: ...


@example("""
    0  63650  M54.50 M96.1  claim=C1 pointer=1
    0  63685  claim=C1 pointer=2
    expect billed=M5450,M961
    """)
def test_the_billed_diagnoses_of_an_episode_are_those_of_all_its_index_lines() -> None: ...


@example("""
    0  63650  M54.50 M96.1  claim=C1 pointer=1
    0  99213  claim=C1 pointer=2
    expect billed=M5450
    """)
def test_lines_that_are_no_index_lines_bill_nothing_of_the_implant() -> None: ...


# Diagnosis class


@examples(
    """
    0  63650  <diagnosis>
    expect diagnosis=<class>
    """,
    """
    diagnosis | class
    M54.50    | low_back_pain_only
    M54.5     | low_back_pain_only
    M54.9     | low_back_pain_only
    M54.59    | low_back_pain_only
    M54.89    | low_back_pain_only
    M54.51    | not_low_back_pain
    M54.16    | not_low_back_pain
    M54.6     | not_low_back_pain
    M96.1     | not_low_back_pain
    M62.830   | not_low_back_pain
    """,
)
def test_unspecified_and_other_low_back_pain_are_in_scope_and_its_neighbours_are_not() -> None: ...


@examples(
    f"""
{OTHER_PARAMETERS}    0  63650  <diagnoses>
    expect diagnosis=<class>
    """,
    """
    diagnoses    | class
    M54.50       | low_back_pain_only
    M54.59       | not_low_back_pain
    M54.89       | not_low_back_pain
    M54.50 G89.4 | other_indication
    """,
)
def test_a_policy_may_leave_out_other_low_back_pain_and_let_pain_labels_exempt() -> None: ...


@examples(
    """
    0  63650  M54.50 <second>
    expect diagnosis=<class> notes<has>=specificity_conflict
    """,
    """
    second  | class                       | has
    M96.1   | other_indication            | -
    G90.521 | other_indication            | -
    N32.81  | low_back_pain_only          | -
    M54.16  | low_back_pain_with_neighbour | +
    M54.51  | low_back_pain_with_neighbour | +
    M48.061 | low_back_pain_with_neighbour | +
    S33.5XXA | low_back_pain_with_neighbour | +
    M62.830 | low_back_pain_only          | -
    M99.03  | low_back_pain_only          | -
    G89.4   | low_back_pain_only          | -
    M25.561 | low_back_pain_only          | -
    """,
)
def test_what_else_stands_on_the_claim_decides_the_class() -> None: ...


@example("""
    0  63650  M54.50 M54.16 M96.1  pointer=1
    expect diagnosis=other_indication exclusions=other_indication
    """)
def test_a_supported_indication_goes_before_a_neighbour_at_any_rank() -> None: ...


@examples(
    """
    0      63650  M54.50
    <day>  <code>  <diagnosis>
    expect diagnosis=<class>
    """,
    """
    day | code  | diagnosis | class
    2   | C1778 | M96.1     | other_indication
    2   | C1778 | M54.16    | low_back_pain_with_neighbour
    2   | 99213 | M96.1     | low_back_pain_only
    4   | C1778 | M54.16    | low_back_pain_only
    """,
)
def test_every_claim_of_the_episode_is_looked_at_and_no_other() -> None: ...


@example("""
    -60  63650  M54.50 M96.1  pointer=1
    0    63685  M54.50
    expect kind=trial_then_permanent exclusions=other_indication
    """)
def test_the_claims_of_the_trial_are_claims_of_the_episode() -> None: ...


@example("""
    -60  63650  M54.50
    0    63685  M54.16
    expect kind=trial_then_permanent diagnosis=low_back_pain_with_neighbour
    """)
def test_low_back_pain_on_one_index_line_brings_the_episode_into_scope() -> None: ...


# Likely miscoded


@examples(
    """
    <day>  <code>  <diagnosis>  status=<status>
    0      63650  M54.50
    expect notes<has>=likely_miscoded
    """,
    """
    day  | code  | diagnosis | status | has
    -1   | 99213 | M96.1     |        | +
    -730 | 99213 | M96.1     |        | +
    -731 | 99213 | M96.1     |        | -
    -10  | 99213 | M96.1     | denied | -
    -10  | 99213 | N32.81    |        | -
    -10  | 22612 | M54.16    |        | +
    -730 | 22612 | M54.16    |        | +
    -731 | 22612 | M54.16    |        | -
    -10  | 99213 | Z98.1     |        | +
    -10  | 99213 | M54.50    |        | -
    """,
)
def test_a_supported_indication_or_spine_surgery_in_the_history_is_noted_as_likely_miscoded() -> None: ...


@examples(
    """
    -10  -  M54.50  institutional revenue=0360 claim=C9
    -10  procedure <code> claim=C9
    0    63650  M54.50
    expect notes<has>=likely_miscoded
    """,
    """
    code    | has
    0SG00A0 | +
    0SG3071 | +
    0SG2071 | -
    00NY0ZZ | +
    """,
)
def test_prefix_rows_of_spine_surgery_match_by_their_beginning() -> None: ...

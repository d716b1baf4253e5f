"""docs/rule.md 5: what takes an episode off the list, and in which order."""

from tests.spec.book import example, examples

# One reason at a time


@example("""
    0  63650  M54.50  modifier=53
    expect excluded procedure_aborted exclusions=procedure_aborted next=no_action
    """)
def test_an_aborted_procedure_is_excluded() -> None: ...


@example("""
    0  63685  M54.50
    expect excluded not_initial_implant exclusions=not_initial_implant next=no_action
    """)
def test_an_implant_that_is_not_initial_is_excluded() -> None: ...


@example("""
    0  63650  M54.16
    expect excluded not_low_back_pain exclusions=not_low_back_pain next=no_action
    """)
def test_an_implant_for_another_diagnosis_is_excluded() -> None: ...


@example("""
    0  63650  M54.50 C79.51
    expect excluded red_flag exclusions=red_flag next=clinical_review
    """)
def test_a_red_flag_is_excluded_and_goes_to_clinical_review() -> None: ...


@example("""
    0  63650  M54.50 M96.1  pointer=1
    expect excluded other_indication exclusions=other_indication next=no_action
    """)
def test_another_indication_is_excluded() -> None: ...


@example("""
    0  63650  M54.50 Z00.6  modifier=Q0 trial=NCT01234567
    expect excluded clinical_trial exclusions=clinical_trial next=no_action
    """)
def test_a_clinical_trial_is_excluded() -> None: ...


@example("""
    authorized approved -10..+30
    0  63650  M54.50
    expect excluded prior_authorization_approved exclusions=prior_authorization_approved next=no_action
    """)
def test_an_approved_prior_authorization_is_excluded() -> None: ...


# Red flags


@examples(
    """
    <day>  99213  <diagnosis>  status=<status>
    0      63650  M54.50
    expect exclusions=<exclusions>
    """,
    """
    day | diagnosis | status | exclusions
    -1  | C79.51    |        | red_flag
    -90 | C79.51    |        | red_flag
    -91 | C79.51    |        | []
    0   | C79.51    |        | red_flag
    1   | C79.51    |        | []
    -10 | C79.51    | denied | []
    -10 | G83.4     |        | red_flag
    -10 | M46.26    |        | red_flag
    -10 | S32.010A  |        | red_flag
    -10 | G95.20    |        | red_flag
    """,
)
def test_a_red_flag_counts_in_the_90_days_before_and_up_to_the_last_event() -> None: ...


@examples(
    """
    -60    63650  M54.50
    <day>  99213  C79.51
    0      63685  M54.50
    expect exclusions=<exclusions>
    """,
    """
    day  | exclusions
    -150 | red_flag
    -151 | []
    -30  | red_flag
    0    | red_flag
    1    | []
    """,
)
def test_red_flags_are_counted_from_the_anchor_to_the_last_event() -> None: ...


@example("""
    0  63650  M54.50
    2  C1778  C79.51
    expect exclusions=red_flag
    """)
def test_a_red_flag_on_any_claim_of_the_episode_counts() -> None: ...


@examples(
    """
    <day>  99213  <diagnoses>
    0      63650  M54.50
    expect exclusions=<exclusions>
    """,
    """
    day | diagnoses    | exclusions
    -1  | R32 M54.50   | red_flag
    -30 | R32 M54.50   | red_flag
    -31 | R32 M54.50   | []
    0   | R32 M54.50   | red_flag
    1   | R32 M54.50   | []
    -1  | R32          | []
    -1  | R32 G89.4    | []
    -1  | R33.9 M54.16 | red_flag
    """,
)
def test_a_symptom_of_cauda_equina_counts_with_a_back_code_and_for_30_days() -> None: ...


@examples(
    """
    0  63650  M54.50
    2  C1778  <diagnoses>
    expect exclusions=<exclusions>
    """,
    """
    diagnoses    | exclusions
    R15.9 M54.50 | red_flag
    R15.9        | []
    """,
)
def test_a_symptom_on_a_claim_of_the_episode_needs_the_back_code_on_that_claim() -> None: ...


# Clinical trials


@examples(
    """
    0  63650  M54.50 <diagnosis>  modifier=<modifier> conditions=<conditions> trial=<trial>
    expect exclusions=<exclusions> notes<has>=trial_marker_incomplete
    """,
    """
    diagnosis | modifier | conditions | trial       | exclusions     | has
    Z00.6     | Q0       |            | NCT01234567 | clinical_trial | -
    Z00.6     | Q0       |            | 01234567    | clinical_trial | -
    Z00.6     |          | 30         | 01234567    | clinical_trial | -
    Z00.6     |          | 05:30      | nct01234567 | clinical_trial | -
    Z00.6     | Q0       |            |             | []             | +
    Z00.6     | Q0       |            | 0123456     | []             | +
    Z00.6     | Q0       |            | 012345678   | []             | +
    Z00.6     |          |            | 01234567    | []             | +
    Z00.6     | Q1       |            | 01234567    | []             | +
              | Q0       |            | 01234567    | []             | +
              | Q0       |            |             | []             | +
              |          | 30         |             | []             | +
    Z00.6     |          |            |             | []             | +
              |          |            | 01234567    | []             | +
              |          |            | unknown     | []             | +
              | Q1       |            |             | []             | -
              |          | 53         |             | []             | -
              |          |            |             | []             | -
    """,
)
def test_a_clinical_trial_needs_all_three_markers_and_some_of_them_are_noted() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 modifier=Q0
    0  C1778  Z00.6   claim=C8
    1  C1778  M54.50  claim=C9 trial=NCT01234567
    expect exclusions=clinical_trial
    """)
def test_each_marker_of_a_trial_may_stand_on_a_claim_of_its_own() -> None: ...


@example("""
    0  63650  M54.50 Z00.6  claim=C1 trial=NCT01234567
    0  99213  claim=C1 modifier=Q0
    expect exclusions=[] notes+=trial_marker_incomplete
    """)
def test_the_modifier_of_a_trial_stands_on_an_index_line() -> None: ...


# Prior authorisation


@examples(
    """
    authorized <decision> <validity> <more>
    0  63650  M54.50
    expect exclusions=<exclusions> authorization=<state>
    """,
    """
    decision             | validity | more       | exclusions                   | state
    approved             | -10..10  |            | prior_authorization_approved | approved
    partially_approved   | -10..10  |            | prior_authorization_approved | approved
    "Partially Approved" | -10..10  |            | prior_authorization_approved | approved
    denied               | -10..10  |            | []                           | none_found
    pended               | -10..10  |            | []                           | none_found
    withdrawn            | -10..10  |            | []                           | none_found
    approved             | 0..10    |            | prior_authorization_approved | approved
    approved             | 1..10    |            | []                           | none_found
    approved             | -10..0   |            | prior_authorization_approved | approved
    approved             | -10..-1  |            | []                           | none_found
    approved             | ..0      |            | prior_authorization_approved | approved
    approved             | 0..      |            | prior_authorization_approved | approved
    approved             |          |            | prior_authorization_approved | approved
    approved             |          | code=63650 | prior_authorization_approved | approved
    approved             |          | code=63685 | []                           | none_found
    """,
)
def test_an_authorization_holds_when_approved_and_valid_on_the_anchor_date_for_an_index_code() -> None: ...


@examples(
    """
    authorized approved code=22612 id=A1 <validity>
    0  63650  M54.50  claim=C1
    0  99213  M54.50  claim=C1 authorization=<number>
    expect exclusions=<exclusions>
    """,
    """
    number | validity | exclusions
    A1     |          | prior_authorization_approved
    A2     |          | []
           |          | []
    A1     | 1..      | []
    """,
)
def test_an_authorization_for_another_code_holds_when_a_claim_of_the_episode_names_it() -> None: ...


@examples(
    """
    authorized approved code=<code>
    0  63650  M54.50
    expect exclusions=<exclusions>
    """,
    """
    code    | exclusions
    99999   | prior_authorization_approved
    99998   | []
    NULL    | prior_authorization_approved
    NUL     | []
    63650.0 | prior_authorization_approved
    """,
)
def test_a_filler_of_a_code_on_an_authorization_is_a_blank_one() -> None: ...


@example("""
    authorized approved -5..
    -10  63650  M54.50
    0    63685  M54.50
    expect exclusions=[]
    """)
def test_an_authorization_that_starts_after_the_trial_does_not_cover_the_episode() -> None: ...


@example("""
    without prior_authorization
    0  63650  M54.50
    expect flagged authorization=feed_not_supplied
    """)
def test_without_the_feed_the_state_of_authorization_says_so() -> None: ...


# Two reasons at once


@examples(
    """
    authorized <decision>
    0  <code>  <diagnoses>  modifier=<modifier> trial=NCT01234567 pointer=1
    expect excluded <exclusions> exclusions=<exclusions><more>
    """,
    """
    decision | code        | diagnoses                 | modifier | exclusions          | more
    denied   | 63685       | M54.50                    | 53       | procedure_aborted   | ,not_initial_implant
    denied   | 63650       | M54.16                    | 53       | procedure_aborted   | ,not_low_back_pain
    denied   | 63650       | M54.50 C79.51             | 53       | procedure_aborted   | ,red_flag
    denied   | 63685       | M54.16                    |          | not_initial_implant | ,not_low_back_pain
    denied   | 63685       | M54.50 C79.51             |          | not_initial_implant | ,red_flag
    denied   | 63650       | M54.50 C79.51 M96.1       |          | red_flag            | ,other_indication
    denied   | 63650       | M54.50 C79.51 Z00.6       | Q0       | red_flag            | ,clinical_trial
    denied   | 63650       | M54.50 M96.1 Z00.6        | Q0       | other_indication    | ,clinical_trial
    approved | 63650       | M54.50 Z00.6              | Q0       | clinical_trial      | ,prior_authorization_approved
    approved | 63650       | M54.16                    |          | not_low_back_pain   | ,prior_authorization_approved
    denied   | 63650       | M54.16 Z00.6              | Q0       | not_low_back_pain   | ,clinical_trial
    """,
)
def test_every_reason_is_listed_and_the_first_decides() -> None: ...


@example("""
    authorized approved
    0  63685  M54.50 C79.51 M96.1 Z00.6  modifier=53,Q0 trial=NCT01234567 pointer=1
    expect excluded procedure_aborted exclusions+=not_initial_implant,red_flag,other_indication
    expect exclusions+=clinical_trial,prior_authorization_approved exclusions-=not_low_back_pain
    """)
def test_six_reasons_may_hold_at_once() -> None: ...


@example("""
    0  63650  M54.16 C79.51 M96.1  pointer=1
    expect exclusions=not_low_back_pain
    """)
def test_where_low_back_pain_is_not_billed_red_flags_and_other_indications_are_not_tested() -> None: ...


@example("""
    0  63650  M54.50 C79.51  modifier=53
    expect excluded procedure_aborted next=no_action
    """)
def test_a_red_flag_that_is_not_the_first_reason_leads_to_no_action() -> None: ...


@example("""
    0  63650  M54.50 C79.51
    statement exercise no_benefit on -20 care -200..-50
    statement nsaid no_benefit on -20 care -200..-50
    expect excluded red_flag exercise_course=nothing priority=nothing
    """)
def test_an_excluded_episode_has_neither_criteria_nor_priority() -> None: ...

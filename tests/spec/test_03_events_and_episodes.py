"""docs/rule.md 3: index lines, the events of one surgery, and the episodes made of events."""

from tests.spec.book import example, examples

# Events


@examples(
    """
    0      63650  M54.50
    <day>  63650  M54.50
    expect last=<last>
    """,
    """
    day | last
    0   | 0
    3   | 0
    4   | 4
    """,
)
def test_index_lines_within_three_days_are_one_event() -> None: ...


@example("""
    0  63650  M54.50
    3  63650  M54.50
    6  63650  M54.50
    expect last=6
    """)
def test_days_are_counted_from_the_first_of_the_event_and_never_chained() -> None: ...


@examples(
    """
    0  <code>  <diagnosis>
    expect <expected>
    """,
    """
    code  | diagnosis | expected
    63650 | M54.50    | kind=trial_only
    63655 | M54.50    | kind=trial_only
    64555 | M54.50    | kind=trial_only
    64575 | M54.50    | kind=trial_only
    63685 | M54.50    | kind=permanent_only
    0784T | M54.50    | kind=permanent_only
    64596 | M54.50    | kind=permanent_only
    64590 | M54.50    | kind=permanent_only
    64590 | N32.81    | no episode
    64590 | G89.4     | no episode
    64561 | M54.50    | no episode
    64999 | M54.50    | no episode
    64597 | M54.50    | no episode
    C1778 | M54.50    | no episode
    63663 | M54.50    | no episode
    63661 | M54.50    | no episode
    95972 | M54.50    | no episode
    """,
)
def test_a_code_opens_an_event_when_its_row_says_so() -> None: ...


@examples(
    """
    0  64590  N32.81 M54.50  pointer=<pointer>
    expect <expected>
    """,
    """
    pointer | expected
    2       | codes=64590
    1       | no episode
    """,
)
def test_a_code_that_needs_low_back_pain_needs_it_among_the_diagnoses_of_its_own_line() -> None: ...


@examples(
    """
    0  -  <diagnoses>  institutional revenue=0360 claim=C1
    0  procedure 0JH80DZ claim=C1
    expect <expected>
    """,
    """
    diagnoses     | expected
    M54.50 N32.81 | codes=0JH80DZ
    N32.81 M54.50 | no episode
    """,
)
def test_a_generator_procedure_of_a_stay_needs_low_back_pain_first() -> None: ...


@example("""
    0  63650+63685  M54.50
    expect kind=permanent_only codes=63650,63685
    """)
def test_a_lead_with_a_generator_is_permanent() -> None: ...


@examples(
    """
    0      63650  M54.50  claim=C1
    <day>  <code> M54.50  claim=C9 paid=5000 allowed=6000
    expect paid=<paid> claims=<claims>
    """,
    """
    day | code  | paid    | claims
    0   | C1778 | 5100.00 | C1,C9
    3   | C1778 | 5100.00 | C1,C9
    4   | C1778 | 100.00  | C1
    -1  | C1778 | 100.00  | C1
    0   | 63661 | 5100.00 | C1,C9
    0   | 95972 | 5100.00 | C1,C9
    0   | 64561 | 100.00  | C1
    0   | 99213 | 100.00  | C1
    """,
)
def test_a_claim_with_a_stimulator_code_in_the_days_of_the_event_is_its_companion() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  -      M54.50  claim=C9 institutional revenue=0360 paid=5000
    3  procedure 00PU3MZ claim=C9
    expect claims=C1,C9
    """)
def test_a_procedure_row_makes_a_companion_claim_too() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  C1778  M54.50  claim=C9 status=denied
    expect claims=C1
    """)
def test_a_companion_claim_needs_a_counting_line() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 paid=100 allowed=120
    0  99213  M54.50  claim=C1 paid=50 allowed=70
    expect paid=150.00 allowed=190.00
    """)
def test_the_dollars_of_an_event_are_all_counting_lines_of_its_claims() -> None: ...


@example("""
    0  63650+63685  M54.50
    3  C1778        M54.50  claim=C9 paid=1000
    4  63650+63685  M54.50
    4  C1778        M54.50  claim=C9 paid=1000
    expect 2 episodes
    expect episode 1 paid=2200.00
    expect episode 2 paid=200.00
    """)
def test_a_companion_of_two_events_belongs_to_the_earlier() -> None: ...


@example("""
    0  63650+63685  M54.50
    3  C1778        M54.50  claim=C9 paid=1000
    4  63650+63685  M54.50  claim=C9
    expect 2 episodes
    expect episode 1 paid=200.00
    expect episode 2 paid=1200.00 claims=C9
    """)
def test_an_index_claim_of_one_event_is_no_companion_of_another() -> None: ...


@example("""
    0  63650+63685  M54.50  claim=C1 paid=300
    4  63650+63685  M54.50  claim=C1 paid=500
    expect 2 episodes
    expect episode 1 claims=C1 paid=1600.00
    expect episode 2 claims=[] paid=0.00 diagnosis=low_back_pain_only exclusions=not_initial_implant
    """)
def test_an_index_claim_of_two_events_pays_for_the_earlier_and_is_tested_with_both() -> None: ...


# Aborted


@examples(
    """
    0  63650  M54.50  claim=C1 modifier=<first>
    0  63685  M54.50  claim=C1 modifier=<second>
    expect exclusions=<exclusions>
    """,
    """
    first | second | exclusions
    53    | 53     | procedure_aborted
    73    | 74     | procedure_aborted
    59,53 | 74     | procedure_aborted
    53    |        | []
    53    | 52     | []
    """,
)
def test_an_event_is_aborted_when_every_index_line_says_so() -> None: ...


@examples(
    """
    0  <code>  M54.50  institutional revenue=0360 claim=C1 modifier=53
    0  procedure 00HU3MZ claim=C1
    expect exclusions=<exclusions>
    """,
    """
    code  | exclusions
    63650 | procedure_aborted
    -     | []
    """,
)
def test_a_procedure_row_has_no_modifier_and_cannot_say_aborted_alone() -> None: ...


# Initial or not


@examples(
    """
    <day>  63650+63685  M54.50
    0      63650+63685  M54.50
    expect 2 episodes
    expect episode 2 stage=<stage>
    """,
    """
    day  | stage
    -4   | replacement_or_revision
    -729 | replacement_or_revision
    -730 | replacement_or_revision
    -731 | initial
    """,
)
def test_an_implant_after_a_permanent_one_in_the_clean_period_is_not_initial() -> None: ...


@examples(
    """
    <day>  <code>  <diagnosis>
    0      63650+63685  M54.50
    expect stage=<stage>
    """,
    """
    day  | code  | diagnosis | stage
    -1   | 63663 | M54.50    | replacement_or_revision
    -730 | 63663 | M54.50    | replacement_or_revision
    -731 | 63663 | M54.50    | initial
    -730 | 99213 | Z96.82    | replacement_or_revision
    -731 | 99213 | Z96.82    | initial
    -30  | 99213 | Z45.42    | replacement_or_revision
    -30  | 63661 | M54.50    | initial
    -30  | 95972 | M54.50    | initial
    -30  | 99213 | M96.1     | initial
    -30  | 99213 | N32.81    | initial
    """,
)
def test_a_revision_or_a_device_diagnosis_in_the_clean_period_is_device_history() -> None: ...


@examples(
    """
    -30  63663  Z96.82  status=<status>
    0    63650+63685  M54.50
    expect stage=<stage>
    """,
    """
    status | stage
    paid   | replacement_or_revision
    denied | initial
    """,
)
def test_only_counting_claims_are_device_history() -> None: ...


@example("""
    -30  -  M54.50  institutional revenue=0360 claim=C9
    -30  procedure 00WU0MZ claim=C9
    0    63650+63685  M54.50
    expect stage=replacement_or_revision
    """)
def test_a_revision_procedure_of_a_stay_is_device_history() -> None: ...


@example("""
    -400  63650+63685  M54.50  modifier=53
    0     63650+63685  M54.50
    expect 2 episodes
    expect episode 1 exclusions=procedure_aborted
    expect episode 2 stage=initial
    """)
def test_an_aborted_implant_is_no_device_history() -> None: ...


@examples(
    """
    <day>  63650+63685  M54.50
    -60    63650  M54.50
    0      63650+63685  M54.50
    expect <count> episodes
    expect episode 2 kind=<kind> stage=<stage>
    """,
    """
    day  | count | kind                 | stage
    -790 | 3     | trial_only           | replacement_or_revision
    -791 | 2     | trial_then_permanent | initial
    """,
)
def test_after_a_trial_the_clean_period_ends_the_day_before_the_trial() -> None: ...


@example("""
    -60  63650  M54.50
    -30  63685  M54.50
    0    63650+63685  M54.50
    expect 2 episodes
    expect episode 1 kind=trial_then_permanent stage=initial last=-30
    expect episode 2 kind=permanent_only stage=replacement_or_revision
    """)
def test_a_second_permanent_implant_after_a_trial_is_not_initial() -> None: ...


@examples(
    """
    0  63650+63685  M54.50  claim=C1
    0  63663        M54.50  claim=<claim>
    expect stage=<stage>
    """,
    """
    claim | stage
    C1    | replacement_or_revision
    C9    | initial
    """,
)
def test_a_revision_on_an_index_claim_makes_it_not_initial_and_on_a_companion_does_not() -> None: ...


@examples(
    """
    <trial>
    0  63650+63685  M54.50 Z96.82
    expect exclusions=<exclusions>
    """,
    """
    trial            | exclusions
                     | not_initial_implant
    -60 63650 M54.50 | []
    """,
)
def test_after_a_trial_a_device_diagnosis_on_the_index_claim_speaks_of_the_new_device() -> None: ...


@examples(
    """
    0  63685  M54.50  claim=C1
    <lead>
    expect stage=<stage>
    """,
    """
    lead                    | stage
                            | replacement_or_revision
    0 64999 M54.50 claim=C1 | initial
    3 64999 M54.50 claim=C9 | initial
    4 64999 M54.50 claim=C9 | replacement_or_revision
    0 64561 M54.50 claim=C1 | replacement_or_revision
    0 C1778 M54.50 claim=C1 | replacement_or_revision
    """,
)
def test_a_generator_without_a_lead_is_an_exchange() -> None: ...


@examples(
    """
    <day>  63650  M54.50
    0      63685  M54.50
    expect <count> episodes
    expect episode <count> kind=<kind> stage=<stage>
    """,
    """
    day  | count | kind                 | stage
    -4   | 1     | trial_then_permanent | initial
    -119 | 1     | trial_then_permanent | initial
    -120 | 1     | trial_then_permanent | initial
    -121 | 2     | permanent_only       | replacement_or_revision
    """,
)
def test_a_generator_alone_after_a_trial_of_the_last_120_days_is_the_second_stage() -> None: ...


@examples(
    """
    0      63650+63685  M54.50  claim=C1
    <day>  63661        M54.50  claim=<claim>
    expect stage=<stage>
    """,
    """
    day | claim | stage
    0   | C1    | replacement_or_revision
    1   | C1    | initial
    0   | C9    | initial
    """,
)
def test_a_removal_on_the_day_of_the_lead_and_on_its_claim_is_a_lead_exchange() -> None: ...


@examples(
    """
    <day>  63650  M54.50
    0      63650+63685+63661  M54.50
    expect <count> episodes
    expect episode <count> stage=<stage>
    """,
    """
    day  | count | stage
    -120 | 1     | initial
    -121 | 2     | replacement_or_revision
    """,
)
def test_a_removal_with_the_lead_after_a_trial_takes_the_trial_lead_out() -> None: ...


@example("""
    -30  63650  M54.50
    0    63650+63661  M54.50
    expect kind=trial_only stage=initial exclusions=[] last=0
    """)
def test_a_second_trial_may_take_out_the_lead_of_the_first() -> None: ...


# Device history unknown


@examples(
    """
    enrolled <from>..<to>
    0  63650+63685  M54.50
    expect notes<has>=device_history_unknown
    """,
    """
    from | to | has
    -730 |    | -
    -685 |    | -
    -684 |    | +
    -730 | -45 | -
    -730 | -47 | +
    """,
)
def test_fewer_than_685_enrolled_days_of_the_clean_period_are_noted() -> None: ...


@example("""
    enrolled -744..
    -60  63650  M54.50
    0    63685  M54.50
    expect notes+=device_history_unknown
    """)
def test_the_clean_period_of_an_episode_is_that_of_its_first_event() -> None: ...


@example("""
    enrolled -745..
    -60  63650  M54.50
    0    63685  M54.50
    expect notes-=device_history_unknown
    """)
def test_the_clean_period_before_the_first_event_is_long_enough_with_685_days() -> None: ...


@example("""
    without eligibility
    assume enrolled
    0  63650+63685  M54.50
    expect notes-=device_history_unknown
    """)
def test_where_enrolment_is_assumed_device_history_is_not_unknown() -> None: ...


@example("""
    without eligibility
    0  63650+63685  M54.50
    expect notes+=device_history_unknown
    """)
def test_without_eligibility_device_history_is_unknown() -> None: ...


# Episodes


@examples(
    """
    <day>  63650  M54.50
    0      63650+63685  M54.50
    expect <count> episodes
    expect episode 1 kind=<kind> anchor=<day>
    """,
    """
    day  | count | kind
    -4   | 1     | trial_then_permanent
    -120 | 1     | trial_then_permanent
    -121 | 2     | trial_only
    """,
)
def test_a_trial_is_linked_to_the_permanent_implant_within_120_days() -> None: ...


@example("""
    -100  63650  M54.50
    -50   63650  M54.50
    0     63650+63685  M54.50
    expect kind=trial_then_permanent anchor=-100 last=0 paid=400.00
    """)
def test_several_trials_may_link_to_one_permanent_implant() -> None: ...


@example("""
    -30  63650  M54.50
    0    63650+63685  M54.50  claim=C1
    0    63663  M54.50  claim=C1
    expect 2 episodes
    expect episode 1 kind=trial_only stage=initial
    expect episode 2 kind=permanent_only stage=replacement_or_revision
    """)
def test_a_trial_is_not_linked_to_a_permanent_implant_that_is_not_initial() -> None: ...


@example("""
    -30  63650  M54.50
    -20  63650+63685  M54.50  modifier=53
    0    63650+63685  M54.50
    expect 2 episodes
    expect episode 1 kind=trial_then_permanent last=0
    expect episode 2 kind=permanent_only exclusions=procedure_aborted
    """)
def test_an_aborted_implant_does_not_stand_between_a_trial_and_the_next() -> None: ...


@example("""
    -30  63650  M54.50  modifier=53
    0    63650+63685  M54.50
    expect 2 episodes
    expect episode 1 kind=trial_only exclusions=procedure_aborted
    expect episode 2 kind=permanent_only notes+=no_trial_found
    """)
def test_an_aborted_trial_is_an_episode_of_its_own_and_no_trial() -> None: ...


@examples(
    """
    0      63650  M54.50
    <day>  63650  M54.50
    expect <count> episodes
    """,
    """
    day | count
    120 | 1
    121 | 2
    """,
)
def test_a_trial_within_120_days_of_the_first_joins_its_episode() -> None: ...


@example("""
    0    63650  M54.50
    100  63650  M54.50
    200  63650  M54.50
    expect 2 episodes
    expect episode 1 anchor=0 last=100
    expect episode 2 anchor=200 last=200
    """)
def test_trials_are_counted_from_the_first_of_the_episode_and_never_chained() -> None: ...


@examples(
    """
    <trial>
    0  63650+63685  M54.50
    expect notes<has>=no_trial_found
    """,
    """
    trial            | has
                     | +
    -60 63650 M54.50 | -
    """,
)
def test_a_permanent_implant_without_a_trial_is_noted() -> None: ...


@examples(
    """
    0  <codes>  M54.50  modifier=<modifier>
    expect notes<has>=no_trial_found
    """,
    """
    codes             | modifier | has
    63650+63685       | 53       | -
    63650+63685+63663 |          | -
    63650             |          | -
    """,
)
def test_no_trial_is_asked_of_aborted_or_later_implants_or_of_a_trial() -> None: ...


@examples(
    """
    0  <codes>  M54.50  modifier=<modifier>
    expect notes<has>=paddle_lead_without_generator
    """,
    """
    codes       | modifier | has
    63655       |          | +
    63655       | 53       | -
    63655+63663 |          | -
    63655+63685 |          | -
    63650       |          | -
    """,
)
def test_a_paddle_lead_without_a_generator_is_noted() -> None: ...

"""docs/rule.md 6: the care before the implant, what counts of it, and when a group of care is adequate."""

from tests.spec.book import OTHER_PARAMETERS, example, examples

# The look-back


@examples(
    """
    <day>  97110  M54.50
    0      63650+63685  M54.50
    expect exercise.service_count=<count> exercise=<state> ledger.97110=<ledger>
    """,
    """
    day  | count | state | ledger
    -366 | 0     | none  | []
    -365 | 1     | short | yes
    -364 | 1     | short | yes
    -1   | 1     | short | yes
    0    | 0     | none  | []
    """,
)
def test_care_counts_from_365_days_before_the_anchor_to_the_day_before_it() -> None: ...


@examples(
    """
    <day>  fill naproxen days=10
    0      63650+63685  M54.50
    expect medication.service_count=<count>
    """,
    """
    day  | count
    -366 | 0
    -365 | 1
    -1   | 1
    0    | 0
    """,
)
def test_fills_count_in_the_same_days() -> None: ...


@example("""
    -30  63650  M54.50
    -20  97110  M54.50
    0    63685  M54.50
    expect exercise.service_count=0
    """)
def test_care_between_trial_and_implant_is_not_prior_care() -> None: ...


# What is listed


@examples(
    """
    -10  <code>  <diagnosis>
    0    63650+63685  M54.50
    expect exercise=<state> ledger.<code>=<ledger>
    """,
    """
    code  | diagnosis | state | ledger
    97110 | M54.50    | short | yes
    97150 | M54.50    | short | yes
    97110 | M25.561   | none  | no
    97110 | G89.4     | none  | no
    97161 | M54.50    | none  | no
    97535 | M54.50    | none  | no
    97140 | M54.50    | none  | no
    97032 | M54.50    | none  | no
    62323 | M54.50    | none  | no
    E0730 | M54.50    | none  | no
    99213 | M54.50    | none  | []
    """,
)
def test_what_was_considered_and_does_not_count_is_listed_too() -> None: ...


@examples(
    """
    -10  <code>  M54.50  institutional revenue=<revenue>
    0    63650+63685  M54.50
    expect exercise.service_count=<count>
    """,
    """
    code  | revenue | count
    -     | 0420    | 1
    -     | 0429    | 1
    -     | 0424    | 0
    -     | 0360    | 0
    97110 | 0420    | 1
    97110 | 0360    | 1
    99213 | 0420    | 0
    97161 | 0420    | 0
    """,
)
def test_a_revenue_code_is_read_only_where_there_is_no_procedure_code() -> None: ...


# Exercise


@examples(
    """
    -100    97110  M54.50  every 10 days x4
    -65     97110  M54.50
    <last>  97110  M54.50
    0       63650+63685  M54.50
    expect exercise=<state> exercise.measure=<dates>
    """,
    """
    last | state    | dates
    -57  | adequate | 6
    -58  | adequate | 6
    -59  | short    | 6
    -65  | short    | 5
    """,
)
def test_a_course_has_six_dates_over_42_days() -> None: ...


@examples(
    """
    -100  <codes>  M54.50  every <step> days x<times>
    0     63650+63685  M54.50
    expect exercise=<state> exercise.measure=<dates> exercise.service_count=<count>
    """,
    """
    codes       | step | times | state    | dates | count
    97110       | 12   | 5     | short    | 5     | 5
    97110       | 12   | 6     | adequate | 6     | 6
    97110+97112 | 12   | 5     | short    | 5     | 10
    """,
)
def test_dates_are_counted_and_not_lines() -> None: ...


@examples(
    """
    -100     97110  M54.50  every 10 days x3
    <start>  97110  M54.50  every 10 days x3
    0        63650+63685  M54.50
    expect exercise=<state> exercise.measure=<dates>
    """,
    """
    start | state    | dates
    -53   | adequate | 6
    -52   | adequate | 6
    -51   | short    | 3
    """,
)
def test_a_gap_of_29_days_parts_a_course() -> None: ...


@example("""
    -360  97110  M54.50  every 9 days x3
    -200  97110  M54.50  every 9 days x6
    -60   97110  M54.50
    0     63650+63685  M54.50
    expect exercise=adequate exercise.measure=6 exercise.service_count=10
    """)
def test_one_course_that_is_long_enough_suffices() -> None: ...


# Manipulation and acupuncture


@examples(
    """
    -100    <code>  M54.50  every 10 days x5
    <last>  <code>  M54.50
    0       63650+63685  M54.50
    expect <group>=<state> <group>.measure=<dates>
    """,
    """
    code  | group        | last | state    | dates
    98941 | manipulation | -17  | adequate | 6
    98941 | manipulation | -16  | adequate | 6
    98941 | manipulation | -15  | short    | 5
    98941 | manipulation | -60  | short    | 5
    98925 | manipulation | -16  | adequate | 6
    97810 | acupuncture  | -16  | adequate | 6
    97810 | acupuncture  | -15  | short    | 5
    97813 | acupuncture  | -60  | short    | 5
    """,
)
def test_six_dates_of_manipulation_or_acupuncture_lie_within_84_days() -> None: ...


@example("""
    -10  98943  M54.50
    -9   20560  M54.50
    0    63650+63685  M54.50
    expect manipulation=none acupuncture=none ledger.98943=no ledger.20560=no
    """)
def test_extraspinal_manipulation_and_dry_needling_are_listed_and_do_not_count() -> None: ...


@example(f"""
{OTHER_PARAMETERS}    -100  97810  M54.50  every 10 days x6
    -20   97110  M25.561
    0     63650+63685  M54.50
    expect acupuncture=none ledger.97810=no exercise=short ledger.97110=yes
    """)
def test_a_policy_may_not_count_acupuncture_and_may_not_ask_for_a_back_code() -> None: ...


# Psychological and interdisciplinary care


@examples(
    """
    -100    <code>  <diagnosis>  every 9 days x3
    <last>  <code>  <diagnosis>
    0       63650+63685  M54.50
    expect psychological=<state> psychological.measure=<dates>
    """,
    """
    code  | diagnosis | last | state    | dates
    90834 | M54.50    | -71  | adequate | 4
    90834 | M54.50    | -72  | adequate | 4
    90834 | M54.50    | -73  | short    | 4
    90834 | M54.50    | -82  | short    | 3
    96158 | F41.1     | -72  | adequate | 4
    90834 | F41.1     | -72  | none     | 0
    """,
)
def test_four_psychological_sessions_span_28_days() -> None: ...


@example("""
    -100  90834  M54.50  every 20 days x3
    0     63650+63685  M54.50
    expect psychological=short
    """)
def test_three_psychological_sessions_are_too_few_however_long() -> None: ...


@examples(
    """
    -30  97545  M54.50  units=4
    -20  97545  M54.50  units=4
    -10  <code>  M54.50  units=<units>
    0    63650+63685  M54.50
    expect interdisciplinary=<state> interdisciplinary.measure=<hours>
    """,
    """
    code  | units | state    | hours
    97545 | 2     | adequate | 20
    97546 | 4     | adequate | 20
    97546 | 3     | short    | 19
    97546 | 3.5   | short    | 19.5
    97545 | 9     | adequate | 24
    97545 |       | short    | 18
    97545 | 0.5   | short    | 18
    97545 | 0     | short    | 18
    97545 | -3    | short    | 16
    97799 | 9     | short    | 16
    """,
)
def test_twenty_hours_of_an_interdisciplinary_programme_at_most_eight_a_day() -> None: ...


@example("""
    -30  97545+97546  M54.50  units=3
    0    63650+63685  M54.50
    expect interdisciplinary.measure=8 interdisciplinary.service_count=2
    """)
def test_the_hours_of_a_date_are_capped_over_all_its_lines() -> None: ...


# Medication


@examples(
    """
    -200  fill <first>  days=<days>
    -100  fill <second> days=28
    0     63650+63685  M54.50
    expect medication=<state> medication.measure=<classes>
    """,
    """
    first         | second     | days | state    | classes
    naproxen      | duloxetine | 28   | adequate | 2
    naproxen      | duloxetine | 27   | short    | 1
    acetaminophen | duloxetine | 28   | adequate | 2
    acetaminophen | celecoxib  | 28   | adequate | 2
    naproxen      | ibuprofen  | 28   | short    | 1
    gabapentin    | duloxetine | 28   | short    | 1
    oxycodone     | duloxetine | 28   | short    | 1
    venlafaxine   | duloxetine | 28   | short    | 1
    aspirin       | duloxetine | 28   | short    | 1
    """,
)
def test_two_classes_of_28_days_are_adequate() -> None: ...


@examples(
    """
    -200  fill naproxen  days=14
    <day>  fill <second> days=14
    -100  fill duloxetine days=28
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    day  | second     | state
    -150 | naproxen   | adequate
    -200 | naproxen   | adequate
    -150 | ibuprofen  | adequate
    -150 | gabapentin | short
    """,
)
def test_the_days_of_a_class_are_summed_over_its_drugs() -> None: ...


@examples(
    """
    -200   fill duloxetine days=28
    <day>  fill naproxen   days=<days>
    0      63650+63685  M54.50
    expect medication=<state>
    """,
    """
    day | days | state
    -28 | 28   | adequate
    -28 | 90   | adequate
    -27 | 28   | short
    -27 | 90   | short
    """,
)
def test_days_after_the_anchor_are_not_counted() -> None: ...


@examples(
    """
    -200  fill duloxetine days=28
    -100  fill naproxen   days=30
    <day>  fill naproxen  days=<days>
    0     63650+63685  M54.50
    expect medication=<state> medication.service_count=<count>
    """,
    """
    day  | days | state    | count
    -90  | -2   | adequate | 2
    -90  | -3   | short    | 2
    -100 | -2   | adequate | 2
    -100 | -3   | short    | 2
    -100 | -30  | short    | 1
    -90  | -30  | short    | 1
    -90  | -90  | short    | 1
    -366 | -30  | adequate | 2
    """,
)
def test_negative_days_are_taken_off_and_a_class_at_zero_has_no_service() -> None: ...


@example("""
    -100  fill naproxen days=30
    -90   fill naproxen days=-30
    0     63650+63685  M54.50
    expect medication=none no_conservative_care_found
    """)
def test_a_fill_given_back_whole_is_no_care() -> None: ...


@examples(
    """
    -100  fill name="<name>" days=30
    0     63650+63685  M54.50
    expect medication.service_count=<count>
    """,
    """
    name                         | count
    Naproxen                     | 1
    NAPROXEN SODIUM 550 MG       | 1
    naproxenum                   | 0
    esomeprazole / naproxen      | 1
    hydrocodone/acetaminophen    | 0
    acetaminophen with codeine   | 0
    IBUPROFEN LIQUI-GEL          | 1
    ibuprofen softgel            | 1
    diclofenac gel               | 0
    diclofenac 1% Topical        | 0
    diclofenac,patch             | 0
    ketorolac (nasal)            | 0
    ketorolac tromethamine/vial  | 0
    """,
)
def test_a_generic_name_is_matched_by_whole_words_and_a_form_that_is_not_oral_never_counts() -> None: ...


@examples(
    """
    -100  fill <codes> days=30
    0     63650+63685  M54.50
    expect medication.service_count=<count>
    """,
    """
    codes                               | count
    rxnorm=5640                         | 1
    rxnorm=25480                        | 0
    rxnorm=25480 name=naproxen          | 0
    rxnorm=5640 name=gabapentin         | 1
    rxnorm=5640 name="ibuprofen gel"    | 0
    rxnorm=99999999 name=naproxen       | 1
    ndc=00002-3240-30                   | 1
    ndc=00071-0805-24 name=naproxen     | 0
    ndc=99999-9999-99 name=naproxen     | 1
    atc=M01AE01                         | 1
    atc=m01ae01                         | 1
    atc=N02BE01                         | 1
    atc=N02AX02                         | 0
    atc=M02AA15                         | 0
    atc=N06AX21                         | 1
    atc=N06AX16                         | 0
    atc=N02AX02 name=naproxen           | 0
    atc=A01AA01 name=naproxen           | 1
    rxnorm=5640 atc=N02AX02             | 1
    """,
)
def test_a_fill_is_matched_by_rxnorm_then_ndc_then_atc_then_name() -> None: ...


@examples(
    """
    crosswalk ndc=50580-0449-05 ingredient=161
    crosswalk ndc=00406-0123-01 ingredient=5489
    crosswalk ndc=00406-0123-01 ingredient=161
    crosswalk rxnorm=198440 ingredient=161
    -100  fill <code> days=30
    0     63650+63685  M54.50
    expect medication.service_count=<count>
    """,
    """
    code              | count
    ndc=50580-0449-05 | 1
    ndc=50580-449-05  | 1
    ndc=50580044905   | 1
    ndc=00406-0123-01 | 0
    rxnorm=198440     | 1
    rxnorm=198441     | 0
    """,
)
def test_codes_of_products_are_carried_to_their_ingredients_and_one_that_does_not_count_decides() -> None: ...


# Span


@examples(
    """
    -200    97110  M54.50
    <last>  97110  M54.50
    0       63650+63685  M54.50
    expect care_span.observed_value=<span> care_span=<result>
    """,
    """
    last | span | result
    -200 | 0    | not_met
    -19  | 181  | not_met
    -18  | 182  | met
    -17  | 183  | met
    """,
)
def test_the_span_of_care_is_from_its_first_to_its_last_date() -> None: ...


@example("""
    0  63650+63685  M54.50
    expect care_span.observed_value=0 care_span=not_met
    """)
def test_without_care_the_span_is_zero() -> None: ...


@examples(
    """
    -200   97110  M54.50
    <day>  <line>
    0      63650+63685  M54.50
    expect care_span.observed_value=<span>
    """,
    """
    day | line                      | span
    -40 | fill naproxen days=22     | 181
    -40 | fill naproxen days=23     | 182
    -40 | fill naproxen days=90     | 199
    -40 | fill gabapentin days=90   | 0
    -40 | 98941 M54.50              | 160
    -40 | 98941 M25.561             | 0
    -40 | 97161 M54.50              | 0
    -40 | 62323 M54.50              | 0
    """,
)
def test_counting_services_of_all_groups_make_the_span_and_a_fill_ends_with_its_days() -> None: ...


@examples(
    """
    statement exercise <outcome> on -10 care <care>
    0      63650+63685  M54.50
    expect care_span.observed_value=<span>
    """,
    """
    outcome    | care                | span
    no_benefit | -200..-18           | 182
    no_benefit | -200..-19           | 181
    no_benefit | -500..-183          | 182
    no_benefit | -500..-184          | 181
    no_benefit | -500..-366          | 0
    no_benefit | -200 visits=6       | 0
    refused    | -200..-18           | 0
    """,
)
def test_of_a_valid_statement_the_part_inside_the_look_back_enters_the_span() -> None: ...


# State


@example("""
    statement acupuncture no_benefit on -20 care -100..-50
    -80  97810  M54.50
    0    63650+63685  M54.50
    expect acupuncture=adequate acupuncture.service_count=1 exercise=none
    """)
def test_a_valid_failure_statement_makes_its_group_adequate() -> None: ...

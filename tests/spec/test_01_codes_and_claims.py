"""docs/rule.md 1: how codes, dates and words are read before anything is compared."""

from tests.spec.book import example, examples

NO_BREAK_SPACE, ZERO_WIDTH_SPACE = "\u00a0", "\u200b"


@examples(
    """
    0  <code>  "<diagnosis>"
    expect codes=63650 diagnosis=low_back_pain_only
    """,
    """
    code    | diagnosis
    63650   | M54.50
    63650   | M5450
    63650   | m54.50
    " 63650 " | M54. 50
    """,
)
def test_codes_are_compared_in_upper_case_without_dots_and_blanks() -> None: ...


@examples(
    """
    -10  -  M54.50  institutional revenue=<revenue>
    0    63650+63685  M54.50
    expect exercise.service_count=<count>
    """,
    """
    revenue | count
    0420    | 1
    420     | 1
    42      | 0
    4200    | 0
    """,
)
def test_revenue_codes_are_padded_to_four_digits() -> None: ...


@examples(
    """
    -10  fill ndc=<ndc> days=30
    0    63650+63685  M54.50
    expect medication.service_count=<count>
    """,
    """
    ndc           | count
    00002-3235-60 | 1
    0002-3235-60  | 1
    00002-3235-6  | 1
    00002323560   | 1
    0002323560    | 0
    00003323560   | 0
    """,
)
def test_hyphenated_ndcs_are_padded_by_segment_and_ten_plain_digits_match_nothing() -> None: ...


@examples(
    """
    <day>  0784T  M54.50
    expect <expected>
    """,
    """
    day        | expected
    2023-12-31 | no episode
    2024-01-01 | kind=permanent_only
    """,
)
def test_a_code_matches_from_its_first_day() -> None: ...


@examples(
    """
    day zero 2020-03-01
    <day>  <code>  F41.1
    0      63650+63685  M54.50
    expect psychological.service_count=<count>
    """,
    """
    day        | code  | count
    2019-12-31 | 96152 | 1
    2020-01-01 | 96152 | 0
    2019-12-31 | 96158 | 0
    2020-01-01 | 96158 | 1
    """,
)
def test_a_code_matches_on_its_last_day_and_not_after() -> None: ...


@examples(
    """
    <day>  -  <diagnosis>  institutional revenue=0360 claim=C1
    <day>  procedure <code> claim=C1 type="<type>"
    expect <expected>
    """,
    """
    day        | diagnosis | code    | type       | expected
    2015-09-30 | 724.2     | 03.93   |            | codes=0393
    2015-10-01 | M54.5     | 03.93   |            | no episode
    2015-10-01 | M54.5     | 03.93   | icd-9-pcs  | no episode
    2015-10-01 | M54.5     | 00HU3MZ |            | codes=00HU3MZ
    2015-10-01 | M54.5     | 00HU3MZ | ICD 10 PCS | codes=00HU3MZ
    2015-09-30 | 724.2     | 00HU3MZ |            | no episode
    2015-09-30 | 724.2     | 00HU3MZ | icd-10-pcs | no episode
    """,
)
def test_a_procedure_type_left_blank_is_the_one_of_the_day_and_each_matches_on_its_days_only() -> None: ...


@examples(
    """
    2015-09-29  -  <diagnosis>  institutional revenue=0360 claim=C1 claim_to=<end>
    2015-09-29  procedure <code> claim=C1 type="<type>"
    expect <expected>
    """,
    """
    end        | diagnosis | code    | type      | expected
    2015-10-01 | M54.5     | 03.93   | icd-9-pcs | diagnosis=low_back_pain_only
    2015-09-30 | M54.5     | 03.93   | icd-9-pcs | diagnosis=not_low_back_pain
    2015-09-30 | 724.2     | 03.93   |           | diagnosis=low_back_pain_only
    2015-10-01 | 724.2     | 03.93   | icd-9-pcs | diagnosis=not_low_back_pain
    2015-10-01 | M54.5     | 03.93   |           | no episode
    """,
)
def test_types_left_blank_go_by_the_end_of_the_stay() -> None: ...


@examples(
    """
    0  <code>  <diagnosis>  dx_type=<type>
    expect <expected>
    """,
    """
    code  | diagnosis | type      | expected
    0393  | M54.50    |           | no episode
    63650 | M54.50    | icd-9-cm  | diagnosis=not_low_back_pain
    63650 | 724.2     |           | diagnosis=not_low_back_pain
    63650 | 724.2     | icd-10-cm | diagnosis=not_low_back_pain
    63650 | M54.50    | ICD_10-CM | diagnosis=low_back_pain_only
    """,
)
def test_a_code_matches_within_its_own_code_system_only() -> None: ...


@examples(
    """
    -10  <code>  M54.50
    0    63650+63685  M54.50
    expect exercise.service_count=1
    """,
    """
    code
    97110
    G0151
    """,
)
def test_cpt_and_hcpcs_rows_both_match_the_hcpcs_code() -> None: ...


@examples(
    """
    <day>  63650  <diagnosis>  dx_type=<type>
    expect diagnosis=low_back_pain_only notes<has>=diagnosis_code_not_valid_on_date
    """,
    """
    day        | diagnosis | type     | has
    2021-09-30 | M54.5     |          | -
    2021-10-01 | M54.5     |          | +
    2021-09-30 | M54.50    |          | +
    2021-10-01 | M54.50    |          | -
    2015-09-30 | 724.2     |          | -
    2015-10-01 | 724.2     | icd-9-cm | +
    """,
)
def test_a_low_back_pain_code_outside_its_dates_still_matches_and_is_noted() -> None: ...


@examples(
    """
    2021-09-28  63650  M54.50  institutional claim=C1 claim_to=<end>
    expect diagnosis=low_back_pain_only notes<has>=diagnosis_code_not_valid_on_date
    """,
    """
    end        | has
    2021-09-30 | +
    2021-10-01 | -
    """,
)
def test_a_stay_is_coded_by_the_day_it_ends() -> None: ...


@examples(
    """
    day zero 2024-09-28
    0  63650  M54.50 M62.85  claim=C1 claim_to=<end>
    expect diagnosis=low_back_pain_with_neighbour notes<has>=diagnosis_code_not_valid_on_date
    """,
    """
    end        | has
    2024-09-30 | +
    2024-10-01 | -
    """,
)
def test_the_dysfunction_of_the_multifidus_is_a_neighbour_whatever_the_date_and_noted_before_it_is_a_code() -> None: ...


@example("""
    2021-09-28  63650  M54.50  institutional claim=C1 claim_to=2021-09-30
    2021-09-28  99213  M54.50  institutional claim=C1 claim_to=2021-10-01 status=denied
    expect notes+=diagnosis_code_not_valid_on_date
    """)
def test_a_line_that_does_not_count_does_not_say_when_the_stay_ends() -> None: ...


@examples(
    """
    -10  99213  C79.51  claim_from=<start>
    0    63650+63685  M54.50
    expect exclusions=<exclusions>
    """,
    """
    start | exclusions
          | red_flag
    -90   | red_flag
    -91   | []
    """,
)
def test_a_diagnosis_is_dated_by_the_start_of_its_claim() -> None: ...


@example("""
    -10  99213  C79.51  claim=C1 claim_from=-90
    -10  99213  C79.51  claim=C1 claim_from=-95 status=denied
    0    63650+63685  M54.50
    expect exclusions=red_flag
    """)
def test_the_start_of_a_claim_is_that_of_its_counting_lines() -> None: ...


@example("""
    -91  99213  C79.51  claim=C1
    -10  99213  C79.51  claim=C1
    0    63650+63685  M54.50
    expect exclusions=[]
    """)
def test_a_claim_without_a_start_starts_with_its_earliest_line() -> None: ...


@example("""
    -365  97110  M54.50  claim_from=-370
    0     63650+63685  M54.50
    expect exercise.service_count=1 exercise.first_date=-365
    """)
def test_a_line_is_dated_by_its_own_start() -> None: ...


@examples(
    """
    0  -  M54.50  institutional revenue=0360 claim=C1 claim_from=-2
    <line> 00HU3MZ claim=C1
    expect anchor=<anchor>
    """,
    """
    line        | anchor
    1 procedure | 1
    procedure   | -2
    """,
)
def test_a_procedure_row_is_dated_by_its_own_date_else_by_the_claim() -> None: ...


@examples(
    """
    0  63650  M54.50  status="<status>" type="<type>"
    expect <expected>
    """,
    """
    status   | type           | expected
    PAID     | Professional   | flagged
    Denied   | PROFESSIONAL   | no episode
    reversed | Institutional  | no episode
    """,
)
def test_words_of_closed_lists_are_read_in_any_case() -> None: ...


@examples(
    """
    statement "<modality>" "<outcome>" on -20 care -200..-50
    0  63650+63685  M54.50
    expect exercise=adequate
    """,
    """
    modality           | outcome
    Physical Therapy   | No Benefit
    physical-therapy   | no--benefit
    PHYSICAL  THERAPY  | Inadequate - Benefit
    """,
)
def test_a_run_of_blanks_or_hyphens_in_a_word_is_one_underscore() -> None: ...


@examples(
    """
    -10  97110  <diagnosis>
    0    63650+63685  M54.50
    expect exercise.service_count=<count>
    """,
    """
    diagnosis | count
    M54.50    | 1
    M54.16    | 1
    M62.830   | 1
    M62.85    | 1
    S33.5XXA  | 1
    G89.4     | 0
    R52       | 0
    M25.561   | 0
    """,
)
def test_a_back_code_is_any_low_back_pain_row_that_is_no_pain_label() -> None: ...


# Values as real systems spoil them


@examples(
    """
    0  <code>  M54.50  revenue=0360
    expect <expected>
    """,
    f"""
    code           | expected
    HC:63650:LT:59 | codes=63650
    HC>63650       | codes=63650
    63650:LT       | codes=63650
    HC-63650       | no episode
    63650.0        | codes=63650
    63650.5        | no episode
    "63650{NO_BREAK_SPACE}" | codes=63650
    "63{ZERO_WIDTH_SPACE}650" | codes=63650
    """,
)
def test_a_procedure_code_with_its_qualifier_or_modifiers_is_taken_apart() -> None: ...


@examples(
    """
    0  63650<parts>  M54.50  hcpcs_modifier_1="<modifier>"
    expect <expected>
    """,
    """
    parts  | modifier | expected
           | LT53     | excluded procedure_aborted
           | LT 53    | excluded procedure_aborted
           | LT5      | flagged
    :LT:53 |          | excluded procedure_aborted
    :LT:5  |          | flagged
    """,
)
def test_modifiers_of_one_field_or_of_a_composite_code_are_parted() -> None: ...


@examples(
    """
    -10  <code>  M54.50  institutional revenue=<revenue>
    0    63650+63685  M54.50
    expect exercise.service_count=<count>
    """,
    """
    code  | revenue | count
    NULL  | 0420    | 1
    NUL   | 0420    | 0
    99999 | 0420    | 1
    88888 | 0420    | 1
    00000 | 0420    | 1
    99998 | 0420    | 0
    -     | 420.0   | 1
    -     | 420.5   | 0
    """,
)
def test_a_word_for_nothing_or_a_filler_is_no_code() -> None: ...


@examples(
    """
    -10  fill ndc=<ndc> days=30
    0    63650+63685  M54.50
    expect medication.service_count=<count>
    """,
    """
    ndc             | count
    0002*3235*60    | 1
    "0002 3235 60"  | 1
    N400002323560   | 1
    "N4 0002-3235-60" | 1
    N40002323560    | 0
    M400002323560   | 0
    """,
)
def test_an_ndc_may_have_asterisks_or_blanks_for_hyphens_and_an_n4_before_it() -> None: ...


# Claim numbers of two members, and procedures in columns


@examples(
    """
    0  63650  1:M54.50  claim=C1 wide modifier=<modifier>
    0  99213  other claim=<number> status=denied
    diagnosis <code> <owner> claim=C1 rank=2 delivery=2
    diagnosis M54.16 own claim=C1 rank=<rank> delivery=<delivery>
    expect <expected>
    """,
    """
    number | modifier | code   | owner | rank | delivery | expected
    C1     |          | M54.59 |       | 2    | 3        | flagged diagnosis=low_back_pain_with_neighbour
    C1     |          | M54.59 |       | 2    | 1        | not_assessable claim_number_shared
    C1     |          | M54.59 |       | 3    | 3        | not_assessable claim_number_shared
    C1     |          | ""     |       | 3    | 3        | flagged diagnosis=low_back_pain_with_neighbour
    C1     |          | M54.59 | own   | 3    | 3        | flagged diagnosis=low_back_pain_with_neighbour
    C1     |          | M54.59 | other | 3    | 3        | flagged diagnosis=low_back_pain_with_neighbour
    C2     |          | M54.59 |       | 3    | 3        | flagged diagnosis=low_back_pain_with_neighbour
    C1     | 53       | M54.59 |       | 3    | 3        | not_assessable claim_number_shared
    C1     | 53       | M54.59 |       | 2    | 3        | excluded procedure_aborted
    """,
)
def test_beside_a_diagnosis_of_nobody_an_episode_is_not_assessed_and_never_excluded() -> None: ...


@example("""
    0  63650  1:M54.50  claim=C1 wide modifier=53
    0  99213  other claim=C1
    diagnosis C79.51 claim=C1 rank=2
    expect exclusions=[] diagnosis=nothing exercise=none notes-=specificity_conflict
    """)
def test_an_episode_of_a_shared_number_has_criteria_and_neither_exclusions_nor_a_class() -> None: ...


@examples(
    """
    0  63650  1:M54.50  claim=C1 wide
    0  99213  other claim=<number>
    diagnosis M96.1 <owner> claim=C1 rank=2
    expect exclusions=<exclusions>
    """,
    """
    number | owner | exclusions
    C1     |       | []
    C2     |       | other_indication
    C1     | own   | other_indication
    C2     | own   | other_indication
    C1     | other | []
    C2     | other | []
    """,
)
def test_a_diagnosis_row_is_its_member_s_or_goes_by_a_claim_number_that_is_not_shared() -> None: ...


@examples(
    """
    0  -  1:M54.50  claim=C1 institutional revenue=0360 wide
    0  99213  other claim=C1 status=denied
    0  procedure 00HU3MZ <owner> claim=C1
    expect <expected>
    """,
    """
    owner | expected
          | 1 episode
    own   | 1 episode
    other | no episode
    """,
)
def test_a_procedure_row_of_a_shared_number_belongs_to_each_claim_unless_it_names_its_member() -> None: ...


@examples(
    """
    0  64590  1:N32.81  claim=C1 wide
    0  99213  other claim=<number>
    diagnosis R33.9 <owner> claim=C1 rank=2
    expect <expected>
    """,
    """
    number | owner | expected
    C1     |       | 1 episode
    C1     | own   | no episode
    C2     |       | no episode
    """,
)
def test_beside_a_diagnosis_of_nobody_a_code_of_many_purposes_opens_as_if_low_back_pain_were_billed() -> None: ...


@examples(
    """
    0  -  M54.50  claim=C1 institutional revenue=0360 procedure_code_2=<code> procedure_date_2=0 delivery=2
    0  procedure 3E0R3BZ claim=C1 rank=<rank> delivery=<delivery>
    expect <expected>
    """,
    """
    code    | rank | delivery | expected
    00HU3MZ | 1    | 1        | codes=00HU3MZ
    00HU3MZ | 2    | 1        | codes=00HU3MZ
    00HU3MZ | 2    | 3        | no episode
    3E0R3BZ | 1    | 1        | no episode
    """,
)
def test_procedures_in_columns_of_a_claim_line_are_read_and_the_last_delivered_of_a_rank_wins() -> None: ...

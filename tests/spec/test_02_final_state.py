"""docs/rule.md 2: repeats, versions, replacements, voids, reversals; which lines count."""

from tests.spec.book import example, examples

# Repeats and versions


@example("""
    0  63650  M54.50  claim=C1 line=1 paid=100
    0  63650  M54.50  claim=C1 line=1 paid=100
    expect paid=100.00
    """)
def test_rows_equal_in_all_columns_are_one() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 line=1 paid=100
    0  63650  M54.50  claim=C1 line=2 paid=100
    expect paid=200.00
    """)
def test_two_lines_of_a_claim_are_two() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 line=1 paid=100 paid_on=<first> <where>
    0  63650  M54.50  claim=C1 line=<line> paid=500 paid_on=<second> <elsewhere>
    expect paid=<paid>
    """,
    """
    first | second | line | where             | elsewhere         | paid
    10    | 11     | 1    |                   |                   | 500.00
    11    | 10     | 1    |                   |                   | 100.00
    10    |        | 1    |                   |                   | 100.00
          | 10     | 1    |                   |                   | 500.00
    10    | 10     | 1    | delivery=2        |                   | 100.00
    10    | 10     | 1    |                   | delivery=2        | 500.00
    10    | 10     | 1    | delivery=1 file=2 | delivery=2 file=1 | 500.00
    10    | 10     | 1    | file=2            | file=1            | 100.00
    10    | 10     | 1    |                   |                   | 500.00
          |        | 1    |                   |                   | 500.00
    11    | 10     | 1    |                   | delivery=2        | 100.00
    10    | 11     | 001  |                   |                   | 500.00
    10    | 11     | 10   |                   |                   | 600.00
    """,
)
def test_the_version_paid_last_wins_then_the_one_delivered_last() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 line=1 paid_on=10
    0  63650  M54.50  claim=C1 line=1 paid_on=11 status=denied
    expect no episode
    """)
def test_a_line_whose_last_version_is_denied_does_not_count() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 delivery=<first>
    diagnosis M96.1 claim=C1 rank=1 delivery=<second>
    expect billed=<billed>
    """,
    """
    first | second | billed
    1     | 2      | M961
    2     | 1      | M5450
    """,
)
def test_the_last_delivered_diagnosis_of_a_rank_wins() -> None: ...


@examples(
    """
    0  -  M54.50  claim=C1 institutional revenue=0360
    0  procedure 00HU3MZ claim=C1 rank=1 delivery=<first>
    0  procedure 3E0R3BZ claim=C1 rank=1 delivery=<second>
    expect <expected>
    """,
    """
    first | second | expected
    1     | 2      | no episode
    2     | 1      | 1 episode
    """,
)
def test_the_last_delivered_procedure_of_a_rank_wins() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 line=1 wide paid_on=10
    0  63650  1:M96.1  claim=C1 line=1 wide paid_on=11
    expect billed=M961
    """)
def test_in_the_wide_form_the_diagnoses_are_those_of_the_final_line() -> None: ...


@examples(
    """
    0  63650  1:M54.50  claim=C1 wide delivery=<first>
    0  99213  1:M96.1   claim=C1 wide delivery=<second>
    expect billed=<billed>
    """,
    """
    first | second | billed
    1     | 2      | M961
    2     | 1      | M5450
    1     | 1      | M961
    """,
)
def test_of_two_final_lines_that_name_one_rank_differently_the_last_delivered_wins() -> None: ...


@example("""
    0  63650  1:M54.50  claim=C1 wide
    diagnosis M96.1 claim=C1 rank=2
    expect billed=M5450 exclusions=other_indication
    """)
def test_when_both_forms_are_delivered_both_are_read() -> None: ...


# Replacements and voids


@example("""
    0  63650  M54.50  claim=C1 paid=100
    0  63650  M54.50  claim=C2 frequency=7 of=C1 paid=150
    expect claims=C2 paid=150.00 claim.C1=superseded claim.C2=counts
    """)
def test_a_7_replaces_its_original() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=<frequency> of=C1
    expect claims=C1,C2
    """,
    """
    frequency
    1
    2
    """,
)
def test_no_other_frequency_replaces() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=8 of=C1
    expect no episode
    expect claim.C1=voided claim.C2=void_request
    """)
def test_an_8_voids_its_original_and_never_counts() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 paid=100
    0  63650  M54.50  claim=C2 frequency=7 of=C1 paid=200 <link>
    0  63650  M54.50  claim=C3 frequency=7 of=C2 paid=300
    expect claims=C3 paid=300.00 claim.C1=superseded
    """,
    """
    link
    status=paid
    status=denied
    status=pending
    status=reversed
    """,
)
def test_a_replacement_follows_the_chain_to_its_end_also_through_a_link_that_does_not_act() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=7 of=C1
    0  63650  M54.50  claim=C3 frequency=8 of=C2
    expect no episode
    expect claim.C1=superseded claim.C2=voided
    """)
def test_what_a_voided_claim_had_replaced_stays_replaced() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=7 of=C1
    0  63650  M54.50  claim=C3 frequency=8 of=C1
    expect claims=C2 claim.C2=counts
    """)
def test_a_void_voids_only_the_claim_it_names() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=<frequency> of=C1 status=denied
    expect claims=C1
    """,
    """
    frequency
    7
    8
    """,
)
def test_a_denied_7_or_8_does_nothing() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=7 of=C1 status=denied
    0  99213  M54.50  claim=C2 frequency=7 of=C1 status=<status>
    expect <expected>
    """,
    """
    status | expected
    denied | claims=C1
    paid   | no episode
    """,
)
def test_a_7_acts_unless_all_of_its_lines_are_denied() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=<frequency> of=C1 status=pending
    expect claims=C1 payment=post_pay claim.C1=counts claim.C2=<state>
    """,
    """
    frequency | state
    7         | pending_request
    8         | void_request
    """,
)
def test_a_pending_7_or_8_does_not_count_and_leaves_the_original_in_force() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=7 of=C1 status=pending
    0  99213  M54.50  claim=C2 frequency=7 of=C1 status=paid
    expect claims=C2 payment=pre_pay
    """)
def test_a_7_with_a_pending_and_a_paid_line_replaces() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 line=1
    0  63650  M54.50  claim=C2 line=1 frequency=7 of=C1 paid_on=10
    0  63650  M54.50  claim=C2 line=1 frequency=7 of=C1 paid_on=20 status=reversed
    expect no episode
    expect claim.C1=superseded
    """)
def test_a_7_that_is_later_reversed_still_replaces() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=<first>  frequency=7 of=C1 paid_on=<day>
    0  63650  M54.50  claim=<second> frequency=7 of=C1 paid_on=<other>
    expect claims=<counts>
    """,
    """
    first | second | day | other | counts
    C2    | C3     | 10  | 11    | C3
    C2    | C3     | 11  | 10    | C2
    C2    | C3     | 10  | 10    | C3
    C3    | C2     | 10  | 10    | C3
    C2    | C3     | 10  |       | C2
    C2    | C3     |     | 10    | C3
    """,
)
def test_of_two_live_replacements_the_later_paid_then_the_later_named_counts() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=7 of=C1 paid_on=10
    0  99213  M54.50  claim=C2 frequency=7 of=C1 paid_on=12
    0  63650  M54.50  claim=C3 frequency=7 of=C1 paid_on=11
    expect claims=C2 claim.C3=outranked
    """)
def test_a_replacement_is_as_late_as_its_latest_line() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 frequency=7 of=C1 paid_on=10
    0  63650  M54.50  claim=C3 frequency=7 of=C1 paid_on=11 status=reversed
    expect claims=C2
    """)
def test_a_replacement_that_does_not_count_outranks_nobody() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 frequency=<frequency> of=<original>
    expect <expected>
    """,
    """
    frequency | original | expected
    7         | C1       | claims=C1
    7         | C9       | claims=C1
    7         |          | claims=C1
    8         | C1       | no episode
    8         | C9       | no episode
    """,
)
def test_without_an_original_a_7_stands_alone_and_an_8_is_ignored() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 frequency=7 of=C2
    0  63650  M54.50  claim=C2 frequency=7 of=C1
    expect no episode
    expect claim.C1=in_ring claim.C2=in_ring
    """)
def test_in_a_ring_none_counts() -> None: ...


# States and reversals


@examples(
    """
    0  63650  M54.50  status=<status>
    expect <expected>
    """,
    """
    status   | expected
    paid     | payment=post_pay notes-=pending_claims
             | payment=post_pay notes-=pending_claims
    pending  | payment=pre_pay notes+=pending_claims
    denied   | no episode
    reversed | no episode
    """,
)
def test_paid_blank_and_pending_lines_count() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 paid=100
    0  99213  M54.50  claim=C1 paid=70 status=denied
    0  99214  M54.50  claim=C1 paid=30 status=pending
    expect paid=130.00 payment=pre_pay
    """)
def test_dollars_are_those_of_the_counting_lines() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 paid=100.00
    0  99213  M54.50  claim=C1 paid=<other>
    expect <expected>
    """,
    """
    other   | expected
    -100.00 | no episode
    -100.01 | no episode
    -99.99  | paid=0.01
    """,
)
def test_a_claim_that_sums_to_zero_or_less_with_a_negative_amount_is_reversed_whole() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 paid=0
    0  99213  M54.50  claim=C1 paid=0
    expect paid=0.00
    """)
def test_a_claim_paid_nothing_without_a_negative_amount_counts() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 paid=50
    0  63685  M54.50  claim=C1 paid=100 status=pending
    0  99213  M54.50  claim=C1 paid=-50
    expect no episode
    """)
def test_only_paid_lines_are_summed_to_find_a_reversal() -> None: ...


@example("""
    -10  97110  M54.50  status=denied
    -9   97110  M54.50  status=reversed
    -8   97110  M54.50  status=pending
    0    63650+63685  M54.50
    expect exercise.service_count=1 exercise.first_date=-8
    """)
def test_denied_and_reversed_lines_are_no_care_and_pending_ones_are() -> None: ...


# The frequency digit of the bill type


@examples(
    """
    0  63650  M54.50  claim=C1 paid=100
    0  63650  M54.50  claim=C2 <type> bill_type_code=<bill> frequency=<frequency> of=C1 paid=150
    expect claims=<claims>
    """,
    """
    type          | bill | frequency | claims
    institutional | 0137 |           | C2
    institutional | 137  |           | C2
    institutional | 0136 |           | C1,C2
    institutional | 0137 | 1         | C1,C2
    professional  | 0137 |           | C1,C2
    """,
)
def test_the_last_digit_of_the_bill_type_stands_for_a_blank_frequency_of_an_institutional_line() -> None: ...


@example("""
    0  63650  M54.50  claim=C1
    0  63650  M54.50  claim=C2 institutional bill_type_code=0138 of=C1
    expect no episode
    expect claim.C1=voided
    """)
def test_a_bill_type_ending_in_8_voids() -> None: ...


# Total lines


@examples(
    """
    0  63650  M54.50  claim=C1 institutional paid=100
    0  <code>  M54.50  claim=C1 <type> revenue=<revenue> paid=100
    expect paid=<paid>
    """,
    """
    type          | revenue | code  | paid
    institutional | 0001    | -     | 100.00
    institutional | 1       | -     | 100.00
    institutional | 0002    | -     | 200.00
    institutional | 0001    | 99213 | 200.00
    professional  | 0001    | -     | 200.00
    """,
)
def test_a_line_that_repeats_the_sum_of_its_claim_never_counts() -> None: ...


@example("""
    0  -      M54.50  claim=C1 institutional revenue=0001 line=1 paid=100
    0  63650  M54.50  claim=C1 institutional line=2 paid=100
    expect paid=100.00
    """)
def test_a_total_line_before_the_others_never_counts_either() -> None: ...


@example("""
    0  -  M54.50  claim=C1 institutional revenue=0001 line=10 paid=100
    0  -  M54.50  claim=C1 institutional revenue=0001 line=9 paid=70
    0  procedure 00HU3MZ claim=C1
    expect paid=70.00
    """)
def test_a_claim_of_total_lines_alone_keeps_the_first_by_number() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 paid=100
    0  63650  M54.50  claim=C2 institutional frequency=7 of=C1 status=pending
    0  -      M54.50  claim=C2 institutional frequency=7 of=C1 revenue=<revenue>
    expect claims=<claims>
    """,
    """
    revenue | claims
    0001    | C1
    0002    | C2
    """,
)
def test_a_paid_total_line_does_not_make_a_pending_replacement_act() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 institutional paid=100
    0  -      M54.50  claim=C1 institutional revenue=<revenue> paid=-100
    expect <expected>
    """,
    """
    revenue | expected
    0001    | 1 episode
    0002    | no episode
    """,
)
def test_a_negative_total_line_reverses_nothing() -> None: ...


# Credited lines


@examples(
    """
    0  63650  M54.50  claim=C1 paid=500
    0  63685  M54.50  claim=C1 paid=100
    0  <code> M54.50  claim=C1 paid=<paid>
    expect codes=<codes> paid=<dollars>
    """,
    """
    code  | paid | codes       | dollars
    63685 | -100 | 63650       | 500.00
    63685 | -99  | 63650,63685 | 501.00
    63688 | -100 | 63650,63685 | 500.00
    """,
)
def test_a_credit_takes_out_the_line_of_the_same_code_and_opposite_amount_and_the_dollars_stay() -> None: ...


@examples(
    """
    -50  99213  M54.50  claim=C1 paid=500
    -50  97110  M54.50  claim=C1 line=2 revenue=0420 paid=<paid> status=<status>
    <day>  97110  M54.50  claim=<claim> line=<line> revenue=<revenue> paid=-100 units=-1
    -20  99213  M54.50  claim=C2 paid=500
    0    63650+63685  M54.50
    expect exercise.service_count=<count>
    """,
    """
    paid | status  | claim | line | day | revenue | count
    100  |         | C1    | 3    | -50 | 0420    | 0
    100  |         | C1    | 1    | -50 | 0420    | 0
    100  | pending | C1    | 3    | -50 | 0420    | 0
    100  |         | C1    | 3    | -49 | 0420    | 1
    100  |         | C1    | 3    | -50 | 0421    | 1
    100  |         | C2    | 3    | -50 | 0420    | 1
    0    |         | C1    | 3    | -50 | 0420    | 1
    """,
)
def test_a_credit_takes_a_line_of_its_claim_revenue_code_and_day_and_is_itself_no_service() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=C1 paid=500
    0  63685  M54.50  claim=C1 line=<first> paid=100 modifier=<a>
    0  63685  M54.50  claim=C1 line=<second> paid=100 modifier=<b> status=<status>
    0  63685  M54.50  claim=C1 line=30 paid=<paid> units=<units>
    -700  99213  F41.1
    expect codes=<codes>
    """,
    """
    first | second | a  | b | status | paid | units | codes
    2     | 10     |    |   |        | -100 |       | 63650,63685
    2     | 10     |    |   | denied | -100 |       | 63650
    2     | 10     |    |   | denied | 100  | -1    | 63650,63685
    """,
)
def test_each_credit_takes_one_line_and_never_one_that_does_not_count() -> None: ...


@examples(
    """
    -50  99213  M54.50  claim=C1 line=1 paid=500
    -50  97110  M54.50  claim=C1 line=<first> paid=100 units=1
    -50  97110  M54.50  claim=C1 line=<second> paid=100 units=2
    -50  97110  M54.50  claim=C1 line=30 paid=-100
    0    63650+63685  M54.50
    expect exercise.service_count=1 exercise.measure=1 ledger.97110=yes
    """,
    """
    first | second
    2     | 10
    10    | 2
    """,
)
def test_of_two_lines_that_a_credit_may_take_one_is_left() -> None: ...


@examples(
    """
    -50  S9117  M54.50  claim=C1 line=<first> paid=100 units=3
    -50  S9117  M54.50  claim=C1 line=<second> paid=100 units=8
    -50  S9117  M54.50  claim=C1 line=30 paid=-100
    -50  99213  M54.50  claim=C1 line=1 paid=500
    0    63650+63685  M54.50
    expect interdisciplinary.measure=<hours>
    """,
    """
    first | second | hours
    2     | 10     | 8
    10    | 2      | 3
    02    | 10     | 8
    """,
)
def test_a_credit_takes_the_first_by_the_number_of_the_line() -> None: ...


@examples(
    """
    -100  97110  M54.50  claim=C1 paid=100
    -100  97110  C79.51  claim=C1 paid=<paid>
    -100  99213  claim=C1 paid=<other> status=<status>
    0     63650+63685  M54.50
    expect exercise=<state>
    """,
    """
    paid | other | status | state
    -100 | 1     |        | none
    -100 | 1     | denied | none
    -99  | 1     |        | short
    """,
)
def test_a_claim_credited_whole_gives_no_care() -> None: ...


@examples(
    """
    -50  97110  M54.50  claim=C1 paid=0 units=2
    -50  97110  M54.50  claim=C1 paid=0 units=<units>
    -50  97140  M54.50  claim=C1 paid=10
    0    63650+63685  M54.50
    expect <expected>
    """,
    """
    units | expected
    -2    | exercise=none
    -1    | exercise=short
    2     | exercise=short
    """,
)
def test_where_nothing_was_paid_the_opposite_units_take_a_line_out() -> None: ...


@examples(
    """
    0  procedure 00HU3MZ claim=C1
    0  -  M54.50  claim=C1 institutional revenue=0360 paid=0 units=1
    0  -  M54.50  claim=C1 institutional revenue=0360 paid=0 units=<units>
    expect <expected>
    """,
    """
    units | expected
    -1    | no episode
    -2    | 1 episode
    """,
)
def test_the_procedure_rows_of_a_claim_credited_whole_open_nothing() -> None: ...


# Authorisations and enrolment delivered again


@example("""
    0  63650  M54.50
    authorized withdrawn id=A1 delivery=1
    authorized approved  id=A1 code=63650 delivery=2
    authorized denied    id=A1 delivery=3
    expect authorization=none_found
    """)
def test_the_last_withdrawal_takes_what_came_after_the_first() -> None: ...


@examples(
    """
    0  63650  M54.50
    authorized <first>  id=A1 code=<code>
    authorized <second> id=A1 code=<other>
    expect authorization=<state>
    """,
    """
    first    | code  | second    | other | state
    approved | 63650 | pended    | 63650 | none_found
    pended   | 63650 | approved  | 63650 | approved
    approved | 63650 | pended    | 63685 | approved
    approved | 63650 | withdrawn |       | none_found
    approved | 63650 | denied    |       | none_found
    approved | 63650 | pended    |       | approved
    withdrawn |      | approved  | 63650 | approved
    approved | 63650 | withdrawn | 63685 | approved
    """,
)
def test_the_last_delivered_decision_on_a_code_stands_and_a_withdrawal_without_code_takes_all_earlier_rows() -> (
    None
): ...


@examples(
    """
    0  63650  M54.50
    authorized approved  id=A1 code=63650
    authorized withdrawn id=<id>
    authorized pended    id=A1
    expect authorization=<state>
    """,
    """
    id | state
    A1 | none_found
    A2 | approved
    """,
)
def test_what_a_withdrawal_took_out_stays_out_when_the_withdrawal_is_superseded() -> None: ...


@examples(
    """
    0  63650  M54.50
    enrolled 2020-01-01.. lob=commercial
    enrolled <again> lob=<lob>
    expect enrolled_days=<days>
    """,
    """
    again                  | lob        | days
    2020-01-01..2022-12-31 | commercial | 0
    2020-01-02..2022-12-31 | commercial | 365
    2020-01-01..2022-12-31 | medicaid   | 365
    2020-01-01..2019-12-31 | commercial | 0
    """,
)
def test_a_span_delivered_again_with_an_end_has_that_end() -> None: ...


@examples(
    """
    0  63650  M54.50
    enrolled 2020-01-01..
    enrolled 2020-01-01.. drugs=false delivery=<delivery>
    expect drugs_visible=<visible>
    """,
    """
    delivery | visible
    1        | true
    2        | false
    """,
)
def test_a_later_delivery_of_a_span_replaces_its_drug_benefit_and_one_delivery_may_tell_two() -> None: ...


# Pharmacy fills

ENOUGH_OF_ANOTHER_CLASS = "-300 fill duloxetine days=30"


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -100  fill naproxen days=14 claim=F1
    -100  fill naproxen days=14 claim=<claim>
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    claim | state
    F1    | short
    F2    | adequate
    """,
)
def test_a_fill_delivered_twice_is_one_fill() -> None: ...


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -100  fill naproxen days=28
    -90   fill naproxen days=<days> status=<status>
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    days | status   | state
    -1   | denied   | adequate
    -1   | reversed | short
    -1   | paid     | short
    -1   |          | short
    -1   | pending  | short
    """,
)
def test_negative_days_are_netted_whatever_the_status_but_denied() -> None: ...


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -100  fill naproxen days=28 status=<status>
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    status   | state
    paid     | adequate
    pending  | adequate
             | adequate
    denied   | short
    reversed | short
    """,
)
def test_a_denied_or_reversed_fill_with_days_does_not_count() -> None: ...


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -100  fill naproxen days=30 claim=F1 line=1
    -99   fill naproxen days=30 claim=<claim> line=<line> status=reversed
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    claim | line | state
    F1    | 1    | short
    F1    | 001  | short
    F1    | 2    | adequate
    F1    |      | adequate
    F2    | 1    | adequate
    """,
)
def test_a_reversed_row_takes_back_a_fill_of_its_claim_and_line_and_of_no_other() -> None: ...


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -100  fill naproxen days=28 claim=A
    -99   fill naproxen days=28 claim=<second>
    -98   fill naproxen days=28 claim=A status=reversed
    -97   fill naproxen days=28 claim=<third> status=<status>
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    second | third | status   | state
    A      | B     | reversed | adequate
    A      | A     | reversed | short
    A      | A     | denied   | adequate
    B      | A     | reversed | adequate
    """,
)
def test_a_fill_is_taken_back_once_and_each_reversed_row_takes_one() -> None: ...


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -120  fill naproxen days=14 claim=F1
    -100  fill naproxen days=30 claim=F1
    -99   fill naproxen days=<days> claim=F1 status=reversed
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    days | state
    14   | adequate
    30   | short
    20   | adequate
    """,
)
def test_of_several_fills_one_of_equal_days_is_taken_back_then_the_first_delivered() -> None: ...


@examples(
    f"""
    {ENOUGH_OF_ANOTHER_CLASS}
    -100  fill naproxen days=56
    -90   fill naproxen days=30 quantity=<quantity>
    0     63650+63685  M54.50
    expect medication=<state>
    """,
    """
    quantity | state
    -30      | short
    0        | adequate
             | adequate
    """,
)
def test_a_negative_quantity_gives_its_days_back() -> None: ...

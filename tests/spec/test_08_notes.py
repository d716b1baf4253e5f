"""docs/rule.md 8: the notes, which tell a reader more and never change the outcome."""

from tests.spec.book import day_of_the_reach as day
from tests.spec.book import example, examples

IMPLANT = "0  63650+63685  M54.50"


@examples(
    """
    0  63650  <diagnoses>  modifier=<modifier> status=<status>
    expect notes<has>=<note>
    """,
    """
    diagnoses     | modifier | status  | has | note
    M54.5         | 53       |         | +   | diagnosis_code_not_valid_on_date
    M54.50        | 53       | pending | +   | pending_claims
    M54.50 M54.16 |          |         | +   | specificity_conflict
    M54.50 M54.16 | 53       |         | -   | specificity_conflict
    M54.50 Z00.6  |          |         | +   | trial_marker_incomplete
    M54.50 Z00.6  | 53       |         | -   | trial_marker_incomplete
    M54.50        |          |         | +   | no_psychological_evaluation
    M54.50        | 53       |         | -   | no_psychological_evaluation
    M54.50        |          |         | +   | not_chronic
    M54.50        | 53       |         | -   | not_chronic
    """,
)
def test_some_notes_stand_on_every_episode_and_some_only_where_it_is_not_excluded() -> None: ...


@example("""
    -160  99213  M54.50
    -70  90791  M54.50
    -60  63650  M54.50
    0    63685  M54.50
    expect notes=[]
    """)
def test_an_ordinary_flag_has_no_notes() -> None: ...


@examples(
    f"""
    <setting>
    {IMPLANT}
    expect notes<has>=documentation_feed_not_supplied
    """,
    """
    setting                    | has
                               | -
    without care_documentation | +
    """,
)
def test_a_documentation_feed_that_is_missing_is_noted() -> None: ...


@examples(
    f"""
    statement exercise no_benefit on -20 care -200..-50
    statement <second> no_benefit on -20 care -200..-50
    {IMPLANT}
    expect notes<has>=evidence_review
    """,
    """
    second | has
    nsaid  | +
    tens   | -
    """,
)
def test_evidence_review_is_noted_on_documented_episodes_only() -> None: ...


@examples(
    f"""
    <day>  <code>  F41.1  status=<status>
    {IMPLANT}
    expect notes<has>=no_psychological_evaluation
    """,
    """
    day  | code  | status | has
    -366 | 90791 |        | +
    -365 | 90791 |        | -
    -1   | 96130 |        | -
    0    | 90791 |        | -
    1    | 90791 |        | +
    -10  | 90791 | denied | +
    -10  | 96127 |        | +
    -10  | 90834 |        | +
    """,
)
def test_a_psychological_evaluation_counts_in_the_look_back_and_on_the_anchor_day() -> None: ...


@examples(
    f"""
    <enrolment>
    <day>  99213  <diagnosis>  status=<status>
    {IMPLANT}
    expect notes<has>=not_chronic
    """,
    """
    enrolment       | day  | diagnosis | status | has
                    | -89  | M54.50    |        | +
                    | -90  | M54.50    |        | -
                    | -91  | M54.50    |        | -
                    | -730 | M54.50    |        | -
                    | -731 | M54.50    |        | +
                    | -90  | M54.16    |        | -
                    | -90  | G89.4     |        | +
                    | -90  | M54.50    | denied | +
    enrolled -319.. | -89  | M54.50    |        | -
    enrolled -320.. | -89  | M54.50    |        | +
    """,
)
def test_back_pain_not_seen_90_days_before_is_noted_as_not_chronic() -> None: ...


@examples(
    f"""
    <first>
    <second>
    {IMPLANT}
    expect notes<has>=only_passive_or_invasive_care
    """,
    """
    first              | second                      | has
                       |                             | -
    -10 97140 M54.50   |                             | +
    -10 97032 M54.50   |                             | +
    -10 62323 M54.50   |                             | +
    -10 E0730 M54.50   |                             | +
    -10 97161 M54.50   |                             | -
    -366 62323 M54.50  |                             | -
    0 62323 M54.50     |                             | -
    -10 97140 M54.50   | -20 97110 M54.50            | -
    -10 97140 M54.50   | -20 97110 M25.561           | +
    -10 97140 M54.50   | -20 fill naproxen days=10   | -
    -10 97140 M54.50   | -20 fill gabapentin days=10 | +
    """,
)
def test_care_that_was_only_passive_or_invasive_is_noted() -> None: ...


@examples(
    f"""
    <day>  <line>
    {IMPLANT}
    expect notes<has>=care_before_look_back
    """,
    """
    day  | line                   | has
    -365 | 97110 M54.50           | -
    -366 | 97110 M54.50           | +
    -730 | 97110 M54.50           | +
    -731 | 97110 M54.50           | -
    -400 | 97110 M25.561          | -
    -400 | 97140 M54.50           | -
    -400 | fill naproxen days=10  | +
    -400 | fill oxycodone days=10 | -
    """,
)
def test_care_between_one_and_two_years_before_is_noted() -> None: ...


@examples(
    """
    0      <codes>  M54.50
    <day>  <code>   M54.50  status=<status>
    expect notes<has>=revision_within_24_months
    """,
    """
    codes       | day | code  | status | has
    63650+63685 | 2   | 63663 |        | -
    63650+63685 | 4   | 63663 |        | +
    63650+63685 | 730 | 63663 |        | +
    63650+63685 | 731 | 63663 |        | -
    63650+63685 | 10  | 63661 |        | +
    63650+63685 | 10  | 63688 |        | +
    63650+63685 | 10  | 95972 |        | -
    63650+63685 | 10  | 63663 | denied | -
    63650       | 10  | 63663 |        | -
    """,
)
def test_a_revision_in_the_24_months_after_a_permanent_implant_is_noted() -> None: ...


@example("""
    0   63650+63685  M54.50
    10  63685        M54.50
    expect 2 episodes
    expect episode 1 notes+=revision_within_24_months
    """)
def test_a_new_generator_after_the_implant_is_a_revision_of_it() -> None: ...


@examples(
    """
    -60    63650  M54.50
    0      63685  M54.50
    <day>  63663  M54.50
    expect notes<has>=revision_within_24_months
    """,
    """
    day | has
    -10 | -
    4   | +
    730 | +
    731 | -
    """,
)
def test_revisions_are_counted_from_the_last_event() -> None: ...


@examples(
    """
    0      <codes>  M54.50
    <day>  99213    <diagnosis>  status=<status>
    expect notes<has>=complication_within_24_months
    """,
    """
    codes       | day | diagnosis | status | has
    63650+63685 | 0   | T85.732A  |        | -
    63650+63685 | 1   | T85.732A  |        | +
    63650+63685 | 730 | T85.732A  |        | +
    63650+63685 | 731 | T85.732A  |        | -
    63650+63685 | 10  | T85.732A  | denied | -
    63650+63685 | 10  | M54.50    |        | -
    63650       | 10  | T81.41XA  |        | +
    """,
)
def test_a_complication_in_the_24_months_after_the_anchor_is_noted() -> None: ...


@example("""
    0  63650  M54.50
    2  C1778  T85.732A
    expect notes-=complication_within_24_months
    """)
def test_a_diagnosis_on_a_claim_of_the_episode_is_no_complication_of_it() -> None: ...


@examples(
    """
    -60    63650  M54.50
    0      63685  M54.50
    <day>  99213  T85.732A
    expect notes<has>=complication_within_24_months
    """,
    """
    day | has
    -60 | -
    -59 | +
    730 | +
    731 | -
    """,
)
def test_complications_are_counted_from_the_anchor_to_24_months_after_the_last_event() -> None: ...


@examples(
    f"""
    data until <newest>
    {IMPLANT}
    expect notes<has>=follow_up_incomplete
    """,
    """
    newest     | has
    2026-06-09 | +
    2026-06-10 | -
    """,
)
def test_follow_up_is_incomplete_where_the_data_end_before_24_months() -> None: ...


@example(f"""
    as of 2026-06-09
    {IMPLANT}
    10  99213  M54.50
    730 99213  M54.50
    expect notes+=follow_up_incomplete
    """)
def test_lines_dated_after_the_run_date_do_not_complete_the_follow_up() -> None: ...


@examples(
    f"""
    reach medical_claim={day(0)}..
    day zero <implant>
    0  63650  M54.50  modifier=<modifier>
    expect notes<has>=device_history_unknown
    """,
    f"""
    implant    | modifier | has
    {day(685)} |          | -
    {day(684)} |          | +
    {day(684)} | 53       | +
    """,
)
def test_a_device_history_that_the_claims_received_do_not_reach_is_unknown() -> None: ...


@examples(
    """
    without eligibility
    <enrolment>
    0  63650  M54.50
    expect notes<has>=device_history_unknown
    """,
    """
    enrolment       | has
    assume enrolled | -
                    | +
    """,
)
def test_a_device_history_is_unknown_where_nobody_says_who_was_enrolled() -> None: ...


@examples(
    f"""
    reach medical_claim={day(0)}..
    day zero {day(364)}
    0  63650  M54.50  modifier=<modifier>
    expect notes<has>=look_back_outside_feed
    """,
    """
    modifier | has
             | +
    53       | -
    """,
)
def test_days_that_the_claims_do_not_reach_are_noted_only_where_it_is_not_excluded() -> None: ...


@examples(
    """
    <setting>
    0  63650  M54.50  claim=A paid=<first> modifier=<modifier>
    0  63685  M54.50  claim=B paid=10 allowed=20
    expect paid=<paid> notes<has>=payment_unknown
    """,
    """
    setting          | first | modifier | paid  | has
    without payments |       |          | nothing | +
    without payments |       | 53       | nothing | +
    without payments | 5     |          | 15.00 | -
                     |       |          | 10.00 | -
    """,
)
def test_dollars_that_hold_an_amount_nobody_sent_are_unknown_and_never_0() -> None: ...


@examples(
    """
    0  63650      M54.50  claim=A type=institutional bill_type_code=<first> paid=500
    0  <a>        M54.50  claim=A type=institutional bill_type_code=<first> paid=<paid>
    0  63685      M54.50  claim=B type=institutional bill_type_code=<second> paid=700
    0  <b>        M54.50  claim=B type=institutional bill_type_code=<second> paid=100
    expect paid=<total> notes<has>=interim_bills_repeat_lines
    """,
    """
    first | second | a     | b     | paid | total   | has
    0112  | 0113   | L8680 | L8680 | 100  | 1300.00 | +
    0112  | 0113   | L8680 | L8680 | 101  | 1401.00 | -
    0112  | 0113   | L8680 | L8681 | 100  | 1400.00 | -
    0112  | 0114   | L8680 | L8680 | 100  | 1300.00 | +
    0111  | 0113   | L8680 | L8680 | 100  | 1400.00 | -
    0112  | 0115   | L8680 | L8680 | 100  | 1400.00 | -
    """,
)
def test_a_line_that_interim_bills_of_a_stay_repeat_counts_once() -> None: ...


@examples(
    """
    0  63650  M54.50  claim=A type=institutional bill_type_code=0112 paid=500
    0  L8680  M54.50  claim=A type=institutional bill_type_code=<bill> frequency=<frequency> paid=100 units=<units>
    0  L8680  M54.50  claim=A type=institutional bill_type_code=<bill> frequency=<frequency> paid=100
    <day>  63685  M54.50  claim=B type=institutional bill_type_code=0113 paid=700
    0  L8680  M54.50  claim=B type=<type> bill_type_code=0113 paid=100 allowed=<allowed>
    expect paid=<total> allowed=<all> notes<has>=interim_bills_repeat_lines
    """,
    """
    bill | frequency | units | day | type          | allowed | total   | all  | has
    0112 |           |       | 0   | institutional | 7       | 1400.00 | 0.00 | +
    0112 |           | 2     | 0   | institutional | 7       | 1400.00 | 0.00 | +
    0111 |           |       | 0   | institutional | 7       | 1500.00 | 7.00 | -
    0111 | 2         |       | 0   | institutional | 7       | 1400.00 | 0.00 | +
    0112 |           |       | 0   | professional  | 7       | 1500.00 | 7.00 | -
    0112 |           |       | 5   | institutional | 7       | 1500.00 | 7.00 | -
    """,
)
def test_interim_lines_count_as_often_as_in_the_bill_that_holds_most_and_within_an_event_only() -> None: ...

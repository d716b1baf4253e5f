"""docs/rule.md 8: what can be seen, the criteria with their three values, and the outcome."""

from tests.spec.book import day_of_the_reach as day
from tests.spec.book import example, examples

IMPLANT = "0  63650+63685  M54.50"
EXERCISE = "-230  97110  M54.50  every 9 days x6"
CHIROPRACTIC = "-60  98941  M54.50  every 7 days x6"
FAILED_EXERCISE = "statement exercise no_benefit on -20 care -230..-185"
FAILED_CHIROPRACTIC = "statement chiropractic no_benefit on -20 care -60..-25"
INCOMPLETE = "enrolled -319.."

# Enrolment


@examples(
    f"""
    enrolled <first>
    <second>
    {IMPLANT}
    expect enrolled_days=<days> enrollment_complete=<complete>
    """,
    """
    first      | second             | days | complete
    -365..     |                    | 365  | true
    -321..     |                    | 321  | true
    -320..     |                    | 320  | true
    -319..     |                    | 319  | false
    -365..-46  |                    | 320  | true
    -365..-47  |                    | 319  | false
    -800..-200 | enrolled -154..    | 320  | true
    -800..-200 | enrolled -153..    | 319  | false
    -365..-100 | enrolled -200..-1  | 365  | true
    -365..-201 | enrolled -200..-1  | 365  | true
    -365..-1   | enrolled -300..-50 | 365  | true
    0..        |                    | 0    | false
    -800..-366 |                    | 0    | false
    -1..-365   |                    | 0    | false
    ..-1       |                    | 365  | true
    """,
)
def test_enrolment_is_complete_when_at_most_45_days_of_the_look_back_are_missing() -> None: ...


@examples(
    f"""
    <setting>
    <more>
    {IMPLANT}
    expect enrollment_complete=<complete>
    """,
    """
    setting             | more            | complete
    without eligibility |                 | false
    without eligibility | assume enrolled | true
    assume enrolled     | not enrolled    | false
    assume enrolled     | enrolled -319.. | false
    assume enrolled     | enrolled -320.. | true
    """,
)
def test_enrolment_may_be_assumed_only_where_no_eligibility_was_supplied() -> None: ...


@examples(
    f"""
    <setting>
    <more>
    {IMPLANT}
    expect enrolled_days=<days>
    """,
    """
    setting                             | more            | days
    without eligibility                 |                 | nothing
    without eligibility                 | assume enrolled | 365
                                        | not enrolled    | 0
    """,
)
def test_enrolled_days_are_not_known_where_nobody_says_who_was_enrolled() -> None: ...


# The reach of a feed


@examples(
    f"""
    reach medical_claim={day(0)}..
    day zero <implant>
    <enrolment>
    {IMPLANT}
    expect enrolled_days=<days> <outcome> notes<has>=look_back_outside_feed
    """,
    f"""
    implant     | enrolment       | days | outcome                                   | has
    {day(365)} |                 | 365  | flagged no_conservative_care_found        | -
    {day(364)} |                 | 364  | flagged no_conservative_care_found        | +
    {day(320)} |                 | 320  | flagged no_conservative_care_found        | +
    {day(319)} |                 | 319  | not_assessable history_not_delivered      | +
    {day(365)} | {INCOMPLETE}    | 319  | not_assessable insufficient_enrollment    | -
    {day(300)} | {INCOMPLETE}    | 300  | not_assessable insufficient_enrollment    | +
    {day(300)} | enrolled -320.. | 300  | not_assessable history_not_delivered      | +
    {day(320)} | enrolled -320.. | 320  | flagged no_conservative_care_found        | +
    {day(320)} | enrolled ..-2   | 319  | not_assessable history_not_delivered      | +
    """,
)
def test_days_before_the_claims_received_are_not_seen() -> None: ...


@examples(
    f"""
    reach medical_claim=..<last>
    day zero <implant>
    {IMPLANT}
    expect enrolled_days=<days> <outcome> notes<has>=look_back_outside_feed
    """,
    f"""
    last   | implant    | days | outcome                              | has
    {day(319)} | {day(365)}  | 320  | flagged no_conservative_care_found   | +
    {day(319)} | {day(366)}  | 319  | not_assessable history_not_delivered | +
           | {day(319)}     | 365  | flagged no_conservative_care_found   | -
    """,
)
def test_days_after_the_claims_received_are_not_seen_and_without_bounds_all_are() -> None: ...


@examples(
    f"""
    reach medical_claim={day(0)}..
    day zero <implant>
    without eligibility
    <assumed>
    {IMPLANT}
    expect <outcome> enrolled_days=<days>
    """,
    f"""
    implant     | assumed         | outcome                                | days
    {day(320)} | assume enrolled | flagged no_conservative_care_found     | 320
    {day(319)} | assume enrolled | not_assessable history_not_delivered   | 319
    {day(319)} |                 | not_assessable insufficient_enrollment | nothing
    """,
)
def test_where_enrolment_is_assumed_the_reach_still_bounds_what_is_seen() -> None: ...


@example(f"""
    reach medical_claim={day(0)}..
    day zero {day(5)}
    {EXERCISE}
    {CHIROPRACTIC}
    {IMPLANT}
    expect flagged failure_not_documented notes+=look_back_outside_feed
    """)
def test_care_that_was_found_counts_wherever_it_lies() -> None: ...


@examples(
    f"""
    reach <reach>
    day zero <implant>
    {IMPLANT}
    expect drugs_visible=<visible>
    """,
    f"""
    reach                                                     | implant     | visible
    medical_claim={day(0)}..                                   | {day(320)} | true
    medical_claim={day(0)}..                                   | {day(319)} | false
    pharmacy_claim={day(0)}..                                  | {day(320)} | true
    pharmacy_claim={day(0)}..                                  | {day(319)} | false
    medical_claim={day(0)}.. pharmacy_claim=..{day(319)}      | {day(340)} | true
    medical_claim={day(0)}.. pharmacy_claim=..{day(318)}      | {day(340)} | false
    """,
)
def test_drugs_are_visible_on_days_that_both_feeds_reach() -> None: ...


# Drugs


@examples(
    f"""
    <setting>
    <first>
    <second>
    {IMPLANT}
    expect drugs_visible=<visible> notes<has>=drugs_not_visible
    """,
    """
    setting                            | first                      | second                    | visible | has
                                       | enrolled -365..            |                           | true    | -
                                       | enrolled -365.. drugs=     | enrolled 1.. no-drugs     | false   | +
                                       | enrolled -365.. drugs=     |                           | true    | -
                                       | enrolled -365.. no-drugs   |                           | false   | +
                                       | enrolled -320..            | enrolled -365.. no-drugs  | true    | -
                                       | enrolled -319..            | enrolled -365.. no-drugs  | false   | +
                                       | enrolled -365..-46         | enrolled -45.. no-drugs   | true    | -
                                       | enrolled -365..-47         | enrolled -46.. no-drugs   | false   | +
                                       | not enrolled               |                           | false   | +
    without pharmacy_claim             |                            |                           | false   | +
    without eligibility                |                            |                           | false   | +
    without eligibility                | assume enrolled            |                           | true    | -
    without eligibility,pharmacy_claim | assume enrolled            |                           | false   | +
    """,
)
def test_drugs_are_visible_with_the_feed_and_spans_that_do_not_say_otherwise() -> None: ...


@examples(
    f"""
    enrolled -365.. <drugs>
    -200  fill naproxen   days=28
    -100  fill duloxetine days=<days>
    {IMPLANT}
    expect medication=<state>
    """,
    """
    drugs    | days | state
             | 28   | adequate
             | 27   | short
    no-drugs | 28   | adequate
    no-drugs | 27   | unknown
    """,
)
def test_medication_that_is_not_adequate_is_unknown_where_drugs_are_not_visible() -> None: ...


# Criteria


@examples(
    f"""
    <enrolment>
    <care>
    {IMPLANT}
    expect exercise_course=<result>
    """,
    f"""
    enrolment    | care              | result
                 | {EXERCISE}        | met
                 |                   | not_met
    {INCOMPLETE} | {EXERCISE}        | met
    {INCOMPLETE} |                   | cannot_tell
    {INCOMPLETE} | {FAILED_EXERCISE} | met
                 | {CHIROPRACTIC}    | not_met
    """,
)
def test_an_exercise_course_is_met_by_an_adequate_group() -> None: ...


@examples(
    f"""
    <setting>
    <first>
    <second>
    {IMPLANT}
    expect enough_groups=<result>
    """,
    f"""
    setting                | first             | second         | result
                           | {EXERCISE}        | {CHIROPRACTIC} | met
                           | {EXERCISE}        |                | not_met
                           |                   |                | not_met
    {INCOMPLETE}           | {EXERCISE}        | {CHIROPRACTIC} | met
    {INCOMPLETE}           | {EXERCISE}        |                | cannot_tell
    {INCOMPLETE}           |                   |                | cannot_tell
    without pharmacy_claim | {EXERCISE}        | {CHIROPRACTIC} | met
    without pharmacy_claim | {EXERCISE}        |                | cannot_tell
    without pharmacy_claim | {CHIROPRACTIC}    |                | cannot_tell
    without pharmacy_claim |                   |                | not_met
    without pharmacy_claim | statement nsaid no_benefit on -20 care -200..-50 | | not_met
    without pharmacy_claim | {FAILED_EXERCISE} | statement nsaid no_benefit on -20 care -200..-50 | met
    """,
)
def test_unseen_drugs_leave_open_whether_groups_are_enough_only_where_one_more_would_do() -> None: ...


@examples(
    f"""
    <setting>
    -200    97110  M54.50
    <last>  97110  M54.50
    <more>
    {IMPLANT}
    expect care_span=<result>
    """,
    f"""
    setting                | last | more | result
                           | -18  |      | met
                           | -19  |      | not_met
    {INCOMPLETE}           | -18  |      | met
    {INCOMPLETE}           | -19  |      | cannot_tell
    without pharmacy_claim | -18  |      | met
    without pharmacy_claim | -19  |      | cannot_tell
    without pharmacy_claim | -19  | statement nsaid no_benefit on -20 care -100..-50 | not_met
    """,
)
def test_a_span_that_is_too_short_is_open_where_care_cannot_be_seen() -> None: ...


@examples(
    f"""
    <setting>
    {FAILED_EXERCISE}
    <second>
    {IMPLANT}
    expect failure_documented=<result>
    """,
    f"""
    setting                    | second                | result
                               | {FAILED_CHIROPRACTIC} | met
                               |                       | not_met
    {INCOMPLETE}               |                       | not_met
    without care_documentation | {FAILED_CHIROPRACTIC} | cannot_tell
    """,
)
def test_failure_cannot_be_told_without_documentation() -> None: ...


@examples(
    f"""
    <setting>
    <first>
    <second>
    {IMPLANT}
    expect adequate_care=<result> exercise_course=<exercise> enough_groups=<groups> care_span=<span>
    """,
    f"""
    setting                | first      | second         | result      | exercise | groups | span
                           | {EXERCISE} | {CHIROPRACTIC} | met         | met      | met    | met
    without pharmacy_claim | {EXERCISE} |                | cannot_tell | met      | cannot_tell | cannot_tell
    without pharmacy_claim |            | {CHIROPRACTIC} | not_met     | not_met  | cannot_tell | cannot_tell
                           | {EXERCISE} |                | not_met     | met      | not_met | not_met
    {INCOMPLETE}           |            |                | cannot_tell | cannot_tell | cannot_tell | cannot_tell
    """,
)
def test_adequate_care_is_the_worst_of_its_three_criteria() -> None: ...


@example(f"""
    -230  97110  M54.50  every 9 days x6
    -180  98941  M54.50  every 7 days x6
    {IMPLANT}
    expect flagged conservative_care_too_short
    expect exercise_course=met enough_groups=met care_span=not_met adequate_care=not_met
    """)
def test_enough_care_in_too_short_a_time_is_flagged_as_too_short() -> None: ...


# Outcomes in their order


@example(f"""
    {FAILED_EXERCISE}
    {FAILED_CHIROPRACTIC}
    {IMPLANT}
    expect documented failure_documented next=clinical_review notes+=evidence_review
    """)
def test_documented_failure_is_documented() -> None: ...


@examples(
    f"""
    <setting>
    {FAILED_EXERCISE}
    {FAILED_CHIROPRACTIC}
    {IMPLANT}
    expect documented failure_documented
    """,
    f"""
    setting
    {INCOMPLETE}
    without pharmacy_claim
    without eligibility
    without prior_authorization
    """,
)
def test_documented_failure_goes_before_everything_that_cannot_be_seen() -> None: ...


@example(f"""
    without care_documentation
    {EXERCISE}
    {CHIROPRACTIC}
    {IMPLANT}
    expect not_assessable documentation_not_supplied next=data_hold notes+=documentation_feed_not_supplied
    """)
def test_adequate_care_without_the_documentation_feed_is_held_for_data() -> None: ...


@example(f"""
    {EXERCISE}
    {CHIROPRACTIC}
    {IMPLANT}
    expect flagged failure_not_documented next=request_records notes-=documentation_feed_not_supplied
    """)
def test_adequate_care_whose_failure_nobody_documented_is_flagged() -> None: ...


@example(f"""
    {INCOMPLETE}
    {EXERCISE}
    {CHIROPRACTIC}
    {IMPLANT}
    expect flagged failure_not_documented enrollment_complete=false
    """)
def test_adequate_care_is_seen_also_where_enrolment_is_incomplete() -> None: ...


@example(f"""
    {IMPLANT}
    expect flagged no_conservative_care_found next=request_records
    """)
def test_no_care_found_is_flagged() -> None: ...


@examples(
    f"""
    <line>
    {IMPLANT}
    expect flagged <reason>
    """,
    """
    line                                              | reason
    -10 97110 M54.50                                  | conservative_care_too_short
    -10 97110 M25.561                                 | no_conservative_care_found
    -10 97161 M54.50                                  | no_conservative_care_found
    -10 62323 M54.50                                  | no_conservative_care_found
    -10 fill naproxen days=10                         | conservative_care_too_short
    -10 fill oxycodone days=10                        | no_conservative_care_found
    -366 97110 M54.50                                 | no_conservative_care_found
    statement nsaid no_benefit on -20 care -200..-50  | conservative_care_too_short
    statement nsaid no_benefit on -20 care -600..-400 | conservative_care_too_short
    statement nsaid refused on -20 care -200..-50     | no_conservative_care_found
    """,
)
def test_a_counting_service_or_a_valid_statement_is_care_that_was_too_short() -> None: ...


@example(f"""
    without care_documentation
    {IMPLANT}
    expect flagged no_conservative_care_found failure_documented=cannot_tell
    """)
def test_no_care_found_is_flagged_also_without_the_documentation_feed() -> None: ...


@example(f"""
    without pharmacy_claim
    {IMPLANT}
    expect flagged no_conservative_care_found drugs_visible=false
    """)
def test_no_exercise_found_is_flagged_also_where_drugs_are_not_visible() -> None: ...


@examples(
    f"""
    <enrolment>
    <care>
    {IMPLANT}
    expect <expected>
    """,
    f"""
    enrolment       | care       | expected
    enrolled -319.. |            | not_assessable insufficient_enrollment next=data_hold
    enrolled -320.. |            | flagged no_conservative_care_found
    enrolled -319.. | {EXERCISE} | not_assessable insufficient_enrollment
    enrolled -320.. | {EXERCISE} | flagged conservative_care_too_short
    not enrolled    |            | not_assessable insufficient_enrollment
    """,
)
def test_care_that_is_open_for_want_of_enrolment_cannot_be_assessed() -> None: ...


@examples(
    f"""
    <setting>
    <more>
    {IMPLANT}
    expect <expected>
    """,
    """
    setting             | more            | expected
    without eligibility |                 | not_assessable insufficient_enrollment
    without eligibility | assume enrolled | flagged no_conservative_care_found
    assume enrolled     | not enrolled    | not_assessable insufficient_enrollment
    """,
)
def test_without_eligibility_nothing_can_be_missed_unless_enrolment_is_assumed() -> None: ...


@examples(
    f"""
    <setting>
    {EXERCISE}
    {IMPLANT}
    expect <expected>
    """,
    """
    setting                  | expected
    without pharmacy_claim   | not_assessable medication_unknown next=data_hold
    enrolled -365.. no-drugs | not_assessable medication_unknown
    enrolled -319.. no-drugs | not_assessable insufficient_enrollment
                             | flagged conservative_care_too_short
    """,
)
def test_care_that_is_open_for_want_of_drugs_alone_is_medication_unknown() -> None: ...


@example(f"""
    without pharmacy_claim
    {CHIROPRACTIC}
    {IMPLANT}
    expect flagged conservative_care_too_short exercise_course=not_met enough_groups=cannot_tell
    """)
def test_a_criterion_that_is_not_met_decides_before_one_that_is_open() -> None: ...


@example(f"""
    without care_documentation
    enrolled -365.. no-drugs
    {EXERCISE}
    {IMPLANT}
    expect not_assessable medication_unknown failure_documented=cannot_tell
    """)
def test_documentation_is_asked_for_only_after_the_care_is_adequate() -> None: ...


# Next step


@examples(
    f"""
    -400  99213  <history>
    <first>
    <second>
    {IMPLANT}
    expect <expected>
    """,
    f"""
    history | first             | second                | expected
    M96.1   |                   |                       | flagged next=coding_query
    M54.50  |                   |                       | flagged next=request_records
    M96.1   | {FAILED_EXERCISE} | {FAILED_CHIROPRACTIC} | documented next=clinical_review
    M96.1   | {INCOMPLETE}      |                       | not_assessable next=data_hold
    """,
)
def test_a_flag_that_is_likely_miscoded_asks_for_the_coding_first() -> None: ...

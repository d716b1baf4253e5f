"""docs/rule.md 9: the policies shipped, and how the one in force is chosen."""

from tests.spec.book import example, examples

IMPLANT = "0  63650+63685  M54.50"


@example(f"""
    {IMPLANT}
    expect policy=evidence_low_back_pain
    """)
def test_the_default_policy_holds_for_every_member() -> None: ...


# Medicare


@examples(
    f"""
    policy medicare_ncd_160_7
    <line>
    {IMPLANT}
    expect policy=medicare_ncd_160_7 <expected>
    """,
    """
    line                                                 | expected
                                                         | flagged no_conservative_care_found
    -10 97110 M54.50                                     | flagged failure_not_documented exercise=adequate
    -10 98941 M54.50                                     | flagged failure_not_documented manipulation=adequate
    -10 97810 M54.50                                     | flagged failure_not_documented acupuncture=adequate
    -10 90834 M54.50                                     | flagged failure_not_documented psychological=adequate
    -10 97546 M54.50                                     | flagged failure_not_documented interdisciplinary=adequate
    -10 fill naproxen days=1                             | flagged failure_not_documented medication=adequate
    -10 97110 M25.561                                    | flagged no_conservative_care_found
    -10 97140 M54.50                                     | flagged no_conservative_care_found
    -366 97110 M54.50                                    | flagged no_conservative_care_found
    statement nsaid no_benefit on -20 care -200..-50     | documented next=no_action notes-=evidence_review
    statement exercise refused on -20 care -200..-50     | flagged no_conservative_care_found
    """,
)
def test_medicare_asks_for_one_group_of_any_length_and_its_failure() -> None: ...


@example(f"""
    policy medicare_ncd_160_7
    {IMPLANT}
    expect exercise_course=met enough_groups=not_met care_span=met adequate_care=not_met
    """)
def test_medicare_asks_for_no_exercise_and_no_span() -> None: ...


@example(f"""
    policy medicare_ncd_160_7
    enrolled -365.. no-drugs
    {IMPLANT}
    expect not_assessable medication_unknown
    """)
def test_under_medicare_unseen_drugs_alone_leave_a_member_open() -> None: ...


# Commercial


@examples(
    f"""
    policy commercial_strict
    -230  97110  M54.50  every <step> days x<times>
    -60   98941  M54.50  every 7 days x6
    {IMPLANT}
    expect policy=commercial_strict exercise=<state> <reason>
    """,
    """
    step | times | state    | reason
    7    | 11    | short    | conservative_care_too_short
    7    | 12    | adequate | failure_not_documented
    """,
)
def test_the_strict_policy_asks_for_twelve_dates_of_exercise() -> None: ...


@examples(
    f"""
    -230  97110  M54.50  every <step> days x<times>
    -60   98941  M54.50  every 7 days x6
    {IMPLANT}
    expect exercise=<state>
    """,
    """
    step | times | state
    9    | 5     | short
    9    | 6     | adequate
    """,
)
def test_the_default_policy_asks_for_six() -> None: ...


# Policies by line of business


@examples(
    f"""
    policy medicare_ffs=medicare_ncd_160_7 commercial=commercial_strict
    <first>
    <second>
    {IMPLANT}
    expect lob=<lob> policy=<policy>
    """,
    """
    first                              | second                            | lob          | policy
    enrolled -800.. lob=medicare_ffs   |                                   | medicare_ffs | medicare_ncd_160_7
    enrolled -800.. lob=commercial     |                                   | commercial   | commercial_strict
    enrolled -800.. lob=medicaid       |                                   | medicaid     | evidence_low_back_pain
    enrolled -800..                    |                                   | nothing      | evidence_low_back_pain
    enrolled -800..-1 lob=commercial   | enrolled 0.. lob=medicare_ffs     | medicare_ffs | medicare_ncd_160_7
    enrolled -800..0 lob=commercial    | enrolled 1.. lob=medicare_ffs     | commercial   | commercial_strict
    enrolled -800.. lob=commercial     | enrolled -100.. lob=medicare_ffs  | medicare_ffs | medicare_ncd_160_7
    enrolled -800.. lob=medicare_ffs   | enrolled -100.. lob=commercial    | commercial   | commercial_strict
    enrolled -800.. lob=medicare_ffs   | enrolled -800.. lob=commercial    | commercial   | commercial_strict
    """,
)
def test_the_policy_is_that_of_the_span_over_the_anchor_that_starts_last_then_by_name() -> None: ...


@examples(
    """
    policy medicare_ffs=medicare_ncd_160_7 commercial=commercial_strict
    enrolled -800..-1 lob=<span>
    0      63650  M54.50  claim=C2 lob=<first>
    <day>  63685  M54.50  claim=<claim> lob=<second>
    expect lob=<lob> policy=<policy>
    """,
    """
    span         | first        | day | claim | second       | lob          | policy
    commercial   | medicare_ffs | 0   | C3    | commercial   | medicare_ffs | medicare_ncd_160_7
    commercial   | commercial   | 0   | C1    | medicare_ffs | medicare_ffs | medicare_ncd_160_7
    medicare_ffs | commercial   | 1   | C1    | medicare_ffs | commercial   | commercial_strict
    """,
)
def test_where_no_span_covers_the_anchor_the_first_claim_names_the_line_of_business() -> None: ...


@examples(
    """
    policy medicare_ffs=medicare_ncd_160_7 commercial=commercial_strict
    day zero <day>
    enrolled -800.. lob=medicare_ffs
    0  63650  724.2
    expect policy=<policy>
    """,
    """
    day        | policy
    1995-08-06 | evidence_low_back_pain
    1995-08-07 | medicare_ncd_160_7
    """,
)
def test_a_policy_holds_from_its_effective_day() -> None: ...

"""docs/rule.md 10: the priority of a flag, from 0 to 100, and its parts."""

from tests.spec.book import example, examples

EXERCISE = "-230  97110  M54.50  every 9 days x6"
FAILED_EXERCISE = "statement exercise no_benefit on -20 care -200..-50"
FAILED_NSAID = "statement nsaid no_benefit on -20 care -200..-50"
CHIROPRACTIC = "-60  98941  M54.50  every 7 days x6"


@examples(
    """
    <first>
    <second>
    0  63650+63685  M54.50
    expect <reason> priority.reason=<points>
    """,
    f"""
    first      | second         | reason                      | points
               |                | no_conservative_care_found  | 40
    {EXERCISE} |                | conservative_care_too_short | 28
    {EXERCISE} | {CHIROPRACTIC} | failure_not_documented      | 12
    """,
)
def test_the_reason_gives_up_to_40_points() -> None: ...


@examples(
    """
    0  63650  <diagnoses>
    expect priority.diagnosis=<points>
    """,
    """
    diagnoses      | points
    M54.50         | 15
    M54.50 M62.830 | 15
    M54.50 M54.16  | 8
    """,
)
def test_the_diagnosis_gives_up_to_15_points() -> None: ...


@examples(
    """
    0  63650  M54.50  paid=<paid> allowed=<allowed>
    expect priority.dollars=<points>
    """,
    """
    paid    | allowed | points
    0       |         | 0.00
    0       | 0       | 0.00
    9       |         | 4.00
    99      |         | 8.00
    9999    | 50000   | 15.999986
    0       | 9999    | 16.00
    100000  |         | 20.000000
    5000000 |         | 20.00
    """,
)
def test_the_dollars_paid_or_else_allowed_give_up_to_20_points_on_a_log_scale() -> None: ...


@example("""
    0  63650  M54.50  claim=C1 paid=100
    0  99213  M54.50  claim=C1 paid=-500 status=pending
    expect paid=-400.00 priority.dollars=0.00
    """)
def test_dollars_below_zero_give_none() -> None: ...


@examples(
    f"""
    <setting>
    <more>
    {EXERCISE}
    {CHIROPRACTIC}
    0  63650  M54.50
    expect flagged priority.completeness=<points>
    """,
    """
    setting                                    | more            | points
                                               |                 | 15
    enrolled -319..                            |                 | 3
    enrolled -365.. no-drugs                   |                 | 12
    enrolled -365..-47                         | enrolled -46.. no-drugs | 12
    without pharmacy_claim                     |                 | 12
    without prior_authorization                |                 | 12
    without prior_authorization | enrolled -365.. no-drugs | 9
    without eligibility                        |                 | 3
    without eligibility                        | assume enrolled | 15
    """,
)
def test_complete_data_give_up_to_15_points() -> None: ...


@examples(
    """
    0      63650+63685  M54.50
    <day>  <code>  <diagnosis>
    expect priority.harm=<points>
    """,
    """
    day | code  | diagnosis | points
    10  | 99213 | M54.50    | 0
    10  | 63663 | M54.50    | 6
    10  | 99213 | T85.732A  | 4
    10  | 63663 | T85.732A  | 10
    """,
)
def test_signs_of_harm_give_up_to_10_points() -> None: ...


@examples(
    """
    -400  99213  <history>
    0     63650  M54.50  paid=0
    expect priority.miscoded=<points> priority=<total>
    """,
    """
    history | points | total
    M54.50  | 0      | 70.0
    M96.1   | -35    | 35.0
    """,
)
def test_a_flag_that_is_likely_miscoded_has_half_the_priority() -> None: ...


@examples(
    """
    0  63650  M54.50  paid=<paid>
    expect priority=<total>
    """,
    """
    paid   | total
    0      | 70.0
    9      | 74.0
    200    | 79.2
    30000  | 87.9
    100000 | 90.0
    """,
)
def test_the_total_is_rounded_to_one_decimal() -> None: ...


@example("""
    0   63650+63685  M54.50  paid=100000
    10  63663        T85.732A
    expect priority=100.0
    """)
def test_the_highest_priority_is_100() -> None: ...


@examples(
    """
    <first>
    <second>
    0  63650  M54.50  modifier=<modifier>
    expect <outcome> priority=nothing
    """,
    f"""
    first             | second    | modifier | outcome
    enrolled -319..   |           |          | not_assessable
                      |           | 53       | excluded
    {FAILED_EXERCISE} | {FAILED_NSAID} |     | documented
    """,
)
def test_only_flags_have_a_priority() -> None: ...

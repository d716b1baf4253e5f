"""Failure statements of docs/rule.md 7: complete, broken in one way, at the edges of their dates."""

from collections.abc import Callable

from tests.messy.builder import Member, days, piece, text_day
from tests.messy.text import Row

FAILURE = ("no_benefit", "inadequate_benefit", "intolerance", "contraindicated")
NOT_FAILURE = ("refused", "patient_request", "non_adherent", "not_available", "cost", "improved", "no benefits")
STATEMENT_AGE = (728, 729, 730, 731, 732)


def _modality(m: Member, *groups: str) -> str:
    group = m.rng.choice(groups or ("manipulation", "psychological", "interdisciplinary", "acupuncture", "medication"))
    return m.rng.choice(m.codes.rows("documentation_modalities", care_group=group)).code


def _failure(m: Member) -> str:
    word = m.rng.choice(FAILURE)
    m.saw(f"outcome_{word}")
    return word


@piece
def documented_failure(m: Member) -> None:
    """Exercise and another group, both complete."""
    _complete(m, _modality(m, "exercise"))
    for _ in range(m.rng.choice((1, 1, 2))):
        _complete(m, _modality(m))


def _complete(m: Member, modality: str) -> Row:
    age = m.rng.randrange(0, 200)
    written = m.first - days(age)
    start = written - days(m.rng.choice((0, 30, 90)))
    return m.statement(
        modality,
        _failure(m),
        document_date=text_day(written),
        start_date=text_day(start),
        end_date=text_day(m.rng.choice((start, written, None))),
        visit_count=m.rng.choice(("1", "8")),
    )


@piece
def documented_without_exercise(m: Member) -> None:
    _complete(m, _modality(m, "manipulation"))
    _complete(m, _modality(m, "medication", "psychological"))


@piece
def documented_one_group_twice(m: Member) -> None:
    _complete(m, _modality(m, "exercise"))
    _complete(m, _modality(m, "exercise"))


@piece
def one_statement(m: Member) -> None:
    _complete(m, _modality(m, m.rng.choice(("exercise", "medication", "psychological"))))


@piece
def statement_lacks_an_element(m: Member) -> None:
    """Exactly one element is missing or unfit; the other statement is complete."""
    _complete(m, _modality(m))
    broken = _complete(m, _modality(m, "exercise"))
    missing = m.rng.choice(
        (
            "document_id",
            "modality",
            "outcome",
            "document_date",
            "start_date",
            "author_role",
            "source_type",
            "end_and_visits",
            "visits_zero",
            "visits_blank_end_given",
            "end_blank_visits_given",
            "unknown_modality",
            "end_before_start",
            "end_after_document",
            "start_after_document",
        )
    )
    m.saw(f"statement_lacks_{missing}")
    written = m.first - days(m.rng.choice((10, 100)))
    match missing:
        case "end_and_visits":
            broken |= {"end_date": None, "visit_count": None}
        case "visits_zero":
            broken |= {"end_date": None, "visit_count": m.rng.choice(("0", "-1"))}
        case "visits_blank_end_given":
            broken |= {"end_date": broken["document_date"], "visit_count": None}
        case "end_blank_visits_given":
            broken |= {"end_date": None, "visit_count": "1"}
        case "unknown_modality":
            broken["modality"] = m.rng.choice(("surgery", "yoga", "passive_modality", "exercises"))
        case "end_before_start":
            broken |= {
                "document_date": text_day(written),
                "start_date": text_day(written - days(5)),
                "end_date": text_day(written - days(6)),
            }
        case "end_after_document":
            broken |= {
                "document_date": text_day(written),
                "start_date": text_day(written - days(50)),
                "end_date": text_day(written + days(1)),
            }
        case "start_after_document":
            broken |= {"document_date": text_day(written), "start_date": text_day(written + days(1)), "end_date": None}
        case _:
            broken[missing] = None
    if m.chance(0.15):
        m.saw("contraindicated_and_lacking")
        broken["outcome"] = "contraindicated"


@piece
def statement_at_age_edge(m: Member) -> None:
    """`document_date` 729 to 731 days before the anchor, or on the anchor day, or the day after."""
    _complete(m, _modality(m))
    age = m.edge("statement_max_age_days", (-1, 0, 1, *STATEMENT_AGE))
    written = m.first - days(age)
    m.statement(
        _modality(m, "exercise"),
        _failure(m),
        document_date=text_day(written),
        start_date=text_day(written),
        end_date=None,
        visit_count="3",
    )


@piece
def statement_end_at_age_edge(m: Member) -> None:
    """`end_date` 729 to 731 days before the anchor."""
    _complete(m, _modality(m))
    ended = m.first - days(m.edge("statement_end_age_days", STATEMENT_AGE))
    m.statement(
        _modality(m, "exercise"),
        _failure(m),
        document_date=text_day(m.first - days(m.rng.choice((0, 300)))),
        start_date=text_day(ended - days(60)),
        end_date=text_day(ended),
    )


@piece
def statement_not_a_failure(m: Member) -> None:
    _complete(m, _modality(m))
    word = m.rng.choice(NOT_FAILURE)
    m.saw(f"outcome_{word.replace(' ', '_')}")
    m.statement(_modality(m, "exercise"), word)


@piece
def statement_contraindicated_without_dates(m: Member) -> None:
    for modality in (_modality(m, "exercise"), _modality(m)):
        m.statement(modality, "contraindicated", start_date=None, end_date=None, visit_count=None)


@piece
def statement_words_spelled(m: Member) -> None:
    """`No benefit`, `no-benefit`, `Physical Therapy`: spelled like this, the words are the listed ones."""
    m.statement(
        m.rng.choice(("Physical Therapy", "PHYSICAL-THERAPY", "exercise  pt")),
        m.rng.choice(("No benefit", "no-benefit", " NO BENEFIT ")),
    )
    m.statement(
        m.rng.choice(("Spinal manipulation", "CBT", "Acupuncture")),
        m.rng.choice(("Inadequate-benefit", "Intolerance", "inadequate  benefit")),
    )


@piece
def statement_extends_the_span(m: Member) -> None:
    """Its dates enter the span as far as they lie in the look-back; no end means the start alone."""
    start = m.first - days(m.edge("statement_start_offset", (364, 365, 366, 200)))
    m.statement(
        _modality(m, m.rng.choice(("exercise", "medication"))),
        _failure(m),
        document_date=text_day(m.first - days(1)),
        start_date=text_day(start),
        end_date=text_day(
            m.rng.choice((None, start + days(m.edge("statement_span_days", (181, 182, 183))), m.first - days(1)))
        ),
        visit_count="2",
    )


STATEMENTS: tuple[tuple[Callable[[Member], None], int], ...] = (
    (documented_failure, 8),
    (documented_without_exercise, 2),
    (documented_one_group_twice, 2),
    (one_statement, 4),
    (statement_lacks_an_element, 7),
    (statement_at_age_edge, 4),
    (statement_end_at_age_edge, 3),
    (statement_not_a_failure, 4),
    (statement_contraindicated_without_dates, 2),
    (statement_words_spelled, 2),
    (statement_extends_the_span, 3),
)


def statements(m: Member) -> None:
    functions, weights = zip(*STATEMENTS, strict=True)
    m.rng.choices(functions, weights)[0](m)

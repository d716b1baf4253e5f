"""Which diagnoses an implant claim carries, and which of them its lines point to."""

from dataclasses import dataclass
from datetime import date

from tests.messy.builder import Member, days, piece
from tests.messy.codes import ICD10_FROM

LETTERS = "ABCDEFGHIJKL"
M54_5_ENDS = date(2021, 9, 30)


@dataclass(frozen=True)
class Billed:
    """Diagnoses in rank order (None: rank left out), the ranks meant, and a stated code type where it matters."""

    codes: tuple[str | None, ...]
    meant: tuple[int, ...]
    pointer: str | None = None
    code_type: str | None = "not stated"


def pointer(m: Member, billed: Billed) -> str | None:
    """The pointer in one of its forms: `1`, `1:3`, `1,3`, `12`, `AB`, `L`, with unknown ranks, or blank."""
    if billed.pointer is not None:
        return billed.pointer
    if not billed.meant or m.chance(0.15):
        m.saw("pointer_blank")
        return None
    form = m.rng.choice(("colon", "comma", "letters", "letters", "letters_parted", "unknown_rank", "blanks"))
    m.saw(f"pointer_{form}")
    numbers = [str(rank) for rank in billed.meant]
    letters = [LETTERS[rank - 1] for rank in billed.meant if rank <= len(LETTERS)]
    match form:
        case "colon":
            return ":".join(numbers)
        case "comma":
            return ",".join(numbers)
        case "letters":
            return "".join(letters) if m.chance(0.8) else "".join(letters).lower()
        case "letters_parted":
            return m.rng.choice((":", ",")).join(letters)
        case "unknown_rank":
            return ":".join([*numbers, "9"]) if m.chance(0.5) else ":".join(["11", *numbers])
        case _:
            return m.rng.choice((": ", ", ")).join(numbers)


@piece
def dx_low_back_pain_only(m: Member, day: date) -> Billed:
    codes = m.codes
    lbp = codes.lbp(m.rng, day, specificity=m.rng.choice(("unspecified", "unspecified", "unspecified", "other_lbp")))
    match m.rng.randrange(10):
        case 0:
            return Billed((codes.neutral(m.rng, day), lbp), (2,))
        case 1 | 2 | 3:
            return Billed((lbp, codes.neutral(m.rng, day)), (1, 2))
        case 4:
            return Billed((codes.neutral(m.rng, day), codes.neutral(m.rng, day), lbp), (1, 3))
        case _:
            return Billed((lbp,), (1,))


@piece
def dx_pain_label_first(m: Member, day: date) -> Billed:
    label, lbp = m.codes.pain_label(m.rng, day), m.codes.lbp(m.rng, day)
    return m.rng.choice(
        (
            Billed((label, lbp), (1,)),
            Billed((label, lbp), (1, 2)),
            Billed((label, lbp), (2,)),
            Billed((label, m.codes.neutral(m.rng, day), lbp), (1, 3)),
            Billed((label, m.codes.neutral(m.rng, day), lbp), (1, 2)),
            Billed((label, m.codes.pain_label(m.rng, day), lbp), (1, 2)),
        )
    )


@piece
def dx_pain_labels_alone(m: Member, day: date) -> Billed:
    return Billed((m.codes.pain_label(m.rng, day), m.codes.pain_label(m.rng, day)), (1,))


@piece
def dx_with_neighbour(m: Member, day: date) -> Billed:
    kinds = sorted(
        {row.fields["specificity"] for row in m.codes.rows("diagnoses_low_back_pain", value_set="lbp_near_neighbour")}
    )
    kind = m.rng.choice([*(kind for kind in kinds if kind != "pain_label"), "nonspecific_soft_tissue"])
    m.saw(f"neighbour_{kind}")
    near = m.codes.diagnosis(m.rng, "diagnoses_low_back_pain", day, value_set="lbp_near_neighbour", specificity=kind)
    lbp = m.codes.lbp(m.rng, day)
    return m.rng.choice((Billed((lbp, near), (1,)), Billed((near, lbp), (1, 2)), Billed((near, lbp), (2,))))


@piece
def dx_neighbour_billed_not_lbp(m: Member, day: date) -> Billed:
    """The line points past the low back pain code: not low back pain by the pointer."""
    near = m.codes.diagnosis(
        m.rng, "diagnoses_low_back_pain", day, value_set="lbp_near_neighbour", specificity="radicular"
    )
    return Billed((near, m.codes.lbp(m.rng, day)), (1,), pointer=m.rng.choice(("1", "A", "1:9")))


@piece
def dx_other_indication(m: Member, day: date) -> Billed:
    kind = m.rng.choice(("supported", "supported", "supported", "not_supporting"))
    other = m.codes.diagnosis(m.rng, "other_indications", day, indication_class=kind)
    lbp = m.codes.lbp(m.rng, day)
    return m.rng.choice((Billed((lbp, other), (1,)), Billed((lbp, other), (1, 2)), Billed((other, lbp), (1,), "1")))


@piece
def dx_not_low_back_pain(m: Member, day: date) -> Billed:
    other = m.codes.diagnosis(m.rng, "other_indications", day, indication_class="supported")
    return m.rng.choice((Billed((other,), (1,)), Billed((m.codes.neutral(m.rng, day),), (1,))))


@piece
def dx_rank_twelve(m: Member, day: date) -> Billed:
    """`12` is rank twelve, `1:2` is not; `L` is rank twelve."""
    fillers = tuple(m.codes.neutral(m.rng, day) for _ in range(11))
    text = m.rng.choice(("12", "L", "1:2", "1,2", "AL", "1:12", "12,1", "l"))
    m.saw(f"pointer_{text.lower()}_of_twelve")
    return Billed((*fillers, m.codes.lbp(m.rng, day)), (12,), pointer=text)


@piece
def dx_unknown_ranks_only(m: Member, day: date) -> Billed:
    """Nothing is found by the pointer: all diagnoses of the claim are the billed ones."""
    lbp = m.codes.lbp(m.rng, day)
    text = m.rng.choice(("9", "7:8", "H", "2", "B"))
    return Billed((m.codes.neutral(m.rng, day), None, lbp), (), pointer=text)


@piece
def dx_outside_its_dates(m: Member, day: date) -> Billed:
    """A low back pain code outside its dates still matches; a neighbour or a supported indication too or not."""
    stale = m.codes.lbp(m.rng, day, valid=False)
    if m.chance(0.3):
        near = m.codes.diagnosis(
            m.rng,
            "diagnoses_low_back_pain",
            day,
            valid=False,
            value_set="lbp_near_neighbour",
            specificity="axial_specific",
        )
        return Billed((stale, near), (1,))
    if m.chance(0.2):
        other = m.codes.diagnosis(m.rng, "other_indications", day, valid=False, indication_class="supported")
        return Billed((m.codes.lbp(m.rng, day), other), (1,))
    return Billed((stale,), (1,))


@piece
def dx_dotted_m54_5(m: Member, day: date) -> Billed:
    """M54.5 and M54.50 around the change of 2021-10-01."""
    code = m.rng.choice(("M54.5", "M54.50", "M54.59"))
    m.saw(f"{code}_{'after' if day > M54_5_ENDS else 'before'}_change")
    return Billed((code,), (1,))


@piece
def dx_wrong_type_stated(m: Member, day: date) -> Billed:
    """A stated type decides, even where it does not fit the date or the code."""
    if m.chance(0.5):
        return Billed((m.codes.lbp(m.rng, day),), (1,), code_type=m.rng.choice(("icd-9-cm", "icd-10-cm")))
    old = day < ICD10_FROM
    code = m.codes.lbp(m.rng, ICD10_FROM if old else ICD10_FROM - days(1))
    return Billed((code,), (1,), code_type=m.rng.choice((None, "icd-10-cm" if old else "icd-9-cm")))


@piece
def dx_none(m: Member, day: date) -> Billed:
    del day
    return Billed((), (), pointer=m.rng.choice(("1", None)))


COMMON = (
    (dx_low_back_pain_only, 56),
    (dx_pain_label_first, 12),
    (dx_with_neighbour, 14),
    (dx_other_indication, 6),
    (dx_neighbour_billed_not_lbp, 3),
    (dx_not_low_back_pain, 3),
    (dx_rank_twelve, 4),
    (dx_unknown_ranks_only, 3),
    (dx_outside_its_dates, 4),
    (dx_dotted_m54_5, 5),
    (dx_wrong_type_stated, 3),
    (dx_pain_labels_alone, 2),
    (dx_none, 1),
)


def billed(m: Member, day: date) -> Billed:
    functions, weights = zip(*COMMON, strict=True)
    chosen: Billed = m.rng.choices(functions, weights)[0](m, day)
    return chosen

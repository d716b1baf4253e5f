"""Pharmacy fills: every way to name a drug, days of supply at the edges, negatives, and the crosswalk."""

from collections.abc import Callable
from datetime import date

from tests.messy.builder import Member, days, piece
from tests.messy.codes import Code, Codes
from tests.messy.text import Row

COUNTING_CLASSES = ("nsaid", "acetaminophen", "snri")


def _ingredients(codes: Codes) -> tuple[Code, ...]:
    return codes.rows("medications", code_system="rxnorm-ingredient")


def crosswalk_rxcui(codes: Codes, ingredient: str) -> str:
    """The product code that the crosswalk of these tests maps to the ingredient."""
    return str(9_000_000 + _position(codes, ingredient))


def crosswalk_ndc(codes: Codes, ingredient: str) -> tuple[str, str, str]:
    """Labeler, product and package of an 11-digit NDC that the crosswalk maps to the ingredient."""
    place = _position(codes, ingredient)
    return f"0{6000 + place}", f"0{100 + place}", "01"


def _position(codes: Codes, ingredient: str) -> int:
    return next(place for place, row in enumerate(_ingredients(codes)) if row.code == ingredient)


COMBINATION_NDC = "07999-0901-01"
COMBINATION_RXCUI = "9009001"


def crosswalk_rows(codes: Codes) -> list[Row]:
    """One crosswalk for all members: each ingredient by product and by NDC, combinations, repeats, strangers."""
    rows: list[Row] = []
    for ingredient in _ingredients(codes):
        labeler, product, package = crosswalk_ndc(codes, ingredient.code)
        hyphened = (
            f"{labeler[1:]}-{product}-{package}"
            if _position(codes, ingredient.code) % 3 == 0
            else labeler + product + package
        )
        rows.append(_crosswalk("ndc", hyphened, ingredient.code))
        rows.append(_crosswalk("rxnorm", crosswalk_rxcui(codes, ingredient.code), ingredient.code))
    opioid = codes.rows("medications", drug_class="opioid")[0].code
    acetaminophen = codes.rows("medications", value_set="acetaminophen")[0].code
    nsaid = codes.rows("medications", value_set="nsaid", counts="yes")[0].code
    rows += [
        _crosswalk("ndc", COMBINATION_NDC, acetaminophen),
        _crosswalk("ndc", COMBINATION_NDC, opioid),
        _crosswalk("rxnorm", COMBINATION_RXCUI, nsaid),
        _crosswalk("rxnorm", COMBINATION_RXCUI, acetaminophen),
        _crosswalk("rxnorm", "9009002", "1"),
        dict(rows[0]),
        dict(rows[1]),
        _crosswalk("ndc", "07999090209", "99999999"),
    ]
    return rows


def _crosswalk(system: str, code: str, ingredient: str) -> Row:
    return {"from_system": system, "from_code": code, "rxnorm_ingredient": ingredient}


# -- ways to name the drug of one fill ----------------------------------------------------------------


def by_rxnorm(m: Member, drug: Code) -> Row:
    return {"rxnorm_code": drug.code}


def by_rxnorm_product(m: Member, drug: Code) -> Row:
    return {"rxnorm_code": crosswalk_rxcui(m.codes, drug.code)}


def by_crosswalk_ndc(m: Member, drug: Code) -> Row:
    return {"ndc_code": _spell_ndc(m, *crosswalk_ndc(m.codes, drug.code))}


def by_listed_ndc(m: Member, drug: Code) -> Row:
    """An `ndc-9` row of the drug's class (labeler and product), or the crosswalk where there is none."""
    listed = m.codes.rows("medications", code_system="ndc-9", drug_class=drug.fields["drug_class"])
    if not listed:
        return by_crosswalk_ndc(m, drug)
    labeler, product = m.rng.choice(listed).code.split("-")
    return {"ndc_code": _spell_ndc(m, labeler.zfill(5), product.zfill(4), m.rng.choice(("01", "30", "02")))}


def _spell_ndc(m: Member, labeler: str, product: str, package: str) -> str:
    """11 digits, hyphened 5-4-2, and the 10-digit forms this number can be written in; rarely the dead form."""
    forms = {"11": labeler + product + package, "5-4-2": f"{labeler}-{product}-{package}"}
    if labeler.startswith("0"):
        forms["4-4-2"] = f"{labeler[1:]}-{product}-{package}"
    if product.startswith("0"):
        forms["5-3-2"] = f"{labeler}-{product[1:]}-{package}"
    if package.startswith("0"):
        forms["5-4-1"] = f"{labeler}-{product}-{package[1:]}"
    forms["asterisks"] = f"{labeler}*{product}*{package}"
    forms["inner blanks"] = f"{labeler} {product} {package}"
    forms["N4"] = m.rng.choice(("N4", "n4 ")) + m.rng.choice((forms["11"], forms["5-4-2"]))
    forms["10 digits"] = labeler[1:] + product + package
    weights = [{"10 digits": 2, "asterisks": 2, "inner blanks": 2, "N4": 2}.get(name, 8) for name in forms]
    form = m.rng.choices(list(forms), weights)[0]
    m.saw(f"ndc_{form}")
    return forms[form]


def by_atc(m: Member, drug: Code) -> Row:
    """The drug's ATC code; the longest prefix row decides, at times another class or none."""
    return {"atc_code": drug.fields["atc"] or m.rng.choice(("M03B", "N06AX16", "M01"))}


def by_name(m: Member, drug: Code) -> Row:
    name = m.rng.choice(
        (drug.label, drug.label.upper(), drug.label.title(), f"{drug.label} 200 mg tablet", f"{drug.label}-er")
    )
    return {"generic_name": name}


def by_name_oral_capsule(m: Member, drug: Code) -> Row:
    """Softgels and LIQUI-GELs are oral: hyphens part no words here."""
    return {
        "generic_name": m.rng.choice(
            (f"{drug.label} softgel", f"{drug.label.upper()} LIQUI-GEL", f"{drug.label} gel-cap")
        )
    }


def by_name_not_oral(m: Member, drug: Code) -> Row:
    word = m.rng.choice(m.codes.rows("non_oral_forms")).code
    name = m.rng.choice(
        (f"{drug.label} {word}", f"{drug.label} ({word.upper()})", f"{drug.label}/{word}", f"{word}, {drug.label} 1 %")
    )
    columns: Row = {"generic_name": name}
    if m.chance(0.4):
        m.saw("not_oral_with_code")
        columns |= m.rng.choice((by_rxnorm, by_atc, by_crosswalk_ndc))(m, drug)
    return columns


def by_name_combination(m: Member, drug: Code) -> Row:
    """Two ingredients in a name: one that does not count decides, else the first row of the value set."""
    partner = m.rng.choice(_ingredients(m.codes))
    parts = [drug.label, partner.label]
    m.rng.shuffle(parts)
    return {"generic_name": m.rng.choice(("/", "-", " and ", ", ", " / ")).join(parts)}


def by_part_of_a_name(m: Member, drug: Code) -> Row:
    return {"generic_name": m.rng.choice((f"{drug.label}um", f"x{drug.label}", f"levo{drug.label}"))}


def by_combination_in_crosswalk(m: Member, drug: Code) -> Row:
    forms: tuple[Row, ...] = ({"ndc_code": COMBINATION_NDC.replace("-", "")}, {"rxnorm_code": COMBINATION_RXCUI})
    return m.rng.choice(forms)


def by_second_code(m: Member, drug: Code) -> Row:
    """An earlier code finds no row, so a later one decides."""
    strays: tuple[Row, ...] = (
        {"rxnorm_code": "9009002"},
        {"rxnorm_code": "123"},
        {"ndc_code": "07999090209"},
        {"ndc_code": "12345"},
        {"atc_code": "C09AA01"},
    )
    columns = by_name(m, drug)
    if m.chance(0.5):
        columns |= by_atc(m, drug)
    return columns | m.rng.choice(strays)


def by_first_code(m: Member, drug: Code) -> Row:
    """An earlier code finds a row that does not count, so a later one has no say."""
    other = m.codes.pick(m.rng, "medications", m.first, code_system="rxnorm-ingredient", counts="no")
    return by_name(m, drug) | by_atc(m, drug) | {"rxnorm_code": other.code}


def by_nothing(m: Member, drug: Code) -> Row:
    forms: tuple[Row, ...] = (
        {},
        {"generic_name": "lisinopril"},
        {"ndc_code": "00000-0000-00"},
        {"atc_code": "C10AA05"},
    )
    return m.rng.choice(forms)


NAMING: tuple[tuple[Callable[[Member, Code], Row], int], ...] = (
    (by_rxnorm, 10),
    (by_rxnorm_product, 4),
    (by_crosswalk_ndc, 6),
    (by_listed_ndc, 4),
    (by_atc, 5),
    (by_name, 5),
    (by_name_oral_capsule, 2),
    (by_name_not_oral, 3),
    (by_name_combination, 3),
    (by_part_of_a_name, 1),
    (by_combination_in_crosswalk, 2),
    (by_second_code, 3),
    (by_first_code, 2),
    (by_nothing, 1),
)


def fill_of(
    m: Member, drug: Code, day: date, days_supply: int, *, plain: bool = False, status: str | None = None
) -> Row:
    if plain:
        naming: Callable[[Member, Code], Row] = m.rng.choice(
            (by_rxnorm, by_rxnorm, by_rxnorm_product, by_crosswalk_ndc, by_atc, by_name)
        )
    else:
        functions, weights = zip(*NAMING, strict=True)
        naming = m.rng.choices(functions, weights)[0]
    m.saw(f"drug_{naming.__name__}")
    columns = naming(m, drug)
    if status is not None:
        columns["claim_status"] = status
    return m.fill(day, days_supply, **columns)


def _drug(m: Member, drug_class: str, counts: str = "yes") -> Code:
    return m.codes.pick(
        m.rng, "medications", m.first, valid=None, code_system="rxnorm-ingredient", drug_class=drug_class, counts=counts
    )


# -- pieces -------------------------------------------------------------------------------------------


@piece
def adequate_medication(m: Member) -> None:
    start = m.rng.randrange(60, 360)
    for drug_class in m.rng.sample(COUNTING_CLASSES, 2):
        for refill in range(m.rng.choice((1, 2))):
            fill_of(m, _drug(m, drug_class), m.first - days(start - 30 * refill), 30, plain=True)


@piece
def medication_days_edge(m: Member) -> None:
    """27, 28 or 29 net days of the second class, in one fill or two."""
    total = m.edge("medication_min_days", (27, 28, 29))
    first, second = m.rng.sample(COUNTING_CLASSES, 2)
    fill_of(m, _drug(m, first), m.first - days(200), 30, plain=True)
    start = m.rng.randrange(40, 300)
    if m.chance(0.5):
        fill_of(m, _drug(m, second), m.first - days(start), 14, plain=True)
        fill_of(m, _drug(m, second), m.first - days(start - 14), total - 14, plain=True)
    else:
        fill_of(m, _drug(m, second), m.first - days(start), total, plain=True)


@piece
def medication_near_anchor(m: Member) -> None:
    """A fill counts at most the days up to the anchor; on the anchor day none; before the look-back none."""
    first, second = m.rng.sample(COUNTING_CLASSES, 2)
    fill_of(
        m, _drug(m, first), m.first - days(m.edge("fill_offset", (0, 1, 27, 28, 29, 364, 365, 366))), 90, plain=True
    )
    fill_of(m, _drug(m, second), m.first - days(m.rng.choice((28, 100))), 60, plain=True)


@piece
def medication_reversed(m: Member) -> None:
    """Negative days: on the fill's date, on another date, sums of zero, denied, reversed with both signs."""
    drug = _drug(m, m.rng.choice(COUNTING_CLASSES))
    other = _drug(m, m.rng.choice(COUNTING_CLASSES))
    day = m.first - days(m.rng.randrange(40, 360))
    fill_of(m, other, m.first - days(150), 30, plain=True)
    kept = m.fill(day, 30, rxnorm_code=drug.code)
    case = m.rng.choice(
        (
            "same_day_zero",
            "same_day_part",
            "other_day",
            "other_day_part",
            "denied_negative",
            "reversed_positive",
            "reversed_negative",
            "outside",
            "all_gone",
            "many_days_back",
        )
    )
    m.saw(f"fill_{case}")
    match case:
        case "same_day_zero":
            m.fill(day, -30, rxnorm_code=drug.code)
        case "same_day_part":
            m.fill(day, m.rng.choice((-1, -2, -3)), rxnorm_code=drug.code)
        case "other_day":
            m.fill(day + days(5), -30, rxnorm_code=drug.code)
            m.fill(day - days(31), 30, rxnorm_code=drug.code)
        case "other_day_part":
            m.fill(day + days(5), m.rng.choice((-1, -2, -3)), rxnorm_code=drug.code, claim_status="reversed")
        case "denied_negative":
            m.fill(day, -30, rxnorm_code=drug.code, claim_status="denied")
        case "reversed_positive":
            kept["claim_status"] = m.rng.choice(("reversed", "denied"))
            m.fill(day - days(31), m.rng.choice((27, 28, 29)), rxnorm_code=drug.code)
        case "reversed_negative":
            kept["claim_status"] = "reversed"
            m.fill(day, -30, rxnorm_code=drug.code, claim_status="reversed")
            m.fill(day - days(32), 60, rxnorm_code=drug.code)
        case "many_days_back":
            m.fill(day, m.edge("returned_days", (-998, -999)), rxnorm_code=drug.code)
        case "outside":
            m.fill(m.first + days(m.rng.choice((0, 5))), -30, rxnorm_code=drug.code)
        case _:
            m.fill(day + days(1), -60, rxnorm_code=drug.code)


def _fills_of_one_drug(m: Member) -> tuple[Row, date]:
    """A fill of 30 days on line 1 of its claim, beside enough of another class; and its day."""
    drug = _drug(m, m.rng.choice(COUNTING_CLASSES))
    fill_of(m, _drug(m, m.rng.choice(COUNTING_CLASSES)), m.first - days(150), 30, plain=True)
    day = m.first - days(m.rng.randrange(40, 330))
    return m.fill(day, 30, rxnorm_code=drug.code, claim_line_number="1"), day


@piece
def medication_taken_back(m: Member) -> None:
    """A reversed row takes back one fill of its claim and line: of equal days, then the first delivered."""
    kept, day = _fills_of_one_drug(m)
    case = m.rng.choice(
        (
            *(
                "equal_days",
                "first_delivered",
                "equal_days_of_two",
                "other_line",
                "other_claim",
                "comes_first",
                "twice",
            ),
            *("pending_fill", "blank_lines", "no_fill_left"),
        )
    )
    m.saw(f"taken_back_{case}")
    same = {"rxnorm_code": kept["rxnorm_code"], "claim_id": kept["claim_id"], "claim_line_number": "1"}
    gone = {**same, "claim_status": "reversed"}
    if case == "other_line":
        gone["claim_line_number"] = m.rng.choice(("2", None))
    if case == "other_claim":
        gone["claim_id"] = m.new_id("P")
    if case == "comes_first":
        kept["_late"] = "3"
    if case == "blank_lines":
        kept["claim_line_number"] = gone["claim_line_number"] = None
    if case in ("pending_fill", "no_fill_left"):
        kept["claim_status"] = "pending" if case == "pending_fill" else "denied"
    back = 30
    if case in ("first_delivered", "equal_days_of_two", "twice"):
        supply = {"first_delivered": 28, "equal_days_of_two": 14}.get(case, 30)
        back = m.rng.choice((15, 29)) if case == "first_delivered" else supply
        m.fill(day + days(31), supply, _late="1", **same)
    m.fill(day + days(3), back, _late="2", **gone)
    if case == "twice":
        m.fill(day + days(33), back, _late="3", **gone)


@piece
def medication_of_negative_quantity(m: Member) -> None:
    """A row of negative quantity takes its days away, whatever its status; one of no quantity does not."""
    kept, day = _fills_of_one_drug(m)
    case = m.rng.choice(("blank_status", "reversed", "denied", "negative_days", "zero"))
    m.saw(f"negative_quantity_{case}")
    m.fill(day + days(31), 30, rxnorm_code=kept["rxnorm_code"])
    m.fill(
        day + days(m.rng.choice((0, 3))),
        -30 if case == "negative_days" else m.rng.choice((30, 31, 32)),
        rxnorm_code=kept["rxnorm_code"],
        quantity="0" if case == "zero" else "-60",
        claim_status=case if case in ("reversed", "denied") else None,
    )


@piece
def medication_pending_or_odd(m: Member) -> None:
    drug = _drug(m, m.rng.choice(COUNTING_CLASSES))
    for _ in range(2):
        day = m.first - days(m.rng.randrange(30, 300))
        fill_of(
            m,
            drug,
            day,
            m.edge("days_supply", (0, 1, 28, 998, 999)),
            plain=True,
            status=m.rng.choice(("pending", "denied", "reversed", "paid")),
        )


@piece
def medication_exact_repeat(m: Member) -> None:
    row = fill_of(
        m,
        _drug(m, m.rng.choice(COUNTING_CLASSES)),
        m.first - days(m.rng.randrange(30, 300)),
        m.rng.choice((14, 27, 28)),
        plain=True,
    )
    again = dict(row)
    if m.chance(0.4):
        m.saw("fill_other_line_number")
        again["claim_line_number"] = "2"
    m.fills.append(again)


@piece
def medication_two_fills_a_day(m: Member) -> None:
    """Two drugs of one class on one day: the days' supply is summed by class and date."""
    drug_class = m.rng.choice(COUNTING_CLASSES)
    day = m.first - days(m.rng.choice((20, 28, 100)))
    for supply in (14, m.rng.choice((13, 14, 15))):
        fill_of(m, _drug(m, drug_class), day, supply, plain=True)
    fill_of(m, _drug(m, m.rng.choice(COUNTING_CLASSES)), day - days(10), 30, plain=True)


@piece
def medication_every_name(m: Member) -> None:
    for _ in range(m.rng.choice((2, 4, 6))):
        drug_class = m.rng.choice(COUNTING_CLASSES)
        fill_of(m, _drug(m, drug_class), m.first - days(m.rng.randrange(1, 367)), m.rng.choice((14, 28, 30, 90)))


@piece
def medication_not_counting(m: Member) -> None:
    drug_class = m.rng.choice(
        ("opioid", "gabapentinoid", "tca", "muscle_relaxant", "topical", "oral_steroid", "benzodiazepine")
    )
    for _ in range(m.rng.choice((1, 3))):
        fill_of(m, _drug(m, drug_class, "no"), m.first - days(m.rng.randrange(1, 366)), 30)


@piece
def medication_one_class(m: Member) -> None:
    fill_of(m, _drug(m, m.rng.choice(COUNTING_CLASSES)), m.first - days(m.rng.randrange(30, 360)), 90, plain=True)


@piece
def span_ends_with_a_fill(m: Member) -> None:
    """The last counted day of a fill, 181 to 183 days after the first service, ends the span."""
    first = m.rng.randrange(230, 360)
    span = m.edge("fill_span_days", (181, 182, 183))
    one, two = m.rng.sample(COUNTING_CLASSES, 2)
    fill_of(m, _drug(m, one), m.first - days(first), 30, plain=True)
    fill_of(m, _drug(m, two), m.first - days(first - span + 29), 30, plain=True)


MEDICATION: tuple[Callable[[Member], None], ...] = (
    adequate_medication,
    medication_days_edge,
    medication_near_anchor,
    medication_reversed,
    medication_taken_back,
    medication_of_negative_quantity,
    medication_pending_or_odd,
    medication_exact_repeat,
    medication_two_fills_a_day,
    medication_every_name,
    medication_not_counting,
    medication_one_class,
    span_ends_with_a_fill,
)

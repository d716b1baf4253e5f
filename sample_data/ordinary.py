"""Ordinary members without an implant: visits, back pain, therapy, fills, laboratory and hospital days."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING, TypeVar

from sample_data.member import (
    ACETAMINOPHEN_BY_NAME,
    CYCLOBENZAPRINE,
    DULOXETINE_BY_NDC,
    IBUPROFEN,
    IBUPROFEN_BY_NDC,
    NAPROXEN_BY_ATC,
    Line,
    Member,
    after,
    every,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Choice = TypeVar("Choice")

FIRST_DAY, LAST_DAY = date(2023, 1, 2), date(2026, 6, 30)
VISIT_DIAGNOSES = ("I10", "E119", "J069", "Z0000", "M5450", "M5416", "M47816", "F411", "K219", "M1711", "E785", "N390")
BACK_DIAGNOSES = ("M5450", "M5459", "M5416", "M5136", "M47816", "M6283")
DRUGS = (
    IBUPROFEN,
    IBUPROFEN_BY_NDC,
    NAPROXEN_BY_ATC,
    ACETAMINOPHEN_BY_NAME,
    DULOXETINE_BY_NDC,
    CYCLOBENZAPRINE,
    {"rxnorm_code": "25480", "generic_name": "GABAPENTIN 300 MG CAPSULE"},
    {"rxnorm_code": "29046", "generic_name": "LISINOPRIL 10 MG TABLET"},
    {"rxnorm_code": "6809", "generic_name": "METFORMIN HCL 500 MG TABLET"},
    {"rxnorm_code": "83367", "generic_name": "ATORVASTATIN 20 MG TABLET"},
)


class Dice:
    """Choices that depend on the seed alone; of `Random.random`, which Python keeps from version to version."""

    def __init__(self, seed: str) -> None:
        """Dice that always fall alike for one ``seed``."""
        self._random = Random(seed)

    def below(self, count: int) -> int:
        """A whole number from 0 to ``count`` - 1."""
        return int(self._random.random() * count)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """One of ``choices``."""
        return choices[self.below(len(choices))]

    def day(self) -> date:
        """A day of the sample's three and a half years."""
        return after(FIRST_DAY, self.below((LAST_DAY - FIRST_DAY).days + 1))


def dollars(dice: Dice, low: int, high: int) -> str:
    """An amount of whole cents from ``low`` dollars to below ``high``."""
    cents = low * 100 + dice.below((high - low) * 100)
    return f"{cents // 100}.{cents % 100:02d}"


def seen_in_the_office(member: Member, dice: Dice) -> None:
    """A few visits, some with a laboratory line, one in twenty denied."""
    for _ in range(1 + dice.below(5)):
        status = "denied" if dice.below(20) == 0 else "paid"
        paid = "0" if status == "denied" else dollars(dice, 60, 180)
        lines = [Line(dice.one_of(("99213", "99214", "99203")), paid, pointer="1", status=status)]
        if dice.below(3) == 0:
            lines.append(Line(dice.one_of(("80053", "85025", "83036")), dollars(dice, 8, 40), pointer="1:2"))
        diagnoses = sorted({dice.one_of(VISIT_DIAGNOSES), dice.one_of(VISIT_DIAGNOSES)})
        member.professional(dice.day(), lines, diagnoses)


def treated_for_back_pain(member: Member, dice: Dice) -> None:
    """One member in four: a visit with imaging, then therapy, chiropractic care or an injection."""
    if dice.below(4) != 0:
        return
    start = dice.day()
    diagnosis = (dice.one_of(BACK_DIAGNOSES),)
    member.visit(start, diagnosis)
    if dice.below(2) == 0:
        member.outpatient(after(start, 9), [Line("72148", dollars(dice, 180, 420), revenue="0612")], diagnosis)
    code = dice.one_of(("97110", "97112", "98941", "97140"))
    days = [day for day in every(7, first=after(start, 14), times=2 + dice.below(8)) if day <= LAST_DAY]
    member.therapy(days, diagnosis, code=code)
    if dice.below(6) == 0 and days:
        member.professional(days[-1], [Line("62323", dollars(dice, 200, 320))], diagnosis)


def in_hospital(member: Member, dice: Dice) -> None:
    """One member in eight: an emergency visit or a short stay."""
    if dice.below(8) != 0:
        return
    day = dice.day()
    member.outpatient(
        day,
        [Line("99284", dollars(dice, 300, 900), revenue="0450"), Line("85025", dollars(dice, 8, 20), revenue="0300")],
        (dice.one_of(("R079", "R1084", "J189", "S8250XA")), "I10"),
    )


def on_medicine(member: Member, dice: Dice) -> None:
    """Two members in three: monthly fills of one or two drugs."""
    for _ in range(dice.below(3)):
        drug = dice.one_of(DRUGS)
        for day in every(30, first=dice.day(), times=1 + dice.below(4)):
            if day <= LAST_DAY:
                member.fill(day, drug)


def ordinary_members(count: int, *, seed: int) -> Iterator[Member]:
    """``count`` members, each depending on the seed and its own number only.

    The last member is seen on the last day, so that the data reach to the day of the audit.
    """
    for number in range(1, count + 1):
        dice = Dice(f"{seed}/{number}")
        member = Member(
            f"M{number:04d}", dice.one_of(("commercial", "commercial", "medicare_advantage", "medicare_ffs"))
        )
        if dice.below(5) == 0:
            member.enrolled(date(2021, 1, 1), date(2024, 12, 31))
            member.enrolled(date(2025, 1, 1), drugs=dice.one_of(("true", "false")))
        else:
            member.enrolled(date(2021, 1, 1))
        seen_in_the_office(member, dice)
        treated_for_back_pain(member, dice)
        in_hospital(member, dice)
        on_medicine(member, dice)
        if number == count:
            member.visit(LAST_DAY, ("I10",))
        yield member

"""What a delivered value says, for the second opinion (docs/contract.md 1, What a value may look like).

A value that breaks the contract sets its row aside. Nothing here knows what a row means.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.second_opinion.codes import (
    BLANK,
    normal_code,
    normal_word,
    trimmed,
    without_point_zero,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, str | None]

NULL_WORDS = ("NULL", "(null)", r"\N", "nan", "NaT", "None", "N/A", "#N/A", "<NA>")
FIRST_DAY = date(1990, 1, 1)
FIRST_BIRTH_DAY = date(1900, 1, 1)
NO_DAYS = frozenset(
    {
        date(9999, 12, 31),
        date(9999, 1, 1),
        date(2999, 12, 31),
        date(1900, 1, 1),
        date(1899, 12, 30),
        date(1, 1, 1),
    }
)
NO_CODES = ("88888", "99999", "00000")
IDENTIFIERS = (
    "claim_id",
    "original_claim_id",
    "member_id",
    "previous_member_id",
    "authorization_id",
    "prior_authorization_number",
)
MANGLED = re.compile(r"\d+(\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)

_MIDNIGHT = rf"(?:(?:T|[{BLANK}]+)00:00(?::00(?:\.0+)?)?[{BLANK}]*(?:Z|[+-]\d\d:?\d\d)?)?"
_DAY = re.compile(rf"(?:(\d{{4}})-(\d\d)-(\d\d)|(\d{{4}})(\d\d)(\d\d)){_MIDNIGHT}", re.ASCII)
_PLAIN = r"(?:\d+\.?\d*|\.\d+)"
_GROUPED = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?)"
_AMOUNT = re.compile(
    rf"(?P<minus>\()\$?(?P<bracketed>{_GROUPED}|{_PLAIN})\)"
    rf"|(?P<sign>[+-]?)\$?(?P<signed>{_GROUPED}|{_PLAIN})"
    rf"|\$(?P<inner>[+-])(?P<inside>{_GROUPED}|{_PLAIN})",
    re.ASCII,
)


class RejectedRowError(Exception):
    """A row of a delivery that is set aside (docs/contract.md 1)."""


class RefusedDeliveryError(Exception):
    """A delivery that is refused whole (docs/contract.md 1)."""


def clean_row(row: Mapping[str, str | None], null_words: Iterable[str]) -> Row:
    """Return a row with names in lower case, values trimmed, null words blank and identifiers without `.0`."""
    nulls = {word.lower() for word in null_words}
    found: Row = {}
    for name, value in row.items():
        column = name.lower()
        if column.startswith("_"):
            found[column] = value
            continue
        text = trimmed(value)
        text = "" if text.lower() in nulls else text
        found[column] = without_point_zero(text) if column in IDENTIFIERS else text
    return found


def text(row: Row, column: str) -> str:
    """Return a value; blank where it is absent."""
    return row.get(column) or ""


def required(row: Row, column: str) -> str:
    """Return a value that must be there."""
    value = text(row, column)
    if not value:
        raise RejectedRowError(column)
    return value


def identifier(row: Row, column: str) -> str:
    """Return a member or claim identifier; one in scientific notation sets its row aside (`mangled_identifier`)."""
    value = text(row, column)
    if MANGLED.fullmatch(value):
        raise RejectedRowError(column)
    return value


def required_identifier(row: Row, column: str) -> str:
    """Return a member or claim identifier that must be there."""
    required(row, column)
    return identifier(row, column)


def code(row: Row, column: str) -> str:
    """Return a code that may carry `.0` after its digits, normalised."""
    return normal_code(without_point_zero(text(row, column)))


def latest_day(as_of: date) -> date:
    """Return the run date + 1 year: the last day that a date may have."""
    try:
        return as_of.replace(year=as_of.year + 1)
    except ValueError:
        return date(as_of.year + 1, 2, 28)


def any_day(row: Row, column: str) -> date | None:
    """Return a date of either form, whatever its year, also as a date-time at midnight; blanks and fillers are None."""
    value = text(row, column)
    if not value:
        return None
    found = _DAY.fullmatch(value)
    if found is None:
        raise RejectedRowError(column)
    year, month, number_of_day = (int(part) for part in found.groups() if part is not None)
    try:
        on = date(year, month, number_of_day)
    except ValueError as error:
        raise RejectedRowError(column) from error
    return None if on in NO_DAYS else on


def day(row: Row, column: str, as_of: date) -> date | None:
    """Return a date between 1990 and the run date + 1 year; blank is None."""
    value = any_day(row, column)
    if value is not None and not FIRST_DAY <= value <= latest_day(as_of):
        raise RejectedRowError(column)
    return value


def required_day(row: Row, column: str, as_of: date) -> date:
    """Return a date that must be there."""
    value = day(row, column, as_of)
    if value is None:
        raise RejectedRowError(column)
    return value


def birth_day(row: Row, as_of: date) -> date | None:
    """Return the birth date, None where it cannot be read or lies outside its bounds: no verdict reads it."""
    try:
        value = any_day(row, "birth_date")
    except RejectedRowError:
        return None
    return value if value is not None and FIRST_BIRTH_DAY <= value <= latest_day(as_of) else None


def start_or_open(row: Row, column: str, as_of: date) -> date:
    """Return a first day; blank, a filler or before 1990 means open."""
    value = any_day(row, column)
    if value is None or value < FIRST_DAY:
        return date.min
    if value > latest_day(as_of):
        raise RejectedRowError(column)
    return value


def end_or_open(row: Row, column: str, as_of: date) -> date:
    """Return a last day; blank, a filler or more than a year ahead means open; before 1990 nothing is left."""
    value = any_day(row, column)
    if value is None or value > latest_day(as_of):
        return date.max
    return value if value >= FIRST_DAY else date.min


def number(row: Row, column: str) -> Decimal | None:
    """Return a plain decimal; blank is None."""
    value = text(row, column)
    if not value:
        return None
    if not re.fullmatch(rf"[+-]?{_PLAIN}", value, re.ASCII):
        raise RejectedRowError(column)
    return Decimal(value)


def amount(row: Row, column: str) -> Decimal | None:
    """Return an amount of money: commas before groups of three digits, a dollar sign, brackets for negatives."""
    value = text(row, column)
    if not value:
        return None
    found = _AMOUNT.fullmatch(value)
    if found is None:
        raise RejectedRowError(column)
    digits = found["bracketed"] or found["signed"] or found["inside"]
    sign = "-" if found["minus"] else found["sign"] or found["inner"] or ""
    return Decimal(sign + digits.replace(",", ""))


def unread_amount(row: Row, column: str) -> Decimal | None:
    """Return an amount that no verdict reads; one that cannot be read is blank."""
    try:
        return amount(row, column)
    except RejectedRowError:
        return None


def whole_number(row: Row, column: str) -> int:
    """Return a whole number that must be there."""
    value = number(row, column)
    if value is None or value != value.to_integral_value():
        raise RejectedRowError(column)
    return int(value)


def rank(row: Row, column: str) -> int:
    """Return a rank: a whole number of 1 or more."""
    value = whole_number(row, column)
    if value < 1:
        raise RejectedRowError(column)
    return value


def listed(row: Row, column: str, words: Iterable[str], *, may_be_blank: bool) -> str:
    """Return a word of a closed list."""
    value = normal_word(row.get(column))
    if value not in words and not (may_be_blank and not value):
        raise RejectedRowError(column)
    return value


def boolean(row: Row, column: str) -> bool | None:
    """Return a boolean; blank or unreadable is None."""
    value = text(row, column).lower()
    if value in ("true", "t", "1", "y", "yes"):
        return True
    return False if value in ("false", "f", "0", "n", "no") else None


def line_number(raw: str) -> str:
    """Return a line number without `.0` and leading zeros (docs/rule.md 2.2)."""
    return without_point_zero(raw).lstrip("0") or ("0" if raw else "")


def modifier_run(raw: str) -> list[str]:
    """Return the modifiers of one field: `LT59` holds two."""
    found = normal_code(without_point_zero(raw))
    if re.fullmatch(r"(?:[A-Z0-9]{2}){2,}", found, re.ASCII):
        return [found[at : at + 2] for at in range(0, len(found), 2)]
    return [found] if found else []


def hcpcs_and_modifiers(raw: str) -> tuple[str, list[str]]:
    """Return a HCPCS code, a filler blank, and the modifiers of a composite code: `HC:63650:LT:59`, `HC>63650`."""
    parts = re.split("[:>]", raw)
    if len(parts) > 1 and normal_code(parts[0]) == "HC":
        parts = parts[1:]
    found = normal_code(without_point_zero(trimmed(parts[0])))
    modifiers = [each for part in parts[1:] for each in modifier_run(trimmed(part)) if len(each) == 2]
    return "" if found in NO_CODES else found, modifiers

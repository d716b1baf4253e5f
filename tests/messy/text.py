"""How the cells of a messy member are written: spellings that must all be read as the same value."""

import random
import re
from collections.abc import Callable

Row = dict[str, str | None]

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_DATE_COLUMNS = frozenset(
    {
        "claim_line_start_date",
        "claim_line_end_date",
        "claim_start_date",
        "claim_end_date",
        "paid_date",
        "procedure_date",
        "dispensing_date",
        "enrollment_start_date",
        "enrollment_end_date",
        "birth_date",
        "decision_date",
        "valid_from",
        "valid_to",
        "document_date",
        "start_date",
        "end_date",
    }
)
_AMOUNT_COLUMNS = frozenset({"paid_amount", "allowed_amount", "charge_amount"})
_WORD_COLUMNS = frozenset({"decision", "claim_status", "claim_type", "modality", "outcome"})
_BOOLEAN = {"true": ("true", "TRUE", "1", "Y", "y"), "false": ("false", "False", "0", "N", "n")}


def spell_code(rng: random.Random, code: str) -> str:
    """Without its dot, in lower case, with blanks around or inside: `m54 50`."""
    text = code.replace(".", "") if rng.random() < 0.5 else code
    if rng.random() < 0.4:
        text = text.lower()
    if rng.random() < 0.3 and len(text) > 3:
        text = f"{text[:3]} {text[3:]}"
    if rng.random() < 0.3:
        text = f" {text} "
    return text


def spell_word(rng: random.Random, word: str) -> str:
    """`no_benefit` as `No benefit`, `no-benefit`, `NO  BENEFIT`, ` no - benefit `."""
    text = word.replace("_", rng.choice(("_", " ", "-", "  ", " - ")))
    text = rng.choice((str.lower, str.upper, str.capitalize, str.title))(text)
    return f" {text} " if rng.random() < 0.3 else text


def spell_amount(rng: random.Random, amount: str) -> str:
    """`1200.00` as `1200` or `1200.0` where nothing is lost."""
    whole, _, cents = amount.partition(".")
    if cents == "00":
        return rng.choice((whole, f"{whole}.0", amount))
    return amount


def _spell_line_number(rng: random.Random, number: str) -> str:
    return number.zfill(rng.choice((2, 3, 4)))


def _spell_date(_: random.Random, day: str) -> str:
    return day.replace("-", "") if _DATE.match(day) else day


def _speller(column: str) -> Callable[[random.Random, str], str] | None:
    if column in ("hcpcs_code", "procedure_code") or re.fullmatch(r"diagnosis_code(_\d+)?", column):
        return spell_code
    if column.startswith("hcpcs_modifier_"):
        return lambda rng, text: rng.choice((text.lower(), f" {text}"))
    if column == "revenue_center_code":
        return lambda _, text: text.lstrip("0") or text
    if column in _DATE_COLUMNS:
        return _spell_date
    if column in _AMOUNT_COLUMNS:
        return spell_amount
    if column in _WORD_COLUMNS:
        return spell_word
    if column == "claim_line_number":
        return _spell_line_number
    if column == "has_pharmacy_benefit":
        return lambda rng, text: rng.choice(_BOOLEAN.get(text, (text,)))
    return None


def spell_row(rng: random.Random, row: Row, share: float) -> Row:
    """The row with about `share` of its cells written in another way of the same meaning."""
    spelled: Row = {}
    for column, value in row.items():
        speller = _speller(column) if value and not column.startswith("_") else None
        spelled[column] = speller(rng, value) if speller and value and rng.random() < share else value
    return spelled

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


# -- as real systems spoil them (docs/contract.md 1) -------------------------------------------------

NULL_WORDS = ("NULL", "null", "(null)", r"\N", "nan", "NaN", "NaT", "None", "N/A", "#N/A", "<NA>", " NULL ")
FILLER_DAYS = ("9999-12-31", "9999-01-01", "2999-12-31", "1900-01-01", "1899-12-30", "0001-01-01", "99991231")
FILLER_CODES = ("88888", "99999", "00000")
JOINED_SHARE = 0.3
_AROUND = ("\u00a0{}", "{}\u00a0", "\ufeff{}", "{}\u200b", "\u2003{}\u00a0", "\u3000{}")
_MIDNIGHTS = ("{} 00:00:00", "{}T00:00:00", "{} 00:00", "{}T00:00:00.000", "{}T00:00:00Z")
_NUMBERED = frozenset(
    {
        *("claim_line_number", "diagnosis_rank", "procedure_rank", "diagnosis_pointer", "claim_frequency_code"),
        *("bill_type_code", "revenue_center_code", "hcpcs_code", "condition_codes", "ndc_code", "rxnorm_code"),
        *("clinical_trial_number", *(f"hcpcs_modifier_{place}" for place in range(1, 6))),
    }
)
_OPTIONAL_DAYS = _DATE_COLUMNS - {"claim_line_start_date", "dispensing_date", "enrollment_start_date"}
_ODD_BOOLEAN = {"true": ("Yes", "yes", "T", "t"), "false": ("No", "NO", "F", "f")}
_PLAIN_AMOUNT = re.compile(r"^(-?)(\d+)(\.\d+)?$")


def _odd_amount(rng: random.Random, amount: str) -> str:
    """`-1234.50` as `(1,234.50)`, `($1234.50)` or `-$1,234.50`."""
    found = _PLAIN_AMOUNT.match(amount)
    if found is None:
        return amount
    sign, whole, cents = found.groups()
    digits = (f"{int(whole):,}" if rng.random() < 0.7 else whole) + (cents or "")
    dollars = rng.choice(("", "$")) + digits
    return rng.choice((f"({dollars})", f"-{dollars}")) if sign else dollars


def _odd_spellings(column: str, value: str) -> dict[str, Callable[[random.Random], str]]:
    """The odd ways to write a value, by name; all must be read as the value."""
    ways: dict[str, Callable[[random.Random], str]] = {}
    if column not in ("generic_name", "source_reference"):
        ways["unseen_characters"] = lambda rng: rng.choice(_AROUND).format(value)
    if column in _NUMBERED and re.fullmatch(r"\d+", value):
        ways["point_zero"] = lambda _: f"{value}.0"
    if column in _DATE_COLUMNS and _DATE.match(value):
        ways["midnight"] = lambda rng: rng.choice(_MIDNIGHTS).format(value)
    if column in _AMOUNT_COLUMNS:
        ways["amount_signs"] = lambda rng: _odd_amount(rng, value)
    if column == "hcpcs_code":
        ways["composite_code"] = lambda rng: f"{rng.choice(('HC:', 'HC>', 'hc:'))}{value}"
    if column == "has_pharmacy_benefit" and value in _ODD_BOOLEAN:
        ways["boolean_word"] = lambda rng: rng.choice(_ODD_BOOLEAN[value])
    if column == "hcpcs_code" or re.fullmatch(r"diagnosis_code(_\d+)?", column):
        ways["unseen_inside"] = lambda rng: value[:2] + rng.choice(("\u200b", "\u00a0")) + value[2:]
    return ways


def _odd_blanks(column: str) -> dict[str, tuple[str, ...]]:
    """The odd ways to say nothing, by name."""
    ways: dict[str, tuple[str, ...]] = {"null_word": NULL_WORDS}
    if column in _OPTIONAL_DAYS:
        ways["filler_day"] = FILLER_DAYS
    if column == "hcpcs_code":
        ways["filler_code"] = FILLER_CODES
    return ways


def _join_modifiers(row: Row) -> str | None:
    """Puts two modifiers into one field, or one behind its code; the name of what was done."""
    first = row.get("hcpcs_modifier_1")
    other = next((f"hcpcs_modifier_{n}" for n in "2345" if len(row.get(f"hcpcs_modifier_{n}") or "") == 2), None)
    if first and other and len(first) == 2:
        row["hcpcs_modifier_1"], row[other] = first + (row[other] or ""), None
        return "modifier_run"
    code = row.get("hcpcs_code") or ""
    alone = not any(row.get(f"hcpcs_modifier_{n}") for n in "2345")
    if first and len(first) == 2 and code and alone and not re.search("[:>]", code):
        row["hcpcs_code"], row["hcpcs_modifier_1"] = f"HC:{code}:{first}", None
        return "composite_modifier"
    return None


def spell_oddly(rng: random.Random, row: Row, share: float) -> tuple[Row, list[str]]:
    """The row with about `share` of its cells as real systems spoil them, and how: `null_word`, `point_zero`, ..."""
    spelled: Row = dict(row)
    told = []
    for column, value in row.items():
        if column.startswith("_") or rng.random() >= share:
            continue
        name: str
        if value:
            ways = _odd_spellings(column, value)
            if ways:
                name = rng.choice(sorted(ways))
                spelled[column] = ways[name](rng)
                told.append(name)
        else:
            blanks = _odd_blanks(column)
            name = rng.choice(sorted(blanks))
            spelled[column] = rng.choice(blanks[name])
            told.append(name)
    if rng.random() < JOINED_SHARE and (joined := _join_modifiers(spelled)):
        told.append(joined)
    return spelled, told

"""Codes and value sets, for the second opinion (docs/rule.md 1).

Nothing here knows members or claims: only how a code is written, when a row of a value set is in
force, and how a fill is recognised (docs/rule.md 6).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ICD_10_CM = "icd-10-cm"
ICD_9_CM = "icd-9-cm"
ICD_10_PCS = "icd-10-pcs"
ICD_9_PCS = "icd-9-pcs"
HCPCS_SYSTEMS = ("cpt", "hcpcs")

ZERO_WIDTH = "".join(
    map(
        chr,
        (
            *(0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)),
            *(*range(0x2066, 0x206A), 0xFEFF),
        ),
    )
)
BLANK = rf"\s{ZERO_WIDTH}"
"""What is trimmed, for a set of characters in a pattern: every Unicode space and zero-width character."""


def trimmed(raw: str | None) -> str:
    """Return a value without the blanks at both ends, the no-break space and zero-width characters among them."""
    text = (raw or "").strip()
    while text and (text[0] in ZERO_WIDTH or text[-1] in ZERO_WIDTH):
        text = text.strip(ZERO_WIDTH).strip()
    return text


def without_point_zero(raw: str) -> str:
    """Return a value without the `.0` after digits alone that a whole number gets as a float."""
    return raw[:-2] if re.fullmatch(r"\d+\.0", raw, re.ASCII) else raw


def normal_code(raw: str | None) -> str:
    """Return a code trimmed, upper-cased, without dots and inner blanks (docs/rule.md 1)."""
    return re.sub(rf"[{BLANK}.]", "", raw).upper() if raw else ""


def normal_revenue_code(raw: str | None) -> str:
    """Return a revenue code left-padded to 4 digits, blank stays blank (docs/rule.md 1)."""
    code = normal_code(raw)
    return code.rjust(4, "0") if code else ""


def normal_word(raw: str | None) -> str:
    """Return a word of a closed list: trimmed, lower-cased, blanks or hyphens as one `_` (docs/rule.md 1)."""
    return re.sub(r"[\s-]+", "_", trimmed(raw).lower())


def normal_ndc(raw: str | None) -> str:
    """Return an NDC of 11 digits, or blank where it matches nothing (docs/rule.md 1).

    Hyphenated 4-4-2, 5-3-2 and 5-4-1 are padded by segment; 10 digits without hyphens match nothing. Asterisks and
    inner blanks are hyphens, an `N4` before it is dropped.
    """
    bare = trimmed(trimmed(raw).upper().removeprefix("N4"))
    code = without_point_zero(re.sub(f"[{ZERO_WIDTH}]", "", bare))
    code = re.sub(r"[\s*-]+", "-", code).replace(".", "")
    if re.fullmatch(r"\d{11}", code):
        return code
    parts = code.split("-")
    if not all(re.fullmatch(r"\d+", part) for part in parts):
        return ""
    if tuple(len(part) for part in parts) in {
        (4, 4, 2),
        (5, 3, 2),
        (5, 4, 1),
        (5, 4, 2),
    }:
        return parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2)
    return ""


def normal_ndc_9(raw: str) -> str:
    """Return labeler and product of an `ndc-9` row as 9 digits (docs/rule.md 1)."""
    parts = normal_code(raw).split("-")
    if len(parts) == 2:
        return parts[0].zfill(5) + parts[1].zfill(4)
    return parts[0]


@dataclass(frozen=True)
class CodeRow:
    """One row of a value set, its code normalised; `extra` holds the columns with meaning."""

    position: int
    value_set: str
    system: str
    code: str
    start: date | None
    end: date | None
    label: str
    extra: dict[str, str]

    def in_force(self, on: date) -> bool:
        """Tell whether the row is valid on a day; both ends inclusive, blank = open (docs/rule.md 1)."""
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    def word(self, column: str) -> str:
        """Return a column of the row, trimmed; blank where the set has no such column."""
        return self.extra.get(column, "").strip()


@dataclass(frozen=True)
class CodeSet:
    """The rows of one value set in file order, and by their code."""

    rows: list[CodeRow]
    by_code: dict[str, list[CodeRow]]


@dataclass(frozen=True)
class ValueSets:
    """The value sets of `../value_sets` that the second opinion reads."""

    index_procedures: CodeSet
    diagnoses_low_back_pain: CodeSet
    other_indications: CodeSet
    prior_spine_surgery: CodeSet
    red_flags: CodeSet
    clinical_trial: CodeSet
    conservative_care: CodeSet
    not_conservative: CodeSet
    medications: CodeSet
    psych_evaluation: CodeSet
    complications: CodeSet
    documentation_modalities: dict[str, str]
    non_oral_forms: frozenset[str]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(handle)]


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


def _code_rows(folder: Path, name: str) -> CodeSet:
    found = CodeSet([], {})
    for position, row in enumerate(_rows(folder / f"{name}.csv")):
        system = row["code_system"].strip().lower()
        if system == "ndc-9":
            code = normal_ndc_9(row["code"])
        elif system == "revenue-code":
            code = normal_revenue_code(row["code"])
        else:
            code = normal_code(row["code"])
        made = CodeRow(
            position=position,
            value_set=row["value_set"].strip(),
            system=system,
            code=code,
            start=_day(row["effective_start"]),
            end=_day(row["effective_end"]),
            label=row["label"],
            extra=row,
        )
        found.rows.append(made)
        found.by_code.setdefault(code, []).append(made)
    return found


@cache
def read_value_sets(folder: Path) -> ValueSets:
    """Return the value sets of a folder of CSV files."""
    return ValueSets(
        index_procedures=_code_rows(folder, "index_procedures"),
        diagnoses_low_back_pain=_code_rows(folder, "diagnoses_low_back_pain"),
        other_indications=_code_rows(folder, "other_indications"),
        prior_spine_surgery=_code_rows(folder, "prior_spine_surgery"),
        red_flags=_code_rows(folder, "red_flags"),
        clinical_trial=_code_rows(folder, "clinical_trial"),
        conservative_care=_code_rows(folder, "conservative_care"),
        not_conservative=_code_rows(folder, "not_conservative"),
        medications=_code_rows(folder, "medications"),
        psych_evaluation=_code_rows(folder, "psych_evaluation"),
        complications=_code_rows(folder, "complications"),
        documentation_modalities={
            normal_word(row["word"]): row["care_group"].strip()
            for row in _rows(folder / "documentation_modalities.csv")
        },
        non_oral_forms=frozenset(row["word"].strip().lower() for row in _rows(folder / "non_oral_forms.csv")),
    )


def rows_for_hcpcs(value_set: CodeSet, code: str, on: date) -> list[CodeRow]:
    """Return the rows a HCPCS/CPT code matches on the line's own date (docs/rule.md 1)."""
    return [row for row in value_set.by_code.get(code, []) if row.system in HCPCS_SYSTEMS and row.in_force(on)]


def rows_for_procedure(value_set: CodeSet, system: str, code: str, on: date) -> list[CodeRow]:
    """Return the rows an ICD procedure matches on its own date; `-prefix` rows match by prefix (docs/rule.md 1)."""
    exact = [row for row in value_set.by_code.get(code, []) if row.system == system]
    by_prefix = [row for row in value_set.rows if row.system == f"{system}-prefix" and code.startswith(row.code)]
    return [row for row in exact + by_prefix if row.in_force(on)]


def rows_for_diagnosis(value_set: CodeSet, system: str, code: str, on: date | None) -> list[CodeRow]:
    """Return the rows a diagnosis matches; `on` None where dates do not matter (docs/rule.md 1)."""
    rows = value_set.by_code.get(code, [])
    return [row for row in rows if row.system == system and (on is None or row.in_force(on))]


# --- Drugs (docs/rule.md 6) -------------------------------------------------------------------------


def form_words(generic_name: str) -> list[str]:
    """Return words parted by blanks, commas, slashes and brackets, not by hyphens (docs/rule.md 6)."""
    return [word for word in re.split(r"[\s,/\\()\[\]{}]+", generic_name.lower()) if word]


def label_words(text: str) -> list[str]:
    """Return words as for forms, parted by hyphens too (docs/rule.md 6)."""
    return [word for word in re.split(r"[\s,/\\()\[\]{}-]+", text.lower()) if word]


def holds_words(words: list[str], wanted: list[str]) -> bool:
    """Tell whether `wanted` stands in `words` as a run of whole words."""
    width = len(wanted)
    return width > 0 and any(words[i : i + width] == wanted for i in range(len(words) - width + 1))


@dataclass(frozen=True)
class Crosswalk:
    """`drug_crosswalk`: a code leads to one or more ingredients."""

    by_rxnorm: dict[str, set[str]]
    by_ndc: dict[str, set[str]]


@dataclass(frozen=True)
class DrugNames:
    """The four ways a fill names its drug, codes normalised."""

    rxnorm: str
    ndc: str
    atc: str
    generic_name: str


def drug_row(sets: ValueSets, crosswalk: Crosswalk, names: DrugNames, on: date) -> CodeRow | None:
    """Return the row of `medications` that a fill matches, or None (docs/rule.md 6).

    By the first of RxNorm, NDC, ATC, generic name that finds a row. Of several rows one with
    `counts = no` decides, else the first row of the value set.
    """
    valid = [row for row in sets.medications.rows if row.in_force(on)]
    ingredients = [row for row in valid if row.system == "rxnorm-ingredient"]
    found: list[CodeRow] = []
    if names.rxnorm:
        through = crosswalk.by_rxnorm.get(names.rxnorm, set())
        found = [row for row in ingredients if row.code == names.rxnorm or row.code in through]
    if not found and names.ndc:
        through = crosswalk.by_ndc.get(names.ndc, set())
        found = [row for row in valid if row.system == "ndc-9" and names.ndc[:9] == row.code]
        found += [row for row in ingredients if row.code in through]
    if not found and names.atc:
        prefixes = [row for row in valid if row.system == "atc-prefix" and names.atc.startswith(row.code)]
        longest = max((len(row.code) for row in prefixes), default=0)
        found = [row for row in prefixes if len(row.code) == longest]
    if not found and names.generic_name:
        words = label_words(names.generic_name)
        found = [row for row in ingredients if holds_words(words, label_words(row.label))]
    if not found:
        return None
    found.sort(key=lambda row: row.position)
    refusing = [row for row in found if row.word("counts").lower() != "yes"]
    return refusing[0] if refusing else found[0]


def is_oral(sets: ValueSets, generic_name: str) -> bool:
    """Tell whether no word of the generic name is a non-oral form (docs/rule.md 6)."""
    return not any(word in sets.non_oral_forms for word in form_words(generic_name))

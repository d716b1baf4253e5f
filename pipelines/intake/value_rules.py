"""What landing knows of values beside their kinds: words and codes that say nothing, codes that must not be missed.

None of them stands in this file: null words and the most units of a day are settings, fillers a list below `sql`,
codes the value sets.

See docs/contract.md 1.3.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipelines.ground.program_files import SQL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path


NULL_WORDS = ("NULL", "(null)", "\\N", "nan", "NaT", "None", "N/A", "#N/A", "<NA>")
UNITS_A_DAY = 8
OPENING = frozenset({"yes", "with_low_back_pain_diagnosis"})
LINE_SYSTEMS = frozenset({"cpt", "hcpcs"})
PROCEDURE_SYSTEMS = frozenset({"icd-10-pcs", "icd-9-pcs"})


@dataclass(frozen=True)
class ValueRules:
    """What values mean to the pass that reads them; every code as it lands: upper case, no dots.

    ``null_words`` (lower case) are blank. ``filler_codes`` and ``filler_dates`` (ISO) stand for nothing.
    ``opening_codes`` of claim lines and ``opening_procedures`` may open an implantation event: one that is spoiled is
    said. ``short_procedures`` are procedure codes without the zero they begin with. A line of ``care_codes`` or
    ``care_revenue_codes`` may be many visits where it runs over days or has more than ``units_a_day`` units.
    """

    null_words: tuple[str, ...]
    filler_codes: tuple[str, ...]
    filler_dates: tuple[str, ...]
    opening_codes: tuple[str, ...]
    opening_procedures: tuple[str, ...]
    short_procedures: tuple[str, ...]
    care_codes: tuple[str, ...]
    care_revenue_codes: tuple[str, ...]
    units_a_day: int


@cache
def value_rules(
    null_words: tuple[str, ...] = NULL_WORDS, units_a_day: int = UNITS_A_DAY, *, sql: Path = SQL
) -> ValueRules:
    """The rules of the lists and value sets below ``sql``, with these null words."""
    index = list(_rows(sql / "value_sets" / "index_procedures.csv"))
    care = [row for row in _rows(sql / "value_sets" / "conservative_care.csv") if row["counts"] == "yes"]
    fillers = list(_rows(sql / "fillers.csv"))
    opening = [row for row in index if row["opens_event"] in OPENING]
    every = [row for path in sorted((sql / "value_sets").glob("*.csv")) for row in _rows(path)]
    return ValueRules(
        null_words=tuple(sorted({word.strip().lower() for word in null_words} - {""})),
        filler_codes=tuple(row["value"] for row in fillers if row["kind"] == "hcpcs"),
        filler_dates=tuple(row["value"] for row in fillers if row["kind"] == "date"),
        opening_codes=_codes(opening, LINE_SYSTEMS),
        opening_procedures=_codes(opening, PROCEDURE_SYSTEMS),
        short_procedures=tuple(code[1:] for code in _codes(every, {"icd-9-pcs"}) if code.startswith("0")),
        care_codes=_codes(care, LINE_SYSTEMS),
        care_revenue_codes=_codes(care, {"revenue-code"}),
        units_a_day=units_a_day,
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _codes(rows: Iterable[dict[str, str]], systems: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({row["code"].replace(".", "") for row in rows if row.get("code_system", "") in systems}))

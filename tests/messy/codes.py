"""Draws codes from the value set files, so that the messy members follow the lists and never repeat them."""

import csv
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

ICD10_FROM = date(2015, 10, 1)
DIAGNOSIS_SYSTEMS = ("icd-10-cm", "icd-9-cm")
PROCEDURE_SYSTEMS = ("icd-10-pcs", "icd-9-pcs")
LINE_SYSTEMS = ("cpt", "hcpcs")

# Diagnoses of no value set: they fill ranks without meaning anything to the rule.
NEUTRAL_ICD10 = ("I10", "E78.5", "J45.909", "K21.9", "Z00.00", "H52.4", "L20.9", "F32.9")
NEUTRAL_ICD9 = ("401.9", "272.4", "493.90", "530.81", "V70.0", "367.1", "692.9", "311")


@dataclass(frozen=True)
class Code:
    """One row of a value set."""

    table: str
    system: str
    code: str
    label: str
    start: date | None
    end: date | None
    fields: Mapping[str, str] = field(hash=False)

    def valid_on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Codes:
    """The value sets of one folder, with draws by column values and by validity on a day."""

    def __init__(self, folder: Path) -> None:
        self._found: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], tuple[Code, ...]] = {}
        self._rows: dict[str, list[Code]] = {}
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as handle:
                self._rows[path.stem] = [
                    Code(
                        path.stem,
                        row.get("code_system", ""),
                        row.get("code", "") or row.get("word", ""),
                        row.get("label", ""),
                        _day(row.get("effective_start")),
                        _day(row.get("effective_end")),
                        row,
                    )
                    for row in csv.DictReader(handle)
                ]

    def rows(self, table: str, **columns: str | tuple[str, ...]) -> tuple[Code, ...]:
        """Rows of a value set whose named columns hold the value (or one of the values)."""
        wanted = tuple((name, (value,) if isinstance(value, str) else value) for name, value in columns.items())
        asked = (table, wanted)
        if asked not in self._found:  # the same few questions are asked for each of thousands of members
            self._found[asked] = tuple(
                row for row in self._rows[table] if all(row.fields.get(name, "") in values for name, values in wanted)
            )
        return self._found[asked]

    def pick(
        self,
        rng: random.Random,
        table: str,
        day: date,
        *,
        valid: bool | None = True,
        **columns: str | tuple[str, ...],
    ) -> Code:
        """A row valid on the day (`valid=False`: not valid; `None`: whichever). Without any such row: any row."""
        found = self.rows(table, **columns)
        if not found:
            msg = f"no row of {table} with {columns}"
            raise LookupError(msg)
        fitting = found if valid is None else [row for row in found if row.valid_on(day) is valid]
        return rng.choice(fitting or found)

    def diagnosis(
        self, rng: random.Random, table: str, day: date, *, valid: bool | None = True, **columns: str | tuple[str, ...]
    ) -> str:
        """A diagnosis code of a value set, of the ICD version of the day as far as the value set has one."""
        return self.pick(rng, table, day, valid=valid, code_system=DIAGNOSIS_SYSTEMS, **columns).code

    def lbp(self, rng: random.Random, day: date, *, valid: bool | None = True, specificity: str = "unspecified") -> str:
        return self.diagnosis(
            rng, "diagnoses_low_back_pain", day, valid=valid, value_set="lbp_unspecified", specificity=specificity
        )

    def back(self, rng: random.Random, day: date) -> str:
        """Any back code: every row of the low back pain set that is no pain label."""
        kinds = tuple(
            sorted(
                {
                    row.fields["specificity"]
                    for row in self._rows["diagnoses_low_back_pain"]
                    if row.fields["specificity"] != "pain_label"
                }
            )
        )
        return self.diagnosis(rng, "diagnoses_low_back_pain", day, specificity=kinds)

    def pain_label(self, rng: random.Random, day: date) -> str:
        return self.diagnosis(rng, "diagnoses_low_back_pain", day, specificity="pain_label")

    def neutral(self, rng: random.Random, day: date) -> str:
        return rng.choice(NEUTRAL_ICD10 if day >= ICD10_FROM else NEUTRAL_ICD9)

    def index(
        self,
        rng: random.Random,
        day: date,
        role: str | tuple[str, ...],
        *,
        opens: str | tuple[str, ...] = ("yes", "no", "with_low_back_pain_diagnosis"),
        systems: tuple[str, ...] = LINE_SYSTEMS,
        valid: bool | None = True,
    ) -> str:
        """A code of `index_procedures` outside `not_in_scope_neurostim`."""
        scope = ("scs_index", "pns_index", "scs_revision", "pns_revision", "programming", "device_supply")
        return self.pick(
            rng,
            "index_procedures",
            day,
            valid=valid,
            value_set=scope,
            role=role,
            opens_event=opens,
            code_system=systems,
        ).code


@cache
def codes_of(folder: Path) -> Codes:
    """The value sets of a folder, read once."""
    return Codes(folder)


def icd_version(code: str) -> str:
    """Which diagnosis list a code of ours is written in (ours only: V and E codes of ICD-9 carry three digits)."""
    plain = code.replace(".", "")
    if plain[:1] == "V" or plain[:3].isdigit():
        return "icd-9-cm"
    return "icd-10-cm"

"""Codes in the data that stand near a value set and in none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.ground.warehouse import literal
from pipelines.rule.code_systems import normalise_code
from pipelines.rule.value_sets import LEAD_ROLES, ValueSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.ground.warehouse import Connection


@dataclass(frozen=True)
class DriftCode:
    """A code seen in landed data that is near a value set and in none.

    ``shared_count`` is how many leading characters it shares with the nearest code of the family;
    ``line_count`` counts the rows of ``source_table`` that carry it. It holds nothing of a member.
    """

    family: str
    value_set: str
    match_system: str
    code: str
    source_table: str
    line_count: int
    shared_count: int


def drift(connection: Connection, value_sets: Sequence[ValueSet]) -> tuple[DriftCode, ...]:
    """One item a code seen in landed data that belongs to a family of the sets and to no set.

    Families are those a new code would be born into (see ``code_families``). A code of a set
    outside its dates is no drift. The nearest to a set's code come first, then the most frequent.
    Reads the code columns of ``landed.medical_claim``, ``claim_diagnosis`` and ``claim_procedure`` once.
    """
    families = code_families(value_sets)
    known = pl.concat(
        [value_set.frame().select("match_system", "code") for value_set in value_sets if "code" in value_set.columns]
    ).unique()
    wide = ", ".join(f"diagnosis_code_{rank}" for rank in range(1, 26))
    wide_procedures = ", ".join(f"procedure_code_{rank}" for rank in range(1, 26))
    seen = {
        ("hcpcs", "medical_claim"): "select hcpcs_code as code from landed.medical_claim",
        ("icd-10-cm", "claim_diagnosis"): "select diagnosis_code as code from landed.claim_diagnosis",
        ("icd-10-cm", "medical_claim"): f"select unnest([{wide}]) as code from landed.medical_claim",
        ("icd-10-pcs", "claim_procedure"): "select procedure_code as code from landed.claim_procedure",
        ("icd-10-pcs", "medical_claim"): f"select unnest([{wide_procedures}]) as code from landed.medical_claim",
    }
    found: list[DriftCode] = []
    for (match_system, source_table), query in seen.items():
        near = [family for family in families if family.match_system == match_system]
        if not near:
            continue
        codes = set(known.filter(pl.col("match_system") == match_system)["code"].to_list())
        pattern = "|".join(family.pattern for family in near)
        rows = connection.execute(
            f"select code, count(*) from ({query}) as seen "
            f"where regexp_full_match(code, {literal(pattern)}) group by code"
        ).fetchall()
        for code, line_count in rows:
            if code in codes:
                continue
            family = next(family for family in near if re.fullmatch(family.pattern, code))
            shared = max(_shared(code, other) for other in codes if re.fullmatch(family.pattern, other))
            found.append(DriftCode(family.name, family.value_set, match_system, code, source_table, line_count, shared))
    return tuple(sorted(found, key=lambda item: (-item.shared_count, -item.line_count, item.code, item.source_table)))


@dataclass(frozen=True)
class CodeFamily:
    """The codes that stand beside codes of a value set: where a new one would appear."""

    name: str
    value_set: str
    match_system: str
    pattern: str


def code_families(value_sets: Iterable[ValueSet]) -> tuple[CodeFamily, ...]:
    """The families of the sets' own codes that are still in force, by name.

    - a five-digit CPT code with a lead or generator role: the codes with its first three digits (63650: 636xx);
    - a T code with such a role: the T codes with its first two digits (0784T: 07xxT);
    - an ICD-10-PCS lead: the codes with its first four places (body part and operation; generator
      pockets are left out, for most of their neighbours are ports and drug pumps);
    - an ICD-10-CM code of unspecified low back pain: the codes of its category (M54.50: M54).

    Codes out of scope make no family. ICD-9 makes none: no new code can appear there.
    """
    families: set[CodeFamily] = set()
    for value_set in value_sets:
        for row in value_set.rows:
            if row.get("effective_end") or row["value_set"] == "not_in_scope_neurostim":
                continue
            family = _family(value_set.name, row)
            if family is not None:
                families.add(family)
    return tuple(sorted(families, key=lambda family: (family.match_system, family.name)))


def _family(name: str, row: Mapping[str, str]) -> CodeFamily | None:
    system = row.get("code_system", "")
    code = normalise_code(system, row.get("code", ""))
    role = row.get("role", "")
    if name == "diagnoses_low_back_pain" and system == "icd-10-cm" and row["value_set"] == "lbp_unspecified":
        return CodeFamily(code[:3], name, system, f"{code[:3]}[0-9A-Z]{{0,4}}")
    if system == "cpt" and role in {*LEAD_ROLES, "generator"}:
        if code.endswith("T"):
            return CodeFamily(f"{code[:2]}xxT", name, "hcpcs", f"{code[:2]}[0-9]{{2}}T")
        if row["opens_event"] != "no":
            return CodeFamily(f"{code[:3]}xx", name, "hcpcs", f"{code[:3]}[0-9]{{2}}")
    if system == "icd-10-pcs" and role in LEAD_ROLES:
        return CodeFamily(f"{code[:4]}xxx", name, system, f"{code[:4]}[0-9A-Z]{{3}}")
    return None


def _shared(code: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(code, other, strict=False)) if a != b), min(len(code), len(other))
    )

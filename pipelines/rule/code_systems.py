"""The code systems: the shape of their codes, and how codes are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class CodeSystem:
    """A code system: the shape of its codes, the field they are found in, and how to say the shape."""

    pattern: re.Pattern[str]
    shape: str
    field: str
    match_system: str


def _system(name: str, pattern: str, shape: str, field: str = "other", match_system: str = "") -> CodeSystem:
    return CodeSystem(re.compile(pattern, re.VERBOSE), shape, field, match_system or name)


CODE_SYSTEMS: Final[Mapping[str, CodeSystem]] = {
    "cpt": _system(
        "cpt",
        r"""
        [0-9]{4}    # four digits
        [0-9FTU]    # a fifth, or F (measure), T (new technology), U (laboratory)
        """,
        "four digits, then a digit or one of F, T, U",
        "line",
        "hcpcs",
    ),
    "hcpcs": _system("hcpcs", r"[A-CEGHJ-MP-V][0-9]{4}", "a letter, then four digits", "line", "hcpcs"),
    "icd-10-cm": _system(
        "icd-10-cm",
        r"""
        [A-Z][0-9][0-9AB]          # category
        (?: \.? [0-9A-Z]{1,4} )?   # up to four more, after an optional dot
        """,
        "a letter, a digit, a digit or A or B, then up to four letters or digits after the dot",
        "diagnosis",
    ),
    "icd-9-cm": _system(
        "icd-9-cm",
        r"""
        [0-9]{3}  (?: \.? [0-9]{1,2} )?   # disease
        | V[0-9]{2} (?: \.? [0-9]{1,2} )?   # factor
        | E[0-9]{3} (?: \.? [0-9] )?        # external cause
        """,
        "three digits (or V and two, or E and three), then up to two digits after the dot",
        "diagnosis",
    ),
    "icd-10-pcs": _system("icd-10-pcs", r"[0-9A-HJ-NP-Z]{7}", "seven letters or digits without I and O", "procedure"),
    "icd-9-pcs": _system(
        "icd-9-pcs", r"[0-9]{2} \.? [0-9]{1,2}", "two digits, then one or two after the dot", "procedure"
    ),
    "icd-10-pcs-prefix": _system(
        "icd-10-pcs-prefix", r"[0-9A-HJ-NP-Z]{3,6}", "the first three to six places of an ICD-10-PCS code"
    ),
    "revenue-code": _system("revenue-code", r"[0-9]{3,4}", "three or four digits"),
    "modifier": _system("modifier", r"[0-9A-Z]{2}", "two letters or digits"),
    "condition-code": _system("condition-code", r"[0-9A-Z]{2}", "two letters or digits"),
    "value-code": _system("value-code", r"[0-9A-Z]{2}", "two letters or digits"),
    "x12-837": _system("x12-837", r"REF\*[0-9A-Z]{2}", "REF, a star and a two-place qualifier"),
    "registry": _system("registry", r"NCT\S+", "a regular expression that begins with NCT"),
    "provider-taxonomy": _system("provider-taxonomy", r"[0-9A-Z]{9}X", "nine letters or digits, then X"),
    "snomed-ct": _system("snomed-ct", r"[0-9]{6,18}", "six to eighteen digits"),
    "loinc": _system("loinc", r"[0-9]{1,7}-[0-9]", "up to seven digits, a hyphen, a check digit"),
    "rxnorm-ingredient": _system("rxnorm-ingredient", r"[0-9]{1,8}", "up to eight digits"),
    "ndc-9": _system(
        "ndc-9", r"[0-9]{4,5}-[0-9]{3,4}", "labeler (four or five digits), a hyphen, product (three or four)"
    ),
    "atc-prefix": _system(
        "atc-prefix",
        r"""
        [A-Z]                                              # anatomical group
        (?: [0-9]{2} (?: [A-Z] (?: [A-Z] (?: [0-9]{2} )? )? )? )?   # the next levels
        """,
        "one to five levels of an ATC code, such as M01A",
    ),
}


def normalise_code(code_system: str, code: str) -> str:
    """``code`` as the rule compares it: trimmed, upper case, no dots, no inner blanks.

    Revenue codes are padded to 4 digits; an ``ndc-9`` becomes labeler (5 digits) and product (4).
    """
    text = re.sub(r"[\s.]", "", code).upper()
    if code_system == "revenue-code":
        return text.zfill(4)
    if code_system == "ndc-9":
        labeler, _, product = text.partition("-")
        return labeler.zfill(5) + product.zfill(4)
    return text

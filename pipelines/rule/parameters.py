"""The parameters of the rule: their names, order and units, which the default dossier alone states."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Final

from pipelines.ground.errors import PolicyError
from pipelines.ground.files import read_file
from pipelines.ground.program_files import SQL
from pipelines.ground.records import MOST_OF_TOML, toml_table
from pipelines.rule.vocabulary import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


DEFAULT_DOSSIER: Final = SQL / "policies" / "evidence_low_back_pain.toml"


@cache
def parameter_units() -> Mapping[str, str]:
    """The unit of every parameter of the rule by its name, in the order of the default dossier.

    It is the dossier that came with the program, also where another folder of policies is read: what a policy may set
    is what the models of this program read. Raises ``PolicyError`` where that dossier cannot be read or a parameter of
    it has no known unit.
    """
    return units_of(DEFAULT_DOSSIER)


def units_of(dossier: Path) -> Mapping[str, str]:
    """The unit of every parameter that the file ``dossier`` states; ``parameter_units`` says what is raised."""
    try:
        stated = toml_table(read_file(dossier, most=MOST_OF_TOML)).get("parameters")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{dossier.name}: the default dossier cannot be read as TOML, so the parameters are not known."
        raise PolicyError(message) from error
    units: dict[str, str] = {}
    for name, entry in (stated if isinstance(stated, dict) else {}).items():
        unit = str(entry.get("unit")) if isinstance(entry, dict) else ""
        if unit not in UNITS:
            message = f"{dossier.name}, parameters.{name}.unit: this is no unit; write one of {', '.join(UNITS)}."
            raise PolicyError(message)
        units[name] = unit
    return units

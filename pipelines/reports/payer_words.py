"""The words a payer gives for letters and rights."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import UsageError
from pipelines.ground.program_files import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


EXAMPLE_TEMPLATE = TEMPLATES / "letter.toml"
PAYERS_TEMPLATE = "letter.toml"
"""Where in its output folder a payer keeps the template it has filled."""


@dataclass(frozen=True)
class LetterTemplate:
    """A payer's own words in the letter; a text in square brackets is a place somebody still has to fill."""

    template_version: str
    payer_name: str
    payer_address: tuple[str, ...]
    contact: str
    ways_to_send: tuple[str, ...]
    due: str
    no_reply: str
    rights: str
    approver: str
    rights_by_line_of_business: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def rights_of(self, line_of_business: str | None) -> str:
        """The rights text for a line of business, as far as it is filled; the one for all others where it has none."""
        return self.rights_by_line_of_business.get(line_of_business or "", self.rights)


def payers_template(out: Path) -> LetterTemplate | None:
    """The template that the payer filled and put into its output folder; none where there is none.

    Raises ``UsageError`` as ``read_letter_template`` does.
    """
    path = out / PAYERS_TEMPLATE
    return read_letter_template(path) if path.is_file() else None


def read_letter_template(path: Path) -> LetterTemplate:
    """The payer's letter template at ``path``. Raises ``UsageError`` naming every key that is missing or wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"The letter template {path} cannot be read ({error.strerror}). Name a TOML file."
        raise UsageError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"The letter template {path} is not TOML: {error}."
        raise UsageError(message) from None
    lists, tables = {"payer_address", "ways_to_send"}, {"rights_by_line_of_business"}
    known = [template_field.name for template_field in fields(LetterTemplate)]
    faults = [f"'{key}' is not a key of it" for key in content if key not in known]
    for key in known:
        value = content.get(key, {} if key in tables else None)
        if key in tables:
            if not isinstance(value, dict) or not all(_is_text(text) for text in value.values()):
                faults.append(f"'{key}' must be a table from line of business to text")
        elif key in lists:
            if not isinstance(value, list) or not value or not all(_is_text(line) for line in value):
                faults.append(f"'{key}' must be a list of lines")
        elif not _is_text(value):
            faults.append(f"'{key}' must be a text")
    if faults:
        message = f"The letter template {path} cannot be used: {'; '.join(faults)}. Its keys are: {', '.join(known)}."
        raise UsageError(message)
    texts: dict[str, Any] = {
        key: tuple(content[key]) if key in lists else content[key].strip() for key in known if key not in tables
    }
    by_line = {line: text.strip() for line, text in content.get("rights_by_line_of_business", {}).items()}
    return LetterTemplate(**texts, rights_by_line_of_business=MappingProxyType(by_line))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())

"""The words a payer gives for letters and rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pipelines.ground.program_files import TEMPLATES
from pipelines.ground.records import Made, Must, is_filled, read_toml, record

if TYPE_CHECKING:
    from pathlib import Path


EXAMPLE_TEMPLATE = TEMPLATES / "letter.toml"
PAYERS_TEMPLATE = "letter.toml"
"""Where in its output folder a payer keeps the template it has filled."""


_Text = Annotated[str, Must("a text", is_filled), Made(str.strip)]
_Lines = Annotated[
    tuple[str, ...], Must("a list of lines", lambda lines: is_filled(lines) and all(map(is_filled, lines)))
]
_TextByLine = Annotated[
    Mapping[str, str],
    Must("a table from line of business to text", lambda texts: all(map(is_filled, texts.values()))),
    Made(lambda texts: MappingProxyType({line: text.strip() for line, text in texts.items()})),
]


@record
@dataclass(frozen=True)
class LetterTemplate:
    """A payer's own words in the letter; a text in square brackets is a place somebody still has to fill."""

    template_version: _Text
    payer_name: _Text
    payer_address: _Lines
    contact: _Text
    ways_to_send: _Lines
    due: _Text
    no_reply: _Text
    rights: _Text
    approver: _Text
    rights_by_line_of_business: _TextByLine = field(default_factory=lambda: MappingProxyType({}))

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
    return read_toml(path, LetterTemplate, title="The letter template", key="a key of it", advice="Name a TOML file.")

"""The words a payer gives for letters and rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


LONGEST_TEXT = 4_000
"""The characters that a text may have: two pages of a letter, and a text is on every case page."""
LONGEST_LINE = 200
MOST_LINES = 20


def _is_text(value: str) -> bool:
    return is_filled(value) and len(value) <= LONGEST_TEXT


def _are_lines(value: Sequence[str]) -> bool:
    return 0 < len(value) <= MOST_LINES and all(is_filled(line) and len(line) <= LONGEST_LINE for line in value)


def _are_texts(value: Mapping[str, str]) -> bool:
    return all(map(_is_text, value.values())) and _are_lines(tuple(value) or ("none",))


_Text = Annotated[str, Must(f"a text of at most {LONGEST_TEXT:,} characters", _is_text), Made(str.strip)]
_Lines = Annotated[
    tuple[str, ...], Must(f"a list of 1 to {MOST_LINES} lines of at most {LONGEST_LINE} characters", _are_lines)
]
_TextByLine = Annotated[
    Mapping[str, str],
    Must(
        f"a table from line of business ({MOST_LINES} at most) to a text of at most {LONGEST_TEXT:,} characters",
        _are_texts,
    ),
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

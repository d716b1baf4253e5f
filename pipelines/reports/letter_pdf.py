"""The paper of a records request: one tagged PDF (PDF/UA-1) to one provider, set by typst.

Values go in as data beside the template, so none is read as markup. The fonts are ours and come with the program, the
clock is the run's date and nothing is fetched: the same request gives the same bytes on every machine.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pipelines.ground.errors import StimauditError
from pipelines.ground.program_files import FONTS, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAPER = TEMPLATES / "letter.typ"
FACES = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf")
PDF_STANDARD: Final = "ua-1"

# Signs that are in the fonts and show nothing, or turn the direction of what follows.
UNSEEN = frozenset(
    chr(code)
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
    )
) - {"\n"}
# Written by another character of the same look, which the fonts have.
ALIKE = str.maketrans({"\t": " ", "\r": None, "\u2011": "-"})


@dataclass(frozen=True)
class RequestedService:
    """One claim line of the request, as it is shown."""

    claim: str
    line: str
    day: str
    procedure: str


@dataclass(frozen=True)
class RecordsRequest:
    """What one letter says: to one billing provider (blank where claims name none), about their own claim lines.

    Texts of the payer are as they stand in its template; one in square brackets is a place still to fill.
    """

    letter_id: str
    template_version: str
    case_id: str
    member_id: str
    provider: str
    services: Sequence[RequestedService]
    policy_title: str
    policy_version: str
    open_questions: Sequence[str]
    documents: Sequence[str]
    payer_name: str
    payer_address: Sequence[str]
    contact: str
    ways_to_send: Sequence[str]
    due: str
    no_reply: str
    rights: str
    approver: str
    run_id: str
    as_of_date: date
    code_version: str
    is_synthetic: bool


def letter_pdf(request: RecordsRequest) -> bytes:
    """The PDF of ``request``, dated with the run's date at midnight UTC.

    A character that the fonts lack stands as its code point in brackets, as a place to fill. Raises ``StimauditError``,
    without a value of the request, where fonts are missing or the template cannot be set.
    """
    import typst

    check_faces()
    content = asdict(request) | {"as_of": request.as_of_date.isoformat()}
    del content["as_of_date"]
    try:
        return typst.compile(
            PAPER,
            root=PAPER.parent,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=[PDF_STANDARD],
            sys_inputs={"letter": json.dumps(_showable(content))},
            timestamp=datetime.combine(request.as_of_date, time(), tzinfo=UTC),
        )
    except RuntimeError as error:
        # What typst says quotes the text it stumbled over; its place in the template is all that may be told.
        place = re.search(rf"{re.escape(PAPER.name)}:(\d+)", getattr(error, "diagnostic", ""))
    raise StimauditError(_not_set(f"line {place[1]} of {PAPER.name}" if place else PAPER.name))


def check_faces() -> None:
    """Raises ``StimauditError`` where a font is not there: typst would leave its text out without a word."""
    missing = [name for name in FACES if not (FONTS / name).is_file()]
    if missing:
        raise StimauditError(_not_set(f"without {' and '.join(missing)}"))


def _not_set(where: str) -> str:
    return (
        f"The letter could not be set ({where}), so none was written. The case is not at fault: install stimaudit "
        "again; if that does not help, report it with this line."
    )


def _showable(value: Any) -> Any:
    """``value`` with every text in it written in characters that the fonts have."""
    match value:
        case str():
            return "".join(sign if sign in _signs() else f"[U+{ord(sign):04X}]" for sign in value.translate(ALIKE))
        case dict():
            return {key: _showable(part) for key, part in value.items()}
        case list() | tuple():
            return [_showable(part) for part in value]
        case _:
            return value


@cache
def _signs() -> frozenset[str]:
    """Every character that all faces of ours can show, and the end of a line."""
    faces = [frozenset(_covered((FONTS / name).read_bytes())) for name in FACES]
    return frozenset.intersection(*faces) - UNSEEN | {"\n"}


def _covered(face: bytes) -> Iterator[str]:
    """The characters of the basic plane that a TrueType face has a glyph for, read from its ``cmap`` (format 4)."""
    tables = {face[at : at + 4]: struct.unpack_from(">I", face, at + 8)[0] for at in _steps(face, 12, 4, 16)}
    start = tables[b"cmap"]
    entries = (struct.unpack_from(">HHI", face, at) for at in _steps(face, start + 4, start + 2, 8))
    [table] = [start + offset for platform, encoding, offset in entries if (platform, encoding) == (3, 1)]
    count = struct.unpack_from(">H", face, table + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", face, table + 14 + part * 2 * count + (2 if part else 0)) for part in range(4)
    )
    for segment, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        here = table + 16 + 6 * count + 2 * segment + offset
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", face, here + 2 * (code - first))[0] if offset else code
            if glyph and (glyph + delta) & 0xFFFF:
                yield chr(code)


def _steps(face: bytes, first: int, count_at: int, size: int) -> range:
    count = struct.unpack_from(">H", face, count_at)[0]
    return range(first, first + size * count, size)

"""Which known name somebody may have meant who wrote another one.

See docs/contract.md 1.8.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pipelines.ground.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


CLOSE = 0.85
"""How much of two names must be alike, from 0 to 1; `payer_id` and `payer` are not near, `clm_status` is."""
NEAR = 0.6
"""The same for names that are only offered: a person chooses, so more may be shown."""
MOST_NEAR, MOST_KNOWN = 3, 10


def near_name(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to ``name``, or None; marks, blanks and case count for nothing."""
    return next(iter(_alike(name, known, most=1, cutoff=CLOSE)), None)


def near_file_name(stem: str, tables: Iterable[str]) -> str | None:
    """The table after which a file of this ``stem`` may be named, numbers and what follows aside."""
    letters = _plain(re.sub("[0-9]", "", stem))
    for table in sorted(tables, key=len, reverse=True):
        if letters.startswith(_plain(table)):
            return table
    return near_name(letters, tables)


def unknown_name(name: str, known: Sequence[str], *, kind: str, place: str, more: str = "") -> UsageError:
    """The fault of asking for a ``name`` that is not there: which names of the same ``kind`` are near, which are known.

    ``known`` stands in the order in which it is shown; of many the first are. What was asked for is not repeated: a
    person may have typed a member's number. ``place`` says who knows, ``more`` what to do next.
    """
    near = _alike(name, known, most=MOST_NEAR, cutoff=NEAR)
    said = [f"{place} knows no {kind} of that name."]
    if near:
        said.append(f"Near: {', '.join(near)}.")
    said.append(f"Known: {_listed(known)}." if known else f"It knows no {kind} at all yet.")
    return UsageError(" ".join([*said, more]).rstrip())


def _listed(known: Sequence[str]) -> str:
    hidden = len(known) - MOST_KNOWN
    return f"{', '.join(known[:MOST_KNOWN])} and {hidden:,} more" if hidden > 0 else ", ".join(known)


def _alike(name: str, known: Iterable[str], *, most: int, cutoff: float) -> list[str]:
    plain = {_plain(each): each for each in known}
    return [plain[found] for found in get_close_matches(_plain(name), plain, n=most, cutoff=cutoff)]


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())

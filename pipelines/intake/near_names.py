"""Which known name somebody may have meant who wrote another one.

See docs/contract.md 1.8.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


CLOSE = 0.85
"""How much of two names must be alike, from 0 to 1; `payer_id` and `payer` are not near, `clm_status` is."""


def near_name(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to ``name``, or None; marks, blanks and case count for nothing."""
    plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(name), plain, n=1, cutoff=CLOSE)
    return plain[found[0]] if found else None


def near_file_name(stem: str, tables: Iterable[str]) -> str | None:
    """The table after which a file of this ``stem`` may be named, numbers and what follows aside."""
    letters = _plain(re.sub("[0-9]", "", stem))
    for table in sorted(tables, key=len, reverse=True):
        if letters.startswith(_plain(table)):
            return table
    return near_name(letters, tables)


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())

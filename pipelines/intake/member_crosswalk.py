"""Previous member identifiers: each must lead to one member, over all deliveries together.

See docs/contract.md 1.1.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def unsettled(links: Iterable[tuple[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    """The previous identifiers that lead into a ring, and those of the others that lead to two ends or more.

    A link names a previous identifier and the next one; chains are followed to their end, whatever way leads there.
    """
    following: dict[str, set[str]] = defaultdict(set)
    for previous, present in links:
        following[previous].add(present)
    rings: set[str] = set()
    split: set[str] = set()
    for name in following:
        passed = _reached(name, following)
        if any(each in _reached(each, following) for each in passed):
            rings.add(name)
        elif sum(each not in following for each in passed) > 1:
            split.add(name)
    return frozenset(rings), frozenset(split)


def _reached(name: str, following: Mapping[str, set[str]]) -> set[str]:
    """The identifiers that the links from ``name`` lead to."""
    passed: set[str] = set()
    ahead = list(following.get(name, ()))
    while ahead:
        each = ahead.pop()
        if each not in passed:
            passed.add(each)
            ahead += following.get(each, ())
    return passed

"""The forms in which an output folder is written, and what is said of one in another form.

A form is a whole number that is written into what has it: each manifest of the ledger, each entry of the history, the
published file and the status. What older versions wrote has none, or a smaller one. `stimaudit run` reads it and writes
this form; every other command says so in one sentence.
"""

from __future__ import annotations

from pipelines.ground.errors import UsageError

LEDGER = 2
HISTORY = 1
PUBLISHED = 1
STATUS = 1
KEPT_ROWS = 1
"""Kept rows in another form are not told of: they are made again."""
FORMATS = {"ledger": LEDGER, "history": HISTORY, "published file": PUBLISHED, "status": STATUS}
"""The forms that this version writes, by what has them."""
OLDEST_READ = {"ledger": 1}
"""The oldest form that this version reads as it is, where that is not the one it writes."""
UNMARKED = 0
"""The form of what was written before forms were."""


class OtherFormError(UsageError):
    """What lies there was written in another form than this version reads."""


def newer_than_ours(what: str, found: int) -> bool:
    """Whether ``found`` is a form of ``what`` that only a newer version can read."""
    return found > FORMATS[what]


def check_form(what: str, where: object, found: int) -> None:
    """Raises ``OtherFormError`` where ``found`` is not a form in which this version reads ``what``."""
    known = FORMATS[what]
    if found < OLDEST_READ.get(what, known):
        message = (
            f"The {what} {where} was written by an older version of stimaudit (this one reads form {known}): run "
            "`stimaudit run` once, which brings the output folder to the form of this version."
        )
        raise OtherFormError(message)
    if found > known:
        message = (
            f"The {what} {where} was written by a newer version of stimaudit (this one reads form {known}): use that "
            "version, or a newer one."
        )
        raise OtherFormError(message)

"""The anchor: a file outside of the output folder that keeps how far decisions and history went.

Whoever can write below the output folder can cut off the end of a register and of all that is kept of it there. An
anchor on another disk, or with other rights, still knows.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.ground.errors import IntegrityError, StimauditError
from pipelines.ground.files import MEGABYTE, make_folder, read_text, write_file
from pipelines.ground.records import judge
from pipelines.ground.registers import End, ends
from pipelines.ground.sealed_json import sealed_text, unsealed

if TYPE_CHECKING:
    from pathlib import Path


def write_anchor(anchor: Path, out: Path) -> None:
    """Keeps the ends of the registers of ``out`` in the file ``anchor``, in one rename."""
    try:
        make_folder(anchor.parent)
        content = {"ends": {register: asdict(end) for register, end in ends(out).items()}}
        write_file(anchor, sealed_text(content).encode())
    except OSError as error:
        message = (
            f"The anchor {anchor} cannot be written ({error.strerror}). The audit is published. Give the account the "
            "right to write there, or name another file (setting anchor)."
        )
        raise StimauditError(message) from None


def read_anchor(anchor: Path) -> dict[str, End]:
    """The ends that ``anchor`` keeps; none before its first night. Raises ``IntegrityError`` where it was changed."""
    if not anchor.exists():
        return {}
    try:
        return judge(dict[str, End], unsealed(read_text(anchor, most=MEGABYTE))["ends"])
    except (OSError, ValueError, KeyError):
        message = f"The anchor {anchor} is not as it was written. Restore it from its backup."
        raise IntegrityError(message) from None

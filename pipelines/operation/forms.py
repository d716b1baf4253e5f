"""In which forms an output folder is written, read without its key: what the doctor and the status tell of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.files import read_file
from pipelines.ground.formats import FORMATS, UNMARKED, check_form, newer_than_ours
from pipelines.operation.run_record import STATUS_FILE
from pipelines.publishing.publishes import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path


class FoundForm(NamedTuple):
    """A part of an output folder, the file that says so, the form it is in and the one that this version writes."""

    what: str
    path: Path
    form: int
    known: int


def found_forms(out: Path) -> tuple[FoundForm, ...]:
    """The forms of the parts of ``out`` that are there and can be read; of many files the newest says."""
    places = {
        "ledger": _newest(out / "landed" / "deliveries"),
        "history": _newest(out / "history" / "runs"),
        "published file": out / "published" / MANIFEST,
        "status": out / STATUS_FILE,
    }
    found = ((what, path, _form(path)) for what, path in places.items() if path is not None)
    return tuple(FoundForm(what, path, form, FORMATS[what]) for what, path, form in found if form is not None)


def check_forms(out: Path) -> None:
    """Raises ``OtherFormError`` where another version wrote into ``out`` in a form that this one does not write."""
    for found in found_forms(out):
        check_form(found.what, found.path, found.form)


def check_not_newer(out: Path) -> None:
    """Raises ``OtherFormError`` where a newer version has written into ``out``: a run would undo what it made."""
    for found in found_forms(out):
        if newer_than_ours(found.what, found.form):
            check_form(found.what, found.path, found.form)


def _newest(folder: Path) -> Path | None:
    return max(folder.glob("[0-9]*.json"), default=None)


def _form(path: Path) -> int | None:
    """What a file of ours says of its form; none where it cannot be read, which others tell."""
    try:
        content = json.loads(read_file(path))
    except (OSError, ValueError):
        return None
    form = content.get("format", UNMARKED) if isinstance(content, dict) else None
    return form if isinstance(form, int) else None

"""Records: what a file must hold, judged by pydantic and told in our words. The one door to pydantic.

A record is a frozen dataclass whose annotations say what a file holds. Nothing is bent into shape: a key it does not
name, a text for a number, a yes or no for a number are faults. A fault knows where it stands and what was expected,
and never what stood there, so that no message repeats a file that came to the wrong place.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast

from pipelines.ground.errors import UsageError
from pipelines.ground.files import MEGABYTE, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from _typeshed import DataclassInstance
    from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter, ValidationError
    from pydantic_core import CoreSchema

# pydantic takes a fifth of a second to import, which commands that read no file need not wait for: it is imported
# where something is judged.

T = TypeVar("T")
Kept = TypeVar("Kept", bound="DataclassInstance")

_EXACT: Final[ConfigDict] = {"strict": True, "extra": "forbid", "hide_input_in_errors": True}
_ADAPTERS: Final[dict[object, TypeAdapter[Any]]] = {}
MOST_OF_TOML: Final = MEGABYTE
"""The bytes that a TOML file may have: settings, the words of letters, a dossier."""
_KINDS: Final[Mapping[str, str]] = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date (YYYY-MM-DD)",
    "datetime": "a time in ISO form with its zone",
    "timezone": "a time in ISO form with its zone",
    "tuple": "a list",
    "list": "a list",
    "dict": "a table",
    "mapping": "a table",
    "dataclass": "a table of named values",
    "json": "JSON",
}
"""What is expected, by the first word of the type of a pydantic error."""


@dataclass(frozen=True)
class Fault:
    """One fault of a record: its place (``sources[1].title``, from 1; blank: the whole) and what was expected there."""

    place: str
    kind: Literal["missing", "unknown", "blank", "wrong"]
    expected: str

    def told(self) -> str:
        """The fault in a few words, for messages that name the file themselves."""
        words = {"missing": "is missing", "unknown": "is not known", "blank": "is blank"}
        return f"{self.place or 'it'} {words.get(self.kind, f'must be {self.expected}')}"


class RecordError(ValueError):
    """What was read is not the record that was asked for; ``faults`` are all there are."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.told() for fault in self.faults))


@dataclass(frozen=True)
class Must:
    """Beside a type: what a value must be, in words for the message, and when it is."""

    be: str
    holds: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the type, with this one fault in place of all that may be wrong in the value."""
        from pydantic_core import core_schema

        return core_schema.custom_error_schema(
            core_schema.no_info_after_validator_function(self._judge, handler(source)),
            custom_error_type="must",
            custom_error_message="must be {expected}",
            custom_error_context={"expected": self.be},
        )

    def _judge(self, value: T) -> T:
        if not self.holds(value):
            raise ValueError
        return value


@dataclass(frozen=True)
class Made:
    """Beside a type: what is made of a value once it was judged."""

    by: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the type, and then what is made of it."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.by, handler(source))


def _filled(value: T) -> T:
    from pydantic_core import PydanticCustomError

    if not is_filled(value):
        raise PydanticCustomError("blank", "blank")  # noqa: EM101 - the name of a kind, no sentence
    return value


def is_filled(value: object) -> bool:
    """Whether a text has more than blanks in it, or a list anything at all."""
    return bool(value.strip() if isinstance(value, str) else value)


FILLED: Final = Made(_filled)
"""Beside a text or a list: that it is not blank."""


def record(kind: type[Kept]) -> type[Kept]:
    """The frozen dataclass ``kind``, from now on judged to the letter."""
    kind.__pydantic_config__ = _EXACT  # type: ignore[attr-defined]
    kind.__get_pydantic_core_schema__ = _of_a_table  # type: ignore[attr-defined]
    return kind


def judge(kind: type[T], content: object) -> T:
    """``content``, as it came out of TOML or JSON, as a ``kind``; lists become tuples.

    Raises ``RecordError`` with every fault.
    """
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_python(_with_tuples(content))
    except ValidationError as error:
        raise RecordError(_faults(error)) from None


def judge_json(kind: type[T], text: str | bytes, *, may_hold_more: bool = False) -> T:
    """The JSON ``text`` as a ``kind``, dates from ISO text; what it does not name is passed over where that is allowed.

    Raises ``RecordError`` with every fault.
    """
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_json(text, extra="ignore" if may_hold_more else None)
    except ValidationError as error:
        raise RecordError(_faults(error)) from None


def read_toml(path: Path, kind: type[Kept], *, title: str, key: str, advice: str) -> Kept:
    """The TOML file at ``path`` as a ``kind``. ``title`` names the file, ``key`` a key of it, ``advice`` what to name.

    Raises ``UsageError`` naming every key that is unknown, missing or wrong at once.
    """
    try:
        content = toml_table(read_file(path, most=MOST_OF_TOML))
    except OSError as error:
        message = f"{title} {path} cannot be read ({error.strerror}). {advice}"
        raise UsageError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        at = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ", for it is not UTF-8 text"
        message = f"{title} {path} is not TOML{at}."
        raise UsageError(message) from None
    try:
        return judge(kind, content)
    except RecordError as error:
        words = {"missing": "is missing", "unknown": f"is not {key}", "blank": "is blank"}
        told = "; ".join(
            f"'{fault.place}' {words.get(fault.kind, f'must be {fault.expected}')}" for fault in error.faults
        )
        known = ", ".join(field.name for field in fields(kind))
        message = f"{title} {path} cannot be used: {told}. Its keys are: {known}."
        raise UsageError(message) from None


def toml_table(content: bytes) -> dict[str, Any]:
    """The table that the TOML text ``content`` is.

    Raises ``UnicodeDecodeError`` where it is not UTF-8, and ``TOMLDecodeError`` for all else that is wrong with it.
    """
    text = content.decode("utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (ValueError, RecursionError):
        message = "a number in it is too long, or its lists and tables lie too deep in one another"
        raise tomllib.TOMLDecodeError(message) from None


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _ADAPTERS:
        from pydantic import TypeAdapter

        _ADAPTERS[kind] = TypeAdapter(kind, config=None if is_dataclass(kind) else _EXACT)
    return _ADAPTERS[kind]


def _of_a_table(source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    """The schema of a record: it is made of a table, while all in it stays strict."""
    return cast("CoreSchema", {**handler(source), "strict": False})


def _with_tuples(content: object) -> object:
    if isinstance(content, list):
        return tuple(_with_tuples(each) for each in content)
    if isinstance(content, dict):
        return {name: _with_tuples(value) for name, value in content.items()}
    return content


def _faults(error: ValidationError) -> tuple[Fault, ...]:
    """The faults of ``error``, in its order; of what pydantic says, only the place and the type are taken over."""
    return tuple(
        _fault(_place(detail["loc"]), detail["type"], detail.get("ctx", {}))
        for detail in error.errors(include_url=False, include_input=False)
    )


def _fault(place: str, error_type: str, context: Mapping[str, Any]) -> Fault:
    match error_type:
        case "missing" | "missing_argument":
            return Fault(place, "missing", "")
        case "unexpected_keyword_argument":
            return Fault(place, "unknown", "")
        case "blank":
            return Fault(place, "blank", "")
        case "must" | "literal_error":  # its words are those of the record
            return Fault(place, "wrong", f"{'one of ' * (error_type == 'literal_error')}{context['expected']}")
        case "json_invalid":
            at = re.search(r"line \d+ column \d+", str(context.get("error", "")))
            return Fault(place, "wrong", f"JSON ({at[0]})" if at else "JSON")
    return Fault(place, "wrong", _KINDS.get(error_type.split("_", 1)[0], "of another kind"))


def _place(steps: tuple[int | str, ...]) -> str:
    place = ""
    for step in steps:
        place += f"[{step + 1}]" if isinstance(step, int) else f"{'.' * bool(place)}{step}"
    return place

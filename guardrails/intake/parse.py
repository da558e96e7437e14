"""The bounded parser: it turns outside JSON and CSV into typed fields, an exit of `RawText`.

Text fields stay `RawText`. Plain values are limited so that they cannot contain prose: one of a
closed set of words, a reference of a narrow alphabet, a small number, a flag, a time. `Schema`
refuses a field of any other type when the class is defined. Errors name the place and the field,
never its content.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Annotated, TypeVar, Union, cast, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic import ValidatorFunctionWrapHandler as Handler
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema, from_json

from guardrails.errors import BadInput
from guardrails.text import RawText, unwrap

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._#/-]{0,63}")
_LONGEST_NUMBER = 20  # digits
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
EPOCH = datetime.fromtimestamp(0, UTC)
"""What a missing time is read as."""


class Reference(str):
    """A reference such as ``HD-1001``: letters, digits, ``._#/-``, at most 64."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._of)

    @classmethod
    def _of(cls, value: object) -> Reference:
        named = isinstance(value, (str, int)) and not isinstance(value, bool)
        if named and _REFERENCE.fullmatch(str(value)):
            return cls(value)
        raise _wanted("a reference of letters, digits and ._#/- (64 at most)")


class _Small:
    """A whole number that is too short to contain text."""


def _instant(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _wanted("a time such as 2026-10-12T08:14:00Z") from None


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value) if len(value) < _LONGEST_NUMBER else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 10**_LONGEST_NUMBER else None


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An ISO 8601 time as aware UTC; without a zone it is UTC."""
Number = Annotated[int | None, BeforeValidator(_number), _Small()]
"""A whole number such as an id; None for anything else."""

WordT = TypeVar("WordT", bound=Enum)


def meanings(words: Mapping[str | int, WordT], default: WordT) -> BeforeValidator:
    """Return a validator that maps a vendor's words and numbers; others become ``default``."""

    def meaning(value: object) -> WordT:
        key = value.strip().lower() if isinstance(value, str) else value
        return words.get(key, default) if isinstance(key, (str, int)) else default

    return BeforeValidator(meaning)


def lenient(make: Callable[[], object]) -> WrapValidator:
    """Return a validator that replaces a value of the wrong type by one from a factory."""

    def validated(value: object, handler: Handler) -> object:
        try:
            return handler(value)
        except ValidationError:
            return make()

    return WrapValidator(validated)


class Schema(BaseModel):
    """One object from outside: null counts as missing, unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_more: object) -> None:
        for name, field in cls.model_fields.items():
            if not _is_bounded(field.annotation, field.metadata):
                raise TypeError(f"{cls.__name__}.{name} would let outside text through")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        given = cast("dict[str, object]", value)
        return {key: each for key, each in given.items() if each is not None}


SchemaT = TypeVar("SchemaT", bound=Schema)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed JSON value or row whose fields are not validated yet; ``where`` is its place."""

    _value: object
    where: str

    def has(self, *names: str) -> bool:
        """Whether any of these fields is present and not empty."""
        return any(self._field(name) not in (None, "", [], {}) for name in names)

    def inner(self, *names: str) -> Parsed:
        """Return the object under the first of these wrappers, else this one."""
        found = (self._field(name) for name in names if isinstance(self._field(name), dict))
        return Parsed(next(found, self._value), self.where)

    def into(self, schema: type[SchemaT]) -> SchemaT:
        """Return the fields. `BadInput` names the first one that cannot be used."""
        try:
            return schema.model_validate(self._value)
        except ValidationError as error:
            raise _complaint(error, self.where) from None

    def _field(self, name: str) -> object:
        value = self._value
        return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None


def parse_json(body: bytes, where: str) -> Parsed:
    """Parse one JSON value; lone surrogates, which cannot be encoded, become ``?``.

    `BadInput` names ``where``. The caller bounds the size and the depth.
    """
    try:
        return Parsed(from_json(_ESCAPE.sub(_whole, body)), where)
    except ValueError:  # also for numbers that are too long and for bytes that are not UTF-8
        raise _not_json(body, where) from None


def parse_text(raw: RawText, where: str, most: int, *, begun: bool = False) -> Parsed:
    """Parse one JSON value from the first ``most`` characters of ``raw``.

    With ``begun`` its end may be missing. `BadInput` names ``where``.
    """
    body = _ESCAPE.sub(_whole, unwrap(raw)[:most].encode("utf-8", "replace"))
    try:
        return Parsed(from_json(body, allow_partial="trailing-strings" if begun else False), where)
    except ValueError:
        raise _not_json(body, where) from None


class Fields:
    """One row of a table from outside."""

    def __init__(self, value: dict[str, str], where: str) -> None:
        self._value = value
        self.where = where

    def text(self, name: str) -> RawText:
        """Return a text field; a missing one is empty."""
        return RawText(self._value.get(name, ""))

    def parts(self, name: str) -> tuple[RawText, ...]:
        """Return the parts of a text field that ``;`` separates."""
        parts = self._value.get(name, "").split(";")
        return tuple(RawText(part.strip()) for part in parts if part.strip())


def parse_table(raw: RawText, name: str, columns: Sequence[str]) -> Iterator[Fields]:
    """Parse CSV whose first line names its columns, which must be among ``columns``.

    Blank lines are skipped. `BadInput` names the line, never its content.
    """
    for row, where in rows(io.StringIO(unwrap(raw), newline=""), name, columns):
        yield Fields(row, where)


def rows(
    lines: Iterable[str], name: str, columns: Sequence[str]
) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the filled cells of each row of a CSV by column, and where the row ends."""
    reader = csv.reader(lines, strict=True)
    nothing: list[str] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, nothing)]
        if not header or not set(header) <= set(columns) or len(set(header)) != len(header):
            wanted = ", ".join(columns)
            raise BadInput(f"{name}: the first line must name its columns, of {wanted}.")
        for cells in reader:
            where = f"{name}, line {reader.line_num}"
            if len(cells) not in (0, len(header)):
                raise BadInput(f"{where} has {len(cells)} cells, the first line {len(header)}.")
            if any(cell.strip() for cell in cells):
                found = zip(header, map(str.strip, cells), strict=True)
                yield {column: cell for column, cell in found if cell}, where
    except csv.Error:
        raise BadInput(f"{name}, line {reader.line_num} is not valid CSV.") from None


def _wanted(what: str) -> PydanticCustomError:
    return PydanticCustomError("wanted", "{what}", {"what": what})


def _is_bounded(annotation: object, marks: Sequence[object]) -> bool:
    """Whether a plain value of this type, annotated with ``marks``, cannot contain prose."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return _is_bounded(inner, marks)
    if get_origin(annotation) in (tuple, list, Union, UnionType):
        parts = get_args(annotation)
        return all(_is_bounded(part, marks) for part in parts if part is not Ellipsis)
    if annotation is int:
        return any(isinstance(mark, _Small) for mark in marks)
    if not isinstance(annotation, type):
        return False
    plain = (RawText, Reference, datetime, Schema, Enum, bool, type(None))
    return issubclass(annotation, plain)


def _whole(escape: re.Match[bytes]) -> bytes:
    return b"?" if escape[1] else escape[0]


def _not_json(body: bytes, where: str) -> BadInput:
    try:
        body.decode()
    except UnicodeDecodeError:
        return BadInput(f"{where} is not UTF-8 text.", todo="Save it as UTF-8.")
    return BadInput(f"{where} is not valid JSON.")


_WORDS = {
    "missing": "is missing",
    "model_type": "must be a JSON object",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}


def _complaint(error: ValidationError, where: str) -> BadInput:
    """Return the first error, in words that contain nothing of the input."""
    first = error.errors(include_url=False, include_input=False)[0]
    places: list[str] = [where]
    for part in first["loc"]:
        if isinstance(part, int):
            places[-1] += f" {part + 1}"
        else:
            places.append(part)
    said = _said(first)
    if len(places) == 1 or places[-1] != first["loc"][-1]:
        return BadInput(f"{', '.join(places)} {said}.")
    return BadInput(f"{', '.join(places[:-1])}: the field “{places[-1]}” {said}.")


def _said(error: ErrorDetails) -> str:
    given = cast("dict[str, str]", error.get("ctx", {}))
    if error["type"] == "wanted":
        return f"must be {given['what']}"
    if error["type"] == "enum":
        return f"must be one of {given['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    return _WORDS.get(error["type"], "cannot be used")

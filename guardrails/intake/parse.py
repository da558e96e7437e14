"""The bounded schema parse: the door by which outside JSON becomes fields.

Text fields stay `RawText`. What comes out as plain values is bounded so that no prose fits through:
one of a closed set of words, an identifier of a narrow alphabet, a number, a time.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar, cast

from guardrails.errors import BadInput
from guardrails.text import RawText, unwrap

MAX_CHARACTERS = 20_000_000
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._#/-]{0,63}")
_Word = TypeVar("_Word", bound=StrEnum)


class Fields:
    """One JSON object from outside. Every error names the field and where the object stood."""

    def __init__(self, value: dict[str, object], where: str) -> None:
        self._value = value
        self.where = where

    def text(self, name: str) -> RawText:
        """Return a text field; missing and null are empty."""
        value = self._value.get(name)
        if value is None:
            return RawText("")
        if isinstance(value, (str, int, float)):
            return RawText(str(value))
        raise self._wrong(name, "text")

    def identifier(self, name: str) -> str:
        """Return a reference such as ``HD-1001``: letters, digits, ``._#/-``, at most 64."""
        value = self._value.get(name)
        if isinstance(value, (str, int)) and _IDENTIFIER.fullmatch(str(value)):
            return str(value)
        raise self._wrong(name, "a reference of letters, digits and ._#/- (64 at most)")

    def choice(self, name: str, words: type[_Word], default: _Word) -> _Word:
        """Return one of a closed set of words, ``default`` when missing."""
        value = self._value.get(name)
        if value is None:
            return default
        try:
            return words(str(value).lower())
        except ValueError:
            raise self._wrong(name, "one of " + ", ".join(words)) from None

    def time(self, name: str) -> datetime:
        """Return an ISO 8601 time as aware UTC; the epoch when missing."""
        value = self._value.get(name)
        if value is None:
            return datetime.fromtimestamp(0, UTC)
        try:
            parsed = datetime.fromisoformat(str(value))
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise self._wrong(name, "a time such as 2026-10-12T08:14:00Z") from None

    def child(self, name: str) -> Fields:
        """Return a nested object; missing and null are empty."""
        return _fields(self._value.get(name) or {}, f"{self.where}, {name}")

    def children(self, name: str) -> list[Fields]:
        """Return a list of objects; missing and null are empty."""
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        items = cast("list[object]", value)
        return [_fields(item, f"{self.where}, {name} {at}") for at, item in enumerate(items, 1)]

    def texts(self, name: str) -> list[RawText]:
        """Return a list of texts; missing and null are empty."""
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, "a list of texts")
        return [RawText(str(item)) for item in cast("list[object]", value)]

    def parts(self, name: str) -> tuple[RawText, ...]:
        """Return the parts of a text field that ``;`` separates."""
        parts = unwrap(self.text(name)).split(";")
        return tuple(RawText(part.strip()) for part in parts if part.strip())

    def _wrong(self, name: str, wanted: str) -> BadInput:
        return BadInput(f"{self.where}: the field “{name}” must be {wanted}.")


def parse_object(raw: RawText, where: str, *, limit: int = MAX_CHARACTERS) -> Fields:
    """Parse one JSON object of at most ``limit`` characters. `BadInput` names ``where``."""
    text = unwrap(raw)
    if len(text) > limit:
        raise BadInput(f"{where} is longer than {limit:,} characters.")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):  # an endless number is a plain ValueError
        raise BadInput(f"{where} is not valid JSON.") from None
    return _fields(value, where)


def parse_lines(raw: RawText, name: str, *, limit: int = MAX_CHARACTERS) -> Iterator[Fields]:
    """Parse JSON lines, blank ones skipped. `BadInput` names the line."""
    text = unwrap(raw).removeprefix("\ufeff")  # Windows puts it before the first line
    for number, line in enumerate(text.split("\n"), start=1):  # strings may hold other line ends
        if line.strip():
            yield parse_object(RawText(line), f"{name}, line {number}", limit=limit)


def parse_table(raw: RawText, name: str, columns: Sequence[str]) -> Iterator[Fields]:
    """Parse CSV whose first line names its columns, which must be among ``columns``.

    Blank lines are skipped. `BadInput` names the line, never what stands in it.
    """
    lines = csv.reader(io.StringIO(unwrap(raw), newline=""), strict=True)
    nothing: list[str] = []
    try:
        header = [cell.strip().lower() for cell in next(lines, nothing)]
        if not header or not set(header) <= set(columns) or len(set(header)) != len(header):
            wanted = ", ".join(columns)
            raise BadInput(f"{name}: the first line must name its columns, of {wanted}.")
        for cells in lines:
            where = f"{name}, line {lines.line_num}"
            if len(cells) not in (0, len(header)):
                raise BadInput(f"{where} has {len(cells)} cells, the first line {len(header)}.")
            if any(cell.strip() for cell in cells):
                found = zip(header, map(str.strip, cells), strict=True)
                yield Fields({column: cell for column, cell in found if cell}, where)
    except csv.Error:
        raise BadInput(f"{name}, line {lines.line_num} is not valid CSV.") from None


def _fields(value: object, where: str) -> Fields:
    if not isinstance(value, dict):
        raise BadInput(f"{where} must be a JSON object.")
    return Fields(cast("dict[str, object]", value), where)

"""The bounded parser of other programs' ticket exports, beside `guardrails.intake.parse`.

Exports come as one JSON document or as JSON lines, nest their objects under wrappers, and count
statuses by number. What leaves here is as bounded as there: text stays `RawText`, anything else is
a word of a closed set, a reference, a small number, a flag, or whether a field is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from enum import StrEnum
from typing import LiteralString, TypeVar, cast

from guardrails.detect.directory import KnownPerson
from guardrails.errors import BadInput
from guardrails.intake.parse import Fields
from guardrails.text import RawText, unwrap

MAX_CHARACTERS = 200_000_000
_Word = TypeVar("_Word", bound=StrEnum)
_BREAKS = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
_HTML = re.compile(r"\s*<(?:div|p|html|body|span|table|br)\b", re.IGNORECASE)
_LONG = 20  # digits
_LISTS = ("tickets", "results")


class Export(Fields):
    """One object of an export."""

    def __init__(self, value: dict[str, object], where: str) -> None:
        super().__init__(value, where)
        self._given = value

    def has(self, *names: str) -> bool:
        """Whether any of these fields is there and holds something."""
        return any(self._given.get(name) not in (None, "", [], {}) for name in names)

    def is_true(self, name: str) -> bool:
        """Whether a field says true."""
        return self._given.get(name) is True

    def is_false(self, name: str) -> bool:
        """Whether a field says false; one that is missing says nothing."""
        return self._given.get(name) is False

    def number(self, name: str) -> int | None:
        """Return a whole number, such as an id; None when there is none."""
        value = self._given.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _LONG:
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def word(self, name: str, meanings: Mapping[str | int, _Word], default: _Word) -> _Word:
        """Return what a status or priority means to us; ``default`` for words of their own."""
        value = self._given.get(name)
        key = value.strip().lower() if isinstance(value, str) else value
        return meanings.get(key, default) if isinstance(key, (str, int)) else default

    def said(self, *names: str, before: LiteralString = "") -> RawText:
        """Return the first of these texts that holds something; markup is taken out of HTML."""
        for name in names:
            text = unwrap(self.text(name)) if isinstance(self._given.get(name), str) else ""
            if text.strip():
                plain = _without_markup(text) if "html" in name or _HTML.match(text) else text
                plain = plain.replace("\r\n", "\n").encode("utf-8", "replace").decode()
                return RawText(before + plain.strip())
        return RawText("")

    def inner(self, *names: str) -> Export:
        """Return the object under the first of these wrappers, else this one."""
        for name in names:
            value = self._given.get(name)
            if isinstance(value, dict):
                return Export(cast("dict[str, object]", value), self.where)
        return self

    def object(self, name: str) -> Export:
        """Return a nested object, empty when there is none."""
        value = self._given.get(name)
        given = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        return Export(given, f"{self.where}, {name}")

    def objects(self, *names: str) -> list[Export]:
        """Return the objects of the first of these lists that is there."""
        items = enumerate(self.listed(*names) or [], start=1)
        return [_export(item, f"{self.where}, {names[0]} {at}") for at, item in items]

    def listed(self, *names: str) -> list[object] | None:
        """Return the first of these lists that is there, unread."""
        found = (self._given.get(name) for name in names)
        return next((cast("list[object]", each) for each in found if isinstance(each, list)), None)

    def mailboxes(self, name: str) -> list[KnownPerson]:
        """Return the people of a list of addresses such as ``Sam Lee <sam@x.example>``."""
        value = self._given.get(name)
        given = cast("list[object]", value) if isinstance(value, list) else [value]
        pairs = (parseaddr(each[:500]) for each in given if isinstance(each, str))
        return [
            KnownPerson(name=RawText(who) if who else None, email=RawText(address))
            for who, address in pairs
            if "@" in address
        ]


def is_json(raw: RawText) -> bool:
    """Whether a text is JSON at first sight; the other choice is a table."""
    return unwrap(raw).lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def is_empty(raw: RawText) -> bool:
    """Whether nothing but blanks stands there."""
    return not unwrap(raw).strip("\ufeff \t\r\n")


def parse_export(raw: RawText, name: str) -> Iterator[tuple[Export, Export]]:
    """Yield each object of an export beside the document that it stands in.

    An export is JSON lines, a list, or one document with a list under ``tickets``. `BadInput` names
    the line or the item that cannot be used.
    """
    text = unwrap(raw).removeprefix("\ufeff").strip()
    if len(text) > MAX_CHARACTERS:
        raise BadInput(f"{name} is longer than {MAX_CHARACTERS:,} characters.")
    lines = [(at, line) for at, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) == 1 or (text.startswith("{") and _is_object(lines[0][1])):
        for at, line in lines:
            yield from _of_document(_json(line, f"{name}, line {at}"), f"{name}, line {at}")
    else:
        yield from _of_document(_json(text, name), name)


def _of_document(value: object, where: str) -> Iterator[tuple[Export, Export]]:
    around = Export({}, where) if isinstance(value, list) else _export(value, where)
    items = cast("list[object]", value) if isinstance(value, list) else around.listed(*_LISTS)
    if items is None:
        yield around, around
    for at, item in enumerate(items or [], start=1):
        yield _export(item, f"{where}, ticket {at}"), around


def _export(value: object, where: str) -> Export:
    if not isinstance(value, dict):
        raise BadInput(f"{where} must be a JSON object.")
    return Export(cast("dict[str, object]", value), where)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _json(text: str, where: str) -> object:
    try:
        value: object = json.loads(text)
        return _whole(value) if _ESCAPED.search(text) else value
    except (ValueError, RecursionError) as error:
        at = getattr(error, "lineno", 1)  # a number without end is a ValueError without a line
        line = "" if ", line " in where else f", line {at}"
        raise BadInput(f"{where}{line} is not valid JSON.") from None


def _whole(value: object) -> object:
    """Return ``value`` without halves of characters, which JSON can write and nothing can keep."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(each) for each in cast("list[object]", value)]
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        return {str(_whole(key)): _whole(each) for key, each in given.items()}
    return value


def _without_markup(text: str) -> str:
    import html

    lines = html.unescape(_TAG.sub("", _BREAKS.sub("\n", text))).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines))

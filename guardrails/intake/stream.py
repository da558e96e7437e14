"""JSON and CSV of any length from a file, one bounded record at a time.

A file may hold one JSON document, JSON lines, or several documents one after another. The structure
around the records is read here by its punctuation. A record goes to the parser after its size, its
depth and the number of its commas were checked. Memory use is that of one record, for a file of any
size.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from guardrails.errors import BadInput
from guardrails.intake.parse import Parsed, parse_json, rows

MAX_RECORD = 32 * 1024 * 1024  # bytes
MAX_DEPTH = 64
MAX_COMMAS = 1_000_000
_BLOCK = 256 * 1024
_MARK = b"\xef\xbb\xbf"
_BLANK = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb'[^\s,:"\[\]{}]*')
_OPEN_STRING = rb'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+'
_STRING = re.compile(_OPEN_STRING + rb'(")?')
_FLAT = re.compile(rb'(?:[^"\[\]{}]++|' + _OPEN_STRING + rb'")*+')


def is_json(file: BinaryIO) -> bool | None:
    """Whether a file looks like JSON rather than a table. None when it is empty."""
    first = _Cursor(file, "").peek()
    return first in (b"{", b"[") if first else None


_NONE: Mapping[str, str] = {}


def read_json(
    file: BinaryIO, name: str, lists: Mapping[str, str], beside: Mapping[str, str] = _NONE
) -> Iterator[tuple[str, Parsed]]:
    """Yield each record of a file with the name of the list that it is in.

    ``lists`` are the names of the lists of records that may be in an object, each with what one
    part is called; the name of a list without an object is empty. An object that has none of them
    is itself a record, with an empty name. The parts of lists ``beside`` are yielded too,
    and are left out of a record. `BadInput` names the line.
    """
    cursor = _Cursor(file, name)
    while first := cursor.peek():
        if first == b"[":
            yield from (("", part) for part in cursor.parts(lists[""]))
        elif first == b"{":
            yield from _of_object(cursor, lists, beside)
        else:
            parse_json(cursor.value(cursor.where), cursor.where)
            raise BadInput(f"{cursor.where} must be a JSON object.")


def read_csv(file: BinaryIO, name: str, columns: Sequence[str]) -> Iterator[Parsed]:
    """Yield each row of a CSV file, by the columns of its first line. `BadInput` names the line."""
    csv.field_size_limit(MAX_RECORD)
    for row, where in rows(_lines(file, name), name, columns):
        yield Parsed(row, where)


def _of_object(
    cursor: _Cursor, lists: Mapping[str, str], beside: Mapping[str, str]
) -> Iterator[tuple[str, Parsed]]:
    """Yield the parts of an object's lists, each as soon as it is read, or the object itself."""
    where = cursor.where
    own: list[bytes] = []
    size, listed = 0, False
    for key in cursor.keys(where):
        name = key[1:-1].decode("ascii", "replace")
        called = lists.get(name) or beside.get(name)
        if called and cursor.peek() == b"[":
            listed = listed or name in lists
            yield from ((name, part) for part in cursor.parts(called))
            continue
        value = cursor.value(where)
        if listed:
            parse_json(value, where)  # a page is read completely or refused
        else:
            own.append(key + b":" + value)
            size = cursor.fits(size + len(own[-1]), where)
    if not listed:
        yield "", parse_json(b"{" + b",".join(own) + b"}", where)


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield the lines of a text file. `BadInput` names the first one that is not text."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    number = 0
    try:
        while line := text.readline(MAX_RECORD):
            number += 1
            if "\0" in line:
                raise BadInput(f"{name} is a binary file, not text.")
            if len(line) >= MAX_RECORD:
                raise BadInput(f"{name}, line {number} is longer than {MAX_RECORD:,} bytes.")
            yield line
    except UnicodeDecodeError:
        raise BadInput(
            f"{name} is not UTF-8 text after line {number}.", todo="Save it as UTF-8."
        ) from None


class _Cursor:
    """A place in a JSON file; ``line`` counts from 1."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._held = file.read(len(_MARK)).removeprefix(_MARK)
        self._at = 0
        self.line = 1

    @property
    def where(self) -> str:
        return f"{self._name}, line {self.line}"

    def peek(self) -> bytes:
        """Return the next byte that is not blank, without consuming it; empty at the end."""
        while True:
            blank = _BLANK.match(self._held, self._at)
            assert blank is not None
            self.line += blank[0].count(b"\n")
            self._at = blank.end()
            if self._at < len(self._held) or not self._read_on():
                return self._held[self._at : self._at + 1]

    def keys(self, where: str) -> Iterator[bytes]:
        """Yield each key of an object, in its quotes; the caller reads the value after it."""
        self._take(b"{", where)
        if self.peek() == b"}":
            self._take(b"}", where)
            return
        while True:
            if self.peek() != b'"':
                raise self._broken(where)
            key = self.value(where)
            self._take(b":", where)
            yield key
            if self._ends(b"}", where):
                return

    def parts(self, called: str) -> Iterator[Parsed]:
        """Yield each part of a list."""
        self._take(b"[", self.where)
        if self.peek() == b"]":
            self._take(b"]", self.where)
            return
        number = 0
        while True:
            number += 1
            self.peek()
            where = f"{self.where}, {called} {number}"
            yield parse_json(self.value(where), where)
            if self._ends(b"]", where):
                return

    def value(self, where: str) -> bytes:
        """Take one value and return its bytes: balanced, not too long and not too deep."""
        first = self.peek()
        if first in (b"{", b"["):
            size = self._nested(where)
        else:
            size = self._string(where) if first == b'"' else self._scalar(where)
        body = self._held[self._at : self._at + size]
        if not size:
            raise self._broken(where)
        if body.count(b",") > MAX_COMMAS:
            raise BadInput(f"{where} has more than {MAX_COMMAS:,} parts.")
        self._at += size
        self.line += body.count(b"\n")
        return body

    def fits(self, size: int, where: str) -> int:
        """Return ``size``. `BadInput` if a record may not be so long."""
        if size > MAX_RECORD:
            raise BadInput(f"{where} is longer than {MAX_RECORD:,} bytes.")
        return size

    def _nested(self, where: str) -> int:
        """Return the length of the object or list that begins here."""
        size = depth = 0
        while True:
            flat = _FLAT.match(self._held, self._at + size)
            assert flat is not None
            size = self.fits(flat.end() - self._at, where)
            mark = self._held[flat.end() : flat.end() + 1]
            if mark in (b"", b'"'):
                self._must_go_on(flat.end(), where)
                continue
            size += 1
            depth += 1 if mark in (b"{", b"[") else -1
            if depth > MAX_DEPTH:
                raise BadInput(f"{where} is nested deeper than {MAX_DEPTH} levels.")
            if not depth:
                return size

    def _string(self, where: str) -> int:
        """Return the length of the string that begins here."""
        while True:
            found = _STRING.match(self._held, self._at)
            assert found is not None
            size = self.fits(len(found[0]), where)
            if found[1]:
                return size
            self._must_go_on(self._at, where)

    def _must_go_on(self, at: int, where: str) -> None:
        """Read more, because the buffer ends at ``at`` or in the string that begins there."""
        string = _STRING.match(self._held, at)
        control = string is not None and string.end() < len(self._held) - 1
        if control or not self._read_on():
            raise self._broken(where)

    def _scalar(self, where: str) -> int:
        """Return the length of the number or word that begins here."""
        while True:
            found = _SCALAR.match(self._held, self._at)
            assert found is not None
            self.fits(len(found[0]), where)
            if found.end() < len(self._held) or not self._read_on():
                return len(found[0])

    def _take(self, mark: bytes, where: str) -> None:
        if self.peek() != mark:
            raise self._broken(where)
        self._at += 1

    def _ends(self, closing: bytes, where: str) -> bool:
        """Consume a comma or the closing mark; return whether it was the closing mark."""
        ends = self.peek() == closing
        self._take(closing if ends else b",", where)
        return ends

    def _read_on(self) -> bool:
        """Double the buffer, so that a long value is copied only a few times."""
        held = self._held[self._at :]
        more = self._file.read(max(_BLOCK, len(held)))
        self._held, self._at = held + more, 0
        return bool(more)

    def _broken(self, where: str) -> BadInput:
        return BadInput(f"{where} is not valid JSON.")

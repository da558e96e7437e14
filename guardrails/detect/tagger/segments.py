"""Content-defined segments of a long text: the same paragraph is always the same piece.

Tickets quote earlier messages, deeper each time. A piece drops the ``>`` marks of its lines, so
that a quoted reply is found in the cache; a map leads back to the positions in the text. The rules
of a code fence and the marks of struck text are blanks in a piece: a name beside them is a name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.detect.tagger.windows import windows

LONGEST = 640
"""Characters. A piece of ordinary text is then under 200 tokens; attention beyond that is slow."""
OVERLAP = 120
_ENOUGH = 80
"""A paragraph of this many characters is a piece; shorter ones are joined with their neighbours."""

_LINE = re.compile(r"(?P<mark>(?:[ \t]*>)*[ \t]?)(?P<rest>[^\n]*\n?)")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})[ \t]*\n?\Z")
_STRUCK = re.compile(r"(?<!~)~~(?!~)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece: its text, and where its parts begin, in the piece and in the whole text."""

    text: str
    inner: tuple[int, ...]
    outer: tuple[int, ...]

    def back(self, at: int) -> int:
        """Return the place in the whole text of character ``at`` of the piece."""
        stretch = bisect_right(self.inner, at) - 1
        return self.outer[stretch] + at - self.inner[stretch]


def segments(text: str) -> Iterator[Segment]:
    """Yield the pieces of ``text`` that are not blank; pieces of long paragraphs overlap."""
    for segment in _paragraphs(text):
        if len(segment.text) <= LONGEST:
            yield segment
        else:
            yield from _cut(segment)


def _paragraphs(text: str) -> Iterator[Segment]:
    """Yield paragraphs, a short one together with what follows it."""
    pieces: list[str] = []
    inner: list[int] = []
    outer: list[int] = []
    size = block = 0
    for start, line in _lines(text):
        blank = not line.strip()
        if blank and (block >= _ENOUGH or size >= LONGEST // 2):
            yield Segment("".join(pieces), tuple(inner), tuple(outer))
            pieces, inner, outer, size, block = [], [], [], 0, 0
        elif pieces or not blank:
            pieces.append(line)
            inner.append(size)
            outer.append(start)
            size += len(line)
            block = 0 if blank else block + len(line)
    if pieces:
        yield Segment("".join(pieces), tuple(inner), tuple(outer))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line without the marks of a quote, and where what is left of it starts."""
    at = 0
    for line in text.splitlines(keepends=True):
        marks = 0
        if line.lstrip(" \t").startswith(">") and (found := _LINE.match(line)):
            marks = found.end("mark")
        yield at + marks, _without_marks(line[marks:])
        at += len(line)


def _without_marks(line: str) -> str:
    """Return ``line`` in the same length, with blanks for the marks of Markdown."""
    if _FENCE.match(line):
        return line.replace("`", " ").replace("~", " ")
    return _STRUCK.sub("  ", line) if "~~" in line else line


def _cut(segment: Segment) -> Iterator[Segment]:
    for offset, piece in windows(segment.text, LONGEST, OVERLAP):
        first = bisect_right(segment.inner, offset) - 1
        last = bisect_right(segment.inner, offset + len(piece) - 1)
        inner = [max(0, start - offset) for start in segment.inner[first:last]]
        outer = [*segment.outer[first:last]]
        outer[0] = segment.back(offset)
        yield Segment(piece, tuple(inner), tuple(outer))

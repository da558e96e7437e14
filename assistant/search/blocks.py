"""Splits redacted text into blocks, always as offsets into the text.

Nothing here makes text: a piece is a start and an end, and `RedactedText.cut` does the rest, so
that a quotation is verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guardrails.sentences import sentences

_FENCE = re.compile(r"^\s*(```|~~~)")
MARK = re.compile(r"\s*(?:\d{1,2}[.)]|[-*+])\s+")
"""The number or bullet of an item."""

_BLANK_LINE = 2
"""Line ends between two blocks that one blank line separates."""
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+])\s+\S")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list or code block: characters ``start`` to ``end`` of its text."""

    start: int
    end: int
    kind: str  # "prose", "list", "code", "table" or "heading"


def blocks(text: str) -> list[Block]:
    """Return the blocks of a Markdown text in order; a list keeps its code and sub-items."""
    found: list[Block] = []
    fenced = False
    for start, line in _lines(text):
        end = start + len(line)
        kind = "code" if fenced else _kind(line)
        if _FENCE.match(line):
            kind = "code"
            fenced = not fenced
        if kind != "blank":
            _grow(found, Block(start, end, kind), line, text)
    return found


def sentences_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the sentences of each block with their places; a paragraph is wrapped at any word."""
    flat = text.replace("\n", " ")
    for each in blocks(text):
        read = flat if each.kind == "prose" else text
        for start, end in sentences(read, each.start, each.end):
            yield read[start:end], start, end


def _lines(text: str) -> Iterable[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line.rstrip("\n")
        at += len(line)


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if _ITEM.match(line):
        return "list"
    if line.lstrip().startswith("|"):
        return "table"
    if line.startswith(("    ", "\t")):
        return "code"
    return "heading" if re.match(r"#{1,6}\s", line) else "prose"


def _grow(found: list[Block], new: Block, line: str, text: str) -> None:
    """Add ``new``, or make it part of the block before it where they belong together."""
    last = found[-1] if found else None
    if last is None:
        found.append(new)
        return
    gap = text[last.end : new.start].count("\n")
    inside_list = last.kind == "list" and (line.startswith((" ", "\t")) or new.kind == "list")
    if (inside_list and gap <= _BLANK_LINE) or (new.kind == last.kind != "heading" and gap <= 1):
        found[-1] = Block(last.start, new.end, last.kind)
    elif last.kind == "prose" and new.kind == "code" and gap <= 1 and not _FENCE.match(line):
        found[-1] = Block(last.start, new.end, "prose")  # an indented line goes on with a paragraph
    elif last.kind == "list" and new.kind == "prose" and gap <= 1:
        found[-1] = Block(last.start, new.end, "list")
    else:
        found.append(new)

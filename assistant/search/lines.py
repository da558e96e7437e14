"""Chooses what of a section stands first: whole where it is short, else the lines that answer.

A section of up to about 160 words is shown whole. Of a longer one a run of whole paragraphs, list
items, rows and code blocks is shown: it begins where a list begins and never in its middle, a line
that ends in a colon stays with what follows, and code is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.search.blocks import Block, blocks
from guardrails.sentences import sentences

ROOM = 160
"""Words that stand first."""

_ITEM = re.compile(r"^(?P<indent>\s*)(?:\d{1,3}[.)]|[-*+])\s+\S", re.MULTILINE)
_SLACK = 1.15
_TABLE_HEAD = 2
"""Lines above the rows of a table: its titles and the rule."""
_FEWEST_WORDS = 3
"""Fewer are the number of a step, and no sentence."""
_WRAPPED = frozenset({"prose", "list"})
_WRAP = re.compile(r"\n(?=[ \t]*(?![-*+]\s|[|>#]|```|~~~|\d{1,3}[.)]\s)\S)")
"""A line end inside a paragraph or an item, but not before the next item, a row or a fence."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, list item, table row or code block: characters ``start`` to ``end``.

    ``opens`` is whether a quotation may begin with it, ``leads`` whether it needs what follows.
    """

    start: int
    end: int
    kind: str
    words: int
    opens: bool
    leads: bool


def units(text: str) -> list[Unit]:
    """Return the units of a section in order."""
    found: list[Unit] = []
    for block in blocks(text):
        parts = _parts(text, block)
        bound = bool(found) and found[-1].leads
        for at, (start, end) in enumerate(parts):
            words = text[start:end].split()
            leads = block.kind == "heading" or (
                block.kind == "prose" and bool(words) and words[-1].endswith(":")
            )
            if block.kind == "table" and at == 0 and len(parts) > 1:
                leads = True
            opens = at == 0 and not bound
            found.append(Unit(start, end, block.kind, len(words), opens, leads))
    return found


def window(
    found: Sequence[Unit], worth: Sequence[float], room: int = ROOM, *, begin: bool = False
) -> tuple[int, int]:
    """Return first and last (exclusive) of the run of units that is worth most within ``room``.

    A run that is too long by itself, such as one long code block, is returned whole. With ``begin``
    the run begins with the first unit.
    """
    if sum(each.words for each in found) <= room * _SLACK:
        return 0, len(found)
    best = (-1.0, 0, 0, 0)
    for first, unit in enumerate(found):
        if not unit.opens or (begin and first):
            continue
        words, value, closed = 0, 0.0, False
        for last in range(first, len(found)):
            words += found[last].words
            if words > room and closed:
                break
            value += worth[last]
            if found[last].leads and last + 1 < len(found):
                continue
            closed = True
            best = max(best, (value, -first, words, last + 1))
    return -best[1], best[3]


def runs(text: str, shown: Sequence[Unit]) -> list[tuple[int, int]]:
    """Return the places of units that follow each other directly, as one each."""
    places: list[tuple[int, int]] = []
    for each in shown:
        if places and not text[places[-1][1] : each.start].strip():
            places[-1] = (places[-1][0], each.end)
        else:
            places.append((each.start, each.end))
    return places


def sentences_of(text: str, found: Sequence[Unit]) -> list[tuple[int, int]]:
    """Return the places of the sentences of units; prose and items are wrapped at any word."""
    flat = _WRAP.sub(" ", text)
    return [
        place
        for each in found
        for place in sentences(flat if each.kind in _WRAPPED else text, each.start, each.end)
        if len(text[slice(*place)].split()) >= _FEWEST_WORDS
    ]


def _parts(text: str, block: Block) -> list[tuple[int, int]]:
    """Split a list into its outer items and a table into its rows, its heading with its rule."""
    if block.kind == "table":
        return _rows(text, block)
    if block.kind != "list":
        return [(block.start, block.end)]
    marks = list(_ITEM.finditer(text, block.start, block.end))
    outer = min((len(mark["indent"].strip("\n")) for mark in marks), default=0)
    starts = [mark.start() for mark in marks if len(mark["indent"].strip("\n")) == outer]
    starts = [block.start, *starts[1:]] if starts else [block.start]
    ends = [*starts[1:], block.end]
    return [
        (start, start + len(text[start:end].rstrip()))
        for start, end in zip(starts, ends, strict=True)
    ]


def _rows(text: str, block: Block) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    at = block.start
    for line in text[block.start : block.end].splitlines(keepends=True):
        lines.append((at, at + len(line.rstrip())))
        at += len(line)
    if len(lines) > _TABLE_HEAD and set(text[slice(*lines[1])]) <= set("|-: "):
        lines = [(lines[0][0], lines[1][1]), *lines[2:]]
    return lines

"""Splits redacted text into blocks, sentences and words, always as offsets into the text.

Nothing here makes text: a piece is a start and an end, and `RedactedText.cut` does the rest, so
that a quotation is verbatim.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.wording import FILLER, stem
from guardrails.placeholders import SHAPE
from guardrails.sentences import sentences

WORD = re.compile(SHAPE.pattern + r"|[A-Za-z0-9][A-Za-z0-9_.:/\\-]*[A-Za-z0-9]|[A-Za-z0-9]")
_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+])\s+\S")
Weight = Callable[[str], float]
"""The weight of a stem."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list or code block: characters ``start`` to ``end`` of its text."""

    start: int
    end: int
    kind: str  # "prose", "list", "code", "table" or "heading"


def words(text: str) -> list[str]:
    """Return the content words of ``text`` in lower case, placeholders whole."""
    found = (match[0].lower() for match in WORD.finditer(text))
    return [word for word in found if word not in FILLER and len(word) > 1]


def stems(text: str) -> set[str]:
    """Return the stems of the content words, so that "prints" matches "printing"."""
    return {stem(word) for word in words(text)}


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


def shared(question: str, text: str) -> tuple[str, ...]:
    """Return the content words of ``question`` that occur in ``text``, in any form."""
    there = stems(text)
    return tuple(dict.fromkeys(word for word in words(question) if stem(word) in there))


def closest(question: str, text: str) -> tuple[int, int] | None:
    """Return start and end of the sentence that shares most with ``question``, or None."""
    asked = stems(question)
    flat = text.replace("\n", " ")  # prose is wrapped at any word
    places = [
        place
        for each in blocks(text)
        for place in sentences(flat if each.kind == "prose" else text, each.start, each.end)
    ]
    weight = rarity(text[start:end] for start, end in places)
    near = [(overlap(asked, text[start:end], weight), -start, end) for start, end in places]
    best, start, end = max(near, default=(0.0, 0, 0))
    return (-start, end) if best > 0 else None


def rarity(texts: Iterable[str]) -> Weight:
    """Return a weight for each stem: the rarer among ``texts``, the higher (IDF)."""
    seen: Counter[str] = Counter()
    count = 0
    for text in texts:
        count += 1
        seen.update(stems(text))
    return lambda stem: math.log(1 + (count + 1) / (seen[stem] + 0.5))


def overlap(query: set[str], text: str, weight: Weight) -> float:
    """Return the weight of the query's stems in ``text``, damped by its length."""
    found = stems(text)
    shared = sum(weight(stem) for stem in query & found)
    return shared / (1 + math.log1p(len(found)))


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
    return "heading" if re.match(r"#{1,6}\s", line) else "prose"


def _grow(found: list[Block], new: Block, line: str, text: str) -> None:
    """Add ``new``, or make it part of the block before it where they belong together."""
    last = found[-1] if found else None
    if last is None:
        found.append(new)
        return
    gap = text[last.end : new.start].count("\n")
    inside_list = last.kind == "list" and (line.startswith((" ", "\t")) or new.kind == "list")
    if (inside_list and gap <= 2) or (new.kind == last.kind != "heading" and gap <= 1):  # noqa: PLR2004 - one blank line
        found[-1] = Block(last.start, new.end, last.kind)
    elif last.kind == "list" and new.kind == "prose" and gap <= 1:
        found[-1] = Block(last.start, new.end, "list")
    else:
        found.append(new)

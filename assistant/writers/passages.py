"""Reading redacted text piece by piece: blocks, sentences and words, always as places in the text.

Nothing here makes text: a piece is a start and an end, and `RedactedText.cut` does the rest, so
that what is quoted is what stood there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_WORD = re.compile(r"<[A-Z_]+(?:_\d+)?>|[A-Za-z0-9][A-Za-z0-9_.:/\\-]*[A-Za-z0-9]|[A-Za-z0-9]")
_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+])\s+\S")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9<])|\n+")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|no|mr|mrs|ms|dr|st|approx|inc|ltd|[A-Z])\.$", re.IGNORECASE
)
_STOP = frozenset(
    "a about after all also am an and any are as at be been before but by can cannot could did do "
    "does doing down for from get got had has have he hello her here hi him his how i if in into "
    "is it its just know let me more my need no not now of off on once only or our out over own "
    "please regards same she should so some such than thank thanks that the their them then there "
    "these they this those to too try under until up us use very want was we were what when where "
    "which while who why will with would you your "
    "first check fire happen issue problem error help work need try tell find thing".split()
)


Weight = Callable[[str], float]
"""How much a stem says."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list or code block: characters ``start`` to ``end`` of its text."""

    start: int
    end: int
    kind: str  # "prose", "list", "code", "table" or "heading"


def words(text: str) -> list[str]:
    """Return the content words of ``text`` in lower case, placeholders whole."""
    found = (match[0].lower() for match in _WORD.finditer(text))
    return [word for word in found if word not in _STOP and len(word) > 1]


def stems(text: str) -> set[str]:
    """Return crude stems of the content words, so that "prints" meets "printing"."""
    return {_stem(word) for word in words(text)}


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


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the sentences between two places, abbreviations kept whole."""
    found: list[tuple[int, int]] = []
    at = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if "\n" not in match[0] and _ABBREVIATION.search(text[at : match.start()]):
            continue
        found.append(_trim(text, at, match.start()))
        at = match.end()
    found.append(_trim(text, at, end))
    return [(left, right) for left, right in found if right > left]


def shared(question: str, text: str) -> tuple[str, ...]:
    """Return the content words of ``question`` that stand in ``text``, in any form."""
    there = stems(text)
    return tuple(dict.fromkeys(word for word in words(question) if _stem(word) in there))


def closest(question: str, text: str) -> tuple[int, int] | None:
    """Return where the sentence stands that shares most with ``question``; None if none does."""
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
    """Return a weight for each stem: the rarer among ``texts``, the more it says (IDF)."""
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


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _stem(word: str) -> str:
    for ending in ("ingly", "edly", "ing", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - keep a root
            return word[: -len(ending)]
    return word

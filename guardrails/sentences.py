"""Two sentence splitters: one splits at every stop, the other only where a sentence really ends.

`at_every_stop` is for text that may be hostile: it also splits before lower case and after
abbreviations, so that no sentence is hidden inside another. The injection detector was trained on
its pieces, so another splitter needs new weights. `sentences` is for quoting, chunking and
checking: each piece is understood alone; `ends` yields its candidates. Both yield places (half
open, in characters) without outer blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STOP = re.compile(r"(?<=[.!?])[\"')\]”]*\s+|\n+|(?<=[。！？])")
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9<])|\n+")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|no|mr|mrs|ms|dr|st|approx|inc|ltd|[A-Z])\.$", re.IGNORECASE
)

Place = tuple[int, int]


def at_every_stop(text: str) -> Iterator[Place]:
    """Yield the pieces between stops and line ends, without quotation marks after a stop."""
    at = 0
    for match in (*_STOP.finditer(text), None):
        end = match.start() if match else len(text)
        while at < end and text[at].isspace():
            at += 1
        if text[at:end].strip():
            yield at, end
        at = match.end() if match else end


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Place]:
    """Return the sentences between two places, abbreviations kept whole."""
    last = len(text) if end is None else end
    found: list[Place] = []
    at = start
    for match in _END.finditer(text, start, last):
        if "\n" not in match[0] and _ABBREVIATION.search(text[at : match.start()]):
            continue
        found.append(_trimmed(text, at, match.start()))
        at = match.end()
    found.append(_trimmed(text, at, last))
    return [(left, right) for left, right in found if right > left]


def ends(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a long text may be cut: after each stop and line end, abbreviations included.

    Chunks are cut there: without abbreviations 23 of 29,790 pieces moved, nDCG@10 by -.0004.
    """
    for match in _END.finditer(text, start + 1, end):
        yield match.end()


def _trimmed(text: str, start: int, end: int) -> Place:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end

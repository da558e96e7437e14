"""Finds where redacted text may be cut: between paragraphs, else lines or sentences.

The result is offsets: the caller cuts with `RedactedText.cut`, which keeps placeholders whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.placeholders import around
from guardrails.sentences import ends

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_LONG_FENCE = 2.0
"""A code fence of up to this many targets stays whole: half a script is useless."""

Block = tuple[int, int]


def blocks(text: str, target: int) -> Iterator[Block]:
    """Yield the offsets of pieces of ``text`` of at most about ``target`` characters, in order."""
    for start, end, fenced in _paragraphs(text):
        if end - start <= target * (_LONG_FENCE if fenced else 1):
            yield start, end
        else:
            yield from _split(text, start, end, target, fenced=fenced)


def _paragraphs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield runs of lines without a blank line between them; a code fence is one run."""
    start: int | None = None
    fence = ""
    end = at = 0
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        filled = bool(line.strip())
        if mark and not fence:
            if start is not None:
                yield start, end, False
            start, fence = at, mark[1]
        elif fence and mark and mark[1].startswith(fence) and not line.strip(" \n`~"):
            yield start or 0, at + len(line.rstrip()), True
            start, fence = None, ""
        elif filled and start is None:
            start = at
        elif not filled and not fence and start is not None:
            yield start, end, False
            start = None
        at += len(line)
        if filled:
            end = at - len(line) + len(line.rstrip())
    if start is not None:
        yield start, end, bool(fence)


def _split(text: str, start: int, end: int, target: int, *, fenced: bool) -> Iterator[Block]:
    """Cut a long block at the last line or sentence end that fits, else at a space, else hard."""
    while end - start > target:
        cut = _cut_point(text, start, start + target, lines_only=fenced)
        cut = _out_of_placeholder(text, start, cut)
        yield start, start + len(text[start:cut].rstrip())
        start = end - len(text[cut:end].lstrip())
    if start < end:
        yield start, end


def _cut_point(text: str, start: int, limit: int, *, lines_only: bool) -> int:
    if lines_only:
        line = text.rfind("\n", start + 1, limit)
        return line if line > start else limit
    cuts = list(ends(text, start, limit))
    if cuts:
        return cuts[-1]
    space = text.rfind(" ", start + 1, limit)
    return space if space > start else limit


def _out_of_placeholder(text: str, start: int, cut: int) -> int:
    parted = around(text, cut)
    return parted[0] if parted and parted[0] > start else cut

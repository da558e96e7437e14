"""Text as a reader sees it, without hidden characters and look-alikes, with a map back.

``password`` with a zero-width space inside, a number in full-width digits, or a name with a
no-break space must be found like its plain form. Spans go back to the offsets of the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from guardrails import unseen
from guardrails.spans import Span

_SPACES = re.compile(f"[{unseen.SPACES}]")
_UNSEEN = re.compile(f"[{unseen.UNSEEN}]")
_HYPHENS = re.compile(f"[{unseen.HYPHENS}]")
_STOPS = re.compile(f"[{unseen.STOPS}]")
_ODD = re.compile(
    f"[{unseen.SPACES}{unseen.UNSEEN}{unseen.HYPHENS}{unseen.STOPS}"
    f"{unseen.COMBINING}{unseen.COMPATIBLE}]"
)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised ``text``; its character ``i`` was at ``origin[i]``, or ``i`` if None."""

    text: str
    origin: tuple[int, ...] | None
    length: int

    def back(self, span: Span) -> Span:
        """Return ``span`` of the normalised text as a span of the original."""
        start, end = self.place(span.start, span.end)
        return replace(span, start=start, end=end)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters ``start`` to ``end`` are in the original; None if unchanged."""
        if self.origin is None or start == end:
            return start, end
        after = self.origin[end] if end < len(self.origin) else self.length
        return self.origin[start], max(self.origin[end - 1] + 1, after)  # with unseen ones


def normalise(text: str) -> Normal:
    """Return ``text`` without what the eye does not see."""
    if text.isascii() or not _ODD.search(text):
        return Normal(text, None, len(text))
    out: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        for plain in _plain(char, out):
            out.append(plain)
            origin.append(at)
    return Normal("".join(out), tuple(origin), len(text))


def _plain(char: str, before: list[str]) -> str:  # noqa: PLR0911 - a table of kinds
    if not _ODD.match(char):
        return char
    if _SPACES.match(char):
        return " "
    if _UNSEEN.match(char):
        return ""
    if unicodedata.combining(char):
        return _compose(char, before)
    if _HYPHENS.match(char):
        return "-"
    if _STOPS.match(char):
        return "."
    return unicodedata.normalize("NFKC", char)


def _compose(mark: str, before: list[str]) -> str:
    """Put a combining mark onto the letter before it, where one character for both exists."""
    if before and len(made := unicodedata.normalize("NFC", before[-1] + mark)) == 1:
        before[-1] = made
        return ""
    return mark

"""Text as a reader sees it, with a map back: no hidden characters, no look-alike widths.

``password`` with a zero-width space inside, a number in full-width digits, or a name with a
no-break space must be found like its plain form. Spans go back to the offsets of the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from guardrails.spans import Span

_ODD = re.compile(
    "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"  # spaces of other widths
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"  # unseen
    "\u2010-\u2012\u2212\ufe63"  # hyphens
    "\u0300-\u036f"  # marks that combine with the letter before
    "\uff01-\uffee"  # full and half widths
    "\u3002\ufe52\u2024"  # full stops
    "\U000e0000-\U000e007f]"  # tags, unseen
)
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised ``text``; its character ``i`` stood at ``origin[i]``, or at ``i`` without one."""

    text: str
    origin: tuple[int, ...] | None
    length: int

    def back(self, span: Span) -> Span:
        """Return ``span`` of the normalised text as a span of the original."""
        if self.origin is None:
            return span
        after = self.origin[span.end] if span.end < len(self.origin) else self.length
        end = max(self.origin[span.end - 1] + 1, after)  # unseen characters behind it go with it
        return replace(span, start=self.origin[span.start], end=end)


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
    if char in "\u2010\u2011\u2012\u2212\ufe63":
        return "-"
    if char in "\u3002\ufe52\u2024":
        return "."
    return unicodedata.normalize("NFKC", char)


def _compose(mark: str, before: list[str]) -> str:
    """Put a combining mark onto the letter before it, where one character for both exists."""
    if before and len(made := unicodedata.normalize("NFC", before[-1] + mark)) == 1:
        before[-1] = made
        return ""
    return mark

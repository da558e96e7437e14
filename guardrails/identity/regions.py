"""What is learnt from a raw text before it is redacted: positions, or one word of a closed set.

Nothing else is returned from a raw text. Regions such as quotations, and what kind of message a
text is, are found before redaction, because a placeholder could hide what they are recognised by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

from guardrails.identity.redact import Redaction
from guardrails.text import RawText, RedactedText, unwrap

KindT = TypeVar("KindT", bound=Enum)
Region = tuple[int, int]
"""Characters from the first to the second number of a text."""


def locate(
    raws: Sequence[RawText], find: Callable[[Sequence[str]], Sequence[Sequence[Region]]]
) -> list[list[Region]]:
    """Return what ``find`` finds in each text: sorted positions inside the text, and nothing else.

    ``find`` must be a pure function of the texts; it is called once.
    """
    texts = [unwrap(raw) for raw in raws]
    return [
        sorted((max(int(start), 0), min(int(end), len(text))) for start, end in regions)
        for text, regions in zip(texts, find(texts), strict=True)
    ]


def classify(
    raws: Sequence[RawText], kinds: type[KindT], judge: Callable[[Sequence[str]], Sequence[KindT]]
) -> list[KindT]:
    """Return the member of ``kinds`` that ``judge`` says for each text, and nothing else.

    ``judge`` must be a pure function of the texts; it is called once.
    """
    texts = [unwrap(raw) for raw in raws]
    return [kinds(kind) for _, kind in zip(texts, judge(texts), strict=True)]


def cut(redaction: Redaction, start: int, end: int) -> RedactedText:
    """Return the redacted form of characters ``start`` to ``end`` of the raw text, stripped.

    A placeholder that crosses a border is kept whole.
    """
    text = redaction.text.reveal()
    first, last = _place(redaction, start, ends=False), _place(redaction, end, ends=True)
    part = text[first:last]
    first += len(part) - len(part.lstrip())
    return redaction.text.cut(first, max(first, first + len(part.strip())))


def _place(redaction: Redaction, offset: int, *, ends: bool) -> int:
    """Return where character ``offset`` of the raw text is in the redacted one."""
    shift = 0
    for mask in redaction.masks:
        if mask.start >= offset:
            break
        width = len(str(mask.placeholder))
        if offset < mask.end:
            return mask.start + shift + (width if ends else 0)
        shift += width - (mask.end - mask.start)
    return offset + shift

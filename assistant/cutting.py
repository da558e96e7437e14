"""Sets other words into the places of a redacted text."""

from __future__ import annotations

from collections.abc import Iterable

from guardrails import RedactedText, join


def replaced(text: RedactedText, places: Iterable[tuple[int, int, RedactedText]]) -> RedactedText:
    """Return ``text`` with the given words in place of characters ``start`` to ``end``.

    Places are in order of their starts and may overlap.
    """
    parts: list[RedactedText] = []
    at = 0
    for start, end, words in places:
        parts += [text.cut(at, max(at, start)), words]
        at = max(at, end)
    return join("", [*parts, text.cut(at, len(text))])

"""Patterns: sentences in the form by which two are compared, and those that a reviewer vouched for.

A pattern has no numbers in its placeholders: nothing in it can be restored, and the same sentence
about another person is the same pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from guardrails.injection.detector import FindSuspects, SuspiciousSpan
from guardrails.placeholders import PATTERN
from guardrails.text import RedactedText, mint, require_redacted


def pattern(sentence: RedactedText) -> RedactedText:
    """Return ``sentence`` in lower case, with single spaces and unnumbered placeholders."""
    text = " ".join(require_redacted(sentence).reveal().split())
    parts: list[str] = []
    at = 0
    for found in PATTERN.finditer(text):
        parts += (text[at : found.start()].casefold(), f"<{found[1]}>")
        at = found.end()
    return mint("".join([*parts, text[at:].casefold()]))


def without_honest(
    find: FindSuspects, honest: Callable[[], Container[RedactedText]]
) -> FindSuspects:
    """Return ``find`` without the spans whose pattern is in ``honest()``."""

    def left(texts: Sequence[RedactedText]) -> list[tuple[SuspiciousSpan, ...]]:
        found = find(texts)
        if not any(found):
            return list(found)
        known = honest()
        return [
            tuple(each for each in spans if pattern(text.cut(each.start, each.end)) not in known)
            for text, spans in zip(texts, found, strict=True)
        ]

    return left

"""Recognizers of customers' organisations, by the last word of a name and by its context."""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

from collections.abc import Iterator

from guardrails.detect.lexicon import is_common, is_name, is_technical
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("organisations")
_LEGAL_NAME = _TABLE.pattern("legal_name")
_TRADE_NAME = _TABLE.pattern("trade_name")
_OF_A_SYSTEM = _TABLE.words("of_a_system")
_LEADING = _TABLE.pattern("leading")
_EMPLOYER = _TABLE.pattern("employer")
_AT = _TABLE.pattern("at")
_DAYS = _TABLE.words("days")


def find_organisations(text: str) -> list[Span]:
    """Return organisations in ``text`` that are no vendor."""
    return [*_suffixed(text), *_employers(text)]


"""Words before ``Health`` or ``Foundation`` on a dashboard, which are not organisations."""
_SHOUTED = 3


def _suffixed(text: str) -> Iterator[Span]:
    for pattern, score in ((_LEGAL_NAME, 0.75), (_TRADE_NAME, 0.6)):
        for match in pattern.finditer(text):
            start, end = match.span("x")
            while lead := _LEADING.match(text[start:end]):
                start += lead.end()
            words = text[start:end].split()
            if len(words) < 2 or any(is_technical(word.strip(".,")) for word in words[:-1]):
                continue
            if words[0].casefold() in _OF_A_SYSTEM or (
                len(words) > _SHOUTED and text[start:end].isupper()
            ):
                continue
            if score < 0.7 and all(is_common(word) for word in words) and not words[0].istitle():
                continue
            if score < 0.7 and text[max(0, start - 2) : start] in ("# ", "**"):
                continue
            yield Span(start, end, EntityType.ORGANIZATION, score, "organisation-suffix")


def _employers(text: str) -> Iterator[Span]:
    for match in _EMPLOYER.finditer(text):
        if _is_customer(match["x"]):
            yield Span(*match.span("x"), EntityType.ORGANIZATION, 0.55, "organisation-context")
    for match in _AT.finditer(text):
        who = match["who"].split()
        known = any(is_name(word) for word in who) or who[-1].lower() in (
            "i'm",
            "am",
            "are",
            "person",
            "here",
        )
        if known and _is_customer(match["x"]):
            yield Span(*match.span("x"), EntityType.ORGANIZATION, 0.6, "organisation-of-person")


def _is_customer(name: str) -> bool:
    words = [word for word in name.split() if word not in ("&", "and", "of", "the")]
    if any(is_technical(word.strip(".,")) for word in words):
        return False
    if len(words) == 1:
        return not is_common(words[0]) and words[0] not in _DAYS
    return words[0] not in _DAYS

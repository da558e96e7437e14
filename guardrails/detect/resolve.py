"""Merges the spans of all recognizers into disjoint ones; every character found stays masked.

Where spans overlap, their characters are masked together. The type is that of the span with the
highest score, or of the longer one if scores are equal. Vetoes apply before, to single guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from guardrails.detect.kinds import KINDS
from guardrails.detect.lexicon import is_family
from guardrails.detect.technical import context, vetoed
from guardrails.spans import EntityType, Span


def resolve(text: str, spans: Iterable[Span]) -> list[Span]:
    """Return the sorted, disjoint union of ``spans`` without what must stay readable."""
    where = context(text)
    kept = [
        tight for span in spans if not vetoed(text, span, where) and (tight := _tight(text, span))
    ]
    return _whole(text, merge(kept))


_WITHIN_ADDRESS = re.compile(r",?[ \t]?\n?[ \t]*|;[ ]")


def _whole(text: str, spans: Sequence[Span]) -> list[Span]:
    """Join pieces of one value: ``Unit 7, Harrow Estate, ST4 2RR``, or a name and a “place”."""
    joined: list[Span] = []
    for span in spans:
        joined.append(_with_initial(text, span))
        while pieces := _pieces(text, joined):
            joined[-pieces:] = [replace(joined[-pieces], end=joined[-1].end)]
    return joined


_INITIAL = re.compile(r"(?<=\w)[ ][A-ZÀ-Þ]\.(?!\w)")


def _with_initial(text: str, span: Span) -> Span:
    """Keep the initial of ``Tomasz W.`` with its name, and its full stop."""
    if span.type is not EntityType.PERSON:
        return span
    initial = _INITIAL.match(text, span.end) or _INITIAL.match(text, span.end - 2)
    named = text[span.start : span.start + 1].isupper()
    return replace(span, end=initial.end()) if initial and named else span


def _pieces(text: str, spans: Sequence[Span]) -> int:
    """Return how many of the last spans are one value; 0 when the last one is separate."""
    if [each.type for each in spans[-2:]] == [EntityType.PERSON, EntityType.LOCATION]:
        given, family = spans[-2:]
        if text[given.end : family.start] == " " and is_family(text[family.start : family.end]):
            return 2
    for count in (2, 3):
        some = spans[-count:]
        ends = len(some) == count and {some[0].type, some[-1].type} == {EntityType.STREET_ADDRESS}
        if ends and all(KINDS[each.type].in_address for each in some[1:-1]):
            gaps = [text[one.end : other.start] for one, other in pairwise(some)]
            if all(_WITHIN_ADDRESS.fullmatch(gap) for gap in gaps):
                return count
    return 0


def merge(spans: Sequence[Span]) -> list[Span]:
    """Return the union of ``spans``, overlapping ones as one of the surest type."""
    merged: list[Span] = []
    for span in sorted(spans, key=_order):
        if merged and span.start < merged[-1].end:
            merged[-1] = _joined(merged[-1], span)
        else:
            merged.append(span)
    return merged


def _order(span: Span) -> tuple[int, int, float, str, str]:
    """Sort key that orders spans fully, because Presidio returns them in no fixed order."""
    return (span.start, -span.end, -span.score, span.type.value, span.recognizer)


def _joined(one: Span, other: Span) -> Span:
    winner = max(one, other, key=_rank)
    return replace(winner, start=min(one.start, other.start), end=max(one.end, other.end))


def _rank(span: Span) -> tuple[float, bool, int]:
    return (round(span.score, 2), KINDS[span.type].precise, span.end - span.start)


def _tight(text: str, span: Span) -> Span | None:
    """Cut blanks, and marks around a phrase, from both ends; secrets keep their marks."""
    start, end = span.start, span.end
    edge = KINDS[span.type].edges
    while start < end and text[start] in edge:
        start += 1
    while end > start and text[end - 1] in edge:
        end -= 1
    return replace(span, start=start, end=end) if start < end else None

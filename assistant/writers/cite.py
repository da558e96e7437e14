"""A passage as the citation of a text, and the numbers of citations."""

from __future__ import annotations

from assistant.model import Citation, Passage
from guardrails import RedactedText, Template, join

_DIGITS = tuple(
    each.fill()
    for each in (
        *(Template("0"), Template("1"), Template("2"), Template("3"), Template("4")),
        *(Template("5"), Template("6"), Template("7"), Template("8"), Template("9")),
    )
)


def cite(number: int, passage: Passage) -> Citation:
    """Return ``passage`` as citation ``number``."""
    chunk = passage.chunk
    return Citation(
        number,
        chunk.id,
        chunk.document_id,
        passage.source,
        passage.title,
        chunk.heading,
        chunk.first_line,
        chunk.last_line,
        chunk.audience,
    )


def digits(number: int) -> RedactedText:
    """Return a number, from 0, as text."""
    return join("", [_DIGITS[int(digit)] for digit in str(number)])

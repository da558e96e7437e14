"""A passage as the citation of a text."""

from __future__ import annotations

from assistant.model import Citation, Passage


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

"""The passages that an answer or a draft cites, to open and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.operations.base import Shape
from ui.operations.texts import Text, texts

if TYPE_CHECKING:
    from assistant.desk import Desk
    from assistant.model import Audience, Citation, Passage
    from assistant.ports import DocumentReader
    from guardrails import RedactedText
    from guardrails.identity.permissions import Person


class PassageView(Shape):
    """A passage in three parts: ``sentence`` shares most words with the question, or is empty."""

    before: Text
    sentence: Text
    after: Text


class SourceView(Shape):
    """A place in the document of the id ``document``; ``number`` is its citation's.

    ``score`` and ``matched_by`` say why it was found; ``audience`` is who may read it now, or could
    when it was cited if it was deleted; then ``passage`` is None.
    """

    number: int | None
    document: str
    source: Text
    title: Text
    heading: Text
    place: str
    audience: str
    score: float | None = None
    matched_by: tuple[str, ...] = ()
    passage: PassageView | None


def cited(
    desk: Desk,
    person: Person | None,
    citations: Sequence[Citation],
    passages: Sequence[Passage] = (),
    question: RedactedText | None = None,
) -> tuple[SourceView, ...]:
    """Return the cited passages; if they were found by a question, with the reason for each."""
    if not citations:
        return ()
    from assistant.search.federated import documents_of

    reader = documents_of(desk)
    why = {each.chunk.id: each for each in passages}
    places = [
        _of_citation(each, _cited_text(reader, each), why.get(each.chunk_id)) for each in citations
    ]
    return _views(desk, person, places, question)


def nearest(
    desk: Desk,
    person: Person | None,
    passages: Sequence[Passage],
    question: RedactedText | None = None,
) -> tuple[SourceView, ...]:
    """Return passages to be opened, with the sentence marked that is closest to ``question``."""
    if not passages:
        return ()
    return _views(desk, person, [_of_passage(each) for each in passages], question)


@dataclass(frozen=True, slots=True)
class _Place:
    number: int | None
    document: str
    source: RedactedText
    title: RedactedText
    heading: RedactedText
    lines: tuple[int, int]
    text: RedactedText | None
    audience: Audience
    found: Passage | None


def _cited_text(reader: DocumentReader, citation: Citation) -> tuple[RedactedText | None, Audience]:
    """Return the section that is cited, else the chunk, and who may read it.

    The text is None when it was deleted.
    """
    from assistant.search.sections import sections_of

    chunks = reader.chunks_of(citation.document_id)
    for section in sections_of(citation.source, citation.title, chunks):
        if citation.chunk_id in section.chunk_ids and section.heading == citation.heading:
            return section.text, section.audience
    found = (each for each in chunks if each.id == citation.chunk_id)
    return next(((each.text, each.audience) for each in found), (None, citation.audience))


def _of_citation(
    citation: Citation, cited: tuple[RedactedText | None, Audience], found: Passage | None
) -> _Place:
    text, audience = cited
    return _Place(
        citation.number,
        citation.document_id,
        citation.source,
        citation.title,
        citation.heading,
        (citation.first_line, citation.last_line),
        text,
        audience,
        found,
    )


def _of_passage(found: Passage) -> _Place:
    chunk = found.chunk
    lines = chunk.first_line, chunk.last_line
    return _Place(
        None,
        chunk.document_id,
        found.source,
        found.title,
        chunk.heading,
        lines,
        chunk.text,
        chunk.audience,
        found,
    )


def _views(
    desk: Desk, person: Person | None, places: Sequence[_Place], question: RedactedText | None
) -> tuple[SourceView, ...]:
    parts = [(each.source, each.title, each.heading, *_parts(each, question)) for each in places]
    read = iter(texts(desk, person, [text for some in parts for text in some]))
    return tuple(
        _view(place, [next(read) for _ in some]) for place, some in zip(places, parts, strict=True)
    )


def _view(at: _Place, read: Sequence[Text]) -> SourceView:
    from ingestion.cited import place

    source, title, heading, *passage = read
    return SourceView(
        number=at.number,
        document=at.document,
        source=source,
        title=title,
        heading=heading,
        place=place(source.redacted, *at.lines),
        audience=at.audience.value,
        score=at.found.score if at.found else None,
        matched_by=at.found.matched_by if at.found else (),
        passage=PassageView(before=passage[0], sentence=passage[1], after=passage[2])
        if passage
        else None,
    )


def _parts(at: _Place, question: RedactedText | None) -> tuple[RedactedText, ...]:
    """Split a passage into the text before, in and after its best sentence."""
    from assistant.writers.passages import closest

    if at.text is None:
        return ()
    text = at.text
    best = closest(question.reveal(), text.reveal()) if question else None
    start, end = best or (0, 0)
    return text.cut(0, start), text.cut(start, end), text.cut(end, len(text))

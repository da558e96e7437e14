"""Documents, their chunks and sections, and what is kept of questions about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.model.texts import Audience
from guardrails import RedactedText

PATH = " › "
"""What stands between the headings of a path: “Printer › Fix”."""


def last_heading(path: RedactedText) -> RedactedText:
    """Return the last heading of a path, without those above it."""
    end = len(path)
    return path.cut(end - len(path.reveal().rpartition(PATH)[2]), end)


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested file or article.

    ``fingerprint`` is a keyed hash of its content and of the pipeline version that read it;
    ``updated`` is the date of its last change that the document itself states; ``audience_set``
    means that a person decided the audience, which a later ingestion then keeps.
    """

    id: str
    source: RedactedText
    title: RedactedText
    fingerprint: str
    ingested_at: datetime
    policy_version: int
    tags: tuple[RedactedText, ...] = ()
    products: tuple[RedactedText, ...] = ()
    updated: datetime | None = None
    audience: Audience = Audience.AGENT
    audience_set: bool = False

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts except those of its chunks."""
        return (self.source, self.title, *self.tags, *self.products)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of a document that can be retrieved and cited; lines count from 1, both inclusive.

    ``audience`` is that of its sections, and never wider than the document's.
    """

    id: str
    document_id: str
    ordinal: int
    heading: RedactedText
    text: RedactedText
    first_line: int
    last_line: int
    audience: Audience = Audience.AGENT

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts."""
        return (self.heading, self.text)


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that answers a question, with its source and why it was chosen."""

    chunk: Chunk
    source: RedactedText
    title: RedactedText
    score: float
    matched_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading of a document; ``heading`` is its path from the outermost.

    ``chunk_ids`` are the chunks that it was put together from, in order; lines are those of the
    chunks, so they may begin a little before the section and end a little after it. ``ordinal``
    counts the sections of a document from 0. ``evidence`` is the best score of its chunks in the
    search, ``standing`` that of all chunks of its document, both from 0 to 1. ``audience`` is that
    of its chunks.
    """

    document_id: str
    source: RedactedText
    title: RedactedText
    heading: RedactedText
    text: RedactedText
    first_line: int
    last_line: int
    chunk_ids: tuple[str, ...]
    ordinal: int
    evidence: float = 0.0
    standing: float = 0.0
    audience: Audience = Audience.AGENT

    def passage(self, score: float, matched_by: tuple[str, ...] = ("section",)) -> Passage:
        """Return this section as a passage: what writers read and citations name."""
        chunk = Chunk(
            self.chunk_ids[0],
            self.document_id,
            self.ordinal,
            self.heading,
            self.text,
            self.first_line,
            self.last_line,
            self.audience,
        )
        return Passage(chunk, self.source, self.title, score, matched_by)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the knowledge base could not answer."""

    id: str
    asked_at: datetime
    question: RedactedText


@dataclass(frozen=True, slots=True)
class Honest:
    """A sentence that a reviewer called honest, in the form in which sentences are compared.

    ``origin`` is the id of the ticket or document that it comes from.
    """

    id: str
    origin: str
    pattern: RedactedText

"""Federated search: the desk's own documents, and the provider's library if its policy allows it.

Both indexes use the same embedder and the same BM25, whose scores compare, so hits of both are
merged into one list. Ids never collide: each is random, or a keyed hash under its owner's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.model import Chunk, Document
from assistant.ports import (
    DocumentReader,
    Embedder,
    Hit,
    LexicalIndex,
    Near,
    Vectors,
    VectorSearch,
)
from guardrails import RedactedText


def documents_of(desk: Desk) -> DocumentReader:
    """Return the documents that this desk may read."""
    own = desk.records.documents
    return own if desk.library_view is None else _Documents(own, desk.library_view.documents)


def vectors_of(desk: Desk) -> VectorSearch:
    """Return the vectors that this desk may search."""
    return (
        desk.vectors
        if desk.library_view is None
        else _Vectors(desk.vectors, desk.library_view.vectors)
    )


def lexical_of(desk: Desk) -> LexicalIndex:
    """Return the lexical index that this desk may search."""
    if desk.library_view is None:
        return desk.lexical()
    return _Lexical(desk.lexical(), desk.library_view.lexical())


@dataclass(frozen=True, slots=True)
class _Documents:
    own: DocumentReader
    shared: DocumentReader

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        return [*self.own.documents(ids), *self.shared.documents(ids)]

    def document(self, document_id: str) -> Document | None:
        return self.own.document(document_id) or self.shared.document(document_id)

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {**self.own.owners(ids), **self.shared.owners(ids)}

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        return [*self.own.chunks(ids), *self.shared.chunks(ids)]

    def chunks_of(self, document_id: str) -> list[Chunk]:
        return self.own.chunks_of(document_id) or self.shared.chunks_of(document_id)


@dataclass(frozen=True, slots=True)
class _Vectors:
    own: VectorSearch
    shared: VectorSearch

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        once = _Once(embedder, text)
        found = [each.nearest(once, text, limit) for each in (self.own, self.shared)]
        hits = _best(limit, *(each.hits for each in found))
        return Near(hits, whole=all(each.whole for each in found))


class _Once:
    """Embeds one question once; later calls return the same vector."""

    def __init__(self, embedder: Embedder, text: RedactedText) -> None:
        self.name = embedder.name
        self._embed = embedder.embed
        self._text = text
        self._vector: Vectors | None = None

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        assert list(texts) == [self._text], "one question is asked of both"
        if self._vector is None:
            self._vector = self._embed(texts)
        return self._vector


@dataclass(frozen=True, slots=True)
class _Lexical:
    own: LexicalIndex
    shared: LexicalIndex

    def search(self, query: RedactedText, limit: int) -> list[Hit]:
        return _best(limit, self.own.search(query, limit), self.shared.search(query, limit))


def _best(limit: int, own: Sequence[Hit], shared: Sequence[Hit]) -> list[Hit]:
    return sorted((*own, *shared), key=lambda hit: -hit.score)[:limit]

"""Indexes and documents in memory, for evaluation without a tenant and a home."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from assistant.model import Audience, Chunk, Document
from assistant.ports import DocumentAudience, Embedder, Hit, Near, Vectors
from guardrails import RedactedText


class MemoryIndex:
    """A `TenantVectors` that compares every vector: exact, and fast enough for 100,000 of them."""

    def __init__(self) -> None:
        self._rows: dict[str, Vectors] = {}
        self._table: tuple[list[str], Vectors] | None = None

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors."""
        self._rows.update(zip(ids, vectors, strict=True))
        self._table = None

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        for chunk_id in ids:
            self._rows.pop(chunk_id, None)
        self._table = None

    def search(self, vector: Vectors, limit: int) -> list[Hit]:
        """Return the nearest chunks by cosine, best first."""
        if not self._rows or limit < 1:
            return []
        if self._table is None:
            self._table = list(self._rows), np.stack(list(self._rows.values()))
        ids, table = self._table
        scores = table @ vector[0]
        best = cast("list[int]", np.argsort(-scores, kind="stable")[:limit].tolist())
        return [Hit(ids[at], float(scores[at])) for at in best]

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        """Return the nearest chunks of ``text``, best first."""
        return Near(self.search(embedder.embed([text]), limit))

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        return set(self._rows)

    def settle(self) -> None:
        """Do nothing: there is only one set of vectors."""


class MemoryDocuments:
    """A `DocumentStore` in memory."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._chunks: dict[str, Chunk] = {}
        self._signatures: dict[str, bytes] = {}
        self._version = 0

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        """Return the documents of these ids that exist, or all of them, by source."""
        found = [each for each in self._documents.values() if ids is None or each.id in ids]
        return sorted(found, key=lambda each: (each.source.reveal(), each.id))

    def document(self, document_id: str) -> Document | None:
        """Return one document."""
        return self._documents.get(document_id)

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Store a document with its chunks, replacing the one of the same id."""
        self.remove([document.id])
        self._documents[document.id] = document
        self._chunks.update((chunk.id, chunk) for chunk in chunks)
        self._version += 1

    def audiences(self) -> dict[str, DocumentAudience]:
        """Return the audience of each document by its id."""
        return {key: self._audience(each) for key, each in self._documents.items()}

    def _audience(self, document: Document) -> DocumentAudience:
        mine = self.chunks_of(document.id)
        open_to_all = sum(each.audience is Audience.CUSTOMER for each in mine)
        return DocumentAudience(document.audience, document.audience_set, len(mine), open_to_all)

    def set_audience(
        self, document_ids: Collection[str], audience: Audience, *, decided: bool
    ) -> None:
        """Set the audience of these documents."""
        self._documents = self._documents | {
            key: replace(self._documents[key], audience=audience, audience_set=decided)
            for key in document_ids
            if key in self._documents
        }
        self._version += 1

    def remove(self, document_ids: Sequence[str]) -> list[str]:
        """Remove documents with their chunks; return the ids of the removed chunks."""
        known = {each for each in document_ids if self._documents.pop(each, None)}
        self._signatures = {k: each for k, each in self._signatures.items() if k not in known}
        if not known:
            return []
        gone = [key for key, chunk in self._chunks.items() if chunk.document_id in known]
        for chunk_id in gone:
            del self._chunks[chunk_id]
        self._version += 1
        return gone

    def owners(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the document's id of each of these chunks that exists."""
        return {each: self._chunks[each].document_id for each in ids if each in self._chunks}

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        """Return the chunks of these ids that exist, or all of them."""
        wanted = self._chunks if ids is None else [each for each in ids if each in self._chunks]
        return [self._narrowed(self._chunks[each]) for each in wanted]

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """Return the chunks of one document in their order."""
        mine = [each for each in self._chunks.values() if each.document_id == document_id]
        return sorted(map(self._narrowed, mine), key=lambda each: each.ordinal)

    def _narrowed(self, chunk: Chunk) -> Chunk:
        above = self._documents[chunk.document_id].audience
        return replace(chunk, audience=chunk.audience.narrowed_by(above))

    def chunk_ids(self) -> set[str]:
        """Return every chunk's id."""
        return set(self._chunks)

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each document by its id."""
        return {each.id: each.fingerprint for each in self._documents.values()}

    def signatures(self) -> dict[str, bytes | None]:
        """Return the signature of each document by its id."""
        return {key: self._signatures.get(key) for key in self._documents}

    def sign(self, signatures: Mapping[str, bytes]) -> None:
        """Store the near-duplicate signatures of these documents."""
        known = {k: each for k, each in signatures.items() if k in self._documents}
        self._signatures = self._signatures | known

    def version(self) -> int:
        """Return a number that changes with every put and remove."""
        return self._version

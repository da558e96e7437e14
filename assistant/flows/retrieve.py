"""Finding the passages that answer a question, or saying that none does.

Two searches that fail differently are fused: vectors (sense) and BM25 (exact words), by reciprocal
rank fusion (Cormack, Clarke and Büttcher 2009, k = 60). Every hit is checked against the records:
a document that was deleted a moment ago is not found, whatever an index still holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.model import Chunk, Document, Passage
from assistant.ports import DocumentStore, Embedder, Hit, LexicalIndex, VectorIndex
from guardrails import RedactedText

RRF_K = 60
_DEPTH = 100
_PER_DOCUMENT = 2
_ANSWERABLE = 0.35


@dataclass(frozen=True, slots=True)
class Library:
    """What is searched: one tenant's records and its two indexes."""

    documents: DocumentStore
    embedder: Embedder
    vectors: VectorIndex
    lexical: LexicalIndex


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first. When not ``answerable`` they are only the nearest ones."""

    passages: tuple[Passage, ...]
    answerable: bool
    confidence: float


def retrieve(desk: Desk, query: RedactedText, limit: int = 6) -> Retrieved:
    """Return the passages of this tenant that answer ``query``."""
    library = Library(desk.records.documents, desk.embedder, desk.vectors, desk.lexical())
    return search(library, query, limit)


def search(
    library: Library, query: RedactedText, limit: int, per_document: int = _PER_DOCUMENT
) -> Retrieved:
    """Search ``library``; at most ``per_document`` passages come from one document."""
    by_vector = library.vectors.search(library.embedder.embed([query]), _DEPTH)
    by_terms = library.lexical.search(query, _DEPTH)
    fused = fuse({"vector": by_vector, "terms": by_terms})
    chunks = {chunk.id: chunk for chunk in library.documents.chunks(list(fused))}
    kept = _per_document((hit for hit in _ranked(fused) if hit in chunks), chunks, per_document)
    matched = {
        "terms": {hit.chunk_id for hit in by_terms},
        "vector": {hit.chunk_id for hit in by_vector},
    }
    passages = _passages(library, kept[:limit], chunks, fused, matched)
    confidence = max((hit.score for hit in by_vector if hit.chunk_id in chunks), default=0.0)
    return Retrieved(passages, bool(passages) and confidence >= _ANSWERABLE, confidence)


def fuse(rankings: Mapping[str, Sequence[Hit]]) -> dict[str, float]:
    """Return each chunk's reciprocal rank fusion score over ``rankings``."""
    scores: defaultdict[str, float] = defaultdict(float)
    for hits in rankings.values():
        for rank, hit in enumerate(hits, start=1):
            scores[hit.chunk_id] += 1 / (RRF_K + rank)
    return dict(scores)


def _ranked(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))


def _per_document(ranked: Iterable[str], chunks: Mapping[str, Chunk], most: int) -> list[str]:
    taken: defaultdict[str, int] = defaultdict(int)
    kept: list[str] = []
    for chunk_id in ranked:
        document_id = chunks[chunk_id].document_id
        if taken[document_id] < most:
            taken[document_id] += 1
            kept.append(chunk_id)
    return kept


def _passages(
    library: Library,
    ids: Sequence[str],
    chunks: Mapping[str, Chunk],
    scores: Mapping[str, float],
    matched: Mapping[str, set[str]],
) -> tuple[Passage, ...]:
    documents: dict[str, Document | None] = {}
    passages: list[Passage] = []
    for chunk_id in ids:
        chunk = chunks[chunk_id]
        if chunk.document_id not in documents:
            documents[chunk.document_id] = library.documents.document(chunk.document_id)
        document = documents[chunk.document_id]
        if document is not None:
            matched_by = tuple(way for way, found in matched.items() if chunk_id in found)
            passages.append(
                Passage(chunk, document.source, document.title, scores[chunk_id], matched_by)
            )
    return tuple(passages)

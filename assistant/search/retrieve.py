"""Retrieves the passages that answer a question, or reports that none does (abstention).

Two searches with different errors are fused: vectors (meaning) and BM25 (exact words). Scores are
stretched to 0..1 within the first hundred hits of each, then averaged: Bruch, Gai and Ingber
(2023, "An Analysis of Fusion Functions for Hybrid Retrieval") find such a convex combination
better than reciprocal rank fusion, which we confirmed on 339 real questions, everything redacted
(nDCG@10, development half): vectors .797, BM25 .813, reciprocal ranks .845, this .866. Late
interaction over the first 10, 20 or 30 (MaxSim of MiniLM's token vectors) took .006 to .020 away
again.

A cross-encoder, if one is configured, reorders the first twenty. Abstention does not use its
scores: it was fitted on the fused ones.

Every hit is checked against the records first, so that a document that was just deleted is neither
found nor affects other scores, even if an index still holds it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.desk import Desk
from assistant.model import Passage
from assistant.ports import (
    DocumentReader,
    Embedder,
    Hit,
    LexicalIndex,
    Near,
    Reranker,
    VectorSearch,
)
from assistant.search.by_meaning import embeds
from assistant.search.federated import documents_of, lexical_of, vectors_of
from assistant.search.filters import AllBut, DocumentFilter
from assistant.search.indexing import embedding_text
from guardrails import RedactedText, join

_DEPTH = 100
_DEPTH_NARROWED = 2000
"""How many hits are searched for those of the admitted documents."""

_PER_DOCUMENT = 2
_TURNS_BEFORE = 3
_LAST_QUESTION = 0.5
"""The weight of the previous question's words. nDCG@10 on the 36 follow-up questions of the
development half: .886 without them, .917 to .919 from .3 to .7, .905 with both as one text."""

_READ_AGAIN = 20
"""Passages that a cross-encoder reads: on the development half 95 of 100 answers are among ten."""

_OTHERS = 20
_OUT_BY_VECTOR, _OUT_BY_TERMS, _BIAS = 9.0, 6.0, -1.85
_ANSWERABLE = 0.3
_BY_WORDS_ALONE = (
    "Only exact words were searched: the model that made the vectors is gone. "
    "`quietdesk reindex` makes them again."
)

_MEANING_OFF = (
    "Only exact words were searched: search by meaning is switched off by this tenant's policy."
)


@dataclass(frozen=True, slots=True)
class Library:
    """What is searched: one tenant's records and its two indexes, and a reranker if configured."""

    documents: DocumentReader
    embedder: Embedder
    vectors: VectorSearch
    lexical: LexicalIndex
    reranker: Reranker | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first. When not ``answerable`` they are only the nearest ones.

    ``evidence`` is the score of every chunk that was found, by its id. With ``meaning_off`` search
    by meaning was switched off, so that words alone were searched.
    """

    passages: tuple[Passage, ...]
    answerable: bool
    confidence: float
    by_words_alone: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict[str, float])
    meaning_off: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes about the search for the reader of the answer."""
        if self.meaning_off:
            return (_MEANING_OFF,)
        return (_BY_WORDS_ALONE,) if self.by_words_alone else ()


def retrieve(
    desk: Desk,
    query: RedactedText,
    limit: int = 6,
    *,
    before: Sequence[RedactedText] = (),
    filters: DocumentFilter | None = None,
) -> Retrieved:
    """Return the passages of this tenant that answer ``query``.

    ``before`` is what the asker said earlier in the conversation, oldest first: “How do I do the
    migration?” means nothing without it. `BadInput` when the filter ``only`` admits no document.
    """
    library = Library(
        documents_of(desk), desk.embedder, vectors_of(desk), lexical_of(desk), desk.reranker
    )
    if not filters:
        return search(library, query, limit, before=before)
    if filters.leaves_out_one():
        admitted = AllBut(filters.but)
    else:
        admitted = filters.admitted(library.documents.documents())
    return search(library, query, limit, before=before, filters=admitted)


def search(
    library: Library,
    query: RedactedText,
    limit: int,
    *,
    before: Sequence[RedactedText] = (),
    per_document: int = _PER_DOCUMENT,
    filters: Container[str] | None = None,
) -> Retrieved:
    """Search ``library``; at most ``per_document`` passages come from one document.

    ``only`` limits the passages to documents of these ids.
    """
    asked = join("\n", [*before[-_TURNS_BEFORE:], query])
    found, owners, whole = _hits(library, query, asked, before, filters)
    scores = fuse(list(found.values()) if whole else [found["terms"]])
    ranked = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
    kept = _spread(ranked, owners, per_document)
    off = not embeds(library.embedder)
    reader = None if off else library.reranker
    wanted = limit if reader is None else max(limit, _READ_AGAIN)
    passages = _passages(library.documents, kept[:wanted], scores, found)
    if reader is not None:
        passages = _read_again(reader, asked, passages)[:limit]
    confidence = _confidence(found, owners, ranked[0]) if passages else 0.0
    return Retrieved(passages, confidence >= _ANSWERABLE, confidence, not whole, scores, off)


def fuse(rankings: Sequence[Sequence[Hit]]) -> dict[str, float]:
    """Return each chunk's score over ``rankings``: the mean of its scores, each stretched to 0..1.

    A ranking that does not hold a chunk gives it 0, as it does its last hit.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for hits in rankings:
        least = min((hit.score for hit in hits), default=0.0)
        span = max((hit.score for hit in hits), default=0.0) - least
        for hit in hits:
            stretched = (hit.score - least) / span if span > 0 else 1.0
            scores[hit.chunk_id] += stretched / len(rankings)
    return dict(scores)


def _hits(
    library: Library,
    query: RedactedText,
    asked: RedactedText,
    before: Sequence[RedactedText],
    filters: Container[str] | None,
) -> tuple[dict[str, list[Hit]], Mapping[str, str], bool]:
    """Search by vectors and words; return the hits, the chunks' documents, and `Near.whole`.

    Hits that are not in the records are dropped. The vector is that of ``asked``, which includes
    the earlier questions. Exact words are the question's own, and at half their weight those of
    the previous question: “and how do I mitigate it?” names nothing. Nothing is embedded while
    search by meaning is off.
    """
    depth = _DEPTH if filters is None else _DEPTH_NARROWED
    near = Near([], whole=False)
    if embeds(library.embedder):
        near = library.vectors.nearest(library.embedder, asked, depth)
    found = {
        "terms": _by_terms(library.lexical, query, before[-1:], depth),
        "vector": near.hits,
    }
    ids = dict.fromkeys(hit.chunk_id for hits in found.values() for hit in hits)
    known = library.documents.owners(list(ids))
    owners = {key: owner for key, owner in known.items() if filters is None or owner in filters}
    checked = {
        way: [hit for hit in hits if hit.chunk_id in owners][:_DEPTH] for way, hits in found.items()
    }
    return checked, owners, near.whole


def _by_terms(
    lexical: LexicalIndex, query: RedactedText, last: Sequence[RedactedText], depth: int
) -> list[Hit]:
    hits = lexical.search(query, depth)
    if not last:
        return hits
    scores = {hit.chunk_id: hit.score for hit in hits}
    for hit in lexical.search(last[0], depth):
        scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + _LAST_QUESTION * hit.score
    ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    return [Hit(chunk_id, score) for chunk_id, score in ranked[:depth]]


def _spread(ranked: Iterable[str], owners: Mapping[str, str], most: int) -> list[str]:
    """Keep at most ``most`` chunks of each document, in order."""
    taken: defaultdict[str, int] = defaultdict(int)
    kept: list[str] = []
    for chunk_id in ranked:
        document_id = owners[chunk_id]
        taken[document_id] += 1
        if taken[document_id] <= most:
            kept.append(chunk_id)
    return kept


def _passages(
    documents: DocumentReader,
    ids: Sequence[str],
    scores: Mapping[str, float],
    found: Mapping[str, Sequence[Hit]],
) -> tuple[Passage, ...]:
    """Return the passages of the chunks ``ids`` that still exist, in order."""
    matched = {way: {hit.chunk_id for hit in hits} for way, hits in found.items()}
    chunks = {chunk.id: chunk for chunk in documents.chunks(ids)}
    owners = dict.fromkeys(chunk.document_id for chunk in chunks.values())
    known = {document.id: document for document in documents.documents(list(owners))}
    return tuple(
        Passage(
            chunk,
            document.source,
            document.title,
            scores[chunk.id],
            tuple(way for way, ids in matched.items() if chunk.id in ids),
        )
        for chunk in (chunks[chunk_id] for chunk_id in ids if chunk_id in chunks)
        if (document := known.get(chunk.document_id)) is not None
    )


def _read_again(
    reader: Reranker, asked: RedactedText, passages: Sequence[Passage]
) -> tuple[Passage, ...]:
    """Reorder ``passages`` by the cross-encoder's scores."""
    texts = [embedding_text(passage.title, passage.chunk) for passage in passages]
    scores = reader.scores(asked, texts)
    read = [replace(each, score=score) for each, score in zip(passages, scores, strict=True)]
    return tuple(sorted(read, key=lambda each: -each.score))


def _confidence(found: Mapping[str, Sequence[Hit]], owners: Mapping[str, str], best: str) -> float:
    """Return the confidence that the documents answer the question, from 0 to 1.

    An answer stands out: its scores are well above those of the next documents, while a question
    without an answer finds many passages equally near (query performance prediction; Shtok et
    al. 2012). Logistic regression on how far the best chunk stands out by vector and by terms,
    both classes weighted alike, on 339 answerable and 71 unanswerable questions: area under the
    curve .80 in five-fold cross-validation, where the best cosine alone has .68. Thirty further
    features and 339 further questions did not move it. At the chosen cut 49 of 100 unanswerable
    questions are refused, and 9 of 100 answerable ones; ``docs/evaluation.md`` has other cuts.
    """
    by_vector = _stands_out(found["vector"], owners, best)
    by_terms = _stands_out(found["terms"], owners, best)
    return 1 / (1 + math.exp(-(_OUT_BY_VECTOR * by_vector + _OUT_BY_TERMS * by_terms + _BIAS)))


def _stands_out(hits: Sequence[Hit], owners: Mapping[str, str], best: str) -> float:
    """Return the score of ``best`` over the mean of the next documents' best chunks."""
    own = next((hit.score for hit in hits if hit.chunk_id == best), None)
    if own is None:
        own = hits[-1].score if len(hits) >= _DEPTH else 0.0
    others: dict[str, float] = {}
    for hit in hits:
        others.setdefault(owners[hit.chunk_id], hit.score)
    first = list(others.items())[:_OTHERS]
    rest = [score for document_id, score in first if document_id != owners[best]]
    return own - sum(rest) / len(rest) if rest else own

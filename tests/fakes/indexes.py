"""An embedder and indexes without a model and without a disk."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.model import Chunk
from assistant.ports import DocumentStore, Hit
from eval.hashing import HashingEmbedder, words_of
from eval.memory import MemoryIndex
from guardrails import RedactedText, require_redacted

__all__ = ["FakeLexical", "FakeLibrary", "FakeReranker", "FakeVectors", "HashingEmbedder"]

FakeVectors = MemoryIndex
"""The exact index of the evaluation is also the fake of the port."""


class FakeReranker:
    """A `Reranker` that gives texts with ``words`` a higher score."""

    def __init__(self, words: str) -> None:
        self._words = words
        self.asked = ""
        self.read: list[str] = []

    def scores(self, query: RedactedText, texts: Sequence[RedactedText]) -> list[float]:
        self.asked = require_redacted(query).reveal()
        self.read = [require_redacted(text).reveal() for text in texts]
        return [float(self._words in text) for text in self.read]


class FakeLexical:
    """A `LexicalIndex` that counts shared words."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = {chunk.id: set(words_of(chunk.text.reveal())) for chunk in chunks}

    def search(self, query: RedactedText, limit: int) -> list[Hit]:
        wanted = set(words_of(require_redacted(query).reveal()))
        hits = [Hit(key, float(len(words & wanted))) for key, words in self._chunks.items()]
        found = sorted((hit for hit in hits if hit.score), key=lambda hit: -hit.score)
        return found[:limit]


class FakeLibrary:
    """Returns a `FakeLexical` of the chunks in the records."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    def __call__(self) -> FakeLexical:
        return FakeLexical(self._documents.chunks())

"""An embedder and indexes without a model and without a disk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from assistant.model import Chunk
from assistant.ports import DocumentStore, Hit, Vectors
from eval.memory import MemoryIndex
from guardrails import RedactedText, require_redacted

FakeVectors = MemoryIndex
"""The exact index of the evaluation is also the fake of the port."""

_WORD = re.compile(r"<[A-Z_0-9]+>|\w+")


class HashingEmbedder:
    """Texts that share words are near each other: each word adds a direction made of its hash."""

    name = "hashing"

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension
        self.seen: list[str] = []

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        plain = [require_redacted(text).reveal() for text in texts]
        self.seen += plain
        rows = np.stack([self._sum(text) for text in plain]) if plain else self._none()
        return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype("f4")

    def _sum(self, text: str) -> Vectors:
        words = _words(text)
        return sum((self._direction(word) for word in words), self._none()[0:1].sum(axis=0))

    def _direction(self, word: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).normal(size=self._dimension).astype("f4")

    def _none(self) -> Vectors:
        return np.zeros((0, self._dimension), dtype=np.float32)


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
        self._chunks = {chunk.id: set(_words(chunk.text.reveal())) for chunk in chunks}

    def search(self, query: RedactedText, limit: int) -> list[Hit]:
        wanted = set(_words(require_redacted(query).reveal()))
        hits = [Hit(key, float(len(words & wanted))) for key, words in self._chunks.items()]
        found = sorted((hit for hit in hits if hit.score), key=lambda hit: -hit.score)
        return found[:limit]


class FakeLibrary:
    """Returns a `FakeLexical` of the chunks in the records."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    def __call__(self) -> FakeLexical:
        return FakeLexical(self._documents.chunks())


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]

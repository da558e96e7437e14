"""An embedder without a model: for proofs and tests that do not depend on meaning."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from assistant.ports import Vectors
from guardrails import RedactedText, require_redacted
from guardrails.placeholders import SHAPE

_WORD = re.compile(rf"{SHAPE.pattern}|\w+")


class HashingEmbedder:
    """Texts that share words are near each other: each word adds a direction made of its hash."""

    name = "hashing"

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension
        self.seen: list[str] = []
        """Every text that was embedded, redacted."""

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        """Return a row of length one for each text."""
        plain = [require_redacted(text).reveal() for text in texts]
        self.seen += plain
        rows = np.stack([self._sum(text) for text in plain]) if plain else self._none()
        return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype("f4")

    def _sum(self, text: str) -> Vectors:
        words = words_of(text)
        return sum((self._direction(word) for word in words), self._none()[0:1].sum(axis=0))

    def _direction(self, word: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).normal(size=self._dimension).astype("f4")

    def _none(self) -> Vectors:
        return np.zeros((0, self._dimension), dtype=np.float32)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; a placeholder is one word."""
    return [word.lower() for word in _WORD.findall(text)]

"""Late interaction: each word piece of a question looks for its nearest one in a section.

A section's score is the mean of these cosines (Khattab and Zaharia 2020, ColBERT) over vectors of
the embedding model itself. Two things are learnt: a scale for each dimension, and how much a word
piece of the question counts, as a logistic function of its vector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.model import Section
from assistant.ports import TokenEmbedder, Vectors
from guardrails import RedactedText, join

_WINDOW, _MOST_WINDOWS = 900, 3
"""Characters of a window and windows of a section: the model reads 256 word pieces at once."""

_LEAST = 1e-3  # no word piece counts for nothing
_LENGTH = 1e-6


@dataclass(frozen=True, slots=True)
class Scales:
    """Shape ``(dimension,)`` each: the scale of a dimension, and its say in a word's weight."""

    dimension: NDArray[np.float32]
    word: NDArray[np.float32]

    def scaled(self, vectors: Vectors) -> Vectors:
        """Return ``vectors`` scaled, each of length 1."""
        found = vectors * self.dimension
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), _LENGTH)

    def weights(self, vectors: Vectors) -> Vectors:
        """Return how much each word piece of a question counts; they add to 1."""
        found = 1 / (1 + np.exp(-(vectors @ self.word))) + _LEAST
        return found / found.sum()


def score(scales: Scales, asked: Vectors, section: Vectors) -> float:
    """Return how near the question's pieces are to the section's, from -1 to 1.

    ``asked`` are raw vectors, ``section`` scaled ones, as `read` returns them.
    """
    if not len(asked) or not len(section):
        return 0.0
    nearest = (scales.scaled(asked) @ section.T).max(axis=1)
    return float(nearest @ scales.weights(asked))


def read(embedder: TokenEmbedder, scales: Scales, sections: Sequence[Section]) -> list[Vectors]:
    """Return the scaled vectors of each section, in order."""
    windows = [list(_windows(each)) for each in sections]
    vectors = iter(embedder.embed_tokens([text for some in windows for text in some]))
    return [np.concatenate([scales.scaled(next(vectors)) for _ in some]) for some in windows]


def _windows(section: Section) -> Iterator[RedactedText]:
    """Yield the section in windows that end with a line or a word, each under its headings."""
    text, start = section.text.reveal(), 0
    above = [each for each in (section.title, section.heading) if each]
    for _ in range(_MOST_WINDOWS):
        end = _end(text, start)
        yield join("\n", [*above, section.text.cut(start, end)])
        if end >= len(text):
            return
        start = end


def _end(text: str, start: int) -> int:
    limit = start + _WINDOW
    if len(text) <= limit:
        return len(text)
    cuts = (text.rfind(mark, start + _WINDOW // 2, limit) for mark in ("\n\n", "\n", " "))
    return next((cut for cut in cuts if cut > start), limit)

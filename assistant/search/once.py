"""One pass of the embedder for each question, though several steps ask for its vectors."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

from assistant.ports import Embedder, TokenEmbedder, Vectors
from guardrails import RedactedText

_KEPT = 64
"""Questions that are kept: up to .4 MB each, with 256 word pieces."""


def once(embedder: Embedder) -> Embedder:
    """Return ``embedder``, which reads a question once if it can return all vectors of a pass."""
    return QuestionsOnce(embedder) if isinstance(embedder, TokenEmbedder) else embedder


class QuestionsOnce:
    """A `TokenEmbedder` that remembers the last texts it was given alone, by a hash.

    A question is embedded for the search, for the ranking of sections by their word pieces, and to
    compare sentences with it. The questions are one tenant's, so each tenant has its own.
    """

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[bytes, tuple[Vectors, Vectors]] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._embedder.name

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        """Return one unit vector per text; that of one text alone is remembered."""
        return self._whole(*texts)[0] if len(texts) == 1 else self._embedder.embed(texts)

    def embed_tokens(self, texts: Sequence[RedactedText]) -> list[Vectors]:
        """Return the vectors of each text's word pieces; those of one text are remembered."""
        return [self._whole(*texts)[1]] if len(texts) == 1 else self._embedder.embed_tokens(texts)

    def embed_whole(self, text: RedactedText) -> tuple[Vectors, Vectors]:
        """Return both, as `embed` and `embed_tokens` do for ``[text]``."""
        return self._whole(text)

    def forget(self) -> None:
        """Drop every vector."""
        with self._lock:
            self._kept.clear()

    def _whole(self, text: RedactedText) -> tuple[Vectors, Vectors]:
        key = blake2b(text.reveal().encode(), digest_size=16).digest()
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = self._embedder.embed_whole(text)
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

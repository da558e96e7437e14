"""How near texts are to a question, by the cosine of their vectors; sentences are embedded once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np

from assistant.ports import Embedder, Vectors
from assistant.search.by_meaning import embeds
from guardrails import RedactedText

_KEPT = 8_000
"""Vectors that are kept: 12 MB of 384 numbers each."""


class Nearness:
    """Cosines of texts with a question; the last vectors are kept, by a hash of their text.

    The texts are one tenant's, so each tenant has its own.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = Lock()

    @property
    def on(self) -> bool:
        """Whether texts may be compared by their meaning now."""
        return embeds(self._embedder)

    def of(self, question: RedactedText, texts: Sequence[RedactedText]) -> list[float]:
        """Return the cosine of each text with ``question``."""
        if not texts:
            return []
        asked = self._embedder.embed([question])[0]
        return [float(each) for each in self._vectors(texts) @ asked]

    def forget(self) -> None:
        """Drop every vector."""
        with self._lock:
            self._kept.clear()

    def _vectors(self, texts: Sequence[RedactedText]) -> Vectors:
        keys = [blake2b(each.reveal().encode(), digest_size=16).digest() for each in texts]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known |= dict(zip(missing, self._embedder.embed(list(missing.values())), strict=True))
        with self._lock:
            for key in keys:
                self._kept[key] = known[key]
                self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return np.stack([known[key] for key in keys])

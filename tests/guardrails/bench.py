"""A redactor over an ephemeral vault, for tests: its detector finds given words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from guardrails import Redactor
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownValues
from guardrails.identity.restore import Restorer
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.spans import EntityType, Span


class WordDetector:
    """Finds given words; counts how often it was asked."""

    def __init__(self, words: Mapping[str, EntityType]) -> None:
        self._words = words
        self.calls = 0

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        self.calls += 1
        return [self._spans(text) for text in texts]

    def _spans(self, text: str) -> list[Span]:
        found = [
            Span(match.start(), match.end(), kind, 0.9, "word")
            for word, kind in self._words.items()
            for match in re.finditer(re.escape(word), text)
        ]
        return sorted(found, key=lambda span: span.start)


class BrokenDetector:
    """A detector that always fails."""

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        raise MemoryError(texts[0])


class Bench:
    """One tenant's vault with a redactor and a restorer over it."""

    def __init__(
        self, words: Mapping[str, EntityType], directory: KnownValues | None = None
    ) -> None:
        self.key = DataKey.fresh()
        self.sealer = Sealer("bench", self.key)
        self.store = EphemeralVaultStore()
        self.vault = Vault(self.store, self.sealer, self.key)
        self.detector = WordDetector(words)
        self.redactor = Redactor(self.detector, self.vault, directory or KnownValues())
        self.restorer = Restorer(self.vault)

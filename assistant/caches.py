"""The caches of one tenant: shared by its desks, also after a desk was reopened."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.adapters.bm25 import Bm25Library
from assistant.ports import Embedder, SectionRanker
from assistant.search.nearness import Nearness
from assistant.search.once import QuestionsOnce
from guardrails.injection.detector import RememberedSuspects
from guardrails.leaks.vault_values import VaultValues


@dataclass(frozen=True, slots=True)
class TenantCaches:
    """What a tenant's searches remember: words, values of the vault, spans, questions and more.

    ``embedder`` reads each question once; ``ranker`` and ``nearness`` use it too, and remember what
    they read of sections and sentences.

    No cache depends on the policy, the directory or the terms: each follows the records.
    """

    lexical: Bm25Library
    values: VaultValues
    suspects: RememberedSuspects
    embedder: Embedder
    ranker: SectionRanker
    nearness: Nearness

    def drop_forgotten(self) -> None:
        """Drop entries that are no longer in the records."""
        self.lexical.drop_forgotten()
        self.values.drop_forgotten()
        self.suspects.forget()
        if isinstance(self.embedder, QuestionsOnce):
            self.embedder.forget()
        self.ranker.forget()
        self.nearness.forget()

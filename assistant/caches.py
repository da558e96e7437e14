"""The caches of one tenant: shared by its desks, also after a desk was reopened."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.adapters.bm25 import Bm25Library
from assistant.ports import SectionRanker
from assistant.search.nearness import Nearness
from guardrails.injection.detector import RememberedSuspects
from guardrails.leaks.vault_values import VaultValues


@dataclass(frozen=True, slots=True)
class TenantCaches:
    """What a tenant's searches remember: words, values of the vault, spans, sections, sentences.

    No cache depends on the policy, the directory or the terms: each follows the records.
    """

    lexical: Bm25Library
    values: VaultValues
    suspects: RememberedSuspects
    ranker: SectionRanker
    nearness: Nearness

    def drop_forgotten(self) -> None:
        """Drop entries that are no longer in the records."""
        self.lexical.drop_forgotten()
        self.values.drop_forgotten()
        self.suspects.forget()
        self.ranker.forget()
        self.nearness.forget()

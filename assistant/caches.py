"""What one tenant's desks share in memory, however often a desk is opened again."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.adapters.bm25 import Bm25Library
from guardrails.injection.detector import RememberedSuspects
from guardrails.leaks.vault_values import VaultValues


@dataclass(frozen=True, slots=True)
class TenantCaches:
    """The words of the chunks, the values of the vault, and the suspicious spans of texts.

    None depends on the policy, the directory or the terms: each keeps in step with the records.
    """

    lexical: Bm25Library
    values: VaultValues
    suspects: RememberedSuspects

    def drop_forgotten(self) -> None:
        """Let go of what is in the records no more."""
        self.lexical.drop_forgotten()
        self.values.drop_forgotten()
        self.suspects.forget()

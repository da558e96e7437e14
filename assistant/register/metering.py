"""Counts the tokens that a tenant uses of a model, and refuses what is over its limits.

The limit is compared with what was counted before: calls at the same time may pass it together.
"""

from __future__ import annotations

from assistant.adapters.records.models import SqlModels
from assistant.errors import LimitReached
from assistant.model import Feature, ModelEntry, ModelUse, Tokens
from guardrails.policy import Purpose

_FEATURES = {
    Purpose.SUMMARISE: Feature.SUMMARY,
    Purpose.REPLY: Feature.REPLY,
    Purpose.ANSWER: Feature.ANSWER,
}
_NAMES = {
    Feature.ALL: "models",
    Feature.SUMMARY: "summaries",
    Feature.REPLY: "replies",
    Feature.ANSWER: "answers",
}


class TenantMeter:
    """Implements `assistant.ports.Meter` for one tenant and one model."""

    def __init__(self, store: SqlModels, tenant_id: str, entry: ModelEntry) -> None:
        self._store = store
        self._tenant_id = tenant_id
        self._entry = entry

    def admit(self, purpose: Purpose) -> None:
        """Raise `LimitReached` when a limit of the purpose, or of all of them, is reached."""
        feature = _FEATURES.get(purpose, Feature.ALL)
        for use in self._store.uses(self._tenant_id):
            if use.feature in (Feature.ALL, feature):
                self._check(use)

    def count(self, purpose: Purpose, tokens: Tokens) -> None:
        """Add the tokens of one call to today's."""
        feature = _FEATURES.get(purpose)
        name = feature.value if feature else purpose.value
        self._store.count(self._tenant_id, name, self._entry, tokens)

    def _check(self, use: ModelUse) -> None:
        today = self._store.today()
        limits = ("day", use.day_limit, today), ("month", use.month_limit, f"{today[:8]}01")
        for span, limit, since in limits:
            if limit and self._store.tokens(self._tenant_id, use.feature, since) >= limit:
                raise LimitReached(
                    f"The tenant's {limit:,} tokens of this {span} for {_NAMES[use.feature]} are "
                    "used up.",
                    todo=f"Raise it with `quietdesk model use`, or wait for the next {span}.",
                )

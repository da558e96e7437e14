"""Putting identity back, for a person who may see it and for a reply that was released."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guardrails import placeholders
from guardrails.identity.vault import Vault
from guardrails.placeholders import Placeholder
from guardrails.text import RawText, RedactedText, require_redacted, unwrap


@dataclass(frozen=True, slots=True)
class Restored:
    """Text with identity in it, and the placeholders that stayed as they were."""

    text: RawText
    left: tuple[Placeholder, ...]


class Restorer:
    """Restores the placeholders of one tenant."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def restore(self, text: RedactedText, allowed: Iterable[Placeholder] | None = None) -> Restored:
        """Return ``text`` with the very bytes that stood for each placeholder.

        ``allowed`` limits which may be restored (those of the ticket, for a reply to its
        requester); others, unknown and forgotten ones stay visible and are named in ``left``.
        """
        source = require_redacted(text).reveal()
        permitted = None if allowed is None else frozenset(allowed)
        pieces: list[str] = []
        left: list[Placeholder] = []
        at = 0
        for found in placeholders.find(source):
            raw = self._value(found.placeholder, permitted)
            if raw is None:
                left.append(found.placeholder)
                continue
            pieces += (source[at : found.start], unwrap(raw))
            at = found.end
        return Restored(RawText("".join((*pieces, source[at:]))), tuple(left))

    def _value(
        self, placeholder: Placeholder, permitted: frozenset[Placeholder] | None
    ) -> RawText | None:
        if permitted is not None and placeholder not in permitted:
            return None
        return self._vault.value_of(placeholder)


def placeholders_of(text: RedactedText) -> frozenset[Placeholder]:
    """Return the numbered placeholders of ``text``."""
    found = placeholders.find(require_redacted(text).reveal())
    return frozenset(each.placeholder for each in found if each.placeholder.number is not None)

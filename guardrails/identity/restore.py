"""Restores identity, for a person who may see it and for a reply that was released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guardrails import placeholders
from guardrails.identity.vault import Vault
from guardrails.placeholders import Placeholder
from guardrails.text import RawText, RedactedText, require_redacted, unwrap


@dataclass(frozen=True, slots=True)
class Restored:
    """Text with identity restored: the placeholders that were not restored, and those that were."""

    text: RawText
    left: tuple[Placeholder, ...]
    back: tuple[Placeholder, ...] = ()


class Restorer:
    """Restores the placeholders of one tenant."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def restore(self, text: RedactedText, allowed: Iterable[Placeholder] | None = None) -> Restored:
        """Return ``text`` with each placeholder replaced by the exact original value.

        ``allowed`` limits which may be restored (those of the ticket, for a reply to its
        requester); others, unknown and forgotten ones stay visible and are listed in ``left``.
        """
        return self.restore_many([text], allowed)[0]

    def restore_many(
        self, texts: Sequence[RedactedText], allowed: Iterable[Placeholder] | None = None
    ) -> list[Restored]:
        """Restore several texts as `restore` does one, with a single read of the vault."""
        sources = [require_redacted(text).reveal() for text in texts]
        found = [list(placeholders.find(source)) for source in sources]
        wanted = {each.placeholder for some in found for each in some}
        if allowed is not None:
            wanted &= frozenset(allowed)
        values = self._vault.values_of(wanted)
        return [_put_back(*each, values) for each in zip(sources, found, strict=True)]


def _put_back(
    source: str,
    found: Sequence[placeholders.Found],
    values: Mapping[Placeholder, RawText],
) -> Restored:
    pieces: list[str] = []
    at = 0
    for each in found:
        if (raw := values.get(each.placeholder)) is not None:
            pieces += (source[at : each.start], unwrap(raw))
            at = each.end
    left = tuple(each.placeholder for each in found if each.placeholder not in values)
    back = tuple(each.placeholder for each in found if each.placeholder in values)
    return Restored(RawText("".join((*pieces, source[at:]))), left, back)


def placeholders_of(text: RedactedText) -> frozenset[Placeholder]:
    """Return the numbered placeholders of ``text``."""
    found = placeholders.find(require_redacted(text).reveal())
    return frozenset(each.placeholder for each in found if each.placeholder.number is not None)

"""How one person reads a text: as it is, or as the model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.operations.drafts import CitationView
from ui.operations.texts import Text
from ui.web.chips import cited, redacted
from ui.web.html import Html


@dataclass(frozen=True, slots=True)
class Shown:
    """Shows a text with identity put back, or with placeholders as chips."""

    as_seen: bool

    def of(self, value: Text, citations: Sequence[CitationView] = ()) -> Html:
        """Return ``value`` the way this person reads now."""
        if self.as_seen:
            return redacted(value.redacted, citations)
        return cited(value.restored, citations)


RESTORED = Shown(as_seen=False)

"""How a text is shown: with identity restored, or as the model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.operations.drafts import CitationView
from ui.operations.texts import Text
from ui.web.chips import cited, cited_prose, redacted, redacted_prose
from ui.web.html import Html


@dataclass(frozen=True, slots=True)
class TextMode:
    """Shows a text with identity restored, or with placeholders as chips."""

    as_seen: bool

    def of(self, value: Text, citations: Sequence[CitationView] = ()) -> Html:
        """Return ``value`` in this mode."""
        if self.as_seen:
            return redacted(value.redacted, citations)
        return cited(value.restored, citations)

    def prose(
        self,
        value: Text,
        citations: Sequence[CitationView] = (),
        highlight: tuple[int, int] | None = None,
    ) -> Html:
        """Return Markdown ``value`` in this mode; ``highlight`` is a place of the restored text."""
        if self.as_seen:
            return redacted_prose(value.redacted, citations)
        return cited_prose(value.restored, citations, highlight)


RESTORED = TextMode(as_seen=False)

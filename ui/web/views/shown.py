"""How one person reads a text: as it is, or as the model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.flows import show
from assistant.model import Citation
from guardrails import RedactedText
from guardrails.identity.permissions import Person
from ui.web.chips import cited, redacted
from ui.web.html import Html


@dataclass(frozen=True, slots=True)
class Shown:
    """Shows redacted text with identity put back, or with placeholders as chips."""

    desk: Desk
    person: Person
    as_seen: bool

    def of(self, value: RedactedText, citations: Sequence[Citation] = ()) -> Html:
        """Return ``value`` the way this person reads now."""
        if self.as_seen:
            return redacted(value.reveal(), citations)
        return cited(show.restored(self.desk, self.person, value).for_display(), citations)

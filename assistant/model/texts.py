"""What documents, tickets and drafts have in common: their audience, and ids."""

from __future__ import annotations

import uuid
from enum import StrEnum

from guardrails import Template

NO_TEXT = Template("").fill()


class Audience(StrEnum):
    """Who may read a text: customers too, or agents only. What is unknown is for agents."""

    CUSTOMER = "customer"
    AGENT = "agent"

    def narrowed_by(self, other: Audience) -> Audience:
        """Return the narrower of two audiences."""
        return Audience.AGENT if Audience.AGENT in (self, other) else Audience.CUSTOMER


def new_id() -> str:
    """Return a fresh id: 32 hex digits."""
    return uuid.uuid4().hex

"""Opens the view of a person at a desk: what is shown inside becomes a row of the ledger."""

from __future__ import annotations

from contextlib import AbstractContextManager

from assistant.desk import Desk
from guardrails.audit.viewing import View, viewing
from guardrails.identity.permissions import Person


def seeing(desk: Desk, person: Person, **about: str) -> AbstractContextManager[View]:
    """Open the view of ``person``; ``about`` are ids of ours, such as ``ticket`` and ``draft``."""
    return viewing(desk.ledger, person.id, **about)

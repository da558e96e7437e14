"""Raw text for the eyes of a permitted person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.desk import Desk
from assistant.errors import NotFound
from assistant.flows.checks import must_read
from assistant.model import TicketStatus, TurnRole
from guardrails import ForPerson, RedactedText
from guardrails.identity.permissions import Person, show


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list."""

    reference: str
    subject: ForPerson
    requester: ForPerson
    status: TicketStatus
    priority: str
    created_at: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class TurnView:
    """One message as it came, and as a model sees it."""

    at: datetime
    author: ForPerson
    role: TurnRole
    text: ForPerson
    redacted_author: RedactedText
    redacted_text: RedactedText


@dataclass(frozen=True, slots=True)
class TicketView:
    """A whole thread."""

    reference: str
    subject: ForPerson
    redacted_subject: RedactedText
    requester: ForPerson
    status: TicketStatus
    priority: str
    created_at: datetime
    turns: tuple[TurnView, ...]


def tickets(desk: Desk, person: Person) -> list[TicketLine]:
    """Return the tenant's tickets, newest first."""
    must_read(desk, person)
    return [
        TicketLine(
            row.reference,
            restored(desk, person, row.subject),
            restored(desk, person, row.requester),
            row.status,
            row.priority,
            row.created_at,
            row.turns,
        )
        for row in desk.records.tickets.list()
    ]


def ticket(desk: Desk, person: Person, reference: str) -> TicketView:
    """Return one thread as it came. `NotFound` for an unknown reference."""
    must_read(desk, person)
    raw, redacted = desk.records.tickets.raw(reference), desk.records.tickets.get(reference)
    if raw is None or redacted is None:
        raise NotFound(
            f"There is no ticket {reference} here.", todo="See `quietdesk tickets list`."
        )
    slug = desk.tenant.slug
    turns = tuple(
        TurnView(
            as_it_came.at,
            show(as_it_came.author, person, slug),
            as_it_came.role,
            show(as_it_came.text, person, slug),
            as_seen.author,
            as_seen.text,
        )
        for as_it_came, as_seen in zip(raw.turns, redacted.turns, strict=True)
    )
    return TicketView(
        reference,
        show(raw.subject, person, slug),
        redacted.subject,
        show(raw.requester, person, slug),
        raw.status,
        raw.priority,
        raw.created_at,
        turns,
    )


def restored(desk: Desk, person: Person, text: RedactedText) -> ForPerson:
    """Return redacted text with identity put back, for a person of this tenant."""
    must_read(desk, person)
    return show(desk.restorer.restore(text).text, person, desk.tenant.slug)

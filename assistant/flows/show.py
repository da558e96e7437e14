"""Raw text for the eyes of a permitted person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.desk import Desk
from assistant.errors import NotFound
from assistant.flows.checks import must_read
from assistant.flows.seeing import seeing
from assistant.model import Audience, Life, RawTicket, Ticket, TicketKind, TicketStatus, TurnRole
from guardrails import ForPerson, RawText, RedactedText
from guardrails.identity.permissions import Person, show, show_restored


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
    """One message, raw and as a model sees it; a private note has the audience ``AGENT``."""

    at: datetime
    author: ForPerson
    role: TurnRole
    text: ForPerson
    redacted_author: RedactedText
    redacted_text: RedactedText
    audience: Audience


@dataclass(frozen=True, slots=True)
class TicketView:
    """A whole thread; ``raw`` is false when the tenant's rules show it redacted to this person."""

    reference: str
    subject: ForPerson
    redacted_subject: RedactedText
    requester: ForPerson
    status: TicketStatus
    priority: str
    created_at: datetime
    turns: tuple[TurnView, ...]
    kind: TicketKind
    life: Life | None
    raw: bool = True


def tickets(
    desk: Desk,
    person: Person,
    *,
    status: TicketStatus | None = None,
    sought: str = "",
    limit: int | None = None,
) -> list[TicketLine]:
    """Return the tenant's tickets, newest first, in a constant number of reads.

    With ``status`` only those of that status; with ``sought`` only those whose reference, priority,
    subject and requester hold each of its words, in any case. With ``limit`` only so many of the
    newest are read.
    """
    must_read(desk, person)
    rows = desk.records.tickets.list(status=status, limit=limit)
    texts = restored_all(desk, person, [t for row in rows for t in (row.subject, row.requester)])
    lines = [
        TicketLine(
            row.reference, subject, requester, row.status, row.priority, row.created_at, row.turns
        )
        for row, subject, requester in zip(rows, texts[::2], texts[1::2], strict=True)
    ]
    words = sought.casefold().split()
    return [line for line in lines if _says(line, words)] if words else lines


def ticket(desk: Desk, person: Person, reference: str) -> TicketView:
    """Return one thread as it came, redacted where the tenant's rules allow this person no more.

    `NotFound` for an unknown reference.
    """
    must_read(desk, person)
    raw, redacted = desk.records.tickets.raw(reference), desk.records.tickets.get(reference)
    if raw is None or redacted is None:
        raise NotFound(
            f"There is no ticket {reference} here.", todo="See `quietdesk tickets list`."
        )
    ticket_id = desk.records.tickets.id_of(reference) or ""
    with seeing(desk, person, ticket=ticket_id):
        return _thread(desk, person, raw, redacted)


def _thread(desk: Desk, person: Person, raw: RawTicket, redacted: Ticket) -> TicketView:
    def seen(as_it_came: RawText, as_redacted: RedactedText) -> ForPerson:
        if person.reads_raw:
            return show(as_it_came, person, desk.tenant.slug)
        return _masked(desk, person, as_redacted)

    turns = tuple(
        TurnView(
            as_it_came.at,
            seen(as_it_came.author, as_seen.author),
            as_it_came.role,
            seen(as_it_came.text, as_seen.text),
            as_seen.author,
            as_seen.text,
            as_seen.audience,
        )
        for as_it_came, as_seen in zip(raw.turns, redacted.turns, strict=True)
    )
    return TicketView(
        redacted.reference,
        seen(raw.subject, redacted.subject),
        redacted.subject,
        seen(raw.requester, redacted.requester),
        raw.status,
        raw.priority,
        raw.created_at,
        turns,
        redacted.kind,
        redacted.life,
        raw=person.reads_raw,
    )


def _masked(desk: Desk, person: Person, text: RedactedText) -> ForPerson:
    """Return redacted text for display, without a restored value."""
    return show_restored(desk.restorer.restore(text, ()), person, desk.tenant.slug)


def restored(desk: Desk, person: Person, text: RedactedText) -> ForPerson:
    """Return redacted text with identity restored, for a person of this tenant.

    It stays redacted where the tenant's rules restore nothing for this person.
    """
    return restored_all(desk, person, [text])[0]


def restored_all(desk: Desk, person: Person, texts: Sequence[RedactedText]) -> list[ForPerson]:
    """Restore several texts as `restored` does, with a single read of the vault."""
    must_read(desk, person)
    found = desk.restorer.restore_many(texts, None if person.restores else ())
    with seeing(desk, person):
        return [show_restored(each, person, desk.tenant.slug) for each in found]


def _says(line: TicketLine, words: Sequence[str]) -> bool:
    people = f"{line.subject.for_display()} {line.requester.for_display()}"
    said = f"{line.reference} {line.priority} {people}".casefold()
    return all(word in said for word in words)

"""Freshdesk: its account export (``helpdesk_ticket``), or its API's tickets with conversations.

Statuses and priorities are numbers; a desk may add statuses of its own, which count as open.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.flows.exports.own import Priority, called, known
from assistant.model import RawTicket, RawTurn, TicketStatus, TurnRole
from guardrails.detect.directory import KnownPerson
from guardrails.intake.exports import Export

_STATUS: Mapping[str | int, TicketStatus] = {
    2: TicketStatus.OPEN,
    3: TicketStatus.PENDING,
    4: TicketStatus.SOLVED,
    5: TicketStatus.CLOSED,
    6: TicketStatus.PENDING,  # waiting on the customer
    7: TicketStatus.PENDING,  # waiting on a third party
    "open": TicketStatus.OPEN,
    "pending": TicketStatus.PENDING,
    "resolved": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
_PRIORITY: Mapping[str | int, Priority] = {
    1: Priority.LOW,
    2: Priority.NORMAL,
    3: Priority.HIGH,
    4: Priority.URGENT,
    "low": Priority.LOW,
    "medium": Priority.NORMAL,
    "high": Priority.HIGH,
    "urgent": Priority.URGENT,
}
_WRAPPERS = ("helpdesk_ticket", "ticket")
_NOTES = ("conversations", "helpdesk_notes", "notes")
_CC = ("cc_emails", "reply_cc_emails", "fwd_emails")


def knows(fields: Export) -> bool:
    """Whether an object looks like Freshdesk's."""
    if fields.has("helpdesk_ticket"):
        return True
    ticket = fields.inner("ticket")
    marks = ("conversations", "description_text", "responder_id", "fr_due_by", "requester_name")
    return not fields.has("turns", "comments") and ticket.has(*marks)


def read(fields: Export) -> RawTicket | None:
    """Return the ticket, None for one that was deleted or is spam."""
    ticket = fields.inner(*_WRAPPERS)
    if ticket.is_true("deleted") or ticket.is_true("spam"):
        return None
    requester = _requester(ticket)
    responder = _responder(ticket)
    turns = (_first(ticket, requester), *(_turn(n, ticket) for n in ticket.objects(*_NOTES)))
    said = tuple(turn for turn in turns if turn.text)
    copied = ticket.object("cc_email")
    others = [each for name in _CC for each in (*ticket.mailboxes(name), *copied.mailboxes(name))]
    return RawTicket(
        reference=ticket.identifier("display_id" if ticket.has("display_id") else "id"),
        subject=ticket.said("subject"),
        status=ticket.word("status", _STATUS, TicketStatus.OPEN),
        priority=ticket.word("priority", _PRIORITY, Priority.NORMAL).value,
        created_at=ticket.time("created_at"),
        people=known(requester, [responder, *others], said),
        turns=said,
        requester=called(requester),
    )


def _first(ticket: Export, requester: KnownPerson) -> RawTurn:
    text = ticket.said("description_text", "description_html", "description")
    return RawTurn(ticket.time("created_at"), called(requester), TurnRole.REQUESTER, text)


def _turn(found: Export, ticket: Export) -> RawTurn:
    note = found.inner("helpdesk_note", "note")
    asked_by = ticket.number("requester_id") or ticket.object("requester").number("id")
    from_requester = asked_by is not None and note.number("user_id") == asked_by
    incoming = note.is_true("incoming") or from_requester
    internal = note.is_true("private")
    author = _requester(ticket) if from_requester else _sender(note, ticket, incoming=incoming)
    text = note.said(
        "body_text", "body", "body_html", before="Internal note:\n" if internal else ""
    )
    role = TurnRole.REQUESTER if incoming else TurnRole.AGENT
    return RawTurn(note.time("created_at"), called(author), role, text)


def _sender(note: Export, ticket: Export, *, incoming: bool) -> KnownPerson:
    """Return who wrote a note; of an agent's only the ticket's own responder has a name."""
    own = note.number("user_id") is not None
    if not incoming and own and note.number("user_id") == ticket.number("responder_id"):
        return _responder(ticket)
    sent = note.mailboxes("from_email") if incoming else []
    return sent[0] if sent else KnownPerson()


def _requester(ticket: Export) -> KnownPerson:
    nested = ticket.object("requester")
    given = nested if nested.has("name", "email") else ticket
    return KnownPerson(
        name=(given.said("name") or ticket.said("requester_name")) or None,
        email=given.said("email", "requester_email") or None,
        phone=given.said("phone", "mobile") or None,
    )


def _responder(ticket: Export) -> KnownPerson:
    nested = ticket.object("responder")
    nobody = not ticket.has("responder_id") and not nested.has("name")
    name = nested.said("name") or ticket.said("responder_name")
    # The export writes “No Agent” where there is none, and those are words of many sentences.
    return KnownPerson() if nobody else KnownPerson(name=name or None)

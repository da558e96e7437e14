"""Tickets in: a whole export is read before anything is kept, then each ticket is washed and kept.

A ticket is kept with its ledger row in one transaction, so an import that was killed is simply run
again: what is there already counts as unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.model import (
    RawTicket,
    RawTurn,
    Ticket,
    TicketStatus,
    Turn,
    TurnRole,
    new_id,
)
from guardrails import RawText, RedactedText
from guardrails.known import KnownPerson, KnownValues
from guardrails.parse import Fields, parse_lines
from guardrails.placeholders import count_by_type


class Priority(StrEnum):
    """How urgent a ticket is; a closed set, because it is kept in the open."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    new: int
    changed: int
    unchanged: int


def read_tickets(raw: RawText, name: str) -> Iterator[RawTicket]:
    """Yield the tickets of an export, one JSON object a line.

    `BadInput` names the first line that cannot be used, or that repeats a ticket.
    """
    seen: set[str] = set()
    for fields in parse_lines(raw, name):
        ticket = _ticket(fields)
        if ticket.reference in seen:
            raise BadInput(f"{fields.where}: the ticket {ticket.reference} stands there twice.")
        seen.add(ticket.reference)
        yield ticket


def import_tickets(desk: Desk, raw: RawText, name: str) -> Imported:
    """Wash and keep the tickets of an export; none is kept unless the whole file can be read."""
    done = Counter(_import(desk, ticket) for ticket in list(read_tickets(raw, name)))
    return Imported(done["new"], done["changed"], done["unchanged"])


def wash(desk: Desk, raw: RawTicket, ticket_id: str) -> Ticket:
    """Return a ticket as models and indexes may see it; its own people are masked throughout."""
    texts = [raw.subject, raw.requester]
    for turn in raw.turns:
        texts += (turn.author, turn.text)
    known = KnownValues.of_people(raw.people)
    washed = iter([each.text for each in desk.redactor.redact_many(texts, known=known)])
    return Ticket(
        id=ticket_id,
        reference=raw.reference,
        subject=next(washed),
        requester=next(washed),
        status=raw.status,
        priority=raw.priority,
        created_at=raw.created_at,
        turns=tuple(
            Turn(at=turn.at, author=next(washed), role=turn.role, text=next(washed))
            for turn in raw.turns
        ),
    )


def _import(desk: Desk, raw: RawTicket) -> str:
    tickets = desk.records.tickets
    known = tickets.id_of(raw.reference)
    washed = wash(desk, raw, known or new_id())  # slow, so outside the transaction
    with desk.records.transaction():
        known = tickets.id_of(raw.reference)  # somebody may have been faster
        if not tickets.put(raw, washed):
            return "unchanged"
        desk.ledger.append(
            "ticket.imported",
            ticket=known or washed.id,
            new=known is None,
            turns=len(washed.turns),
            policy=desk.tenant.policy.version,
            placeholders=_placeholders(washed),
        )
    return "changed" if known else "new"


def _placeholders(ticket: Ticket) -> dict[str, int]:
    texts: list[RedactedText] = [ticket.subject, ticket.requester]
    for turn in ticket.turns:
        texts += (turn.author, turn.text)
    total: Counter[str] = Counter()
    for text in texts:
        total.update(count_by_type(text.reveal()))
    return dict(total)


def _ticket(fields: Fields) -> RawTicket:
    requester = _person(fields.child("requester"))
    turns = tuple(map(_turn, fields.children("turns")))
    return RawTicket(
        reference=fields.identifier("id"),
        subject=fields.text("subject"),
        status=fields.choice("status", TicketStatus, TicketStatus.OPEN),
        priority=fields.choice("priority", Priority, Priority.NORMAL).value,
        created_at=fields.time("created_at"),
        people=tuple(_known(fields, requester, turns)),
        turns=turns,
        requester=requester.name or requester.email or requester.username or RawText(""),
    )


def _known(
    fields: Fields, requester: KnownPerson, turns: tuple[RawTurn, ...]
) -> Iterator[KnownPerson]:
    """Yield everybody and everything that the ticket's own fields name."""
    found = [requester, *map(_person, fields.children("contacts"))]
    found += map(_asset, fields.children("assets"))
    # A system is called by an everyday word; masked as a name, the word would go everywhere.
    found += (KnownPerson(name=turn.author) for turn in turns if turn.role is not TurnRole.SYSTEM)
    yield from (person for person in found if person.values())


def _turn(fields: Fields) -> RawTurn:
    return RawTurn(
        at=fields.time("at"),
        author=fields.text("author"),
        role=fields.choice("role", TurnRole, TurnRole.REQUESTER),
        text=fields.text("text"),
    )


def _person(fields: Fields) -> KnownPerson:
    return KnownPerson(
        name=fields.text("name") or None,
        email=fields.text("email") or None,
        phone=fields.text("phone") or None,
        username=fields.text("username") or None,
    )


def _asset(fields: Fields) -> KnownPerson:
    return KnownPerson(hosts=_present(fields, "hostname"), serials=_present(fields, "serial"))


def _present(fields: Fields, name: str) -> tuple[RawText, ...]:
    text = fields.text(name)
    return (text,) if text else ()

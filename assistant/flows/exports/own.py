"""Our own shape of a ticket: the one that an export from anywhere else is best turned into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from assistant.model import RawTicket, RawTurn, TicketStatus, TurnRole
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import Fields


class Priority(StrEnum):
    """How urgent a ticket is; a closed set, because it is kept in the open."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


def read(fields: Fields) -> RawTicket:
    """Return the ticket of one JSON object."""
    requester = person(fields.child("requester"))
    turns = tuple(map(turn, fields.children("turns")))
    others = [*map(person, fields.children("contacts")), *map(_asset, fields.children("assets"))]
    return RawTicket(
        reference=fields.identifier("id"),
        subject=fields.text("subject"),
        status=fields.choice("status", TicketStatus, TicketStatus.OPEN),
        priority=fields.choice("priority", Priority, Priority.NORMAL).value,
        created_at=fields.time("created_at"),
        people=known(requester, others, turns),
        turns=turns,
        requester=called(requester),
    )


def known(
    requester: KnownPerson, others: Iterable[KnownPerson], turns: Iterable[RawTurn]
) -> tuple[KnownPerson, ...]:
    """Return everybody and everything that a ticket's own fields name."""
    return tuple(each for each in (requester, *others, *_authors(turns)) if each.values())


def called(requester: KnownPerson) -> RawText:
    """Return what to call the requester."""
    return requester.name or requester.email or requester.username or RawText("")


def turn(fields: Fields) -> RawTurn:
    """Return one message."""
    return RawTurn(
        at=fields.time("at"),
        author=fields.text("author"),
        role=fields.choice("role", TurnRole, TurnRole.REQUESTER),
        text=fields.text("text"),
    )


def person(fields: Fields) -> KnownPerson:
    """Return a requester or a contact."""
    return KnownPerson(
        name=fields.text("name") or None,
        email=fields.text("email") or None,
        phone=fields.text("phone") or None,
        username=fields.text("username") or None,
    )


def _authors(turns: Iterable[RawTurn]) -> Iterator[KnownPerson]:
    # A system is called by an everyday word; masked as a name, the word would go everywhere.
    return (KnownPerson(name=each.author) for each in turns if each.role is not TurnRole.SYSTEM)


def _asset(fields: Fields) -> KnownPerson:
    return KnownPerson(hosts=_present(fields, "hostname"), serials=_present(fields, "serial"))


def _present(fields: Fields, name: str) -> tuple[RawText, ...]:
    text = fields.text(name)
    return (text,) if text else ()

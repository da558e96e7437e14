"""Our own ticket format: convert exports of other vendors to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import BeforeValidator, Field

from assistant.model import RawTicket, RawTurn, TicketKind, TicketStatus, TurnRole
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import EPOCH, Instant, Parsed, Reference, Schema
from ingestion.tickets.headers import Automatic
from ingestion.tickets.parts import (
    NOTHING,
    Body,
    Found,
    Priority,
    audience,
    called,
    closed,
    known,
    latest,
    words_of,
)

LOWER = BeforeValidator(lambda word: word.lower() if isinstance(word, str) else word)


class Person(Schema):
    """A requester or a contact."""

    name: RawText = NOTHING
    email: RawText = NOTHING
    phone: RawText = NOTHING
    username: RawText = NOTHING

    def known(self) -> KnownPerson:
        """Return the person to mask."""
        return KnownPerson(
            name=self.name or None,
            email=self.email or None,
            phone=self.phone or None,
            username=self.username or None,
        )


class Asset(Schema):
    """A device of the ticket."""

    hostname: RawText = NOTHING
    serial: RawText = NOTHING

    def known(self) -> KnownPerson:
        """Return its host name and serial number as a person to mask."""
        return KnownPerson(
            hosts=tuple(filter(None, [self.hostname])), serials=tuple(filter(None, [self.serial]))
        )


class Turn(Schema):
    """One message between the requester and the agents; a ``private`` one is for agents only."""

    at: Instant = EPOCH
    author: RawText = NOTHING
    role: Annotated[TurnRole, LOWER] = TurnRole.REQUESTER
    text: Body = NOTHING
    private: bool = False
    attachments: tuple[RawText, ...] = ()
    automatic: Automatic = Field(default=False, alias="headers")

    def raw(self) -> RawTurn:
        """Return the message."""
        role = TurnRole.SYSTEM if self.automatic else self.role
        text = words_of(self.text, self.attachments)
        return RawTurn(self.at, self.author, role, text, audience(private=self.private))


class Ticket(Schema):
    """One ticket."""

    id: Reference
    subject: RawText = NOTHING
    status: Annotated[TicketStatus, LOWER] = TicketStatus.OPEN
    priority: Annotated[Priority, LOWER] = Priority.NORMAL
    created_at: Instant = EPOCH
    updated_at: Instant = EPOCH
    closed_at: Instant = EPOCH
    kind: Annotated[TicketKind, LOWER] = TicketKind.TICKET
    requester: Person = Person()
    contacts: tuple[Person, ...] = ()
    assets: tuple[Asset, ...] = ()
    turns: tuple[Turn, ...] = ()
    automatic: Automatic = Field(default=False, alias="headers")

    def raw_turns(self) -> tuple[RawTurn, ...]:
        """Return the messages; the ticket's own headers are those of its first one."""
        turns = tuple(turn.raw() for turn in self.turns)
        if not (self.automatic and turns):
            return turns
        return (replace(turns[0], role=TurnRole.SYSTEM), *turns[1:])


def read(parsed: Parsed) -> Found:
    """Return the ticket of one JSON object. `BadInput` names the part that cannot be used."""
    given = parsed.into(Ticket)
    requester = given.requester.known()
    turns = given.raw_turns()
    others = [each.known() for each in (*given.contacts, *given.assets)]
    ticket = RawTicket(
        reference=str(given.id),
        subject=given.subject,
        status=given.status,
        priority=given.priority.value,
        created_at=given.created_at,
        people=known(requester, others, turns),
        turns=turns,
        requester=called(requester),
        kind=given.kind,
        closed_at=closed(given.status, given.closed_at, given.updated_at),
    )
    return Found(ticket, latest(ticket, given.updated_at), parsed.where)

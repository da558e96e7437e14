"""Tickets as CSV: one row for each message, the ticket's own fields on its first row.

Rows of one ticket follow each other and repeat its ``id``. Lists are separated by ``;``.
A message is for agents only if its ``private`` is ``true``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated, BinaryIO

from pydantic import BeforeValidator

from assistant.errors import BadInput
from assistant.model import RawTicket, RawTurn, TicketKind, TicketStatus, TurnRole
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import EPOCH, Instant, Reference, Schema
from guardrails.intake.stream import read_csv
from ingestion.tickets.ours import LOWER, Person
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
)

COLUMNS = (
    *("id", "subject", "kind", "status", "priority", "created_at", "closed_at"),
    *("requester_name", "requester_email", "requester_phone", "requester_username"),
    *("contacts", "hosts", "serials"),
    *("at", "author", "role", "text", "private"),
)


def _split(cell: object) -> object:
    parts = cell.split(";") if isinstance(cell, str) else []
    return [part.strip() for part in parts if part.strip()]


Listed = Annotated[tuple[RawText, ...], BeforeValidator(_split)]


class Line(Schema):
    """One row."""

    id: Reference
    subject: RawText = NOTHING
    status: Annotated[TicketStatus, LOWER] = TicketStatus.OPEN
    priority: Annotated[Priority, LOWER] = Priority.NORMAL
    created_at: Instant = EPOCH
    closed_at: Instant = EPOCH
    kind: Annotated[TicketKind, LOWER] = TicketKind.TICKET
    requester_name: RawText = NOTHING
    requester_email: RawText = NOTHING
    requester_phone: RawText = NOTHING
    requester_username: RawText = NOTHING
    contacts: Listed = ()
    hosts: Listed = ()
    serials: Listed = ()
    at: Instant = EPOCH
    author: RawText = NOTHING
    role: Annotated[TurnRole, LOWER] = TurnRole.REQUESTER
    text: Body = NOTHING
    private: bool = False


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield the tickets of a CSV file. `BadInput` names the line that cannot be used."""
    lines = ((parsed.into(Line), parsed.where) for parsed in read_csv(file, name, COLUMNS))
    try:
        for reference, rows in groupby(lines, key=lambda line: str(line[0].id)):
            (first, where), *more = rows
            yield _found(reference, first, [first, *(line for line, _ in more)], where)
    except BadInput as wrong:
        if not wrong.happened.startswith(f"{name}: the first line"):
            raise
        columns = ", ".join(COLUMNS)
        raise BadInput(
            f"{name}, line 1 is neither a ticket in JSON nor the columns of a CSV ({columns})."
        ) from None


def _found(reference: str, first: Line, lines: Sequence[Line], where: str) -> Found:
    requester = _requester(first)
    created = first.created_at
    turns = tuple(
        RawTurn(
            created if line.at == EPOCH else line.at,
            line.author,
            line.role,
            line.text,
            audience(private=line.private),
        )
        for line in lines
        if line.text
    )
    assets = KnownPerson(hosts=first.hosts, serials=first.serials)
    ticket = RawTicket(
        reference=reference,
        subject=first.subject,
        status=first.status,
        priority=first.priority.value,
        created_at=created,
        people=known(requester, [*(KnownPerson(name=x) for x in first.contacts), assets], turns),
        turns=turns,
        requester=called(requester),
        kind=first.kind,
        closed_at=closed(first.status, first.closed_at, EPOCH),
    )
    return Found(ticket, latest(ticket, EPOCH), where)


def _requester(first: Line) -> KnownPerson:
    return Person(
        name=first.requester_name,
        email=first.requester_email,
        phone=first.requester_phone,
        username=first.requester_username,
    ).known()

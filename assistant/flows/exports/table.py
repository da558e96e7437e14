"""Tickets as CSV: a row for each message, the ticket's own fields on its first row.

Rows of one ticket follow each other and repeat its ``id``. Lists are separated by ``;``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from assistant.errors import BadInput
from assistant.flows.exports.own import Priority, called, known, turn
from assistant.model import RawTicket, TicketStatus
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import Fields, parse_table

COLUMNS = (
    *("id", "subject", "status", "priority", "created_at"),
    *("requester_name", "requester_email", "requester_phone", "requester_username"),
    *("contacts", "hosts", "serials"),
    *("at", "author", "role", "text"),
)


def read(raw: RawText, name: str) -> Iterator[tuple[RawTicket, str]]:
    """Yield the tickets of a CSV file, each with where it stands."""
    try:
        rows = list(parse_table(raw, name, COLUMNS))
    except BadInput as wrong:
        if ", line " in wrong.happened:
            raise
        columns = ", ".join(COLUMNS)
        raise BadInput(
            f"{name}, line 1 is neither a ticket in JSON nor the columns of a CSV ({columns})."
        ) from None
    for reference, found in groupby(rows, key=lambda fields: fields.identifier("id")):
        first, *more = found
        yield _ticket(reference, first, more), first.where


def _ticket(reference: str, first: Fields, more: list[Fields]) -> RawTicket:
    requester = KnownPerson(
        name=first.text("requester_name") or None,
        email=first.text("requester_email") or None,
        phone=first.text("requester_phone") or None,
        username=first.text("requester_username") or None,
    )
    created = first.time("created_at")
    turns = [turn(fields) for fields in (first, *more) if fields.text("text")]
    undated = first.time("")  # what a missing time is read as
    turns = [replace(each, at=created) if each.at == undated else each for each in turns]
    contacts = [KnownPerson(name=each) for each in first.parts("contacts")]
    assets = KnownPerson(hosts=first.parts("hosts"), serials=first.parts("serials"))
    return RawTicket(
        reference=reference,
        subject=first.text("subject"),
        status=first.choice("status", TicketStatus, TicketStatus.OPEN),
        priority=first.choice("priority", Priority, Priority.NORMAL).value,
        created_at=created,
        people=known(requester, [*contacts, assets], turns),
        turns=tuple(turns),
        requester=called(requester),
    )

"""Ticket files of every shape to raw tickets: ours as JSON lines or CSV, Zendesk's, Freshdesk's.

The shape is told from each object itself, so nobody has to say what kind of export a file is.
``docs/importing.md`` writes the shapes down.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.errors import BadInput
from assistant.flows.exports import freshdesk, own, table, zendesk
from assistant.model import RawTicket
from guardrails import RawText
from guardrails.intake.exports import is_empty, is_json, parse_export

__all__ = ["read_tickets"]


def read_tickets(raw: RawText, name: str) -> Iterator[RawTicket]:
    """Yield the tickets of a file; those that were deleted or marked as spam are passed over.

    `BadInput` names the first line that cannot be used, or that repeats a ticket.
    """
    seen: set[str] = set()
    for ticket, where in _read(raw, name):
        if ticket.reference in seen:
            raise BadInput(f"{where}: the ticket {ticket.reference} stands there twice.")
        seen.add(ticket.reference)
        yield ticket


def _read(raw: RawText, name: str) -> Iterator[tuple[RawTicket, str]]:
    if is_empty(raw):
        return
    if not is_json(raw):
        yield from table.read(raw, name)
        return
    for fields, around in parse_export(raw, name):
        if freshdesk.knows(fields):
            ticket = freshdesk.read(fields)
        elif zendesk.knows(fields):
            ticket = zendesk.read(fields, around)
        else:
            ticket = own.read(fields)
        if ticket is not None:
            yield ticket, fields.where

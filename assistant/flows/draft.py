"""A ticket becomes a cited reply, for a person to review."""

from __future__ import annotations

from dataclasses import replace

from assistant.desk import Desk
from assistant.flows.checks import inspect, masked_again
from assistant.flows.queue import queue
from assistant.flows.tickets import redact_again
from assistant.model import (
    Draft,
    DraftKind,
    Finding,
    FindingKind,
    Ticket,
    TurnRole,
    Written,
)
from assistant.prompts import thread_of
from assistant.search.federated import documents_of
from assistant.search.filters import DocumentFilter
from assistant.search.quarantine import placed, quarantine
from assistant.search.reading import read_sections
from assistant.search.retrieve import retrieve
from guardrails import RedactedText, join, placeholders
from guardrails.identity.restore import placeholders_of


def draft_reply(desk: Desk, reference: str) -> Draft:
    """Draft a reply to one ticket and queue it. `NotFound` for an unknown reference."""
    ticket = redact_again(desk, reference)
    itself = desk.records.documents.document(ticket.id) is not None
    asked = question_of(ticket)
    found = retrieve(desk, asked, filters=DocumentFilter(but=ticket.id) if itself else None)
    read = read_sections(documents_of(desk), desk.ranker, asked, found) if found.answerable else ()
    safe = quarantine(desk.suspects, ticket, read)
    written = masked_again(desk, desk.writer.reply(safe.ticket, safe.passages))
    suspect = placed(safe.findings, written.body)
    inspected = _inspected(desk, ticket, written)
    ready = replace(
        inspected,
        findings=(*inspected.findings, *suspect),
        notes=(*inspected.notes, *found.notes),
    )
    return queue(desk, ticket, DraftKind.REPLY, ready)


def question_of(ticket: Ticket) -> RedactedText:
    """Return what the requester asks: the subject and their own words, first to last."""
    said = [turn.text for turn in ticket.turns if turn.role is TurnRole.REQUESTER]
    return join("\n", [ticket.subject, *said])


def _inspected(desk: Desk, ticket: Ticket, written: Written) -> Written:
    found = inspect(desk, written.body, origin=written.saw)
    borrowed = _from_passages(ticket, written)
    return replace(written, findings=(*written.findings, *found, *borrowed))


def _from_passages(ticket: Ticket, written: Written) -> list[Finding]:
    """Return a finding for each placeholder that is from the knowledge base, not the ticket."""
    mine = placeholders_of(thread_of(ticket)) | placeholders_of(ticket.requester)
    return [
        Finding(
            FindingKind.PERSONAL_DATA,
            each.start,
            each.end,
            "comes from the knowledge base, not from the ticket: may the requester know it?",
            blocks=False,
        )
        for each in placeholders.find(written.body.reveal())
        if each.placeholder not in mine and each.placeholder.number is not None
    ]

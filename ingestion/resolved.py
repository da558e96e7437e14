"""Resolved tickets as documents, where the tenant's policy allows it.

The agents' answers can be retrieved and quoted, under the question. Only redacted words are used,
and their placeholders are left out: a reply to one customer must never restore another's name.
Tickets of people who opted out of AI are not indexed.
Private notes are for agents only, in chunks of their own. The requester's words, which are the
title and the heading of every chunk, are for agents only too: see `assistant.search.audience`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.cutting import replaced
from assistant.desk import Desk
from assistant.flows.ai import opted_out
from assistant.model import (
    NO_TEXT,
    Audience,
    Chunk,
    Document,
    Ticket,
    TicketStatus,
    TurnRole,
    new_id,
)
from assistant.search.indexing import bring_in_step, index_chunks
from assistant.search.repeated import copied
from guardrails import RawText, RedactedText, Template, join
from guardrails.placeholders import find
from ingestion.blocks import blocks
from ingestion.chunks import TARGET
from ingestion.chunks import VERSION as CUT
from ingestion.origins import TICKETS, Origin

_RESOLVED = frozenset({TicketStatus.SOLVED, TicketStatus.CLOSED})
_SOURCE = Template("ticket #$reference")
_LEFT_OUT = Template("…").fill()
_QUOTED = re.compile(r"^[ \t]*>.*(?:\n|\Z)", re.MULTILINE)
_ASKED = 200
"""Characters of the question that are put above an answer, to find it by."""


@dataclass(frozen=True, slots=True)
class Brought:
    """How many tickets can be retrieved now, and how many were written or removed."""

    found: int
    written: int
    removed: int


class _Said(NamedTuple):
    number: int
    text: RedactedText
    audience: Audience


def bring_resolved(desk: Desk) -> Brought:
    """Index the resolved tickets, or remove all of them when the policy does not allow it."""
    allowed = desk.policy().rules.resolved_tickets
    wanted = {
        row.id: row.reference
        for row in desk.records.tickets.list()
        if allowed and row.status in _RESOLVED and not opted_out(desk, row.reference)
    }
    known = _known(desk)
    gone = sorted(known.keys() - wanted.keys())
    new = {
        key: (ticket, content)
        for key, reference in wanted.items()
        if (ticket := desk.records.tickets.get(reference)) is not None
        and (content := _content(desk, ticket)) != (known[key].content if key in known else "")
    }
    if gone or new:
        bring_in_step(desk)
    _remove(desk, gone)
    for ticket, content in new.values():
        _write(desk, ticket, content)
    return Brought(len(wanted), len(new), len(gone))


def withdraw_resolved(desk: Desk) -> None:
    """Remove the records of resolved tickets when the policy does not allow them.

    Nothing finds them from then on, even before `bring_resolved` removes the vectors.
    """
    if not desk.policy().rules.resolved_tickets:
        _forget(desk, sorted(_known(desk)))


def _known(desk: Desk) -> dict[str, Origin]:
    found = desk.records.documents.fingerprints().items()
    origins = ((key, Origin.read(fingerprint)) for key, fingerprint in found)
    return {key: origin for key, origin in origins if origin.root == TICKETS}


def _write(desk: Desk, ticket: Ticket, content: str) -> None:
    """Write in the order of an ingest: new vectors, then the record, then remove old vectors."""
    known = desk.records.documents.audiences().get(ticket.id)
    source = _SOURCE.fill(reference=desk.redactor.look_up(RawText(ticket.reference)).text)
    document = Document(
        ticket.id,
        source,
        _nobody(ticket.subject),
        Origin(content, "", TICKETS, ()).write(),
        desk.clock(),
        desk.tenant.policy.version,
        updated=max((turn.at for turn in ticket.turns), default=ticket.created_at),
        audience=known.audience if known and known.decided else Audience.CUSTOMER,
        audience_set=known is not None and known.decided,
    )
    asked = _asked(ticket)
    chunks = [
        Chunk(
            new_id(),
            ticket.id,
            at,
            asked,
            join("\n\n", [each.text for each in some]),
            some[0].number,
            some[-1].number,
            some[0].audience,
        )
        for at, some in enumerate(_packed(list(_said(ticket))))
    ]
    index_chunks(desk.embedder, desk.vectors, chunks, {document.id: document.title})
    with desk.records.transaction():
        replaced = desk.records.documents.remove([ticket.id])
        desk.records.documents.put(document, chunks)
        desk.ledger.append("indexed", tickets=1, chunks=len(chunks), replaced=len(replaced))
    desk.vectors.remove(replaced)


def _remove(desk: Desk, gone: Sequence[str]) -> None:
    desk.vectors.remove(_forget(desk, gone))


def _forget(desk: Desk, gone: Sequence[str]) -> Sequence[str]:
    """Remove the records of documents; return the ids of their chunks."""
    if not gone:
        return ()
    with desk.records.transaction():
        chunks = desk.records.documents.remove(gone)
        desk.ledger.append("unindexed", tickets=len(gone), chunks=len(chunks))
    return chunks


def _said(ticket: Ticket) -> Iterator[_Said]:
    """Yield the agents' answers in pieces, each with the number of its message in the thread.

    What an answer repeats of the requester's words is left out.
    """
    asked = [turn.text.reveal() for turn in ticket.turns if turn.role is TurnRole.REQUESTER]
    for number, turn in enumerate(ticket.turns, start=1):
        if turn.role is TurnRole.AGENT:
            text = _nobody(_without(turn.text, copied(turn.text.reveal(), asked)))
            for start, end in blocks(text.reveal(), TARGET):
                yield _Said(number, text.cut(start, end), turn.audience)


def _without(text: RedactedText, places: Sequence[tuple[int, int]]) -> RedactedText:
    """Return ``text`` without the given places; a line that is a quotation goes, too."""
    quoted = [found.span() for found in _QUOTED.finditer(text.reveal())]
    return replaced(text, ((*place, NO_TEXT) for place in sorted([*places, *quoted])))


def _asked(ticket: Ticket) -> RedactedText:
    """Return the beginning of the requester's first message."""
    text = _nobody(next(iter(ticket.asked), NO_TEXT))
    if len(text) <= _ASKED:
        return text
    space = text.reveal().rfind(" ", 0, _ASKED)
    return text.cut(0, space if space > 0 else _ASKED)


def _nobody(text: RedactedText) -> RedactedText:
    """Return ``text`` without its placeholders."""
    return replaced(text, ((found.start, found.end, _LEFT_OUT) for found in find(text.reveal())))


def _packed(said: Sequence[_Said]) -> Iterator[list[_Said]]:
    """Group messages of one audience while they fit."""
    group: list[_Said] = []
    for each in said:
        full = sum(len(one.text) for one in group) + len(each.text) > TARGET
        if group and (full or each.audience is not group[-1].audience):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _content(desk: Desk, ticket: Ticket) -> str:
    """Return a keyed hash of the parts of a ticket that would be indexed."""
    turns = (f"{turn.role} {turn.at} {turn.audience} {turn.text.reveal()}" for turn in ticket.turns)
    texts = "\x1f".join([CUT, ticket.reference, ticket.subject.reveal(), *turns])
    return desk.sealer.fingerprint_bytes(texts.encode("utf-8", "replace"))

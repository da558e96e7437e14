"""Forgetting for good: what is removed, and the vault's values that nothing else needs.

Bytes leave the disk when whoever calls does so inside `assistant.bootstrap.Home.erasing`. The
ledger keeps its rows: they hold ids, counts and keyed hashes, no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.errors import NotFound
from assistant.model import Draft, Ticket
from guardrails import RedactedText
from guardrails.placeholders import Placeholder, find


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten; ``quoting`` drafts of other tickets hold words of it still."""

    documents: int = 0
    chunks: int = 0
    tickets: int = 0
    drafts: int = 0
    values: int = 0
    quoting: int = 0


def forget_documents(desk: Desk, document_ids: Sequence[str]) -> Forgotten:
    """Forget documents, their chunks and vectors, and the values that stood there alone."""
    store = desk.records.documents
    with desk.records.transaction():
        known = [each for each in map(store.document, document_ids) if each is not None]
        chunks = [chunk for each in known for chunk in store.chunks_of(each.id)]
        texts = [text for each in known for text in (each.source, each.title)]
        texts += [text for chunk in chunks for text in (chunk.heading, chunk.text)]
        gone = store.remove([each.id for each in known])
        values = _shred(desk, texts)
        desk.ledger.append("forgotten", documents=len(known), chunks=len(gone), values=values)
    desk.vectors.remove(gone)
    ids = {each.id for each in known}
    quoting = [each for each in desk.records.drafts.list() if ids & _cited(each)]
    return Forgotten(documents=len(known), chunks=len(gone), values=values, quoting=len(quoting))


def forget_ticket(desk: Desk, reference: str) -> Forgotten:
    """Forget a ticket, its drafts and replies, and the values that stood there alone.

    `NotFound` when there is none of that reference.
    """
    with desk.records.transaction():
        ticket = desk.records.tickets.get(reference)
        if ticket is None:
            raise NotFound(f"There is no ticket {reference}.")
        raw = desk.records.tickets.raw(reference)
        fields = [desk.redactor.learnt(raw.people)] if raw else []
        drafts = desk.records.drafts.remove_of(ticket.id)
        desk.records.tickets.remove(reference)
        chunks = desk.records.documents.remove([ticket.id])  # a resolved one is one of them too
        texts = [
            *fields,
            *_of_ticket(ticket),
            *(text for each in drafts for text in _of_draft(each)),
        ]
        values = _shred(desk, texts)
        desk.ledger.append("forgotten", tickets=1, drafts=len(drafts), values=values)
    if chunks:
        desk.vectors.remove(chunks)
    quoting = sum(ticket.id in _cited(each) for each in desk.records.drafts.list())
    return Forgotten(tickets=1, drafts=len(drafts), values=values, quoting=quoting)


def _shred(desk: Desk, gone: Iterable[RedactedText]) -> int:
    """Erase the values whose placeholders stood in ``gone`` and stand in nothing that is kept."""
    alone = _placeholders(gone)
    for text in _kept(desk) if alone else ():
        alone -= _placeholders([text])
    numbered = sorted((each.type, each.number) for each in alone if each.number is not None)
    return desk.records.vault.forget(numbered)


def _kept(desk: Desk) -> Iterator[RedactedText]:
    """Yield every redacted text that is kept, and the placeholders of the tickets' fields."""
    records = desk.records
    for document in records.documents.documents():
        yield from (document.source, document.title)
    for chunk in records.documents.chunks():
        yield from (chunk.heading, chunk.text)
    for row in records.tickets.list():
        ticket = records.tickets.get(row.reference)
        yield from _of_ticket(ticket) if ticket else ()
        raw = records.tickets.raw(row.reference)
        yield desk.redactor.learnt(raw.people if raw else ())
    for draft in records.drafts.list():
        yield from _of_draft(draft)
    for gap in records.gaps.list():
        yield gap.question


def _of_ticket(ticket: Ticket) -> Iterator[RedactedText]:
    yield from (ticket.subject, ticket.requester)
    for turn in ticket.turns:
        yield from (turn.author, turn.text)


def _of_draft(draft: Draft) -> tuple[RedactedText, ...]:
    written = draft.written
    cited = (text for each in written.citations for text in (each.source, each.title, each.heading))
    return (written.saw, written.said, written.body, *cited)


def _cited(draft: Draft) -> set[str]:
    return {each.document_id for each in draft.written.citations}


def _placeholders(texts: Iterable[RedactedText]) -> set[Placeholder]:
    return {found.placeholder for text in texts for found in find(text.reveal())}

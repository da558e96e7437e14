"""Forgetting documents and tickets, and the vault's values that nothing else needs.

A database query finds the values that are still needed, without opening texts, so that the write
lock is held only for the deletion, however many records there are. Bytes leave the disk when the
caller does this inside `assistant.bootstrap.Home.erasing`. The ledger keeps its rows: they hold
ids, counts and keyed hashes, no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.errors import NotFound
from guardrails import RedactedText
from guardrails.identity.restore import placeholders_of


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten; ``quoting`` drafts of other tickets still quote it."""

    documents: int = 0
    chunks: int = 0
    tickets: int = 0
    drafts: int = 0
    values: int = 0
    quoting: int = 0


def forget_documents(desk: Desk, document_ids: Sequence[str]) -> Forgotten:
    """Forget documents, their chunks and vectors, and the values that occurred only there."""
    store = desk.records.documents
    desk.records.uses.complete(desk.redactor.learnt)
    with desk.records.transaction():
        known = store.documents(document_ids)
        chunks = [chunk for each in known for chunk in store.chunks_of(each.id)]
        gone = store.remove([each.id for each in known])
        for each in known:
            desk.records.honest.forget(each.id)
        values = _shred(desk, (text for each in (*known, *chunks) for text in each.texts))
        desk.ledger.append("forgotten", documents=len(known), chunks=len(gone), values=values)
    desk.vectors.remove(gone)
    quoting = desk.records.drafts.citing({each.id for each in known})
    return Forgotten(documents=len(known), chunks=len(gone), values=values, quoting=quoting)


def forget_ticket(desk: Desk, reference: str) -> Forgotten:
    """Forget a ticket, its drafts and replies, and the values that occurred only there.

    `NotFound` for an unknown reference.
    """
    desk.records.uses.complete(desk.redactor.learnt)
    with desk.records.transaction():
        ticket = desk.records.tickets.get(reference)
        if ticket is None:
            raise NotFound(f"There is no ticket {reference}.")
        raw = desk.records.tickets.raw(reference)
        fields = desk.redactor.learnt(raw.people if raw else ())
        drafts = desk.records.drafts.remove_of(ticket.id)
        desk.records.tickets.remove(reference)
        desk.records.honest.forget(ticket.id)
        chunks = desk.records.documents.remove([ticket.id])  # a resolved ticket is a document too
        written = (text for each in drafts for text in each.written.texts)
        values = _shred(desk, [fields, *ticket.texts, *written])
        desk.ledger.append("forgotten", tickets=1, drafts=len(drafts), values=values)
    if chunks:
        desk.vectors.remove(chunks)
    quoting = desk.records.drafts.citing({ticket.id})
    return Forgotten(tickets=1, drafts=len(drafts), values=values, quoting=quoting)


def _shred(desk: Desk, gone: Iterable[RedactedText]) -> int:
    """Erase the values whose placeholders occur in ``gone`` and in no stored record."""
    found = {placeholder for text in gone for placeholder in placeholders_of(text)}
    alone = found - desk.records.uses.used(found)
    numbered = sorted((each.type, each.number) for each in alone if each.number is not None)
    return desk.records.vault.forget(numbered)

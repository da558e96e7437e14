"""Ticket import: a whole export is parsed first, then each ticket is redacted and stored.

A ticket is kept with its ledger row in one transaction, so an import that was killed is simply run
again: what is there already counts as unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.flows.checks import ticket_of
from assistant.flows.exports import read_tickets
from assistant.model import RawTicket, Ticket, Turn, new_id
from guardrails import RawText, RedactedText, Template, join
from guardrails.detect.directory import KnownValues
from guardrails.placeholders import count_by_type
from guardrails.threads import repeated, said

__all__ = ["Imported", "import_tickets", "read_tickets", "redact", "redact_again"]

_QUOTED = Template("[quoted from above]")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    new: int
    changed: int
    unchanged: int


def import_tickets(
    desk: Desk, raw: RawText, name: str, *, progress: Callable[[int, int], None] | None = None
) -> Imported:
    """Redact and keep the tickets of an export; none is kept unless the whole file can be read.

    ``progress`` is told before each ticket how many are done, and of how many.
    """
    tickets = list(read_tickets(raw, name))
    done: Counter[str] = Counter()
    for at, ticket in enumerate(tickets):
        if progress is not None:
            progress(at, len(tickets))
        done[_import(desk, ticket)] += 1
    return Imported(done["new"], done["changed"], done["unchanged"])


def redact(desk: Desk, raw: RawTicket, ticket_id: str) -> Ticket:
    """Return a ticket as models and indexes may see it; its own people are masked throughout."""
    texts = [raw.subject, raw.requester]
    for turn in raw.turns:
        texts += (turn.author, turn.text)
    known = KnownValues.of_people(raw.people)
    subject, requester, *turns = (
        each.text for each in desk.redactor.redact_many(texts, known=known)
    )
    desk.redactor.learn(raw.people)
    bodies = _without_repeats(turns[1::2])
    return Ticket(
        id=ticket_id,
        reference=raw.reference,
        subject=subject,
        requester=requester,
        status=raw.status,
        priority=raw.priority,
        created_at=raw.created_at,
        turns=tuple(
            Turn(at=turn.at, author=author, role=turn.role, text=text)
            for turn, author, text in zip(raw.turns, turns[::2], bodies, strict=True)
        ),
    )


def redact_again(desk: Desk, reference: str) -> Ticket:
    """Return a ticket as it is redacted now, and keep it so; `NotFound` for an unknown reference.

    What the tenant told or decided since it came counts from here on. A ticket that is not kept as
    it came stays as it is, and so does one that somebody brings in again meanwhile.
    """
    kept = ticket_of(desk, reference)
    raw = desk.records.tickets.raw(reference)
    redacted = kept if raw is None else redact(desk, raw, kept.id)
    if raw is None or redacted == kept:
        return kept
    with desk.records.transaction():
        if (now := ticket_of(desk, reference)) != kept:
            return now
        desk.records.tickets.put(raw, redacted)
        desk.ledger.append(
            "ticket.redacted",
            ticket=kept.id,
            policy=desk.tenant.policy.version,
            placeholders=_placeholders(redacted),
        )
    return redacted


def _import(desk: Desk, raw: RawTicket) -> str:
    tickets = desk.records.tickets
    known = tickets.id_of(raw.reference)
    redacted = redact(desk, raw, known or new_id())  # slow, so outside the transaction
    with desk.records.transaction():
        known = tickets.id_of(raw.reference)  # somebody may have been faster
        if not tickets.put(raw, redacted):
            return "unchanged"
        desk.ledger.append(
            "ticket.imported",
            ticket=known or redacted.id,
            new=known is None,
            turns=len(redacted.turns),
            policy=desk.tenant.policy.version,
            placeholders=_placeholders(redacted),
        )
    return "changed" if known else "new"


def _without_repeats(texts: Sequence[RedactedText]) -> Iterator[RedactedText]:
    """Yield messages, what they only quote from the ones before said to be so.

    A thread of ten replies holds its first message ten times; a model that reads it ten times takes
    it for ten complaints.
    """
    earlier: frozenset[str] = frozenset()
    for redacted in texts:
        text = redacted.reveal()
        parts: list[RedactedText] = []
        at = 0
        for gone in repeated(text, earlier):
            if text[at : gone.start].strip():
                parts.append(redacted.cut(at, len(text[: gone.start].rstrip())))
            parts.append(_QUOTED.fill())
            at = max(at, gone.end)
        if parts and text[at:].strip():
            parts.append(redacted.cut(len(text) - len(text[at:].lstrip()), len(text)))
        earlier |= said(text)
        yield join("\n\n", parts) if parts else redacted


def _placeholders(ticket: Ticket) -> dict[str, int]:
    texts: list[RedactedText] = [ticket.subject, ticket.requester]
    for turn in ticket.turns:
        texts += (turn.author, turn.text)
    total: Counter[str] = Counter()
    for text in texts:
        total.update(count_by_type(text.reveal()))
    return dict(total)

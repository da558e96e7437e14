"""Tickets: each is redacted and kept, and can be redacted again when the tenant knows more.

A ticket is kept with its ledger row in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.desk import Desk
from assistant.flows.checks import ticket_of
from assistant.model import RawTicket, Ticket, Turn, new_id
from assistant.threads import repeats
from guardrails import RawText, RedactedText, Redaction, Template, join
from guardrails.detect.directory import KnownValues
from guardrails.identity.regions import Region, cut, locate
from guardrails.placeholders import count_by_type

__all__ = ["keep", "redact", "redact_again"]

_QUOTED = Template("[quoted from above]")


def redact(desk: Desk, raw: RawTicket, ticket_id: str) -> Ticket:
    """Return a ticket as models and indexes may see it; its own people are masked throughout."""
    texts = [raw.subject, raw.requester]
    for turn in raw.turns:
        texts += (turn.author, turn.text)
    known = KnownValues.of_people(raw.people)
    subject, requester, *turns = desk.redactor.redact_many(texts, known=known)
    desk.redactor.learn(raw.people)
    bodies = _without_repeats([turn.text for turn in raw.turns], turns[1::2])
    return Ticket(
        id=ticket_id,
        reference=raw.reference,
        subject=subject.text,
        requester=requester.text,
        status=raw.status,
        priority=raw.priority,
        created_at=raw.created_at,
        turns=tuple(
            Turn(at=turn.at, author=author.text, role=turn.role, text=text)
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
    fields = desk.redactor.learnt(raw.people)
    with desk.records.transaction():
        if (now := ticket_of(desk, reference)) != kept:
            return now
        desk.records.tickets.put(raw, redacted, fields)
        desk.ledger.append(
            "ticket.redacted",
            ticket=kept.id,
            policy=desk.tenant.policy.version,
            placeholders=_placeholders(redacted),
        )
    return redacted


def keep(desk: Desk, raw: RawTicket) -> str:
    """Redact and keep a ticket; return whether it is new, changed or unchanged."""
    tickets = desk.records.tickets
    known = tickets.id_of(raw.reference)
    redacted = redact(desk, raw, known or new_id())  # slow, so outside the transaction
    fields = desk.redactor.learnt(raw.people)
    with desk.records.transaction():
        known = tickets.id_of(raw.reference)  # somebody may have been faster
        if not tickets.put(raw, redacted, fields):
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


def _without_repeats(raws: Sequence[RawText], redacted: Sequence[Redaction]) -> list[RedactedText]:
    """Return messages; what they only quote from the ones before is said to be so.

    A thread of ten replies holds its first message ten times; a model that reads it ten times takes
    it for ten complaints. Quotations are found in the text as it came, because a mask may take
    away what they are recognised by.
    """
    quoted = locate(raws, repeats)
    parts = zip(redacted, raws, quoted, strict=True)
    return [_set_aside(text, len(raw), gone) if gone else text.text for text, raw, gone in parts]


def _set_aside(text: Redaction, length: int, gone: Sequence[Region]) -> RedactedText:
    parts: list[RedactedText] = []
    at = 0
    for start, end in gone:
        parts += [cut(text, at, start), _QUOTED.fill()]
        at = max(at, end)
    return join("\n\n", [part for part in (*parts, cut(text, at, length)) if part])


def _placeholders(ticket: Ticket) -> dict[str, int]:
    texts: list[RedactedText] = [ticket.subject, ticket.requester]
    for turn in ticket.turns:
        texts += (turn.author, turn.text)
    total: Counter[str] = Counter()
    for text in texts:
        total.update(count_by_type(text.reveal()))
    return dict(total)

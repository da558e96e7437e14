"""Tickets: each is redacted and stored, and can be redacted again when the tenant declares more.

A ticket is stored with its ledger row in one transaction.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import LiteralString

from assistant.desk import Desk
from assistant.flows.ai import is_noted
from assistant.flows.checks import ticket_of
from assistant.language import language_in
from assistant.model import (
    DONE,
    NOTE_MARK,
    Audience,
    Life,
    RawTicket,
    RawTurn,
    Ticket,
    TicketRow,
    Turn,
    TurnRole,
    new_id,
)
from assistant.threads import repeats
from assistant.threads.automatic import WITHDRAWN, Mail, desk_mail_kind, mail_kind
from assistant.threads.senders import SenderKind, sender_kind
from guardrails import RawText, RedactedText, Redaction, Template, join, join_raw
from guardrails.detect.directory import KnownValues
from guardrails.identity.destroyed import without_secrets
from guardrails.identity.regions import Region, classify, cut, locate
from guardrails.identity.restore import placeholders_of
from guardrails.placeholders import Placeholder, count_by_type
from guardrails.spans import EntityType

__all__ = ["Kept", "destroy_kept_secrets", "keep", "redact", "redact_again", "withdraw"]

_BATCH = 100
_OPEN, _CLOSE = RawText(" <"), RawText(">")
_QUOTED = Template("[quoted from above]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A ticket as it is stored: ``raw`` without its secrets, and ``redacted``.

    ``fields`` holds the placeholders of its people's fields.
    """

    raw: RawTicket
    redacted: Ticket
    fields: RedactedText


def redact(desk: Desk, raw: RawTicket, ticket_id: str) -> Kept:
    """Return a ticket as it is stored; its own people are masked throughout."""
    texts = [raw.subject, raw.requester]
    for turn in raw.turns:
        texts += (turn.author, turn.text)
    known = KnownValues.of_people(raw.people)
    done = desk.redactor.redact_many(texts, known=known)
    kept = _without_secrets(raw, done, desk.redactor.secrets_of(raw.people))
    if any(one is not other for one, other in zip(raw.people, kept.people, strict=True)):
        return redact(desk, kept, ticket_id)  # so that redacting it again gives the same text
    fields = desk.redactor.learn(raw.people)
    sender = _sender(raw)
    subject, requester, *turns = done
    bodies = _without_repeats([turn.text for turn in raw.turns], turns[1::2])
    redacted = Ticket(
        id=ticket_id,
        reference=raw.reference,
        subject=subject.text,
        requester=requester.text,
        status=raw.status,
        priority=raw.priority,
        created_at=raw.created_at,
        turns=tuple(
            Turn(
                at=turn.at,
                author=author.text,
                role=turn.role,
                text=text,
                audience=_readers(turn, text),
                mail=mail,
            )
            for turn, author, text, mail in zip(
                raw.turns, turns[::2], bodies, _mail(raw, sender), strict=True
            )
        ),
        sender=sender,
        digest=_digest(desk, kept),
        redaction=desk.redaction(),
        kind=raw.kind,
    )
    return Kept(kept, redacted, fields)


def _readers(turn: RawTurn, text: RedactedText) -> Audience:
    """Return who may read a turn; earlier versions marked private notes in their text alone."""
    return Audience.AGENT if text.reveal().startswith(NOTE_MARK) else turn.audience


def redact_again(desk: Desk, reference: str) -> Ticket:
    """Redact a ticket again, store and return it. `NotFound` for an unknown reference.

    People and terms that were declared since its import apply to it now. A ticket that was redacted
    by what redacts it now, or has no raw side, is left unchanged, and so is one that is imported
    again meanwhile.
    """
    kept = ticket_of(desk, reference)
    if kept.redaction and kept.redaction == desk.redaction():
        return kept
    raw = desk.records.tickets.raw(reference)
    if raw is None:
        return kept
    now = redact(desk, raw, kept.id)
    with desk.records.transaction():
        if (other := ticket_of(desk, reference)) != kept:
            return other
        desk.records.tickets.put(now.raw, now.redacted, now.fields)
        if now.redacted != kept:
            _append(desk, "ticket.redacted", now.redacted)
    return replace(now.redacted, life=kept.life)


def destroy_kept_secrets(desk: Desk, before: Callable[[], None]) -> None:
    """Destroy the secrets in tickets that an earlier version stored with them.

    ``before`` is called before the first of them is replaced: its old bytes are on the disk until
    they are erased. After a kill, the next run does only the rest.
    """
    waiting = desk.records.tickets.with_secrets()
    for at in range(0, len(waiting), _BATCH):
        found = [_stored(desk, reference) for reference in waiting[at : at + _BATCH]]
        stored = [each for each in found if each is not None]
        named = desk.redactor.secrets_of(each for one in stored for each in one.raw.people)
        cleaned = [_cleaned(desk, each, before, named=bool(named)) for each in stored]
        with desk.records.transaction():
            for each in cleaned:
                _replace(desk, each)


def _stored(desk: Desk, reference: str) -> Kept | None:
    raw, redacted = desk.records.tickets.raw(reference), desk.records.tickets.get(reference)
    if raw is None or redacted is None:
        return None
    return Kept(raw, redacted, desk.redactor.learnt(raw.people))


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """A ticket as an earlier version stored it, as it is kept now, and values that held a secret.

    The values go from the vault even where a draft still names them: it cannot be released then.
    """

    stored: Kept
    kept: Kept
    values: frozenset[Placeholder] = frozenset()


def _cleaned(desk: Desk, stored: Kept, before: Callable[[], None], *, named: bool) -> _Cleaned:
    """Return a stored ticket without its secrets; the redacted side shows if its texts have any.

    ``named`` says whether a field of its people may hold one.
    """
    if EntityType.SECRET not in _placeholders(stored.redacted) and not (
        named and desk.redactor.secrets_of(stored.raw.people)
    ):
        return _Cleaned(stored, stored)
    before()
    kept = redact(desk, stored.raw, stored.redacted.id)
    gone = _names(stored) - _names(kept)
    return _Cleaned(stored, kept, desk.redactor.with_secrets(gone))


def _names(kept: Kept) -> frozenset[Placeholder]:
    texts = (kept.fields, *kept.redacted.texts)
    return frozenset(name for text in texts for name in placeholders_of(text))


def _replace(desk: Desk, cleaned: _Cleaned) -> None:
    tickets, stored, kept = desk.records.tickets, cleaned.stored, cleaned.kept
    if tickets.get(kept.raw.reference) != stored.redacted:
        return  # imported again meanwhile, and so without secrets
    if tickets.put(kept.raw, kept.redacted, kept.fields) and kept is not stored:
        gone = [(each.type, each.number) for each in cleaned.values if each.number is not None]
        desk.records.vault.forget(gone)
        _append(desk, "ticket.secrets_destroyed", kept.redacted)


def keep(desk: Desk, raw: RawTicket) -> str:
    """Redact and store a ticket; return whether it is new, changed or unchanged."""
    tickets = desk.records.tickets
    known = tickets.id_of(raw.reference)
    kept = redact(desk, raw, known or new_id())  # slow, so outside the transaction
    with desk.records.transaction():
        before = tickets.row(raw.reference)  # another import may have stored it meanwhile
        redacted = replace(kept.redacted, life=_life(raw, before, desk.clock()))
        if not tickets.put(kept.raw, redacted, kept.fields):
            return "unchanged"
        desk.ledger.append(
            "ticket.imported",
            ticket=before.id if before else redacted.id,
            new=before is None,
            turns=len(kept.redacted.turns),
            placeholders=_placeholders(kept.redacted),
            opted_out=is_noted(desk, kept.raw),
        )
    return "changed" if before else "new"


def _life(raw: RawTicket, before: TicketRow | None, now: datetime) -> Life:
    """Return the times of a ticket that is stored ``now``; those of before hold where they can.

    A ticket that was closed before and has no new message was closed when that was first known: a
    later export that only tells of its last change does not move it.
    """
    known = before.life if before else None
    closed = min(raw.closed_at or now, now) if raw.status in DONE else None
    if closed and known and known.closed_at and before and before.turns == len(raw.turns):
        closed = known.closed_at
    return Life(known.received_at if known else now, now, closed)


def withdraw(desk: Desk, reference: str, mail: Mail) -> str:
    """Note in a stored ticket that the helpdesk calls it spam or deleted, so nothing answers it.

    Returns ``changed`` or, for a ticket that is not stored or has the note, ``unchanged``.
    """
    kept, raw = desk.records.tickets.get(reference), desk.records.tickets.raw(reference)
    if kept is None or raw is None:
        return "unchanged"
    last = kept.turns[-1] if kept.turns else None
    if last and (last.role, last.mail) == (TurnRole.SYSTEM, mail):
        return "unchanged"
    at = last.at if last else raw.created_at
    note = RawTurn(at, RawText(""), TurnRole.SYSTEM, RawText(WITHDRAWN[mail]), Audience.AGENT)
    return keep(desk, replace(raw, turns=(*raw.turns, note)))


def _sender(raw: RawTicket) -> SenderKind:
    """Return what the requester is, by name and address; nothing else is learnt from them."""
    email = raw.people[0].email if raw.requester and raw.people else None
    parts = [raw.requester, _OPEN, email, _CLOSE] if email else [raw.requester]
    (kind,) = classify([join_raw(parts)], SenderKind, lambda texts: [*map(sender_kind, texts)])
    return kind


def _mail(raw: RawTicket, sender: SenderKind) -> list[Mail]:
    """Return what each turn is; nothing else is learnt from their texts."""
    roles = [turn.role for turn in raw.turns]
    first = roles.index(TurnRole.REQUESTER) if TurnRole.REQUESTER in roles else -1

    def judge(texts: Sequence[str]) -> list[Mail]:
        subject, *said = texts
        kinds = [
            mail_kind(
                subject,
                text,
                language=language_in(f"{subject}\n{text}"),
                opens=at == first,
                unmanned=sender is SenderKind.NO_REPLY,
            )
            if role is TurnRole.REQUESTER
            else desk_mail_kind(text)
            for at, (role, text) in enumerate(zip(roles, said, strict=True))
        ]
        return [Mail.PERSON, *kinds]

    return classify([raw.subject, *(turn.text for turn in raw.turns)], Mail, judge)[1:]


def _digest(desk: Desk, raw: RawTicket) -> str:
    """Return a keyed hash of the texts of a thread, as 64 hexadecimal digits."""
    said = "\n".join(desk.sealer.fingerprint(turn.text) for turn in raw.turns)
    return hashlib.sha256(said.encode()).hexdigest()


def _without_secrets(
    raw: RawTicket, done: Sequence[Redaction], fields: Sequence[RawText]
) -> RawTicket:
    """Return ``raw`` as it may be stored; ``done`` are its subject, requester, authors and texts.

    ``fields`` are the secrets in the fields of its people, where those of the requester's and an
    author's name occur as well.
    """
    subject, requester, *turns = done
    inside = [secret for each in (requester, *turns[::2]) for secret in each.secrets]
    named = [*inside, *fields]
    return replace(
        raw,
        subject=subject.kept,
        requester=requester.kept,
        people=tuple(without_secrets(person, named) for person in raw.people),
        turns=tuple(
            replace(turn, author=author.kept, text=text.kept)
            for turn, author, text in zip(raw.turns, turns[::2], turns[1::2], strict=True)
        ),
    )


def _append(desk: Desk, kind: LiteralString, ticket: Ticket) -> None:
    desk.ledger.append(
        kind,
        ticket=ticket.id,
        placeholders=_placeholders(ticket),
    )


def _without_repeats(raws: Sequence[RawText], redacted: Sequence[Redaction]) -> list[RedactedText]:
    """Return redacted messages; quotations of earlier ones are replaced by a note.

    A thread of ten replies contains its first message ten times, which a model takes for ten
    complaints. Quotations are found in the raw text, because redaction may remove what they are
    recognised by.
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

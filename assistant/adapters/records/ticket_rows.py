"""Tickets to rows and back.

Each turn is bound to its position and to their number, so that a thread with a turn removed, added
or moved cannot be opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from assistant.adapters.records import people
from assistant.adapters.records.cells import Cells, frame, unframe
from assistant.adapters.records.scope import Scope
from assistant.model import (
    NOTE_MARK,
    Audience,
    Life,
    RawTicket,
    RawTurn,
    Ticket,
    TicketKind,
    TicketRow,
    TicketStatus,
    Turn,
    TurnRole,
)
from assistant.threads.automatic import Mail
from assistant.threads.senders import SenderKind
from guardrails import RawText, RedactedText
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownPerson

WITHOUT_SECRETS = "s"
"""The first character of the fingerprint of a ticket whose raw side was stored without secrets.

Earlier versions stored the raw side with them; their fingerprints are hexadecimal digits alone.
"""


def ticket_row(scope: Scope, ticket_id: str, raw: RawTicket, redacted: Ticket) -> dict[str, Any]:
    """Return the row of a ticket; one without a `Life` keeps that which is stored."""
    cells = scope.cells("tickets", ticket_id)
    return scope.row(
        id=ticket_id,
        reference=redacted.reference,
        policy_version=scope.policy_version,
        fingerprint=fingerprint(scope.sealer, raw, redacted),
        status=redacted.status.value,
        priority=redacted.priority,
        created_at=redacted.created_at,
        turns=len(redacted.turns),
        subject=cells.seal_redacted("subject", redacted.subject),
        requester=cells.seal_redacted("requester", redacted.requester),
        raw_subject=cells.seal_raw("raw_subject", raw.subject),
        raw_requester=cells.seal_raw("raw_requester", raw.requester),
        raw_people=_seal_people(scope, ticket_id, raw.people),
        sender=redacted.sender.value,
        digest=redacted.digest,
        redaction=redacted.redaction,
        kind=redacted.kind.value,
        **_life_values(redacted.life),
    )


def _life_values(life: Life | None) -> dict[str, Any]:
    if life is None:
        return {}
    return {
        "received_at": life.received_at,
        "changed_at": life.changed_at,
        "closed_at": life.closed_at,
    }


def turn_rows(
    scope: Scope, ticket_id: str, raw: RawTicket, redacted: Ticket
) -> list[dict[str, Any]]:
    """Return the rows of a ticket's turns. `ValueError` if the two threads differ in length."""
    pairs = list(zip(raw.turns, redacted.turns, strict=True))
    rows: list[dict[str, Any]] = []
    for at, (before, after) in enumerate(pairs):
        cells = _turn_cells(scope, ticket_id, at, len(pairs), scope.policy_version)
        rows.append(
            scope.row(
                ticket_id=ticket_id,
                ordinal=at,
                at=after.at,
                role=after.role.value,
                author=cells.seal_redacted("author", after.author),
                text=cells.seal_redacted("text", after.text),
                raw_author=cells.seal_raw("raw_author", before.author),
                raw_text=cells.seal_raw("raw_text", before.text),
                audience=after.audience.value,
                mail=after.mail.value,
            )
        )
    return rows


def listed(scope: Scope, row: Row[Any]) -> TicketRow:
    """Return a ticket as lists show it."""
    cells = scope.cells("tickets", row.id, row.policy_version)
    return TicketRow(
        id=row.id,
        reference=row.reference,
        subject=cells.open_redacted("subject", row.subject),
        requester=cells.open_redacted("requester", row.requester),
        status=TicketStatus(row.status),
        priority=row.priority,
        created_at=row.created_at,
        turns=row.turns,
        kind=TicketKind(row.kind),
        life=_life(row),
    )


def redacted_ticket(scope: Scope, row: Row[Any], turns: Sequence[Row[Any]]) -> Ticket:
    """Return a redacted ticket."""
    head = listed(scope, row)
    return Ticket(
        id=head.id,
        reference=head.reference,
        subject=head.subject,
        requester=head.requester,
        status=head.status,
        priority=head.priority,
        created_at=head.created_at,
        turns=tuple(
            Turn(
                at=turn.at,
                author=cells.open_redacted("author", turn.author),
                role=TurnRole(turn.role),
                text=(text := cells.open_redacted("text", turn.text)),
                audience=_readers(turn, text),
                mail=Mail(turn.mail),
            )
            for cells, turn in _each(scope, row, turns)
        ),
        sender=SenderKind(row.sender),
        digest=row.digest,
        redaction=row.redaction,
        kind=head.kind,
        life=head.life,
    )


def _life(row: Row[Any]) -> Life | None:
    if row.received_at is None:
        return None
    return Life(row.received_at, row.changed_at, row.closed_at)


def _readers(turn: Row[Any], text: RedactedText) -> Audience:
    """Return who may read a turn; earlier versions marked private notes in their text alone."""
    marked = text.reveal().startswith(NOTE_MARK)
    return Audience.AGENT if marked else Audience(turn.audience)


def raw_ticket(scope: Scope, row: Row[Any], turns: Sequence[Row[Any]]) -> RawTicket:
    """Return a ticket as it was imported."""
    cells = scope.cells("tickets", row.id, row.policy_version)
    return RawTicket(
        reference=row.reference,
        subject=cells.open_raw("raw_subject", row.raw_subject),
        status=TicketStatus(row.status),
        priority=row.priority,
        created_at=row.created_at,
        people=_open_people(scope, row),
        turns=tuple(
            RawTurn(
                at=turn.at,
                author=cells.open_raw("raw_author", turn.raw_author),
                role=TurnRole(turn.role),
                text=cells.open_raw("raw_text", turn.raw_text),
                audience=Audience(turn.audience),
            )
            for cells, turn in _each(scope, row, turns)
        ),
        requester=cells.open_raw("raw_requester", row.raw_requester),
        kind=TicketKind(row.kind),
        closed_at=row.closed_at,
    )


def fingerprint(sealer: Sealer, raw: RawTicket, redacted: Ticket) -> str:
    """Return a keyed hash of everything in a ticket, so that an import can detect changes.

    64 characters: `WITHOUT_SECRETS`, then hexadecimal digits.
    """

    def kept(text: RedactedText) -> str:
        return sealer.fingerprint_bytes(text.reveal().encode("utf-8", "surrogatepass"))

    def came(text: RawText) -> str:
        return sealer.fingerprint(text)

    said = [
        (
            turn.at.isoformat(),
            turn.role.value,
            came(turn.author),
            came(turn.text),
            *([turn.audience.value] if turn.audience is Audience.AGENT else []),
        )
        for turn in raw.turns
    ]
    head = (raw.status.value, raw.priority, raw.created_at.isoformat())
    if redacted.kind is not TicketKind.TICKET:  # so that those of earlier versions are the same
        head = (*head, redacted.kind.value)
    known = [people.fingerprint(sealer, person) for person in raw.people]
    masked = [kept(part) for turn in redacted.turns for part in (turn.author, turn.text)]
    masked += [turn.mail.value for turn in redacted.turns if turn.mail is not Mail.PERSON]
    names = (
        came(raw.subject),
        came(raw.requester),
        kept(redacted.subject),
        kept(redacted.requester),
    )
    body = json.dumps([head, names, known, said, masked])
    return WITHOUT_SECRETS + hashlib.sha256(body.encode()).hexdigest()[1:]


def _each(
    scope: Scope, row: Row[Any], turns: Sequence[Row[Any]]
) -> Iterator[tuple[Cells, Row[Any]]]:
    for at, turn in enumerate(turns):
        yield _turn_cells(scope, row.id, at, len(turns), row.policy_version), turn


def _turn_cells(scope: Scope, ticket_id: str, at: int, count: int, version: int) -> Cells:
    return scope.cells("ticket_turns", f"{ticket_id}/{at}/{count}", version)


def _seal_people(scope: Scope, ticket_id: str, known: Sequence[KnownPerson]) -> bytes:
    return frame(
        [
            scope.cells("tickets", f"{ticket_id}/{at}/{len(known)}").seal_raw_all(
                "raw_people", people.to_texts(person)
            )
            for at, person in enumerate(known)
        ]
    )


def _open_people(scope: Scope, row: Row[Any]) -> tuple[KnownPerson, ...]:
    parts = unframe(row.raw_people)
    return tuple(
        people.from_texts(
            scope.cells("tickets", f"{row.id}/{at}/{len(parts)}", row.policy_version).open_raw_all(
                "raw_people", part
            )
        )
        for at, part in enumerate(parts)
    )

"""Tickets: raw and sealed for permitted people, redacted for everything else."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from assistant.adapters.records import placeholder_rows, ticket_rows
from assistant.adapters.records.schema import ticket_placeholders, ticket_turns, tickets
from assistant.adapters.records.scope import Scope
from assistant.model import RawTicket, Thread, Ticket, TicketRow, TicketStatus
from guardrails import RedactedText

_LISTED = [each for each in tickets.c if not each.name.startswith("raw_")]
_BESIDE = ("redaction", "received_at", "closed_at")
_Found = tuple[Row[Any], Sequence[Row[Any]]]


class SqlTickets:
    """Implements `assistant.ports.TicketStore`. A known reference keeps its id."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, raw: RawTicket, redacted: Ticket, fields: RedactedText | None = None) -> bool:
        if raw.reference != redacted.reference:
            raise ValueError("these are two tickets")
        with self._scope.writing() as connection:
            self._scope.bump(connection, "tickets")
            known = self._row(redacted.reference)
            row = ticket_rows.ticket_row(
                self._scope, known.id if known else redacted.id, raw, redacted
            )
            texts = [*redacted.texts, *([fields] if fields else [])]
            placeholders = ticket_placeholders
            derived = ("fingerprint", "sender", "digest")
            same = (
                known
                and all(getattr(known, name) == row[name] for name in derived)
                and known.raw_subject is not None
            )
            if not same:
                turns = ticket_rows.turn_rows(self._scope, row["id"], raw, redacted)
                self._write(connection, row, turns, new=known is None)
            elif known:
                self._note(connection, known, row)
            placeholder_rows.note(self._scope, connection, placeholders, row["id"], texts)
        return not same

    def _note(self, connection: Connection, known: Row[Any], row: dict[str, Any]) -> None:
        """Note what may differ in a ticket whose content is the same."""
        given = {name: row[name] for name in _BESIDE if name in row}
        new = {name: value for name, value in given.items() if value != getattr(known, name)}
        if new:
            this = self._scope.owns(tickets), tickets.c.id == row["id"]
            connection.execute(update(tickets).where(*this).values(**new))

    def id_of(self, reference: str) -> str | None:
        row = self._row(reference)
        return None if row is None else row.id

    def row(self, reference: str) -> TicketRow | None:
        row = self._row(reference)
        return None if row is None else ticket_rows.listed(self._scope, row)

    def reference_of(self, ticket_id: str) -> str | None:
        """Return the reference of the ticket of this id."""
        this = self._scope.owns(tickets), tickets.c.id == ticket_id
        with self._scope.reading() as connection:
            return connection.scalar(select(tickets.c.reference).where(*this))

    def list(
        self, *, status: TicketStatus | None = None, limit: int | None = None
    ) -> list[TicketRow]:
        query = select(*_LISTED).where(*self._of_status(status))
        newest = query.order_by(tickets.c.created_at.desc(), tickets.c.reference).limit(limit)
        with self._scope.reading() as connection:
            rows = connection.execute(newest).all()
        return [ticket_rows.listed(self._scope, row) for row in rows]

    def count(self, *, status: TicketStatus | None = None) -> int:
        query = select(func.count()).select_from(tickets).where(*self._of_status(status))
        with self._scope.reading() as connection:
            return connection.scalar(query) or 0

    def _of_status(self, status: TicketStatus | None) -> builtins.list[ColumnElement[bool]]:
        these = [tickets.c.status == status.value] if status is not None else []
        return [self._scope.owns(tickets), *these]

    def threads(self) -> Mapping[str, Thread]:
        query = select(tickets.c.reference, tickets.c.turns, tickets.c.digest)
        with self._scope.reading() as connection:
            rows = connection.execute(query.where(self._scope.owns(tickets))).all()
        return {row.reference: Thread(row.turns, row.digest) for row in rows}

    def thread(self, reference: str) -> Thread | None:
        row = self._row(reference)
        return None if row is None else Thread(row.turns, row.digest)

    def get(self, reference: str) -> Ticket | None:
        found = self._find(reference)
        return None if found is None else ticket_rows.redacted_ticket(self._scope, *found)

    def raw(self, reference: str) -> RawTicket | None:
        found = self._find(reference)
        if found is None or found[0].raw_subject is None:  # the raw side may have been erased
            return None
        return ticket_rows.raw_ticket(self._scope, *found)

    def with_secrets(self) -> builtins.list[str]:
        query = select(tickets.c.reference).where(
            self._scope.owns(tickets),
            tickets.c.raw_subject.is_not(None),
            tickets.c.fingerprint.not_like(f"{ticket_rows.WITHOUT_SECRETS}%"),
        )
        with self._scope.reading() as connection:
            return [*connection.scalars(query.order_by(tickets.c.id))]

    def remove(self, reference: str) -> None:
        this = self._scope.owns(tickets), tickets.c.reference == reference
        with self._scope.writing() as connection:
            self._scope.bump(connection, "tickets")
            connection.execute(delete(tickets).where(*this))  # its turns go with it

    def _write(
        self,
        connection: Connection,
        row: dict[str, Any],
        turns: Sequence[dict[str, Any]],
        *,
        new: bool,
    ) -> None:
        mine = self._scope.owns(ticket_turns), ticket_turns.c.ticket_id == row["id"]
        if new:
            connection.execute(insert(tickets), [row])
        else:
            this = self._scope.owns(tickets), tickets.c.id == row["id"]
            connection.execute(update(tickets).where(*this).values(**row))
            connection.execute(delete(ticket_turns).where(*mine))
        if turns:
            connection.execute(insert(ticket_turns), turns)

    def _row(self, reference: str) -> Row[Any] | None:
        this = self._scope.owns(tickets), tickets.c.reference == reference
        with self._scope.reading() as connection:
            return connection.execute(select(tickets).where(*this)).one_or_none()

    def _find(self, reference: str) -> _Found | None:
        with self._scope.reading() as connection:
            this = self._scope.owns(tickets), tickets.c.reference == reference
            row = connection.execute(select(tickets).where(*this)).one_or_none()
            if row is None:
                return None
            mine = self._scope.owns(ticket_turns), ticket_turns.c.ticket_id == row.id
            query = select(ticket_turns).where(*mine).order_by(ticket_turns.c.ordinal)
            return row, connection.execute(query).all()

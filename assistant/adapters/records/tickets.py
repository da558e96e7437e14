"""Tickets: raw under seal for the people who may see them, redacted for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from assistant.adapters.records import ticket_rows
from assistant.adapters.records.schema import ticket_turns, tickets
from assistant.adapters.records.scope import Scope
from assistant.model import RawTicket, Ticket, TicketRow

_Found = tuple[Row[Any], Sequence[Row[Any]]]


class SqlTickets:
    """Implements `assistant.ports.TicketStore`. A known reference keeps the id that it has."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, raw: RawTicket, redacted: Ticket) -> bool:
        if raw.reference != redacted.reference:
            raise ValueError("these are two tickets")
        with self._scope.writing() as connection:
            self._scope.bump(connection, "tickets")
            known = self._row(redacted.reference)
            row = ticket_rows.ticket_row(
                self._scope, known.id if known else redacted.id, raw, redacted
            )
            if known and known.fingerprint == row["fingerprint"] and known.raw_subject is not None:
                return False
            turns = ticket_rows.turn_rows(self._scope, row["id"], raw, redacted)
            mine = self._scope.owns(ticket_turns), ticket_turns.c.ticket_id == row["id"]
            if known:
                this = self._scope.owns(tickets), tickets.c.id == row["id"]
                connection.execute(update(tickets).where(*this).values(**row))
                connection.execute(delete(ticket_turns).where(*mine))
            else:
                connection.execute(insert(tickets), [row])
            if turns:
                connection.execute(insert(ticket_turns), turns)
        return True

    def id_of(self, reference: str) -> str | None:
        row = self._row(reference)
        return None if row is None else row.id

    def list(self) -> list[TicketRow]:
        query = select(tickets).where(self._scope.owns(tickets))
        newest = query.order_by(tickets.c.created_at.desc(), tickets.c.reference)
        with self._scope.reading() as connection:
            rows = connection.execute(newest).all()
        return [ticket_rows.listed(self._scope, row) for row in rows]

    def get(self, reference: str) -> Ticket | None:
        found = self._find(reference)
        return None if found is None else ticket_rows.redacted_ticket(self._scope, *found)

    def raw(self, reference: str) -> RawTicket | None:
        found = self._find(reference)
        if found is None or found[0].raw_subject is None:  # the raw side may have been erased
            return None
        return ticket_rows.raw_ticket(self._scope, *found)

    def remove(self, reference: str) -> None:
        this = self._scope.owns(tickets), tickets.c.reference == reference
        with self._scope.writing() as connection:
            self._scope.bump(connection, "tickets")
            connection.execute(delete(tickets).where(*this))  # its turns go with it

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

"""A tenant's terms: words to mask always or to leave readable, sealed."""

from __future__ import annotations

import builtins

from sqlalchemy import delete, insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope
from guardrails.detect.directory import Term
from guardrails.spans import EntityType


class SqlTerms:
    """Implements `assistant.ports.TermStore`. A term's id is the keyed hash of its folded text."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, term: Term) -> None:
        key = self._key(term)
        row = self._scope.row(
            id=key,
            policy_version=self._scope.policy_version,
            type=term.type.value if term.type else None,
            text=self._scope.cells("terms", key).seal_raw("text", term.text),
        )
        with self._scope.writing() as connection:
            self.remove(term)
            connection.execute(insert(schema.terms), [row])

    def remove(self, term: Term) -> bool:
        table = schema.terms
        mine = self._scope.owns(table)
        with self._scope.writing() as connection:
            gone = connection.execute(delete(table).where(mine, table.c.id == self._key(term)))
        return gone.rowcount > 0

    def list(self) -> builtins.list[Term]:
        table = schema.terms
        query = select(table).where(self._scope.owns(table)).order_by(table.c.id)
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Term(
                self._scope.cells("terms", row.id, row.policy_version).open_raw("text", row.text),
                EntityType(row.type) if row.type else None,
            )
            for row in rows
        ]

    def _key(self, term: Term) -> str:
        return self._scope.sealer.fingerprint(term.folded())

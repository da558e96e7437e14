"""Sentences that a reviewer called honest, sealed."""

from __future__ import annotations

import builtins

from sqlalchemy import delete, insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope
from assistant.model import Honest


class SqlHonest:
    """Implements `assistant.ports.HonestStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, honest: Honest) -> None:
        row = self._scope.row(
            id=honest.id,
            policy_version=self._scope.policy_version,
            origin=honest.origin,
            pattern=self._scope.cells("honest", honest.id).seal_redacted("pattern", honest.pattern),
        )
        with self._scope.writing() as connection:
            self.remove(honest.id)
            connection.execute(insert(schema.honest), [row])

    def remove(self, honest_id: str) -> bool:
        table = schema.honest
        with self._scope.writing() as connection:
            gone = connection.execute(
                delete(table).where(self._scope.owns(table), table.c.id == honest_id)
            )
        return gone.rowcount > 0

    def forget(self, origin: str) -> None:
        table = schema.honest
        with self._scope.writing() as connection:
            connection.execute(
                delete(table).where(self._scope.owns(table), table.c.origin == origin)
            )

    def list(self) -> builtins.list[Honest]:
        table = schema.honest
        query = select(table).where(self._scope.owns(table)).order_by(table.c.id)
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Honest(
                row.id,
                row.origin,
                self._scope.cells("honest", row.id, row.policy_version).open_redacted(
                    "pattern", row.pattern
                ),
            )
            for row in rows
        ]

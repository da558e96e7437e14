"""Questions that nothing answered, under seal; the oldest make room for new ones."""

from __future__ import annotations

import builtins

from sqlalchemy import delete, insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope
from assistant.model import Gap


class SqlGaps:
    """Implements `assistant.ports.GapStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, gap: Gap, keep: int) -> None:
        table = schema.gaps
        version = self._scope.policy_version
        cells = self._scope.cells("gaps", gap.id)
        row = self._scope.row(
            id=gap.id,
            policy_version=version,
            asked_at=gap.asked_at,
            question=cells.seal_redacted("question", gap.question),
        )
        newest = table.c.asked_at.desc(), table.c.id.desc()
        mine = self._scope.owns(table)
        too_old = select(table.c.id).where(mine).order_by(*newest).offset(keep)
        with self._scope.writing() as connection:
            connection.execute(insert(table), [row])
            gone = connection.scalars(too_old).all()
            if gone:
                connection.execute(delete(table).where(mine, table.c.id.in_(gone)))

    def list(self) -> builtins.list[Gap]:
        table = schema.gaps
        query = select(table).where(self._scope.owns(table))
        newest = query.order_by(table.c.asked_at.desc(), table.c.id.desc())
        with self._scope.reading() as connection:
            rows = connection.execute(newest).all()
        return [
            Gap(
                row.id,
                row.asked_at,
                self._scope.cells("gaps", row.id, row.policy_version).open_redacted(
                    "question", row.question
                ),
            )
            for row in rows
        ]

"""Questions without an answer, sealed; the oldest are deleted to make room for new ones."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import bindparam, delete, insert, select, update

from assistant.adapters.records import placeholder_rows, schema
from assistant.adapters.records.scope import Scope
from assistant.model import Gap
from assistant.ports import Vectors


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
            placeholder_rows.note(
                self._scope, connection, schema.gap_placeholders, gap.id, [gap.question]
            )
            gone = connection.scalars(too_old).all()
            if gone:
                connection.execute(delete(table).where(mine, table.c.id.in_(gone)))

    def list(self, ids: Sequence[str] | None = None) -> builtins.list[Gap]:
        table = schema.gaps
        columns = table.c.id, table.c.policy_version, table.c.asked_at, table.c.question
        query = select(*columns).where(self._scope.owns(table))
        if ids is not None:
            query = query.where(table.c.id.in_(ids))
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

    def vectors(self, embedder: str) -> dict[str, Vectors]:
        table = schema.gaps
        mine = self._scope.owns(table), table.c.embedder == embedder
        with self._scope.reading() as connection:
            rows = connection.execute(select(table.c.id, table.c.vector).where(*mine)).all()
        return {row.id: np.frombuffer(row.vector, dtype="<f4") for row in rows}

    def put_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        table = schema.gaps
        mine = self._scope.owns(table), table.c.id == bindparam("gap")
        rows = [{"gap": key, "made": each.astype("<f4").tobytes()} for key, each in vectors.items()]
        if rows:
            with self._scope.writing() as connection:
                made = update(table).where(*mine).values(vector=bindparam("made"))
                connection.execute(made.values(embedder=embedder), rows)

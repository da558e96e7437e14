"""Forms of the monthly audit; they go with their drafts."""

from __future__ import annotations

import builtins
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from assistant.adapters.records.schema import audits
from assistant.adapters.records.scope import Scope, upsert
from assistant.model import Audit, Judgement


class SqlAudits:
    """Implements `assistant.ports.AuditStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, audit: Audit) -> None:
        row = self._scope.row(
            id=audit.id,
            month=audit.month,
            draft_id=audit.draft_id,
            drawn_at=audit.drawn_at,
            due_at=audit.due_at,
            judged_by="",
        )
        with self._scope.writing() as connection:
            connection.execute(upsert(connection, audits, row, {}))

    def judge(self, audit_id: str, judgement: Judgement, by: str, at: datetime) -> bool:
        open_one = self._scope.owns(audits), audits.c.id == audit_id, audits.c.judged_at.is_(None)
        values = {"judged_at": at, "judged_by": by, **asdict(judgement)}
        with self._scope.writing() as connection:
            changed: Any = connection.execute(update(audits).where(*open_one).values(**values))
            return changed.rowcount == 1

    def list(self) -> builtins.list[Audit]:
        query = select(audits).where(self._scope.owns(audits)).order_by(audits.c.month, audits.c.id)
        with self._scope.reading() as connection:
            return [_audit(row) for row in connection.execute(query)]


def _audit(row: Row[Any]) -> Audit:
    answers = row.correct, row.complete, row.cited, row.leak, row.tone
    return Audit(
        id=row.id,
        month=row.month,
        draft_id=row.draft_id,
        drawn_at=row.drawn_at,
        due_at=row.due_at,
        judged_at=row.judged_at,
        judged_by=row.judged_by,
        judgement=None if row.judged_at is None else Judgement(*answers),
    )

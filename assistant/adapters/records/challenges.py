"""Challenges of one tenant's drafts: ids, times and words of closed sets."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope
from assistant.model import Challenge, ChallengeOutcome, ChallengeReason


class SqlChallenges:
    """Implements `assistant.ports.ChallengeStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, challenge: Challenge) -> None:
        outcome = challenge.outcome
        row = self._scope.row(
            id=challenge.id,
            draft_id=challenge.draft_id,
            ticket_id=challenge.ticket_id,
            reason=challenge.reason.value,
            opened_at=challenge.opened_at,
            opened_by=challenge.opened_by,
            due_at=challenge.due_at,
            decided_at=challenge.decided_at,
            decided_by=challenge.decided_by,
            outcome=outcome.value if outcome else None,
        )
        with self._scope.writing() as connection:
            connection.execute(insert(schema.challenges), [row])

    def decide(
        self, challenge_id: str, outcome: ChallengeOutcome, *, by: str, at: datetime
    ) -> bool:
        table = schema.challenges
        with self._scope.writing() as connection:
            done = connection.execute(
                update(table)
                .where(
                    self._scope.owns(table), table.c.id == challenge_id, table.c.outcome.is_(None)
                )
                .values(outcome=outcome.value, decided_by=by, decided_at=at)
            )
        return done.rowcount > 0

    def list(self) -> builtins.list[Challenge]:
        table = schema.challenges
        query = select(table).where(self._scope.owns(table)).order_by(table.c.due_at, table.c.id)
        with self._scope.reading() as connection:
            return [_challenge(row) for row in connection.execute(query).all()]


def _challenge(row: Row[Any]) -> Challenge:
    return Challenge(
        row.id,
        row.draft_id,
        row.ticket_id,
        ChallengeReason(row.reason),
        row.opened_at,
        row.opened_by,
        row.due_at,
        row.decided_at,
        row.decided_by,
        ChallengeOutcome(row.outcome) if row.outcome else None,
    )

"""Drafts, what people decided about them, and the outbox."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, insert, select, update

from assistant.adapters.records import draft_rows
from assistant.adapters.records.schema import drafts, replies, reviews
from assistant.adapters.records.scope import Scope
from assistant.model import Draft, DraftKind, DraftState, Reply, Review, Written, new_id


class SqlDrafts:
    """Implements `assistant.ports.DraftStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, draft: Draft) -> None:
        row = draft_rows.draft_row(self._scope, draft)
        with self._scope.writing() as connection:
            connection.execute(insert(drafts), [row])

    def get(self, draft_id: str) -> Draft | None:
        with self._scope.reading() as connection:
            row = connection.execute(select(drafts).where(*self._this(draft_id))).one_or_none()
        return None if row is None else draft_rows.draft(self._scope, row)

    def list(
        self, *, state: DraftState | None = None, kind: DraftKind | None = None
    ) -> list[Draft]:
        query = select(drafts).where(self._scope.owns(drafts))
        if state is not None:
            query = query.where(drafts.c.state == state.value)
        if kind is not None:
            query = query.where(drafts.c.kind == kind.value)
        with self._scope.reading() as connection:
            rows = connection.execute(query.order_by(drafts.c.created_at, drafts.c.id)).all()
        return [draft_rows.draft(self._scope, row) for row in rows]

    def move(self, draft_id: str, *, expected: DraftState, to: DraftState) -> bool:
        here = (*self._this(draft_id), drafts.c.state == expected.value)
        return self._change(update(drafts).where(*here).values(state=to.value))

    def rewrite(self, draft_id: str, written: Written) -> None:
        with self._scope.writing() as connection:
            this = self._this(draft_id)
            version = connection.scalar(select(drafts.c.policy_version).where(*this))
            if version is not None:
                cells = self._scope.cells("drafts", draft_id, version)
                values = draft_rows.written_values(cells, written)
                connection.execute(update(drafts).where(*this).values(**values))

    def record(self, review: Review) -> None:
        row = draft_rows.review_row(self._scope, new_id(), review)
        with self._scope.writing() as connection:
            connection.execute(insert(reviews), [row])

    def reviews(self, draft_id: str) -> list[Review]:
        mine = self._scope.owns(reviews), reviews.c.draft_id == draft_id
        query = select(reviews).where(*mine).order_by(reviews.c.at, reviews.c.id)
        with self._scope.reading() as connection:
            return [draft_rows.review(row) for row in connection.execute(query)]

    def put_reply(self, reply: Reply) -> None:
        row = draft_rows.reply_row(self._scope, reply)
        with self._scope.writing() as connection:
            connection.execute(insert(replies), [row])

    def replies(self) -> list[Reply]:
        query = select(replies).where(self._scope.owns(replies))
        with self._scope.reading() as connection:
            rows = connection.execute(query.order_by(replies.c.released_at, replies.c.id)).all()
        return [draft_rows.reply(self._scope, row) for row in rows]

    def delivered(self, reply_id: str, at: datetime) -> None:
        this = self._scope.owns(replies), replies.c.id == reply_id
        self._change(update(replies).where(*this).values(delivered_at=at))

    def remove_of(self, ticket_id: str) -> builtins.list[Draft]:
        mine = self._scope.owns(drafts), drafts.c.ticket_id == ticket_id
        with self._scope.writing() as connection:
            rows = connection.execute(select(drafts).where(*mine)).all()
            connection.execute(delete(drafts).where(*mine))  # decisions and replies go with them
        return [draft_rows.draft(self._scope, row) for row in rows]

    def _this(self, draft_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return self._scope.owns(drafts), drafts.c.id == draft_id

    def _change(self, statement: Update) -> bool:
        with self._scope.writing() as connection:
            changed: Any = connection.execute(statement)
            return changed.rowcount == 1

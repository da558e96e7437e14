"""Drafts, what people decided about them, and the outbox."""

from __future__ import annotations

import builtins
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, delete, func, insert, select, update

from assistant.adapters.records import draft_rows, placeholder_rows
from assistant.adapters.records.schema import draft_placeholders, drafts, replies, reviews
from assistant.adapters.records.scope import Scope
from assistant.model import (
    Decision,
    Draft,
    DraftKind,
    DraftState,
    Made,
    Reply,
    Review,
    Thread,
    Written,
    new_id,
)

_WITHOUT_TEXTS = [
    drafts.c[name] for name in "id ticket_id reference kind state created_at turns digest".split()
]


class SqlDrafts:
    """Implements `assistant.ports.DraftStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, draft: Draft) -> None:
        row = draft_rows.draft_row(self._scope, draft)
        with self._scope.writing() as connection:
            connection.execute(insert(drafts), [row])
            placeholder_rows.note(
                self._scope, connection, draft_placeholders, draft.id, draft.written.texts
            )

    def get(self, draft_id: str) -> Draft | None:
        with self._scope.reading() as connection:
            row = connection.execute(select(drafts).where(*self._this(draft_id))).one_or_none()
        return None if row is None else draft_rows.draft(self._scope, row)

    def list(
        self,
        *,
        states: Collection[DraftState] = (),
        kind: DraftKind | None = None,
        ticket_id: str | None = None,
    ) -> list[Draft]:
        query = select(drafts).where(self._scope.owns(drafts))
        if states:
            query = query.where(drafts.c.state.in_([each.value for each in states]))
        if kind is not None:
            query = query.where(drafts.c.kind == kind.value)
        if ticket_id is not None:
            query = query.where(drafts.c.ticket_id == ticket_id)
        return self._open(query)

    def newest(self, ticket_id: str) -> builtins.list[Draft]:
        mine = self._scope.owns(drafts), drafts.c.ticket_id == ticket_id
        last = func.row_number().over(
            partition_by=drafts.c.kind, order_by=(drafts.c.created_at.desc(), drafts.c.id.desc())
        )
        ranked = select(drafts.c.id, last.label("last")).where(*mine).subquery()
        first = select(ranked.c.id).where(ranked.c.last == 1)
        return self._open(select(drafts).where(*mine, drafts.c.id.in_(first)))

    def made(self, kind: DraftKind) -> builtins.list[Made]:
        mine = self._scope.owns(drafts), drafts.c.kind == kind.value
        query = select(*_WITHOUT_TEXTS).where(*mine).order_by(drafts.c.created_at, drafts.c.id)
        with self._scope.reading() as connection:
            return [draft_rows.made(row) for row in connection.execute(query)]

    def ids(self, start: str, limit: int) -> builtins.list[str]:
        begins = func.substr(drafts.c.id, 1, len(start)) == start  # LIKE would ignore case
        here = self._scope.owns(drafts), begins
        query = select(drafts.c.id).where(*here).order_by(drafts.c.id).limit(limit)
        with self._scope.reading() as connection:
            return [*connection.scalars(query)]

    def citing(self, document_ids: Collection[str]) -> int:
        query = select(drafts.c.details).where(self._scope.owns(drafts))
        with self._scope.reading() as connection:
            cited = (json.loads(row)["citations"] for row in connection.scalars(query))
            return sum(any(one["document_id"] in document_ids for one in each) for each in cited)

    def move(self, draft_id: str, *, expected: DraftState, to: DraftState) -> bool:
        here = (*self._this(draft_id), drafts.c.state == expected.value)
        return self._change(update(drafts).where(*here).values(state=to.value))

    def supersede(self, ticket_id: str, kind: DraftKind) -> builtins.list[str]:
        waiting = drafts.c.state.in_([DraftState.PENDING.value, DraftState.APPROVED.value])
        these = drafts.c.ticket_id == ticket_id, drafts.c.kind == kind.value, waiting
        with self._scope.writing() as connection:
            self._scope.bump(connection, "drafts")  # two drafts at once take turns
            here = self._scope.owns(drafts), *these
            gone = [*connection.scalars(select(drafts.c.id).where(*here).order_by(drafts.c.id))]
            values = {"state": DraftState.SUPERSEDED.value}
            connection.execute(update(drafts).where(*here).values(**values))
        return gone

    def seen(self, draft_id: str, thread: Thread) -> None:
        values = {"turns": thread.turns, "digest": thread.digest}
        self._change(update(drafts).where(*self._this(draft_id)).values(**values))

    def rewrite(self, draft_id: str, written: Written) -> None:
        with self._scope.writing() as connection:
            this = self._this(draft_id)
            version = connection.scalar(select(drafts.c.policy_version).where(*this))
            if version is not None:
                cells = self._scope.cells("drafts", draft_id, version)
                values = draft_rows.written_values(cells, written)
                connection.execute(update(drafts).where(*this).values(**values))
                placeholder_rows.note(
                    self._scope, connection, draft_placeholders, draft_id, written.texts
                )

    def record(self, review: Review) -> None:
        row = draft_rows.review_row(self._scope, new_id(), review)
        with self._scope.writing() as connection:
            connection.execute(insert(reviews), [row])

    def reviews(self, draft_id: str) -> builtins.list[Review]:
        mine = self._scope.owns(reviews), reviews.c.draft_id == draft_id
        query = select(reviews).where(*mine).order_by(reviews.c.at, reviews.c.id)
        with self._scope.reading() as connection:
            return [draft_rows.review(row) for row in connection.execute(query)]

    def decisions(self) -> builtins.list[Decision]:
        same = reviews.c.tenant_id == drafts.c.tenant_id, reviews.c.draft_id == drafts.c.id
        mine = self._scope.owns(reviews), drafts.c.kind == DraftKind.REPLY.value
        columns = (*reviews.c, drafts.c.created_at, drafts.c.details)
        query = select(*columns).join(drafts, and_(*same)).where(*mine)
        with self._scope.reading() as connection:
            rows = connection.execute(query.order_by(reviews.c.at, reviews.c.id))
            return [draft_rows.decision(row) for row in rows]

    def put_reply(self, reply: Reply) -> None:
        row = draft_rows.reply_row(self._scope, reply)
        with self._scope.writing() as connection:
            connection.execute(insert(replies), [row])

    def replies(self, *, waiting: bool = False) -> builtins.list[Reply]:
        query = select(replies).where(self._scope.owns(replies))
        if waiting:
            query = query.where(replies.c.delivered_at.is_(None))
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

    def _open(self, query: Select[*tuple[Any, ...]]) -> builtins.list[Draft]:
        with self._scope.reading() as connection:
            rows = connection.execute(query.order_by(drafts.c.created_at, drafts.c.id)).all()
        return [draft_rows.draft(self._scope, row) for row in rows]

    def _this(self, draft_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return self._scope.owns(drafts), drafts.c.id == draft_id

    def _change(self, statement: Update) -> bool:
        with self._scope.writing() as connection:
            changed: Any = connection.execute(statement)
            return changed.rowcount == 1

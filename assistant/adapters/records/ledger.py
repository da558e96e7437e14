"""The ledger's rows and its head. Writers take turns on the head."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from assistant.adapters.records.schema import ledger_heads, ledger_rows, ledger_segments
from assistant.adapters.records.scope import Scope, upsert
from guardrails.audit.ledger import Head, LedgerMaker, Row
from guardrails.audit.segments import SignedHead

_PAGE = 2000
_NONE_YET = {"number": 0, "hash": "", "proof": ""}


class SqlLedger:
    """Implements `guardrails.audit.ledger.LedgerStore`."""

    def __init__(self, scope: Scope, *, page: int = _PAGE) -> None:
        self._scope = scope
        self._page_size = page

    def append(self, make: LedgerMaker) -> Row:
        with self._scope.writing() as connection:
            made = make(self._lock(connection))
            head, rows = made.head, [self._scope.row(**_row_values(row)) for row in made.rows]
            connection.execute(insert(ledger_rows), rows)
            for each in made.segments:
                number, statement = each.segment.segment, each.statement
                row = self._scope.row(number=number, statement=statement, signature=each.signature)
                connection.execute(insert(ledger_segments), [row])
            values = {"number": head.number, "hash": head.hash, "proof": head.proof}
            mine = self._scope.owns(ledger_heads)
            connection.execute(update(ledger_heads).where(mine).values(**values))
        return made.rows[-1]

    def rows(self, after: int = 0) -> Iterator[Row]:
        while page := self._page(after):
            yield from page
            after = page[-1].number

    def last(self, count: int, after: int = 0) -> list[Row]:
        mine = self._scope.owns(ledger_rows), ledger_rows.c.number > after
        query = select(ledger_rows).where(*mine).order_by(ledger_rows.c.number.desc())
        with self._scope.reading() as connection:
            return [_row(each) for each in connection.execute(query.limit(count))][::-1]

    def of_kinds(self, kinds: Collection[str]) -> list[Row]:
        mine = self._scope.owns(ledger_rows), ledger_rows.c.kind.in_(kinds)
        query = select(ledger_rows).where(*mine).order_by(ledger_rows.c.number)
        with self._scope.reading() as connection:
            return [_row(each) for each in connection.execute(query)]

    def count(self, until: int) -> int:
        mine = self._scope.owns(ledger_rows), ledger_rows.c.number <= until
        query = select(func.count()).select_from(ledger_rows).where(*mine)
        with self._scope.reading() as connection:
            return connection.scalar(query) or 0

    def segments(self) -> list[SignedHead]:
        mine = self._scope.owns(ledger_segments)
        query = select(ledger_segments).where(mine).order_by(ledger_segments.c.number)
        with self._scope.reading() as connection:
            return [SignedHead(row.statement, row.signature) for row in connection.execute(query)]

    def head(self) -> Head | None:
        with self._scope.reading() as connection:
            return self._read_head(connection, lock=False)

    def _lock(self, connection: Connection) -> Head | None:
        """Return the head, locked until the transaction ends."""
        head = self._read_head(connection, lock=True)
        if (
            head is None
        ):  # there is no row to lock yet: of two writers that insert it, one waits here
            first = self._scope.row(**_NONE_YET)
            connection.execute(upsert(connection, ledger_heads, first, {}))
            head = self._read_head(connection, lock=True)
        return head

    def _read_head(self, connection: Connection, *, lock: bool) -> Head | None:
        query = select(ledger_heads).where(self._scope.owns(ledger_heads))
        row = connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None or row.number == 0:
            return None
        return Head(row.number, row.hash, row.proof)

    def _page(self, after: int) -> list[Row]:
        mine = self._scope.owns(ledger_rows), ledger_rows.c.number > after
        query = select(ledger_rows).where(*mine).order_by(ledger_rows.c.number)
        with self._scope.reading() as connection:
            return [_row(each) for each in connection.execute(query.limit(self._page_size))]


def _row(row: Any) -> Row:
    return Row(row.number, row.kind, row.at, row.body, row.previous, row.hash)


def _row_values(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "at": row.at,
        "body": row.body,
        "previous": row.previous,
        "hash": row.hash,
    }

"""The base of every store of one tenant, so that no store chooses a tenant by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Table, select

from assistant.adapters.records.cells import Cells
from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import revisions
from guardrails.crypto.seal import Sealer

_BATCH = 1000  # fewer than any database allows in one `IN`
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant of one database, and the sealer of its texts."""

    database: Database
    tenant: str
    sealer: Sealer
    policy_version: int

    def writing(self) -> AbstractContextManager[Connection]:
        """Open or join a transaction."""
        return self.database.writing(self.tenant)

    def reading(self) -> AbstractContextManager[Connection]:
        """Read in the open transaction, or in one of its own."""
        return self.database.reading(self.tenant)

    def owns(self, table: Table) -> ColumnElement[bool]:
        """Return the condition that keeps a statement on this tenant's rows."""
        return table.c.tenant_id == self.tenant

    def row(self, **values: Any) -> dict[str, Any]:
        """Return ``values`` as a row of this tenant."""
        return {"tenant_id": self.tenant, **values}

    def cells(self, table: LiteralString, row: str, version: int | None = None) -> Cells:
        """Return the `Cells` of a row."""
        return Cells(self.sealer, table, row, self.policy_version if version is None else version)

    def bump(self, connection: Connection, store: LiteralString) -> None:
        """Count a write to ``store``, and make the other writers wait until this one commits."""
        row = self.row(store=store, number=1)
        connection.execute(upsert(connection, revisions, row, {"number": revisions.c.number + 1}))

    def revision(self, store: LiteralString) -> int:
        """Return how many writes ``store`` has seen."""
        query = select(revisions.c.number).where(self.owns(revisions), revisions.c.store == store)
        with self.reading() as connection:
            return connection.scalar(query) or 0


def upsert(
    connection: Connection, table: Table, row: Mapping[str, Any], changes: Mapping[str, Any]
) -> Executable:
    """Return an insert of ``row`` that makes ``changes`` (if any) where its key exists."""
    key = [column.name for column in table.primary_key]
    from sqlalchemy.dialects import postgresql, sqlite  # here: PostgreSQL's is slow to import

    if connection.dialect.name == "postgresql":
        insert = postgresql.insert(table).values(**row)
    else:
        insert = sqlite.insert(table).values(**row)
    if changes:
        return insert.on_conflict_do_update(index_elements=key, set_=dict(changes))
    return insert.on_conflict_do_nothing(index_elements=key)


def batches(ids: Sequence[_Item], size: int = _BATCH) -> Iterator[Sequence[_Item]]:
    """Yield ``ids`` in pieces that fit into one statement."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]

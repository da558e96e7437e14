"""The rows of the register of sub-processors, and which of them each tenant has enabled."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import subprocessor_uses as uses
from assistant.adapters.records.schema import subprocessors as entries
from assistant.adapters.records.scope import upsert
from assistant.model import Enabling, Subprocessor, Terms
from guardrails.policy import Purpose, SubprocessorKind


class SqlSubprocessors:
    """The register of a home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside one transaction, with the ledger rows of the tenants too."""
        return self._database.transaction()

    def list(self, *, ended: bool = False) -> list[Subprocessor]:
        """Return the entries, by name; with ``ended`` those too that have ended."""
        query = select(entries).order_by(entries.c.name, entries.c.announced_at)
        wanted = query if ended else query.where(entries.c.ended_at.is_(None))
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(wanted)]

    def get(self, entry_id: str) -> Subprocessor | None:
        """Return an entry by its id, ended or not."""
        with self._database.reading() as connection:
            found = connection.execute(select(entries).where(entries.c.id == entry_id))
            row = found.one_or_none()
        return None if row is None else _entry(row)

    def named(self, name: str) -> Subprocessor | None:
        """Return the entry of a name that has not ended."""
        this = entries.c.name == name, entries.c.ended_at.is_(None)
        with self._database.reading() as connection:
            row = connection.execute(select(entries).where(*this)).one_or_none()
        return None if row is None else _entry(row)

    def add(self, entry: Subprocessor) -> bool:
        """Add an entry; False when there is one of that name."""
        with self._database.writing() as connection:
            this = entries.c.name == entry.name, entries.c.ended_at.is_(None)
            if connection.execute(select(entries.c.id).where(*this)).first():
                return False
            connection.execute(insert(entries), [_row(entry)])
        return True

    def change(self, entry: Subprocessor) -> None:
        """Write an entry's new terms."""
        with self._database.writing() as connection:
            this = entries.c.id == entry.id
            connection.execute(update(entries).where(this).values(**_row(entry)))

    def end(self, entry_id: str, at: datetime, by: str | None) -> None:
        """End an entry for every tenant."""
        this = entries.c.id == entry_id, entries.c.ended_at.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(entries).where(*this).values(ended_at=at, ended_by=by))

    def enabled(self, tenant_id: str) -> dict[str, Enabling]:
        """Return what a tenant has enabled, or enabled and ended, by the entry's id."""
        mine = uses.c.tenant_id == tenant_id
        with self._database.reading(tenant_id) as connection:
            rows = connection.execute(select(uses).where(mine)).all()
        return {row.subprocessor_id: _enabling(row) for row in rows}

    def enabling(self, tenant_id: str, entry_id: str) -> Enabling | None:
        """Return whether a tenant has enabled an entry."""
        mine = uses.c.tenant_id == tenant_id, uses.c.subprocessor_id == entry_id
        with self._database.reading(tenant_id) as connection:
            row = connection.execute(select(uses).where(*mine)).one_or_none()
        return None if row is None else _enabling(row)

    def enable(self, tenant_id: str, enabling: Enabling) -> None:
        """Write what a tenant enabled or ended, replacing what was before."""
        values = {
            "enabled_at": enabling.at,
            "enabled_by": enabling.by,
            "ended_at": enabling.ended_at,
            "ended_by": enabling.ended_by,
        }
        row = {"tenant_id": tenant_id, "subprocessor_id": enabling.entry, **values}
        with self._database.writing(tenant_id) as connection:
            connection.execute(upsert(connection, uses, row, values))


def _row(entry: Subprocessor) -> dict[str, Any]:
    terms = entry.terms
    return {
        "id": entry.id,
        "name": entry.name,
        "kind": entry.kind.value,
        "origin": entry.origin,
        "operator": entry.operator,
        "region": terms.region,
        "no_training": terms.no_training,
        "baa": terms.baa,
        "contract_on": terms.contract_on,
        "contract_sha256": terms.contract_sha256,
        "review_by": terms.review_by,
        "reviewed_on": entry.reviewed_on,
        "announced_at": entry.announced_at,
        "purposes": _joined(entry.purposes),
        "address": entry.address,
        "address_env": entry.address_env,
        "settings": entry.settings,
        "added_by": entry.added_by,
        "ended_at": entry.ended_at,
        "ended_by": entry.ended_by,
    }


def _entry(row: Row[Any]) -> Subprocessor:
    return Subprocessor(
        id=row.id,
        name=row.name,
        kind=SubprocessorKind(row.kind),
        origin=row.origin,
        operator=row.operator,
        announced_at=row.announced_at,
        reviewed_on=row.reviewed_on,
        terms=Terms(
            region=row.region,
            no_training=row.no_training,
            baa=row.baa,
            contract_on=row.contract_on,
            contract_sha256=row.contract_sha256,
            review_by=row.review_by,
        ),
        purposes=frozenset(map(Purpose, row.purposes.split())),
        address=row.address,
        address_env=row.address_env,
        settings=row.settings,
        added_by=row.added_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def _enabling(row: Row[Any]) -> Enabling:
    return Enabling(row.subprocessor_id, row.enabled_at, row.enabled_by, row.ended_at, row.ended_by)


def _joined(purposes: Iterable[Purpose]) -> str:
    return " ".join(sorted(purposes))

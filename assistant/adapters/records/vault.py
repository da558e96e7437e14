"""The vault's rows: a keyed hash to find a surface form, and the ciphertext to restore it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
)

from assistant.adapters.records.schema import vault_counters, vault_surfaces
from assistant.adapters.records.scope import Scope, batches, upsert
from guardrails.crypto.seal import Sealed
from guardrails.identity.vault import SurfaceKey, SurfaceRow
from guardrails.spans import EntityType

_NAMED = 500


class SqlVault:
    """Implements `guardrails.identity.vault.VaultStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def numbers_of(self, keys: Sequence[SurfaceKey]) -> list[int | None]:
        with self._scope.reading() as connection:
            known = self._known(connection, keys)
        return [known.get(key.surface) for key in keys]

    def nearest_numbers(self, keys: Sequence[SurfaceKey]) -> list[int | None]:
        value, surface = vault_surfaces.c.value, vault_surfaces.c.surface
        query = select(value, surface, vault_surfaces.c.number)
        mine = query.where(self._scope.owns(vault_surfaces))
        exact: dict[str, int] = {}
        lowest: dict[str, int] = {}
        with self._scope.reading() as connection:
            for some in batches(list(dict.fromkeys(keys))):
                same = value.in_([key.value for key in some])
                known = surface.in_([key.surface for key in some])
                for row in connection.execute(mine.where(or_(same, known))):
                    exact[row.surface] = row.number
                    lowest[row.value] = min(row.number, lowest.get(row.value, row.number))
        return [exact.get(key.surface, lowest.get(key.value)) for key in keys]

    def allocate(self, keys: Sequence[SurfaceKey], seal: Callable[[int, int], Sealed]) -> list[int]:
        with self._scope.writing() as connection:
            self._scope.bump(connection, "vault")  # from here on, one writer at a time
            numbers = self._known(connection, keys)
            last = self._counters(connection)
            rows: list[dict[str, Any]] = []
            for index, key in enumerate(keys):
                if key.surface not in numbers:
                    last[key.type] = number = last.get(key.type, 0) + 1
                    numbers[key.surface] = number
                    rows.append(self._surface_row(key, number, seal(index, number)))
            if rows:
                connection.execute(insert(vault_surfaces), rows)
                self._count(connection, last)
        return [numbers[key.surface] for key in keys]

    def some(self, placeholders: Collection[tuple[EntityType, int]]) -> Iterable[SurfaceRow]:
        wanted = {(kind.value, number) for kind, number in placeholders}
        if not wanted:
            return []
        with self._scope.reading() as connection:
            rows = connection.execute(self._rows().where(_covering(wanted)))
            return [_surface(row) for row in rows if (row.type, row.number) in wanted]

    def rows(self, after: Mapping[EntityType, int] | None = None) -> Iterable[SurfaceRow]:
        kind, number = vault_surfaces.c.type, vault_surfaces.c.number
        query = self._rows()
        if after:
            query = query.where(
                or_(
                    kind.not_in([each.value for each in after]),
                    *(and_(kind == each.value, number > last) for each, last in after.items()),
                )
            )
        with self._scope.reading() as connection:
            return [_surface(row) for row in connection.execute(query)]

    def count(self) -> int:
        query = select(func.count()).select_from(vault_surfaces)
        with self._scope.reading() as connection:
            return connection.scalar(query.where(self._scope.owns(vault_surfaces))) or 0

    def version(self) -> int:
        return self._scope.revision("vault")

    def rolled_back(self) -> int:
        return self._scope.database.rolled_back

    def forget(self, placeholders: Sequence[tuple[EntityType, int]]) -> int:
        """Erase surface forms; return how many there were. Their numbers are never reused."""
        named = tuple_(vault_surfaces.c.type, vault_surfaces.c.number)
        pairs = [(kind.value, number) for kind, number in placeholders]
        gone = 0
        with self._scope.writing() as connection:
            self._scope.bump(connection, "vault")
            for some in batches(pairs):
                these = self._scope.owns(vault_surfaces), named.in_(some)
                gone += connection.execute(delete(vault_surfaces).where(*these)).rowcount
        return gone

    def _known(self, connection: Connection, keys: Sequence[SurfaceKey]) -> dict[str, int]:
        query = select(vault_surfaces.c.surface, vault_surfaces.c.number)
        mine = query.where(self._scope.owns(vault_surfaces))
        known: dict[str, int] = {}
        for some in batches([key.surface for key in keys]):
            found = connection.execute(mine.where(vault_surfaces.c.surface.in_(some)))
            known.update({row.surface: row.number for row in found})
        return known

    def _counters(self, connection: Connection) -> dict[EntityType, int]:
        mine = select(vault_counters).where(self._scope.owns(vault_counters))
        return {EntityType(row.type): row.last for row in connection.execute(mine)}

    def _count(self, connection: Connection, last: dict[EntityType, int]) -> None:
        for kind, number in last.items():
            row = self._scope.row(type=kind.value, last=number)
            connection.execute(upsert(connection, vault_counters, row, {"last": number}))

    def _surface_row(self, key: SurfaceKey, number: int, sealed: Sealed) -> dict[str, Any]:
        return self._scope.row(
            type=key.type.value,
            number=number,
            value=key.value,
            surface=key.surface,
            sealed=sealed,
        )

    def _rows(self) -> Any:
        columns = vault_surfaces.c.type, vault_surfaces.c.number, vault_surfaces.c.sealed
        return select(*columns).where(self._scope.owns(vault_surfaces))


def _covering(wanted: Collection[tuple[str, int]]) -> ColumnElement[bool]:
    """Return a condition that fits into one statement for any number of placeholders.

    Too many to list are selected as one range of numbers for each type.
    """
    if len(wanted) <= _NAMED:
        return tuple_(vault_surfaces.c.type, vault_surfaces.c.number).in_(sorted(wanted))
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for kind, number in wanted:
        numbers[kind].append(number)
    return or_(
        *(
            and_(
                vault_surfaces.c.type == kind,
                vault_surfaces.c.number.between(min(some), max(some)),
            )
            for kind, some in numbers.items()
        )
    )


def _surface(row: Row[Any]) -> SurfaceRow:
    return SurfaceRow(EntityType(row.type), row.number, bytes(row.sealed))

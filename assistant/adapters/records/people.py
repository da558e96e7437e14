"""The tenant's directory of people, and how a person is sealed into one column."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope, batches
from guardrails import RawText
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownPerson

_SINGLE = 5  # name, e-mail, phone, username, employee number
_HOSTS = _SINGLE


class SqlDirectory:
    """Implements `assistant.ports.DirectoryStore`. Putting a person twice stores one row."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, people: Iterable[KnownPerson]) -> int:
        named = {fingerprint(self._scope.sealer, person): person for person in people}
        with self._scope.writing() as connection:
            self._scope.bump(connection, "people")
            for known in self._known(list(named)):
                del named[known]
            if named:
                rows = [self._row(key, person) for key, person in named.items()]
                connection.execute(insert(schema.people), rows)
        return len(named)

    def all(self) -> list[KnownPerson]:
        table = schema.people
        query = select(table).where(self._scope.owns(table)).order_by(table.c.id)
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return [
            from_texts(
                self._scope.cells("people", row.id, row.policy_version).open_raw_all(
                    "person", row.person
                )
            )
            for row in rows
        ]

    def _known(self, keys: Sequence[str]) -> list[str]:
        table = schema.people
        query = select(table.c.id).where(self._scope.owns(table))
        with self._scope.reading() as connection:
            return [
                known
                for some in batches(keys)
                for known in connection.scalars(query.where(table.c.id.in_(some)))
            ]

    def _row(self, key: str, person: KnownPerson) -> dict[str, object]:
        cells = self._scope.cells("people", key)
        return self._scope.row(
            id=key,
            policy_version=self._scope.policy_version,
            person=cells.seal_raw_all("person", to_texts(person)),
        )


def to_texts(person: KnownPerson) -> list[RawText | None]:
    """Return the fields of ``person`` in the order in which they are sealed.

    Five single fields, the number of hosts (as that many empty texts), the hosts, the serials.
    """
    single = (person.name, person.email, person.phone, person.username, person.employee_number)
    return [*single, *person.hosts, None, *person.serials]


def from_texts(texts: Sequence[RawText | None]) -> KnownPerson:
    """Return the person of the fields that `to_texts` returned."""
    name, email, phone, username, employee_number, *rest = texts
    end = rest.index(None)
    return KnownPerson(
        name=name,
        email=email,
        phone=phone,
        username=username,
        employee_number=employee_number,
        hosts=_present(rest[:end]),
        serials=_present(rest[end + 1 :]),
    )


def fingerprint(sealer: Sealer, person: KnownPerson) -> str:
    """Return a keyed hash (hex) of all fields of ``person``."""
    parts = ("-" if text is None else sealer.fingerprint(text) for text in to_texts(person))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _present(texts: Sequence[RawText | None]) -> tuple[RawText, ...]:
    return tuple(text for text in texts if text is not None)

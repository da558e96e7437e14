"""Which placeholders occur in stored records, so that forgetting a value needs one query.

Each document, ticket, draft and gap has a row for every numbered placeholder in its texts, written
in the transaction that writes the texts, and removed with the record by the foreign key. A row
holds a keyed hash: without the tenant's key the rows show which records share a value, but not the
value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, Select, Table, delete, insert, select, union

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope, batches
from guardrails import RedactedText
from guardrails.identity.restore import placeholders_of
from guardrails.placeholders import Placeholder

TABLES = (
    schema.document_placeholders,
    schema.ticket_placeholders,
    schema.draft_placeholders,
    schema.gap_placeholders,
)
_READ = ""  # the row of every record whose texts were read for their placeholders
_HEX = 16


def note(
    scope: Scope, connection: Connection, table: Table, owner_id: str, texts: Iterable[RedactedText]
) -> None:
    """Replace the rows of a record by those of the placeholders in its ``texts``."""
    tags = _tags(scope, texts)
    mine = scope.owns(table), table.c.owner_id == owner_id
    known = set(connection.scalars(select(table.c.placeholder).where(*mine)))
    if known - tags:
        connection.execute(delete(table).where(*mine, table.c.placeholder.not_in(tags)))
    if tags - known:
        rows = [scope.row(owner_id=owner_id, placeholder=tag) for tag in sorted(tags - known)]
        connection.execute(insert(table), rows)


def note_unread(
    scope: Scope, owners: Table, table: Table, texts: Mapping[str, Iterable[RedactedText]]
) -> None:
    """Write the same for records of ``owners`` that have no row yet; ``texts`` is by record id.

    Records that were removed or written since ``texts`` were read are left unchanged.
    """
    tags = {key: _tags(scope, each) for key, each in texts.items()}
    some = scope.owns(owners), owners.c.id.in_(texts)
    with scope.writing() as connection:
        there = set(connection.scalars(select(owners.c.id).where(*some).with_for_update()))
        written = select(table.c.owner_id).where(scope.owns(table), table.c.owner_id.in_(there))
        rows = [
            scope.row(owner_id=key, placeholder=tag)
            for key in sorted(there.difference(connection.scalars(written)))
            for tag in sorted(tags[key])
        ]
        if rows:
            connection.execute(insert(table), rows)


def used(scope: Scope, placeholders: Collection[Placeholder]) -> set[Placeholder]:
    """Return those of ``placeholders`` that occur in a stored record."""
    named = {_tag(scope, each): each for each in placeholders}
    found: set[Placeholder] = set()
    with scope.reading() as connection:
        for some in batches(sorted(named)):
            query = union(*(_rows_of(scope, table, some) for table in TABLES))
            found |= {named[row.placeholder] for row in connection.execute(query)}
    return found


def unread(scope: Scope, owners: Table, table: Table) -> list[str]:
    """Return the ids of ``owners`` without rows here: an earlier version wrote them."""
    read = select(table.c.owner_id).where(scope.owns(table), table.c.placeholder == _READ)
    query = select(owners.c.id).where(scope.owns(owners), owners.c.id.not_in(read))
    with scope.reading() as connection:
        return list(connection.scalars(query.order_by(owners.c.id)))


def _rows_of(scope: Scope, table: Table, tags: Sequence[str]) -> Select[tuple[str]]:
    return select(table.c.placeholder).where(scope.owns(table), table.c.placeholder.in_(tags))


def _tags(scope: Scope, texts: Iterable[RedactedText]) -> set[str]:
    found = {placeholder for text in texts for placeholder in placeholders_of(text)}
    return {_READ, *(_tag(scope, each) for each in found)}


def _tag(scope: Scope, placeholder: Placeholder) -> str:
    return scope.sealer.fingerprint_bytes(f"placeholder\x1f{placeholder}".encode())[:_HEX]

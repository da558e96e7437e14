"""Documents and chunks: the truth that every index hit is checked against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.adapters.records import placeholder_rows, schema
from assistant.adapters.records.schema import documents
from assistant.adapters.records.scope import Scope, batches
from assistant.model import Audience, Chunk, Document
from assistant.ports import DocumentAudience


class SqlDocuments:
    """Implements `assistant.ports.DocumentStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        query = select(documents).where(self._scope.owns(documents))
        with self._scope.reading() as connection:
            rows = _rows(connection, query, documents.c.id, ids)
        return sorted(map(self._document, rows), key=lambda each: (each.source.reveal(), each.id))

    def document(self, document_id: str) -> Document | None:
        query = select(documents).where(self._scope.owns(documents), documents.c.id == document_id)
        with self._scope.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else self._document(row)

    def fingerprints(self) -> dict[str, str]:
        query = select(documents.c.id, documents.c.fingerprint)
        with self._scope.reading() as connection:
            rows = connection.execute(query.where(self._scope.owns(documents)))
            return {row.id: row.fingerprint for row in rows}

    def signatures(self) -> dict[str, bytes | None]:
        query = select(documents.c.id, documents.c.signature)
        with self._scope.reading() as connection:
            rows = connection.execute(query.where(self._scope.owns(documents)))
            return {row.id: row.signature for row in rows}

    def sign(self, signatures: Mapping[str, bytes]) -> None:
        mine = self._scope.owns(documents), documents.c.id == bindparam("document")
        rows = [{"document": key, "made": each} for key, each in signatures.items()]
        if rows:
            with self._scope.writing() as connection:
                made = update(documents).where(*mine).values(signature=bindparam("made"))
                connection.execute(made, rows)

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        row = self._document_row(document)
        rows = [self._chunk_row(chunk, document) for chunk in chunks]
        with self._scope.writing() as connection:
            self._scope.bump(connection, "documents")
            self._delete(connection, [document.id])
            connection.execute(insert(documents), [row])
            if rows:
                connection.execute(insert(schema.chunks), rows)
            texts = [*document.texts, *(text for chunk in chunks for text in chunk.texts)]
            placeholder_rows.note(
                self._scope, connection, schema.document_placeholders, document.id, texts
            )

    def audiences(self) -> dict[str, DocumentAudience]:
        table = schema.chunks
        open_to_all = case((table.c.audience == Audience.CUSTOMER.value, 1), else_=0)
        query = (
            select(
                documents.c.id,
                documents.c.audience,
                documents.c.audience_set,
                func.count(table.c.id).label("held"),
                func.coalesce(func.sum(open_to_all), 0).label("open"),
            )
            .select_from(documents.outerjoin(table, _of_document(table)))
            .where(self._scope.owns(documents))
            .group_by(documents.c.id, documents.c.audience, documents.c.audience_set)
        )
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return {
            key: _audience(Audience(audience), held, int(readable), decided=decided)
            for key, audience, decided, held, readable in rows
        }

    def set_audience(
        self, document_ids: Collection[str], audience: Audience, *, decided: bool
    ) -> None:
        changed = update(documents).values(audience=audience.value, audience_set=decided)
        with self._scope.writing() as connection:
            self._scope.bump(connection, "documents")
            for some in batches(list(document_ids)):
                mine = self._scope.owns(documents), documents.c.id.in_(some)
                connection.execute(changed.where(*mine))

    def remove(self, document_ids: Sequence[str]) -> list[str]:
        table = schema.chunks
        query = select(table.c.id).where(self._scope.owns(table))
        removed: list[str] = []
        with self._scope.writing() as connection:
            self._scope.bump(connection, "documents")
            for some in batches(document_ids):
                removed += connection.scalars(query.where(table.c.document_id.in_(some)))
                self._delete(connection, some)
        return removed

    def owners(self, ids: Sequence[str]) -> dict[str, str]:
        table = schema.chunks
        query = select(table.c.id, table.c.document_id).where(self._scope.owns(table))
        with self._scope.reading() as connection:
            rows = _rows(connection, query, table.c.id, ids)
        return {row.id: row.document_id for row in rows}

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        table = schema.chunks
        query = _chunks().where(self._scope.owns(table))
        with self._scope.reading() as connection:
            rows = _rows(connection, query, table.c.id, ids)
        return [self._chunk(row) for row in rows]

    def chunks_of(self, document_id: str) -> list[Chunk]:
        table = schema.chunks
        mine = self._scope.owns(table), table.c.document_id == document_id
        query = _chunks().where(*mine).order_by(table.c.ordinal)
        with self._scope.reading() as connection:
            return [self._chunk(row) for row in connection.execute(query)]

    def chunk_ids(self) -> set[str]:
        table = schema.chunks
        with self._scope.reading() as connection:
            return set(connection.scalars(select(table.c.id).where(self._scope.owns(table))))

    def version(self) -> int:
        return self._scope.revision("documents")

    def _delete(self, connection: Connection, document_ids: Sequence[str]) -> None:
        """Delete documents; their chunks go with them."""
        named = documents.c.id.in_(document_ids)
        connection.execute(delete(documents).where(self._scope.owns(documents), named))

    def _document_row(self, document: Document) -> dict[str, Any]:
        cells = self._scope.cells("documents", document.id, document.policy_version)
        return self._scope.row(
            id=document.id,
            policy_version=document.policy_version,
            source=cells.seal_redacted("source", document.source),
            title=cells.seal_redacted("title", document.title),
            fingerprint=document.fingerprint,
            ingested_at=document.ingested_at,
            tags=cells.seal_redacted_all("tags", document.tags),
            products=cells.seal_redacted_all("products", document.products),
            updated=document.updated,
            audience=document.audience.value,
            audience_set=document.audience_set,
        )

    def _document(self, row: Row[Any]) -> Document:
        cells = self._scope.cells("documents", row.id, row.policy_version)
        return Document(
            id=row.id,
            source=cells.open_redacted("source", row.source),
            title=cells.open_redacted("title", row.title),
            fingerprint=row.fingerprint,
            ingested_at=row.ingested_at,
            policy_version=row.policy_version,
            tags=tuple(cells.open_redacted_all("tags", row.tags or b"")),
            products=tuple(cells.open_redacted_all("products", row.products or b"")),
            updated=row.updated,
            audience=Audience(row.audience),
            audience_set=row.audience_set,
        )

    def _chunk_row(self, chunk: Chunk, document: Document) -> dict[str, Any]:
        if chunk.document_id != document.id:
            raise ValueError("this chunk belongs to another document")
        cells = self._scope.cells("chunks", chunk.id, document.policy_version)
        return self._scope.row(
            id=chunk.id,
            document_id=chunk.document_id,
            ordinal=chunk.ordinal,
            policy_version=document.policy_version,
            heading=cells.seal_redacted("heading", chunk.heading),
            text=cells.seal_redacted("text", chunk.text),
            first_line=chunk.first_line,
            last_line=chunk.last_line,
            audience=chunk.audience.value,
        )

    def _chunk(self, row: Row[Any]) -> Chunk:
        cells = self._scope.cells("chunks", row.id, row.policy_version)
        return Chunk(
            id=row.id,
            document_id=row.document_id,
            ordinal=row.ordinal,
            heading=cells.open_redacted("heading", row.heading),
            text=cells.open_redacted("text", row.text),
            first_line=row.first_line,
            last_line=row.last_line,
            audience=Audience(row.audience).narrowed_by(Audience(row.above)),
        )


def _of_document(chunks: Table) -> ColumnElement[bool]:
    """Return the condition that joins chunks with their document."""
    same_tenant = chunks.c.tenant_id == documents.c.tenant_id
    return and_(same_tenant, chunks.c.document_id == documents.c.id)


def _chunks() -> Select[*tuple[Any, ...]]:
    """Return a query of chunks with the audience of their document as ``above``."""
    table = schema.chunks
    joined = table.join(documents, _of_document(table))
    return select(table, documents.c.audience.label("above")).select_from(joined)


def _audience(audience: Audience, held: int, readable: int, *, decided: bool) -> DocumentAudience:
    for_customers = readable if audience is Audience.CUSTOMER else 0
    return DocumentAudience(audience, decided, held, for_customers)


def _rows(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    key: ColumnElement[str],
    ids: Sequence[str] | None,
) -> Sequence[Row[Any]]:
    """Return the rows of ``query`` whose ``key`` is among ``ids``, or all."""
    if ids is None:
        return connection.execute(query).all()
    return [row for some in batches(ids) for row in connection.execute(query.where(key.in_(some)))]

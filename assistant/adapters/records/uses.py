"""Which placeholders are still in use, also in the records that an earlier version wrote."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from sqlalchemy import Table

from assistant.adapters.records import placeholder_rows, schema
from assistant.adapters.records.documents import SqlDocuments
from assistant.adapters.records.drafts import SqlDrafts
from assistant.adapters.records.gaps import SqlGaps
from assistant.adapters.records.scope import Scope, batches
from assistant.adapters.records.tickets import SqlTickets
from guardrails import RedactedText
from guardrails.detect.directory import KnownPerson
from guardrails.placeholders import Placeholder

_AT_ONCE = 64


class SqlUses:
    """Implements `assistant.ports.UseStore`."""

    def __init__(
        self,
        scope: Scope,
        documents: SqlDocuments,
        tickets: SqlTickets,
        drafts: SqlDrafts,
        gaps: SqlGaps,
    ) -> None:
        self._scope = scope
        self._documents = documents
        self._tickets = tickets
        self._drafts = drafts
        self._gaps = gaps

    def used(self, placeholders: Collection[Placeholder]) -> set[Placeholder]:
        return placeholder_rows.used(self._scope, placeholders)

    def complete(self, learnt: Callable[[Sequence[KnownPerson]], RedactedText]) -> None:
        self._complete(schema.documents, schema.document_placeholders, self._of_document)
        self._complete(schema.drafts, schema.draft_placeholders, self._of_draft)
        self._complete(schema.gaps, schema.gap_placeholders, self._of_gap)
        self._complete(
            schema.tickets, schema.ticket_placeholders, lambda key: self._of_ticket(key, learnt)
        )

    def _complete(
        self, owners: Table, table: Table, texts_of: Callable[[str], Iterator[RedactedText]]
    ) -> None:
        missing = placeholder_rows.unread(self._scope, owners, table)
        for some in batches(missing, _AT_ONCE):
            texts = {key: list(texts_of(key)) for key in some}  # slow, so outside the transaction
            placeholder_rows.note_unread(self._scope, owners, table, texts)

    def _of_document(self, key: str) -> Iterator[RedactedText]:
        document = self._documents.document(key)
        yield from document.texts if document else ()
        for chunk in self._documents.chunks_of(key):
            yield from chunk.texts

    def _of_draft(self, key: str) -> Iterator[RedactedText]:
        draft = self._drafts.get(key)
        yield from draft.written.texts if draft else ()

    def _of_gap(self, key: str) -> Iterator[RedactedText]:
        yield from (each.question for each in self._gaps.list([key]))

    def _of_ticket(
        self, key: str, learnt: Callable[[Sequence[KnownPerson]], RedactedText]
    ) -> Iterator[RedactedText]:
        reference = self._tickets.reference_of(key) or ""
        ticket, raw = self._tickets.get(reference), self._tickets.raw(reference)
        yield from ticket.texts if ticket else ()
        yield learnt(raw.people if raw else ())

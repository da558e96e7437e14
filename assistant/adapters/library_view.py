"""The provider's library as a tenant's desk sees it: read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.desk import LibraryView
from assistant.errors import Refused
from assistant.model import Chunk, Document
from assistant.ports import DocumentReader, Embedder, LexicalIndex, Near, VectorSearch
from guardrails import RedactedText, Template
from guardrails.crypto.seal import Sealed
from guardrails.identity.vault import EphemeralVaultStore, SurfaceKey

_NAMED = Template("library: $source")
"""The prefix of the library's sources in citations."""


def library_view(
    documents: DocumentReader, vectors: VectorSearch, lexical: Callable[[], LexicalIndex]
) -> LibraryView:
    """Return the read-only view of a library."""
    return LibraryView(_Documents(documents), _Vectors(vectors), lexical)


class NoVault(EphemeralVaultStore):
    """The library's vault: it is empty and stays empty."""

    def allocate(self, keys: Sequence[SurfaceKey], seal: Callable[[int, int], Sealed]) -> list[int]:
        """Raise `Refused`: at a tenant's desk the same placeholder would mean another person."""
        del keys, seal
        raise Refused("The library has no vault, so it stores no personal data.")


class _Documents:
    """Implements `assistant.ports.DocumentReader`."""

    __slots__ = ("_chunks", "_chunks_of", "_document", "_documents", "_owners")

    def __init__(self, documents: DocumentReader) -> None:
        self._documents = documents.documents
        self._document = documents.document
        self._owners = documents.owners
        self._chunks = documents.chunks
        self._chunks_of = documents.chunks_of

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        return [_named(each) for each in self._documents(ids)]

    def document(self, document_id: str) -> Document | None:
        found = self._document(document_id)
        return None if found is None else _named(found)

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        return self._owners(ids)

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        return self._chunks(ids)

    def chunks_of(self, document_id: str) -> list[Chunk]:
        return self._chunks_of(document_id)


class _Vectors:
    """Implements `assistant.ports.VectorSearch`."""

    __slots__ = ("_nearest",)

    def __init__(self, vectors: VectorSearch) -> None:
        self._nearest = vectors.nearest

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        return self._nearest(embedder, text, limit)


def _named(document: Document) -> Document:
    return replace(document, source=_NAMED.fill(source=document.source))

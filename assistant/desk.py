"""One tenant's desk: everything a flow may touch, and nothing of anyone else's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.model import Tenant
from assistant.ports import (
    DocumentReader,
    Embedder,
    LexicalIndex,
    Records,
    Reranker,
    TenantVectors,
    VectorSearch,
    Writer,
)
from guardrails import RedactedText, Redactor
from guardrails.audit.ledger import Ledger
from guardrails.crypto.seal import Sealer
from guardrails.identity.restore import Restorer
from guardrails.injection.detector import Suspect
from guardrails.leaks.scan import Scanner


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a desk may read of the provider's library beside its own documents, and never write."""

    documents: DocumentReader
    vectors: VectorSearch
    lexical: Callable[[], LexicalIndex]


@dataclass(frozen=True, slots=True)
class Desk:
    """What flows take. ``lexical`` builds or refreshes the in-memory BM25 index when called.

    ``suspects`` finds orders to an assistant in washed texts.
    """

    tenant: Tenant
    records: Records
    sealer: Sealer
    redactor: Redactor
    restorer: Restorer
    scanner: Scanner
    ledger: Ledger
    embedder: Embedder
    vectors: TenantVectors
    lexical: Callable[[], LexicalIndex]
    writer: Writer
    spare_writer: Writer
    suspects: Callable[[Sequence[RedactedText]], Sequence[tuple[Suspect, ...]]]
    shelf: Shelf | None = None
    reranker: Reranker | None = None

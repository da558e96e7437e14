"""One tenant's desk: everything that a flow may use, and nothing of other tenants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.frames import FrameBook
from assistant.model import Tenant
from assistant.ports import (
    DocumentReader,
    Embedder,
    LexicalIndex,
    Records,
    Reranker,
    SectionRanker,
    TenantVectors,
    VectorSearch,
    Writer,
)
from guardrails import RedactedText, Redactor
from guardrails.audit.ledger import Ledger
from guardrails.clock import Clock, utc_now
from guardrails.crypto.seal import Sealer
from guardrails.identity.restore import Restorer
from guardrails.injection.detector import SuspiciousSpan
from guardrails.leaks.scan import Scanner
from guardrails.policy import AiFeature, Policy


@dataclass(frozen=True, slots=True)
class LibraryView:
    """A read-only view of the provider's library, which a desk reads beside its own documents."""

    documents: DocumentReader
    vectors: VectorSearch
    lexical: Callable[[], LexicalIndex]


@dataclass(frozen=True, slots=True)
class Desk:
    """The argument of every flow. ``lexical`` returns the BM25 index, brought up to date first.

    ``suspects`` finds prompt injections in redacted texts. ``nearness`` returns the cosine of each
    of some texts with a question. ``batch_writer`` writes like ``writer``, but raises `ModelBusy`
    where that one lets the fallback writer write. ``precise_redactor`` masks what is of a sure
    shape or in the directory, and guesses no names: for the tenant's own words.
    ``ask_policy`` returns the policy as it is now. ``redaction`` returns a keyed tag of what
    `redactor` and the reading of tickets depend on; empty when that is not known.
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
    batch_writer: Writer
    fallback_writer: Writer
    suspects: Callable[[Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]]
    ranker: SectionRanker
    nearness: Callable[[RedactedText, Sequence[RedactedText]], list[float]]
    library_view: LibraryView | None = None
    reranker: Reranker | None = None
    frames: FrameBook = field(default_factory=FrameBook)
    precise_redactor: Redactor | None = None
    clock: Clock = utc_now
    ask_policy: Callable[[], Policy] | None = None
    redaction: Callable[[], str] = str

    def policy(self) -> Policy:
        """Return the policy in force now; ``tenant.policy`` was in force when the desk opened.

        A flow that works on many tickets asks for each. `Refused` when it was changed past us.
        """
        return self.ask_policy() if self.ask_policy else self.tenant.policy

    def allows(self, feature: AiFeature) -> bool:
        """Return whether a feature of AI is on now."""
        return self.policy().allows(feature)

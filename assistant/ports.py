"""Seams of the assistant: narrow protocols, each with a fake in ``tests/fakes`` and an adapter.

Every store speaks of one tenant only: the tenant is chosen when the store is made, so no method has
a tenant argument that could be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.model import (
    Account,
    Chunk,
    Delivery,
    Document,
    Draft,
    DraftKind,
    DraftState,
    Gap,
    Passage,
    RawTicket,
    Reply,
    Review,
    Role,
    Ticket,
    TicketRow,
    TicketStatus,
    User,
    Written,
)
from guardrails import RawText, RedactedText
from guardrails.audit.ledger import LedgerStore
from guardrails.detect.directory import KnownPerson, Term
from guardrails.identity.vault import VaultStore
from guardrails.placeholders import Placeholder

Vectors = NDArray[np.float32]
"""Rows are texts, columns dimensions; each row has length 1."""


class Embedder(Protocol):
    """Turns redacted text into vectors."""

    @property
    def name(self) -> str:
        """The model's name; an index made by another is rebuilt."""
        ...

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        """Return one unit vector per text, shape ``(len(texts), dimension)``."""
        ...


class Reranker(Protocol):
    """Reads a question and a passage together: slower than any index, and a better judge."""

    def scores(self, query: RedactedText, texts: Sequence[RedactedText]) -> list[float]:
        """Return how well each text answers ``query``, from 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit of an index: higher scores are better."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Near:
    """What vectors found; not ``whole`` where they could not be asked: their embedder is gone."""

    hits: list[Hit]
    whole: bool = True


class VectorSearch(Protocol):
    """Vectors that can be searched, and no more."""

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        """Return the nearest chunks of ``text``, best first.

        It is embedded by ``embedder``, unless another made the vectors and can still be loaded.
        """
        ...


class VectorIndex(Protocol):
    """Ids and vectors of one tenant's chunks, nothing else."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors."""
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        ...

    def search(self, vector: Vectors, limit: int) -> list[Hit]:
        """Return the nearest chunks of a ``(1, dimension)`` vector by cosine, best first."""
        ...

    def ids(self) -> set[str]:
        """Return every id held."""
        ...


class TenantVectors(VectorIndex, VectorSearch, Protocol):
    """A tenant's vectors, which answer on while others are made beside them.

    What is added goes to those that the desk's embedder makes, and `ids` tells what these hold.
    """

    def settle(self) -> None:
        """Answer from those from now on, if they are whole."""
        ...


class LexicalIndex(Protocol):
    """Exact words of one tenant's chunks, in memory."""

    def search(self, query: RedactedText, limit: int) -> list[Hit]:
        """Return the best chunks by BM25, best first; nothing when no word matches."""
        ...


class ChatModel(Protocol):
    """A language model: takes redacted text, gives back outside text."""

    @property
    def name(self) -> str:
        """The model's name, for the draft's record."""
        ...

    def complete(self, system: RedactedText, user: RedactedText) -> RawText:
        """Return the whole answer. `ModelTrouble` when there is none, `GateClosed` when refused."""
        ...

    def stream(self, system: RedactedText, user: RedactedText) -> Generator[RawText]:
        """Yield the answer in pieces; closing ends it. Errors as for `complete`."""
        ...


class DocumentReader(Protocol):
    """Documents and chunks that can be read, and no more."""

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        """Return the documents of these ids that exist, or all of them, by source."""
        ...

    def document(self, document_id: str) -> Document | None: ...

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Return the document's id of each of these chunks that exists; opens no text."""
        ...

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        """Return the chunks of these ids that exist (unordered), or all of them."""
        ...

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """Return the chunks of one document in their order."""
        ...


class DocumentStore(DocumentReader, Protocol):
    """Documents and chunks; the truth that every index hit is checked against."""

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Store a document with its chunks, replacing the one of the same id; one transaction."""
        ...

    def remove(self, document_ids: Sequence[str]) -> list[str]:
        """Remove documents with their chunks; return the ids of the removed chunks."""
        ...

    def chunk_ids(self) -> set[str]: ...

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of each document by its id; opens no text."""
        ...

    def signatures(self) -> Mapping[str, bytes | None]:
        """Return what `sign` kept of each document by its id, None since it was last put."""
        ...

    def sign(self, signatures: Mapping[str, bytes]) -> None:
        """Keep what near-duplicates of these documents are found by; unknown ids are ignored."""
        ...

    def version(self) -> int:
        """Return a number that changes with every put and remove."""
        ...


class GapStore(Protocol):
    """Questions that nothing answered."""

    def put(self, gap: Gap, keep: int) -> None:
        """Store a question; only the ``keep`` newest stay."""
        ...

    def list(self) -> list[Gap]:
        """Return all of them, newest first."""
        ...

    def vectors(self, embedder: str) -> Mapping[str, Vectors]:
        """Return the vectors, shape ``(dimension,)``, that ``embedder`` made, by question id."""
        ...

    def put_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        """Keep the vectors of these questions; unknown ids are ignored."""
        ...


class TicketStore(Protocol):
    """Tickets: raw under seal for the people who may see them, redacted for everything else."""

    def put(self, raw: RawTicket, redacted: Ticket, fields: RedactedText | None = None) -> bool:
        """Store a ticket, replacing the one of the same reference; False if nothing changed.

        ``fields`` holds the placeholders of its people's fields, which no text may say.
        """
        ...

    def id_of(self, reference: str) -> str | None:
        """Return the id that the ticket with this reference has."""
        ...

    def list(self, *, status: TicketStatus | None = None) -> list[TicketRow]:
        """Return the tickets of this status, or all, newest first."""
        ...

    def get(self, reference: str) -> Ticket | None: ...

    def raw(self, reference: str) -> RawTicket | None:
        """Return the ticket as it came, for display to a permitted person."""
        ...

    def with_secrets(self) -> Sequence[str]:
        """Return the references of tickets whose raw side may still hold secrets."""
        ...

    def remove(self, reference: str) -> None:
        """Remove a ticket with its turns, redacted and raw; an unknown one is ignored."""
        ...


class DraftStore(Protocol):
    """Drafts, decisions about them, and the outbox."""

    def add(self, draft: Draft) -> None: ...

    def get(self, draft_id: str) -> Draft | None: ...

    def list(
        self,
        *,
        states: Collection[DraftState] = (),
        kind: DraftKind | None = None,
        ticket_id: str | None = None,
    ) -> list[Draft]:
        """Return the drafts in one of ``states``, of this kind and ticket, oldest first.

        What is left out admits all.
        """
        ...

    def newest(self, ticket_id: str) -> list[Draft]:
        """Return the last draft of each kind about a ticket, and open no other."""
        ...

    def ids(self, start: str, limit: int) -> list[str]:
        """Return at most ``limit`` ids that begin with ``start``; opens no text."""
        ...

    def citing(self, document_ids: Collection[str]) -> int:
        """Return how many drafts cite one of these documents; opens no text."""
        ...

    def move(self, draft_id: str, *, expected: DraftState, to: DraftState) -> bool:
        """Change the state; False when it was not ``expected`` any more (somebody was faster)."""
        ...

    def rewrite(self, draft_id: str, written: Written) -> None:
        """Replace what would be sent, after an edit."""
        ...

    def record(self, review: Review) -> None: ...

    def reviews(self, draft_id: str) -> list[Review]: ...

    def put_reply(self, reply: Reply) -> None: ...

    def replies(self, *, waiting: bool = False) -> list[Reply]:
        """Return the outbox, or what of it was not delivered yet, oldest first."""
        ...

    def delivered(self, reply_id: str, at: datetime) -> None: ...

    def remove_of(self, ticket_id: str) -> list[Draft]:
        """Remove and return the drafts of a ticket, with their decisions and replies."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the other side did not take a reply; ``wait`` is how long it asks to wait, if it does.

    ``code`` is short and holds no text of the other side (``http-422``, ``no-answer``).
    """

    code: str
    wait: timedelta | None = None


class DeliveryStore(Protocol):
    """Replies that were posted in vain; what was delivered is not here any more."""

    def all(self) -> list[Delivery]: ...

    def put(self, delivery: Delivery) -> None:
        """Keep what is known of a reply's attempts, replacing what was known."""
        ...

    def remove(self, reply_id: str) -> None:
        """Forget a reply's attempts; an unknown one is ignored."""
        ...


class DirectoryStore(Protocol):
    """People of the tenant that are masked everywhere."""

    def put(self, people: Iterable[KnownPerson]) -> int:
        """Add people; return how many are new."""
        ...

    def all(self) -> list[KnownPerson]: ...


class TermStore(Protocol):
    """Words that the tenant decides on."""

    def put(self, term: Term) -> None:
        """Add a term, or decide again on one that differs in case and blanks alone."""
        ...

    def remove(self, term: Term) -> bool:
        """Tell whether there was such a term."""
        ...

    def list(self) -> list[Term]: ...


class UseStore(Protocol):
    """Which placeholders stand in the documents, tickets, drafts and gaps that are kept."""

    def used(self, placeholders: Collection[Placeholder]) -> set[Placeholder]:
        """Return those that stand in something that is kept; opens no text."""
        ...

    def complete(self, learnt: Callable[[Sequence[KnownPerson]], RedactedText]) -> None:
        """Read what an earlier version kept and nobody has read for its placeholders yet.

        ``learnt`` returns the placeholders of people's fields. Each step is a short transaction of
        its own; a kill loses one. `used` tells the truth only after this.
        """
        ...


class Records(Protocol):
    """Everything that is kept about one tenant."""

    @property
    def documents(self) -> DocumentStore: ...
    @property
    def gaps(self) -> GapStore: ...
    @property
    def tickets(self) -> TicketStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def deliveries(self) -> DeliveryStore: ...
    @property
    def directory(self) -> DirectoryStore: ...
    @property
    def terms(self) -> TermStore: ...
    @property
    def vault(self) -> VaultStore: ...
    @property
    def ledger(self) -> LedgerStore: ...
    @property
    def uses(self) -> UseStore: ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside one transaction; nested calls join the outer one."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Return how many documents, chunks, tickets, drafts, replies, placeholders are kept."""
        ...


class UserStore(Protocol):
    """Users of the whole home, for those who administer them; the one store without a tenant."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside one transaction; nested calls join the outer one."""
        ...

    def list(self) -> list[Account]:
        """Return all users, by login."""
        ...

    def get(self, login: str) -> Account | None: ...

    def admins(self, tenant: str) -> frozenset[str]:
        """Return the logins of a tenant's admins; its roles do not change until the commit."""
        ...

    def add_role(self, user: User, tenant: str, role: Role) -> bool:
        """Give a role; False when the user has it. `NotFound` for an unknown tenant."""
        ...

    def remove_role(self, user: User, tenant: str, role: Role) -> bool:
        """Take a role away; False when the user has it not. `NotFound` for an unknown tenant."""
        ...

    def remove(self, user: User) -> None:
        """Remove a user with the memberships and sessions."""
        ...

    def set_password(self, user: User, password: str) -> None:
        """Replace the password. `BadInput` for one that is too short or too long."""
        ...

    def end_sessions(self, user: User, *, keep: str | None = None) -> int:
        """End the user's sessions but that of the token ``keep``; return how many."""
        ...


class Writer(Protocol):
    """Writes from a ticket and passages."""

    @property
    def name(self) -> str: ...

    def summarise(self, ticket: Ticket) -> Written:
        """Return a summary of the thread."""
        ...

    def reply(self, ticket: Ticket, passages: Sequence[Passage]) -> Written:
        """Return a reply that cites ``passages``."""
        ...

    def answer(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        """Return an answer to an agent's question that cites ``passages``."""
        ...

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield that answer as it grows, nothing unchecked in it; the last one is whole."""
        ...

"""The assistant's ports: narrow protocols, each with a fake in ``tests/fakes`` and an adapter.

Every store belongs to one tenant: the tenant is chosen when the store is made, so no method has a
tenant argument that could be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelTrouble
from assistant.frames import Frame, OwnFrames
from assistant.model import (
    Account,
    Attestation,
    Audience,
    Audit,
    Challenge,
    ChallengeOutcome,
    Chunk,
    Citation,
    Decision,
    Delivery,
    Document,
    Draft,
    DraftKind,
    DraftState,
    Gap,
    Honest,
    Judgement,
    Made,
    OptOut,
    Passage,
    RawTicket,
    Reply,
    Review,
    Role,
    Section,
    Thread,
    Ticket,
    TicketRow,
    TicketStatus,
    Tokens,
    User,
    Written,
)
from guardrails import RawText, RedactedText
from guardrails.audit.ledger import LedgerStore
from guardrails.detect.directory import KnownPerson, Term
from guardrails.identity.vault import VaultStore
from guardrails.placeholders import Placeholder
from guardrails.policy import Purpose

Vectors = NDArray[np.float32]
"""float32, shape ``(texts, dimension)``; each row has length 1."""


class Embedder(Protocol):
    """Turns redacted text into vectors."""

    @property
    def name(self) -> str:
        """The model's name; an index of another model is rebuilt."""
        ...

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        """Return one unit vector per text, shape ``(len(texts), dimension)``."""
        ...


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An `Embedder` that also returns the vectors of single word pieces."""

    def embed_tokens(self, texts: Sequence[RedactedText]) -> list[Vectors]:
        """Return for each text the vectors of its word pieces, shape ``(pieces, dimension)``.

        They are as the model leaves them, not of length 1; the marks at both ends are left out.
        """
        ...

    def embed_whole(self, text: RedactedText) -> tuple[Vectors, Vectors]:
        """Return the vector of a text, shape ``(1, dimension)``, and those of its word pieces.

        They are what `embed` and `embed_tokens` return, from one pass of the model.
        """
        ...


class Reranker(Protocol):
    """Scores a question and a passage together: slower than an index, and more accurate."""

    def scores(self, query: RedactedText, texts: Sequence[RedactedText]) -> list[float]:
        """Return how well each text answers ``query``, from 0 to 1."""
        ...


class SectionRanker(Protocol):
    """Says which sections answer a question."""

    def scores(self, question: RedactedText, sections: Sequence[Section]) -> list[float]:
        """Return for each section how well it answers ``question``; higher is better."""
        ...

    def forget(self) -> None:
        """Drop what is remembered of sections."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit of an index: higher scores are better."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Near:
    """The result of a vector search; not ``whole`` if an index's embedder could not be loaded."""

    hits: list[Hit]
    whole: bool = True


class VectorSearch(Protocol):
    """Vectors that can be searched but not changed."""

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        """Return the nearest chunks of ``text``, best first.

        ``embedder`` embeds it, unless another one made the vectors and can still be loaded.
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
        """Return the ids of all vectors."""
        ...


class TenantVectors(VectorIndex, VectorSearch, Protocol):
    """A tenant's vectors, which still answer while new ones are made beside them.

    `add` writes vectors of the desk's embedder, and `ids` returns the ids of those.
    """

    def settle(self) -> None:
        """Answer from the new vectors from now on, if they are complete."""
        ...


class LexicalIndex(Protocol):
    """Exact words of one tenant's chunks, in memory."""

    def search(self, query: RedactedText, limit: int) -> list[Hit]:
        """Return the best chunks by BM25, best first; nothing when no word matches."""
        ...


class Amended(ModelTrouble):
    """The model's answer differs from what it seemed to be: ``said`` is to be used in its place.

    It was cut off at the token limit (``said`` is its whole sentences, and ``happened`` says so),
    or what was yielded first has turned out to be reasoning (``happened`` is empty).
    """

    def __init__(self, happened: str, said: RawText) -> None:
        super().__init__(happened)
        self.said = said


class ChatModel(Protocol):
    """A language model: takes redacted text, returns raw text, without any reasoning."""

    @property
    def name(self) -> str:
        """The model's name, for the draft's record."""
        ...

    def complete(
        self,
        system: RedactedText,
        user: RedactedText,
        *,
        schema: Mapping[str, object] | None = None,
    ) -> RawText:
        """Return the whole answer; it is never empty.

        With ``schema`` (a JSON schema of our own) the model is asked to answer in JSON of that
        shape; one that cannot answers in words.
        `ModelTrouble` when there is none (`ContextOverflow`, `ModelBusy`), `Amended` when only a
        part of it can be used, `Refused` when it may not be asked.
        """
        ...

    def stream(
        self,
        system: RedactedText,
        user: RedactedText,
        *,
        schema: Mapping[str, object] | None = None,
    ) -> Generator[RawText]:
        """Yield the answer in pieces; closing ends it. Schema and errors as for `complete`."""
        ...


class Meter(Protocol):
    """Counts the tokens that one tenant uses of one model, and knows its limits."""

    def admit(self, purpose: Purpose) -> None:
        """Raise `LimitReached` when the tenant may use no more tokens for ``purpose`` now."""
        ...

    def count(self, purpose: Purpose, tokens: Tokens) -> None:
        """Record the tokens of one call."""
        ...


class DocumentReader(Protocol):
    """Documents and chunks that can be read but not changed."""

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


@dataclass(frozen=True, slots=True)
class DocumentAudience:
    """Who may read a document, and whether a person decided that; its chunks by audience."""

    audience: Audience
    decided: bool = False
    chunks: int = 0
    for_customers: int = 0


class DocumentStore(DocumentReader, Protocol):
    """Documents and chunks; the truth that every index hit is checked against."""

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Store a document with its chunks, replacing the one of the same id; one transaction.

        The audience of a chunk is that of its section alone; it comes back narrowed by its
        document's, so that a document's audience can change while its chunks stay.
        """
        ...

    def audiences(self) -> Mapping[str, DocumentAudience]:
        """Return the audience of each document by its id; opens no text."""
        ...

    def set_audience(
        self, document_ids: Collection[str], audience: Audience, *, decided: bool
    ) -> None:
        """Set the audience of these documents; unknown ids are ignored.

        ``decided`` means that a person did it.
        """
        ...

    def remove(self, document_ids: Sequence[str]) -> list[str]:
        """Remove documents with their chunks; return the ids of the removed chunks."""
        ...

    def chunk_ids(self) -> set[str]: ...

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of each document by its id; opens no text."""
        ...

    def signatures(self) -> Mapping[str, bytes | None]:
        """Return the signature of each document by its id; None when it was put after `sign`."""
        ...

    def sign(self, signatures: Mapping[str, bytes]) -> None:
        """Store the near-duplicate signatures of these documents; unknown ids are ignored."""
        ...

    def version(self) -> int:
        """Return a number that changes with every put and remove."""
        ...


class GapStore(Protocol):
    """Questions without an answer."""

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
    """Tickets: raw and sealed for permitted people, redacted for everything else."""

    def put(self, raw: RawTicket, redacted: Ticket, fields: RedactedText | None = None) -> bool:
        """Store a ticket, replacing the one of the same reference; False if nothing changed.

        ``fields`` holds the placeholders of its people's fields, which may occur in no text.
        A ticket without a `Life` keeps that which is stored.
        """
        ...

    def id_of(self, reference: str) -> str | None:
        """Return the id that the ticket with this reference has."""
        ...

    def row(self, reference: str) -> TicketRow | None:
        """Return the ticket with this reference as it is listed."""
        ...

    def list(
        self, *, status: TicketStatus | None = None, limit: int | None = None
    ) -> list[TicketRow]:
        """Return the tickets of this status, or all, newest first; at most ``limit``."""
        ...

    def count(self, *, status: TicketStatus | None = None) -> int:
        """Return how many tickets of this status there are, or how many in all."""
        ...

    def threads(self) -> Mapping[str, Thread]:
        """Return the state of each ticket's thread by reference; opens no text."""
        ...

    def thread(self, reference: str) -> Thread | None:
        """Return the state of a ticket's thread; opens no text."""
        ...

    def get(self, reference: str) -> Ticket | None: ...

    def raw(self, reference: str) -> RawTicket | None:
        """Return the raw ticket, for display to a permitted person; None if there is none."""
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

        A parameter that is not given does not filter.
        """
        ...

    def newest(self, ticket_id: str) -> list[Draft]:
        """Return the last draft of each kind about a ticket, and open no other."""
        ...

    def made(self, kind: DraftKind) -> list[Made]:
        """Return all drafts of a kind without their texts, oldest first; opens no text."""
        ...

    def ids(self, start: str, limit: int) -> list[str]:
        """Return at most ``limit`` ids that begin with ``start``; opens no text."""
        ...

    def citing(self, document_ids: Collection[str]) -> int:
        """Return how many drafts cite one of these documents; opens no text."""
        ...

    def move(self, draft_id: str, *, expected: DraftState, to: DraftState) -> bool:
        """Change the state; return False when it is not ``expected``: another person was faster."""
        ...

    def supersede(self, ticket_id: str, kind: DraftKind) -> list[str]:
        """Make the waiting drafts of this ticket and kind superseded, and return their ids.

        Others that do this for the tenant wait until the transaction ends.
        """
        ...

    def seen(self, draft_id: str, thread: Thread) -> None:
        """Record that a person has seen ``thread``: the draft counts as made for it."""
        ...

    def rewrite(self, draft_id: str, written: Written) -> None:
        """Replace what would be sent, after an edit."""
        ...

    def record(self, review: Review) -> None: ...

    def reviews(self, draft_id: str) -> list[Review]: ...

    def decisions(self) -> list[Decision]:
        """Return the decisions about all replies, oldest first; opens no text."""
        ...

    def put_reply(self, reply: Reply) -> None: ...

    def replies(self, *, waiting: bool = False) -> list[Reply]:
        """Return the replies in the outbox, or those not delivered yet, oldest first."""
        ...

    def delivered(self, reply_id: str, at: datetime) -> None: ...

    def remove_of(self, ticket_id: str) -> list[Draft]:
        """Remove and return the drafts of a ticket, with their decisions and replies."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server did not accept a reply; ``wait`` is how long it asks to wait, if it does.

    ``code`` is short and holds no text of the server (``http-422``, ``no-answer``).
    """

    code: str
    wait: timedelta | None = None


class DeliveryStore(Protocol):
    """Replies whose delivery failed; a delivered reply is removed."""

    def all(self) -> list[Delivery]: ...

    def put(self, delivery: Delivery) -> None:
        """Store the state of a reply's delivery, replacing the previous one."""
        ...

    def remove(self, reply_id: str) -> None:
        """Remove the state of a reply's delivery; an unknown id is ignored."""
        ...


class DirectoryStore(Protocol):
    """People of the tenant that are masked everywhere."""

    def put(self, people: Iterable[KnownPerson]) -> int:
        """Add people; return how many are new."""
        ...

    def all(self) -> list[KnownPerson]: ...


class TermStore(Protocol):
    """Words that the tenant masks always, or leaves readable."""

    def put(self, term: Term) -> None:
        """Add a term, replacing one that differs only in case and spaces."""
        ...

    def remove(self, term: Term) -> bool:
        """Remove a term; return whether there was one."""
        ...

    def list(self) -> list[Term]: ...


class HonestStore(Protocol):
    """Sentences that the tenant's reviewers called honest."""

    def put(self, honest: Honest) -> None:
        """Add a sentence, replacing the one of the same id."""
        ...

    def remove(self, honest_id: str) -> bool:
        """Remove a sentence; return whether there was one."""
        ...

    def forget(self, origin: str) -> None:
        """Remove every sentence of a ticket or document that is forgotten."""
        ...

    def list(self) -> list[Honest]: ...


class OptOutStore(Protocol):
    """People who opted out of AI."""

    def put(self, opt_out: OptOut) -> None:
        """Note a person, replacing the note of the same id."""
        ...

    def remove(self, opt_out_id: str) -> bool:
        """Remove a note; return whether there was one."""
        ...

    def keys(self) -> Mapping[str, str]:
        """Return the id of the note of each key; opens no text."""
        ...

    def list(self) -> list[OptOut]:
        """Return all of them, oldest first."""
        ...


class ChallengeStore(Protocol):
    """Challenges of drafts; they go with their draft."""

    def add(self, challenge: Challenge) -> None:
        """Keep a challenge. `Refused` for an unknown draft."""
        ...

    def decide(
        self, challenge_id: str, outcome: ChallengeOutcome, *, by: str, at: datetime
    ) -> bool:
        """Keep the outcome of an open challenge; return whether it was open."""
        ...

    def list(self) -> list[Challenge]:
        """Return all of them, the first that is due first."""
        ...


class FrameStore(Protocol):
    """The tenant's own frames of replies."""

    def all(self) -> OwnFrames:
        """Return them by language and frame."""
        ...

    def put(self, language: str, frame: Frame, text: RedactedText) -> None:
        """Store a frame, replacing the one of this language."""
        ...

    def remove(self, language: str, frame: Frame) -> bool:
        """Remove a frame; return whether there was one."""
        ...


class UseStore(Protocol):
    """Which placeholders occur in the stored documents, tickets, drafts and gaps."""

    def used(self, placeholders: Collection[Placeholder]) -> set[Placeholder]:
        """Return those of ``placeholders`` that occur in a stored record; opens no text."""
        ...

    def complete(self, learnt: Callable[[Sequence[KnownPerson]], RedactedText]) -> None:
        """Record the placeholders of records that an earlier version wrote.

        ``learnt`` returns the placeholders of people's fields. Each step is a short transaction of
        its own; a kill loses one step. `used` is correct only after this.
        """
        ...


class AttestationStore(Protocol):
    """What officers vouch for; a row is never changed."""

    def add(self, attestation: Attestation) -> None: ...

    def list(self) -> list[Attestation]:
        """Return all of them, oldest first."""
        ...


class AuditStore(Protocol):
    """Forms of the monthly audit; each goes with its draft."""

    def add(self, audit: Audit) -> None:
        """Add an open form; nothing happens if one of this id exists."""
        ...

    def judge(self, audit_id: str, judgement: Judgement, by: str, at: datetime) -> bool:
        """Answer an open form; return False if it is gone or was judged."""
        ...

    def list(self) -> list[Audit]:
        """Return all of them, by month and id."""
        ...


class Records(Protocol):
    """All records of one tenant."""

    @property
    def documents(self) -> DocumentStore: ...
    @property
    def gaps(self) -> GapStore: ...
    @property
    def tickets(self) -> TicketStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def challenges(self) -> ChallengeStore: ...
    @property
    def deliveries(self) -> DeliveryStore: ...
    @property
    def directory(self) -> DirectoryStore: ...
    @property
    def terms(self) -> TermStore: ...
    @property
    def honest(self) -> HonestStore: ...
    @property
    def opt_outs(self) -> OptOutStore: ...
    @property
    def frames(self) -> FrameStore: ...
    @property
    def attestations(self) -> AttestationStore: ...
    @property
    def audits(self) -> AuditStore: ...
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
        """Return the numbers of documents, chunks, tickets, drafts, replies and placeholders."""
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
        """Remove a role; False when the user does not have it. `NotFound` for an unknown tenant."""
        ...

    def remove(self, user: User) -> None:
        """Remove a user with the memberships and sessions."""
        ...

    def set_password(self, user: User, password: str) -> None:
        """Replace the password. `BadInput` for one that is too short or too long."""
        ...

    def reset_factor(self, user: User) -> bool:
        """Remove the second factor and its recovery codes; return whether there was one."""
        ...

    def end_sessions(self, user: User, *, keep: str | None = None) -> int:
        """End the user's sessions except that of the token ``keep``; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """What a brief is written from: the whole ticket and all passages, best first.

    ``near`` is whether the best passage may be shown whole though the search is unsure of it.
    ``document`` are all sections of the best passage's document, in its order.
    ``similar`` are the last answers of resolved tickets that were found, ``language`` is that of
    the questions, and ``citations`` are those of the reply, whose numbers go on.
    """

    ticket: Ticket
    passages: Sequence[Passage]
    answerable: bool
    confidence: float
    similar: Sequence[Passage] = ()
    language: str = "en"
    citations: Sequence[Citation] = ()
    document: Sequence[Passage] = ()
    near: bool = True


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief in Markdown, and the citations of the whole draft."""

    text: RedactedText
    citations: tuple[Citation, ...]


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

    def brief(self, case: Case) -> Brief:
        """Return what the agent needs to know and to do; no customer ever reads it."""
        ...

    def answer(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        """Return an answer to an agent's question that cites ``passages``."""
        ...

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield that answer as it grows, checked parts only; the last item is the whole answer."""
        ...

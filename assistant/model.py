"""The domain types: tenants, people, documents, tickets, drafts. Only data, all frozen.

Text here is `RedactedText` unless the class says ``Raw``; times are aware UTC datetimes; ids are
ours (32 hex digits), references are the customer's own ticket numbers.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from assistant.threads.automatic import Mail
from assistant.threads.senders import SenderKind
from guardrails import RawText, RedactedText, Template
from guardrails.detect.directory import KnownPerson
from guardrails.findings import Finding, FindingKind  # noqa: F401 # pyright: ignore[reportUnusedImport] - re-exported
from guardrails.identity.permissions import Person
from guardrails.policy import Policy

NO_TEXT = Template("").fill()


class Role(StrEnum):
    """What a user may do at one tenant; a user may have several roles there.

    An agent reads tickets and asks. A reviewer may do what an agent may, and decides about drafts,
    terms and imports. An admin manages the tenant's people and settings, and reads no ticket.
    """

    AGENT = "agent"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Audience(StrEnum):
    """Who may read a text: customers too, or agents only. What is unknown is for agents."""

    CUSTOMER = "customer"
    AGENT = "agent"

    def narrowed_by(self, other: Audience) -> Audience:
        """Return the narrower of two audiences."""
        return Audience.AGENT if Audience.AGENT in (self, other) else Audience.CUSTOMER


@dataclass(frozen=True, slots=True)
class Tenant:
    """A client of the provider."""

    id: str
    slug: str
    created_at: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's roles at one tenant; ``tenant`` is its slug."""

    user: User
    tenant: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Return whether the user may do what ``role`` may."""
        return role in self.roles or (role is Role.AGENT and Role.REVIEWER in self.roles)

    def person(self) -> Person:
        """Return the user as a person of the tenant, as functions that return raw text require."""
        return Person(
            self.user.login,
            self.tenant,
            may_read=self.may(Role.AGENT),
            may_release=self.may(Role.REVIEWER),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an administrator sees them; memberships are sorted by tenant."""

    user: User
    created_at: datetime
    last_login_at: datetime | None
    sessions: int
    memberships: tuple[Membership, ...]


# Documents


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested file or article.

    ``fingerprint`` is a keyed hash of its content and of the pipeline version that read it;
    ``updated`` is the date of its last change that the document itself states; ``audience_set``
    means that a person decided the audience, which a later ingestion then keeps.
    """

    id: str
    source: RedactedText
    title: RedactedText
    fingerprint: str
    ingested_at: datetime
    policy_version: int
    tags: tuple[RedactedText, ...] = ()
    products: tuple[RedactedText, ...] = ()
    updated: datetime | None = None
    audience: Audience = Audience.AGENT
    audience_set: bool = False

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts except those of its chunks."""
        return (self.source, self.title, *self.tags, *self.products)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of a document that can be retrieved and cited; lines count from 1, both inclusive.

    ``audience`` is that of its sections, and never wider than the document's.
    """

    id: str
    document_id: str
    ordinal: int
    heading: RedactedText
    text: RedactedText
    first_line: int
    last_line: int
    audience: Audience = Audience.AGENT

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts."""
        return (self.heading, self.text)


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that answers a question, with its source and why it was chosen."""

    chunk: Chunk
    source: RedactedText
    title: RedactedText
    score: float
    matched_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading of a document; ``heading`` is its path from the outermost.

    ``chunk_ids`` are the chunks that it was put together from, in order; lines are those of the
    chunks, so they may begin a little before the section and end a little after it. ``ordinal``
    counts the sections of a document from 0. ``evidence`` is the best score of its chunks in the
    search, ``standing`` that of all chunks of its document, both from 0 to 1. ``audience`` is that
    of its chunks.
    """

    document_id: str
    source: RedactedText
    title: RedactedText
    heading: RedactedText
    text: RedactedText
    first_line: int
    last_line: int
    chunk_ids: tuple[str, ...]
    ordinal: int
    evidence: float = 0.0
    standing: float = 0.0
    audience: Audience = Audience.AGENT

    def passage(self, score: float, matched_by: tuple[str, ...] = ("section",)) -> Passage:
        """Return this section as a passage: what writers read and citations name."""
        chunk = Chunk(
            self.chunk_ids[0],
            self.document_id,
            self.ordinal,
            self.heading,
            self.text,
            self.first_line,
            self.last_line,
            self.audience,
        )
        return Passage(chunk, self.source, self.title, score, matched_by)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the knowledge base could not answer."""

    id: str
    asked_at: datetime
    question: RedactedText


@dataclass(frozen=True, slots=True)
class Honest:
    """A sentence that a reviewer called honest, in the form in which sentences are compared.

    ``origin`` is the id of the ticket or document that it comes from.
    """

    id: str
    origin: str
    pattern: RedactedText


# Tickets


class TicketStatus(StrEnum):
    """The status of a ticket."""

    OPEN = "open"
    PENDING = "pending"
    SOLVED = "solved"
    CLOSED = "closed"


class TurnRole(StrEnum):
    """Who wrote a turn."""

    REQUESTER = "requester"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Thread:
    """The state of a ticket's thread: its number of turns, and a keyed hash of their raw texts.

    The hash of a ticket of an earlier version is empty.
    """

    turns: int
    digest: str


@dataclass(frozen=True, slots=True)
class RawTurn:
    """One message, raw; a private note has the audience ``AGENT``."""

    at: datetime
    author: RawText
    role: TurnRole
    text: RawText
    audience: Audience = Audience.CUSTOMER


@dataclass(frozen=True, slots=True)
class RawTicket:
    """A raw ticket; its people seed known-entity masking for the whole thread."""

    reference: str
    subject: RawText
    status: TicketStatus
    priority: str
    created_at: datetime
    people: tuple[KnownPerson, ...]
    turns: tuple[RawTurn, ...]
    requester: RawText = field(default_factory=lambda: RawText(""))


NOTE_MARK = "Internal note:\n"
"""How earlier versions marked a private note: its text begins with it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message, redacted; a private note has the audience ``AGENT``.

    ``mail`` tells automatic messages and mere thanks.
    """

    at: datetime
    author: RedactedText
    role: TurnRole
    text: RedactedText
    audience: Audience = Audience.CUSTOMER
    mail: Mail = Mail.PERSON


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, redacted: flows, writers and logs may see it.

    ``digest`` is that of its `Thread`. ``redaction`` is a keyed tag of everything besides its texts
    that its redaction depended on; empty when that is not known.
    """

    id: str
    reference: str
    subject: RedactedText
    requester: RedactedText
    status: TicketStatus
    priority: str
    created_at: datetime
    turns: tuple[Turn, ...]
    sender: SenderKind = SenderKind.PERSON
    digest: str = ""
    redaction: str = field(default="", compare=False)

    @property
    def thread(self) -> Thread:
        """The state of its thread."""
        return Thread(len(self.turns), self.digest)

    def public(self) -> Ticket:
        """Return the ticket as its requester knows it: without private and system's notes."""
        said = self.without_notes()
        known = tuple(turn for turn in said.turns if turn.role is not TurnRole.SYSTEM)
        return replace(said, turns=known)

    def without_notes(self) -> Ticket:
        """Return the ticket without private notes."""
        kept = tuple(turn for turn in self.turns if turn.audience is Audience.CUSTOMER)
        return replace(self, turns=kept)

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts: the subject, the requester, then author and message of each turn."""
        said = (text for turn in self.turns for text in (turn.author, turn.text))
        return (self.subject, self.requester, *said)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list."""

    id: str
    reference: str
    subject: RedactedText
    requester: RedactedText
    status: TicketStatus
    priority: str
    created_at: datetime
    turns: int


# Drafts and replies


class DraftKind(StrEnum):
    """The kind of a draft."""

    REPLY = "reply"
    SUMMARY = "summary"


class DraftState(StrEnum):
    """The state of a draft on its way to release; a newer draft makes it superseded."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Citation:
    """Passage ``number`` of a draft: ``[1]`` in its text; ``audience`` is the passage's."""

    number: int
    chunk_id: str
    document_id: str
    source: RedactedText
    title: RedactedText
    heading: RedactedText
    first_line: int
    last_line: int
    audience: Audience = Audience.AGENT


class Outcome(StrEnum):
    """What became of a model's text; without one, no model was asked.

    ``declined`` and ``unsupported`` are disagreements: the search had found passages.
    """

    USED = "used"
    DECLINED = "declined"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Written:
    """A writer's result, before it is queued.

    ``saw`` is what was sent to the model (or what the extractive writer read), ``said`` is its
    answer after redaction, ``body`` is what would be sent, with placeholders. An empty ``body``
    means that the passages support no answer. ``findings`` are about ``body``; ``refused`` are
    about ``said``, and the reason why it, or a part of it, is not the body. ``brief`` is for agents
    only: Markdown with the citation numbers of ``body``. ``highlight`` is the start and end
    in ``body`` of the sentence that answers. Once a person has edited it, ``drafted`` is what was
    drafted and ``drafted_by`` its writer. ``prompt`` is the version of the prompts that a model was
    asked with, ``outcome`` what became of its text.
    """

    saw: RedactedText
    said: RedactedText
    body: RedactedText
    writer: str
    citations: tuple[Citation, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    intents: tuple[int, ...] = ()
    refused: tuple[Finding, ...] = ()
    brief: RedactedText = NO_TEXT
    highlight: tuple[int, int] | None = None
    drafted: RedactedText = NO_TEXT
    drafted_by: str = ""
    prompt: str = ""
    outcome: Outcome | None = None

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts, including those of its citations."""
        named = (t for each in self.citations for t in (each.source, each.title, each.heading))
        return (self.saw, self.said, self.body, self.brief, self.drafted, *named)


@dataclass(frozen=True, slots=True)
class Draft:
    """A queued draft; ``turns`` and ``digest`` are the `Thread` that it was made for.

    Drafts of earlier versions have 0 turns: what they were made for is not known.
    """

    id: str
    ticket_id: str
    reference: str
    kind: DraftKind
    state: DraftState
    written: Written
    created_at: datetime
    policy_version: int
    turns: int = 0
    digest: str = ""

    def news(self, thread: Thread) -> int:
        """Return how many messages are new since the draft was made; 1 if only a text changed."""
        return news(Thread(self.turns, self.digest), thread)


@dataclass(frozen=True, slots=True)
class Made:
    """A draft without its texts: what it was made for, and what became of it."""

    id: str
    ticket_id: str
    reference: str
    kind: DraftKind
    state: DraftState
    created_at: datetime
    thread: Thread


@dataclass(frozen=True, slots=True)
class Review:
    """A person's decision about a draft.

    ``distance`` is how much of the drafted body a released one changed, from 0 to 1.
    """

    draft_id: str
    login: str
    action: str
    at: datetime
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about a reply, with what figures about it need and no text.

    ``writer`` drafted it, ``document_id`` is the document cited first, or empty.
    """

    draft_id: str
    created_at: datetime
    writer: str
    document_id: str
    login: str
    action: str
    at: datetime
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A released reply in the outbox; its text is raw, because identity was restored."""

    id: str
    draft_id: str
    reference: str
    text: RawText
    released_by: str
    released_at: datetime
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many deliveries of a reply failed, and when it is tried again.

    ``failure`` is a short code without any text of the server (``http-422``, ``no-answer``);
    ``next_at`` is None when it was given up.
    """

    reply_id: str
    attempts: int
    failure: str
    next_at: datetime | None


def news(made_for: Thread, now: Thread) -> int:
    """Return how many messages are new since ``made_for``; 1 if only the text of one changed."""
    if not made_for.turns:
        return 0
    more = now.turns - made_for.turns
    known = made_for.digest and now.digest
    return max(more, 1) if more or (known and made_for.digest != now.digest) else 0


def new_id() -> str:
    """Return a fresh id: 32 hex digits."""
    return uuid.uuid4().hex


class Feature(StrEnum):
    """What a model is used for; ``all`` is every feature that has no model of its own."""

    ALL = "all"
    SUMMARY = "summary"
    REPLY = "reply"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call: sent, and written by the model; estimated where no server counted."""

    sent: int
    written: int
    estimated: bool = False


class ModelKind(StrEnum):
    """How a model is asked: like OpenAI's servers, like Azure's, or in this process."""

    OPENAI = "openai"
    AZURE = "azure"
    GGUF = "gguf"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model of the register, and what its operator has promised.

    ``where`` is a base URL or the path of a GGUF file; ``model`` its name at the server. The key is
    not stored: ``key_env`` names the environment variable that holds it, ``key_file`` its file.
    ``window`` and ``longest`` are tokens: of the context, and of an answer. Prices are millionths
    of the operator's currency for a million tokens. With ``json_schema`` it is asked for JSON.
    """

    name: str
    kind: ModelKind
    where: str
    model: str
    created_at: datetime
    key_env: str = ""
    key_file: str = ""
    region: str = "local"
    no_training: bool = False
    baa: bool = False
    window: int | None = None
    longest: int | None = None
    price_sent: int = 0
    price_written: int = 0
    json_schema: bool = False

    def cost(self, tokens: Tokens) -> int:
        """Return what a call cost, in millionths of the operator's currency, rounded up."""
        spent = tokens.sent * self.price_sent + tokens.written * self.price_written
        return -(-spent // 1_000_000)


@dataclass(frozen=True, slots=True)
class ModelUse:
    """The model of one tenant's feature, and the most tokens in a day and in a month.

    Without ``model`` the home's own choice holds. The limits of `Feature.ALL` hold for the sum of
    all features. A day and a month are those of UTC.
    """

    feature: Feature
    model: str = ""
    day_limit: int | None = None
    month_limit: int | None = None


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What one tenant's feature used of one model in one day: ``day`` is an ISO date.

    ``estimated`` counts the calls whose tokens were estimated; ``cost`` is in millionths.
    """

    day: str
    feature: str
    model: str
    calls: int
    sent: int
    written: int
    estimated: int
    cost: int

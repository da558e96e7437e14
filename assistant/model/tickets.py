"""Tickets and their messages, raw and redacted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from assistant.model.texts import Audience
from assistant.threads.automatic import Mail
from assistant.threads.senders import SenderKind
from guardrails import RawText, RedactedText, join
from guardrails.detect.directory import KnownPerson


class TicketStatus(StrEnum):
    """The status of a ticket."""

    OPEN = "open"
    PENDING = "pending"
    SOLVED = "solved"
    CLOSED = "closed"


DONE = frozenset({TicketStatus.SOLVED, TicketStatus.CLOSED})
"""The statuses of a ticket that nobody works on."""


class TicketKind(StrEnum):
    """What a ticket is a record of: kinds differ in how long they may be kept."""

    TICKET = "ticket"
    TRANSCRIPT = "transcript"
    """A call, written down."""
    MESSAGE = "message"
    """A chat, or messages by SMS or a messenger."""


@dataclass(frozen=True, slots=True)
class Life:
    """When a ticket was received and last changed by our clock, and when it was closed.

    The helpdesk's own dates may be wrong, even by decades. ``closed_at`` is when the ticket was
    solved or closed as far as known, and never in the future; None for one that is not.
    """

    received_at: datetime
    changed_at: datetime
    closed_at: datetime | None = None


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
    """A raw ticket; its people seed known-entity masking for the whole thread.

    ``closed_at`` is when it was solved or closed, as its helpdesk says.
    """

    reference: str
    subject: RawText
    status: TicketStatus
    priority: str
    created_at: datetime
    people: tuple[KnownPerson, ...]
    turns: tuple[RawTurn, ...]
    requester: RawText = field(default_factory=lambda: RawText(""))
    kind: TicketKind = TicketKind.TICKET
    closed_at: datetime | None = None


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
    that its redaction depended on; empty when that is not known. ``life`` is None until it is
    stored.
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
    kind: TicketKind = TicketKind.TICKET
    life: Life | None = field(default=None, compare=False)

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
    def asked(self) -> tuple[RedactedText, ...]:
        """The requester's own messages, first to last."""
        public = self.public().turns
        return tuple(turn.text for turn in public if turn.role is TurnRole.REQUESTER)

    @property
    def question(self) -> RedactedText:
        """What the requester asks: the subject and their own messages."""
        return join("\n", [self.subject, *self.asked])

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
    kind: TicketKind = TicketKind.TICKET
    life: Life | None = field(default=None, compare=False)


def news(made_for: Thread, now: Thread) -> int:
    """Return how many messages are new since ``made_for``; 1 if only the text of one changed."""
    if not made_for.turns:
        return 0
    more = now.turns - made_for.turns
    known = made_for.digest and now.digest
    return max(more, 1) if more or (known and made_for.digest != now.digest) else 0

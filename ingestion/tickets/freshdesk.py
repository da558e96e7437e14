"""Freshdesk: its account export (``helpdesk_ticket``), or its API's tickets with conversations.

Statuses and priorities are numbers; a desk may add statuses of its own, which count as open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, cast

from pydantic import BeforeValidator, Field, model_validator

from assistant.model import RawTicket, RawTurn, TicketKind, TicketStatus, TurnRole
from assistant.threads.automatic import Mail
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import (
    EPOCH,
    Instant,
    Number,
    Parsed,
    Reference,
    Schema,
    lenient,
    meanings,
)
from ingestion.tickets.parts import (
    NOTHING,
    Attachments,
    Flag,
    Found,
    Line,
    Mailboxes,
    Priority,
    Yes,
    audience,
    called,
    closed,
    known,
    latest,
    message,
    missing,
    names_of,
    words_of,
)

_STATUS: Mapping[str | int, TicketStatus] = {
    2: TicketStatus.OPEN,
    3: TicketStatus.PENDING,
    4: TicketStatus.SOLVED,
    5: TicketStatus.CLOSED,
    6: TicketStatus.PENDING,  # waiting on the customer
    7: TicketStatus.PENDING,  # waiting on a third party
    "open": TicketStatus.OPEN,
    "pending": TicketStatus.PENDING,
    "resolved": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
_PRIORITY: Mapping[str | int, Priority] = {
    1: Priority.LOW,
    2: Priority.NORMAL,
    3: Priority.HIGH,
    4: Priority.URGENT,
    "low": Priority.LOW,
    "medium": Priority.NORMAL,
    "high": Priority.HIGH,
    "urgent": Priority.URGENT,
}
_OUTBOUND = 10
"""The source of a ticket that an agent began, with a mail to the requester."""
_KIND: Mapping[str | int, TicketKind] = {
    3: TicketKind.TRANSCRIPT,
    **dict.fromkeys((5, 6, 7, 13), TicketKind.MESSAGE),  # Twitter, Facebook, chat, WhatsApp
    "phone": TicketKind.TRANSCRIPT,
    **dict.fromkeys(("twitter", "facebook", "chat", "whatsapp"), TicketKind.MESSAGE),
}
"""Sources of calls, and of chats and messengers; every other one is that of a ticket."""
_WRAPPERS = ("helpdesk_ticket", "ticket")
_NOTE_WRAPPERS = ("helpdesk_note", "note")
_NOTES = ("conversations", "helpdesk_notes", "notes")
_HTML = ("body", "body_html")


def _unwrapped(value: object) -> object:
    """Return a note without the object around it."""
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        inner = (given[name] for name in _NOTE_WRAPPERS if isinstance(given.get(name), dict))
        return next(inner, cast("object", given))
    return value


class Person(Schema):
    """A requester or a responder."""

    id: Number = None
    name: Line = NOTHING
    email: Line = NOTHING
    phone: Line = NOTHING
    mobile: Line = NOTHING


PersonOrNobody = Annotated[Person, lenient(Person)]
Nobody = Person()


class Copied(Schema):
    """The copied people, as the account export lists them."""

    cc_emails: Mailboxes = ()
    reply_cc_emails: Mailboxes = ()
    fwd_emails: Mailboxes = ()


class Note(Schema):
    """One message; ``private`` is true for what only staff may read, None if it is unknown."""

    words: Line = NOTHING
    user_id: Number = None
    incoming: Yes = False
    private: Flag = None
    from_email: Mailboxes = ()
    created_at: Instant = EPOCH
    attachments: Attachments = ()

    @model_validator(mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return message(value, _HTML, ["body_text"])


class Stats(Schema):
    """When the ticket was resolved and closed; null while it is not."""

    resolved_at: Annotated[Instant, missing] = EPOCH
    closed_at: Annotated[Instant, missing] = EPOCH

    def earliest(self) -> datetime:
        """Return the first of both times, `EPOCH` without one."""
        return min((at for at in (self.resolved_at, self.closed_at) if at != EPOCH), default=EPOCH)


WrappedNote = Annotated[Note, BeforeValidator(_unwrapped)]


class Ticket(Copied):
    """One ticket."""

    id: Reference
    subject: Line = NOTHING
    words: Line = NOTHING
    status: Annotated[TicketStatus, meanings(_STATUS, TicketStatus.OPEN)] = TicketStatus.OPEN
    priority: Annotated[Priority, meanings(_PRIORITY, Priority.NORMAL)] = Priority.NORMAL
    created_at: Instant = EPOCH
    updated_at: Instant = EPOCH
    deleted: Yes = False
    spam: Yes = False
    outbound: Annotated[bool, BeforeValidator(lambda source: source == _OUTBOUND)] = Field(
        default=False, alias="source"
    )
    kind: Annotated[TicketKind, meanings(_KIND, TicketKind.TICKET)] = Field(
        default=TicketKind.TICKET, alias="source"
    )
    stats: Annotated[Stats, lenient(Stats)] = Field(default_factory=Stats)
    requester: PersonOrNobody = Nobody
    requester_id: Number = None
    requester_name: Line = NOTHING
    requester_email: Line = NOTHING
    name: Line = NOTHING
    email: Line = NOTHING
    phone: Line = NOTHING
    responder: PersonOrNobody = Nobody
    responder_id: Number = None
    responder_name: Line = NOTHING
    cc_email: Annotated[Copied, lenient(Copied)] = Copied()
    attachments: Attachments = ()
    conversations: tuple[WrappedNote, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        given = cast("dict[str, object]", value)
        lists = (given[name] for name in _NOTES if isinstance(given.get(name), list))
        own = {"id": given.get("display_id") or given.get("id"), "conversations": next(lists, None)}
        return message({**given, **own}, ["description_html", "description"], ["description_text"])

    def gone(self) -> Mail | None:
        """Return why the ticket is left out, None if it is not."""
        if self.deleted:
            return Mail.DELETED
        return Mail.SPAM if self.spam else None

    def asked_by(self) -> int | None:
        """Return the requester's id."""
        return self.requester_id or self.requester.id

    def asker(self) -> KnownPerson:
        """Return the requester, nested or among the ticket's own fields."""
        nested = bool(self.requester.name or self.requester.email)
        given = self.requester if nested else self
        return KnownPerson(
            name=given.name or self.requester_name or None,
            email=given.email or (NOTHING if nested else self.requester_email) or None,
            phone=given.phone or self.requester.mobile or None,
        )

    def answerer(self) -> KnownPerson:
        """Return the responder.

        The export writes “No Agent” where there is none; masking those words would hide much text.
        """
        nobody = self.responder_id is None and not self.responder.name
        name = self.responder.name or self.responder_name
        return KnownPerson() if nobody else KnownPerson(name=name or None)

    def copied(self) -> list[KnownPerson]:
        """Return the copied people."""
        lists = [(each.cc_emails, each.reply_cc_emails, each.fwd_emails) for each in self._both()]
        return [box.known() for each in lists for boxes in each for box in boxes]

    def _both(self) -> tuple[Copied, Copied]:
        return self, self.cc_email


def knows(parsed: Parsed) -> bool:
    """Return whether an object looks like Freshdesk's."""
    if parsed.has("helpdesk_ticket"):
        return True
    marks = ("conversations", "description_text", "responder_id", "fr_due_by", "requester_name")
    return not parsed.has("turns", "comments") and parsed.inner("ticket").has(*marks)


def read(parsed: Parsed) -> Found:
    """Return the ticket. `BadInput` names the part that cannot be used."""
    given = parsed.inner(*_WRAPPERS).into(Ticket)
    requester = given.asker()
    first = RawTurn(
        given.created_at,
        called(given.answerer() if given.outbound else requester),
        TurnRole.AGENT if given.outbound else TurnRole.REQUESTER,
        words_of(given.words, names_of(given.attachments)),
    )
    turns = (first, *(_turn(note, given, requester) for note in given.conversations))
    said = tuple(turn for turn in turns if turn.text)
    ticket = RawTicket(
        reference=str(given.id),
        subject=given.subject,
        status=given.status,
        priority=given.priority.value,
        created_at=given.created_at,
        people=known(requester, [given.answerer(), *given.copied()], said),
        turns=said,
        requester=called(requester),
        kind=given.kind,
        closed_at=closed(given.status, given.stats.earliest(), given.updated_at),
    )
    return Found(ticket, latest(ticket, given.updated_at), parsed.where, given.gone())


def _turn(note: Note, ticket: Ticket, requester: KnownPerson) -> RawTurn:
    asked_by = ticket.asked_by()
    from_requester = asked_by is not None and note.user_id == asked_by
    incoming = note.incoming or from_requester
    author = requester if from_requester else _sender(note, ticket, incoming=incoming)
    text = words_of(note.words, names_of(note.attachments))
    role = TurnRole.REQUESTER if incoming else TurnRole.AGENT
    private = not incoming if note.private is None else note.private
    readers = audience(private=private)
    return RawTurn(note.created_at, called(author), role, text, readers)


def _sender(note: Note, ticket: Ticket, *, incoming: bool) -> KnownPerson:
    """Return the author of a note; of agents only the ticket's own responder has a name."""
    if not incoming and note.user_id is not None and note.user_id == ticket.responder_id:
        return ticket.answerer()
    sent = note.from_email if incoming else ()
    return sent[0].known() if sent else KnownPerson()

"""Zendesk: its full JSON export (a ticket a line, people nested), or its API's ``tickets`` pages.

A comment names its author only by id. People are found in the ticket (requester, submitter,
assignee, collaborators) and in the ``users`` beside the tickets; the name of an author in neither
is unknown, so only detection can find it in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

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
    audience,
    called,
    closed,
    known,
    latest,
    message,
    missing,
    names_of,
    only_objects,
    words_of,
)

_STATUS: Mapping[str | int, TicketStatus] = {
    "new": TicketStatus.OPEN,
    "open": TicketStatus.OPEN,
    "pending": TicketStatus.PENDING,
    "hold": TicketStatus.PENDING,
    "solved": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
_PRIORITY: Mapping[str | int, Priority] = {each.value: each for each in Priority}
_KIND: Mapping[str | int, TicketKind] = {
    "voice": TicketKind.TRANSCRIPT,
    "voicemail": TicketKind.TRANSCRIPT,
    **dict.fromkeys(
        (
            *("chat", "sms", "messaging", "native_messaging", "whatsapp", "telegram", "viber"),
            *("facebook", "instagram_dm", "line", "wechat", "twitter", "twitter_dm"),
        ),
        TicketKind.MESSAGE,
    ),
}
"""Channels of calls, and of chats and messengers; every other one is that of a ticket."""
_ROLE: Mapping[str | int, TurnRole] = {"end-user": TurnRole.REQUESTER}
_UNMANNED = ("rule", 8, "merge", 19)
"""Via types, and their ids, of what no person wrote: triggers, automations, merges of tickets."""
_GENERATED = 4
"""The flag of a comment that was generated automatically."""


class User(Schema):
    """A person; end users, and people without a role, are not staff."""

    id: Number = None
    name: Line = NOTHING
    email: Line = NOTHING
    address: Line = NOTHING
    phone: Line = NOTHING
    role: Annotated[TurnRole, meanings(_ROLE, TurnRole.AGENT)] = TurnRole.AGENT

    def known(self) -> KnownPerson:
        """Return the person to mask."""
        return KnownPerson(
            name=self.name or None,
            email=self.email or self.address or None,
            phone=self.phone or None,
        )


Nobody = User()
UserOrNobody = Annotated[User, lenient(User)]
People = Annotated[tuple[User, ...], only_objects]


class Origin(Schema):
    """The origin of a ticket."""

    sender: UserOrNobody = Field(default=Nobody, alias="from")


class Via(Schema):
    """The channel of a ticket."""

    source: Annotated[Origin, lenient(Origin)] = Origin()
    kind: Annotated[TicketKind, meanings(_KIND, TicketKind.TICKET)] = Field(
        default=TicketKind.TICKET, alias="channel"
    )


class Metrics(Schema):
    """What Zendesk counts about a ticket; null while it is not solved."""

    solved_at: Annotated[Instant, missing] = EPOCH


class Channel(Schema):
    """The channel of a comment, as whether no person wrote it."""

    unmanned: Annotated[bool, BeforeValidator(lambda channel: channel in _UNMANNED)] = Field(
        default=False, alias="channel"
    )


class Metadata(Schema):
    """What Zendesk noted about a comment, as whether it was generated automatically."""

    generated: Annotated[
        bool, BeforeValidator(lambda flags: isinstance(flags, list) and _GENERATED in flags)
    ] = Field(default=False, alias="flags")


class Comment(Schema):
    """One message; ``public`` is false for what only staff may read, None if it is unknown."""

    author: UserOrNobody = Nobody
    author_id: Number = None
    words: Line = NOTHING
    public: Flag = None
    created_at: Instant = EPOCH
    attachments: Attachments = ()
    via: Annotated[Channel, lenient(Channel)] = Channel()
    metadata: Annotated[Metadata, lenient(Metadata)] = Metadata()

    @property
    def automatic(self) -> bool:
        """Whether no person wrote it."""
        return self.via.unmanned or self.metadata.generated

    @model_validator(mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return message(value, ["html_body"], ["plain_body", "body"])


class Ticket(Schema):
    """One ticket."""

    id: Reference
    subject: Line = NOTHING
    raw_subject: Line = NOTHING
    description: Line = NOTHING
    status: Annotated[TicketStatus, meanings(_STATUS, TicketStatus.OPEN)] = TicketStatus.OPEN
    deleted: Annotated[bool, BeforeValidator(lambda status: status == "deleted")] = Field(
        default=False, alias="status"
    )
    priority: Annotated[Priority, meanings(_PRIORITY, Priority.NORMAL)] = Priority.NORMAL
    created_at: Instant = EPOCH
    updated_at: Instant = EPOCH
    requester: UserOrNobody = Nobody
    requester_id: Number = None
    submitter: UserOrNobody = Nobody
    submitter_id: Number = None
    assignee: UserOrNobody = Nobody
    assignee_id: Number = None
    collaborator: People = ()
    collaborators: People = ()
    followers: People = ()
    email_ccs: Mailboxes = ()
    via: Annotated[Via, lenient(Via)] = Via()
    metric_set: Annotated[Metrics, lenient(Metrics)] = Metrics()
    comments: tuple[Comment, ...] = ()
    is_public: Flag = None

    @property
    def asked_by(self) -> int | None:
        """Return the requester's id."""
        return self.requester.id or self.requester_id

    def named(self) -> list[User]:
        """Return all people nested here; a person may occur twice, once with an e-mail."""
        people = [self.requester, self.submitter, self.assignee, *self.collaborator]
        authors = [comment.author for comment in self.comments]
        return [*people, *self.collaborators, *self.followers, *authors]

    def ids(self) -> set[int | None]:
        """Return the ids of the people who are given by id only."""
        authors = {comment.author_id for comment in self.comments}
        return {self.requester_id, self.submitter_id, self.assignee_id, *authors}


def knows(parsed: Parsed) -> bool:
    """Return whether an object looks like Zendesk's."""
    marks = ("comments", "comment", "requester_id", "submitter_id", "raw_subject", "submitter")
    return not parsed.has("turns") and parsed.inner("ticket").has(*marks)


def read(parsed: Parsed, users: Mapping[int, User]) -> Found:
    """Return the ticket. `BadInput` names the part that cannot be used."""
    given = parsed.inner("ticket").into(Ticket)
    nested = {each.id: each for each in reversed(given.named()) if each.id is not None}
    beside = {key: users[key] for key in given.ids() if key is not None and key in users}
    people = {**beside, **nested}
    requester = (people.get(given.asked_by or 0) or given.requester).known()
    turns = _turns(given, people, requester)
    others = [*given.named(), *people.values(), given.via.source.sender, *given.email_ccs]
    ticket = RawTicket(
        reference=str(given.id),
        subject=given.subject or given.raw_subject,
        status=given.status,
        priority=given.priority.value,
        created_at=given.created_at,
        people=known(requester, [each.known() for each in others], turns),
        turns=turns,
        requester=called(requester),
        kind=given.via.kind,
        closed_at=closed(given.status, given.metric_set.solved_at, given.updated_at),
    )
    gone = Mail.DELETED if given.deleted else None
    return Found(ticket, latest(ticket, given.updated_at), parsed.where, gone)


def _turns(
    ticket: Ticket, people: Mapping[int, User], requester: KnownPerson
) -> tuple[RawTurn, ...]:
    if not ticket.comments:
        text, role = ticket.description, TurnRole.REQUESTER
        readers = audience(private=ticket.is_public is False)
        turn = RawTurn(ticket.created_at, called(requester), role, text, readers)
        return (turn,) if text else ()
    staff = {ticket.submitter.id or ticket.submitter_id, ticket.assignee.id or ticket.assignee_id}
    turns = (_turn(each, people, ticket.asked_by, staff) for each in ticket.comments)
    return tuple(turn for turn in turns if turn.text)


def _turn(
    comment: Comment, people: Mapping[int, User], asked_by: int | None, staff: set[int | None]
) -> RawTurn:
    author = comment.author.id or comment.author_id
    person = people.get(author or 0) or comment.author
    customer = TurnRole.REQUESTER in (person.role, comment.author.role)
    by_staff = author != asked_by and (author in staff or comment.public is False or not customer)
    text = words_of(comment.words, names_of(comment.attachments))
    role = TurnRole.AGENT if by_staff else TurnRole.REQUESTER
    if comment.automatic:
        role = TurnRole.SYSTEM
    private = by_staff if comment.public is None else not comment.public
    readers = audience(private=private)
    return RawTurn(comment.created_at, called(person.known()), role, text, readers)

"""Zendesk: its full JSON export (a ticket a line, people nested), or its API's ``tickets`` pages.

A comment says only who wrote it by id. People are found in the ticket (requester, submitter,
assignee, collaborators) and in the ``users`` that stand beside the tickets; whoever is in neither
stays without a name, which the redactor then has to find in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from assistant.flows.exports.own import Priority, called, known
from assistant.model import RawTicket, RawTurn, TicketStatus, TurnRole
from guardrails.detect.directory import KnownPerson
from guardrails.intake.exports import Export


class _Kept(StrEnum):
    KEPT = "kept"
    GONE = "gone"


_STATUS: Mapping[str | int, TicketStatus] = {
    "new": TicketStatus.OPEN,
    "open": TicketStatus.OPEN,
    "pending": TicketStatus.PENDING,
    "hold": TicketStatus.PENDING,
    "solved": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
_PRIORITY: Mapping[str | int, Priority] = {each.value: each for each in Priority}
_GONE: Mapping[str | int, _Kept] = {"deleted": _Kept.GONE}
_PEOPLE = ("requester", "submitter", "assignee")
_STAFF = ("submitter", "assignee")


def knows(fields: Export) -> bool:
    """Whether an object looks like Zendesk's."""
    marks = ("comments", "comment", "requester_id", "submitter_id", "raw_subject", "submitter")
    return not fields.has("turns") and fields.inner("ticket").has(*marks)


def read(fields: Export, around: Export) -> RawTicket | None:
    """Return the ticket, None for one that was deleted."""
    ticket = fields.inner("ticket")
    if ticket.word("status", _GONE, _Kept.KEPT) is _Kept.GONE:
        return None
    people = _people(ticket, around)
    asked_by = ticket.object("requester").number("id") or ticket.number("requester_id")
    requester = people.get(asked_by) or _person(ticket.object("requester"))
    sender = ticket.object("via").object("source").object("from")
    turns = _turns(ticket, people, asked_by, requester)
    others = [*_named(ticket), *people.values(), _person(sender), *ticket.mailboxes("email_ccs")]
    return RawTicket(
        reference=ticket.identifier("id"),
        subject=ticket.said("subject", "raw_subject"),
        status=ticket.word("status", _STATUS, TicketStatus.OPEN),
        priority=ticket.word("priority", _PRIORITY, Priority.NORMAL).value,
        created_at=ticket.time("created_at"),
        people=known(requester, others, turns),
        turns=turns,
        requester=called(requester),
    )


def _turns(
    ticket: Export,
    people: Mapping[int | None, KnownPerson],
    asked_by: int | None,
    requester: KnownPerson,
) -> tuple[RawTurn, ...]:
    comments = ticket.objects("comments")
    if not comments:
        text = ticket.said("description")
        first = RawTurn(ticket.time("created_at"), called(requester), TurnRole.REQUESTER, text)
        return (first,) if text else ()
    staff = {ticket.object(role).number("id") or ticket.number(f"{role}_id") for role in _STAFF}
    turns = (_turn(each, people, asked_by, staff - {asked_by}) for each in comments)
    return tuple(turn for turn in turns if turn.text)


def _turn(
    comment: Export,
    people: Mapping[int | None, KnownPerson],
    asked_by: int | None,
    staff: set[int | None],
) -> RawTurn:
    author = comment.object("author").number("id") or comment.number("author_id")
    person = people.get(author) or _person(comment.object("author"))
    internal = comment.is_false("public")
    by_staff = author != asked_by and (author in staff or internal or not _is_customer(comment))
    role = TurnRole.AGENT if by_staff else TurnRole.REQUESTER
    bodies = ("plain_body", "body", "html_body")
    text = comment.said(*bodies, before="Internal note:\n" if internal else "")
    return RawTurn(comment.time("created_at"), called(person), role, text)


def _is_customer(comment: Export) -> bool:
    """Whether a comment's author is said to be no member of staff; unknown ones are staff."""
    author = comment.object("author")
    words: Mapping[str | int, TurnRole] = {"end-user": TurnRole.REQUESTER}
    return author.word("role", words, TurnRole.AGENT) is TurnRole.REQUESTER


def _named(ticket: Export) -> list[KnownPerson]:
    """Return everybody nested in a ticket; a person may stand there twice, once with an e-mail."""
    return list(map(_person, _nested(ticket)))


def _nested(ticket: Export) -> list[Export]:
    found = [ticket.object(role) for role in _PEOPLE]
    found += [*ticket.objects("collaborator", "collaborators"), *ticket.objects("followers")]
    return found + [comment.object("author") for comment in ticket.objects("comments")]


def _people(ticket: Export, around: Export) -> dict[int | None, KnownPerson]:
    """Return the people of a ticket by id: those nested in it, and those it names among users."""
    named = {each.number("id"): _person(each) for each in reversed(_nested(ticket))}
    named.pop(None, None)
    wanted = {ticket.number(f"{role}_id") for role in _PEOPLE}
    wanted |= {comment.number("author_id") for comment in ticket.objects("comments")}
    users = (user for user in around.objects("users") if user.number("id") in wanted)
    return {**{user.number("id"): _person(user) for user in users}, **named}


def _person(fields: Export) -> KnownPerson:
    return KnownPerson(
        name=fields.said("name") or None,
        email=fields.said("email", "address") or None,
        phone=fields.said("phone") or None,
        username=None,
    )

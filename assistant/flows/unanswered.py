"""Which tickets want a reply: those whose requester asked last, and whose question is open.

The choice rests on the state of a ticket alone, not on whether a draft was ever made: what was
answered is not drafted again, and a follow-up is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import LiteralString

from assistant.desk import Desk
from assistant.errors import QuietdeskError, StorageTrouble
from assistant.flows.ai import OPTED_OUT, opted_out
from assistant.flows.checks import ticket_of
from assistant.model import (
    Audience,
    DraftKind,
    DraftState,
    Made,
    Ticket,
    TicketStatus,
    TurnRole,
    news,
)
from assistant.threads.automatic import Mail
from assistant.threads.senders import SenderKind

_WHY: dict[Mail, LiteralString] = {
    Mail.ABSENCE: "an out-of-office reply",
    Mail.BOUNCE: "a message that could not be delivered",
    Mail.MACHINE: "an automatic message",
    Mail.SPAM: "advertising",
    Mail.THANKS: "the requester only thanks",
    Mail.SETTLED: "the requester says that it is settled",
}
_ENDED: dict[Mail, LiteralString] = {
    Mail.MERGED: "it was merged into another ticket",
    Mail.SPAM: "it is marked as spam in the helpdesk",
    Mail.DELETED: "it was deleted in the helpdesk",
}
"""Why a ticket is over whose last message is one of these, and not of its requester."""
ANSWERED = "it is answered, and the requester has not written since"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A ticket that wants no reply, and why, in our own words."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Tickets to write about, drafts that are up to date, and tickets that want no reply."""

    wanted: tuple[str, ...]
    known: tuple[Made, ...]
    skipped: tuple[Skipped, ...] = ()


def choose(
    desk: Desk,
    references: Iterable[str],
    kind: DraftKind,
    seen: Callable[[int], None] = lambda _done: None,
) -> Choice:
    """Return which of ``references`` want a text of ``kind``, each once and in their order.

    A summary is written of any ticket whose thread has changed since its last summary. Nothing is
    written about a ticket whose requester has opted out of AI.
    """
    made = _by_reference(desk, kind)
    wanted: list[str] = []
    known: list[Made] = []
    skipped: list[Skipped] = []
    for done, reference in enumerate(dict.fromkeys(references)):
        seen(done)
        found = _choice(desk, reference, made.get(reference, ()), kind)
        if isinstance(found, Made):
            known.append(found)
        elif found:
            skipped.append(Skipped(reference, found))
        else:
            wanted.append(reference)
    return Choice(tuple(wanted), tuple(known), tuple(skipped))


def _choice(desk: Desk, reference: str, made: Collection[Made], kind: DraftKind) -> Made | str:
    """Return the current draft, or why none is wanted, or an empty string."""
    try:
        ticket = ticket_of(desk, reference)
    except StorageTrouble:
        raise
    except QuietdeskError:
        return ""  # the attempt to write about it reports the error
    if opted_out(desk, reference):
        return OPTED_OUT
    return _current(made, ticket, kind) or (why_not(ticket) if kind is DraftKind.REPLY else "")


def why_not(ticket: Ticket) -> str:
    """Return why a ticket wants no reply, or an empty string."""
    last = ticket.turns[-1] if ticket.turns else None
    if last and last.role is not TurnRole.REQUESTER and last.mail in _ENDED:
        return _ENDED[last.mail]
    if ticket.status in (TicketStatus.SOLVED, TicketStatus.CLOSED):
        return f"it is {ticket.status.value}"
    if ticket.sender is SenderKind.DAEMON:
        return f"{_WHY[Mail.BOUNCE]}: its sender is a mail server"
    return _why_of_turns(ticket)


def last_question(ticket: Ticket) -> int | None:
    """Return the position of the requester's last turn that wants an answer, None without one."""
    return next((at for at, mail in _asked_last_first(ticket) if mail is Mail.PERSON), None)


def _why_of_turns(ticket: Ticket) -> str:
    last: Mail | None = None
    for at, mail in _asked_last_first(ticket):
        if mail is Mail.PERSON:
            if not _is_answered(ticket, at):
                return ""
            return _WHY[last] if last else ANSWERED
        last = last or mail
        if mail is Mail.SETTLED:
            break  # what was asked before is settled too
    return _WHY[last] if last else "it holds no message that a person sent us"


def _asked_last_first(ticket: Ticket) -> Iterator[tuple[int, Mail]]:
    """Yield the requester's turns from the last to the first, with what each is."""
    for at in range(len(ticket.turns) - 1, -1, -1):
        if ticket.turns[at].role is TurnRole.REQUESTER:
            yield at, ticket.turns[at].mail


def _is_answered(ticket: Ticket, at: int) -> bool:
    """Return whether an agent has answered turn ``at`` in public, with more than a receipt."""
    return any(
        turn.role is TurnRole.AGENT and turn.mail is not Mail.RECEIPT
        for turn in ticket.turns[at + 1 :]
        if turn.audience is Audience.CUSTOMER
    )


def _by_reference(desk: Desk, kind: DraftKind) -> dict[str, list[Made]]:
    """Return the drafts by ticket, oldest first, without those that a newer one replaced."""
    found: dict[str, list[Made]] = {}
    for each in desk.records.drafts.made(kind):
        if each.state is not DraftState.SUPERSEDED:
            found.setdefault(each.reference, []).append(each)
    return found


def _current(made: Collection[Made], ticket: Ticket, kind: DraftKind) -> Made | None:
    """Return the newest draft if it was made for what the ticket asks now."""
    newest = max(made, key=lambda each: (each.created_at, each.id), default=None)
    if newest is None:
        return None
    if kind is DraftKind.SUMMARY:
        return None if news(newest.thread, ticket.thread) else newest
    question = last_question(ticket)
    if question is None:
        return newest
    return newest if _is_for(newest, ticket, question) else None


def _is_for(made: Made, ticket: Ticket, question: int) -> bool:
    """Return whether a draft was made when the requester had asked turn ``question``."""
    if not made.thread.turns:  # of an earlier version
        return made.created_at >= ticket.turns[question].at
    if made.thread.turns == ticket.thread.turns and news(made.thread, ticket.thread):
        return False  # the text of a message has changed
    return made.thread.turns > question

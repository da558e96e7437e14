"""A draft was made for one state of a ticket's thread; a person confirms what came since.

Every decision is recorded with its ledger row, in the transaction of the change.
"""

from __future__ import annotations

import re
from typing import LiteralString

from assistant.desk import Desk
from assistant.errors import BadInput, Refused
from assistant.flows.checks import draft_of, must_decide, ticket_of
from assistant.model import Draft, DraftState, Review, Thread
from guardrails.audit.ledger import Fact
from guardrails.identity.permissions import Person

_TOKEN = re.compile(r"(\d{1,6})(?:-([0-9a-f]{8}))?")
_SHOWN = 8  # digits of a digest


def token_of(thread: Thread) -> str:
    """Return what a person repeats to say that they have seen ``thread``: ``3-1a2b3c4d``."""
    return f"{thread.turns}-{thread.digest[:_SHOWN]}" if thread.digest else str(thread.turns)


def mark_seen(desk: Desk, person: Person, draft_id: str, seen: str) -> Draft:
    """Record that ``person`` has seen the messages since a draft was made.

    `Refused` when the thread is not in the state ``seen`` any more, or nothing is to be decided.
    """
    must_decide(desk, person)
    draft = draft_of(desk, draft_id)
    if draft.state not in (DraftState.PENDING, DraftState.APPROVED):
        raise Refused(f"This draft is {draft.state.value}; nothing is left to decide about it.")
    with desk.records.transaction():
        confirm(desk, person, draft, seen)
    return draft_of(desk, draft_id)


def confirm(desk: Desk, person: Person, draft: Draft, seen: str | None) -> None:
    """Refuse a decision about a stale draft, unless ``seen`` names the thread as it is now.

    Called in the transaction of the decision. ``seen`` is a number of messages or what `token_of`
    returns, which is refused too when only the text of a message has changed.
    """
    thread = desk.records.tickets.thread(draft.reference)
    new = draft.news(thread) if thread else 0
    if thread is None or not new:
        return
    if seen is None:
        raise Refused(
            f"{_messages(new)} came after this draft was made.",
            safe="The draft was not changed, and nothing was sent.",
            todo=f"Read the ticket, then confirm with `--seen {token_of(thread)}`, or draft again.",
        )
    if not _names(seen, thread):
        raise Refused(
            "The ticket has changed since you read it.",
            safe="The draft was not changed, and nothing was sent.",
            todo=f"Read the ticket again; it has {thread.turns} messages now.",
        )
    desk.records.drafts.seen(draft.id, thread)
    record(desk, person, draft, "draft.seen", turns=thread.turns, new=new)


def news_of(desk: Desk, draft: Draft) -> int:
    """Return how many messages are new since ``draft`` was made, 0 if it is up to date."""
    thread = desk.records.tickets.thread(draft.reference)
    return draft.news(thread) if thread else 0


def state_of(desk: Desk, draft: Draft) -> str:
    """Return the token of the ticket's thread as it is now."""
    return token_of(ticket_of(desk, draft.reference).thread)


def record(
    desk: Desk,
    person: Person,
    draft: Draft,
    action: LiteralString,
    *,
    distance: float | None = None,
    **facts: Fact,
) -> None:
    """Record a decision and its ledger row."""
    now = desk.clock()
    desk.records.drafts.record(Review(draft.id, person.id, action, now, distance))
    desk.ledger.append(action, draft=draft.id, by=person.id, **facts)


def _names(seen: str, thread: Thread) -> bool:
    found = _TOKEN.fullmatch(seen.strip())
    if found is None:
        raise BadInput(
            f"{seen!r} does not say how many messages were seen.",
            todo="Give a number, or what `quietdesk review show` prints.",
        )
    turns, digest = found.groups()
    return int(turns) == thread.turns and thread.digest.startswith(digest or "")


def _messages(count: int) -> str:
    return "1 new message" if count == 1 else f"{count} new messages"

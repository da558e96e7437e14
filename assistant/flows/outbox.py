"""Released replies: shown, exported, or posted to a webhook that the provider owns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.desk import Desk
from assistant.flows.checks import must_decide, must_read
from assistant.model import Reply
from guardrails import ForPerson
from guardrails.identity.permissions import Person, release, show


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One released reply, for the eyes of a permitted person."""

    reply_id: str
    reference: str
    text: ForPerson
    released_by: str
    released_at: datetime
    delivered_at: datetime | None


Post = Callable[[str, str, ForPerson], None]
"""Posts ``(reply id, reference, text)``; raises `Trouble` when the other side does not take it."""


def replies(desk: Desk, person: Person) -> list[OutboxItem]:
    """Return the outbox, oldest first."""
    must_read(desk, person)
    return [
        OutboxItem(
            reply.id,
            reply.reference,
            show(reply.text, person, desk.tenant.slug),
            reply.released_by,
            reply.released_at,
            reply.delivered_at,
        )
        for reply in desk.records.drafts.replies()
    ]


def deliver(desk: Desk, person: Person, post: Post) -> int:
    """Post what was not delivered yet, oldest first; return how many.

    Each reply is marked when the other side has taken it; a reply taken just before a crash is
    posted again with the same id, by which the other side can tell.
    """
    must_decide(desk, person)
    waiting = desk.records.drafts.replies(waiting=True)
    for reply in waiting:
        _deliver(desk, person, reply, post)
    return len(waiting)


def _deliver(desk: Desk, person: Person, reply: Reply, post: Post) -> None:
    text = release(reply.text, person, desk.tenant.slug)
    desk.ledger.append(
        "reply.posting",
        reply=reply.id,
        by=person.login,
        text_hmac=desk.sealer.fingerprint(reply.text),
    )
    post(reply.id, reply.reference, text)
    with desk.records.transaction():
        desk.records.drafts.delivered(reply.id, datetime.now(UTC))
        desk.ledger.append("reply.delivered", reply=reply.id)

"""Shows and exports released replies. `assistant.flows.delivery` posts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.desk import Desk
from assistant.flows.checks import must_read
from assistant.model import Delivery
from guardrails import ForPerson
from guardrails.identity.permissions import Person, show


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One released reply, for the eyes of a permitted person."""

    reply_id: str
    reference: str
    text: ForPerson
    released_by: str
    released_at: datetime
    delivered_at: datetime | None
    delivery: Delivery | None = None
    """How many deliveries failed; None when none was tried, or the reply was delivered."""


def replies(desk: Desk, person: Person) -> list[OutboxItem]:
    """Return the outbox, oldest first."""
    must_read(desk, person)
    tried = {each.reply_id: each for each in desk.records.deliveries.all()}
    return [
        OutboxItem(
            reply.id,
            reply.reference,
            show(reply.text, person, desk.tenant.slug),
            reply.released_by,
            reply.released_at,
            reply.delivered_at,
            tried.get(reply.id),
        )
        for reply in desk.records.drafts.replies()
    ]

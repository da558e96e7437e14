"""Shows and exports released replies. `assistant.flows.delivery` posts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from assistant.desk import Desk
from assistant.flows.ai_notice import with_notices
from assistant.flows.checks import draft_of, must_read
from assistant.flows.seeing import seeing
from assistant.model import Delivery, Reply
from guardrails import ForPerson
from guardrails.ai_mark import BY_HAND, AiMark
from guardrails.identity.permissions import Person, show, show_restored


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
    ai: AiMark = BY_HAND


def replies(desk: Desk, person: Person) -> list[OutboxItem]:
    """Return the outbox, oldest first; redacted where the rules show this person no more."""
    must_read(desk, person)
    tried = {each.reply_id: each for each in desk.records.deliveries.all()}
    with seeing(desk, person):
        return [
            OutboxItem(
                reply.id,
                reply.reference,
                _text(desk, person, reply),
                reply.released_by,
                reply.released_at,
                reply.delivered_at,
                tried.get(reply.id),
                reply.ai,
            )
            for reply in desk.records.drafts.replies()
        ]


def _text(desk: Desk, person: Person, reply: Reply) -> ForPerson:
    if person.reads_raw and person.restores:
        return show(reply.text, person, desk.tenant.slug)
    body = desk.restorer.restore(draft_of(desk, reply.draft_id).written.body, ())
    noticed = replace(body, text=with_notices(body.text, reply.ai.notices))
    return show_restored(noticed, person, desk.tenant.slug)

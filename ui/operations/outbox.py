"""The outbox: replies that a person released, with identity put back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ui.operations.base import Operation, PersonArgs, Progress, Shape
from ui.operations.people import membership

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class ReplyView(Shape):
    """A released reply."""

    reply: str
    reference: str
    text: str
    released_by: str
    released_at: datetime
    delivered_at: datetime | None


class Outbox(Shape):
    """Every released reply, oldest first."""

    replies: tuple[ReplyView, ...]


class Delivered(Shape):
    """How many replies were posted."""

    delivered: int


def _list(home: Home, args: PersonArgs, _progress: Progress) -> Outbox:
    from assistant.flows import outbox

    desk, person = membership(home, args)
    return Outbox(
        replies=tuple(
            ReplyView(
                reply=item.reply_id,
                reference=item.reference,
                text=item.text.for_display(),
                released_by=item.released_by,
                released_at=item.released_at,
                delivered_at=item.delivered_at,
            )
            for item in outbox.replies(desk, person)
        )
    )


def _deliver(home: Home, args: PersonArgs, _progress: Progress) -> Delivered:
    from assistant.flows import outbox

    desk, person = membership(home, args)
    return Delivered(delivered=outbox.deliver(desk, person, home.post_replies()))


LIST = Operation("outbox.list", PersonArgs, Outbox, _list)
DELIVER = Operation("outbox.deliver", PersonArgs, Delivered, _deliver, alone=True)

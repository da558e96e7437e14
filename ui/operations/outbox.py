"""The outbox: replies that a person released, with identity put back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.needs import member

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


def _list(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> Outbox:
    from assistant.flows import outbox

    desk, person = at_desk(home, caller, args.tenant)
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


def _deliver(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> Delivered:
    from assistant.flows import outbox

    desk, person = at_desk(home, caller, args.tenant)
    return Delivered(delivered=outbox.deliver(desk, person, home.post_replies()))


LIST = Operation("outbox.list", TenantArgs, Outbox, _list, needs=member(Role.AGENT))
DELIVER = Operation(
    "outbox.deliver", TenantArgs, Delivered, _deliver, needs=member(Role.REVIEWER), alone=True
)

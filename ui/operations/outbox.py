"""The outbox: replies that a person released, with identity restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import Role
from guardrails.identity.permissions import Right
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.names import names_of
from ui.operations.needs import member

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.flows.outbox import OutboxItem


class ReplyView(Shape):
    """A released reply; ``failure`` is a short code, empty if no attempt to send it failed.

    ``ai_generated`` is false for a reply by hand; ``text`` ends with the ``notices``.
    """

    reply: str
    reference: str
    text: str
    released_by: str
    released_at: datetime
    delivered_at: datetime | None
    attempts: int = 0
    failure: str = ""
    next_attempt_at: datetime | None = None
    given_up: bool = False
    ai_generated: bool = False
    notices: tuple[str, ...] = ()


class OutboxArgs(TenantArgs):
    """The outbox, or only the replies whose delivery was given up."""

    failed: bool = False


class Outbox(Shape):
    """Released replies, oldest first."""

    replies: tuple[ReplyView, ...]


class NotTaken(Shape):
    """A reply that the webhook did not accept; without a next attempt its delivery was given up."""

    reply: str
    reference: str
    failure: str
    attempts: int
    next_attempt_at: datetime | None


class Delivered(Shape):
    """How many replies the webhook accepted, and those that it did not."""

    delivered: int
    failed: tuple[NotTaken, ...]


class RetryArgs(TenantArgs):
    """A reply whose delivery was given up, by its id or the first digits of it; empty means all."""

    reply: str = ""


class Retried(Shape):
    """How many replies are due again."""

    retried: int


def _list(home: Home, caller: Caller, args: OutboxArgs, _progress: Progress) -> Outbox:
    from assistant.flows import outbox

    desk, person = at_desk(home, caller, args.tenant)
    name = names_of(home)
    found = (_view(item, name) for item in outbox.replies(desk, person))
    return Outbox(replies=tuple(each for each in found if each.given_up or not args.failed))


def _view(item: OutboxItem, name: Callable[[str], str]) -> ReplyView:
    tried = item.delivery
    return ReplyView(
        reply=item.reply_id,
        reference=item.reference,
        text=item.text.for_display(),
        released_by=name(item.released_by),
        released_at=item.released_at,
        delivered_at=item.delivered_at,
        attempts=tried.attempts if tried else 0,
        failure=tried.failure if tried else "",
        next_attempt_at=tried.next_at if tried else None,
        given_up=tried is not None and tried.next_at is None,
        ai_generated=item.ai.generated,
        notices=item.ai.notices,
    )


def _deliver(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> Delivered:
    from assistant.flows import delivery

    desk, person = at_desk(home, caller, args.tenant)
    done = delivery.deliver(desk, person, home.post_replies(args.tenant))
    return Delivered(
        delivered=done.delivered,
        failed=tuple(
            NotTaken(
                reply=each.delivery.reply_id,
                reference=each.reference,
                failure=each.delivery.failure,
                attempts=each.delivery.attempts,
                next_attempt_at=each.delivery.next_at,
            )
            for each in done.waiting
        ),
    )


def _retry(home: Home, caller: Caller, args: RetryArgs, _progress: Progress) -> Retried:
    from assistant.flows import delivery

    desk, person = at_desk(home, caller, args.tenant)
    return Retried(retried=delivery.retry(desk, person, args.reply))


LIST = Operation("outbox.list", OutboxArgs, Outbox, _list, needs=member(Role.AGENT, Role.OFFICER))
_SENDERS = member(Role.REVIEWER, right=Right.RELEASE)

DELIVER = Operation(
    "outbox.deliver", TenantArgs, Delivered, _deliver, needs=_SENDERS, takes_turn=True
)
RETRY = Operation("outbox.retry", RetryArgs, Retried, _retry, needs=_SENDERS, takes_turn=True)

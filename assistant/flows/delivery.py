"""Released replies are posted to the provider's webhook, each in a request of its own.

An attempt is counted before the reply is posted, so that a kill in between costs one attempt only.
A reply that the server does not accept is tried again later, at most `MOST_ATTEMPTS` times, and is
then given up until a person asks for it again. Every attempt carries the reply's id, by which the
server recognises a reply that it has already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tenacity import RetryCallState, Retrying, wait_exponential_jitter

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound
from assistant.flows.checks import must_decide
from assistant.model import Delivery, Reply
from assistant.ports import Refusal
from guardrails import ForPerson
from guardrails.ai_mark import AiMark
from guardrails.identity.permissions import Person, release

MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(seconds=20)
"""How long one run waits for replies that are due again soon."""

LONGEST_RUN = timedelta(minutes=3)
"""How long a run begins new attempts: other operations of the tenant wait for it."""

UNFINISHED = "unfinished"
"""The code of an attempt that has begun; it stays when the process is killed."""

Post = Callable[[str, str, ForPerson, AiMark], Refusal | None]
"""Posts ``(reply id, reference, text, mark)``; returns why it was not accepted, or None."""

_growing = wait_exponential_jitter(multiplier=2, max=LONGEST_WAIT.total_seconds(), jitter=2)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A reply that the server did not accept; ``delivery.next_at`` is None when it was given up."""

    reference: str
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Delivered:
    """The result of a run: how many replies were accepted, and those that still wait."""

    delivered: int
    waiting: tuple[NotTaken, ...]


def deliver(
    desk: Desk, person: Person, post: Post, sleep: Callable[[float], None] = time.sleep
) -> Delivered:
    """Post the replies that are due, oldest first; wait at most `PATIENCE` for others."""
    must_decide(desk, person)
    began, taken = desk.clock(), 0
    until, end = began + PATIENCE, began + LONGEST_RUN
    while True:
        for reply, before in _due(desk, desk.clock()):
            if desk.clock() <= end:
                taken += _attempt(desk, person, reply, before, post)
        soonest = min((each for each in _times(desk) if each <= until), default=None)
        if soonest is None or desk.clock() > end:
            return Delivered(taken, tuple(failures(desk, person)))
        sleep(max((soonest - desk.clock()).total_seconds(), 0))


def failures(desk: Desk, person: Person, *, given_up: bool = False) -> list[NotTaken]:
    """Return the replies whose delivery failed, or only those that were given up."""
    must_decide(desk, person)
    known = {reply.id: reply.reference for reply, _ in _undelivered(desk)}
    return [
        NotTaken(known[each.reply_id], each)
        for each in desk.records.deliveries.all()
        if each.reply_id in known and (each.next_at is None or not given_up)
    ]


def retry(desk: Desk, person: Person, reply_id: str = "") -> int:
    """Make replies due again that were given up, and return how many.

    ``reply_id`` is the start of one id; empty means all. `NotFound` when no id begins with it,
    `BadInput` when several do.
    """
    given_up = [each.delivery for each in failures(desk, person, given_up=True)]
    wanted = [each for each in given_up if each.reply_id.startswith(reply_id)]
    if reply_id and len(wanted) != 1:
        raise _not_one(reply_id, len(wanted))
    with desk.records.transaction():
        for each in wanted:
            desk.records.deliveries.put(replace(each, attempts=0, next_at=desk.clock()))
            desk.ledger.append("reply.retried", reply=each.reply_id, by=person.id)
    return len(wanted)


def _not_one(reply_id: str, number: int) -> NotFound | BadInput:
    todo = "See `quietdesk outbox list --failed`."
    if number:
        return BadInput(
            f"{number} ids begin with {reply_id}.", todo="Give more characters of the id."
        )
    return NotFound(f"No reply {reply_id} was given up.", todo=todo)


def _undelivered(desk: Desk) -> Iterator[tuple[Reply, Delivery | None]]:
    tried = {each.reply_id: each for each in desk.records.deliveries.all()}
    for reply in desk.records.drafts.replies(waiting=True):
        yield reply, tried.get(reply.id)


def _due(desk: Desk, now: datetime) -> list[tuple[Reply, Delivery | None]]:
    return [
        (reply, before)
        for reply, before in _undelivered(desk)
        if before is None or (before.next_at is not None and before.next_at <= now)
    ]


def _times(desk: Desk) -> Iterator[datetime]:
    for _, tried in _undelivered(desk):
        if tried is not None and tried.next_at is not None:
            yield tried.next_at


def _attempt(desk: Desk, person: Person, reply: Reply, before: Delivery | None, post: Post) -> bool:
    """Post one reply; return whether the server accepted it."""
    number = before.attempts + 1 if before else 1
    if (
        before is not None and number > MOST_ATTEMPTS
    ):  # the process was killed during the last attempt
        _fail(desk, reply, replace(before, next_at=None))
        return False
    begun = Delivery(reply.id, number, UNFINISHED, desk.clock() + _backoff(number))
    text = release(reply.text, person, desk.tenant.slug)
    with desk.records.transaction():
        desk.records.deliveries.put(begun)
        desk.ledger.append(
            "reply.posting",
            reply=reply.id,
            by=person.id,
            text_hmac=desk.sealer.fingerprint(reply.text),
        )
    refusal = post(reply.id, reply.reference, text, reply.ai)
    if refusal is not None:
        _fail(desk, reply, _failed(begun, refusal, desk.clock()))
        return False
    with desk.records.transaction():
        desk.records.deliveries.remove(reply.id)
        desk.records.drafts.delivered(reply.id, desk.clock())
        desk.ledger.append("reply.delivered", reply=reply.id)
    return True


def _failed(begun: Delivery, refusal: Refusal, now: datetime) -> Delivery:
    wait = min(max(_backoff(begun.attempts), refusal.wait or timedelta()), LONGEST_WAIT)
    last = begun.attempts >= MOST_ATTEMPTS
    return replace(begun, failure=refusal.code, next_at=None if last else now + wait)


def _fail(desk: Desk, reply: Reply, failed: Delivery) -> None:
    with desk.records.transaction():
        desk.records.deliveries.put(failed)
        kind = "reply.given_up" if failed.next_at is None else "reply.refused"
        desk.ledger.append(kind, reply=reply.id, why=failed.failure, attempts=failed.attempts)


def _backoff(attempts: int) -> timedelta:
    """Return how long to wait after ``attempts``: 2 s, 4 s, 8 s …, plus up to 2 s at random."""
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempts
    return timedelta(seconds=_growing(state))

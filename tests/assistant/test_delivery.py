"""Delivery of released replies to a webhook on a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from assistant.adapters.webhook import webhook
from assistant.desk import Desk
from assistant.errors import NotFound, NotPermitted
from assistant.flows import delivery, outbox
from assistant.flows.delivery import MOST_ATTEMPTS, PATIENCE, UNFINISHED, Delivered, Post
from assistant.model import Delivery
from assistant.ports import Refusal
from assistant.register.places import origin_of
from guardrails import ForPerson
from guardrails.ai_mark import AiMark
from guardrails.egress import netguard
from guardrails.egress.delivery import DeliveryGate
from guardrails.egress.place import Place
from guardrails.identity.permissions import Person
from guardrails.policy import Destination, SubprocessorKind
from tests.fakes.desks import a_desk
from tests.fakes.samples import MORNING, a_draft, a_reply
from tests.webhook_server import HANG_UP, TAKEN, Answer, WebhookServer

REVIEWER = Person("rita", "harbour", may_read=True, may_release=True)
AGENT = Person("ada", "harbour", may_read=True)


class Time:
    """A clock that does not wait, and records how long it should have."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.waited: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def desk() -> Desk:
    made = a_desk()
    for number in range(5):
        draft = a_draft(f"HD-{number}")
        made.records.drafts.add(draft)
        made.records.drafts.put_reply(a_reply(draft, at=MORNING + timedelta(minutes=number)))
    return made


def a_webhook(desk: Desk, url: str) -> Post:
    """Return what posts to a webhook on this machine, through the gate."""
    place = Place(
        Destination(
            "webhook", origin_of(url), kind=SubprocessorKind.WEBHOOK, own=True, region="local"
        ),
        lambda: desk.tenant.policy,
        desk.ledger,
    )
    return webhook(url, DeliveryGate(place, desk.sealer))


def run(desk: Desk, server: WebhookServer, time: Time) -> Delivered:
    return deliver(desk, a_webhook(desk, server.url), time)


def deliver(desk: Desk, post: delivery.Post, time: Time) -> Delivered:
    on_time = replace(desk, clock=lambda: time.now)
    return delivery.deliver(on_time, REVIEWER, post, time.sleep)


def always(number: int, answer: Answer) -> Callable[[dict[str, Any], int], Answer]:
    """Answer one of the five replies with ``answer``, and accept the others."""
    return lambda body, _: answer if body["reference"] == f"HD-{number}" else TAKEN


def test_one_reply_that_is_refused_stops_no_other(desk: Desk) -> None:
    with WebhookServer(always(1, (422, {}))) as server:
        done = run(desk, server, Time())
    assert sorted(server.taken) == ["HD-0", "HD-2", "HD-3", "HD-4"]
    assert done.delivered == 4
    (failed,) = done.waiting
    assert (failed.reference, failed.delivery.failure) == ("HD-1", "http-422")


def test_every_attempt_of_a_reply_has_the_same_key(desk: Desk) -> None:
    with WebhookServer(lambda _, times: (500, {}) if times < 3 else TAKEN) as server:
        done = run(desk, server, Time())
    assert (done.delivered, done.waiting) == (5, ())
    assert len(server.keys) == 15
    assert server.keys == [body["id"] for body in server.received]
    assert desk.records.deliveries.all() == []


def test_waits_grow_and_are_never_the_same_and_one_run_is_bounded(desk: Desk) -> None:
    time = Time()
    with WebhookServer(always(0, (500, {}))) as server:
        done = run(desk, server, time)
        (first,) = done.waiting
        assert first.delivery.next_at is not None
        assert sum(time.waited) <= PATIENCE.total_seconds()
        assert time.waited == sorted(time.waited)
        assert len(set(time.waited)) > 1
        asked = len(server.received)
        assert run(desk, server, Time()).waiting == (first,)
    assert len(server.received) == asked


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_that_names_seconds_is_left_alone_for_so_long(
    desk: Desk, status: int
) -> None:
    time = Time()
    before = time.now
    with WebhookServer(always(3, (status, {"retry-after": "120"}))) as server:
        (failed,) = run(desk, server, time).waiting
    assert failed.delivery.attempts == 1
    assert failed.delivery.next_at == before + timedelta(seconds=120)


def test_a_busy_server_that_names_a_date_is_left_alone_until_then(desk: Desk) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    header = {"retry-after": format_datetime(at, usegmt=True)}
    with WebhookServer(always(3, (429, header))) as server:
        (failed,) = run(desk, server, Time()).waiting
    assert failed.delivery.next_at is not None
    assert abs(failed.delivery.next_at - at) < timedelta(seconds=5)


@pytest.mark.parametrize("asked", ["soon", "", "-5", "Fri, 99 Foo 2026", "9" * 400])
def test_a_wait_that_cannot_be_read_is_not_heard(desk: Desk, asked: str) -> None:
    time = Time()
    with WebhookServer(lambda _, times: (429, {"retry-after": asked})) as server:
        done = run(desk, server, time)
    waits = [each.delivery.next_at for each in done.waiting]
    assert len(waits) == 5
    assert all(each is not None and each <= time.now + timedelta(minutes=5) for each in waits)


def test_no_server_keeps_a_reply_waiting_for_longer_than_an_hour(desk: Desk) -> None:
    time = Time()
    with WebhookServer(always(3, (429, {"retry-after": "864000"}))) as server:
        (failed,) = run(desk, server, time).waiting
    assert failed.delivery.next_at == time.now + timedelta(hours=1)


def test_a_server_that_hangs_up_or_is_away_is_named_without_its_words(desk: Desk) -> None:
    with WebhookServer(always(2, HANG_UP)) as server:
        (failed,) = run(desk, server, Time()).waiting
    assert failed.delivery.failure == "broken-off"
    later = Time()
    later.now += timedelta(hours=2)
    (failed,) = run(desk, server, later).waiting
    assert failed.delivery.failure == "not-reached"


def test_an_answer_that_never_ends_is_not_waited_for(desk: Desk) -> None:
    """The server ends its answer when the client has gone, and not before."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        port = listening.getsockname()[1]
        netguard.allow("127.0.0.1", port)
        serving = pool.submit(_begins_answers, listening, 5)
        done = deliver(desk, a_webhook(desk, f"http://127.0.0.1:{port}"), Time())
        serving.result()
    assert (done.delivered, done.waiting) == (5, ())


def _begins_answers(listening: socket.socket, count: int) -> None:
    for _ in range(count):
        connection, _address = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nno")
            while connection.recv(65536):
                pass


def test_what_the_other_side_says_is_kept_nowhere(desk: Desk) -> None:
    with WebhookServer(lambda _, __: (422, {})) as server:
        run(desk, server, Time())
    rows = [row.body for row in desk.ledger.rows()]
    assert rows
    assert "unknown here" not in repr(desk.records.deliveries.all()) + "".join(rows)


def test_a_reply_is_given_up_after_so_many_attempts_and_is_listed(desk: Desk) -> None:
    time = Time()
    with WebhookServer(always(4, (422, {}))) as server:
        for _ in range(MOST_ATTEMPTS + 2):
            run(desk, server, time)
            time.now += timedelta(hours=1)
    assert sum(body["reference"] == "HD-4" for body in server.received) == MOST_ATTEMPTS
    (failed,) = delivery.failures(desk, REVIEWER, given_up=True)
    assert (failed.delivery.attempts, failed.delivery.next_at) == (MOST_ATTEMPTS, None)
    last = [row.kind for row in desk.ledger.rows()][-1]
    assert last == "reply.given_up"
    (item,) = [each for each in outbox.replies(desk, REVIEWER) if each.delivered_at is None]
    assert item.delivery == failed.delivery


def test_what_was_given_up_is_tried_again_when_a_person_asks(desk: Desk) -> None:
    time = Time()
    with WebhookServer(always(4, (422, {}))) as server:
        for _ in range(MOST_ATTEMPTS):
            run(desk, server, time)
            time.now += timedelta(hours=1)
        (failed,) = delivery.failures(desk, REVIEWER, given_up=True)
        with pytest.raises(NotFound):
            delivery.retry(desk, REVIEWER, "nobody")
        assert delivery.retry(desk, REVIEWER, failed.delivery.reply_id[:8]) == 1
        assert delivery.retry(desk, REVIEWER) == 0
        server.answer = always(4, TAKEN)
        assert run(desk, server, time).delivered == 1
    assert server.taken.count("HD-4") == 1


def test_a_kill_between_posting_and_writing_down_costs_an_attempt_and_keeps_the_key(
    desk: Desk,
) -> None:
    time, posted = Time(), list[str]()

    def killed(reply_id: str, reference: str, text: ForPerson, ai: AiMark) -> Refusal | None:
        posted.append(reply_id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(desk, killed, time)
    (begun,) = desk.records.deliveries.all()
    assert (begun.reply_id, begun.attempts, begun.failure) == (posted[0], 1, UNFINISHED)
    with WebhookServer(lambda _, __: TAKEN) as server:
        assert run(desk, server, time).delivered == 5
    assert server.received[-1]["id"] == posted[0]


def test_a_reply_whose_every_attempt_was_killed_is_given_up_too(desk: Desk) -> None:
    time = Time()
    (first, *_) = desk.records.drafts.replies()
    worn = Delivery(first.id, MOST_ATTEMPTS, UNFINISHED, time.now)
    desk.records.deliveries.put(worn)
    with WebhookServer(lambda _, __: TAKEN) as server:
        assert run(desk, server, time).delivered == 4
    assert desk.records.deliveries.all() == [replace(worn, next_at=None)]


def test_a_server_that_is_slow_at_every_reply_does_not_hold_the_run_for_long(desk: Desk) -> None:
    time, posted = Time(), list[str]()

    def slow(reply_id: str, reference: str, text: ForPerson, ai: AiMark) -> Refusal | None:
        posted.append(reference)
        time.now += timedelta(minutes=1)
        return Refusal("no-answer")

    done = deliver(desk, slow, time)
    assert len(posted) == len(done.waiting) == 4
    assert time.waited == []


def test_a_bug_of_ours_is_no_refusal_of_the_other_side(desk: Desk) -> None:
    def broken(reply_id: str, reference: str, text: ForPerson, ai: AiMark) -> Refusal | None:
        raise TypeError("ours")

    with pytest.raises(TypeError):
        deliver(desk, broken, Time())


def test_only_a_reviewer_delivers_lists_failures_and_retries(desk: Desk) -> None:
    for forbidden in (
        lambda: delivery.deliver(desk, AGENT, a_webhook(desk, "http://127.0.0.1:1/")),
        lambda: delivery.failures(desk, AGENT),
        lambda: delivery.retry(desk, AGENT),
    ):
        with pytest.raises(NotPermitted):
            forbidden()


def test_the_ledger_has_every_attempt_before_and_after(desk: Desk) -> None:
    with WebhookServer(always(0, (422, {}))) as server:
        run(desk, server, Time())
    first = desk.records.drafts.replies()[0].id
    rows = [(row.kind, json.loads(row.body)) for row in desk.ledger.rows()]
    kinds = [kind for kind, facts in rows if facts.get("reply", facts.get("subject")) == first]
    assert kinds[:3] == ["reply.posting", "reply.intent", "reply.refused"]
    assert kinds.count("reply.posting") == kinds.count("reply.refused")

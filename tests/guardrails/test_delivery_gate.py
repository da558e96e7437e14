"""Released replies leave by the gate's second way, on a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from guardrails import ForPerson, RawText
from guardrails.ai_mark import AiMark
from guardrails.audit.ledger import Ledger
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.egress.delivery import DeliveryGate
from guardrails.egress.place import Place
from guardrails.egress.response import Limits
from guardrails.errors import GateClosed
from guardrails.identity.permissions import Person, release
from guardrails.policy import Policy, Purpose, Rules, SubprocessorKind
from tests.fakes.policies import a_policy
from tests.fakes.records import FakeLedger
from tests.guardrails.gate_bench import TODAY, FullDisk, registered
from tests.webhook_server import TAKEN, Answer, WebhookServer

RITA = Person("rita", "t", may_read=True, may_release=True)
TEXT = "Dear Priya Raghunathan, restart the spooler."
AI = AiMark(generated=True, notices=("An AI helped.",))
NO_DELIVERY = Policy(1, replace(Rules(), purposes=frozenset({Purpose.REPLY})))


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with WebhookServer(lambda _, __: TAKEN) as running:
        yield running


class Bench:
    """A webhook of another operator with the terms that the default rules ask for."""

    def __init__(self, server: WebhookServer, store: FakeLedger | None = None) -> None:
        self.url = server.url
        key = DataKey.fresh()
        self.rows = store or FakeLedger()
        self.sealer = Sealer("t", key)
        self.ledger = Ledger(self.rows, key, lambda: self.policy)
        self.policy = Policy()
        self.entry = replace(
            registered(server.url.removesuffix("/replies")), kind=SubprocessorKind.WEBHOOK
        )
        self.built = self.entry

    def post(self, text: ForPerson | None = None, url: str = "", **limits: Any) -> int:
        place = Place(
            self.built, lambda: self.policy, self.ledger, lambda: self.entry, lambda: (TODAY,)
        )
        gate = DeliveryGate(place, self.sealer, Limits(**limits))
        released = text or release(RawText(TEXT), RITA, "t")
        with gate.posted(url or self.url, "r-1", "HD-1", released, AI) as answer:
            return answer.status_code

    def kinds(self) -> list[str]:
        return [row.kind for row in self.rows.rows()]


def test_a_released_reply_arrives_and_the_hash_of_its_bytes_is_in_the_ledger_before(
    server: WebhookServer,
) -> None:
    bench, at_arrival = Bench(server), list[list[str]]()

    def look(_body: dict[str, Any], _times: int) -> Answer:
        at_arrival.append(bench.kinds())
        return TAKEN

    server.answer = look
    assert bench.post() == 200
    assert server.received == [
        {
            "id": "r-1",
            "reference": "HD-1",
            "text": TEXT,
            "ai_generated": True,
            "notices": ["An AI helped."],
        }
    ]
    assert at_arrival == [["reply.intent"]]
    facts = json.loads(next(iter(bench.rows.rows())).body)
    assert (facts["purpose"], facts["subject"], facts["destination"]) == ("deliver", "r-1", "model")
    assert len(facts["hmac"]) == 64
    assert "Priya" not in json.dumps(facts)


@pytest.mark.parametrize(
    ("policy", "changes", "words"),
    [
        (NO_DELIVERY, {}, "the purpose “deliver”"),
        (Policy(), {"region": "us"}, "region us"),
        (Policy(), {"no_training": False}, "out of training"),
        (Policy(), {"announced_on": None}, "not enabled"),
        (Policy(), {"ended": True}, "has ended"),
        (a_policy(phi=True), {}, "business associate"),
        (Policy(), {"origin": "http://127.0.0.1:9"}, "has changed in the register"),
    ],
)
def test_what_policy_or_register_refuse_is_not_sent(
    policy: Policy, changes: dict[str, Any], words: str, server: WebhookServer
) -> None:
    bench = Bench(server)
    bench.policy, bench.entry = policy, replace(bench.entry, **changes)
    with pytest.raises(GateClosed, match=words):
        bench.post()
    assert server.received == []
    assert bench.kinds() == ["reply.blocked"]


def test_nothing_is_sent_to_another_address(server: WebhookServer) -> None:
    bench = Bench(server)
    with pytest.raises(GateClosed, match="The address is not that of"):
        bench.post(url=bench.url.replace("127.0.0.1", "localhost"))
    assert server.received == []


def test_nothing_is_sent_when_the_ledger_cannot_be_written(server: WebhookServer) -> None:
    with pytest.raises(GateClosed):
        Bench(server, FullDisk()).post()
    assert server.received == []


def test_a_redirect_is_not_followed(server: WebhookServer) -> None:
    with WebhookServer(lambda _, __: TAKEN) as elsewhere:
        away: Answer = (307, {"location": elsewhere.url})

        def moved(_body: dict[str, Any], _times: int) -> Answer:
            return away

        server.answer = moved
        assert Bench(server).post() == 307
        assert elsewhere.received == []


def test_a_reply_that_is_too_long_is_not_sent(server: WebhookServer) -> None:
    with pytest.raises(GateClosed, match="over 10 bytes"):
        Bench(server).post(prompt_bytes=10)
    assert server.received == []


def test_text_that_no_person_released_is_not_sent(server: WebhookServer) -> None:
    for text in (RawText(TEXT), TEXT):
        with pytest.raises(GateClosed, match="a person released"):
            Bench(server).post(cast("ForPerson", text))
    assert server.received == []

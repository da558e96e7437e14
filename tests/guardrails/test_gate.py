"""The egress gate on a real socket: what is sent, what is refused, and what the ledger records."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.audit.ledger import LedgerMaker, Row, calling, digest
from guardrails.detect.directory import KnownValues
from guardrails.egress.response import Limits
from guardrails.errors import BadInput, GateClosed, ModelTrouble, QuietdeskError, Refused
from guardrails.policy import Policy, Purpose
from guardrails.spans import EntityType
from tests.fakes.policies import a_policy
from tests.fakes.records import FakeLedger
from tests.guardrails.gate_bench import (
    HOST,
    MAIL,
    MODES,
    NAME,
    PASSWORD,
    PRIYA,
    Blind,
    Dead,
    FullDisk,
    Tenant,
    chat,
    send,
    sent,
)
from tests.model_server import (
    Handler,
    ModelServer,
    Received,
    compressed,
    drip,
    fail,
    flood,
    hang,
    redirect,
    say,
    truncate,
)

PERSON, HOSTNAME, USERNAME = EntityType.PERSON, EntityType.HOSTNAME, EntityType.USERNAME
CLEAN = "<PERSON_3> on <HOSTNAME_1> cannot print; <PERSON_4> could."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def refused(mode: str, tenant: Tenant, server: ModelServer, body: Any, **request: Any) -> str:
    """Assert that nothing arrives, and return the message of the refusal."""
    with pytest.raises(QuietdeskError) as caught:
        send(mode, tenant.gate(server.origin), body, **request)
    assert server.received == []
    assert isinstance(caught.value, (GateClosed, Refused))
    return str(caught.value)


@pytest.mark.parametrize("mode", MODES)
def test_a_clean_request_is_answered_and_its_exact_bytes_are_in_the_ledger(
    mode: str, server: ModelServer
) -> None:
    tenant = Tenant()
    assert send(mode, tenant.gate(server.origin), chat(CLEAN)).status_code == 200
    (fact,) = tenant.facts("model.intent")
    assert fact == {
        "sha256": digest(server.received[0].body),
        "bytes": len(server.received[0].body),
        "destination": "model",
        "purpose": "reply",
        "subject": "ticket-1",
        "placeholders": {"HOSTNAME": 1, "PERSON": 2},
        "remasked": 0,
    }
    assert tenant.facts("model.failed") == []
    assert tenant.ledger.verify().broken is None


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_intent_is_in_the_ledger_before_the_first_byte_arrives(
    mode: str, server: ModelServer
) -> None:
    tenant, at_arrival = Tenant(), list[int]()

    def look(handler: Handler, received: Received) -> None:
        at_arrival.append(len(tenant.facts("model.intent")))
        say("ok")(handler, received)

    server.will(look)
    send(mode, tenant.gate(server.origin), chat(CLEAN))
    assert at_arrival == [1]


def test_the_numbers_of_intents_are_handed_to_the_call(server: ModelServer) -> None:
    tenant = Tenant()
    with (
        calling(Purpose.REPLY, "t") as call,
        httpx.Client(
            transport=tenant.gate(server.origin).sync_transport(), trust_env=False
        ) as client,
    ):
        for _ in range(2):
            client.post(f"{server.url}/chat/completions", json=chat(CLEAN))
    assert call.intents == [row.number for row in tenant.rows.rows()] == [1, 2]


_in_transaction = ContextVar("in_transaction", default=False)


class Joining(FakeLedger):
    """A ledger that joins a transaction of its caller, as those in databases do."""

    joined = False

    def append(self, make: LedgerMaker) -> Row:
        self.joined |= _in_transaction.get()
        return super().append(make)


@pytest.mark.parametrize("mode", MODES)
def test_an_intent_joins_no_transaction_that_could_be_rolled_back(
    mode: str, server: ModelServer
) -> None:
    store = Joining()
    token = _in_transaction.set(True)
    send(mode, Tenant(store=store).gate(server.origin), chat(CLEAN))
    _in_transaction.reset(token)
    assert len(server.received) == 1
    assert not store.joined


# Where things may go


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("127.0.0.1", "localhost"),
        ("http://", "https://"),
        ("/v1", "1/v1"),
        ("http://", "http://someone@"),
    ],
    ids=["host", "scheme", "port", "user"],
)
def test_only_the_registered_origin_is_reached(
    mode: str, ours: str, theirs: str, server: ModelServer
) -> None:
    url = f"{server.url}/chat/completions".replace(ours, theirs)
    assert "The address is not that of model" in refused(
        mode, Tenant(), server, chat(CLEAN), url=url
    )


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_redirect_is_not_followed(mode: str, server: ModelServer) -> None:
    tenant = Tenant()
    with ModelServer() as elsewhere:
        server.will(redirect(f"{elsewhere.url}/chat/completions"))
        with pytest.raises(ModelTrouble, match="redirects are not followed"):
            send(mode, tenant.gate(server.origin), chat(CLEAN))
        assert elsewhere.received == []
    assert tenant.facts("model.failed") == [{"intent": 1, "why": "redirect", "status": 307}]


def test_the_host_header_and_the_target_of_the_caller_are_not_used(server: ModelServer) -> None:
    gate = Tenant().gate(server.origin)
    send("sync", gate, chat(CLEAN), headers={"host": "evil.example"})
    assert b"evil.example" not in server.seen()
    with calling(Purpose.REPLY, "t"), httpx.Client(transport=gate.sync_transport()) as client:
        client.post(
            f"{server.url}/chat/completions", json=chat(CLEAN), extensions={"target": b"/steal"}
        )
    assert b"/steal" not in server.seen()


@pytest.mark.parametrize("origin", ["ftp://127.0.0.1", "127.0.0.1:80", "unix:/run/model"])
def test_a_destination_needs_an_http_origin(origin: str) -> None:
    with pytest.raises(BadInput):
        Tenant().gate(origin)


# What the policy says


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("policy", "promises", "why"),
    [
        (a_policy(ai=False), {}, "AI is switched off"),
        (Policy(), {"region": "us"}, "does not allow the region us"),
        (Policy(), {"no_training": False}, "out of training"),
        (a_policy(phi=True), {}, "business associate agreement"),
    ],
)
def test_what_the_policy_refuses_is_not_sent(
    mode: str, policy: Policy, promises: dict[str, Any], why: str, server: ModelServer
) -> None:
    tenant = Tenant()
    tenant.policy = policy
    with pytest.raises(GateClosed, match=why):
        send(mode, tenant.gate(server.origin, **promises), chat(CLEAN))
    assert server.received == []


def test_a_policy_changed_between_two_requests_holds_for_the_second(server: ModelServer) -> None:
    tenant = Tenant()
    gate = tenant.gate(server.origin)
    send("sync", gate, chat(CLEAN))
    tenant.policy = a_policy(ai=False)
    with pytest.raises(GateClosed):
        send("sync", gate, chat(CLEAN))
    assert len(server.received) == 1


# What may be in it


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def percent(text: str) -> str:
    return "".join(f"%{ord(char):02x}" for char in text)


HIDING: dict[str, Any] = {
    "content": chat(f"write to {MAIL}"),
    "secret": chat(f"my password is {PASSWORD} thanks"),
    "directory": chat(f"so {NAME} said"),
    "part of a list": chat([{"type": "text", "text": f"write to {MAIL}"}]),
    "key": chat("x", metadata={MAIL: 1}),
    "key of the vault": chat("x", metadata={"Max": 1}),
    "deep": chat("x", a=[[[{"b": {"c": [MAIL]}}]]]),
    "JSON in a string": chat(json.dumps({"to": MAIL})),
    "escaped JSON in a string": chat('{"to": "' + escaped(MAIL) + '"}'),
    "JSON in JSON in a string": chat(json.dumps(json.dumps({"to": escaped(MAIL)}))),
    "escapes": chat(f"write to {escaped(MAIL)}"),
    "percent signs": chat(f"write to {percent(MAIL)}"),
    "HTML entities": chat("write to " + MAIL.replace("@", "&#64;").replace(".", "&#46;")),
    "full-width letters": chat(f"write to {wide(MAIL)}"),
    "encoded name": chat("so Priya%20Raghunathan said"),
    "name in base64": chat(f"so {b64encode(b'Priya Raghunathan').decode()} said"),
    "mail in hex": chat(f"so {MAIL.encode().hex()} said"),
    "model": chat("x") | {"model": f"for {MAIL}"},
    "number": chat("x", seed=4111111111111111),
    "tool arguments": chat("x", tools=[{"function": {"arguments": json.dumps({"a": MAIL})}}]),
}


def careful() -> Tenant:
    tenant = Tenant(directory=KnownValues.of_people([PRIYA]))
    tenant.knows((HOSTNAME, HOST), (PERSON, "Max"), (PERSON, "Priya Raghunathan"))
    return tenant


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("where", HIDING)
def test_what_must_not_leave_does_not_wherever_it_hides(
    mode: str, where: str, server: ModelServer
) -> None:
    message = refused(mode, careful(), server, HIDING[where])
    assert "found values that must not be sent" in message
    for value in (MAIL, PASSWORD, NAME, HOST, "Max", "4111"):
        assert value not in message


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("place", [f"/v1/{percent(MAIL)}", f"/v1/chat?user={MAIL}", f"/v1/{HOST}"])
def test_what_must_not_leave_does_not_in_the_address(
    mode: str, place: str, server: ModelServer
) -> None:
    refused(mode, careful(), server, chat("x"), url=f"{server.origin}{place}")


def test_headers_of_the_caller_do_not_leave_but_for_the_key(server: ModelServer) -> None:
    mine = {"authorization": "Bearer k-1", "x-customer": MAIL, "openai-organization": "org-9"}
    send("sync", Tenant().gate(server.origin), chat(CLEAN), headers=mine)
    head = server.received[0].head.decode()
    assert "Bearer k-1" in head
    assert MAIL not in head
    assert "org-9" not in head
    assert {line.split(":")[0].lower() for line in head.splitlines()[1:] if line} == {
        "host",
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "user-agent",
    }


def test_a_duplicate_key_hides_nothing(server: ModelServer) -> None:
    body = b'{"model":"m","messages":[{"role":"user","content":"%s","content":"ok"}]}'
    send("sync", Tenant().gate(server.origin), body % MAIL.encode())
    assert MAIL.encode() not in server.seen()


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("ask Max, then wait", "ask <PERSON_1>, then wait"),
        ('{"who": "Max"}', '{"who": "<PERSON_1>"}'),
        ('{"who": "\\u004dax"}', '{"who": "<PERSON_1>"}'),
        ("call the reception", "call the <USERNAME_1>"),
        ("call the Receptionist", "call the Receptionist"),
        (f"restart {HOST} now", "restart <HOSTNAME_1> now"),
        (f"restart {wide(HOST)} now", "restart <HOSTNAME_1> now"),
    ],
)
def test_a_value_of_the_vault_is_masked_again_and_counted(
    content: str, left: str, server: ModelServer
) -> None:
    tenant = Tenant()
    tenant.knows((PERSON, "Max"), (USERNAME, "reception"), (HOSTNAME, HOST))
    tenant.knows((USERNAME, "user"), (PERSON, "system"), (USERNAME, "messages"))
    assert sent(tenant.gate(server.origin), content, lambda: server.received[0].body) == left
    assert tenant.facts("model.intent")[0]["remasked"] == (0 if content == left else 1)
    assert server.received[0].json["messages"][0]["role"] == "user"
    assert f"content-length: {len(server.received[0].body)}" in (
        server.received[0].head.decode().lower()
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("body", "more"),
    [
        (b"not json", {}),
        (b'"a string"', {}),
        (b"\xff\xfe{}", {}),
        (b'{"temperature": NaN}', {}),
        (b'{"messages": "\\ud800"}', {}),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", {}),
        (chat(CLEAN), {"headers": {"content-type": "text/plain"}}),
        (chat(CLEAN), {"headers": {"content-type": "multipart/form-data; boundary=x"}}),
        (gzip.compress(b"{}", mtime=0), {"headers": {"content-encoding": "gzip"}}),
        (chat(CLEAN), {"method": "PUT"}),
        (chat(CLEAN), {"method": "GET"}),
        (chat("x" * 2_100_000), {}),
    ],
)
def test_what_cannot_be_looked_at_is_not_sent(
    mode: str, body: Any, more: dict[str, Any], server: ModelServer
) -> None:
    tenant = Tenant(rules=Blind())
    refused(mode, tenant, server, body, **more)
    assert tenant.facts("model.intent") == []


def test_a_body_without_end_is_not_read_to_the_end(server: ModelServer) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(1_000):
            taken.append(number)
            yield b" " * 1_000

    gate = Tenant().gate(server.origin, Limits(prompt_bytes=10_000))
    with (
        calling(Purpose.REPLY, "t"),
        httpx.Client(transport=gate.sync_transport()) as client,
        pytest.raises(GateClosed, match="over 10,000 bytes"),
    ):
        client.post(
            f"{server.url}/chat/completions",
            content=endless(),
            headers={"content-type": "application/json"},
        )
    assert len(taken) < 20
    assert server.received == []


# When something fails, nothing is sent


@pytest.mark.parametrize("mode", MODES)
def test_a_ledger_that_cannot_be_written_stops_everything(mode: str, server: ModelServer) -> None:
    refused(mode, Tenant(store=FullDisk()), server, chat(CLEAN))


@pytest.mark.parametrize("mode", MODES)
def test_a_dead_detector_stops_everything_and_is_not_quoted(mode: str, server: ModelServer) -> None:
    message = refused(mode, Tenant(rules=Dead()), server, chat("words of a customer"))
    assert "customer" not in message


def test_a_request_that_nobody_asked_for_is_not_sent(server: ModelServer) -> None:
    gate = Tenant().gate(server.origin)
    with httpx.Client(transport=gate.sync_transport()) as client, pytest.raises(Refused):
        client.post(f"{server.url}/chat/completions", json=chat(CLEAN))
    assert server.received == []


def test_a_refusal_is_written_down_in_kinds_and_counts(server: ModelServer) -> None:
    tenant = Tenant()
    refused("sync", tenant, server, chat(f"{MAIL} and {MAIL}"))
    assert tenant.facts("model.refused") == [
        {"destination": "model", "why": "content", "kinds": {"EMAIL_ADDRESS": 2}}
    ]
    assert not any(MAIL in row.body for row in tenant.rows.rows())


# What comes back


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (hang(), "timeout"),
        (truncate("half"), "transport"),
        (flood(20_000), "too_long"),
        (compressed("x"), "encoding"),
    ],
    ids=["hang", "truncate", "flood", "compressed"],
)
def test_an_answer_that_fails_is_an_outcome_in_the_ledger(
    mode: str, answer: Any, why: str, server: ModelServer
) -> None:
    tenant = Tenant()
    server.will(answer)
    with pytest.raises((httpx.HTTPError, ModelTrouble)):
        send(
            mode, tenant.gate(server.origin, Limits(answer_bytes=10_000)), chat(CLEAN), timeout=0.5
        )
    (fact,) = tenant.facts("model.failed")
    assert (fact["intent"], fact["why"]) == (1, why)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_an_error_status_is_an_outcome_in_the_ledger(
    mode: str, status: int, server: ModelServer
) -> None:
    tenant = Tenant()
    server.will(fail(status))
    assert send(mode, tenant.gate(server.origin), chat(CLEAN)).status_code == status
    assert tenant.facts("model.failed") == [{"intent": 1, "why": "status", "status": status}]


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_server_that_is_not_there_is_an_outcome_in_the_ledger(mode: str) -> None:
    with ModelServer() as server:
        origin = server.origin
    tenant = Tenant()
    with pytest.raises(httpx.ConnectError):
        send(mode, tenant.gate(origin), chat(CLEAN))
    assert tenant.facts("model.failed") == [{"intent": 1, "why": "connect", "status": None}]


@pytest.mark.parametrize("mode", MODES)
def test_a_server_that_drips_for_ever_is_given_up(mode: str, server: ModelServer) -> None:
    tenant = Tenant()
    server.will(drip(0.05))
    with pytest.raises(ModelTrouble, match="took over"):
        send(mode, tenant.gate(server.origin, Limits(seconds=0.3)), chat(CLEAN, stream=True))
    assert tenant.facts("model.failed")[0]["why"] == "deadline"


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    depth=st.integers(0, 4),
)
def test_no_wrapping_carries_a_name_of_the_directory_out(
    server: ModelServer, before: str, after: str, depth: int
) -> None:
    content: object = f"{before} {NAME} {after}"
    for level in range(depth):
        content = json.dumps({"x": content}) if level % 2 else [content, {before: content}]
    server.received.clear()
    tenant = Tenant(rules=Blind(), directory=KnownValues.of_people([PRIYA]))
    with pytest.raises(QuietdeskError):
        send("sync", tenant.gate(server.origin), chat(content))
    assert server.received == []

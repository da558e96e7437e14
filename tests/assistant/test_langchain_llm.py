"""The chat model over LangChain, on a real socket: every method goes through the gate."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.adapters.ending import Ending
from assistant.adapters.langchain_llm import LangchainChat
from assistant.adapters.vendor_errors import WORDS, translated
from assistant.errors import GateClosed, ModelTrouble, QuietdeskError
from guardrails import RawText, RedactedText
from guardrails.audit.ledger import calling
from guardrails.egress.gate import EgressGate
from guardrails.policy import Purpose
from guardrails.spans import EntityType
from guardrails.text import unwrap
from tests.fakes.plain import redacted
from tests.fakes.policies import a_policy
from tests.guardrails.gate_bench import MAIL, FullDisk, Tenant
from tests.model_server import (
    Answer,
    ModelServer,
    break_off,
    compressed,
    drip,
    fail,
    garbage,
    hang,
    redirect,
    say,
    truncate,
)

ROOT = Path(__file__).parents[2]
SYSTEM, USER = redacted("You help."), redacted("<PERSON_1> on <HOSTNAME_2> cannot print.")
WAYS = ("complete", "acomplete", "stream")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@contextmanager
def chat_with(
    server: ModelServer, tenant: Tenant | None = None, timeout: float = 5
) -> Generator[LangchainChat]:
    gate = (tenant or Tenant()).gate(server.origin)
    chat = LangchainChat(
        url=server.url,
        model="local",
        key=None,
        timeout=timeout,
        gate=gate,
        sleep=lambda _seconds: None,
    )
    try:
        yield chat
    finally:
        chat.close()


def ask(chat: LangchainChat, way: str, user: RedactedText = USER) -> str:
    """Ask by one of the three methods; return the whole answer."""
    with calling(Purpose.REPLY, "ticket-1"):
        if way == "complete":
            return unwrap(chat.complete(SYSTEM, user))
        if way == "stream":
            return "".join(unwrap(piece) for piece in chat.stream(SYSTEM, user))
        return unwrap(asyncio.run(chat.acomplete(SYSTEM, user)))


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_comes_back_and_the_intent_is_in_the_ledger(
    way: str, server: ModelServer
) -> None:
    tenant = Tenant()
    server.will(say("Restart the spooler. [1]"))
    with chat_with(server, tenant) as chat:
        assert ask(chat, way).strip() == "Restart the spooler. [1]"
    assert len(tenant.facts("model.intent")) == len(server.received) == 1
    assert server.received[0].prompt == f"{SYSTEM.reveal()}\n{USER.reveal()}"


@pytest.mark.parametrize("way", WAYS)
def test_no_way_in_goes_round_the_gate(way: str, server: ModelServer) -> None:
    tenant = Tenant()
    tenant.policy = a_policy(ai=False)
    with chat_with(server, tenant) as chat, pytest.raises(GateClosed, match="AI is switched off"):
        ask(chat, way)
    assert server.received == []


@pytest.mark.parametrize("way", WAYS)
def test_identity_that_reached_a_prompt_does_not_leave(way: str, server: ModelServer) -> None:
    with chat_with(server) as chat, pytest.raises(GateClosed, match="EMAIL_ADDRESS") as caught:
        ask(chat, way, redacted(f"write to {MAIL}"))
    assert MAIL not in str(caught.value)
    assert server.received == []


@pytest.mark.parametrize("way", WAYS)
def test_a_common_word_that_is_a_value_leaves_behind_its_placeholder(
    way: str, server: ModelServer
) -> None:
    tenant = Tenant()
    (name,) = tenant.knows((EntityType.PERSON, "Max"))
    with chat_with(server, tenant) as chat:
        ask(chat, way, redacted("Max called"))
    assert str(name) in server.received[0].prompt
    assert b"Max" not in server.seen()


@pytest.mark.parametrize("way", WAYS)
def test_a_ledger_that_cannot_be_written_means_that_no_byte_leaves(
    way: str, server: ModelServer
) -> None:
    with chat_with(server, Tenant(store=FullDisk())) as chat, pytest.raises(QuietdeskError):
        ask(chat, way)
    assert server.received == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["plain", RawText("outside"), None, 7])
def test_only_redacted_text_is_taken(way: str, text: Any, server: ModelServer) -> None:
    with chat_with(server) as chat, pytest.raises(TypeError, match="expected RedactedText"):
        ask(chat, way, text)
    assert server.received == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("answer", "happened", "attempts"),
    [
        (fail(400), "refused the request", 2),
        (fail(401), "does not accept the key", 1),
        (fail(403), "does not accept the key", 1),
        (fail(404), "no such model", 1),
        (fail(409), "too busy", 1),
        (fail(422), "refused the request", 2),
        (fail(429), "too busy", 3),
        (fail(500), "failed", 3),
        (fail(503), "too busy", 3),
        (garbage(), "answer", 1),
        (garbage(b"{}"), "answer", 1),
        (garbage(b"[]", "text/plain"), "answer", 1),
        (garbage(b'{"id": "x", "choices": []}'), "answer", 1),
        (garbage(b'{"id": "x", "choices": [{"index": 0, "message": null}]}'), "answer", 1),
        (truncate("half an answer"), "broke off|cannot be reached", 1),
        (redirect("http://127.0.0.1:1/v1"), "redirects are not followed", 1),
        (compressed("x"), "compressed", 1),
        (say("too long", "length"), "cut off at its token limit", 1),
        (say("", "content_filter"), "filtered", 1),
    ],
)
def test_a_model_server_that_fails_is_reported_in_our_words_after_few_attempts(
    way: str, answer: Answer, happened: str, attempts: int, server: ModelServer
) -> None:
    server.will(*[answer] * 4)
    with chat_with(server) as chat, pytest.raises(ModelTrouble, match=happened) as caught:
        ask(chat, way)
    assert len(server.received) == attempts
    assert caught.value.safe
    assert "out of order" not in str(caught.value)


def test_a_stream_that_ends_before_the_model_was_done_is_not_an_answer(
    server: ModelServer,
) -> None:
    server.will(break_off("Delete"))
    with chat_with(server) as chat, pytest.raises(ModelTrouble, match="broke off"):
        ask(chat, "stream")


@pytest.mark.parametrize("way", WAYS)
def test_a_silent_server_is_given_up_in_time(way: str, server: ModelServer) -> None:
    server.will(hang())
    began = time.monotonic()
    with chat_with(server, timeout=1) as chat, pytest.raises(ModelTrouble, match="in time"):
        ask(chat, way)
    assert time.monotonic() - began < 20
    assert len(server.received) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_is_not_there_is_reported(way: str) -> None:
    with ModelServer() as server:
        pass
    with chat_with(server) as chat, pytest.raises(ModelTrouble, match="cannot be reached"):
        ask(chat, way)


def test_a_stream_that_is_left_early_hangs_up(server: ModelServer) -> None:
    server.will(drip(0.02))
    with chat_with(server) as chat, calling(Purpose.REPLY, "t"):
        pieces = chat.stream(SYSTEM, USER)
        next(pieces)
        pieces.close()  # type: ignore[attr-defined]
        assert server.hung_up.wait(10)


def test_one_chat_serves_one_event_loop_after_another(server: ModelServer) -> None:
    with chat_with(server) as chat:
        for _ in range(3):
            ask(chat, "acomplete")
    assert len(server.received) == 3


def test_characters_that_utf8_cannot_write_are_left_out(server: ModelServer) -> None:
    with chat_with(server) as chat:
        ask(chat, "complete", redacted("odd \ud800 text"))
    assert server.received[0].prompt.endswith("odd ? text")


def test_what_the_environment_says_about_models_and_proxies_does_not_count(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer() as elsewhere:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "OPENAI_PROXY"):
            monkeypatch.setenv(name, elsewhere.origin)
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "LANGSMITH_GATEWAY"):
            monkeypatch.setenv(name, elsewhere.url)
        for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
            monkeypatch.setenv(name, "sk-from-the-environment")
        with chat_with(server) as chat:
            for way in WAYS:
                ask(chat, way)
        assert elsewhere.received == []
    assert len(server.received) == len(WAYS)
    assert b"from-the-environment" not in server.seen()


def test_tracing_that_was_switched_on_in_the_process_sends_nothing(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
import os
from tests.assistant.test_langchain_llm import *
import langsmith
from tests.fakes.policies import a_policy
with ModelServer() as sink, ModelServer() as server:
    sending = langsmith.Client(api_url=sink.origin, api_key="k")
    langsmith.configure(enabled=True, client=sending)
    with chat_with(server) as chat:
        for way in WAYS:
            ask(chat, way)
    sending.flush()
    print(len(server.received), sum(len(each.body) for each in sink.received))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "3 0", done.stderr


def test_the_vendor_is_not_imported_before_it_is_asked() -> None:
    code = "import sys, assistant.bootstrap; print('langchain_core' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


NAMESPACES = {
    "openai": "openai",
    "httpx": "httpx",
    "langchain_core": "langchain_core.exceptions",
}


@pytest.mark.parametrize("package", NAMESPACES)
def test_every_error_of_the_vendors_has_words_of_ours(package: str) -> None:
    module = importlib.import_module(NAMESPACES[package])
    named = {
        name
        for name, each in list(vars(module).items())
        if isinstance(each, type)
        and issubclass(each, Exception)
        and each.__module__.split(".")[0] == package
        and not name.startswith("_")
    }
    assert named == set(WORDS[package])


class _Broken(EgressGate):
    """A gate with a bug: its stream fails in our own code."""

    def sync_transport(self, inner: httpx.BaseTransport | None = None) -> httpx.BaseTransport:
        return _Failing()

    def async_transport(
        self, inner: httpx.AsyncBaseTransport | None = None
    ) -> httpx.AsyncBaseTransport:
        return _Failing()


class _Failing(httpx.BaseTransport, httpx.AsyncBaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise TypeError("ours")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise TypeError("ours")


@pytest.mark.parametrize("way", WAYS)
def test_a_bug_of_ours_below_the_vendor_is_not_blamed_on_the_server(
    way: str, server: ModelServer
) -> None:
    gate = Tenant().gate(server.origin)
    gate.__class__ = _Broken
    chat = LangchainChat(url=server.url, model="local", key=None, timeout=5, gate=gate)
    with pytest.raises(Exception) as caught:
        ask(chat, way)
    chat.close()
    assert not isinstance(caught.value, QuietdeskError)
    assert "TypeError" in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("way", WAYS)
def test_a_bug_of_ours_above_the_vendor_is_not_blamed_on_the_server(
    way: str, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_end: object, _message: object) -> None:
        raise TypeError("ours")

    monkeypatch.setattr(Ending, "note", broken)
    with chat_with(server) as chat, pytest.raises(TypeError, match="ours"):
        ask(chat, way)


def test_the_gates_own_errors_pass_through_whatever_wraps_them() -> None:
    closed = GateClosed("no")
    wrapped = httpx.ConnectError("wrapped")
    wrapped.__cause__ = closed
    assert translated(wrapped) is closed


def _make(kind: type[Exception]) -> Exception:
    return kind.__new__(kind)


@pytest.mark.parametrize("package", NAMESPACES)
def test_every_error_of_the_vendors_becomes_trouble_with_its_own_words(package: str) -> None:
    module = importlib.import_module(NAMESPACES[package])
    make: Callable[[type[Exception]], Exception] = _make
    for name, (happened, todo) in WORDS[package].items():
        trouble = translated(make(getattr(module, name)))
        assert isinstance(trouble, ModelTrouble)
        assert (trouble.happened, trouble.todo) == (happened, todo)

"""A model in this process: behind the same gate, in the same ledger, stopped on request."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.langchain_llm import LangchainChat
from assistant.adapters.llama_cpp import ORIGIN, Engine, LlamaTransport, load
from assistant.bootstrap import Home
from assistant.chat_models import must_be_one
from assistant.errors import BadInput, GateClosed, ModelTrouble, QuietdeskError
from assistant.settings import Settings
from assistant.writers.in_json import schema_of
from guardrails import RedactedText
from guardrails.audit.ledger import calling
from guardrails.policy import Purpose
from guardrails.text import unwrap
from tests.fakes.plain import redacted
from tests.fakes.policies import a_policy
from tests.guardrails.gate_bench import MAIL, FullDisk, Tenant

SYSTEM, USER = redacted("You help."), redacted("<PERSON_1> cannot print.")
REAL = os.environ.get("GGUF", "")


class FakeEngine:
    """Answers like llama.cpp, from a script; ``asked`` holds the bytes of every request."""

    def __init__(self, *pieces: bytes, hangs: bool = False) -> None:
        self.asked: list[bytes] = []
        self.stopped = threading.Event()
        self.released = threading.Event()
        self._pieces = pieces
        self._hangs = hangs

    def __call__(self, body: bytes, take: Callable[[bytes], bool]) -> None:
        self.asked.append(body)
        for piece in self._pieces:
            if take(piece):
                self.stopped.set()
                return
        while self._hangs and not self.released.wait(0.01):
            if take(_piece("word ")):
                self.stopped.set()
                return


def _piece(text: str, reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode()


GOOD = (_piece("Restart "), _piece("the spooler."), _piece("", "stop"))
ERROR = b'{"error": {"code": 400, "message": "request exceeds the context size"}}'


@contextmanager
def chat_with(
    engine: Engine, tenant: Tenant | None = None, timeout: float = 5
) -> Generator[LangchainChat]:
    chat = LangchainChat(
        url=f"{ORIGIN}/v1",
        model="local",
        key=None,
        timeout=timeout,
        gate=(tenant or Tenant()).gate(ORIGIN),
        sender=LlamaTransport(lambda: engine),
        sleep=lambda _seconds: None,
    )
    try:
        yield chat
    finally:
        chat.close()


def ask(chat: LangchainChat, way: str, user: RedactedText = USER) -> str:
    with calling(Purpose.REPLY, "ticket-1"):
        if way == "complete":
            return unwrap(chat.complete(SYSTEM, user))
        if way == "stream":
            return "".join(unwrap(piece) for piece in chat.stream(SYSTEM, user))
        return unwrap(asyncio.run(chat.acomplete(SYSTEM, user)))


@pytest.mark.parametrize("way", ["complete", "acomplete", "stream"])
def test_what_the_engine_is_handed_is_what_the_ledger_hashed(way: str) -> None:
    engine, tenant = FakeEngine(*GOOD), Tenant()
    with chat_with(engine, tenant) as chat:
        assert ask(chat, way) == "Restart the spooler."
    (intent,) = tenant.facts("model.intent")
    assert intent["sha256"] == sha256(engine.asked[0]).hexdigest()
    assert "<PERSON_1> cannot print." in engine.asked[0].decode()


def test_a_schema_reaches_the_engine() -> None:
    engine = FakeEngine(*GOOD)
    with chat_with(engine) as chat, calling(Purpose.ANSWER, "question"):
        chat.complete(SYSTEM, USER, schema=schema_of(1))
        list(chat.stream(SYSTEM, USER, schema=schema_of(1)))
    formats = [json.loads(asked)["response_format"] for asked in engine.asked]
    assert [each["json_schema"]["schema"] for each in formats] == [schema_of(1)] * 2


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_the_gate_is_before_the_engine_as_before_any_server(way: str) -> None:
    engine, off = FakeEngine(*GOOD), Tenant()
    off.policy = a_policy(ai=False)
    with chat_with(engine, off) as chat, pytest.raises(GateClosed, match="AI is switched off"):
        ask(chat, way)
    with chat_with(engine) as chat, pytest.raises(GateClosed, match="EMAIL_ADDRESS"):
        ask(chat, way, redacted(f"write to {MAIL}"))
    with chat_with(engine, Tenant(store=FullDisk())) as chat, pytest.raises(QuietdeskError):
        ask(chat, way)
    assert engine.asked == []


def _dies(body: bytes, take: Callable[[bytes], bool]) -> None:
    take(_piece("Half an "))
    raise RuntimeError(body.decode())


@pytest.mark.parametrize("way", ["complete", "stream"])
@pytest.mark.parametrize(
    ("engine", "happened"),
    [
        (FakeEngine(ERROR), "longer than the model's context window"),
        (FakeEngine(), "failed|answer"),
        (FakeEngine(_piece("Restart ")), "broke off"),
        (_dies, "failed"),
    ],
)
def test_an_engine_that_fails_is_reported_in_our_words(
    way: str, engine: Engine, happened: str
) -> None:
    with chat_with(engine) as chat, pytest.raises(ModelTrouble, match=happened) as caught:
        ask(chat, way)
    assert "PERSON" not in str(caught.value)


def test_an_engine_that_is_silent_is_given_up() -> None:
    released = threading.Event()

    def silent(_body: bytes, _take: Callable[[bytes], bool]) -> None:
        released.wait(20)

    with chat_with(silent, timeout=1) as chat, pytest.raises(ModelTrouble, match="in time"):
        ask(chat, "complete")
    released.set()


def test_who_stops_reading_stops_the_engine() -> None:
    engine = FakeEngine(*GOOD[:2], hangs=True)
    with chat_with(engine) as chat, calling(Purpose.ANSWER, "question"):
        pieces = chat.stream(SYSTEM, USER)
        next(pieces)
        pieces.close()
        assert engine.stopped.wait(10)
    engine.released.set()


def test_a_model_that_cannot_run_is_reported_before_anything_is_asked(tmp_path: Path) -> None:
    """The package, the file, its form, and two models at once: each has one clear message."""
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF and no more")
    both: dict[str, Any] = {"model_file": file, "model_url": "http://127.0.0.1:1/v1"}
    with pytest.raises(BadInput, match="not both"):
        must_be_one(Settings(home=tmp_path, writer="model", **both))
    if find_spec("xllamacpp") is None:
        with Home.open(Settings(home=tmp_path / "h", writer="model", model_file=file)) as home:
            home.add_tenant("acme")
            with pytest.raises(BadInput, match="xllamacpp is not installed"):
                home.desk("acme")
        return
    for path, why in ((tmp_path / "none", "cannot be read"), (file, "cannot be loaded")):
        with pytest.raises(BadInput, match=why):
            load(path, threads=1)


@pytest.mark.skipif(not REAL, reason="GGUF names no model file to run for real")
def test_a_real_model_answers_through_the_gate_and_listens_nowhere() -> None:
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed")
    tenant = Tenant()
    engine = load(Path(REAL), threads=2)
    with chat_with(engine, tenant, timeout=300) as chat, calling(Purpose.ANSWER, "question"):
        pieces = chat.stream(SYSTEM, redacted("Say hello to <PERSON_1>."))
        assert len([next(pieces) for _ in range(3)]) == 3
        assert _listening() == set()
        pieces.close()
    assert len(tenant.facts("model.intent")) == 1


def _listening() -> set[str]:
    """Return the addresses of TCP sockets on which this process listens."""
    own: set[str] = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the folder's own, open only while it is read
            own.add(str(each.readlink()))
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own}

"""The backstop: a process that may reach only what is registered, and vendors that keep quiet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.model_server import ModelServer

ROOT = Path(__file__).parents[2]
BEGIN = """
import asyncio, socket
from guardrails import vendors
from guardrails.egress import netguard
from guardrails.errors import GateClosed
"""


def run(code: str, **environment: str) -> str:
    """Run ``code`` in a process of its own, where a hook may stay; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


ATTEMPTS = {
    "connect": "socket.socket().connect(('192.0.2.1', 80))",
    "connect to a name": "socket.socket().connect(('example.invalid', 80))",
    "connect_ex": "socket.socket().connect_ex(('192.0.2.1', 80))",
    "IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    "create_connection": "socket.create_connection(('192.0.2.1', 80), 1)",
    "datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "message": "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
    "look-up": "socket.getaddrinfo('example.invalid', 80)",
    "look-up of bytes": "socket.getaddrinfo(b'example.invalid', 80)",
    "old look-up": "socket.gethostbyname('example.invalid')",
    "longer look-up": "socket.gethostbyname_ex('example.invalid')",
    "look-up backwards": "socket.gethostbyaddr('192.0.2.1')",
    "name of an address": "socket.getnameinfo(('192.0.2.1', 80), 0)",
    "another port of loopback": "socket.socket().connect(('127.0.0.1', 9))",
    "asyncio": "asyncio.run(asyncio.wait_for(asyncio.open_connection('192.0.2.1', 80), 5))",
    "asyncio look-up": "asyncio.run(asyncio.open_connection('example.invalid', 80))",
    "httpx": "__import__('httpx').get('http://192.0.2.1/')",
    "urllib": "__import__('urllib.request').request.urlopen('http://192.0.2.1/')",
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    """Make every attempt in one process; return by its name what became of it."""
    printed = run(f"""
import json
netguard.install([("127.0.0.1", 1)])
done = {{}}
for how, attempt in {ATTEMPTS!r}.items():
    before = sum(netguard.attempts().values())
    try:
        exec(attempt)
        done[how] = "reached"
    except GateClosed:
        done[how] = f"refused, {{sum(netguard.attempts().values()) - before}} counted"
    except Exception as error:
        done[how] = repr(error)
print(json.dumps(done))
""")
    return cast("dict[str, str]", json.loads(printed))


@pytest.mark.parametrize("how", ATTEMPTS)
def test_no_address_is_reached_that_was_not_allowed_and_the_attempt_is_counted(
    how: str, outcomes: dict[str, str]
) -> None:
    assert outcomes[how] == "refused, 1 counted"


def test_the_refusal_does_not_say_where_it_was_going() -> None:
    printed = run("""
netguard.install()
try:
    socket.getaddrinfo("priya-laptop.invalid", 80)
except GateClosed as refusal:
    print(refusal, netguard.attempts())
""")
    assert "priya" not in printed


def test_an_allowed_address_is_reached_by_number_and_by_name(server: ModelServer) -> None:
    port = server.origin.rsplit(":", 1)[1]
    printed = run(f"""
netguard.install([("localhost", {port})])
netguard.install()
for host in ("127.0.0.1", "localhost"):
    socket.create_connection((host, {port}), 2).close()
print(netguard.attempts())
""")
    assert printed == "{}"


def test_an_allowed_name_is_reached_by_the_numbers_it_stands_for() -> None:
    printed = run("""
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, port, *rest, **named: real("127.0.0.1", port, *rest, **named)
netguard.install([("model.example", 9)])
for port in (9, 10):
    try:
        socket.create_connection(("model.example", port), 1)
    except OSError as error:
        print(type(error).__name__)
    except GateClosed:
        print("refused")
""")
    assert printed.split() == ["ConnectionRefusedError", "refused"]


def test_listening_on_loopback_and_unix_sockets_go_on_working(tmp_path: Path) -> None:
    printed = run(f"""
netguard.install()
async def serve():
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    server.close()
    unix = await asyncio.start_unix_server(lambda r, w: w.close(), {str(tmp_path / "s")!r})
    reader, writer = await asyncio.open_unix_connection({str(tmp_path / "s")!r})
    await reader.read()
    writer.close()
    unix.close()
asyncio.run(serve())
one, two = socket.socketpair()
one.send(b"x")
print(two.recv(1), netguard.attempts())
""")
    assert printed == "b'x' {}"


def test_the_guard_cannot_be_taken_out_by_putting_the_function_back() -> None:
    printed = run("""
real = socket.getaddrinfo
netguard.install()
socket.getaddrinfo = real
try:
    socket.getaddrinfo("example.invalid", 80)
except GateClosed:
    print("refused")
""")
    assert printed == "refused"


TRACING = {
    "LANGSMITH_TRACING": "true",
    "LANGSMITH_TRACING_V2": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "lsv2_pt_0123456789",
    "LANGCHAIN_API_KEY": "lsv2_pt_0123456789",
}
CHAT = """
from langchain_core.language_models import FakeListChatModel
from langchain_core.tracers.langchain import wait_for_all_tracers
print(FakeListChatModel(responses=["hello"]).invoke("words of a customer").content)
wait_for_all_tracers()
from langsmith.utils import tracing_is_enabled
print(tracing_is_enabled())
"""


def test_tracing_that_the_environment_switched_on_sends_no_byte(server: ModelServer) -> None:
    sink = {"LANGSMITH_ENDPOINT": server.origin, "LANGCHAIN_ENDPOINT": server.origin}
    printed = run("vendors.silence_vendors()\n" + CHAT, **TRACING, **sink)
    assert printed.split() == ["hello", "False"]
    assert server.received == []


def test_without_silence_the_same_tracing_would_have_sent_the_prompt(server: ModelServer) -> None:
    sink = {"LANGSMITH_ENDPOINT": server.origin, "LANGCHAIN_ENDPOINT": server.origin}
    run(CHAT, **TRACING, **sink)
    assert server.received != []


def test_tracing_that_langsmith_had_already_read_is_switched_off_too(server: ModelServer) -> None:
    sink = {"LANGSMITH_ENDPOINT": server.origin}
    early = "import langsmith.utils\nassert langsmith.utils.tracing_is_enabled()\n"
    printed = run(early + "vendors.silence_vendors()\n" + CHAT, **TRACING, **sink)
    assert printed.split() == ["hello", "False"]
    assert server.received == []


def test_every_vendor_reads_that_it_is_to_keep_quiet() -> None:
    loud = {
        "ANONYMIZED_TELEMETRY": "True",
        "GRADIO_ANALYTICS_ENABLED": "True",
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_TELEMETRY": "0",
        "LANGSMITH_GATEWAY": "http://gateway.invalid",
    }
    printed = run(
        """
vendors.silence_vendors()
from chromadb.config import Settings
from gradio.analytics import analytics_enabled
from huggingface_hub import constants
from langchain_core.utils._gateway import _resolve_gateway_base_url
from tldextract.tldextract import TLD_EXTRACTOR
print(
    Settings().anonymized_telemetry,
    Settings().chroma_otel_collection_endpoint == "",
    analytics_enabled(),
    constants.HF_HUB_OFFLINE,
    constants.HF_HUB_DISABLE_TELEMETRY,
    constants.HF_HUB_DISABLE_UPDATE_CHECK,
    _resolve_gateway_base_url("openai/v1"),
    TLD_EXTRACTOR.suffix_list_urls,
)
""",
        **loud,
    )
    assert printed == "False True False True True True None ()"


def test_the_public_suffix_list_is_not_fetched() -> None:
    printed = run("""
vendors.silence_vendors()
netguard.install()
import tldextract
print(tldextract.extract("mail.example.co.uk").suffix, netguard.attempts())
""")
    assert printed == "co.uk {}"

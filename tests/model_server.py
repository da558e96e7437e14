"""A language model's server for tests: real HTTP on loopback, the OpenAI chat protocol, a script.

It keeps the exact bytes of every request. What it does with the next request is scripted; without a
script it answers politely.
"""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from io import BufferedReader
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any, Self, cast

from guardrails.egress import netguard

POLITE = "The documentation does not answer this."


@dataclass(frozen=True, slots=True)
class Received:
    """One received request: request line and headers, then the body."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body

    @property
    def json(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.body))

    @property
    def prompt(self) -> str:
        return "\n".join(str(message["content"]) for message in self.json["messages"])


Answer = Callable[["Handler", Received], None]


class ModelServer:
    """Listens while the context is open; ``received`` holds the requests."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.released = threading.Event()
        self.hung_up = threading.Event()
        self._script: deque[Answer] = deque()
        self._scheme = "http"
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def origin(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    def will(self, *answers: Answer) -> None:
        """Do ``answers`` to the next requests, one each."""
        self._script.extend(answers)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._scheme = "https"
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )

    def next(self) -> Answer:
        return self._script.popleft() if self._script else say(POLITE)

    def seen(self) -> bytes:
        """Return every byte received so far."""
        return b"\n".join(each.whole for each in self.received)

    def __enter__(self) -> Self:
        netguard.allow("127.0.0.1", int(self._server.server_address[1]))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: clients that hang up are part of the tests."""

    daemon_threads = True
    owner: ModelServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.tee = _Tee(cast("BufferedReader", self.rfile))
        self.rfile = cast("BufferedReader", self.tee)

    @property
    def owner(self) -> ModelServer:
        return cast("_Server", self.server).owner

    def do_POST(self) -> None:
        head = self.tee.take()
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.tee.take()
        received = Received(head, body)
        self.owner.received.append(received)
        try:
            self.owner.next()(self, received)
        except (BrokenPipeError, ConnectionResetError):
            self.owner.hung_up.set()
            self.close_connection = True

    do_GET = do_POST  # noqa: N815 - the base class calls it so

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def give(self, status: int, body: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def event(self, data: str) -> None:
        body = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        self.event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")


class _Tee:
    """Records what was read through it since the last call."""

    def __init__(self, inner: BufferedReader) -> None:
        self._inner = inner
        self._kept = b""

    def take(self) -> bytes:
        kept, self._kept = self._kept, b""
        return kept

    def read(self, size: int = -1) -> bytes:
        return self._keep(self._inner.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._keep(self._inner.readline(size))

    def _keep(self, data: bytes) -> bytes:
        self._kept += data
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def say(text: str, reason: str = "stop") -> Answer:
    """Answer with ``text``, in words one by one if a stream was asked for."""

    def answer(handler: Handler, received: Received) -> None:
        if not received.json.get("stream"):
            handler.give(200, _completion(text, reason))
            return
        handler.begin_stream()
        for piece in text.split(" "):
            handler.event(_chunk(piece + " "))
        handler.event(_chunk("", reason))
        handler.end_stream()

    return answer


def lie(make: Callable[[str], str]) -> Answer:
    """Answer with the result of ``make`` for the prompt."""
    return lambda handler, received: say(make(received.prompt))(handler, received)


def fail(status: int, message: str = "out of order") -> Answer:
    body = json.dumps({"error": {"message": message, "type": "server_error"}}).encode()
    return lambda handler, received: handler.give(status, body)


def redirect(to: str) -> Answer:
    return lambda handler, received: handler.give(307, b"", location=to)


def garbage(body: bytes = b"<html>Bad Gateway</html>", kind: str = "application/json") -> Answer:
    return lambda handler, received: handler.give(200, body, kind)


def compressed(text: str) -> Answer:
    body = gzip.compress(_completion(text))
    return lambda handler, received: handler.give(200, body, content_encoding="gzip")


def hang() -> Answer:
    """Send nothing until the test is over."""

    def answer(handler: Handler, received: Received) -> None:
        handler.owner.released.wait(30)
        handler.close_connection = True

    return answer


def drip(pause: float, times: int = 1000, first: str = "") -> Answer:
    """Stream ``first``, then a word every ``pause`` seconds until the client hangs up."""

    def answer(handler: Handler, received: Received) -> None:
        handler.begin_stream()
        for piece in first.split():
            handler.event(_chunk(piece + " "))
        for _ in range(times):
            handler.event(_chunk("word "))
            if handler.owner.released.is_set():
                return
            time.sleep(pause)

    return answer


def truncate(text: str) -> Answer:
    """Begin to answer and hang up: in the middle of a body, or of a stream without its end."""

    def answer(handler: Handler, received: Received) -> None:
        handler.close_connection = True
        if received.json.get("stream"):
            handler.begin_stream()
            handler.event(_chunk(text))
            return
        body = _completion(text)
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])

    return answer


def break_off(text: str) -> Answer:
    """End a stream cleanly, but before the model was done."""

    def answer(handler: Handler, received: Received) -> None:
        handler.begin_stream()
        handler.event(_chunk(text))
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def flood(size: int) -> Answer:
    return say("x" * size)


def _completion(text: str, reason: str = "stop") -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps(whole | {"choices": [choice]}).encode()


def _chunk(text: str, reason: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return json.dumps(whole | {"choices": [choice]})

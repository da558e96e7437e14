"""A model server on loopback that records every byte it receives and sends given answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast

_CHAT = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: ``raw`` bytes unchanged, or ``text`` in the protocol's JSON.

    ``half`` hangs up in the middle; ``tool`` sends the text as the arguments of a tool call.
    """

    text: str = ""
    status: int = 200
    raw: bytes | None = None
    location: str = ""
    half: bool = False
    tool: bool = False


class RecordingServer:
    """Listens while the context is open. ``answer`` is called with each prompt."""

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        self.answer = answer
        self.wire: list[bytes] = []
        self.strange: list[bytes] = []
        """Requests that are not for the model: traces, redirects that were followed."""
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def keep(self, path: str, whole: bytes) -> None:
        with self._lock:
            (self.wire if path == _CHAT else self.strange).append(whole)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: RecordingServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: clients that hang up are part of the run."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        owner = cast("_Server", self.server).owner
        head = f"{self.requestline}\r\n{self.headers}".encode()
        owner.keep(self.path, head + body)
        if self.path != _CHAT:
            self._give(404, b"{}")
            return
        asked = cast("dict[str, object]", json.loads(body))
        messages = cast("list[dict[str, object]]", asked["messages"])
        prompt = "\n".join(str(each["content"]) for each in messages)
        self._send(owner.answer(prompt), stream=bool(asked.get("stream")))

    do_GET = do_POST  # noqa: N815 - the base's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Log nothing."""

    def _send(self, answer: Answer, *, stream: bool) -> None:
        if answer.raw is not None or answer.status != HTTPStatus.OK:
            self._give(answer.status, answer.raw or b"{}", location=answer.location)
        elif stream:
            self._stream(answer)
        else:
            body = _body("message", _said(answer), "stop")
            self._give(200, body, cut=answer.half)

    def _give(self, status: int, body: bytes, *, location: str = "", cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = True

    def _stream(self, answer: Answer) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        words = answer.text.split(" ")
        for word in words[: len(words) // 2] if answer.half else words:
            self._event(_body("delta", _said(Answer(f"{word} ", tool=answer.tool)), None))
        if not answer.half:
            self._event(_body("delta", {}, "stop"))
            self._event(b"[DONE]")
        self.close_connection = True

    def _event(self, data: bytes) -> None:
        self.wfile.write(b"data: " + data + b"\n\n")
        self.wfile.flush()


def _said(answer: Answer) -> dict[str, object]:
    if not answer.tool:
        return {"role": "assistant", "content": answer.text}
    call = {"name": "send_mail", "arguments": json.dumps({"to": answer.text})}
    tool = {"index": 0, "id": "call_1", "type": "function", "function": call}
    return {"role": "assistant", "content": None, "tool_calls": [tool]}


def _body(part: str, said: dict[str, object], reason: str | None) -> bytes:
    choice = {"index": 0, part: said, "finish_reason": reason}
    kind = "chat.completion" if part == "message" else "chat.completion.chunk"
    whole = {"id": "1", "object": kind, "created": 1, "model": "m", "choices": [choice]}
    return json.dumps(whole).encode()

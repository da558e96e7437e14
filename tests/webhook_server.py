"""A help desk's webhook on the loopback interface with scripted answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from guardrails.egress import netguard

Answer = tuple[int, dict[str, str]]
"""A status and headers."""

HANG_UP: Answer = (0, {})
TAKEN: Answer = (200, {})


class WebhookServer:
    """``answer`` gets the body and how often this reply came; ``taken`` lists those with a 2xx."""

    def __init__(self, answer: Callable[[dict[str, Any], int], Answer]) -> None:
        self.answer = answer
        self.received: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.taken: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/replies"

    def __enter__(self) -> Self:
        netguard.allow("127.0.0.1", int(self._server.server_address[1]))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                here.received.append(body)
                here.keys.append(self.headers["idempotency-key"])
                times = sum(each["id"] == body["id"] for each in here.received)
                status, headers = here.answer(body, times)
                if not status:
                    self.connection.close()
                    self.close_connection = True
                    return
                if status < 300:
                    here.taken.append(body["reference"])
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                said = b"Priya Raghunathan is unknown here."
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's
                pass

        return Handler

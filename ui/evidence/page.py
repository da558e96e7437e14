"""The login page as `serve` would serve it, for controls that need a real connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware

from guardrails.egress import netguard
from ui import listening, tls
from ui.serve import page_config, wanted_by
from ui.web.auth import auth_routes
from ui.web.bindings import Bindings
from ui.web.headers import Headers
from ui.web.session import SessionWall

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.settings import Settings

_BEGINS_S, _ENDS_S = 20, 10


@contextmanager
def login_page(home: Home, settings: Settings) -> Generator[int]:
    """Serve the login page under ``settings`` on a free port of loopback, and return the port.

    `BadInput` where `serve` would not start. Gradio is left out: it takes seconds to import.
    """
    found = tls.make_tls(settings)
    border = listening.make_border(settings, found)
    listening.must_hold(settings, found, wanted_by(home))
    server = _Server(page_config(_application(home), home, settings, found, border))
    with socket.create_server(("127.0.0.1", 0)) as listener, server.running(listener) as port:
        yield port


def _application(home: Home) -> FastAPI:
    page = FastAPI(middleware=[Middleware(Headers), Middleware(SessionWall, home=home)])
    page.include_router(auth_routes(home, Bindings(lambda _hash: None)))
    return page


class _Server(uvicorn.Server):
    """A server in a thread, which tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listens.set()

    @contextmanager
    def running(self, listener: socket.socket) -> Generator[int]:
        port = int(listener.getsockname()[1])
        netguard.allow("127.0.0.1", port)
        thread = threading.Thread(target=self.run, args=([listener],), daemon=True)
        thread.start()
        try:
            assert self._listens.wait(_BEGINS_S), "the page did not begin"
            yield port
        finally:
            self.should_exit = True
            thread.join(_ENDS_S)

"""The page as `serve` serves it: behind its border, under TLS or behind a real proxy."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from assistant.bootstrap import Home
from assistant.settings import Settings
from guardrails.egress import netguard
from tests.fakes.parts import light_parts
from tests.ui.web_fixtures import set_up
from ui.listening import make_border
from ui.serve import page_config
from ui.tls import Tls, make_tls


@dataclass(frozen=True)
class Served:
    """A home, the port at which its page is served, and its TLS."""

    home: Home
    port: int
    tls: Tls | None


@contextmanager
def served_page(folder: Path, **settings: Any) -> Generator[Served]:
    """Serve a filled home from ``folder`` as the command does, on a free port."""
    from ui.web.app import build_app  # here: Gradio takes seconds

    ours = Settings(home=folder / "home", port=0, **settings)
    with Home.open(ours, parts=light_parts()) as home:
        set_up(home)
        tls = make_tls(ours)
        config = page_config(build_app(home), home, ours, tls, make_border(ours, tls))
        with running(config) as port:
            yield Served(home, port, tls)


@contextmanager
def running(config: uvicorn.Config) -> Generator[int]:
    """Run a server on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        netguard.allow("127.0.0.1", port)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.02)
            yield port
        finally:
            server.should_exit = True
            thread.join(15)

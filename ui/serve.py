"""One process owns the home: the page, the local socket for commands, and an orderly shutdown."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable

import uvicorn

from assistant.bootstrap import Home
from assistant.errors import BadInput
from assistant.settings import Settings
from ui.logs import configure, log
from ui.loopback import is_loopback
from ui.operations.operator import Operator
from ui.socket import SocketServer

_GRACE_S = 10
Prepare = Callable[[Operator], None]


def serve(settings: Settings, *, say: Callable[[str], None], prepare: Prepare) -> None:
    """Serve until SIGINT or SIGTERM. ``prepare`` runs after the home is locked.

    `HomeInUse` when another process owns the home, `BadInput` when the address is taken.
    """
    warn_of_network(settings, say)
    signal.signal(signal.SIGTERM, _interrupt)  # until the page runs, SIGTERM acts like Ctrl-C
    with Home.open(settings) as home, _listening(settings) as page:
        configure(settings.home)
        commands = SocketServer(operator := Operator(home))
        commands.start()
        log().info("serving", port=page.getsockname()[1], process=os.getpid())
        try:
            prepare(operator)
            _Page(operator, page, say).run_until_stopped()
        finally:
            ended = commands.stop()
        log().info("stopped", ended=ended)
        if not ended:
            _leave(say)


def warn_of_network(settings: Settings, say: Callable[[str], None]) -> None:
    """Warn if other machines can reach the page."""
    if not is_loopback(settings.host):
        say(f"Warning: {settings.host} can be reached by other machines, over plain HTTP.")
        say("Put a TLS proxy before it, or set QUIETDESK_HOST=127.0.0.1.")


class _Page:
    """The web server of the page, in the main thread, where signals arrive."""

    def __init__(
        self, operator: Operator, listener: socket.socket, say: Callable[[str], None]
    ) -> None:
        from ui.web.app import build_app  # slow to import, and not needed if the home is locked

        home = operator.home
        self._listener = listener
        self._server = _Announcing(
            uvicorn.Config(
                build_app(home, operator),  # imports in two threads would wait for each other
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(home.settings.trusted_proxies),
                forwarded_allow_ips=home.settings.trusted_proxies or None,
                timeout_graceful_shutdown=_GRACE_S,
            ),
            lambda: say(f"Quietdesk is at {_address(home.settings.host, listener)}"),
        )

    def run_until_stopped(self) -> None:
        # uvicorn raises the signal again after its shutdown; here it must have no further effect.
        before = {each: signal.signal(each, _nothing) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._server.run(sockets=[self._listener])
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


class _Announcing(uvicorn.Server):
    """Prints the address once the page can be opened."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def _listening(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise BadInput(
            f"The page cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
            todo="Set QUIETDESK_PORT to a free port (0 finds one).",
        ) from None


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


def _nothing(_number: int, _frame: object) -> None:
    pass


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _leave(say: Callable[[str], None]) -> None:
    """Exit while a step still runs: every store commits whole steps, so none is half-written."""
    say("An operation did not stop in time; its unfinished step is rolled back.")
    os._exit(1)

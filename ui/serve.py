"""One process owns the home: the page, the local socket for commands, and an orderly shutdown."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from assistant.bootstrap import Home
from assistant.errors import BadInput
from assistant.settings import Settings
from guardrails.clock import utc_now
from ui.listening import Border, make_border, must_hold
from ui.logs import configure, log
from ui.operations.operator import Operator
from ui.socket import SocketServer
from ui.tls import Tls, make_tls
from ui.web.border import BorderWall

_GRACE_S = 10
Prepare = Callable[[Operator], None]


def serve(settings: Settings, *, say: Callable[[str], None], prepare: Prepare) -> None:
    """Serve until SIGINT or SIGTERM. ``prepare`` runs after the home is locked.

    `HomeInUse` when another process owns the home. `BadInput` when the address is taken, when a
    certificate cannot be used, or when plain HTTP could be reached by other machines.
    """
    tls = make_tls(settings)
    border = make_border(settings, tls)
    signal.signal(signal.SIGTERM, _interrupt)  # until the page runs, SIGTERM acts like Ctrl-C
    with _ready(settings, tls) as home, _listening(settings) as page:
        configure(settings.home)
        commands = SocketServer(operator := Operator(home))
        commands.start()
        log().info("serving", port=page.getsockname()[1], process=os.getpid())
        try:
            prepare(operator)
            _Page(operator, page, say, tls, border).run_until_stopped()
        finally:
            ended = commands.stop()
        log().info("stopped", ended=ended)
        if not ended:
            _leave(say)


@contextmanager
def _ready(settings: Settings, tls: Tls | None) -> Generator[Home]:
    """Open the home, if its tenants' policies agree with how the page is served."""
    with Home.open(settings) as home:
        must_hold(settings, tls, wanted_by(home))
        yield home


def wanted_by(home: Home) -> list[str]:
    """Return the tenants whose policies ask for TLS on the wire."""
    slugs = [each.slug for each in home.tenants()]
    return [slug for slug in slugs if home.policy(slug).rules.security.tls]


class _Page:
    """The web server of the page, in the main thread, where signals arrive."""

    def __init__(
        self,
        operator: Operator,
        listener: socket.socket,
        say: Callable[[str], None],
        tls: Tls | None,
        border: Border,
    ) -> None:
        from ui.web.app import build_app  # slow to import, and not needed if the home is locked

        home = operator.home
        self._listener = listener
        self._say = say
        self._tls = tls
        self._server = _Announcing(
            # built here: imports in two threads would wait for each other
            page_config(build_app(home, operator), home, home.settings, tls, border),
            lambda: say(f"Quietdesk is at {_address(home.settings, listener)}"),
        )

    def run_until_stopped(self) -> None:
        # uvicorn raises the signal again after its shutdown; here it must have no further effect.
        before = {each: signal.signal(each, _nothing) for each in (signal.SIGINT, signal.SIGTERM)}
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._read_certificate)
        self._warn()
        try:
            self._server.run(sockets=[self._listener])
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _read_certificate(self, _number: int, _frame: object) -> None:
        if self._tls is None:
            return
        try:
            self._tls.read_again()
        except BadInput as error:
            self._say(f"{error.happened} The certificate that was read before stays in use.")
            log().warning("certificate", outcome="kept")
        else:
            log().info("certificate", outcome="read")
            self._warn()

    def _warn(self) -> None:
        trouble = self._tls.certificate.trouble(utc_now()) if self._tls else None
        if trouble:
            self._say(trouble)


def page_config(
    page: ASGIApp, home: Home, settings: Settings, tls: Tls | None, border: Border
) -> uvicorn.Config:
    """Return how uvicorn serves ``page``: behind its border, and under ``tls`` if there is one."""
    return uvicorn.Config(
        BorderWall(page, border, lambda: bool(wanted_by(home))),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the border reads them
        root_path=settings.root_path,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls.context,
        timeout_graceful_shutdown=_GRACE_S,
    )


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


def _address(settings: Settings, listener: socket.socket) -> str:
    host = settings.host
    shown = f"[{host}]" if ":" in host else host
    scheme = "http" if settings.tls_certificate is None else "https"
    below = f", {settings.root_path} of its proxy" if settings.root_path else ""
    return f"{scheme}://{shown}:{listener.getsockname()[1]}{below}"


def _nothing(_number: int, _frame: object) -> None:
    pass


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _leave(say: Callable[[str], None]) -> None:
    """Exit while a step still runs: every store commits whole steps, so none is half-written."""
    say("An operation did not stop in time; its unfinished step is rolled back.")
    os._exit(1)

"""The local interface of a running `serve`: operations over a Unix socket for its owner only.

``POST /ops/{name}`` with a `Call` as JSON answers with JSON lines: ``{"progress": …}`` for each
step, ``{"alive": true}`` in between, and ``{"result": …}`` or ``{"error": …}`` at the end.
It runs in its own thread with its own event loop, so that a batch never delays the page.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.errors import BadInput, NotFound, QuietdeskError, StorageTrouble
from ui.crash import crash
from ui.logs import log
from ui.operations.base import Credential, Operation, Shape, Step
from ui.operations.callers import Interface
from ui.operations.operator import Operator
from ui.operations.registry import OPERATIONS
from ui.wire import BEAT_S, LONGEST, NAME, Call, failure_of, socket_path

_AT_ONCE = 32
_FAREWELL_S = 10


class SocketServer:
    """Serves operations until it is stopped. Only the process that owns the home may start one."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._home = operator.home.settings.home
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="operation")
        self._running: set[Future[None]] = set()
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Route("/ops/{name}", self._answer, methods=["POST"])]),
                http=_Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=_FAREWELL_S,
            )
        )
        self._thread = threading.Thread(target=self._listen, name="operations", daemon=True)
        self._listener: socket.socket | None = None

    def start(self) -> None:
        """Replace a socket that a dead server left, and listen."""
        _clear(self._home)
        self._listener = _bind(self._home)
        self._thread.start()

    def stop(self) -> bool:
        """Stop operations between two steps. Return False if one did not stop in time."""
        self._stopping.set()
        self._server.should_exit = True
        self._thread.join(_FAREWELL_S + 2)
        self._pool.shutdown(wait=False, cancel_futures=True)
        working = wait(set(self._running), timeout=_FAREWELL_S).not_done
        _clear(self._home)
        return not working and not self._thread.is_alive()

    def _listen(self) -> None:
        assert self._listener is not None
        self._server.run(sockets=[self._listener])

    async def _answer(self, request: Request) -> StreamingResponse:
        body = await request.body()
        lines = self._run(request.path_params["name"], body, owns=bool(request.state.owns))
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def _run(self, name: str, body: bytes, *, owns: bool) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        gone = threading.Event()

        def send(line: bytes | None) -> None:
            if gone.is_set():
                raise _Abandoned
            if self._stopping.is_set() and line is not None and line.startswith(b'{"progress"'):
                raise StorageTrouble(
                    "The running Quietdesk is being stopped.",
                    safe="Finished steps are stored; nothing is half-written.",
                    todo="Start it again and repeat the command.",
                )
            loop.call_soon_threadsafe(lines.put_nowait, line)

        work = self._pool.submit(self._work, name, body, send, owns=owns)
        self._running.add(work)
        work.add_done_callback(self._running.discard)
        try:
            while (line := await _next(lines)) is not None:
                yield line
        finally:
            gone.set()
            work.cancel()

    def _work(
        self, name: str, body: bytes, send: Callable[[bytes | None], None], *, owns: bool
    ) -> None:
        def progress(step: Step) -> None:
            send(_line("progress", step))

        try:
            send(self._outcome(name, body, progress, owns=owns))
            send(None)
        except _Abandoned:
            log().info("abandoned", operation=name if name in OPERATIONS else "unknown")

    def _outcome(
        self, name: str, body: bytes, progress: Callable[[Step], None], *, owns: bool
    ) -> bytes:
        try:
            operation = _operation(name)
            args, credential = _call(operation, body)
            caller = self._operator.caller(Interface.SOCKET, credential, owns=owns)
            result = self._operator.perform(operation, caller, args, progress)
        except QuietdeskError as error:
            return _line("error", failure_of(error))
        except _Abandoned:
            raise
        except Exception as error:  # noqa: BLE001 - the caller gets one message for it
            return _line("error", failure_of(crash(error, self._home)))
        return _line("result", result)


class _Abandoned(BaseException):
    """The client has disconnected: stop between two steps. Flows must not catch it."""


def _operation(name: str) -> Operation[Any, Any]:
    if name not in OPERATIONS:
        raise NotFound("The running Quietdesk does not know this command.", todo=_OTHER_VERSION)
    return OPERATIONS[name]


class _Connection(H11Protocol):
    """A connection that checks whether the account at its other end owns the home.

    This is a second check, after the permissions of the folder and of the socket.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "owns": _peer(transport) in (os.getuid(), _ROOT)}


def _peer(transport: asyncio.Transport) -> int:
    """Return the user id at the other end, as the system says."""
    peer: socket.socket = transport.get_extra_info("socket")
    if sys.platform == "linux":
        said = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        return int(_UCRED.unpack(said)[1])
    said = peer.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
    return int(_XUCRED.unpack(said)[1])


_ROOT = 0
_UCRED = struct.Struct("3i")  # process, user, group
_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED = 0, 1, struct.Struct("2Ih16I")  # macOS: version, user, groups


def _call(operation: Operation[Any, Any], body: bytes) -> tuple[Shape, Credential | None]:
    try:
        call = Call.model_validate_json(body)
        return operation.args.model_validate(call.args), call.credential
    except ValidationError:
        raise BadInput(
            "The running Quietdesk does not understand this command.", todo=_OTHER_VERSION
        ) from None


_OTHER_VERSION = "It may have another version: stop it and start `quietdesk serve` again."


async def _next(lines: asyncio.Queue[bytes | None]) -> bytes | None:
    try:
        return await asyncio.wait_for(lines.get(), BEAT_S)
    except TimeoutError:
        return b'{"alive":true}\n'


def _line(name: str, value: Any) -> bytes:
    return f"{{{json.dumps(name)}:{value.model_dump_json()}}}\n".encode()


def _bind(home: Path) -> socket.socket:
    path = home / NAME
    if len(bytes(path)) > LONGEST:
        elsewhere = Path(tempfile.mkdtemp(prefix="quietdesk-")) / NAME
        path.symlink_to(elsewhere)
        path = elsewhere
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError:
        listener.close()
        raise
    return listener


def _clear(home: Path) -> None:
    """Remove the socket of a dead server; the caller owns the home, so no server is running."""
    path, link = socket_path(home), home / NAME
    path.unlink(missing_ok=True)
    if link.is_symlink():
        link.unlink()
        with suppress(OSError):  # its folder does not exist, or has other files in it
            path.parent.rmdir()

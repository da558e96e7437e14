"""Turns every error into a plain message, and never logs the words of an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import (
    BadInput,
    NotFound,
    NotPermitted,
    QuietdeskError,
    Refused,
    Trouble,
)
from ui.crash import crash

if TYPE_CHECKING:
    from assistant.bootstrap import Home

_STATUS: tuple[tuple[type[QuietdeskError], int], ...] = (
    (NotPermitted, 403),
    (NotFound, 404),
    (BadInput, 400),
    (Refused, 409),
    (Trouble, 503),
)


class Calm:
    """Answers unexpected errors; uvicorn would log the exception with its message."""

    def __init__(self, app: ASGIApp, home: Home) -> None:
        self._app = app
        self._home = home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if scope["type"] == "lifespan":
                raise
            known = error if isinstance(error, QuietdeskError) else None
            found = known or crash(error, self._home.settings.home)
            if not started:
                await plain(found)(scope, receive, send)


async def answer(_request: Request, error: Exception) -> Response:
    """Answer an error of ours in a route."""
    assert isinstance(error, QuietdeskError), "registered for no other"
    return plain(error)


def plain(error: QuietdeskError) -> Response:
    """Return the error as three sentences: what happened, what was kept safe, what to do."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    body = {"happened": error.happened, "safe": error.safe, "todo": error.todo}
    return JSONResponse(body, status)

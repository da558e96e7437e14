"""The firewall around Gradio: few routes, small bodies, each session hash bound to one person.

Gradio stores the results of events under a session hash that the browser chooses, and returns them
to anyone with that hash; its upload and file routes store and serve files in plain text. So only
the routes that the page needs are allowed, a hash belongs to the first person who used it, and each
request is rebuilt from the fields that were checked, so that Gradio and this firewall never read
one request in two ways.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import parse_qsl, urlencode

from gradio.routes import App
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import BadInput
from assistant.model import User
from ui.web.bindings import Bindings
from ui.web.bodies import MIB, read_body

_PROGRAM = re.compile(r"/(?:(?:assets|static)/[\w./ -]+|theme\.css)?")
_JOIN, _DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
_HASH = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_HERE = "This page has no such address."
_NOT_YOURS = "This page belongs to another person's login. Nothing was shown."


class GradioWall:
    """Replaces the Gradio app at its mount, so that no request can bypass it."""

    def __init__(self, app: App, bindings: Bindings) -> None:
        self._app = app
        self._bindings = bindings
        self._widths = {key: len(each.inputs) for key, each in app.get_blocks().fns.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # Gradio has no websocket; its lifespan runs with the outer app
            await send({"type": "websocket.close", "code": 1008})
            return
        passed = await self._judge(scope, receive)
        if isinstance(passed, Response):
            await passed(scope, receive, send)
        else:
            await self._app(*passed, send)

    async def _judge(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive] | Response:
        route = (scope["method"], _path(scope))
        if route[0] in ("GET", "HEAD") and _PROGRAM.fullmatch(route[1]) and ".." not in route[1]:
            return {**scope, "query_string": b""}, receive
        try:
            if route == ("GET", _DATA):
                return self._data(scope), receive
            if route == ("POST", _JOIN):
                return await self._join(scope, receive)
        except BadInput as error:
            return _refused(error.happened, 400)
        except PermissionError:
            return _refused(_NOT_YOURS, 403)
        return _refused(_NOT_HERE, 403)

    def _data(self, scope: Scope) -> Scope:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if [name for name, _ in pairs] != ["session_hash"]:
            raise BadInput("The request must have a session hash and no other parameter.")
        ours = self._own(scope, pairs[0][1])
        return {**scope, "query_string": urlencode({"session_hash": ours}).encode()}

    async def _join(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        given = _object(await read_body(Request(scope, receive), MIB))
        index, data = _number(given.get("fn_index")), _values(given.get("data"))
        if self._widths.get(index) != len(data):
            # Gradio would print the values that it cannot assign
            raise BadInput("The page has no such event. Load the page again.")
        event = {
            "session_hash": self._own(scope, given.get("session_hash")),
            "fn_index": index,
            "trigger_id": None if given.get("trigger_id") is None else _number(given["trigger_id"]),
            "data": data,
            "event_data": _picked(given.get("event_data")),
        }
        return _with_body(scope, receive, json.dumps(event).encode())

    def _own(self, scope: Scope, session_hash: object) -> str:
        """Return the hash if it is this person's, or not bound yet."""
        if not isinstance(session_hash, str) or not _HASH.fullmatch(session_hash):
            raise BadInput("The session hash is not valid.")
        if not self._bindings.claim(session_hash, cast("User", scope["user"]).id):
            raise PermissionError
        return session_hash


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value: object = json.loads(body, object_pairs_hook=_no_near_duplicates)
    except (ValueError, RecursionError):
        raise BadInput("The event is not a JSON object.") from None
    if not isinstance(value, dict):
        raise BadInput("The event is not a JSON object.")
    return cast("Mapping[str, object]", value)


def _no_near_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError
    return made


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadInput("The event has no function number.")


def _plain(value: object) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _values(value: object) -> list[object]:
    """Return the fields' values. A file would be an object, and objects are refused."""
    if isinstance(value, list):
        items = cast("list[object]", value)
        if all(_plain(item) for item in items):
            return items
    raise BadInput("The event contains values that are not plain.")


def _picked(value: object) -> dict[str, object] | None:
    """Return which row or tab was picked; fields send a plain value here, which is not used."""
    if _plain(value):
        return None
    if isinstance(value, dict):
        picked = cast("dict[str, object]", value)
        if all(_plain(each) for each in picked.values()):
            return picked
    raise BadInput("The selection of the event contains values that are not plain.")


def _with_body(scope: Scope, receive: Receive, body: bytes) -> tuple[Scope, Receive]:
    """Return the request with ``body`` instead of the body that was read."""
    given = Headers(scope=scope)
    kept = [
        (name.encode(), given[name].encode("latin-1"))
        for name in ("host", "origin", "accept", "user-agent")
        if name in given
    ]
    headers = [
        *kept,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replay() -> Message:
        return next(messages, None) or await receive()

    return {**scope, "headers": headers, "query_string": b""}, replay


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))


def _refused(message: str, status: int) -> Response:
    return JSONResponse({"detail": message}, status)


Wrap = Callable[[App, Bindings], ASGIApp]
"""How the Gradio app is protected; tests omit the firewall to show what it stops."""

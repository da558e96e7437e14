"""The session middleware: no answer without a login, no changing request from another site.

Gradio's own login is not used: with it, anyone with another person's session hash could read that
person's state. The person is determined only by our cookie, on every request.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.model import Session, User, WaitsFor

if TYPE_CHECKING:
    from fastapi import Request

    from assistant.bootstrap import Home

COOKIE = "quietdesk_session"
"""The cookie's name without its prefix, which depends on how the page is served: `cookie_of`."""

LOGIN = "/login"
FACTOR = "/second-factor"
OIDC_START, OIDC_BACK = "/login-with", "/login-back"
_STYLES = ("/static/base.css", "/static/login.css", "/static/mark.svg")
_OPEN = frozenset({LOGIN, *_STYLES})
_OPEN_WITH_ISSUER = frozenset({OIDC_START, OIDC_BACK})
_WAITING = frozenset({FACTOR, "/logout"})
"""What a session opens that waits for a second factor."""

_SAFE = frozenset({"GET", "HEAD"})


class SessionWall:
    """Refuses requests without a session, and changing requests from other sites."""

    def __init__(self, app: ASGIApp, home: Home) -> None:
        self._app = app
        self._home = home
        self._open = _OPEN | (_OPEN_WITH_ISSUER if home.settings.oidc_issuer else frozenset[str]())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = await self._judge(scope)
            await (refusal or self._app)(scope, receive, send)

    async def _judge(self, scope: Scope) -> Response | None:
        """Return the refusal, or None with the user written into ``scope``.

        A session that waits for a second factor is written as ``waiting`` instead: it is no login.
        """
        headers = Headers(scope=scope)
        if scope["method"] not in _SAFE and not same_origin(headers):
            return JSONResponse(
                {"happened": "The request came from another site, so it was refused."}, 403
            )
        token = token_in(scope)
        found = await to_thread.run_sync(self._home.accounts.session, token) if token else None
        if found is not None and found.waits_for is WaitsFor.NOTHING:
            scope["user"] = found.user
            return None
        if found is not None and _path(scope) in _WAITING:
            scope["waiting"] = found
            return None
        if _path(scope) in self._open:
            return None
        if scope["method"] in _SAFE and "text/html" in headers.get("accept", ""):
            wanted = LOGIN if found is None else FACTOR
            return RedirectResponse(f"{scope.get('root_path', '')}{wanted}", status_code=303)
        return JSONResponse({"happened": "You are not logged in.", "todo": "Log in again."}, 401)


def user_of(request: Request) -> User:
    """Return the user, whom the middleware has written into the scope."""
    return cast("User", request.scope["user"])


def waiting_of(request: Request) -> Session | None:
    """Return the session that waits for a second factor, None for one that is a login."""
    return cast("Session | None", request.scope.get("waiting"))


def cookie_of(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name and the path of the session cookie of a request.

    Under TLS the name has a prefix with which browsers accept it from this host over TLS alone, so
    that nobody on the network can plant one: ``__Host-``, which asks for the path ``/``; below a
    path of a proxy ``__Secure-``, so that other applications of that host do not receive it.
    """
    below = str(scope.get("root_path", ""))
    if scope["scheme"] != "https":
        return COOKIE, below or "/"
    return (f"__Secure-{COOKIE}", below) if below else (f"__Host-{COOKIE}", "/")


def token_in(scope: Mapping[str, Any]) -> str | None:
    """Return the session token of a request, None without one."""
    name, _ = cookie_of(scope)
    try:
        cookies = SimpleCookie(Headers(raw=scope["headers"]).get("cookie", ""))
    except CookieError:
        return None
    return cookies[name].value if name in cookies else None


def same_origin(headers: Headers) -> bool:
    """Return whether a page of this host sent a changing request.

    Browsers send the page's origin with every such request; a request without it is not from our
    page. Only the host is compared, because behind a proxy the scheme is the proxy's.
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    return urlsplit(origin).netloc == headers.get("host") != ""


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))

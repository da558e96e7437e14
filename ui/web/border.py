"""The border of the web application: whose forwarded headers count, which names, which transport.

It is outside of everything else. The address of the browser, by which the login counts failures,
and the scheme, by which the cookie is chosen, are those of the connection, or those that a
configured proxy reports. Nothing inside sees a forwarded header: Gradio would believe anybody's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.listening import Border
from ui.loopback import is_loopback

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

_PEER = "quietdesk.peer"
_BELIEVED = (b"x-forwarded-", b"x-real-", b"x-gradio-", b"forwarded")
_TLS = ("https", "wss")


class BorderWall:
    """Refuses requests for other names, and plain HTTP from other machines.

    ``tls_only`` returns whether a policy forbids plain HTTP between the proxy and this machine.
    """

    def __init__(self, app: ASGIApp, border: Border, tls_only: Callable[[], bool]) -> None:
        self._app = app
        self._border = border
        self._tls_only = tls_only
        inside = cast("ASGI3Application", self._inside)
        trusted = list(border.proxies)
        self._forwarded = ProxyHeadersMiddleware(inside, trusted) if trusted else inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = {**scope, _PEER: (_client(scope), scope["scheme"])}
        await cast("ASGIApp", self._forwarded)(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._judge(scope)
        if refusal is None:
            kept = [each for each in scope["headers"] if not each[0].startswith(_BELIEVED)]
            await self._app({**scope, "headers": kept}, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send)

    async def _judge(self, scope: Scope) -> Response | None:
        if not self._asks_for_us(scope):
            return _refused(
                "This name is not one of the page's.",
                "The owner can add it to QUIETDESK_HOSTS.",
                400,
            )
        if scope["scheme"] not in _TLS and not is_loopback(_client(scope)):
            return _refused(
                "The page is served over TLS only.",
                "Open it with https://. A proxy must report it in X-Forwarded-Proto.",
                403,
            )
        peer, scheme = scope[_PEER]
        if (
            scheme not in _TLS
            and not is_loopback(peer)
            and await to_thread.run_sync(self._tls_only)
        ):
            return _refused(
                "A tenant's policy asks for TLS on the wire, and the proxy came without it.",
                "The owner must set a certificate, or put the proxy on this machine.",
                403,
            )
        return None

    def _asks_for_us(self, scope: Scope) -> bool:
        """Return whether the one ``Host`` of the request is a name of the page."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or b"@" in hosts[0]:
            return False
        try:
            name = urlsplit(f"//{hosts[0].decode('ascii')}").hostname
        except ValueError:
            return False
        return name is not None and self._border.allows(name)


def _client(scope: Scope) -> str:
    """Return the address at the other end, and nothing for an unknown one, which is not local."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _refused(happened: str, todo: str, status: int) -> Response:
    body = {"happened": happened, "safe": "Nothing was shown or changed.", "todo": todo}
    return JSONResponse(body, status, headers={"cache-control": "no-store"})

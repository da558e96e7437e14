"""Security headers of every answer: this origin only, no caching, no framing."""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NONCE = "quietdesk.nonce"

_KEPT = ("/assets/", "/static/")
"""Program files, the same for every user; other answers may contain customer data."""

_FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer, a form would send `Origin: null`
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Headers:
    """Sets the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope, _NONCE: secrets.token_urlsafe(16)}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def nonce_of(scope: Scope) -> str:
    """Return the nonce of this answer, by which the browser accepts its own script blocks."""
    return str(scope[_NONCE])


def _set(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in _FIXED.items():
        headers[name] = value
    headers["content-security-policy"] = _policy(nonce_of(scope))
    below = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
    if not any(part in below for part in _KEPT):
        headers["cache-control"] = "no-store"
    if scope["scheme"] == "https":
        headers["strict-transport-security"] = "max-age=31536000"


def _policy(nonce: str) -> str:
    """Return the strictest policy under which Gradio's page works.

    ``unsafe-eval``: `gr.HTML` compiles its template (a constant of ours, never text) with
    ``Function``. ``unsafe-inline`` for styles: Svelte sets ``style`` attributes. Scripts stay
    limited to our files and to the page's own blocks, which carry the nonce of this answer.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'self'",
            "frame-ancestors 'none'",
        )
    )

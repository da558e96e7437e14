"""Rewrites Gradio's page: scripts get the nonce, external links are removed, our style comes last.

Gradio's template contains preview tags with addresses of other sites, and a script that loads a
helper for embedding; both are cut out. The rest loads from this origin only.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.web.headers import nonce_of

_CUTS = (
    re.compile(rb"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>"),
    re.compile(rb"<link rel=\"manifest\"[^>]*>"),
    re.compile(rb"<script>(?:(?!</script>).)*iframeResizer(?:(?!</script>).)*</script>", re.DOTALL),
)
_OURS = b"""<link rel="icon" href="../static/mark.svg">
<link rel="stylesheet" href="../static/base.css"><link rel="stylesheet" href="../static/desk.css">
<script src="../static/desk.js"></script>
</head>"""


class Frame:
    """Rewrites the one HTML page that Gradio serves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/desk/"):
            await self._app(scope, receive, send)
            return
        page = _Page(scope, send)
        await self._app(_uncompressed(scope), receive, page.send)


class _Page:
    def __init__(self, scope: Scope, send: Send) -> None:
        self._nonce = nonce_of(scope)
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish()

    async def _finish(self) -> None:
        assert self._start is not None, "ASGI sends the start first"
        body = rewrite(self._body, self._nonce)
        MutableHeaders(scope=self._start)["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def rewrite(page: bytes, nonce: str) -> bytes:
    """Return the page with the cuts made, our files added and the nonce on every script."""
    for cut in _CUTS:
        page = cut.sub(b"", page)
    page = page.replace(b"</head>", _OURS, 1)
    return page.replace(b"<script", f'<script nonce="{nonce}"'.encode())


def _uncompressed(scope: Scope) -> Scope:
    kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": kept}

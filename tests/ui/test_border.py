"""The border of the page: whose forwarded headers count, which names, and which transport."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from ui.listening import LOCAL, Border
from ui.web.border import BorderWall

NAME, PROXY, BROWSER = "desk.test", "10.0.0.2", "203.0.113.7"
HOST = ("host", NAME)
HTTPS = ("x-forwarded-proto", "https")


def test_plain_http_is_answered_on_this_machine_and_to_no_other() -> None:
    assert _asked("127.0.0.1", HOST).passed
    assert _asked("::1", HOST).passed
    assert _asked(BROWSER, HOST).status == 403
    assert _asked(None, HOST).status == 403
    assert _asked(BROWSER, HOST, scheme="https").passed


def test_only_a_configured_proxy_is_believed_that_the_browser_used_tls() -> None:
    told = (HOST, HTTPS, ("x-forwarded-for", BROWSER))
    passed = _asked(PROXY, *told)
    assert (passed.client, passed.scheme) == (BROWSER, "https")
    assert _asked(BROWSER, *told).status == 403
    assert _asked("10.0.0.3", *told).status == 403


def test_a_proxy_that_reports_plain_http_or_nothing_is_refused() -> None:
    assert _asked(PROXY, HOST, ("x-forwarded-for", BROWSER)).status == 403
    plain = ("x-forwarded-proto", "http")
    assert _asked(PROXY, HOST, plain, ("x-forwarded-for", BROWSER)).status == 403
    assert _asked(PROXY, HOST).status == 403


def test_an_address_that_the_browser_puts_before_the_proxys_is_not_used() -> None:
    passed = _asked(PROXY, HOST, HTTPS, ("x-forwarded-for", f"127.0.0.1, {BROWSER}"))
    assert passed.client == BROWSER


def test_nothing_inside_sees_a_forwarded_header() -> None:
    lies = [
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "for=1.2.3.4"),
        ("x-real-ip", "1.2.3.4"),
    ]
    lies += [("x-gradio-server", "http://evil.test"), ("x-forwarded-prefix", "/evil")]
    for peer in ("127.0.0.1", PROXY):
        passed = _asked(peer, HOST, HTTPS, *lies, ("accept", "text/html"), scheme="https")
        assert passed.headers == {"host", "accept"}


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.test"],
        [f"{NAME}.evil.test"],
        [],
        [NAME, NAME],
        ["[::1"],
        [""],
        [f"evil.test@{NAME}"],
        ["d\u00e9sk.test"],
    ],
)
def test_a_request_for_another_name_is_refused(hosts: Sequence[str]) -> None:
    assert _asked("127.0.0.1", *(("host", each) for each in hosts)).status == 400


@pytest.mark.parametrize(
    "host", [NAME, "DESK.test", f"{NAME}:8443", "localhost:7860", "[::1]:7860"]
)
def test_a_name_of_the_page_is_answered_with_any_port(host: str) -> None:
    assert _asked("127.0.0.1", ("host", host)).passed


def test_under_a_policy_of_tls_a_proxy_on_another_machine_must_speak_it_too() -> None:
    told = (HOST, HTTPS, ("x-forwarded-for", BROWSER))
    assert _asked(PROXY, *told, tls_only=True).status == 403
    assert _asked("127.0.0.1", *told, tls_only=True, proxies=("127.0.0.1",)).passed
    assert _asked(PROXY, *told, tls_only=True, scheme="https").passed


def test_a_websocket_is_closed_where_a_request_is_refused() -> None:
    refused = _asked(BROWSER, HOST, kind="websocket", scheme="ws")
    assert refused.sent == [{"type": "websocket.close", "code": 1008}]


class _Outcome:
    """What became of a request: what the application inside saw, or what was sent."""

    def __init__(self, scope: Scope | None, sent: list[Message]) -> None:
        self.passed = scope is not None
        self.sent = sent
        seen = scope or {}
        self.client = (seen.get("client") or ("", 0))[0]
        self.scheme = seen.get("scheme")
        self.headers = {name.decode() for name, _ in seen.get("headers", ())}

    @property
    def status(self) -> int:
        return next((each["status"] for each in self.sent if "status" in each), 0)


def _asked(
    peer: str | None,
    *headers: tuple[str, str],
    scheme: str = "http",
    kind: str = "http",
    tls_only: bool = False,
    proxies: tuple[str, ...] = (PROXY,),
) -> _Outcome:
    inside: list[Scope] = []
    sent: list[Message] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        inside.append(scope)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": kind,
        "scheme": scheme,
        "method": "GET",
        "path": "/",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": (peer, 50_000) if peer else None,
    }
    wall = BorderWall(app, Border(LOCAL | {NAME}, proxies), lambda: tls_only)
    asyncio.run(wall(scope, receive, send))
    return _Outcome(inside[0] if inside else None, sent)

"""The transport between the client and the egress gate: it asks a server in the way it needs.

Each attempt passes the gate and has its own row in the ledger. The answer is put into one shape,
and its tokens are counted. The client's URL and headers are not used.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from assistant.adapters.server.address import Address
from assistant.adapters.server.manners import Manners
from assistant.adapters.server.shapes import Events, Seen, as_events, whole
from assistant.adapters.server.visit import Visit
from assistant.model import Tokens
from assistant.ports import Meter
from guardrails.audit.ledger import current_call
from guardrails.policy import Purpose

_PER_TOKEN = 4
"""Characters of a token, about: for servers that do not count."""


@dataclass(frozen=True, slots=True)
class Server:
    """How one server is asked. ``sleep`` waits between attempts, ``meter`` counts tokens."""

    address: Address
    key: str | None = None
    manners: Manners = field(default_factory=Manners)
    meter: Meter | None = None
    sleep: Callable[[float], None] = time.sleep


class ServerTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Asks ``server`` through the gate's transports ``sync`` and ``later``."""

    def __init__(
        self, server: Server, sync: httpx.BaseTransport, later: httpx.AsyncBaseTransport
    ) -> None:
        self._server = server
        self._sync = sync
        self._async = later

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer in OpenAI's shape, or the refusal that was final."""
        request.read()
        visit, count = self._visit(request)
        while True:
            asked = visit.next()
            response = self._sync.handle_request(asked)
            if response.is_success:
                visit.accepted()
                return self._shaped(response, visit, count(asked))
            response.read()
            response.close()
            wait = visit.refused(response)
            if wait is None:
                return response
            self._server.sleep(wait)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer in OpenAI's shape, read to its end, or the refusal that was final."""
        await request.aread()
        visit, count = await asyncio.to_thread(self._visit, request)
        while True:
            asked = visit.next()
            response = await self._async.handle_async_request(asked)
            await response.aread()
            await response.aclose()
            if response.is_success:
                visit.accepted()
                read = httpx.Response(200, headers=response.headers, content=response.content)
                shaped = self._shaped(read, visit, count(asked))
                return httpx.Response(200, headers=shaped.headers, content=shaped.read())
            wait = visit.refused(response)
            if wait is None:
                return response
            await asyncio.to_thread(self._server.sleep, wait)

    def close(self) -> None:
        self._sync.close()

    async def aclose(self) -> None:
        await self._async.aclose()

    def _visit(self, request: httpx.Request) -> tuple[Visit, Callable[[httpx.Request], _Count]]:
        purpose, server = current_call().purpose, self._server
        if server.meter is not None:
            server.meter.admit(purpose)
        visit = Visit(request, server.address, server.manners, key=server.key)
        return visit, lambda asked: _Count(server, purpose, len(asked.content))

    def _shaped(self, response: httpx.Response, visit: Visit, count: _Count) -> httpx.Response:
        kind = response.headers.get("content-type", "")
        if visit.streams and kind.startswith("text/event-stream"):
            return _response("text/event-stream", stream=_Stream(response, count))
        with count.done():
            content = response.read()
            response.close()
            if visit.streams:
                return _response("text/event-stream", content=as_events(content, count.seen))
            return _response("application/json", content=whole(content, count.seen))


class _Count:
    """Counts the tokens of one answer when it ends, however it ends."""

    def __init__(self, server: Server, purpose: Purpose, sent: int) -> None:
        self.seen = Seen()
        self._server = server
        self._purpose = purpose
        self._sent = sent
        self._counted = False

    @contextmanager
    def done(self) -> Generator[None]:
        """Count at the end of the block."""
        try:
            yield
        finally:
            self.finish()

    def finish(self) -> None:
        """Count once; where the server told no numbers, from the characters."""
        if self._counted:
            return
        self._counted = True
        seen, server = self.seen, self._server
        server.manners.reasons |= seen.reasoned
        tokens = (
            Tokens(seen.tokens_in, seen.tokens_out)
            if seen.told
            else Tokens(
                -(-self._sent // _PER_TOKEN), -(-seen.characters // _PER_TOKEN), estimated=True
            )
        )
        if server.meter is not None:
            server.meter.count(self._purpose, tokens)


class _Stream(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, count: _Count) -> None:
        self._response = response
        self._count = count

    def __iter__(self) -> Iterator[bytes]:
        events, stream = Events(self._count.seen), self._response.stream
        assert isinstance(stream, httpx.SyncByteStream)
        for content in stream:
            ready = events.add(content)
            if ready:
                yield ready
        ready = events.end()
        if ready:
            yield ready

    def close(self) -> None:
        self._response.close()
        self._count.finish()


def _response(
    kind: str, *, content: bytes | None = None, stream: httpx.SyncByteStream | None = None
) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": kind}, content=content, stream=stream)

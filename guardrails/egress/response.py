"""The answer of a model server, limited in size and in time while it streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import LiteralString

import httpx

from guardrails.errors import ModelTrouble

_REDIRECTS = range(300, 400)
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits: bytes of a request, bytes of an answer, and seconds for the whole answer."""

    prompt_bytes: int = 2_000_000
    answer_bytes: int = 8_000_000
    seconds: float = 600


@dataclass(slots=True)
class Watch:
    """Checks one answer while it arrives, and records its first failure."""

    record: Callable[[LiteralString], None]
    limits: Limits
    status: int
    taken: int = 0
    failed: bool = False
    since: float = field(default_factory=time.monotonic)

    def refusal(self, response: httpx.Response) -> ModelTrouble | None:
        """Return why the answer is not read, or None; an error status is read, but recorded."""
        if self.status in _REDIRECTS:
            self.fail("redirect")
            return ModelTrouble("The model server sent a redirect; redirects are not followed.")
        if response.headers.get("content-encoding", "identity") != "identity":
            self.fail("encoding")
            return ModelTrouble("The model server compressed its answer against the request.")
        if self.status not in _OK:
            self.fail("status")
        return None

    def take(self, size: int) -> None:
        """Count the bytes received. `ModelTrouble` when they are too many or take too long."""
        self.taken += size
        if self.taken > self.limits.answer_bytes:
            self.fail("too_long")
            raise ModelTrouble(
                f"The model server's answer is over {self.limits.answer_bytes:,} bytes."
            )
        if time.monotonic() - self.since > self.limits.seconds:
            self.fail("deadline")
            raise ModelTrouble(
                f"The model server's answer took over {self.limits.seconds:g} seconds."
            )

    def fail(self, reason: LiteralString) -> None:
        """Record the first failure; later ones are its consequences."""
        if not self.failed:
            self.failed = True
            self.record(reason)


def bounded(response: httpx.Response, watch: Watch) -> httpx.Response:
    """Return ``response`` whose reading ``watch`` checks."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    return _with_stream(response, _SyncBounded(response.stream, watch))


def abounded(response: httpx.Response, watch: Watch) -> httpx.Response:
    """Return ``response`` whose reading ``watch`` checks, for asyncio."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return _with_stream(response, _AsyncBounded(response.stream, watch))


def why(error: BaseException) -> LiteralString:
    """Return the ledger's word for a failure to send or to read, of a closed set."""
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.ConnectError):
        return "connect"
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
        return "cancelled"
    return "transport"


class _SyncBounded(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._inner:
                self._watch.take(len(chunk))
                yield chunk
        except httpx.HTTPError as error:
            self._watch.fail(why(error))
            raise

    def close(self) -> None:
        self._inner.close()


class _AsyncBounded(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._watch.take(len(chunk))
                yield chunk
        except (httpx.HTTPError, asyncio.CancelledError) as error:
            self._watch.fail(why(error))
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()


def _with_stream(
    response: httpx.Response, stream: httpx.SyncByteStream | httpx.AsyncByteStream
) -> httpx.Response:
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )

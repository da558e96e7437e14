"""The egress gate: the one HTTP transport through which a model can be reached.

Before a byte is sent: the address is the registered destination's and no other, the tenant's policy
allows it, the body is JSON that was scanned string by string and written again, and the ledger
contains an intent row with the hash of the exact bytes. If any of this fails, nothing is sent. The
sync and the async transport differ only in how they read and wait.

Only the key of the destination and the body come from the caller; every other header is set by
the gate, redirects are never followed, and answers are bounded in size and time. The
failure of a request is recorded here; its success is recorded by the flow, together with the state
that it changed.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import LiteralString

import httpx

from guardrails import placeholders
from guardrails.audit.ledger import current_call, digest
from guardrails.egress.place import Place
from guardrails.egress.request import Stopped, check_address, redact_body
from guardrails.egress.response import Limits, Watch, abounded, bounded, why
from guardrails.errors import GateClosed, QuietdeskError
from guardrails.leaks.scan import Scanner

_KEYS = ("authorization", "api-key")


@dataclass(frozen=True, slots=True)
class _Admitted:
    """A request that may be sent: the gate builds it, and never sends the caller's own."""

    request: httpx.Request
    intent: int


class EgressGate:
    """Guards one destination of one tenant: what leaves is redacted text alone."""

    def __init__(self, place: Place, scanner: Scanner, limits: Limits | None = None) -> None:
        self.destination = place.destination
        self.limits = limits or Limits()
        self._place = place
        self._scanner = scanner

    def sync_transport(self, inner: httpx.BaseTransport | None = None) -> httpx.BaseTransport:
        """Return the gate for `httpx.Client`; ``inner`` does the sending."""
        return _SyncGate(self, inner or httpx.HTTPTransport(trust_env=False))

    def async_transport(
        self, inner: httpx.AsyncBaseTransport | None = None
    ) -> httpx.AsyncBaseTransport:
        """Return the gate for `httpx.AsyncClient`; ``inner`` does the sending."""
        return _AsyncGate(self, inner or httpx.AsyncHTTPTransport(trust_env=False))

    def admit(self, request: httpx.Request, content: bytes) -> _Admitted:
        """Check everything, commit the intent row, return what may be sent. `GateClosed` if not."""
        try:
            return self._admit(request, content)
        except Stopped as stopped:
            self._note_refusal("content", stopped.kinds)
            raise
        except QuietdeskError as refusal:
            self._note_refusal(type(refusal).__name__, {})
            raise
        except Exception as error:  # after any failure, an unchecked request must not be sent
            raise GateClosed(f"A check failed ({type(error).__name__}).") from error

    def fail(self, intent: int, why: LiteralString, status: int | None = None) -> None:
        """Record that a request which was allowed failed."""
        self._place.commit("model.failed", intent=intent, why=why, status=status)

    def watch(self, intent: int, status: int) -> Watch:
        """Return the object that checks the answer to ``intent`` while it arrives."""
        return Watch(lambda reason: self.fail(intent, reason, status), self.limits, status)

    def _admit(self, request: httpx.Request, content: bytes) -> _Admitted:
        call = current_call()
        self._place.admit(request, call.purpose)
        check_address(request.url.path, request.url.query.decode("ascii"), self._scanner)
        body = redact_body(content, self._scanner)
        if len(body.content) > self.limits.prompt_bytes:
            raise _too_long(self.limits.prompt_bytes)
        row = self._place.commit(
            "model.intent",
            sha256=digest(body.content),
            bytes=len(body.content),
            destination=self.destination.name,
            purpose=call.purpose,
            subject=call.subject,
            placeholders=placeholders.count_by_type(body.content.decode()),
            remasked=body.remasked,
        )
        call.intents.append(row.number)
        return _Admitted(_rebuilt(request, body.content), row.number)

    def _note_refusal(self, why: str, kinds: dict[str, int]) -> None:
        # A refusal is safe without its row, so a failing ledger does not hide the reason.
        with contextlib.suppress(Exception):
            name = self.destination.name
            self._place.commit("model.refused", destination=name, why=why, kinds=kinds)


class _SyncGate(httpx.BaseTransport):
    def __init__(self, gate: EgressGate, inner: httpx.BaseTransport) -> None:
        self._gate = gate
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        gate = self._gate
        admitted = gate.admit(request, _read(request, gate.limits.prompt_bytes))
        try:
            response = self._inner.handle_request(admitted.request)
        except BaseException as error:
            gate.fail(admitted.intent, why(error))
            raise
        watch = gate.watch(admitted.intent, response.status_code)
        refusal = watch.refusal(response)
        if refusal:
            response.close()
            raise refusal
        return bounded(response, watch)

    def close(self) -> None:
        self._inner.close()


class _AsyncGate(httpx.AsyncBaseTransport):
    def __init__(self, gate: EgressGate, inner: httpx.AsyncBaseTransport) -> None:
        self._gate = gate
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        gate = self._gate
        content = await _aread(request, gate.limits.prompt_bytes)
        # Scanning and the ledger's commit wait for a disk: other tasks go on meanwhile.
        admitted = await asyncio.to_thread(gate.admit, request, content)
        try:
            response = await self._inner.handle_async_request(admitted.request)
        except BaseException as error:
            gate.fail(admitted.intent, why(error))
            raise
        watch = gate.watch(admitted.intent, response.status_code)
        refusal = watch.refusal(response)
        if refusal:
            await response.aclose()
            raise refusal
        return abounded(response, watch)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _rebuilt(request: httpx.Request, content: bytes) -> httpx.Request:
    """Return the request that is sent; its only header from the caller is the key."""
    keys = {name: request.headers[name] for name in _KEYS if name in request.headers}
    timeout = request.extensions.get("timeout")
    return httpx.Request(
        "POST",
        request.url,
        headers={
            "accept": "application/json, text/event-stream",
            "accept-encoding": "identity",
            "content-type": "application/json",
            "user-agent": "quietdesk",
            **keys,
        },
        content=content,
        extensions={} if timeout is None else {"timeout": timeout},
    )


def _read(request: httpx.Request, limit: int) -> bytes:
    assert isinstance(request.stream, httpx.SyncByteStream)
    content = bytearray()
    for chunk in request.stream:
        content += chunk
        if len(content) > limit:
            raise _too_long(limit)
    return bytes(content)


async def _aread(request: httpx.Request, limit: int) -> bytes:
    assert isinstance(request.stream, httpx.AsyncByteStream)
    content = bytearray()
    async for chunk in request.stream:
        content += chunk
        if len(content) > limit:
            raise _too_long(limit)
    return bytes(content)


def _too_long(limit: int) -> GateClosed:
    return GateClosed(
        f"The prompt is over {limit:,} bytes.", todo="Cite fewer passages or shorten the ticket."
    )

"""A model in this process: llama.cpp, through the one module that knows xllamacpp.

It replaces the network under the egress gate: it is an `httpx` transport, so that each request was
checked, hashed and recorded in the ledger like one that leaves. It answers as OpenAI-compatible
servers do, in a stream, so that closing the answer stops the model.

xllamacpp always opens an HTTP server of its own. Here that server listens on a Unix socket in a
folder that only our user may enter, with a random key, and is removed before the first question.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, cast

import httpx

from assistant.adapters.langchain_llm import Sender
from assistant.errors import BadInput

Engine = Callable[[bytes, Callable[[bytes], bool]], None]
"""Answers a chat request (JSON) piece by piece (JSON); a piece taken with True is the last."""

ORIGIN = "http://in-process.invalid"
"""The destination that the gate allows: a name that RFC 2606 reserves."""
_CONTEXT = 8192
_LONGEST = 768
"""The most tokens of an answer; a longer one is a model that repeats itself."""
_OK = 200
_FAILED = b'{"error": {"code": 500, "message": "failed"}}'
_MAGIC = b"GGUF"


def must_run(model: Path) -> None:
    """`BadInput` unless the package is installed and ``model`` looks like a GGUF file."""
    if find_spec("xllamacpp") is None:
        raise BadInput(
            "QUIETDESK_MODEL_FILE is set, but xllamacpp is not installed.",
            todo="Run `make local-model`.",
        )
    try:
        with model.open("rb") as file:
            begin = file.read(len(_MAGIC))
    except OSError as error:
        raise BadInput(
            f"The model {model} cannot be read: {error.strerror}.", todo="Set QUIETDESK_MODEL_FILE."
        ) from None
    if begin != _MAGIC:
        raise BadInput(f"{model} is not a GGUF file.", todo="Set QUIETDESK_MODEL_FILE to one.")


def load(model: Path, *, threads: int) -> Engine:
    """Load ``model`` and return its engine; takes seconds. `BadInput` when it cannot be loaded."""
    must_run(model)
    import xllamacpp  # pyright: ignore[reportMissingImports] - optional, and without types

    vendor = cast("Any", xllamacpp)
    folder = Path(tempfile.mkdtemp(prefix="quietdesk-"))
    params = vendor.CommonParams()
    params.model.path = str(model)
    params.n_ctx, params.n_parallel, params.n_predict = _CONTEXT, 1, _LONGEST
    params.offline, params.ui, params.endpoint_slots = True, False, False
    params.verbosity = -1  # its log would repeat prompts
    params.hostnames, params.api_keys = [str(folder / "door.sock")], [secrets.token_hex()]
    if threads:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    try:
        server = vendor.Server(params)
    except RuntimeError:
        raise BadInput(f"{model} cannot be loaded as a model.", todo="Try another file.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return cast("Engine", server.handle_chat_completions)


class LlamaTransport(Sender):
    """Passes requests to an engine; ``engine`` builds it at the first request."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer as a stream of events. `httpx.ReadTimeout` when it does not begin."""
        patience = cast("dict[str, float | None]", request.extensions.get("timeout", {}))
        answer = _Answer(self._engine(), request.read(), patience.get("read"))
        status = _status(answer.first)
        if status != _OK:
            return httpx.Response(status, content=answer.first)  # read for known phrases only
        return httpx.Response(status, headers={"content-type": "text/event-stream"}, stream=answer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer, for asyncio."""
        await request.aread()

        def whole() -> httpx.Response:
            answer = self.handle_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())

        return await asyncio.to_thread(whole)


class _Answer(httpx.SyncByteStream):
    """One answer, written by a thread of its own; closing it stops the model at the next word."""

    def __init__(self, engine: Engine, body: bytes, patience: float | None) -> None:
        self._engine = engine
        self._body = body
        self._patience = patience
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._closed = Event()
        Thread(target=self._write, name="model", daemon=True).start()
        self.first = self._next()

    def __iter__(self) -> Iterator[bytes]:
        piece = self.first
        while piece is not None:
            yield b"data: " + piece + b"\n\n"
            piece = self._next()

    def close(self) -> None:
        self._closed.set()

    def _write(self) -> None:
        try:
            self._engine(self._body, self._take)
        except Exception:  # noqa: BLE001 - its words may repeat the prompt
            self._pieces.put(_FAILED)
        self._pieces.put(None)

    def _take(self, piece: bytes) -> bool:
        self._pieces.put(piece)
        return self._closed.is_set()

    def _next(self) -> bytes | None:
        try:
            return self._pieces.get(timeout=self._patience)
        except Empty:
            self.close()
            raise httpx.ReadTimeout("the model is silent") from None


def _status(first: bytes | None) -> int:
    """Return the HTTP status for an answer that begins with ``first``."""
    if first is None:
        return 500
    error: dict[str, Any] | None = json.loads(first).get("error")
    return int(error.get("code", 500)) if error else _OK

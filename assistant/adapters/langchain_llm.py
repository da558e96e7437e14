"""Chat models through LangChain: the one module that knows it.

The vendor's client gets a sync and an async HTTP client of ours, both on the egress gate; if only
one were given, the vendor would create the other and bypass the gate. The vendor reads environment
variables for proxies, keys, organisations, tracing and gateways: everything is given here, so that
they have no effect. It is imported at the first call, because that takes a second.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, cast

import httpx

from assistant.adapters.vendor_errors import BROKEN_OFF, OUT_OF_ROOM, translated, trouble
from guardrails import RawText, RedactedText, require_redacted
from guardrails.egress.gate import EgressGate
from guardrails.vendors import silence_vendors

if TYPE_CHECKING:
    from langchain.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage, AIMessageChunk

_NO_KEY = "none"


class Sender(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The transport behind the gate: it takes requests that passed, and answers in streams."""


class LangchainChat:
    """A chat model behind an OpenAI-compatible server; ``gate`` is the only way to it.

    ``sender`` replaces the network for a model in this process.
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        key: str | None,
        timeout: float,
        gate: EgressGate,
        sender: Sender | None = None,
    ) -> None:
        self._url = url
        self._model = model
        self._key = key or _NO_KEY
        # Connections are not kept: nothing is left open, and the async client may serve one event
        # loop after another.
        none_kept = httpx.Limits(max_keepalive_connections=0)
        self._sync = httpx.Client(
            transport=gate.sync_transport(
                sender or httpx.HTTPTransport(trust_env=False, limits=none_kept)
            ),
            trust_env=False,
            timeout=timeout,
        )
        asender = sender or httpx.AsyncHTTPTransport(trust_env=False, limits=none_kept)
        self._async = httpx.AsyncClient(
            transport=gate.async_transport(asender), trust_env=False, timeout=timeout
        )
        self._timeout = timeout
        self._streaming = sender is not None

    @property
    def name(self) -> str:
        return self._model

    def complete(self, system: RedactedText, user: RedactedText) -> RawText:
        """Return the whole answer. `ModelTrouble` when there is none, `GateClosed` when refused."""
        messages = _messages(system, user)
        with _translating(), _untraced():
            return _whole(self._chat.invoke(messages))

    async def acomplete(self, system: RedactedText, user: RedactedText) -> RawText:
        """Return the whole answer, for asyncio. Errors as for `complete`."""
        messages = _messages(system, user)
        with _translating(), _untraced():
            return _whole(await self._chat.ainvoke(messages))

    def stream(self, system: RedactedText, user: RedactedText) -> Generator[RawText]:
        """Yield the answer in pieces; closing the iterator closes the connection."""
        return self._pieces(_messages(system, user))

    def close(self) -> None:
        """Close the connections."""
        self._sync.close()

    @cached_property
    def _chat(self) -> BaseChatModel:
        silence_vendors()
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        chat = ChatOpenAI(
            model=self._model,
            base_url=self._url,
            api_key=SecretStr(self._key),
            http_client=self._sync,
            http_async_client=self._async,
            timeout=self._timeout,
            openai_proxy="",
            max_retries=0,
            temperature=0,
            cache=False,
            verbose=False,
            stream_usage=False,
            use_responses_api=False,
        )
        if self._streaming:  # False would stop `stream` from streaming
            chat.streaming = True
        return chat

    def _pieces(self, messages: list[tuple[str, str]]) -> Generator[RawText]:
        end = _End()
        with _translating():
            chunks = self._chat.stream(messages)
            try:
                while True:
                    with _untraced():
                        chunk = next(chunks, None)
                    if chunk is None:
                        break
                    end.note(chunk)
                    yield RawText(str(chunk.text))
            finally:
                _close(chunks)
            end.check()


@contextmanager
def _translating() -> Generator[None]:
    """Translate the vendors' errors into ours; a bug of ours is raised unchanged."""
    try:
        yield
    except Exception as error:
        known = translated(error)
        if known is None:
            raise
        raise known from None


class _End:
    """Records whether a stream ended properly: a server that hangs up ends it too."""

    def __init__(self) -> None:
        self._reason: object = None

    def note(self, chunk: AIMessage) -> None:
        metadata = cast("dict[str, object]", chunk.response_metadata)
        self._reason = metadata.get("finish_reason") or self._reason

    def check(self) -> None:
        if self._reason != "stop":
            raise trouble(OUT_OF_ROOM if self._reason == "length" else BROKEN_OFF)


def _messages(system: RedactedText, user: RedactedText) -> list[tuple[str, str]]:
    """Return the messages, after the check that both are `RedactedText`."""
    texts = (require_redacted(system).reveal(), require_redacted(user).reveal())
    # A lone surrogate cannot be encoded in UTF-8, and it carries no meaning.
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return [("system", clean[0]), ("human", clean[1])]


def _whole(message: AIMessage) -> RawText:
    end = _End()
    end.note(message)
    end.check()
    return RawText(str(message.text))


def _untraced() -> AbstractContextManager[None]:
    """Disable LangSmith's tracing even if it was enabled in this process."""
    tracing_context = import_module("langsmith.run_helpers").tracing_context
    return cast("AbstractContextManager[None]", tracing_context(enabled=False))


def _close(chunks: Iterator[AIMessageChunk]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()

"""Chat models through LangChain: the one module that knows it.

The vendor's client gets a sync and an async HTTP client of ours, both on the egress gate; if only
one were given, the vendor would create the other and bypass the gate. The vendor reads environment
variables for proxies, keys, organisations, tracing and gateways: everything is given here, so that
they have no effect. It is imported at the first call, because that takes a second.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, cast

import httpx

from assistant.adapters.ending import Ending
from assistant.adapters.server.address import address_of
from assistant.adapters.server.manners import Manners
from assistant.adapters.server.transport import Server, ServerTransport
from assistant.adapters.thoughts import Thoughts
from assistant.adapters.vendor_errors import translated
from assistant.ports import Amended, Meter
from guardrails import RawText, RedactedText, require_redacted
from guardrails.egress.gate import EgressGate
from guardrails.vendors import silence_vendors

if TYPE_CHECKING:
    from langchain.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage


class Sender(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The transport behind the gate: it takes requests that passed, and answers in streams."""


class LangchainChat:
    """A chat model behind an OpenAI-compatible server; ``gate`` is the only way to it.

    ``sender`` replaces the network for a model in this process. ``manners`` is what is known about
    the server, ``meter`` counts its tokens, ``longest`` limits an answer in tokens, and ``trust``
    checks its certificate.
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
        azure: bool = False,
        longest: int | None = None,
        manners: Manners | None = None,
        meter: Meter | None = None,
        trust: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._model = model
        self._longest = longest
        address = address_of(url, model, azure=azure)
        self._server = Server(address, key, manners or Manners(), meter, sleep)
        self._timeout = timeout
        self._streaming = sender is not None
        # Connections are not kept: nothing is left open, and the async client may serve one event
        # loop after another.
        none_kept = httpx.Limits(max_keepalive_connections=0)
        verify = trust or True
        asking = ServerTransport(
            self._server,
            gate.sync_transport(
                sender or httpx.HTTPTransport(verify=verify, trust_env=False, limits=none_kept)
            ),
            gate.async_transport(
                sender or httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=none_kept)
            ),
        )
        self._sync = httpx.Client(transport=asking, trust_env=False, timeout=timeout)
        self._async = httpx.AsyncClient(transport=asking, trust_env=False, timeout=timeout)

    @property
    def name(self) -> str:
        return self._model

    @property
    def manners(self) -> Manners:
        """What is known about the server."""
        return self._server.manners

    def complete(
        self,
        system: RedactedText,
        user: RedactedText,
        *,
        schema: Mapping[str, object] | None = None,
    ) -> RawText:
        """Return the whole answer. Schema and errors are those of `assistant.ports.ChatModel`."""
        messages = _messages(system, user)
        with _translating(), _untraced():
            return self._whole(self._ask(messages, schema))

    def answers_in_json(
        self, system: RedactedText, user: RedactedText, schema: Mapping[str, object]
    ) -> bool:
        """Return whether the server's answer is JSON with what ``schema`` requires."""
        required = set(cast("list[str]", schema["required"]))
        with _translating(), _untraced():
            message = self._ask(_messages(system, user), schema)
        thoughts = Thoughts()
        thoughts.add(str(message.text))
        thoughts.end()
        try:
            held: object = json.loads(thoughts.said)
        except ValueError:
            return False
        return isinstance(held, dict) and required <= cast("dict[str, object]", held).keys()

    async def acomplete(self, system: RedactedText, user: RedactedText) -> RawText:
        """Return the whole answer, for asyncio. Errors as for `complete`."""
        messages = _messages(system, user)
        with _translating(), _untraced():
            return self._whole(await self._chat.ainvoke(messages))

    def stream(
        self,
        system: RedactedText,
        user: RedactedText,
        *,
        schema: Mapping[str, object] | None = None,
    ) -> Generator[RawText]:
        """Yield the answer in pieces; closing the iterator closes the connection."""
        return self._pieces(_messages(system, user), schema)

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
            base_url="http://server.invalid/v1",  # the transport below sets URL and key
            api_key=SecretStr("none"),
            http_client=self._sync,
            http_async_client=self._async,
            timeout=self._timeout,
            openai_proxy="",
            max_retries=0,
            temperature=0,
            cache=False,
            verbose=False,
            stream_usage=True,
            max_completion_tokens=self._longest,
            use_responses_api=False,
        )
        if self._streaming:  # False would stop `stream` from streaming
            chat.streaming = True
        return chat

    def _ask(
        self, messages: list[tuple[str, str]], schema: Mapping[str, object] | None
    ) -> AIMessage:
        return self._chat.bind(**_in_json(schema)).invoke(messages)

    def _whole(self, message: AIMessage) -> RawText:
        end, thoughts = Ending(), Thoughts()
        end.note(_metadata(message))
        thoughts.add(str(message.text))
        thoughts.end()
        return RawText(end.answer(thoughts, self.manners))

    def _pieces(
        self, messages: list[tuple[str, str]], schema: Mapping[str, object] | None
    ) -> Generator[RawText]:
        end, thoughts = Ending(), Thoughts()
        with _translating():
            chunks = self._chat.bind(**_in_json(schema)).stream(messages)
            try:
                while True:
                    with _untraced():
                        chunk = next(chunks, None)
                    if chunk is None:
                        break
                    end.note(_metadata(chunk))
                    said = thoughts.add(str(chunk.text))
                    yield RawText("" if thoughts.retracted else said)
            finally:
                _close(chunks)
            rest = thoughts.end()
            answer = end.answer(thoughts, self.manners)
            if thoughts.retracted:
                raise Amended("", RawText(answer))
            if rest:
                yield RawText(rest)


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


def _messages(system: RedactedText, user: RedactedText) -> list[tuple[str, str]]:
    """Return the messages, after the check that both are `RedactedText`."""
    texts = (require_redacted(system).reveal(), require_redacted(user).reveal())
    # A lone surrogate cannot be encoded in UTF-8, and it carries no meaning.
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return [("system", clean[0]), ("human", clean[1])]


def _metadata(message: AIMessage) -> Mapping[str, object]:
    return cast("dict[str, object]", message.response_metadata)


def _in_json(schema: Mapping[str, object] | None) -> dict[str, dict[str, object]]:
    """Return the argument that asks for JSON, past the vendor's own parser of it."""
    if schema is None:
        return {}
    named = {"name": "answer", "strict": True, "schema": dict(schema)}
    return {"extra_body": {"response_format": {"type": "json_schema", "json_schema": named}}}


def _untraced() -> AbstractContextManager[None]:
    """Disable LangSmith's tracing even if it was enabled in this process."""
    tracing_context = import_module("langsmith.run_helpers").tracing_context
    return cast("AbstractContextManager[None]", tracing_context(enabled=False))


def _close(chunks: Iterator[AIMessage]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()

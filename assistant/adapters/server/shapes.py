"""Reads what servers answer in any of the usual shapes, and writes it in the one that OpenAI uses.

Content may be null, a string or a list of parts; reasoning may stand beside it; ``finish_reason``
may be any word, or missing; a server may answer in one piece although a stream was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from assistant.adapters.server.refusals import error_in, too_long, window_in
from assistant.adapters.vendor_errors import FAILED, NONSENSE, trouble
from assistant.errors import ContextOverflow

Json = dict[str, object]
_BESIDE = ("reasoning", "reasoning_content", "thinking", "reasoning_details")
_LENGTH = frozenset({"length", "max_tokens", "max_length", "max_output_tokens", "model_length"})
_FILTERED = frozenset(
    {"content_filter", "safety", "refusal", "recitation", "blocklist", "prohibited_content"}
)
_BROKEN = frozenset(
    {"error", "abort", "aborted", "cancelled", "canceled", "failed", "timeout", "network_error"}
    | {"insufficient_system_resource"}
)
_USED = (
    ("prompt_tokens", "completion_tokens"),
    ("input_tokens", "output_tokens"),
    ("prompt_eval_count", "eval_count"),
)


@dataclass(slots=True)
class Seen:
    """What an answer held beside its text; ``told`` says whether the server counted the tokens."""

    characters: int = 0
    reasoned: bool = False
    finished: bool = False
    ended: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    told: bool = False

    def note_usage(self, body: Json) -> None:
        """Record the counts of tokens, if ``body`` has them."""
        usage = body.get("usage") or body
        if not isinstance(usage, dict):
            return
        counts = cast("Json", usage)
        for sent, got in _USED:
            tokens_in, tokens_out = counts.get(sent), counts.get(got)
            if isinstance(tokens_in, int) and isinstance(tokens_out, int):
                self.tokens_in, self.tokens_out, self.told = tokens_in, tokens_out, True
                return


def whole(content: bytes, seen: Seen) -> bytes:
    """Return a whole answer in OpenAI's shape. `ModelTrouble` for what is no answer."""
    body = _object(content)
    _refuse_error(body)
    text, reason = _read(body, seen)
    seen.note_usage(body)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": reason or "stop"}
    return json.dumps({**_head("chat.completion"), "choices": [choice]}).encode()


class Events:
    """Turns a stream of events of any of the usual shapes into one of OpenAI's shape."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._rest = b""

    def add(self, content: bytes) -> bytes:
        """Return the events that ``content`` completes. `ModelTrouble` for an error among them."""
        *lines, self._rest = (self._rest + content).split(b"\n")
        return b"".join(event for line in lines for event in self._line(line.strip()))

    def end(self) -> bytes:
        """Return what is left at the end of the stream."""
        rest, self._rest = self._rest.strip(), b""
        return b"".join(self._line(rest)) if rest else b""

    def _line(self, line: bytes) -> Iterator[bytes]:
        if not line.startswith(b"data:"):
            return
        data = line[len(b"data:") :].strip()
        if data == b"[DONE]":
            self._seen.ended = True
            if not self._seen.finished:
                yield _event("", "stop")
            yield b"data: [DONE]\n\n"
            return
        body = _object(data)
        _refuse_error(body)
        self._seen.note_usage(body)
        if body.get("choices") or "message" in body:
            text, reason = _read(body, self._seen)
            yield _event(text, reason)


def as_events(content: bytes, seen: Seen) -> bytes:
    """Return an answer in one piece as a stream of events."""
    body = cast("Json", json.loads(whole(content, seen)))
    choice = cast("list[Json]", body["choices"])[0]
    text = str(cast("Json", choice["message"])["content"])
    return _event(text, str(choice["finish_reason"])) + b"data: [DONE]\n\n"


def _read(body: Json, seen: Seen) -> tuple[str, str | None]:
    """Return the text and the reason of the first choice."""
    choices = body.get("choices")
    first: object = body  # Ollama's own shape has no choices
    if choices is not None:
        first = cast("list[object]", choices)[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict):
        raise trouble(NONSENSE)
    choice = cast("Json", first)
    message = choice.get("message", choice.get("delta", choice.get("text", "")))
    if message is None and "delta" not in choice:
        raise trouble(NONSENSE)
    said = cast("Json", message) if isinstance(message, dict) else {"content": message}
    seen.reasoned |= any(said.get(name) for name in _BESIDE)
    text = _text(said.get("content"))
    seen.characters += len(text)
    reason = _reason(choice.get("finish_reason") or choice.get("done_reason"))
    seen.finished |= reason is not None
    return text, reason


def _text(content: object) -> str:
    """Return the words of ``content``: a string, a part, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(part) for part in cast("list[object]", content))
    if isinstance(content, dict):
        part = cast("Json", content)
        if part.get("type") in (None, "text", "output_text"):
            return _text(part.get("text", part.get("value")))
    return ""


def _reason(word: object) -> str | None:
    if not isinstance(word, str):
        return None
    name = word.strip().casefold()
    groups = (("length", _LENGTH), ("content_filter", _FILTERED), ("error", _BROKEN))
    return next((ours for ours, words in groups if name in words), "stop")


def _object(content: bytes) -> Json:
    try:
        body: object = json.loads(content)
    except ValueError:
        raise trouble(NONSENSE) from None
    if not isinstance(body, dict):
        raise trouble(NONSENSE)
    return cast("Json", body)


def _refuse_error(body: Json) -> None:
    """Raise for an error that came with status 200."""
    words = error_in(body)
    if words is not None:
        raise ContextOverflow.of(window_in(words)) if too_long(words) else trouble(FAILED)


def _head(kind: str) -> Mapping[str, object]:
    return {"id": "answer", "object": kind, "created": 0, "model": "model"}


def _event(text: str, reason: str | None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}
    body = {**_head("chat.completion.chunk"), "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"

"""Answers of model servers as they are: odd shapes, reasoning, refusals, waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.model_server import Answer, Handler, Received, say

OK = "Restart the spooler. [1]"


def message(
    content: object, reason: str | None = "stop", *, usage: object = None, **beside: object
) -> Answer:
    """Answer with ``content`` as it is; in a stream, all of it in one event."""
    said = {"role": "assistant", "content": content, **beside}

    def answer(handler: Handler, received: Received) -> None:
        if received.json.get("stream"):
            deltas(said, reason=reason, usage=usage)(handler, received)
            return
        choice = {"index": 0, "message": said, "finish_reason": reason}
        body = {"id": "1", "object": "chat.completion", "created": 1, "choices": [choice]}
        handler.give(200, json.dumps(body | ({"usage": usage} if usage else {})).encode())

    return answer


def deltas(
    *pieces: Mapping[str, object],
    reason: str | None = "stop",
    done: bool = True,
    usage: object = None,
) -> Answer:
    """Stream an event for each delta, then the reason, the usage and the end, if there are any."""

    def answer(handler: Handler, received: Received) -> None:
        handler.begin_stream()
        for delta in pieces:
            handler.event(json.dumps({"choices": [{"index": 0, "delta": delta}]}))
        if reason is not None:
            handler.event(json.dumps({"choices": [{"index": 0, "finish_reason": reason}]}))
        if usage:
            handler.event(json.dumps({"choices": [], "usage": usage}))
        if done:
            handler.event("[DONE]")
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def text(said: str, size: int = 3) -> Answer:
    """Answer with ``said``; in a stream, in pieces of ``size`` characters."""

    def answer(handler: Handler, received: Received) -> None:
        if not received.json.get("stream"):
            message(said)(handler, received)
            return
        pieces = [said[at : at + size] for at in range(0, len(said), size)]
        deltas(*({"content": piece} for piece in pieces))(handler, received)

    return answer


def error(status: int, body: object, **headers: str) -> Answer:
    """Refuse with ``body`` (JSON, or text as it is)."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return lambda handler, received: handler.give(status, content, **headers)


def refusing(
    wrong: Callable[[dict[str, Any]], bool], status: int, body: object, then: Answer | None = None
) -> Answer:
    """Refuse a request that is ``wrong``, answer any other."""

    def answer(handler: Handler, received: Received) -> None:
        given = error(status, body) if wrong(received.json) else then or say(OK)
        given(handler, received)

    return answer


def obeying(value: object, otherwise: str = OK) -> Answer:
    """Answer with ``value`` as JSON where JSON of a schema is asked for, else in words."""

    def answer(handler: Handler, received: Received) -> None:
        asked = received.json.get("response_format", {}).get("type") == "json_schema"
        text(json.dumps(value) if asked else otherwise)(handler, received)

    return answer


def serving(paths: Sequence[str], then: Answer | None = None) -> Answer:
    """Answer at these paths (with their query), and send 404 at any other."""

    def answer(handler: Handler, received: Received) -> None:
        here = handler.path in paths
        (then or say(OK) if here else error(404, {"detail": "Not Found"}))(handler, received)

    return answer

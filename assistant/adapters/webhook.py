"""Posting released replies to the provider's own help desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from assistant.ports import Refusal
from guardrails import ForPerson

_SECONDS = 20.0
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def webhook(url: str) -> Callable[[str, str, ForPerson], Refusal | None]:
    """Return a function that posts one reply to ``url`` as JSON ``{id, reference, text}``.

    It follows no redirects. It returns None when the server accepted the reply, or else why not and
    how long it asks to wait. The reply's id is the idempotency key of every attempt. The body of
    the answer is not read: one without an end would hold the tenant's turn and fill the memory.
    """

    def post(reply_id: str, reference: str, text: ForPerson) -> Refusal | None:
        body = {"id": reply_id, "reference": reference, "text": text.for_display()}
        headers = {"idempotency-key": reply_id}
        try:
            with (
                httpx.Client(timeout=_SECONDS, trust_env=False) as client,
                client.stream("POST", url, json=body, headers=headers) as answer,
            ):
                return _refusal(answer)
        except httpx.ConnectError:
            return Refusal("not-reached")
        except httpx.TimeoutException:
            return Refusal("no-answer")
        except httpx.RequestError:
            return Refusal("broken-off")

    return post


def _refusal(answer: httpx.Response) -> Refusal | None:
    if answer.is_success:
        return None
    return Refusal(f"http-{answer.status_code}", _asked_wait(answer))


def _asked_wait(answer: httpx.Response) -> timedelta | None:
    """Return how long a busy server asks to wait: seconds or an HTTP date (RFC 9110, 10.2.3)."""
    asked = answer.headers.get("retry-after", "").strip()
    if answer.status_code not in _BUSY or not asked:
        return None
    try:
        if asked.isdecimal():
            return timedelta(seconds=int(asked))
        at = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC), timedelta())

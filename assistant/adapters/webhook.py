"""Posting released replies to the provider's own help desk."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from assistant.errors import BadInput
from assistant.model import Subprocessor
from assistant.ports import Refusal
from assistant.settings import Settings
from guardrails import ForPerson
from guardrails.ai_mark import AiMark
from guardrails.egress.delivery import DeliveryGate

_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def address_of(entry: Subprocessor, settings: Settings) -> str:
    """Return the URL of a webhook. `BadInput` when the variable that holds it is not set."""
    if entry.settings:
        return str(settings.webhook_url)
    if not entry.address_env:
        return entry.address
    found = os.environ.get(entry.address_env, "")
    if not found:
        raise BadInput(
            f"The variable {entry.address_env}, which holds the URL of the webhook "
            f"“{entry.name}”, is empty or missing.",
            todo="Set it where Quietdesk runs.",
        )
    return found


def webhook(
    url: str, gate: DeliveryGate
) -> Callable[[str, str, ForPerson, AiMark], Refusal | None]:
    """Return a function that posts one reply to ``url`` as JSON.

    The fields are ``{id, reference, text, ai_generated, notices}``; ``text`` ends with the notices.
    Each reply passes ``gate``, which raises `GateClosed` before anything is sent. The function
    returns None when the server accepted the reply, or else why not and how long it asks to wait.
    The reply's id is the idempotency key of every attempt. The body of the answer is not read: one
    without an end would hold the tenant's turn and fill the memory.
    """

    def post(reply_id: str, reference: str, text: ForPerson, ai: AiMark) -> Refusal | None:
        try:
            with gate.posted(url, reply_id, reference, text, ai) as answer:
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

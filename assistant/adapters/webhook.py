"""Posting released replies to the provider's own help desk."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from assistant.errors import Trouble
from guardrails import ForPerson

_SECONDS = 20.0


def webhook(url: str) -> Callable[[str, str, ForPerson], None]:
    """Return what posts one reply to ``url`` as JSON ``{id, reference, text}``; no redirects."""

    def post(reply_id: str, reference: str, text: ForPerson) -> None:
        body = {"id": reply_id, "reference": reference, "text": text.for_display()}
        try:
            with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
                client.post(
                    url, json=body, headers={"idempotency-key": reply_id}
                ).raise_for_status()
        except httpx.HTTPError as error:
            raise Trouble(
                f"The webhook did not take the reply to {reference} ({type(error).__name__}).",
                safe="The reply waits in the outbox.",
                todo="Check QUIETDESK_WEBHOOK_URL, then run `quietdesk outbox deliver` again.",
            ) from error

    return post

"""The gate's second way: a reply that a person released goes to the tenant's webhook.

The text names people, because its reader must be addressed; `ForPerson` proves that a person
released it. Everything else is as for a model: the registered address and no other, the policy and
the register, and an intent row that is committed before the first byte. The row has a keyed hash of
the exact bytes, because a plain hash of a short text could be guessed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from guardrails.ai_mark import AiMark
from guardrails.crypto.seal import Sealer
from guardrails.egress.place import Place
from guardrails.egress.response import Limits
from guardrails.errors import GateClosed, QuietdeskError
from guardrails.policy import Purpose
from guardrails.text import ForPerson

_SECONDS = 20.0


class DeliveryGate:
    """Guards the webhook of one tenant."""

    def __init__(self, place: Place, sealer: Sealer, limits: Limits | None = None) -> None:
        self._place = place
        self._sealer = sealer
        self._limits = limits or Limits()

    @contextmanager
    def posted(
        self, url: str, reply_id: str, reference: str, text: ForPerson, ai: AiMark
    ) -> Generator[httpx.Response]:
        """Post a reply and yield the answer, whose body is not read.

        The fields are ``{id, reference, text, ai_generated, notices}``.

        `GateClosed` before anything is sent; `httpx.RequestError` when sending fails. Redirects are
        not followed, and the settings of the environment (proxies) are not used.
        """
        request = self._admit(url, reply_id, reference, text, ai)
        with httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client:
            response = client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()

    def check(self, url: str) -> None:
        """`GateClosed` when a reply could not be sent now: asked before an attempt is counted."""
        self._place.admit(_request(url, "", b"{}"), Purpose.DELIVER)

    def _admit(
        self, url: str, reply_id: str, reference: str, text: ForPerson, ai: AiMark
    ) -> httpx.Request:
        try:
            return self._admitted(url, reply_id, reference, text, ai)
        except QuietdeskError as refusal:
            self._note_refusal(reply_id, type(refusal).__name__)
            raise
        except Exception as error:  # after any failure, an unchecked request must not be sent
            raise GateClosed(f"A check failed ({type(error).__name__}).") from error

    def _admitted(
        self, url: str, reply_id: str, reference: str, text: ForPerson, ai: AiMark
    ) -> httpx.Request:
        if type(text) is not ForPerson:
            raise GateClosed("Only a reply that a person released may be delivered.")
        body = {
            "id": reply_id,
            "reference": reference,
            "text": text.for_display(),
            "ai_generated": ai.generated,
            "notices": ai.notices,
        }
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        request = _request(url, reply_id, content)
        self._place.admit(request, Purpose.DELIVER)
        if len(content) > self._limits.prompt_bytes:
            raise GateClosed(f"The reply is over {self._limits.prompt_bytes:,} bytes.")
        self._place.commit(
            "reply.intent",
            hmac=self._sealer.fingerprint_bytes(content),
            bytes=len(content),
            destination=self._place.destination.name,
            purpose=Purpose.DELIVER.value,
            subject=reply_id,
        )
        return request

    def _note_refusal(self, reply_id: str, why: str) -> None:
        # A refusal is safe without its row, so a failing ledger does not hide the reason.
        with contextlib.suppress(Exception):
            name = self._place.destination.name
            self._place.commit("reply.blocked", destination=name, why=why, reply=reply_id)


def _request(url: str, key: str, content: bytes) -> httpx.Request:
    headers = {
        "accept": "*/*",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "user-agent": "quietdesk",
        "idempotency-key": key,
    }
    return httpx.Request(
        "POST",
        url,
        headers=headers,
        content=content,
        extensions={"timeout": httpx.Timeout(_SECONDS).as_dict()},
    )

"""One question to a server: what is sent, what a refusal means, how long to wait."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import httpx

from assistant.adapters.server.address import Address
from assistant.adapters.server.manners import Body, Manners
from assistant.adapters.server.refusals import (
    about_the_model,
    no_system,
    out_of_quota,
    retry_after,
    too_long,
    window_in,
    words_of,
)
from assistant.adapters.vendor_errors import BUSY, FAILED, QUOTA, trouble
from assistant.errors import ContextOverflow, ModelBusy

WAITS = (1.0, 4.0)
"""Seconds before the second and the third attempt, if the server names none."""
LONGEST_WAIT = 30.0
"""The longest wait that is granted; a server that asks for more is given up at once."""
_REST = 30.0
_LONGEST_REST = 600.0
"""Seconds for which a server that was given up is not asked, and at most so many."""
_BUSY = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_WRONG_REQUEST = frozenset({400, 405, 413, 415, 422, 500, 501})
_TOO_LARGE, _TOO_MANY, _FAILED = 413, 429, 500
_WRONG_ADDRESS = frozenset({404, 405})


class Visit:
    """The attempts of one question. ``now`` is a monotonic clock in seconds."""

    def __init__(
        self,
        request: httpx.Request,
        address: Address,
        manners: Manners,
        *,
        key: str | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = request
        self._address = address
        self._manners = manners
        self._key = key
        self._now = now
        self._waits = list(WAITS)
        self._quirks = manners.quirks
        self._body = cast("Body", json.loads(request.content))
        self.streams = bool(self._body.get("stream"))
        if now() < manners.busy_until:
            raise _busy(429)

    def next(self) -> httpx.Request:
        """Return the request to send now."""
        content = json.dumps(self._quirks.applied(self._body), ensure_ascii=False)
        url = self._address.urls[self._quirks.url % len(self._address.urls)]
        return httpx.Request(
            "POST",
            url,
            headers={"content-type": "application/json", **self._credentials()},
            content=content.encode(),
            extensions=self._request.extensions,
        )

    def accepted(self) -> None:
        """Remember what made the request succeed."""
        self._manners.quirks = self._quirks
        self._manners.busy_until = 0.0

    def refused(self, response: httpx.Response) -> float | None:
        """Return the seconds to wait before the next request, None when there is none.

        `ContextOverflow` when the prompt is too long, `ModelBusy` when the server stays busy.
        """
        status, words = response.status_code, words_of(response)
        if too_long(words) or status == _TOO_LARGE:
            window = window_in(words)
            self._manners.window = window or self._manners.window
            raise ContextOverflow.of(window)
        if status in _WRONG_ADDRESS and not about_the_model(words) and self._another_address():
            return 0.0
        if status in _WRONG_REQUEST and self._ask_otherwise(status, words):
            return 0.0
        return self._wait(status, words, response.headers) if status in _BUSY else None

    def _credentials(self) -> dict[str, str]:
        if self._key is None:
            return {}
        if self._address.azure:
            return {"api-key": self._key}
        return {"authorization": f"Bearer {self._key}"}

    def _another_address(self) -> bool:
        tried = self._quirks.url + 1
        if tried >= len(self._address.urls) + self._manners.quirks.url:
            return False
        self._quirks = replace(self._quirks, url=tried)
        return True

    def _ask_otherwise(self, status: int, words: str) -> bool:
        if status == _FAILED and not no_system(words):
            return False  # a server that failed says nothing about the request
        without = self._quirks.without(words, self._body)
        self._quirks = without or self._quirks
        return without is not None

    def _wait(self, status: int, words: str, headers: httpx.Headers) -> float:
        if status == _TOO_MANY and out_of_quota(words):
            raise trouble(QUOTA)
        asked = retry_after(headers)
        if not self._waits or (asked or 0.0) > LONGEST_WAIT:
            self._manners.busy_until = self._now() + min(asked or _REST, _LONGEST_REST)
            raise _busy(status)
        usual = self._waits.pop(0)
        return usual if asked is None else asked


def _busy(status: int) -> ModelBusy:
    happened, todo = BUSY if status in {429, 503, 529} else FAILED
    return ModelBusy(happened, todo=todo)

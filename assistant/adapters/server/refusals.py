"""Reads why a server refused: its words are searched for known phrases, and nothing is kept."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import httpx

_MOST = 65_536
_TOO_LONG = re.compile(
    r"""context_length_exceeded | exceed_context_size | ContextWindowExceeded
      | maximum\ context\ length | maximum\ model\ length | context\ (?:size|length|window)\ exceed
      | context\ (?:size|length|window)\ has\ been\ exceed
      | exceeds?\ (?:the\ )?(?:\w+\ ){0,2}context\ (?:size|length|window)
      | exceeds?\ the\ (?:maximum|configured)\ (?:number|limit)\ of\ (?:input\ )?tokens
      | input\ tokens\ exceed | prompt\ is\ too\ long | input\ is\ too\ (?:long|large)
      | input\ length\ exceeds | too\ large\ for\ model | reached\ context\ length
      | context\ length\ of\ only | reduce\ the\ length\ of\ (?:the\ )?(?:messages|input|prompt)
      | must\ have\ less\ than\ [\d,]+\ tokens | tokens`?\ \+\ `?max_new_tokens
      | input\ token\ count | free\ space\ in\ the\ kv\ cache
      | larger\ than\ the\ (?:available\ )?context""",
    re.VERBOSE | re.IGNORECASE,
)
_WINDOW = re.compile(
    r"""(?:n_ctx"?:\s* | context\ (?:size|length|window)\ (?:is|of)\ (?:only\ )?
      | (?:length|window)\ of\ (?:only\ )? | model\ length\ of\ | less\ than\ | must\ be\ <=\ ?
      | model\ with\ | available\ context\ size\ \()(?P<size>\d[\d,]{1,9})""",
    re.VERBOSE | re.IGNORECASE,
)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing", re.IGNORECASE)
_NO_SYSTEM = re.compile(
    r"system(?:[ _-](?:role|message|prompt|instruction)s?)?\W{0,3}(?:\w+\W+){0,4}"
    r"(?:not|unsupported|unknown|invalid|must)"
    r"|(?:not|unsupported|unknown|invalid|only|unexpected)\b.{0,60}\b(?:system|developer)\b"
    r"|roles? must alternate",
    re.IGNORECASE | re.DOTALL,
)


def words_of(response: httpx.Response) -> str:
    """Return what the server said, to be searched and dropped; the response was read."""
    return response.content[:_MOST].decode("utf-8", "replace")


def too_long(words: str) -> bool:
    """Return whether the prompt does not fit into the model's context window."""
    return _TOO_LONG.search(words) is not None


def window_in(words: str) -> int | None:
    """Return the size of the context window that ``words`` name."""
    found = _WINDOW.search(words)
    return int(found["size"].replace(",", "")) if found else None


def no_system(words: str) -> bool:
    """Return whether the server takes no system message."""
    return _NO_SYSTEM.search(words) is not None


def out_of_quota(words: str) -> bool:
    """Return whether a refusal as too busy will last: there is nothing left to spend."""
    return _QUOTA.search(words) is not None


def about_the_model(words: str) -> bool:
    """Return whether a 404 is about the model's name and not about the address."""
    return "model" in words.casefold() or "deployment" in words.casefold()


def retry_after(headers: httpx.Headers, now: datetime | None = None) -> float | None:
    """Return the seconds that the server asks to wait: a number or a date; None without one."""
    milliseconds = headers.get("retry-after-ms", "")
    if milliseconds.isdigit():
        return int(milliseconds) / 1000
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def error_in(body: object) -> str | None:
    """Return the error that stands in an answer with status 200, as text; None without one."""
    error = cast("dict[str, object]", body).get("error") if isinstance(body, dict) else None
    return json.dumps(error) if error else None

"""Access to contents that production code must not read."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import cast

from guardrails import RawText, RedactedText
from guardrails.text import mint, unwrap


def plain(value: object) -> object:
    """Return ``value`` in a form that compares by content, raw texts included."""
    if isinstance(value, RawText):
        return "raw", unwrap(value)
    if isinstance(value, RedactedText):
        return "redacted", value.reveal()
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, [plain(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in cast("list[object]", value)]
    return value


def redacted(text: str) -> RedactedText:
    """Return ``text`` as if it had been redacted."""
    return mint(text)

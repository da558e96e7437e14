"""Puts a quotation on one line, cut where it is long."""

from __future__ import annotations

import re

from guardrails import RedactedText, Template, join

_QUOTED = 220
_GOES_ON = Template("$text …")


def short(text: RedactedText) -> RedactedText:
    """Return the beginning of ``text`` on one line; where it is cut, at a word, it ends in “…”."""
    plain = text.reveal()
    if len(plain) <= _QUOTED:
        return on_one_line(text)
    end = max(plain.rfind(" ", 0, _QUOTED), 1)
    return _GOES_ON.fill(text=on_one_line(text.cut(0, end)))


def on_one_line(text: RedactedText) -> RedactedText:
    """Return ``text`` with its lines joined by blanks."""
    lines = re.finditer(r"\S(?:[^\n]*\S)?", text.reveal())
    return join(" ", [text.cut(*each.span()) for each in lines])

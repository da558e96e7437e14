"""HTML that is always escaped: text is added through `text`, structure through `el`.

Ticket texts are hostile. No function takes a string of markup, so no text of a customer or a
model can become a tag, an attribute, a link or an image. Characters that change how a line
reads without being seen (bidirectional overrides, zero-width joins) are shown by name.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import LiteralString, NewType

from guardrails import unseen

Html = NewType("Html", str)
"""Markup that this module made."""

NOTHING = Html("")
_VOID = frozenset({"br", "hr", "img", "input"})
_PICTURES = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_UNSEEN = re.compile(
    rf"(?!(?<=[{_PICTURES}])[\ufe0e\ufe0f])"  # emoji contain one of these
    rf"[{unseen.UNSEEN}{unseen.CONTROLS}]"
)


def text(value: str) -> Html:
    """Return ``value`` as escaped text; invisible characters become visible marks."""
    pieces: list[str] = []
    at = 0
    for match in _UNSEEN.finditer(value):
        pieces += (html.escape(value[at : match.start()]), _mark(match[0]))
        at = match.end()
    return Html("".join((*pieces, html.escape(value[at:]))))


def el(name: LiteralString, /, *children: Html, **attributes: str | bool | None) -> Html:
    """Return one element. ``class_`` and ``data_do`` become ``class`` and ``data-do``.

    False and None leave an attribute out, True writes it bare.
    """
    opening = f"<{name}{''.join(_attribute(*pair) for pair in attributes.items())}>"
    if name in _VOID:
        return Html(opening)
    return Html(f"{opening}{''.join(children)}</{name}>")


def words(value: LiteralString) -> Html:
    """Return a developer's text."""
    return Html(html.escape(value))


def join(parts: Iterable[Html]) -> Html:
    """Return markup set one after another."""
    return Html("".join(parts))


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    key = name.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{html.escape(_UNSEEN.sub("", value))}"'


def _mark(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f'<span class="qd-unseen" title="An invisible character is here">{code}</span>'

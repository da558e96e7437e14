"""The notice: what happened, what was kept safe and what to do."""

from __future__ import annotations

from typing import LiteralString

from assistant.errors import QuietdeskError
from ui.web.html import NOTHING, Html, el, text, words


def said(happened: LiteralString, detail: str = "", action: Html = NOTHING) -> Html:
    """Return the notice of a success; ``action`` is a button that goes on from it."""
    body = el("p", el("strong", words(happened)), text(f" {detail} " if detail else ""), action)
    return _notice("done", body)


def problem(error: QuietdeskError) -> Html:
    """Return the notice of an error."""
    parts = [el("strong", text(error.happened))]
    parts += [text(f" {part}") for part in (error.safe, error.todo) if part]
    return _notice("problem", el("p", *parts))


def empty(title: LiteralString, hint: LiteralString = "") -> Html:
    """Return the text for an empty place."""
    more = el("p", words(hint)) if hint else NOTHING
    return el("div", el("p", words(title), class_="qd-empty-title"), more, class_="qd-empty")


def back(label: LiteralString) -> Html:
    """Return the button that leads back to the list, where the page is too narrow for both."""
    return el("button", words(label), type="button", class_="qd-link qd-back-to", data_back=True)


def _notice(kind: LiteralString, body: Html) -> Html:
    close = el("button", words("Close"), type="button", class_="qd-quiet", data_close="notice")
    return el("div", body, close, class_=f"qd-notice qd-{kind}")

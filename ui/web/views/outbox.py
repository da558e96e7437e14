"""Released replies, to copy or to export as a file."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from ui.operations.outbox import ReplyView
from ui.web.chips import pill, when
from ui.web.html import Html, el, join, text, words
from ui.web.views.notice import empty

MOST_CARDS = 100


def outbox(items: Sequence[ReplyView], tenant: str) -> Html:
    """Return the newest replies first."""
    if not items:
        return empty(
            "The outbox is empty", "Replies are listed here after a reviewer has released them."
        )
    newest = list(reversed(items))[:MOST_CARDS]
    return join((_bar(len(items), len(newest), tenant), *(_card(item) for item in newest)))


def _bar(number: int, shown: int, tenant: str) -> Html:
    count = f"{number} released" if number == shown else f"{number} released, newest {shown} shown"
    link = el(
        "a",
        words("Export as JSON lines"),
        href=f"../exports/outbox.jsonl?{urlencode({'tenant': tenant})}",
        download=f"outbox-{tenant}.jsonl",
        class_="qd-link",
    )
    return el("div", el("p", text(count), class_="qd-count"), link, class_="qd-bar")


def _card(item: ReplyView) -> Html:
    delivered = _delivered(item)
    copy = el("button", words("Copy"), type="button", class_="qd-link", data_copy="reply")
    head = el(
        "header",
        el("h3", el("span", text(item.reference), class_="qd-ref")),
        el(
            "span",
            words("released by "),
            text(item.released_by),
            words(", "),
            when(item.released_at),
        ),
        delivered,
        copy,
    )
    body = el("div", text(item.text), class_="qd-reply", data_copied="reply")
    return el("article", head, body, class_="qd-card qd-outbox-card")


def _delivered(item: ReplyView) -> Html:
    if item.delivered_at:
        return el("span", words("delivered "), when(item.delivered_at))
    if not item.failure:
        return pill("waiting to be sent", "pending")
    why = text(f"not accepted ({item.failure}), ")
    if item.next_attempt_at is None:
        return el("span", why, pill("given up", "rejected"))
    return el("span", why, words("next attempt after "), when(item.next_attempt_at))

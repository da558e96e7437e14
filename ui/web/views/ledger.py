"""The ledger's last rows, and the result of verifying it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from ui.operations.ledger import ProofView, RowView
from ui.web.html import Html, el, join, text, words
from ui.web.views.notice import empty

_DIGESTS = (32, 64)
"""Lengths of our ids and hashes, of which only the beginning is shown."""


def rows(last: Sequence[RowView]) -> Html:
    """Return rows, newest first."""
    if not last:
        return empty(
            "The ledger is empty", "Everything that is sent, stored or decided is recorded here."
        )
    names = ("No.", "When (UTC)", "What", "Facts", "Hash")
    head = el("thead", el("tr", *(el("th", text(name), scope="col") for name in names)))
    body = el("tbody", *(_row(row) for row in reversed(last)))
    return el("div", el("table", head, body, class_="qd-table"), class_="qd-scroll")


def proof(found: ProofView) -> Html:
    """Return the result of verifying."""
    if found.broken is None:
        line = el("strong", text(f"All {found.rows} rows are intact."))
        rest = words(" Every hash matches the row before it, and the head matches the last row.")
        return el("p", line, rest, class_="qd-proof qd-proof-good", role="status")
    line = el("strong", text(f"Row {found.broken} is not intact: {found.why}."))
    rest = words(" Do not change the database, and inform the person who runs this installation.")
    return el("p", line, rest, class_="qd-proof qd-proof-bad", role="alert")


def not_for_you() -> Html:
    """Return the text for a person who is neither reviewer nor admin."""
    return empty("The ledger is for reviewers", "Ask an admin if you need to see it.")


def _row(row: RowView) -> Html:
    return el(
        "tr",
        el("td", text(str(row.number)), class_="qd-number", data_label="No."),
        el("td", text(row.at[:19].replace("T", " ")), class_="qd-nowrap", data_label="When (UTC)"),
        el("td", text(row.kind), class_="qd-nowrap", data_label="What"),
        el("td", _facts(row), data_label="Facts"),
        el("td", el("code", text(row.hash[:12])), title=row.hash, data_label="Hash"),
    )


def _facts(row: RowView) -> Html:
    facts: dict[str, object] = json.loads(row.facts)
    return join(
        el(
            "span",
            el("span", text(f"{name} "), class_="qd-label"),
            text(row.names.get(str(value)) or _short(value)),
            class_="qd-fact",
        )
        for name, value in facts.items()
        if value not in ("", None)
    )


def _short(value: object) -> str:
    if isinstance(value, dict):
        counts = cast("dict[str, object]", value)
        return ", ".join(
            f"{name.replace('_', ' ').lower()} {count}" for name, count in counts.items()
        )
    plain = value if isinstance(value, str) else json.dumps(value)
    return f"{plain[:12]}…" if len(plain) in _DIGESTS and " " not in plain else plain

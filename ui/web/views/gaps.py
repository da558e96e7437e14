"""What was asked in vain, like questions together: what somebody should write an article about."""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.gaps import GapView
from ui.web.chips import when
from ui.web.html import Html, el, join, text, words
from ui.web.views.notice import empty
from ui.web.views.shown import RESTORED

_MOST_GROUPS = 100
_MOST_QUESTIONS = 20


def gaps(groups: Sequence[GapView]) -> Html:
    """Return the groups, most often asked first."""
    if not groups:
        return empty("No gaps", "Questions that nothing here answers stand here, redacted.")
    asked = sum(each.count for each in groups)
    count = f"{asked} asked in vain, alike ones together: {len(groups)}"
    first = groups[:_MOST_GROUPS]
    return join((el("p", text(count), class_="qd-count"), *(_group(each) for each in first)))


def not_for_you() -> Html:
    """Return what somebody sees who is neither reviewer nor admin."""
    return empty("Gaps are for reviewers", "They decide what to write next.")


def _group(group: GapView) -> Html:
    items = join(el("li", RESTORED.of(each)) for each in group.others[:_MOST_QUESTIONS])
    title = el(
        "summary",
        el("span", el("span", RESTORED.of(group.typical), class_="qd-title")),
        el(
            "span",
            text(f"asked {group.count} ×, last "),
            when(group.last_asked, day=True),
            class_="qd-place",
        ),
    )
    more = el("ul", items) if items else el("p", words("Asked in these words only."))
    return el("details", title, el("div", more, class_="qd-passage"), class_="qd-source qd-gap")


def noted(kept: bool) -> Html:
    """Return what became of a question without an answer, or the offer to keep it."""
    if kept:
        return el("p", words("It is kept under Gaps, for whoever writes the articles."))
    offer = el("button", words("Note it as a gap"), type="button", class_="qd-link", data_do="note")
    why = words("A filter left documents out, so it is no gap yet. ")
    return el("p", why, offer, class_="qd-note-gap")

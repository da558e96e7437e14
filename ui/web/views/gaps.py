"""Gaps: questions that no document answered, grouped, for the authors of articles."""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.gaps import GapView
from ui.web.chips import when
from ui.web.html import Html, el, join, text, words
from ui.web.views.notice import empty
from ui.web.views.text_mode import RESTORED

_MOST_GROUPS = 100
_MOST_QUESTIONS = 20


def gaps(groups: Sequence[GapView]) -> Html:
    """Return the groups, most often asked first."""
    if not groups:
        return empty("No gaps", "Questions that no document answers are listed here, redacted.")
    asked = sum(each.count for each in groups)
    count = f"Unanswered questions: {asked}, groups: {len(groups)}"
    first = groups[:_MOST_GROUPS]
    return join((el("p", text(count), class_="qd-count"), *(_group(each) for each in first)))


def not_for_you() -> Html:
    """Return the text for a person who writes no articles."""
    return empty(
        "Gaps are for reviewers and knowledge managers", "They decide which articles to write."
    )


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
    """Return whether a question without an answer was kept, or the button that keeps it."""
    if kept:
        return el("p", words("The question is kept under Gaps, for the authors of the articles."))
    offer = el("button", words("Keep it as a gap"), type="button", class_="qd-link", data_do="note")
    why = words("A filter excluded documents, so it is not kept as a gap. ")
    return el("p", why, offer, class_="qd-note-gap")

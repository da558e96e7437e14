"""Citations that can be opened to read the passage they are taken from."""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.sources import PassageView, SourceView
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.shown import Shown

_WAYS = {"terms": "words", "vector": "sense"}


def sources(cited: Sequence[SourceView], shown: Shown) -> Html:
    """Return the list of cited passages, and of those that a question found, why each was."""
    if not cited:
        return NOTHING
    cards = join(_source(each, shown) for each in cited)
    return el("section", el("h4", words("Sources")), cards, class_="qd-sources")


def nearest(near: Sequence[SourceView], shown: Shown) -> Html:
    """Return the articles that came nearest and why, without a claim that they answer."""
    return join(_source(each, shown) for each in near)


def _source(each: SourceView, shown: Shown) -> Html:
    number = None if each.number is None else str(each.number)
    mark = NOTHING if number is None else el("sup", text(number), class_="qd-cite")
    heading = shown.of(each.heading)
    under = el("span", words("› "), heading, class_="qd-heading") if heading else NOTHING
    named = el("span", shown.of(each.title), class_="qd-title")
    where = text(f", {each.place}{_why(each)}")
    summary = el(
        "summary",
        mark,
        el("span", named, words(" "), under),
        el("span", shown.of(each.source), where, class_="qd-place"),
    )
    gone = el("p", words("This passage is no longer in the knowledge base."))
    passage = _marked(each.passage, shown) if each.passage else gone
    return el(
        "details",
        summary,
        el("div", passage, class_="qd-passage"),
        class_="qd-source",
        data_source=number,
    )


def _why(each: SourceView) -> str:
    """Return a passage's score beside the others of its question, and what found it."""
    if each.score is None:
        return ""
    return f" · {each.score:.2f} by {' and '.join(_WAYS.get(way, way) for way in each.matched_by)}"


def _marked(passage: PassageView, shown: Shown) -> Html:
    """Return a passage with the sentence marked that shares most with the question."""
    best = shown.of(passage.sentence)
    marked = el("mark", best) if best else NOTHING
    return join((shown.of(passage.before), marked, shown.of(passage.after)))

"""Citations that can be opened to read the cited passage."""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.sources import PassageView, SourceView
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.text_mode import TextMode

_WAYS = {"terms": "words", "vector": "sense"}


def sources(cited: Sequence[SourceView], mode: TextMode) -> Html:
    """Return the cited passages; if a question found them, with the reason for each."""
    if not cited:
        return NOTHING
    cards = join(_source(each, mode) for each in cited)
    return el("section", el("h4", words("Sources")), cards, class_="qd-sources")


def nearest(near: Sequence[SourceView], mode: TextMode) -> Html:
    """Return the nearest articles and why they were found; they do not answer the question."""
    return join(_source(each, mode) for each in near)


def _source(each: SourceView, mode: TextMode) -> Html:
    number = None if each.number is None else str(each.number)
    mark = NOTHING if number is None else el("sup", text(number), class_="qd-cite")
    heading = mode.of(each.heading)
    under = el("span", words("› "), heading, class_="qd-heading") if heading else NOTHING
    named = el("span", mode.of(each.title), class_="qd-title")
    where = text(f", {each.place}{_why(each)}")
    summary = el(
        "summary",
        mark,
        el("span", named, words(" "), under),
        el("span", mode.of(each.source), where, class_="qd-place"),
    )
    gone = el("p", words("This passage is no longer in the knowledge base."))
    passage = _marked(each.passage, mode) if each.passage else gone
    return el(
        "details",
        summary,
        el("div", passage, class_="qd-passage"),
        class_="qd-source",
        data_source=number,
    )


def _why(each: SourceView) -> str:
    """Return a passage's score relative to the others of its question, and what found it."""
    if each.score is None:
        return ""
    return f" · {each.score:.2f} by {' and '.join(_WAYS.get(way, way) for way in each.matched_by)}"


def _marked(passage: PassageView, mode: TextMode) -> Html:
    """Return a passage, with the sentence marked that shares most words with the question."""
    best = mode.of(passage.sentence)
    marked = el("mark", best) if best else NOTHING
    return join((mode.of(passage.before), marked, mode.of(passage.after)))

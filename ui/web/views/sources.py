"""Citations that can be opened to read the cited passage."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.model import Audience
from ui.operations.sources import SourceView
from ui.operations.texts import Text
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.text_mode import TextMode

_WAYS = {"terms": "words", "vector": "sense"}


_READERS = {Audience.CUSTOMER: "customers", Audience.AGENT: "agents only"}

_LIBRARY = "library: "
"""How a source of the provider's library is called; its readers are decided there."""


def sources(cited: Sequence[SourceView], mode: TextMode, *, may_decide: bool = False) -> Html:
    """Return the cited passages; if a question found them, with the reason for each.

    With ``may_decide`` each has a button that changes who may read its document.
    """
    if not cited:
        return NOTHING
    cards = join(_source(each, mode, may_decide=may_decide) for each in cited)
    return el("section", el("h3", words("Sources"), class_="qd-minor"), cards, class_="qd-sources")


def nearest(near: Sequence[SourceView], mode: TextMode) -> Html:
    """Return the nearest articles and why they were found; they do not answer the question."""
    return join(_source(each, mode) for each in near)


def below(more: Sequence[SourceView], mode: TextMode) -> Html:
    """Return further sections folded, those of one document together."""
    if not more:
        return NOTHING
    by_title: dict[str, list[SourceView]] = {}
    for each in more:
        by_title.setdefault(each.title.restored, []).append(each)
    groups = (_group(mode.of(some[0].title), some, mode) for some in by_title.values())
    return el("section", *groups, class_="qd-below")


def _group(title: Html, some: Sequence[SourceView], mode: TextMode) -> Html:
    head = el("summary", words("More from “"), title, words("”"), class_="qd-link")
    return el("details", head, *(_section(each, mode) for each in some), class_="qd-more-from")


def _section(each: SourceView, mode: TextMode) -> Html:
    heading = mode.of(each.heading)
    where = el(
        "p",
        mode.of(each.source),
        text(f", {each.place}"),
        reader_tag(each.audience),
        class_="qd-place",
    )
    return el(
        "section",
        el("h3", heading, class_="qd-minor") if heading else NOTHING,
        where,
        _passage(each, mode),
        class_="qd-passage",
    )


def reader_tag(audience: str) -> Html:
    """Return who may read a text, as a small tag."""
    readers = Audience(audience)
    return el("span", text(_READERS[readers]), class_=f"qd-tag qd-tag-{readers}")


def reader_button(document: str, audience: str, title: str) -> Html:
    """Return the button that changes who may read a document."""
    opens = Audience(audience) is Audience.AGENT
    label = "Let customers read it" if opens else "For agents only"
    return el(
        "button",
        text(label),
        type="button",
        class_="qd-link",
        data_do="audience",
        data_document=document,
        data_audience=Audience.CUSTOMER if opens else Audience.AGENT,
        aria_label=f"{label}: {title}",
    )


def _source(each: SourceView, mode: TextMode, *, may_decide: bool = False) -> Html:
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
        el("span", mode.of(each.source), where, reader_tag(each.audience), class_="qd-place"),
    )
    readers = reader_button(each.document, each.audience, each.title.restored)
    own = may_decide and not each.source.redacted.startswith(_LIBRARY)
    change = el("p", readers) if own and each.passage else NOTHING

    return el(
        "details",
        summary,
        el("div", _passage(each, mode), change, class_="qd-passage"),
        class_="qd-source",
        data_source=number,
    )


def _why(each: SourceView) -> str:
    """Return a passage's score relative to the others of its question, and what found it."""
    ways = [_WAYS[way] for way in each.matched_by if way in _WAYS]
    return f" · {each.score:.2f} by {' and '.join(ways)}" if ways and each.score else ""


def _passage(each: SourceView, mode: TextMode) -> Html:
    """Return a passage, with the sentence marked that shares most words with the question."""
    passage = each.passage
    if passage is None:
        return el("p", words("This passage is no longer in the knowledge base."))
    parts = passage.before, passage.sentence, passage.after
    whole = Text(
        redacted="".join(part.redacted for part in parts),
        restored="".join(part.restored for part in parts),
    )
    start = len(passage.before.restored)
    end = start + len(passage.sentence.restored)
    return mode.prose(whole, highlight=(start, end) if end > start else None)

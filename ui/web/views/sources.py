"""Citations that can be opened to read the passage they stand on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.desk import Desk
from assistant.model import Citation, Passage
from guardrails import RedactedText
from ingestion.cited import place
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.shown import Shown


def passages_of(desk: Desk, citations: Sequence[Citation]) -> Mapping[str, RedactedText]:
    """Return the text of each cited chunk that is still there."""
    if not citations:
        return {}
    chunks = desk.records.documents.chunks([each.chunk_id for each in citations])
    return {chunk.id: chunk.text for chunk in chunks}


def sources(citations: Sequence[Citation], shown: Shown) -> Html:
    """Return the list of cited passages."""
    if not citations:
        return NOTHING
    texts = passages_of(shown.desk, citations)
    cards = join(_cited(each, texts.get(each.chunk_id), shown) for each in citations)
    return el("section", el("h4", words("Sources")), cards, class_="qd-sources")


def nearest(passages: Iterable[Passage], shown: Shown) -> Html:
    """Return the articles that came nearest, without a claim that they answer."""
    return join(
        _source(
            None,
            NOTHING,
            shown.of(each.title),
            shown.of(each.chunk.heading),
            _place(each.source, each.chunk.first_line, each.chunk.last_line, shown),
            shown.of(each.chunk.text),
        )
        for each in passages
    )


def _cited(citation: Citation, passage: RedactedText | None, shown: Shown) -> Html:
    gone = words("This passage is no longer in the knowledge base.")
    return _source(
        str(citation.number),
        el("sup", text(str(citation.number)), class_="qd-cite"),
        shown.of(citation.title),
        shown.of(citation.heading),
        _place(citation.source, citation.first_line, citation.last_line, shown),
        el("p", gone) if passage is None else shown.of(passage),
    )


def _source(
    number: str | None, mark: Html, title: Html, heading: Html, where: Html, passage: Html
) -> Html:
    under = el("span", words("› "), heading, class_="qd-heading") if heading else NOTHING
    named = el("span", title, class_="qd-title")
    summary = el("summary", mark, el("span", named, words(" "), under), where)
    return el(
        "details",
        summary,
        el("div", passage, class_="qd-passage"),
        class_="qd-source",
        data_source=number,
    )


def _place(source: RedactedText, first: int, last: int, shown: Shown) -> Html:
    where = text(f", {place(source.reveal(), first, last)}")
    return el("span", shown.of(source), where, class_="qd-place")

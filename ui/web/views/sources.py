"""Citations that can be opened to read the passage they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.desk import Desk
from assistant.flows.ask import Answer
from assistant.model import Citation, Passage
from assistant.search.federated import documents_of
from assistant.writers.passages import closest
from guardrails import RedactedText
from ingestion.cited import place
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.shown import Shown


def passages_of(desk: Desk, citations: Sequence[Citation]) -> Mapping[str, RedactedText]:
    """Return the text of each cited chunk that is still there."""
    if not citations:
        return {}
    chunks = documents_of(desk).chunks([each.chunk_id for each in citations])
    return {chunk.id: chunk.text for chunk in chunks}


def sources(citations: Sequence[Citation], shown: Shown, found: Answer | None = None) -> Html:
    """Return the list of cited passages; with what was ``found``, why each was."""
    if not citations:
        return NOTHING
    texts = passages_of(shown.desk, citations)
    cards = join(_cited(each, texts.get(each.chunk_id), shown, found) for each in citations)
    return el("section", el("h4", words("Sources")), cards, class_="qd-sources")


def nearest(found: Answer, shown: Shown) -> Html:
    """Return the articles that came nearest and why, without a claim that they answer."""
    return join(
        _source(
            None,
            NOTHING,
            shown.of(each.title),
            shown.of(each.chunk.heading),
            _place(each.source, each.chunk.first_line, each.chunk.last_line, shown, _why(each)),
            _marked(each.chunk.text, found.question, shown),
        )
        for each in found.passages
    )


def _cited(
    citation: Citation, passage: RedactedText | None, shown: Shown, found: Answer | None
) -> Html:
    passages = found.passages if found else ()
    why = next((_why(each) for each in passages if each.chunk.id == citation.chunk_id), "")
    gone = words("This passage is no longer in the knowledge base.")
    return _source(
        str(citation.number),
        el("sup", text(str(citation.number)), class_="qd-cite"),
        shown.of(citation.title),
        shown.of(citation.heading),
        _place(citation.source, citation.first_line, citation.last_line, shown, why),
        el("p", gone) if passage is None else _marked(passage, found and found.question, shown),
    )


def _why(passage: Passage) -> str:
    """Return a passage's score beside the others of its question, and what found it."""
    ways = " and ".join({"terms": "words", "vector": "sense"}.get(w, w) for w in passage.matched_by)
    return f" · {passage.score:.2f} by {ways}"


def _marked(passage: RedactedText, question: RedactedText | None, shown: Shown) -> Html:
    """Return a passage with the sentence marked that shares most with the question."""
    best = closest(question.reveal(), passage.reveal()) if question else None
    if best is None:
        return shown.of(passage)
    start, end = best
    marked = el("mark", shown.of(passage.cut(start, end)))
    return join((shown.of(passage.cut(0, start)), marked, shown.of(passage.cut(end, len(passage)))))


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


def _place(source: RedactedText, first: int, last: int, shown: Shown, why: str = "") -> Html:
    where = text(f", {place(source.reveal(), first, last)}{why}")
    return el("span", shown.of(source), where, class_="qd-place")

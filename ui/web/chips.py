"""Redacted text on screen: placeholders as coloured chips, citations as marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from guardrails.detect.kinds import KINDS
from guardrails.placeholders import Placeholder, find
from ui.operations.drafts import CitationView
from ui.web.findings import Numbered, Piece, lay
from ui.web.html import Html, el, join, text
from ui.web.markdown import rendered

_CITATION = re.compile(r"\[([1-9][0-9]?)\]")


_WRITERS = {"extractive": "quoted from the documents", "person": "changed by a person"}


def made_how(writer: str) -> str:
    """Return who wrote a text, in a few words."""
    return _WRITERS.get(writer, f"written by {writer}")


def notices(told: Sequence[str]) -> Html:
    """Return the notices that accompany what AI wrote, in small text."""
    return join(el("p", text(each), class_="qd-ai-notice") for each in told)


def new_messages(number: int) -> str:
    """Return how many messages of a ticket are newer than its draft."""
    return "1 new message" if number == 1 else f"{number} new messages"


def redacted(
    value: str,
    citations: Sequence[CitationView] = (),
    found: Sequence[Numbered] = (),
    *,
    correct: bool = False,
) -> Html:
    """Return redacted text with placeholders as chips, and citations and findings as marks.

    With ``correct`` a chip opens the form that corrects it.
    """
    chips = (
        Piece(each.start, each.end, chip(each.placeholder, correct=correct)) for each in find(value)
    )
    return lay(value, [*chips, *_citation_marks(value, citations)], found)


def redacted_prose(value: str, citations: Sequence[CitationView] = ()) -> Html:
    """Return redacted Markdown, with placeholders as chips and citations as marks."""
    chips = (Piece(each.start, each.end, chip(each.placeholder)) for each in find(value))
    return rendered(value, [*chips, *_citation_marks(value, citations)])


def uncut(value: str, start: int, end: int) -> str:
    """Return characters ``start`` to ``end``, widened so that no placeholder is cut."""
    for each in find(value):
        start = each.start if each.start < start < each.end else start
        end = each.end if each.start < end < each.end else end
    return value[start:end]


def cited(value: str, citations: Sequence[CitationView]) -> Html:
    """Return a text with identity restored, with citations as marks."""
    return lay(value, _citation_marks(value, citations))


def cited_prose(
    value: str, citations: Sequence[CitationView], highlight: tuple[int, int] | None = None
) -> Html:
    """Return Markdown with identity restored, citations as marks and the answer marked."""
    return rendered(value, _citation_marks(value, citations), highlight=highlight)


def put_back(value: str, placeholder: Placeholder) -> Html:
    """Return a restored value in the colour of its placeholder."""
    return el(
        "span",
        text(value),
        class_=f"qd-back qd-chip-{_group(placeholder)}",
        title=f"Restored from {placeholder}",
    )


def named(placeholder: str) -> Placeholder:
    """Return the placeholder in an operation's result."""
    return next(find(placeholder)).placeholder


def chip(placeholder: Placeholder, *, correct: bool = False) -> Html:
    """Return one placeholder as a coloured chip, which with ``correct`` is a button."""
    name = placeholder.type.value.replace("_", " ").lower()
    number = () if placeholder.number is None else (text(f" {placeholder.number}"),)
    classes = f"qd-chip qd-chip-{_group(placeholder)}"
    if not correct:
        return el("span", text(name), *number, class_=classes, title=str(placeholder))
    return el(
        "button",
        text(name),
        *number,
        type="button",
        class_=classes,
        title=f"{placeholder}: correct it",
        data_correct=str(placeholder),
    )


def when(at: datetime, *, day: bool = False) -> Html:
    """Return a time in UTC, short on screen (only the ``day`` in lists) and exact for machines."""
    moment = at.astimezone(UTC)
    this_year = moment.year == datetime.now(UTC).year
    month = f"{moment.day} {moment:%b}" if day and this_year else f"{moment.day} {moment:%b %Y}"
    return el(
        "time",
        text(month if day else f"{month}, {moment:%H:%M}"),
        datetime=moment.isoformat(timespec="seconds"),
        title=f"{moment:%Y-%m-%d %H:%M:%S} UTC",
    )


def pill(word: str, kind: str = "") -> Html:
    """Return a word of a closed set, such as a state, as a pill."""
    return el("span", text(word.replace("_", " ")), class_=f"qd-pill qd-pill-{kind or word}")


def _citation_marks(value: str, citations: Sequence[CitationView]) -> list[Piece]:
    known = {each.number for each in citations}
    return [
        Piece(match.start(), match.end(), _citation_mark(match[1]))
        for match in _CITATION.finditer(value)
        if int(match[1]) in known
    ]


def _citation_mark(number: str) -> Html:
    """Return a mark that opens the passage of this number, listed further down."""
    opens = el("button", text(number), type="button", data_cite=number, title="Open the passage")
    return el("sup", opens, class_="qd-cite")


def _group(placeholder: Placeholder) -> str:
    return KINDS[placeholder.type].group

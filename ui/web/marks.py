"""Washed text on screen: placeholders as coloured chips, citations as marks, findings lit up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.model import Citation, Finding
from guardrails import placeholders
from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType
from ui.web.html import Html, el, join, text

_GROUPS = {
    EntityType.PERSON: "who",
    EntityType.USERNAME: "who",
    EntityType.EMPLOYEE_ID: "who",
    EntityType.DATE_OF_BIRTH: "who",
    EntityType.DEMOGRAPHIC: "who",
    EntityType.NATIONAL_ID: "who",
    EntityType.EMAIL_ADDRESS: "reach",
    EntityType.PHONE_NUMBER: "reach",
    EntityType.STREET_ADDRESS: "reach",
    EntityType.ORGANIZATION: "place",
    EntityType.LOCATION: "place",
    EntityType.SECRET: "secret",
    EntityType.LITERAL: "secret",
}
_CITATION = re.compile(r"\[([1-9][0-9]?)\]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters ``start`` to ``end`` of washed text, and what stands there on its way out."""

    start: int
    end: int
    value: str
    placeholder: Placeholder | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters ``start`` to ``end``, and what is shown for them."""

    start: int
    end: int
    shown: Html


def washed(value: str, citations: Sequence[Citation] = ()) -> Html:
    """Return washed text with its placeholders as chips and its citations as marks."""
    return _lay(value, sorted(_pieces(value, citations), key=lambda piece: piece.start))


def cited(value: str, citations: Sequence[Citation]) -> Html:
    """Return a person's text (nothing in it is a placeholder) with citations as marks."""
    return _lay(value, _citation_marks(value, citations))


def put_back(stretch: Stretch) -> Html:
    """Return a stretch where identity was put back, in the colour of its placeholder."""
    assert stretch.placeholder is not None, "only a placeholder is put back"
    return el(
        "span",
        text(stretch.value),
        class_=f"qd-back qd-chip-{_group(stretch.placeholder)}",
        title=f"Put back for {stretch.placeholder}",
    )


def lit(shown: Html, stretch: Stretch, findings: Sequence[Finding], value: str) -> Html:
    """Return ``shown`` lit up if a finding of the washed text ``value`` covers the stretch.

    A finding about the whole text has no place in it.
    """
    placed = (each for each in findings if (each.start, each.end) != (0, len(value)))
    here = [each for each in placed if _covers(each, value, stretch)]
    if not here:
        return shown
    blocks = any(each.blocks for each in here)
    why = "; ".join(f"{each.kind.value.replace('_', ' ')}: {each.note}" for each in here)
    return el("mark", shown, class_="qd-stop" if blocks else "qd-check", title=why)


def edges_of(finding: Finding, value: str) -> tuple[int, int]:
    """Return where a finding stands in ``value``, moved out of any placeholder it would cut."""
    start, end = max(0, finding.start), min(len(value), finding.end)
    for found in placeholders.find(value):
        start = found.start if found.start < start < found.end else start
        end = found.end if found.start < end < found.end else end
    return start, max(start, end)


def chip(placeholder: Placeholder) -> Html:
    """Return one placeholder as a coloured chip."""
    name = placeholder.type.value.replace("_", " ").lower()
    number = () if placeholder.number is None else (text(f" {placeholder.number}"),)
    return el(
        "span",
        text(name),
        *number,
        class_=f"qd-chip qd-chip-{_group(placeholder)}",
        title=str(placeholder),
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
    """Return a closed word such as a state, as a pill."""
    return el("span", text(word.replace("_", " ")), class_=f"qd-pill qd-pill-{kind or word}")


def _pieces(value: str, citations: Sequence[Citation]) -> list[_Piece]:
    chips = [
        _Piece(found.start, found.end, chip(found.placeholder))
        for found in placeholders.find(value)
    ]
    return [*chips, *_citation_marks(value, citations)]


def _citation_marks(value: str, citations: Sequence[Citation]) -> list[_Piece]:
    known = {each.number for each in citations}
    return [
        _Piece(match.start(), match.end(), _citation_mark(match[1]))
        for match in _CITATION.finditer(value)
        if int(match[1]) in known
    ]


def _citation_mark(number: str) -> Html:
    """Return a mark that opens the passage of this number, listed further down."""
    opens = el("button", text(number), type="button", data_cite=number, title="Open the passage")
    return el("sup", opens, class_="qd-cite")


def _lay(value: str, pieces: Sequence[_Piece]) -> Html:
    parts: list[Html] = []
    at = 0
    for piece in pieces:
        parts += (text(value[at : piece.start]), piece.shown)
        at = piece.end
    return join((*parts, text(value[at:])))


def _covers(finding: Finding, value: str, stretch: Stretch) -> bool:
    left, right = edges_of(finding, value)
    return left <= stretch.start and stretch.end <= right


def _group(placeholder: Placeholder) -> str:
    return _GROUPS.get(placeholder.type, "machine")

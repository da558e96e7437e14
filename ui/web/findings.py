"""Lays out redacted text with chips or values for its placeholders, and with findings marked.

Places are those of the redacted text; a restored name may be longer than its placeholder. A chip or
a value is never cut: if a finding begins or ends inside one, the mark includes all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ui.operations.drafts import FindingView
from ui.web.html import Html, el, join, text


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters ``start`` to ``end``, and what is shown for them."""

    start: int
    end: int
    shown: Html


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding with its number in the list, at ``start`` to ``end`` of its text."""

    number: int
    finding: FindingView
    start: int
    end: int
    whole: bool

    @property
    def why(self) -> str:
        """Return the finding in one line."""
        kind = self.finding.kind.replace("_", " ")
        return f"{'Blocking' if self.finding.blocks else 'To check'}, {kind}: {self.finding.note}"


_Placed = tuple[Numbered, int, int]


def numbered(findings: Sequence[FindingView], length: int, first: int = 1) -> list[Numbered]:
    """Return findings in a text of this length, numbered from ``first``."""
    made: list[Numbered] = []
    for number, each in enumerate(findings, start=first):
        start = min(max(0, each.start), length)
        end = min(max(start, each.end), length)
        made.append(Numbered(number, each, start, end, whole=(start, end) == (0, length)))
    return made


def lay(value: str, pieces: Sequence[Piece], found: Sequence[Numbered] = ()) -> Html:
    """Return ``value`` with its ``pieces``, marked where something was ``found``.

    A finding's number follows its words; a finding about the whole text is not marked.
    """
    placed = [(each, *_clear_of(pieces, each)) for each in found if not each.whole]
    edges = {0, len(value)}
    edges |= {edge for each in pieces for edge in (each.start, each.end)}
    edges |= {edge for _, start, end in placed for edge in (start, end)}
    shown_at = {each.start: each.shown for each in pieces}
    parts = list(_numbers(placed, 0))
    inside: list[Html] = []
    for start, end in pairwise(sorted(edges)):
        here = _covering(placed, start, end)
        inside.append(shown_at.get(start) or text(value[start:end]))
        ends = list(_numbers(placed, end))
        if ends or end == len(value) or here != _covering(placed, end, end + 1):
            parts += (spanned(join(inside), here), *ends)
            inside = []
    return join(parts)


def number(each: Numbered, *, leads_to: str) -> Html:
    """Return a finding's number as a button: ``place`` links to the text, ``entry`` to the list."""
    label = f"! {each.number}" if each.finding.blocks else str(each.number)
    return el(
        "button",
        text(label),
        type="button",
        class_=f"qd-no {'qd-no-stop' if each.finding.blocks else 'qd-no-check'}",
        title=each.why if leads_to == "entry" else "Show the place",
        aria_label=f"{each.number}. {each.why}" if leads_to == "entry" else None,
        data_place=str(each.number) if leads_to == "place" else None,
        data_entry=str(each.number) if leads_to == "entry" else None,
    )


def spanned(shown: Html, found: Sequence[Numbered]) -> Html:
    """Return ``shown`` as the words of these findings."""
    if not found or not shown:
        return shown
    blocks = any(each.finding.blocks for each in found)
    return el(
        "mark",
        shown,
        class_="qd-stop" if blocks else "qd-check",
        title="; ".join(each.why for each in found),
        data_found=" ".join(str(each.number) for each in found),
    )


def _clear_of(pieces: Sequence[Piece], each: Numbered) -> tuple[int, int]:
    """Return the place of a finding, widened so that it cuts no piece."""
    start, end = each.start, each.end
    for piece in pieces:
        start = piece.start if piece.start < start < piece.end else start
        end = piece.end if piece.start < end < piece.end else end
    return start, end


def _covering(placed: Sequence[_Placed], start: int, end: int) -> list[Numbered]:
    return [each for each, left, right in placed if left <= start and end <= right]


def _numbers(placed: Sequence[_Placed], at: int) -> Iterator[Html]:
    yield from (number(each, leads_to="entry") for each, _, end in placed if end == at)

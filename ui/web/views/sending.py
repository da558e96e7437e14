"""What will be sent, with every word that identity put back coloured, and findings lit up.

The pieces are set together from the washed text and compared with what the review flow says will be
sent: if they differ in one character, the plain text is shown instead, because the promise of this
column is that it is the very text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.flows.review import ReviewView
from assistant.model import Finding
from guardrails import RedactedText
from guardrails import join as join_washed
from guardrails.doors import show
from guardrails.placeholders import Found, Placeholder, find
from guardrails.restore import placeholders_of
from ui.web.html import Html, join, text
from ui.web.marks import Stretch, edges_of, lit, put_back
from ui.web.views.shown import Shown


def sending(view: ReviewView, shown: Shown) -> Html:
    """Return the text of a reply as it will leave."""
    made = view.draft.written
    origin = join_washed("\n", [made.saw, made.body]) if made.writer == "person" else made.saw
    body = _Body(made.body, made.findings, placeholders_of(origin), shown)
    pieces = list(body.pieces())
    whole = view.to_send.for_display()
    if "".join(piece.value for piece in pieces) != whole:
        return text(whole)
    return join(body.show(piece) for piece in pieces)


@dataclass(frozen=True, slots=True)
class _Body:
    washed: RedactedText
    findings: tuple[Finding, ...]
    allowed: frozenset[Placeholder]
    shown: Shown

    def pieces(self) -> Iterator[Stretch]:
        """Yield the text cut at every placeholder and at every edge of a finding."""
        value = self.washed.reveal()
        named = {found.start: found for found in find(value)}
        edges = {0, len(value)}
        edges |= {edge for found in named.values() for edge in (found.start, found.end)}
        edges |= {edge for each in self.findings for edge in edges_of(each, value)}
        order = sorted(edges)
        for start, end in pairwise(order):
            yield self._piece(start, end, named.get(start))

    def show(self, piece: Stretch) -> Html:
        """Return one piece, coloured where identity was put back, lit where something was found."""
        inside = text(piece.value) if piece.placeholder is None else put_back(piece)
        return lit(inside, piece, self.findings, self.washed.reveal())

    def _piece(self, start: int, end: int, found: Found | None) -> Stretch:
        if found is None:
            return Stretch(start, end, self.washed.reveal()[start:end])
        restored = self.shown.desk.restorer.restore(self.washed.cut(start, end), self.allowed)
        seen = show(restored.text, self.shown.person, self.shown.desk.tenant.slug)
        return Stretch(start, end, seen.for_display(), found.placeholder)

"""Attribution: for each sentence that a model wrote, the passage that says it.

A model's own citations are removed; a right one is only a hint. What no passage says is left out.
Where a passage says something else (another number, the opposite), its own words are quoted in
place of the model's. A step that is missing between others is marked. Greetings, thanks and closing
words carry no claim and stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.model import Finding, FindingKind
from assistant.writers.agreement import features
from assistant.writers.courtesy import is_blank_to_fill
from assistant.writers.pieces import Piece, pieces_of
from assistant.writers.sources import Sources, Support

LEAST_KEPT = 0.4
"""The least share of what a model claimed that has to be left; else its text is not used."""
_DECLINES = re.compile(
    r"\b(?:documentation|documents?|passages?|provided (?:data|information|text)|information "
    r"provided|data)\b[^.!?]{0,60}\b(?:do(?:es)?|did|has|have|is|are|contains?|provides?)"
    r"(?: not|n['’]t| no)\b|\bno (?:passage|information|documentation)\b[^.!?]{0,60}"
    r"\b(?:about|says?|mentions?|answers?|provided|available|found)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece that stays, with the passages (from 1) that say it.

    ``instead`` is what a passage says in its place: number, start and end. ``missing`` is the mark
    of a step that is left out.
    """

    piece: Piece
    numbers: tuple[int, ...] = ()
    instead: tuple[int, int, int] | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Attributed:
    """What is left of a text, and findings about what is not.

    ``share`` is the part of its claims that is supported, where one that a source corrects counts
    half; ``declined`` tells that it says of itself that there is no answer.
    """

    kept: tuple[Kept, ...]
    dropped: tuple[Finding, ...]
    share: float
    declined: bool

    @property
    def enough(self) -> bool:
        """Return whether enough is left to be used."""
        return self.share >= LEAST_KEPT and any(
            each.numbers and not each.instead for each in self.kept
        )


@dataclass(frozen=True, slots=True)
class _Mark:
    """What was found about a piece. One that makes no claim needs no support."""

    support: Support | None = None
    leads: bool = False
    goes: bool = False
    declines: bool = False

    @property
    def stays(self) -> bool:
        if self.support:
            return bool(self.support.numbers or self.support.instead)
        return not (self.goes or self.leads or self.declines)


def attribute(text: str, sources: Sources, refused: Sequence[Finding] = ()) -> Attributed:
    """Return what ``sources`` support of ``text``; pieces with a ``refused`` span go, too."""
    pieces = pieces_of(text)
    marks = _once([_judged(piece, sources, refused) for piece in pieces])
    claims = [
        (len(features(piece.words).stems), mark.support)
        for piece, mark in zip(pieces, marks, strict=True)
        if mark.support
    ]
    total = sum(size for size, _ in claims)
    held = sum(size * _worth(support) for size, support in claims)
    dropped = tuple(
        Finding(FindingKind.UNSUPPORTED, piece.start, piece.end, mark.support.why, blocks=True)
        for piece, mark in zip(pieces, marks, strict=True)
        if mark.support and mark.support.why
    )
    declined = any(mark.declines for mark in marks)
    return Attributed(_laid_out(pieces, marks), dropped, held / total if total else 0.0, declined)


def _worth(support: Support) -> float:
    """Return 1 for what a source says, and a half for what it says in other words."""
    return 1.0 if support.numbers else 0.5 if support.instead else 0.0


def _judged(piece: Piece, sources: Sources, refused: Sequence[Finding]) -> _Mark:
    words = piece.words
    spans = [each for each in refused if each.start < piece.end and piece.start < each.end]
    if spans:
        return _Mark(Support(why=spans[0].note))
    if piece.code:
        return _Mark(sources.code(words))
    blank = is_blank_to_fill(words)
    if blank or sources.courteous(words):
        return _Mark(goes=blank, leads=piece.leads)
    if _DECLINES.search(words):
        return _Mark(declines=True)
    support = sources.support(words, piece.hints)
    leads = piece.leads and (support.numbers or sources.introduces(words))
    return _Mark(leads=True) if leads else _Mark(support)


def _once(marks: Sequence[_Mark]) -> list[_Mark]:
    """Return the marks; what is quoted in place of one sentence is not quoted for another."""
    quoted: set[tuple[int, int, int]] = set()
    found: list[_Mark] = []
    for mark in marks:
        instead = mark.support.instead if mark.support else None
        again = instead in quoted
        found.append(
            replace(mark, support=Support(why=mark.support.why)) if again and mark.support else mark
        )
        if instead:
            quoted.add(instead)
    return found


def _laid_out(pieces: Sequence[Piece], marks: Sequence[_Mark]) -> tuple[Kept, ...]:
    """Return what stays, with the gaps and markers of what stood before it on its line."""
    kept: list[Kept] = []
    gap, marker = "", None
    for at, (piece, mark) in enumerate(zip(pieces, marks, strict=True)):
        gap = max(gap, piece.gap, key=len)
        marker = piece.marker if piece.gap != " " else marker or piece.marker
        placed = replace(piece, gap=gap if kept else "", marker=marker)
        if mark.stays or (mark.leads and _is_followed(marks, at)):
            said_by = mark.support or Support()
            numbers = said_by.numbers or (said_by.instead or ())[:1]
            kept.append(Kept(placed, numbers, said_by.instead))
        elif piece.step and _leaves_a_hole(pieces, marks, at):
            kept.append(Kept(placed, missing=True))
        else:
            continue
        gap, marker = "", None
    return tuple(kept)


def _is_followed(marks: Sequence[_Mark], at: int) -> bool:
    """Return whether the next piece stays: an introduction of nothing goes."""
    return at + 1 < len(marks) and marks[at + 1].stays


def _leaves_a_hole(pieces: Sequence[Piece], marks: Sequence[_Mark], at: int) -> bool:
    """Return whether the beginning of a step goes, and its rest or a later step stays."""
    later = zip(pieces[at + 1 :], marks[at + 1 :], strict=True)
    own_line = True
    for piece, mark in later:
        own_line = own_line and piece.gap == " "
        if own_line and mark.stays:
            return True
        if piece.step and piece.step <= pieces[at].step:
            return False
        if piece.step and mark.stays:
            return True
    return False

"""Attribution: for each sentence that a model wrote, the passage that says it.

A model's own citations are removed; a right one is only a hint. A sentence is supported when most
of its content words stand close together in one passage, and its figures, names, commands and
negations agree (`agreement`). A sentence that joins two passages is read in two parts. What no
passage says is left out, and a step that is missing between others is marked. Greetings, thanks
and closing words carry no claim and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.model import Finding, FindingKind
from assistant.wording import stem
from assistant.writers import passages as reading
from assistant.writers.agreement import Features, disagreement, features, turned
from assistant.writers.courtesy import is_blank_to_fill, is_courtesy
from assistant.writers.pieces import Piece, pieces_of
from guardrails.sentences import sentences

ENOUGH = 0.6
"""The least share of a sentence's content words that stand close together in its passage."""
GIST = 0.5
"""The same for a summary, which says in few words what stands in many."""
LEAST_KEPT = 0.4
"""The least share of what a model claimed that has to be left; else its text is not used."""
_TOGETHER = 3  # sentences
_LONGER = 0.03  # taken off for each further sentence that is needed
_HINT = 0.1
_MIXED = 0.1
_NEAR = 0.15  # of the best score: a place that says the opposite outweighs worse ones
_WORDS_OF_A_PART = 2
_GENERIC = frozenset(
    map(
        stem,
        "user users requester customer client colleague agent reports reported reporting ticket "
        "needs requested asked asks mentioned states stated ensure sure follow following step "
        "steps please note should must resolve currently additionally also further".split(),
    )
)
_DECLINES = re.compile(
    r"\b(?:documentation|documents?|passages?|provided (?:data|information|text)|information "
    r"provided|data)\b[^.!?]{0,60}\b(?:do(?:es)?|did|has|have|is|are|contains?|provides?)"
    r"(?: not|n['’]t| no)\b|\bno (?:passage|information|documentation)\b[^.!?]{0,60}"
    r"\b(?:about|says?|mentions?|answers?|provided|available|found)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r",? and then |, then |; |, and |, but | and | then |, ", re.IGNORECASE)
_MISSING = "No passage says this."
_CODE_MISSING = "Its passage does not contain this command or code."


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may be cited; the words of its ``head`` (titles) belong to every sentence."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece that stays, with the passages (from 1) that say it; or the mark of a missing step."""

    piece: Piece
    numbers: tuple[int, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Attributed:
    """What is left of a text, and findings about what is not.

    ``share`` is the part of its claims that is supported; ``declined`` tells that it says of
    itself that there is no answer.
    """

    kept: tuple[Kept, ...]
    dropped: tuple[Finding, ...]
    share: float
    declined: bool

    @property
    def enough(self) -> bool:
        """Return whether enough is left to be used."""
        return self.share >= LEAST_KEPT and any(each.numbers for each in self.kept)


@dataclass(frozen=True, slots=True)
class _Place:
    """Up to three sentences of a passage that stand together."""

    number: int
    start: int
    length: int
    features: Features

    def only_widens(self, other: _Place, said: Features) -> bool:
        """Return whether it overlaps ``other``, and holds no more words of ``said``."""
        apart = (
            self.number != other.number
            or self.start >= other.start + other.length
            or other.start >= self.start + self.length
        )
        return not apart and said.stems & self.features.stems <= other.features.stems


@dataclass(frozen=True, slots=True)
class _Mark:
    """What was found about a piece: who says it, or why it goes; with neither it is free."""

    numbers: tuple[int, ...] = ()
    why: str = ""
    claims: bool = False
    leads: bool = False
    declines: bool = False
    blank: bool = False

    @property
    def stays(self) -> bool:
        return not (self.why or self.leads or self.declines or self.blank)


class Sources:
    """The texts that a model's words may rest on: passages, or the messages of a ticket.

    ``asked`` is the question or the ticket that is answered: its words may be repeated.
    """

    def __init__(self, sources: Sequence[Source], asked: str = "", least: float = ENOUGH) -> None:
        self._wholes = [features(f"{each.head}\n\n{each.text}") for each in sources]
        self._texts = [" ".join(each.text.lower().split()) for each in sources]
        self._heads = [features(each.head).stems for each in sources]
        self._elsewhere = [
            frozenset[str]().union(*(other.stems for other in self._wholes)) - whole.stems
            for whole in self._wholes
        ]
        self._places = [
            place for number, each in enumerate(sources, 1) for place in _places(number, each.text)
        ]
        self._asked = features(asked)
        self._least = least

    def support(self, words: str, hints: Sequence[int] = ()) -> _Mark:
        """Return which passage says ``words``, or which two say their two parts."""
        whole = self._single(words, hints)
        if whole.numbers:
            return whole
        for parts in _parts(words):
            said = [self._single(part, hints) for part in parts]
            if all(part.numbers for part in said):
                numbers = dict.fromkeys(number for part in said for number in part.numbers)
                return _Mark(tuple(numbers), claims=True)
        return whole

    def code(self, words: str) -> _Mark:
        """Return which passage holds each line of a block of code."""
        lines = [" ".join(line.lower().split()) for line in words.splitlines()]
        wanted = [line for line in lines if line and not line.startswith(("```", "~~~"))]
        for number, text in enumerate(self._texts, 1):
            if all(line in text for line in wanted):
                return _Mark((number,), claims=True)
        return _Mark(why=_CODE_MISSING, claims=True)

    def courteous(self, words: str) -> bool:
        """Return whether ``words`` are polite, or repeat what was asked, and claim nothing."""
        said = features(words)
        if is_courtesy(words, said, self._asked):
            return True
        own = (said.stems | said.named | said.placeholders) - self._asked.stems - _GENERIC
        return not (own or said.figures - self._asked.figures or turned(said, self._asked))

    def introduces(self, words: str) -> bool:
        """Return whether words before a list hold no figure, name or command of their own."""
        said = features(words)
        known = frozenset[str]().union(self._asked.stems, *(each.stems for each in self._wholes))
        figures = {number for number, _ in said.figures}
        return not (said.proper | figures | said.named | said.placeholders) - known

    def _single(self, words: str, hints: Sequence[int]) -> _Mark:
        """Return the passage that says ``words`` and differs in nothing that may not differ.

        A place that differs is not saved by the sentences around it, if they add no word to it.
        """
        said = features(words)
        scored = [(self._score(said, place, hints), place) for place in self._places]
        floor = max(self._least, max((score for score, _ in scored), default=0.0) - _NEAR)
        near = sorted((each for each in scored if each[0] >= floor), key=lambda each: -each[0])
        why, faulty = "", list[_Place]()
        for _, place in near:
            if any(place.only_widens(other, said) for other in faulty):
                continue
            whole = self._wholes[place.number - 1]
            fault = disagreement(said, place.features, whole, self._asked)
            if not fault:
                return _Mark((place.number,), claims=True)
            faulty.append(place)
            why = why or fault
        return _Mark(why=why or _MISSING, claims=True)

    def _score(self, said: Features, place: _Place, hints: Sequence[int]) -> float:
        """Return the share of the words that ``place`` holds.

        A little is taken off for its length, more for words that only other passages hold: they
        are the mark of a sentence that mixes two.
        """
        there = place.features.stems
        own = said.stems - _GENERIC - (self._asked.stems - there)
        if not own & there:  # words of a title alone are no support
            return 0.0
        missing = own - there - self._heads[place.number - 1]
        mixed = missing & self._elsewhere[place.number - 1]
        share = 1 - len(missing) / len(own)
        hint = _HINT if place.number in hints else 0.0
        return share - _LONGER * (place.length - 1) - _MIXED * len(mixed) + hint


def attribute(text: str, sources: Sources, refused: Sequence[Finding] = ()) -> Attributed:
    """Return what ``sources`` support of ``text``; pieces with a ``refused`` span go, too."""
    pieces = pieces_of(text)
    marks = [_judged(piece, sources, refused) for piece in pieces]
    claims = [
        (len(features(piece.words).stems), mark.stays)
        for piece, mark in zip(pieces, marks, strict=True)
        if mark.claims
    ]
    total = sum(size for size, _ in claims)
    held = sum(size for size, stays in claims if stays)
    dropped = tuple(
        Finding(FindingKind.UNSUPPORTED, piece.start, piece.end, mark.why, blocks=True)
        for piece, mark in zip(pieces, marks, strict=True)
        if mark.why
    )
    declined = any(mark.declines for mark in marks)
    return Attributed(_laid_out(pieces, marks), dropped, held / total if total else 0.0, declined)


def _judged(piece: Piece, sources: Sources, refused: Sequence[Finding]) -> _Mark:
    words = piece.words
    spans = [each for each in refused if each.start < piece.end and piece.start < each.end]
    if spans:
        return _Mark(why=spans[0].note, claims=True)
    if piece.code:
        return sources.code(words)
    blank = is_blank_to_fill(words)
    if blank or sources.courteous(words):
        return _Mark(blank=blank, leads=piece.leads)
    if _DECLINES.search(words):
        return _Mark(declines=True)
    mark = sources.support(words, piece.hints)
    leads = piece.leads and (mark.numbers or sources.introduces(words))
    return _Mark(leads=True) if leads else mark


def _laid_out(pieces: Sequence[Piece], marks: Sequence[_Mark]) -> tuple[Kept, ...]:
    """Return what stays, with the gaps and markers of what stood before it on its line."""
    kept: list[Kept] = []
    gap, marker = "", None
    for at, (piece, mark) in enumerate(zip(pieces, marks, strict=True)):
        gap = max(gap, piece.gap, key=len)
        marker = piece.marker if piece.gap != " " else marker or piece.marker
        placed = replace(piece, gap=gap if kept else "", marker=marker)
        if mark.stays or (mark.leads and _is_followed(marks, at)):
            kept.append(Kept(placed, mark.numbers))
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
    """Return whether a whole step goes, and a later step of its list stays."""
    later = zip(pieces[at + 1 :], marks[at + 1 :], strict=True)
    own_line = True
    for piece, mark in later:
        own_line = own_line and piece.gap == " "
        if own_line and mark.stays:
            return False
        if piece.step and piece.step <= pieces[at].step:
            return False
        if piece.step and mark.stays:
            return True
    return False


def _parts(words: str) -> Iterator[tuple[str, str]]:
    """Yield the two parts of a sentence at each joint, where both say something."""
    for joint in _JOINT.finditer(words):
        parts = words[: joint.start()], words[joint.end() :]
        if all(len(features(part).stems) >= _WORDS_OF_A_PART for part in parts):
            yield parts


def _places(number: int, text: str) -> Iterator[_Place]:
    """Yield the sentences, steps, rows and lines of code of a passage, alone and together."""
    units = list(_units(text))
    for start in range(len(units)):
        for length in range(1, min(_TOGETHER, len(units) - start) + 1):
            yield _Place(number, start, length, features("\n".join(units[start : start + length])))


def _units(text: str) -> Iterator[str]:
    for block in reading.blocks(text):
        piece = text[block.start : block.end]
        if block.kind == "prose":  # wrapped at any word
            piece = piece.replace("\n", " ")
        for start, end in sentences(piece):
            yield piece[start:end]

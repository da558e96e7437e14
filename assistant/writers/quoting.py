"""Chooses what is quoted: the section that answers, whole where it is short, and its sentence.

The passages are sections, best first. Of the first one a run of at most 160 words is quoted, of the
next ones what still fits whole and is nearly as good. One sentence answers best; when it would come
late, it is quoted first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.model import NO_TEXT, Passage
from assistant.search.lines import ROOM, Unit, runs, sentences_of, units, window
from assistant.search.nearness import Nearness
from assistant.wording import rarity, stems
from assistant.writers.passages import closest
from guardrails import RedactedText, join

_MOST = 3
_NEAR = 0.9
"""A further section is quoted from this share of the best score on."""

_LEAST = 25
"""Words that are worth a further section."""

_LATE = 40
"""Words before the sentence that answers, so that it is quoted first."""

_STEPS_ASKED = re.compile(
    r"\bhow (?:do|can|to|would|should|shall)\b|\bwhat (?:do|can|should|shall) (?:i|we)\b|\bfirst\b|"
    r"\bnow what\b|\bnext\b",
    re.IGNORECASE,
)
_FIRST_ASKED = re.compile(r"\bfirst\b|\bright now\b", re.IGNORECASE)
_CLEAR = 0.55
"""The least cosine with the question of a sentence that is quoted first, out of its place."""

_LITERAL = 0.3
"""What each code, number or quoted word of the question adds to the cosine of a sentence."""

_LITERALS = re.compile(
    r"\"([^\"]{4,})\"|'([^']{4,})'|\b([A-Z]{2,}-?\d+)\b|\b(\w+(?:[_.:/-]\w+)+)\b"
    r"|\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b|(?<!\w)(\d{2,})(?!\w)"
)
_SENTENCE = (4, 50)
_DESTROYED = "<SECRET>"
_MARK = re.compile(r"\s*(?:[-*+>]|\d{1,2}[.)])\s+")
_POINTER = re.compile(
    r"^(?:see|refer to|for more|for further|further info|more info|read more|learn more)\b",
    re.IGNORECASE,
)


_LEANS = re.compile(
    r"(?:if |when |then |but |and |or )*(?:it|this|that|these|those|they|he|she|also|otherwise|"
    r"however|therefore|then|or|and|but|here|there)\b",
    re.IGNORECASE,
)
"""How a sentence begins that needs the one before it, and so is not quoted without it."""

_DEFINITIONS = re.compile(r"(?:\s*\[[^\]\n]+\]:\s*\S+[^\n]*\n?|\s*!\[[^\]\n]*\]\([^)\n]*\)\s*)+")
"""Targets of links, and pictures, with nothing else."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one passage; ``kind`` is that of their last unit, ``cut`` whether more is there."""

    passage: Passage
    text: RedactedText
    kind: str
    words: int
    cut: bool

    @property
    def plain(self) -> str:
        """The words alone, to recognise what was said already."""
        return " ".join(self.text.reveal().split()).lower()


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is quoted, the sentence that answers (or nothing), and whether it is quoted first."""

    quotes: tuple[Quote, ...]
    sentence: RedactedText
    first: bool


def quoted(
    asked: RedactedText,
    passages: Sequence[Passage],
    nearness: Nearness | None = None,
    *,
    to_send: bool = False,
) -> Quoted:
    """Return what answers ``asked``; ``nearness`` compares sentences, else their words do.

    What held a secret is left out of a text that is ``to_send``; an agent sees that one was there,
    because a step that is missing without a word is dangerous.
    """
    chosen: list[Quote] = []
    sentence, first, room = NO_TEXT, False, ROOM
    for passage in passages:
        if chosen and (passage.score < _NEAR * chosen[0].passage.score or room < _LEAST):
            break
        look = _Look.at(asked, passage, nearness, to_send=to_send)
        if not look.units:
            continue
        quote = look.quote(room)
        if chosen and (quote.cut or quote.plain in {each.plain for each in chosen}):
            continue
        if not chosen:
            sentence, near = look.sentence()
            first = near >= _CLEAR and _comes_late(asked.reveal(), quote, sentence)
            if first:
                room -= len(sentence.reveal().split())
                quote = look.quote(room)
        chosen.append(quote)
        room -= quote.words
        if len(chosen) == _MOST:
            break
    return Quoted(tuple(chosen), sentence, first)


@dataclass(frozen=True, slots=True)
class _Look:
    """A passage, its units that say something, its sentences, and how near each is."""

    asked: str
    passage: Passage
    units: list[Unit]
    places: list[tuple[int, int]]
    near: list[float]

    @classmethod
    def at(
        cls, asked: RedactedText, passage: Passage, nearness: Nearness | None, *, to_send: bool
    ) -> _Look:
        text = passage.chunk.text
        plain = text.reveal()
        found = [
            each
            for each in units(plain)
            if _says_something(inside := plain[each.start : each.end])
            and not (to_send and _DESTROYED in inside)
        ]
        places = sentences_of(plain, found)
        near = [0.0] * len(places)
        if nearness is not None and nearness.on:
            near = nearness.of(asked, [text.cut(*place) for place in places])
        return cls(asked.reveal(), passage, found, places, near)

    def quote(self, room: int) -> Quote:
        """Return the run of units that is worth most within ``room`` words.

        If what is first is asked, it begins at the beginning.
        """
        text, begin = self.passage.chunk.text, bool(_FIRST_ASKED.search(self.asked))
        first, last = window(self.units, self._worth(), room, begin=begin)
        shown = self.units[first:last]
        return Quote(
            self.passage,
            join("\n\n", [text.cut(*place) for place in runs(text.reveal(), shown)]),
            shown[-1].kind,
            sum(each.words for each in shown),
            cut=len(shown) < len(self.units),
        )

    def sentence(self) -> tuple[RedactedText, float]:
        """Return the sentence that answers best, or nothing, and how near it is to the question.

        Code and tables have none.
        """
        text = self.passage.chunk.text
        prose = [each for each in self.units if each.kind in {"prose", "list"}]
        fit = [
            (near + self._literal(place), place)
            for near, place in zip(self.near, self.places, strict=True)
            if _SENTENCE[0] <= len(text.reveal()[slice(*place)].split()) <= _SENTENCE[1]
            and not text.reveal()[slice(*place)].rstrip().endswith(":")
            and any(each.start <= place[0] < each.end for each in prose)
        ]
        if any(self.near):
            near, place = max(fit, default=(0.0, None))
        else:
            near, place = 1.0, closest(self.asked, text.reveal())
        if place is None:
            return NO_TEXT, 0.0
        mark = _MARK.match(text.reveal(), *place)
        return text.cut(mark.end() if mark else place[0], place[1]), near

    def _literal(self, place: tuple[int, int]) -> float:
        text = self.passage.chunk.text.reveal()[slice(*place)].lower()
        return _LITERAL * sum(each in text for each in _literals(self.asked))

    def _worth(self) -> list[float]:
        """Return what each unit is worth: its rare words and its nearest sentence."""
        plain = self.passage.chunk.text.reveal()
        texts = [plain[each.start : each.end] for each in self.units]
        weight = rarity(texts)
        query = stems(self.asked)
        whole = sum(map(weight, query)) or 1.0
        shares = [sum(map(weight, query & stems(each))) / whole for each in texts]
        near = [
            max(
                (
                    score
                    for score, (start, end) in zip(self.near, self.places, strict=True)
                    if start < each.end and end > each.start
                ),
                default=0.0,
            )
            for each in self.units
        ]
        return [(share + max(cos, 0.0)) ** 2 for share, cos in zip(shares, near, strict=True)]


def _says_something(text: str) -> bool:
    """Return False for a pointer to elsewhere, and a picture."""
    if _POINTER.match(text):
        return False
    return _DEFINITIONS.fullmatch(text) is None


def _literals(asked: str) -> list[str]:
    """Return quoted strings, codes, identifiers and numbers of a question, in lower case."""
    found = (next(part for part in match if part) for match in _LITERALS.findall(asked))
    return list(dict.fromkeys(each.lower() for each in found))


def _comes_late(asked: str, quote: Quote, sentence: RedactedText) -> bool:
    """Return whether a reader would look for the sentence; steps are read from the first."""
    said = sentence.reveal()
    if not said or _STEPS_ASKED.search(asked) or _LEANS.match(said):
        return False
    at = quote.text.reveal().find(said)
    return at < 0 or len(quote.text.reveal()[:at].split()) > _LATE

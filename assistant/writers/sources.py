"""The sources of a text, and which of them says a sentence.

A sentence is supported when most of its content words stand close together in one source, and its
figures, names, commands and negations agree (`agreement`). A sentence that joins two sources is
read in two parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.search.blocks import MARK, sentences_in
from assistant.wording import stem
from assistant.writers.agreement import Features, disagreement, features, stems, turned
from assistant.writers.courtesy import is_courtesy

ENOUGH = 0.6
"""The least share of a sentence's content words that stand close together in its passage."""
GIST = 0.5
"""The same for a summary, which says in few words what stands in many."""
_TOGETHER = 3  # sentences
_LONGER = 0.03  # taken off for each further sentence that is needed
_HINT = 0.1
_MIXED = 0.1
_NEAR = 0.15  # of the best score: a place that says the opposite outweighs worse ones
_WORDS_OF_A_PART = 2
_CODE_BELOW = re.compile(r"\s*\n[ \t]*(```|~~~)[\s\S]*?\n[ \t]*\1")
_LONGEST_QUOTE = 400  # characters
_GENERIC = frozenset(
    map(
        stem,
        "user users requester customer client colleague agent reports reported reporting ticket "
        "needs requested asked asks mentioned states stated ensure sure follow following step "
        "steps please note should must currently additionally also further".split(),
    )
)
_JOINT = re.compile(r",? and then |, then |; |, and |, but | and | then |, ", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|[Mm]e|[Mm]y|mine|[Ww]e|us|[Oo]urs?)\b(?!\.)")
_THIRD_PERSON = re.compile(
    r"(?:\A|[.!?]\s+|\n)\s*(?:he|she|in his|in her|<PERSON_\d+>)(?!\w)", re.IGNORECASE
)
_AUTHOR = re.compile(
    r"^.*\((?:requester|support agent|system note|internal note)\):$", re.MULTILINE
)
_BY_REQUESTER = re.compile(
    r"(?:the |this )?(?:requester|customer|user|client|caller)\b", re.IGNORECASE
)
_BY_AGENT = re.compile(
    r"(?:the |a |our )?(?:support )?(?:agent|technician|desk|team|colleague|support)\b",
    re.IGNORECASE,
)
_MISSING = "No passage says this."
_CODE_MISSING = "Its passage does not contain this command or code."


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may be cited; the words of its ``head`` (titles) belong to every sentence."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Support:
    """The sources (from 1) that say a sentence, or ``why`` none does.

    ``instead`` is what the nearest source says in its place: its number, start and end.
    """

    numbers: tuple[int, ...] = ()
    why: str = ""
    instead: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Up to three sentences of a source that stand together.

    ``start`` and ``length`` count sentences, ``begin`` and ``end`` are characters of the source.
    """

    number: int
    start: int
    length: int
    begin: int
    end: int
    features: Features

    def only_widens(self, other: _Place, said: Features) -> bool:
        """Return whether it overlaps ``other``, and holds no more words of ``said``."""
        apart = (
            self.number != other.number
            or self.start >= other.start + other.length
            or other.start >= self.start + self.length
        )
        return not apart and said.stems & self.features.stems <= other.features.stems


class Sources:
    """The texts that a model's words may rest on: passages, or the messages of a ticket.

    ``asked`` is the question or the ticket that is answered: its words may be repeated. ``quoted``
    is whether a source may be quoted where it says something else. With ``speakers`` the sources
    are what the requester said, what agents said, and system notes, in this order: a sentence
    about one of them rests on their own words, and none speaks in the first person.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        asked: str = "",
        *,
        least: float = ENOUGH,
        quoted: bool = True,
        speakers: bool = False,
    ) -> None:
        self._quoted = quoted
        self._speakers = speakers
        self._wholes = [features(f"{each.head}\n\n{each.text}") for each in sources]
        self._originals = [each.text for each in sources]
        self._texts = [" ".join(each.text.lower().split()) for each in sources]
        self._heads = [features(each.head).stems for each in sources]
        self._elsewhere = [
            frozenset[str]().union(*(each.stems for each in self._wholes)) - whole.stems
            for whole in self._wholes
        ]
        self._places = [
            place for number, each in enumerate(sources, 1) for place in _places(number, each.text)
        ]
        self._known = frozenset[str]().union(*(each.stems for each in self._wholes))
        # an acronym names a thing, such as USB, that any of the sources may have explained
        acronyms = frozenset[str]().union(*(each.acronyms for each in self._wholes))
        own = features(asked)
        self._asked = replace(own, acronyms=own.acronyms | acronyms)
        if speakers:  # a thing that one side names may be named of the other
            self._asked = replace(
                self._asked,
                named=frozenset[str]().union(*(each.named for each in self._wholes)),
                proper=frozenset[str]().union(*(each.proper for each in self._wholes)),
                placeholders=frozenset[str]().union(*(each.placeholders for each in self._wholes)),
            )
        self._least = least

    def support(self, words: str, hints: Sequence[int] = ()) -> Support:
        """Return which passage says ``words``, or which two say their two parts."""
        whole = self._single(words, hints)
        if whole.numbers:
            return whole
        for parts in _parts(words):
            said = [self._single(part, hints) for part in parts]
            if all(part.numbers for part in said):
                numbers = dict.fromkeys(number for part in said for number in part.numbers)
                return Support(tuple(numbers))
        return whole

    def code(self, words: str) -> Support:
        """Return which passage holds each line of a block of code."""
        lines = [" ".join(line.lower().split()) for line in words.splitlines()]
        wanted = [line for line in lines if line and not line.startswith(("```", "~~~"))]
        for number, text in enumerate(self._texts, 1):
            if all(line in text for line in wanted):
                return Support((number,))
        return Support(why=_CODE_MISSING)

    def courteous(self, words: str) -> bool:
        """Return whether ``words`` are polite, or repeat what was asked, and claim nothing."""
        said = features(words)
        about = self._asked.stems.union(*self._heads)
        if is_courtesy(words, said, replace(self._asked, stems=about)):
            return True
        own = (said.stems | said.named | said.placeholders) - self._asked.stems - _GENERIC
        return not (own or said.figures - self._asked.figures or turned(said, self._asked))

    def introduces(self, words: str) -> bool:
        """Return whether words before a list hold no figure, name or command of their own."""
        said = features(words)
        figures = {number for number, _ in said.figures}
        named = frozenset(part for name in said.named for part in stems(name))
        own = said.proper | figures | named | said.placeholders
        return not own - self._known - self._asked.stems

    def _single(self, words: str, hints: Sequence[int]) -> Support:
        """Return the passage that says ``words`` and differs in nothing that may not differ.

        A place that differs is not saved by the sentences around it, if they add no word to it.
        """
        said = features(words)
        if self._speakers and _FIRST_PERSON.search(words):
            return Support(why="It does not tell who speaks.")
        among = _about(words) if self._speakers else ()
        scored = [
            (self._score(said, place, hints), place)
            for place in self._places
            if not among or place.number in among
        ]
        floor = max(self._least, max((score for score, _ in scored), default=0.0) - _NEAR)
        near = sorted((each for each in scored if each[0] >= floor), key=lambda each: -each[0])
        why, faulty = "", list[_Place]()
        for _, place in near:
            if any(place.only_widens(other, said) for other in faulty):
                continue
            whole = self._wholes[place.number - 1]
            fault = disagreement(said, place.features, whole, self._asked)
            if among and not fault and self._is_of_another(place):
                fault = "Its source says this of another person."
            if not fault:
                return Support((place.number,))
            faulty.append(place)
            why = why or fault
        return Support(why=why or _MISSING, instead=self._instead(faulty))

    def _is_of_another(self, place: _Place) -> bool:
        """Return whether the speaker begins a sentence there with another person."""
        text = _AUTHOR.sub("", self._originals[place.number - 1][place.begin : place.end])
        return bool(_THIRD_PERSON.search(text))

    def _instead(self, faulty: Sequence[_Place]) -> tuple[int, int, int] | None:
        """Return the step or sentence that is nearest, if it is short enough to be quoted."""
        place = next((each for each in faulty if each.length == 1), None)
        if place is None or not self._quoted:
            return None
        text = self._originals[place.number - 1]
        start, end = _whole_lines(text, place.begin, place.end)
        return (place.number, start, end) if end - start <= _LONGEST_QUOTE else None

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
        new = own - self._asked.stems
        if len(new & missing) > len(new) / 2:  # what was asked says nothing about the answer
            return 0.0
        mixed = missing & self._elsewhere[place.number - 1]
        share = 1 - len(missing) / len(own)
        hint = _HINT if place.number in hints else 0.0
        return share - _LONGER * (place.length - 1) - _MIXED * max(0, len(mixed) - 1) + hint


def _about(words: str) -> tuple[int, ...]:
    """Return whose words a sentence about a ticket has to rest on; nothing when it is open."""
    if _BY_AGENT.match(words):
        return (2, 3)
    return (1, 3) if _BY_REQUESTER.match(words) else ()


def _parts(words: str) -> Iterator[tuple[str, str]]:
    """Yield the two parts of a sentence at each joint, where both say something."""
    for joint in _JOINT.finditer(words):
        parts = words[: joint.start()], words[joint.end() :]
        if all(len(features(part).stems) >= _WORDS_OF_A_PART for part in parts):
            yield parts


def _places(number: int, text: str) -> Iterator[_Place]:
    """Yield the sentences, steps, rows and lines of code of a source, alone and together."""
    units = list(sentences_in(text))
    for start in range(len(units)):
        for length in range(1, min(_TOGETHER, len(units) - start) + 1):
            some = units[start : start + length]
            words = "\n".join(unit for unit, _, _ in some)
            yield _Place(number, start, length, some[0][1], some[-1][2], features(words))


def _whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the step around a place without its number, or the place itself; with its code."""
    begin = text.rfind("\n", 0, start) + 1
    marked = MARK.match(text, begin)
    if marked and marked.end() <= start:
        stop = text.find("\n", end)
        start, end = marked.end(), len(text[: stop if stop >= 0 else len(text)].rstrip())
    code = _CODE_BELOW.match(text, end) if text[start:end].endswith(":") else None
    return start, code.end() if code else end

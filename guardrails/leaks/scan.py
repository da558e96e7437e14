"""The last look at text that is about to leave: what must stop it, and what is masked again.

Three things stop a text: a secret or another high-precision type that the rules find, a person of
the tenant's directory, and a canary. A value of the vault, and a single word of a directory name,
is put back behind its placeholder and counted. Nothing of either leaves; but a value that detection
missed in one document and found in another, or a common word such as ``Max`` or ``reception``,
would otherwise refuse every prompt that holds it.

Values shorter than three characters are not looked for, nor are names that are also words where
they stand in lower case (``may``). Placeholders in the text are never taken for values.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from guardrails import placeholders
from guardrails.detect.directory import WORD_NAMES, KnownValues
from guardrails.detect.kinds import KINDS
from guardrails.errors import Refused
from guardrails.identity.vault import Vault
from guardrails.placeholders import Placeholder
from guardrails.spans import Detector, EntityType
from guardrails.text import RedactedText, mint, require_redacted

SHORTEST_VALUE = 3
_WORD = r"[\w\u0300-\u036f]"  # with combining marks, which `\w` alone would split off
_TOKEN = re.compile(rf"{_WORD}+|[^\w\s]")


class Source(StrEnum):
    """Who recognised a stretch of text."""

    RULE = "rule"
    DIRECTORY = "directory"
    CANARY = "canary"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Characters ``start`` to ``end`` that must not leave; ``type`` is None for a canary."""

    start: int
    end: int
    source: Source
    type: EntityType | None = None

    @property
    def kind(self) -> str:
        """Return the closed word that errors and the ledger may use for it."""
        return "CANARY" if self.type is None else self.type.value


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found. ``remask`` is sorted and disjoint: (start, end, what belongs there)."""

    blocking: tuple[Sighting, ...] = ()
    remask: tuple[tuple[int, int, Placeholder], ...] = ()

    def kinds(self) -> dict[str, int]:
        """Return how many sightings of each kind block."""
        return dict(sorted(Counter(sighting.kind for sighting in self.blocking).items()))

    def apply(self, text: str) -> str:
        """Return ``text`` (the one that was scanned) with the placeholders put back."""
        pieces: list[str] = []
        at = 0
        for start, end, placeholder in self.remask:
            pieces += (text[at:start], str(placeholder))
            at = end
        return "".join((*pieces, text[at:]))


class Scanner:
    """Scans text for one tenant."""

    def __init__(
        self,
        rules: Detector,
        vault: Vault,
        directory: KnownValues,
        canaries: tuple[str, ...] = (),
        allow_list: KnownValues | None = None,
    ) -> None:
        """Make a scanner; vault values covered by an allow-list term are not masked."""
        self._rules = rules
        self._vault = vault
        self._directory = directory
        self._canaries = tuple(canary.casefold() for canary in canaries if canary.strip())
        self._allow_list = allow_list or KnownValues()
        self._values = _Values()
        self._version: int | None = None

    def scan(self, text: str) -> Scan:
        """Return what stands in ``text`` that must not leave."""
        found = list(placeholders.find(text))
        holes = [(each.start, each.end) for each in found]
        matches = list(self._kept(text, found))
        known = list(self._known(text, holes))
        blocking = [
            *self._canary(text),
            *self._ruled(text, holes),
            *(one for one in known if _stops(text, one)),
        ]
        remask = [*matches, *self._single_words(text, known)]
        return Scan(tuple(blocking), _disjoint(remask, [(one.start, one.end) for one in blocking]))

    def values(self, text: str) -> tuple[tuple[int, int, Placeholder], ...]:
        """Return where values of the vault stand in ``text``."""
        return tuple(self._kept(text, list(placeholders.find(text))))

    def remask(self, text: RedactedText) -> RedactedText:
        """Return redacted ``text`` with known values behind their placeholders.

        Values come first here, before what would stop the text: it is kept and shown all the same.
        """
        source = require_redacted(text).reveal()
        found = list(placeholders.find(source))
        known = list(self._known(source, [(each.start, each.end) for each in found]))
        values = [*self._kept(source, found), *self._single_words(source, known)]
        return mint(Scan(remask=_disjoint(values, ())).apply(source))

    def _kept(
        self, text: str, found: Sequence[placeholders.Found]
    ) -> Iterator[tuple[int, int, Placeholder]]:
        """Yield where values of the vault stand that nobody wanted readable since."""
        readable = self._allow_list.find(text)
        for start, end, name in self._dictionary().find(text, found):
            if not any(one.start <= start and end <= one.end for one in readable):
                yield start, end, name

    def _dictionary(self) -> _Values:
        version = self._vault.version()
        if version != self._version:
            surfaces = self._vault.surfaces()
            self._values = _Values.of((each.value, each.placeholder) for each in surfaces)
            self._version = version
        return self._values

    def _canary(self, text: str) -> Iterator[Sighting]:
        folded = text.casefold()
        for canary in self._canaries:
            at = folded.find(canary)
            if at != -1:
                yield Sighting(at, at + len(canary), Source.CANARY)

    def _ruled(self, text: str, holes: Sequence[tuple[int, int]]) -> Iterator[Sighting]:
        try:
            spans = self._rules.detect([text])[0]
        except Exception as error:  # whatever it is, unscanned text must not go on
            raise Refused(f"The last scan failed ({type(error).__name__}).") from error
        for span in spans:
            if KINDS[span.type].precise and _says_something(text, span.start, span.end, holes):
                yield Sighting(span.start, span.end, Source.RULE, span.type)

    def _known(self, text: str, holes: Sequence[tuple[int, int]]) -> Iterator[Sighting]:
        for span in self._directory.find(text):
            if _says_something(text, span.start, span.end, holes):
                yield Sighting(span.start, span.end, Source.DIRECTORY, span.type)

    def _single_words(
        self, text: str, known: Sequence[Sighting]
    ) -> list[tuple[int, int, Placeholder]]:
        words = [one for one in known if not _stops(text, one)]
        pairs = [(one.type or EntityType.PERSON, text[one.start : one.end]) for one in words]
        names = self._vault.look_up(pairs) if pairs else []
        return [(one.start, one.end, name) for one, name in zip(words, names, strict=True)]


@dataclass(frozen=True, slots=True)
class _Values:
    """A dictionary of token sequences: one pass over the text, whatever the size of the vault.

    What is more than one plain word is found in any case: ``folded`` holds it in lower case.
    """

    _names: dict[tuple[str, ...], Placeholder] = field(
        default_factory=dict[tuple[str, ...], Placeholder]
    )
    _folded: dict[tuple[str, ...], Placeholder] = field(
        default_factory=dict[tuple[str, ...], Placeholder]
    )
    _surfaces: dict[Placeholder, tuple[str, ...]] = field(
        default_factory=dict[Placeholder, tuple[str, ...]]
    )
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])

    @classmethod
    def of(cls, values: Iterable[tuple[str, Placeholder]]) -> _Values:
        names: dict[tuple[str, ...], Placeholder] = {}
        folded: dict[tuple[str, ...], Placeholder] = {}
        surfaces: dict[Placeholder, tuple[str, ...]] = {}
        lengths: dict[str, set[int]] = {}
        for value, placeholder in values:
            tokens = tuple(_token(match[0]) for match in _TOKEN.finditer(value))
            surfaces[placeholder] = tokens
            if tokens and len(value.strip()) >= SHORTEST_VALUE and value not in WORD_NAMES:
                names.setdefault(tokens, placeholder)
                lowered = tuple(token.casefold() for token in tokens)
                if len(tokens) != 1 or not value.strip().isalpha():
                    folded.setdefault(lowered, placeholder)
                lengths.setdefault(lowered[0], set()).add(len(tokens))
        longest_first = {
            first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()
        }
        return cls(names, folded, surfaces, longest_first)

    def find(
        self, text: str, holes: Sequence[placeholders.Found]
    ) -> Iterator[tuple[int, int, Placeholder]]:
        """Yield where values stand, longest first from each place.

        A placeholder counts as the words that it stands for: when half a value was masked, the
        other half would give it away. What stands behind placeholders alone is no find.
        """
        if not self._names:
            return
        places = self._places(text, holes)
        lowered = [each.word.casefold() for each in places]
        at = 0
        while at < len(places):
            size, name = self._longest(places, lowered, at)
            if name is not None:
                span = _seen(places[at : at + size], places, at)
                if span:
                    yield (*span, name)
                else:
                    size = 1
            at += size

    def _places(self, text: str, holes: Sequence[placeholders.Found]) -> list[_Place]:
        places: list[_Place] = []
        at = 0
        for hole in holes:
            places += _words(text, at, hole.start)
            words = self._surfaces.get(hole.placeholder, ("\0",))  # a word that no value holds
            places += (_Place(word, hole.start, hole.end, hidden=True) for word in words)
            at = hole.end
        return [*places, *_words(text, at, len(text))]

    def _longest(
        self, places: Sequence[_Place], lowered: Sequence[str], at: int
    ) -> tuple[int, Placeholder | None]:
        for size in self._lengths.get(lowered[at], ()):
            here = tuple(each.word for each in places[at : at + size])
            name = self._names.get(here) or self._folded.get(tuple(lowered[at : at + size]))
            if name is not None and not all(each.hidden for each in places[at : at + size]):
                return len(here), name
        return 1, None


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of a text, or one of those that a placeholder at these characters stands for."""

    word: str
    start: int
    end: int
    hidden: bool = False


def _words(text: str, start: int, end: int) -> list[_Place]:
    found = _TOKEN.finditer(text, start, end)
    return [_Place(_token(match[0]), match.start(), match.end()) for match in found]


def _seen(value: Sequence[_Place], places: Sequence[_Place], at: int) -> tuple[int, int] | None:
    """Return what to mask of a value: placeholders too that stand for nothing else."""
    before, after = places[:at], places[at + len(value) :]
    first, last = value[0], value[-1]
    if first.hidden and before and before[-1].end == first.end:
        value = [each for each in value if each.end != first.end]
    if last.hidden and after and after[0].start == last.start:
        value = [each for each in value if each.start != last.start]
    return (value[0].start, value[-1].end) if value else None


def _token(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _stops(text: str, known: Sighting) -> bool:
    """Whether a value of the directory stops the text: all but the single words of a name."""
    value = text[known.start : known.end]
    return known.type is not EntityType.PERSON or not value.replace("-", "").isalpha()


def _says_something(text: str, start: int, end: int, holes: Sequence[tuple[int, int]]) -> bool:
    """Whether anything but placeholders, their labels and punctuation stands in between.

    In ``--token=<SECRET>`` the label is no secret; what follows a placeholder may be one.
    """
    at = start
    rest: list[str] = []
    for left, right in holes:
        if right > start and left < end:
            before = text[at : max(at, left)]
            label = re.search(r"(?<![=:])[=:][\"' ]*$", before)  # base64 may end in two
            rest.append("" if label else before)
            at = max(at, right)
    rest.append(text[at : max(at, end)])
    return any(char.isalnum() for part in rest for char in part)


def _disjoint(
    found: Iterable[tuple[int, int, Placeholder]], taken: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int, Placeholder], ...]:
    """Return the widest of ``found`` that touch neither each other nor ``taken``, in order."""
    kept: list[tuple[int, int, Placeholder]] = []
    end = 0
    for start, stop, name in sorted(found, key=lambda each: (each[0], -each[1])):
        if start >= end and not any(start < right and stop > left for left, right in taken):
            kept.append((start, stop, name))
            end = stop
    return tuple(kept)

"""Finds the values of a tenant's vault in a text, for a vault of any size.

The values are read once and kept in memory; values that are allocated later are added. When a value
was forgotten, or a transaction was rolled back after it was read, all of them are read again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from guardrails import placeholders
from guardrails.detect.directory import WORD_NAMES
from guardrails.detect.normal import normalise
from guardrails.detect.phrases import Phrases
from guardrails.identity.vault import Surface, Vault
from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType

SHORTEST_VALUE = 3
_WORD = r"[\w\u0300-\u036f]"  # with combining marks, which `\w` alone would split off
_TOKEN = re.compile(rf"{_WORD}+|[^\w\s]")


class VaultValues:
    """Finds the values of one vault; safe to share between threads and scanners."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._lock = Lock()
        self._state: tuple[int, int] | None = None
        self._values = _Values()

    def find(
        self, text: str, holes: Sequence[placeholders.Found]
    ) -> Iterator[tuple[int, int, Placeholder]]:
        """Yield the places of values, longest first from each place; ``holes`` are placeholders."""
        return self._current().find(text, holes)

    def drop_forgotten(self) -> None:
        """Drop values that are no longer in the vault."""
        if self._state is not None:
            self._current()

    def _current(self) -> _Values:
        state = (self._vault.rolled_back(), self._vault.version())
        if state != self._state:
            with self._lock:
                self._catch_up(state)
        return self._values

    def _catch_up(self, state: tuple[int, int]) -> None:
        values = self._values
        settled = self._state is not None and self._state[0] == state[0]
        added = self._vault.surfaces(after=values.last) if settled else []
        if not settled or self._vault.count() != len(values) + len(added):
            values, added = _Values(), self._vault.surfaces()
        for each in added:
            values.add(each)
        self._values, self._state = values, state


class _Values:
    """A dictionary of token sequences.

    A value of more than one plain word is found in any case: ``_folded`` has it in lower case.
    """

    def __init__(self) -> None:
        self.last: dict[EntityType, int] = {}
        self._names = Phrases[Placeholder]()
        self._folded = Phrases[Placeholder]()
        self._surfaces: dict[Placeholder, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._surfaces)

    def add(self, surface: Surface) -> None:
        """Add a surface form; of two with the same words, the one that came first is found."""
        value, name = normalise(surface.value).text, surface.placeholder
        tokens = tuple(_token(match[0]) for match in _TOKEN.finditer(value))
        self._surfaces[name] = tokens
        self.last[name.type] = max(self.last.get(name.type, 0), name.number or 0)
        if tokens and len(value.strip()) >= SHORTEST_VALUE and value not in WORD_NAMES:
            _add_first(self._names, tokens, name)
            if len(tokens) != 1 or not value.strip().isalpha():
                _add_first(self._folded, tuple(token.casefold() for token in tokens), name)

    def find(
        self, text: str, holes: Sequence[placeholders.Found]
    ) -> Iterator[tuple[int, int, Placeholder]]:
        """Yield the places of values, longest first from each place.

        A placeholder counts as the words that it replaces: when half a value was masked, the other
        half would reveal it. A value of placeholders alone is not returned.
        """
        if not self._names:
            return
        places = self._places(text, holes)
        words = [each.word for each in places]
        lowered = [word.casefold() for word in words]
        at = 0
        while at < len(places):
            found = [*self._names.at(words, at), *self._folded.at(lowered, at)]
            size, name = _longest(found, places, at) if found else (1, None)
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
            words = self._surfaces.get(hole.placeholder, ("\0",))  # a word that is in no value
            places += (_Place(word, hole.start, hole.end, hidden=True) for word in words)
            at = hole.end
        return [*places, *_words(text, at, len(text))]


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of a text, or one of the words that the placeholder at these characters replaces."""

    word: str
    start: int
    end: int
    hidden: bool = False


def _add_first(phrases: Phrases[Placeholder], tokens: tuple[str, ...], name: Placeholder) -> None:
    known = phrases.get(tokens)
    if known is None or _order(name) < _order(known):
        phrases.add(tokens, name)


def _order(name: Placeholder) -> tuple[str, int]:
    return name.type.value, name.number or 0


def _longest(
    found: Sequence[tuple[int, Placeholder]], places: Sequence[_Place], at: int
) -> tuple[int, Placeholder | None]:
    shown = [
        (size, name)
        for size, name in found
        if not all(each.hidden for each in places[at : at + size])
    ]
    return max(shown, key=lambda each: each[0]) if shown else (1, None)


def _words(text: str, start: int, end: int) -> list[_Place]:
    found = _TOKEN.finditer(text, start, end)
    return [_Place(_token(match[0]), match.start(), match.end()) for match in found]


def _seen(value: Sequence[_Place], places: Sequence[_Place], at: int) -> tuple[int, int] | None:
    """Return what to mask of a value, including placeholders that replace only parts of it."""
    before, after = places[:at], places[at + len(value) :]
    first, last = value[0], value[-1]
    if first.hidden and before and before[-1].end == first.end:
        value = [each for each in value if each.end != first.end]
    if last.hidden and after and after[0].start == last.start:
        value = [each for each in value if each.start != last.start]
    return (value[0].start, value[-1].end) if value else None


def _token(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)

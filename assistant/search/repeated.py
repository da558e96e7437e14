"""Finds where a reply repeats text for agents only, word for word or nearly so.

A sentence is repeated when eight of its content words occur in a row, or when a reply's sentence
holds three fifths of them, or all of a short one. What customers may read anyway does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.wording import FILLER, stem
from guardrails.placeholders import SHAPE
from guardrails.sentences import at_every_stop

_RUN = 8
_SHARE = 0.6
_HELD = 0.8
_SHORT, _FEW = 3, 5
"""Content words: a sentence below the first number says nothing, one below the second counts only
when all of them are there."""
_WORD = re.compile(SHAPE.pattern + r"|\w+(?:[.:/\\@'’-]\w+)*")
_LEAD = re.compile(r"\s*(?:\d{1,2}[.)]|[-*+>#|]+)\s+")


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    stems: tuple[str, ...]

    @property
    def bag(self) -> frozenset[str]:
        return frozenset(self.stems)


def repeated(body: str, internal: Iterable[str], public: Iterable[str]) -> list[tuple[int, int]]:
    """Return start and end of each sentence of ``body`` that repeats one of ``internal``.

    ``public`` are texts that customers may read, such as their own messages.
    """
    known = [each for text in public for each in _sentences(text)]
    runs = {run for each in known for run in _runs(each.stems)}
    secret = [each for text in internal for each in _sentences(text)]
    secret_runs = {run for each in secret for run in _runs(each.stems)} - runs
    bags = {each.bag for each in secret if len(each.bag) >= _SHORT}
    open_bags = [each.bag for each in known]
    return [
        (each.start, each.end)
        for each in _sentences(body)
        if not secret_runs.isdisjoint(_runs(each.stems)) or _resembles(each.bag, bags, open_bags)
    ]


def copied(body: str, texts: Iterable[str]) -> list[tuple[int, int]]:
    """Return start and end of each sentence of ``body`` that is copied from ``texts``.

    Eight content words in a row are a copy, and so is a whole sentence of at least five.
    """
    known = [each.stems for text in texts for each in _sentences(text)]
    runs = {run for each in known for run in _runs(each)}
    whole = {each for each in known if len(each) >= _FEW}
    return [
        (each.start, each.end)
        for each in _sentences(body)
        if each.stems in whole or not runs.isdisjoint(_runs(each.stems))
    ]


def _resembles(
    said: AbstractSet[str], secret: Iterable[AbstractSet[str]], known: Sequence[AbstractSet[str]]
) -> bool:
    for each in secret:
        shared = said & each
        least = len(each) if len(each) < _FEW else _SHARE * len(each)
        if len(shared) >= least and not _is_known(shared, known):
            return True
    return False


def _is_known(shared: AbstractSet[str], known: Iterable[AbstractSet[str]]) -> bool:
    return any(len(shared & each) >= _HELD * len(shared) for each in known)


def _sentences(text: str) -> list[_Sentence]:
    return [
        _Sentence(start, end, tuple(_stems(text[start:end]))) for start, end in at_every_stop(text)
    ]


def _stems(sentence: str) -> Iterable[str]:
    bare = sentence[lead.end() :] if (lead := _LEAD.match(sentence)) else sentence
    for found in _WORD.finditer(bare):
        word = found[0].casefold()
        if word not in FILLER and len(word) > 1:
            yield stem(word)


def _runs(stems: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(stems[at : at + _RUN]) for at in range(len(stems) - _RUN + 1)}

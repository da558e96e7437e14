"""Near-duplicate documents: the same runbook in two versions.

Redacted texts are compared by their runs of five words (shingles; Broder 1997, "On the resemblance
and containment of documents"). MinHash signatures, banded, name the pairs worth counting; of these
the share of common shingles is counted exactly. Which one is newer is told by a version or a date
in the file's name, or by a date that both state under the same title; where neither tells, nobody
guesses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from guardrails import RedactedText

ALIKE = 0.8
_RUN = 5
_BANDS, _ROWS = 16, 4
_LEAST_WORDS = 30
_FAMOUS = 50  # more documents than this in one bucket are a form that all fill in
_WORD = re.compile(r"<[A-Z_0-9]+>|\w+")
_VERSION = re.compile(
    r"(?<![a-z0-9])(?:v(?:er(?:sion)?)?[ ._-]?(\d+(?:\.\d+)*)|(\d{4}-\d{2}(?:-\d{2})?))(?![a-z0-9])"
)
_STATED = re.compile(
    r"(?:updated|reviewed|revised|modified|date|version)[^\d\n]{1,20}(\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)

_Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared of a document."""

    id: str
    source: RedactedText
    title: RedactedText
    texts: Sequence[RedactedText]


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Two documents that say the same; ``newer`` is the id of one of them, or empty."""

    one: str
    two: str
    alike: float
    newer: str


def near_duplicates(documents: Iterable[Candidate]) -> list[NearDuplicates]:
    """Return the near-duplicates among ``documents``, most alike first."""
    numbers: dict[str, int] = {}
    kept: dict[str, tuple[_Words, str, str, str]] = {}
    for each in documents:
        text = "\n".join(part.reveal() for part in each.texts)
        shingles = _shingles(text, numbers)
        if len(shingles):
            stated = max(_STATED.findall(text), default="")
            kept[each.id] = shingles, each.source.reveal(), each.title.reveal(), stated
    found: list[NearDuplicates] = []
    for one, two in _pairs({key: value[0] for key, value in kept.items()}):
        alike = _resemblance(kept[one][0], kept[two][0])
        if alike >= ALIKE:
            found.append(
                NearDuplicates(one, two, alike, _newer(one, kept[one][1:], two, kept[two][1:]))
            )
    return sorted(found, key=lambda each: (-each.alike, each.one, each.two))


def _shingles(text: str, numbers: dict[str, int]) -> _Words:
    """Return the distinct runs of words of ``text``, each as one number."""
    words = [found.lower() for found in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return np.zeros(0, dtype=np.uint64)
    ids = np.array([numbers.setdefault(word, len(numbers) + 1) for word in words], dtype=np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(ids, _RUN)
    mixed = np.zeros(len(runs), dtype=np.uint64)
    for column in range(_RUN):
        mixed = (mixed ^ runs[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def _pairs(shingles: dict[str, _Words]) -> Iterator[tuple[str, str]]:
    """Yield the pairs whose signatures agree in at least one band."""
    draw = np.random.default_rng(20261122)
    factors = draw.integers(1, 2**63, size=(_BANDS * _ROWS, 1), dtype=np.uint64) | np.uint64(1)
    buckets: defaultdict[tuple[int, bytes], list[str]] = defaultdict(list)
    for key, runs in shingles.items():
        mixed = runs[None, :] * factors
        signature = (mixed ^ (mixed >> np.uint64(31))).min(axis=1).reshape(_BANDS, _ROWS)
        for band in range(_BANDS):
            buckets[band, signature[band].tobytes()].append(key)
    seen = {
        pair
        for some in buckets.values()
        if len(some) <= _FAMOUS
        for pair in combinations(sorted(some), 2)
    }
    yield from sorted(seen)


def _resemblance(one: _Words, two: _Words) -> float:
    common = len(np.intersect1d(one, two, assume_unique=True))
    return common / (len(one) + len(two) - common)


def _newer(one: str, first: tuple[str, str, str], two: str, second: tuple[str, str, str]) -> str:
    """Return which of two is newer; each is told by source, title and the last date it states."""
    (name, version), (other_name, other_version) = _named(first[0]), _named(second[0])
    if name == other_name and version and other_version and version != other_version:
        return one if version > other_version else two
    dates = first[2], second[2]
    if first[1].casefold() == second[1].casefold() and all(dates) and dates[0] != dates[1]:
        return one if dates[0] > dates[1] else two
    return ""


def _named(source: str) -> tuple[str, tuple[int, ...]]:
    """Return a source without its versions and dates, and these as numbers that compare."""
    found = _VERSION.findall(source.lower())
    numbers = tuple(int(part) for pair in found for part in re.findall(r"\d+", "".join(pair)))
    return _VERSION.sub("", source.lower()), numbers

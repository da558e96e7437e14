"""Near-duplicate documents: the same runbook in two versions.

Redacted texts are compared by their runs of five words (shingles; Broder 1997, "On the resemblance
and containment of documents"). A MinHash signature of each document is kept with its record, so
that a new document is compared with all others without opening their texts: bands of the signature
(locality-sensitive hashing) select candidate pairs, the agreement of the signatures excludes most
pairs that differ, and for the rest the share of common shingles is counted exactly. A version or a
date in the file's name decides which one is newer, or a date that both state under the same title;
otherwise it is left open.

A signature is derived from redacted text and is not sealed, so its words are hashed under a key of
the tenant: without the key it is impossible to test whether a document contains a phrase. Two
signatures only show that their documents are nearly the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from guardrails import RedactedText
from guardrails.placeholders import SHAPE

ALIKE = 0.8
_RUN = 5
_BANDS, _ROWS = 16, 4
_LEAST_WORDS = 30
_FAMOUS = 50  # more documents than this in one bucket are copies of one form
_SLACK = 0.2  # four standard deviations of the agreement of 64 hashes at `ALIKE`
_FORMAT = b"\x01"  # the first byte of a signature is its format version
_WORD = re.compile(SHAPE.pattern + r"|\w+")
_VERSION = re.compile(
    r"(?<![a-z0-9])(?:v(?:er(?:sion)?)?[ ._-]?(\d+(?:\.\d+)*)|(\d{4}-\d{2}(?:-\d{2})?))(?![a-z0-9])"
)
_STATED = re.compile(
    r"(?:updated|reviewed|revised|modified|date|version)[^\d\n]{1,20}(\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)

_Words = NDArray[np.uint64]
_FACTORS: _Words = np.random.default_rng(20261122).integers(
    1, 2**63, size=(_BANDS * _ROWS, 1), dtype=np.uint64
) | np.uint64(1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The parts of a document that are compared."""

    id: str
    source: RedactedText
    title: RedactedText
    texts: Sequence[RedactedText]


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Two near-duplicate documents; ``newer`` is the id of the newer one, empty if unknown."""

    one: str
    two: str
    alike: float
    newer: str


class Comparer:
    """Compares the documents of one tenant; words are hashed under ``key``, at most 64 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._numbers: dict[str, int] = {}

    def signature(self, texts: Sequence[RedactedText]) -> bytes:
        """Return a document's MinHash signature: 257 bytes, or 1 byte if it has too few words."""
        shingles = self._shingles(_joined(texts))
        if not len(shingles):
            return _FORMAT
        mixed = shingles[None, :] * _FACTORS
        least = (mixed ^ (mixed >> np.uint64(31))).min(axis=1)
        return _FORMAT + least.astype("<u4").tobytes()  # the low half: the high one tends to 0

    def compare(self, one: Candidate, two: Candidate) -> NearDuplicates | None:
        """Return how similar two documents are and which is newer, None below `ALIKE`."""
        first, second = _joined(one.texts), _joined(two.texts)
        alike = _resemblance(self._shingles(first), self._shingles(second))
        if alike < ALIKE:
            return None
        return NearDuplicates(
            one.id, two.id, alike, _newer(one.id, _dated(one, first), two.id, _dated(two, second))
        )

    def _shingles(self, text: str) -> _Words:
        """Return the distinct runs of words of ``text``, each as one number."""
        words = [found.lower() for found in _WORD.findall(text)]
        if len(words) < _LEAST_WORDS:
            return np.zeros(0, dtype=np.uint64)
        runs = np.lib.stride_tricks.sliding_window_view(
            np.array([self._number(word) for word in words], dtype=np.uint64), _RUN
        )
        mixed = np.zeros(len(runs), dtype=np.uint64)
        for column in range(_RUN):
            mixed = (mixed ^ runs[:, column]) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        return np.unique(mixed)

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            body = word.encode("utf-8", "surrogatepass")
            digest = hashlib.blake2b(body, key=self._key, digest_size=8).digest()
            number = self._numbers[word] = int.from_bytes(digest)
        return number


def pairs(signatures: Mapping[str, bytes], fresh: AbstractSet[str]) -> list[tuple[str, str]]:
    """Return the pairs of ids worth comparing, at least one of each among ``fresh``.

    Their signatures agree in at least one band, and overall nearly as much as `ALIKE` requires.
    """
    ids = [key for key, one in signatures.items() if len(one) > len(_FORMAT)]
    table = np.array([np.frombuffer(signatures[key], "<u4", offset=len(_FORMAT)) for key in ids])
    among = np.array([key in fresh for key in ids], dtype=bool)
    found: set[tuple[int, int]] = set()
    for band in range(_BANDS if among.any() else 0):
        columns = np.ascontiguousarray(table[:, band * _ROWS : (band + 1) * _ROWS])
        keys = columns.view(f"V{4 * _ROWS}")[:, 0]
        buckets: defaultdict[bytes, list[int]] = defaultdict(list)
        for at in np.flatnonzero(np.isin(keys, keys[among])):
            buckets[keys[at].tobytes()].append(int(at))
        for some in buckets.values():
            if len(some) <= _FAMOUS:
                found.update((i, j) for i, j in combinations(some, 2) if among[i] or among[j])
    near = ((i, j) for i, j in found if (table[i] == table[j]).mean() >= ALIKE - _SLACK)
    return sorted((min(ids[i], ids[j]), max(ids[i], ids[j])) for i, j in near)


def _joined(texts: Sequence[RedactedText]) -> str:
    return "\n".join(part.reveal() for part in texts)


def _dated(candidate: Candidate, text: str) -> tuple[str, str, str]:
    """Return the source, the title and the latest date that a document states."""
    stated = max(_STATED.findall(text), default="")
    return candidate.source.reveal(), candidate.title.reveal(), stated


def _resemblance(one: _Words, two: _Words) -> float:
    common = len(np.intersect1d(one, two, assume_unique=True))
    return common / max(len(one) + len(two) - common, 1)


def _newer(one: str, first: tuple[str, str, str], two: str, second: tuple[str, str, str]) -> str:
    """Return the id of the newer of two documents, or an empty string; see `_dated`."""
    (name, version), (other_name, other_version) = _named(first[0]), _named(second[0])
    if name == other_name and version and other_version and version != other_version:
        return one if version > other_version else two
    dates = first[2], second[2]
    if first[1].casefold() == second[1].casefold() and all(dates) and dates[0] != dates[1]:
        return one if dates[0] > dates[1] else two
    return ""


def _named(source: str) -> tuple[str, tuple[int, ...]]:
    """Return a source without its versions and dates, and those as a comparable tuple."""
    found = _VERSION.findall(source.lower())
    numbers = tuple(int(part) for pair in found for part in re.findall(r"\d+", "".join(pair)))
    return _VERSION.sub("", source.lower()), numbers

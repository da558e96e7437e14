"""The leak scan: the last check of text before it is sent, and what it masks again.

Two things stop a text: a secret or another high-precision type that the rules find, and a person of
the tenant's directory. A value of the vault, and a single word of a directory name, is replaced by
its placeholder and counted. Neither is sent. They do not stop the text, because a value that
detection missed in one document and found in another, or a common word such as ``Max`` or
``reception``, would otherwise refuse every prompt that contains it.

Values shorter than three characters are not searched for, nor are names that are also words where
they are in lower case (``may``). Placeholders in the text are never taken for values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from guardrails import placeholders
from guardrails.detect.directory import KnownValues
from guardrails.detect.kinds import KINDS
from guardrails.detect.normal import Normal, normalise
from guardrails.errors import Refused
from guardrails.identity.vault import Vault
from guardrails.leaks.vault_values import VaultValues
from guardrails.placeholders import Placeholder
from guardrails.spans import Detector, EntityType
from guardrails.text import RedactedText, mint, require_redacted


class Source(StrEnum):
    """What recognized a part of the text."""

    RULE = "rule"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Characters ``start`` to ``end``, which must not be sent."""

    start: int
    end: int
    source: Source
    type: EntityType


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found. ``remask`` is sorted and disjoint: (start, end, placeholder)."""

    blocking: tuple[Sighting, ...] = ()
    remask: tuple[tuple[int, int, Placeholder], ...] = ()

    def kinds(self) -> dict[str, int]:
        """Return how many sightings of each kind block."""
        return dict(sorted(Counter(sighting.type.value for sighting in self.blocking).items()))

    def apply(self, text: str) -> str:
        """Return ``text`` (the one that was scanned) with placeholders for known values."""
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
        allow_list: KnownValues | None = None,
        values: VaultValues | None = None,
    ) -> None:
        """Make a scanner; vault values covered by an allow-list term are not masked.

        ``values`` finds those of ``vault``, for scanners that share it; without it one is made.
        """
        self._rules = rules
        self._vault = vault
        self._directory = directory
        self._allow_list = allow_list or KnownValues()
        self._values = values or VaultValues(vault)

    def scan(self, text: str) -> Scan:
        """Return what in ``text`` must not be sent, as written and as a reader sees it.

        Values that show only without invisible characters and look-alikes are masked in place.
        """
        read = [self._read(normal) for normal in _readings(text)]
        blocking = tuple(dict.fromkeys(each for one in read for each in one.blocking))
        remask = [each for one in read for each in one.remask]
        return Scan(blocking, _disjoint(remask, [(each.start, each.end) for each in blocking]))

    def values(self, text: str) -> tuple[tuple[int, int, Placeholder], ...]:
        """Return where values of the vault are in ``text``."""
        return _disjoint(
            [
                (*normal.place(start, end), name)
                for normal in _readings(text)
                for start, end, name in self._kept(normal.text, _holes(normal.text))
            ],
            (),
        )

    def remask(self, text: RedactedText) -> RedactedText:
        """Return redacted ``text`` with known values replaced by their placeholders.

        Values come first here, before what would stop a text: this text is stored and shown anyway.
        """
        source = require_redacted(text).reveal()
        values: list[tuple[int, int, Placeholder]] = []
        for normal in _readings(source):
            found = _holes(normal.text)
            known = list(self._known(normal.text, [(each.start, each.end) for each in found]))
            masked = [*self._kept(normal.text, found), *self._single_words(normal.text, known)]
            values += ((*normal.place(start, end), name) for start, end, name in masked)
        return mint(Scan(remask=_disjoint(values, ())).apply(source))

    def _read(self, normal: Normal) -> Scan:
        """Scan one reading of a text; places are those of the text itself."""
        text = normal.text
        found = _holes(text)
        holes = [(each.start, each.end) for each in found]
        known = list(self._known(text, holes))
        blocking = [
            *self._ruled(text, holes),
            *(one for one in known if _stops(text, one)),
        ]
        remask = [*self._kept(text, found), *self._single_words(text, known)]
        return Scan(
            tuple(_moved(each, normal) for each in blocking),
            tuple((*normal.place(start, end), name) for start, end, name in remask),
        )

    def _kept(
        self, text: str, found: Sequence[placeholders.Found]
    ) -> Iterator[tuple[int, int, Placeholder]]:
        """Yield where values of the vault are, except words that were allow-listed since."""
        readable = self._allow_list.find(text)
        for start, end, name in self._values.find(text, found):
            if not any(one.start <= start and end <= one.end for one in readable):
                yield start, end, name

    def _ruled(self, text: str, holes: Sequence[tuple[int, int]]) -> Iterator[Sighting]:
        try:
            spans = self._rules.detect([text])[0]
        except Exception as error:  # after any failure, unscanned text must not be passed on
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
        pairs = [(one.type or EntityType.PERSON, _value(text, one)) for one in words]
        names = self._vault.look_up(pairs) if pairs else []
        return [(one.start, one.end, name) for one, name in zip(words, names, strict=True)]


def _readings(text: str) -> list[Normal]:
    """Return ``text`` as written, and as a reader sees it where that differs."""
    as_written, seen = Normal(text, None, len(text)), normalise(text)
    return [as_written] if seen.origin is None else [as_written, seen]


def _holes(text: str) -> list[placeholders.Found]:
    return list(placeholders.find(text))


def _moved(sighting: Sighting, normal: Normal) -> Sighting:
    start, end = normal.place(sighting.start, sighting.end)
    return replace(sighting, start=start, end=end)


def _value(text: str, known: Sighting) -> str:
    return normalise(text[known.start : known.end]).text


def _stops(text: str, known: Sighting) -> bool:
    """Whether a value of the directory stops the text: all except single words of a name."""
    value = _value(text, known)
    return known.type is not EntityType.PERSON or not value.replace("-", "").isalpha()


def _says_something(text: str, start: int, end: int, holes: Sequence[tuple[int, int]]) -> bool:
    """Whether there is text between besides placeholders, their labels and punctuation.

    In ``--token=<SECRET>`` the label is not a secret; text after a placeholder may be one.
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
    """Return the widest of ``found`` that overlap neither each other nor ``taken``, in order."""
    kept: list[tuple[int, int, Placeholder]] = []
    end = 0
    for start, stop, name in sorted(found, key=lambda each: (each[0], -each[1])):
        if start >= end and not any(start < right and stop > left for left, right in taken):
            kept.append((start, stop, name))
            end = stop
    return tuple(kept)

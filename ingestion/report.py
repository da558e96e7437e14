"""What a run of `ingestion.ingest` tells: how far it is, and what it did."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Skipped(NamedTuple):
    """A file that was left out. For the screen of whoever asked; a name may identify somebody.

    ``broken`` tells a document that could not be read from a file that is none.
    """

    source: str
    reason: str
    broken: bool = True


class Note(NamedTuple):
    """What of a file was not read, such as a picture. For the screen of whoever asked."""

    source: str
    text: str


class Alike(NamedTuple):
    """Two documents that say nearly the same, as citations name them; ``newer`` is one or empty."""

    one: str
    two: str
    share: float
    newer: str


class Preview(NamedTuple):
    """What would become of a file: how many values of each type masked, into how many chunks."""

    source: str
    masked: Mapping[str, int]
    chunks: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; time left is guessed from bytes, and None before anything is done.

    ``what`` is ``reading`` files, or ``embedding`` chunks again before the first is written.
    """

    done: int
    total: int
    per_second: float
    seconds_left: float | None
    what: str = "reading"


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did; ``chunks`` counts those written by it, ``seconds`` is by phase."""

    added: int
    changed: int
    unchanged: int
    removed: int
    skipped: tuple[Skipped, ...]
    chunks: int
    seconds: dict[str, float]
    notes: tuple[Note, ...] = ()
    previews: tuple[Preview, ...] = ()
    alike: tuple[Alike, ...] = ()


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    counts: Counter[str] = field(default_factory=Counter[str])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    notes: list[Note] = field(default_factory=list[Note])
    previews: list[Preview] = field(default_factory=list[Preview])
    alike: list[Alike] = field(default_factory=list[Alike])

    @contextmanager
    def timed(self, phase: str) -> Generator[None]:
        """Add the time spent inside to ``phase``."""
        start = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - start
            self.seconds[phase] = self.seconds.get(phase, 0.0) + spent

    def preview(self, of: Preview) -> None:
        """Keep a preview; the articles of one file are told together."""
        last = self.previews[-1] if self.previews else None
        if last and last.source == of.source:
            self.previews.pop()
            masked = Counter(last.masked) + Counter(of.masked)
            of = Preview(of.source, masked, last.chunks + of.chunks)
        self.previews.append(Preview(of.source, dict(sorted(of.masked.items())), of.chunks))

    def report(self) -> IngestReport:
        """Return what was done; embedding happens inside indexing and is told apart."""
        counts, seconds = self.counts, dict(self.seconds)
        if "embedding" in seconds:
            seconds["indexing"] -= seconds["embedding"]
        return IngestReport(
            counts["added"],
            counts["changed"],
            counts["unchanged"],
            counts["removed"],
            tuple(self.skipped),
            counts["chunks"],
            {phase: round(spent, 3) for phase, spent in seconds.items()},
            tuple(self.notes),
            tuple(self.previews),
            tuple(self.alike),
        )

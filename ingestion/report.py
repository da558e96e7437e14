"""The progress and the result of a run of `ingestion.ingest`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Skipped(NamedTuple):
    """A file that was skipped. Only for the user's screen: a file name may identify a person.

    ``broken`` is False for a file of a type that is never read.
    """

    source: str
    reason: str
    broken: bool = True


class Note(NamedTuple):
    """A part of a file that was not read, such as a picture. Only for the user's screen."""

    source: str
    text: str


class Alike(NamedTuple):
    """Two near-duplicates, as citations name them; ``newer`` is one of them or empty."""

    one: str
    two: str
    share: float
    newer: str


class Preview(NamedTuple):
    """The result of a dry run for a file: the number of masked values by type, and of chunks."""

    source: str
    masked: Mapping[str, int]
    chunks: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run; the time left is estimated from bytes, None at the start.

    ``what`` is ``reading`` (files), or ``embedding`` (existing chunks, before the first write).
    """

    done: int
    total: int
    per_second: float
    seconds_left: float | None
    what: str = "reading"


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The result of a run; ``chunks`` counts those written by it, ``seconds`` is by phase.

    ``for_customers`` and ``for_agents`` count the documents that it met, ``audience_changed`` those
    of them that are unchanged and whose folder has another audience now.
    """

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
    for_customers: int = 0
    for_agents: int = 0
    audience_changed: int = 0


@dataclass(slots=True)
class Tally:
    """The counts and times of a run so far."""

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
        """Add a preview; those of one file's articles are summed."""
        last = self.previews[-1] if self.previews else None
        if last and last.source == of.source:
            self.previews.pop()
            masked = Counter(last.masked) + Counter(of.masked)
            of = Preview(of.source, masked, last.chunks + of.chunks)
        self.previews.append(Preview(of.source, dict(sorted(of.masked.items())), of.chunks))

    def report(self) -> IngestReport:
        """Return the result; embedding runs inside indexing, so its time is subtracted there."""
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
            counts["customer"],
            counts["agent"],
            counts["audience"],
        )

"""Counts false alarms of the injection detector in honest documents and tickets.

Documents run through the product's own loaders, redaction and chunker, tickets through the readers
of exports. Flagged is what the product would act on: a passage with a span of which the detector is
sure, and a ticket with any suspicious span.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath

from assistant.errors import BadInput
from guardrails import RedactedText, Redactor
from guardrails.injection.detector import FindSuspects
from ingestion import loaders
from ingestion.chunks import redact
from ingestion.folders import read, scan
from ingestion.loaders import Loaded, Unreadable
from ingestion.source import FileSource
from ingestion.tickets.reading import read_tickets

_BATCH = 32
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CleanFigures:
    """How many texts were searched, and how many are flagged; ``suspicious`` have any span.

    ``shown`` are the first flagged sentences, redacted.
    """

    texts: int
    flagged: int
    suspicious: int
    shown: tuple[str, ...]

    @property
    def per_thousand(self) -> float:
        """Flagged texts in a thousand."""
        return round(1000 * self.flagged / self.texts, 2)

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {**asdict(self), "per_thousand": self.per_thousand}


def count_passages(
    folder: Path, redactor: Redactor, find: FindSuspects, max_bytes: int
) -> CleanFigures:
    """Count flagged passages of the documents in ``folder``. `BadInput` without any passage."""
    documents = list(_documents(folder, max_bytes))
    tally = _Tally(find, only_sure=True)
    for at in range(0, len(documents), _BATCH):
        some = redact(redactor, documents[at : at + _BATCH], allocate=False)
        tally.add([[piece.text] for each in some for piece in each.pieces])
    return tally.figures(folder)


def count_tickets(path: Path, redactor: Redactor, find: FindSuspects) -> CleanFigures:
    """Count flagged tickets of an export. `BadInput` for a file that is none."""
    tally = _Tally(find)
    for ticket in read_tickets(FileSource(path)):
        raw = [ticket.subject, *(turn.text for turn in ticket.turns)]
        tally.add([[each.text for each in redactor.look_up_many(raw)]])
    return tally.figures(path)


class _Tally:
    def __init__(self, find: FindSuspects, *, only_sure: bool = False) -> None:
        self._find = find
        self._only_sure = only_sure
        self._texts = self._flagged = self._suspicious = 0
        self._shown: list[str] = []

    def add(self, groups: Sequence[Sequence[RedactedText]]) -> None:
        """Count each group of texts once."""
        found = iter(self._find([text for group in groups for text in group]))
        for group in groups:
            spans = [(text, each) for text in group for each in next(found)]
            flags = [(text, each) for text, each in spans if each.sure or not self._only_sure]
            self._texts += 1
            self._suspicious += bool(spans)
            self._flagged += bool(flags)
            self._shown += [text.cut(each.start, each.end).reveal() for text, each in flags[:1]]

    def figures(self, path: Path) -> CleanFigures:
        if not self._texts:
            raise BadInput(f"{path} contains no text.")
        return CleanFigures(
            self._texts, self._flagged, self._suspicious, tuple(self._shown[:_SHOWN])
        )


def _documents(folder: Path, max_bytes: int) -> Iterator[tuple[PurePath, Loaded]]:
    for found in scan(folder).files:
        try:
            loaded = loaders.load(read(found, max_bytes), found.path)
        except Unreadable:
            continue
        yield from ((PurePath(found.path.name), each) for each in loaded.documents())

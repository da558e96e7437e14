"""Sources of bytes from outside: a file on this machine, or an upload held in memory.

A source can be opened several times and reads the same bytes each time. Nothing here interprets
the bytes: `ingestion.loaders` reads documents, `ingestion.tickets` reads tickets.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol


class Source(Protocol):
    """A named sequence of bytes; ``name`` is used in errors and citations."""

    @property
    def name(self) -> str: ...

    def open(self) -> BinaryIO:
        """Return a new reader at the first byte; the caller closes it. `OSError` if it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file of this machine, known by its own name or by ``known_as``."""

    path: Path
    known_as: str = ""

    @property
    def name(self) -> str:
        return self.known_as or self.path.name

    def open(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that are held in memory and never written to a disk."""

    name: str
    body: bytes = field(repr=False)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.body)

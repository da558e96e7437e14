"""Searches the bytes of a home: for planted texts in any encoding, and for stored values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from eval.leakage.search import Seeker

_PIECE, _LEAST = 16, 24
"""A stored value is searched in pieces, because a page of the database may cut it in two."""


def planted(texts: Iterable[str], files: Mapping[str, bytes]) -> int:
    """Return how many of ``texts`` occur in the files, in any encoding."""
    seeker = Seeker({at: (text,) for at, text in enumerate(texts)})
    return len(seeker.find(b"\n".join(files.values())))


def stored(values: Iterable[bytes], files: Mapping[str, bytes]) -> int:
    """Return how many of ``values`` occur in the files; one that is cut in two counts too."""
    everything = b"".join(files.values())
    return sum(any(piece in everything for piece in _pieces(each)) for each in values)


def sealed(database: Path, table: str, where: str = "") -> list[bytes]:
    """Return every sealed value of a table, as it lies on the disk."""
    query = f"SELECT * FROM {table} {where}"  # noqa: S608 - names of ours, in a twin
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(query).fetchall()
    return [each for row in rows for each in row if isinstance(each, bytes) and len(each) > _LEAST]


def change(database: Path, statement: str) -> int:
    """Run SQL past every guard, as who owns the disk can; return how many rows it changed."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        done = connection.execute(statement)
        connection.commit()
        return done.rowcount


def _pieces(value: bytes) -> Iterable[bytes]:
    pieces = (value[at : at + _PIECE] for at in range(0, len(value) - _PIECE + 1, _PIECE))
    return (each for each in pieces if len(set(each)) > _PIECE // 2)  # lengths, not ciphertext

"""Helpers for tests of loaders: reading a file, and properties that hold for any bytes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath

from guardrails.text import unwrap
from ingestion.loaders import Loaded, Unreadable, load

Read = list[tuple[str, str, int, int]]


def read(body: bytes, name: str) -> Loaded:
    """Load a file; every line of every section must know its number."""
    loaded = load(body, PurePath(name))
    for section in (each for document in loaded.documents() for each in document.sections):
        assert len(section.starts) == len(section.lines) == unwrap(section.body).count("\n") + 1
        assert list(section.lines) == sorted(section.lines)
    return loaded


def sections(loaded: Loaded) -> Read:
    """Return each section as its path of headings, its text, its first and its last line.

    Sections of an article are below its title.
    """
    return [
        (
            " › ".join(
                map(unwrap, (*([document.title] if loaded.articles else ()), *each.heading))
            ),
            unwrap(each.body),
            each.first_line,
            each.last_line,
        )
        for document in loaded.documents()
        for each in document.sections
    ]


def text_of(loaded: Loaded) -> str:
    """Return all text of a file."""
    return "\n".join(text for _, text, _, _ in sections(loaded))


def reads_or_says_why(body: bytes, name: str) -> None:
    """Load any bytes; no error but `Unreadable` may be raised."""
    with suppress(Unreadable):
        read(body, name)

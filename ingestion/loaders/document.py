"""The result of every loader: a title, and sections whose lines can be found in the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assistant.model import Audience
from guardrails import RawText
from ingestion.loaders.audience import narrowed


class Unreadable(Exception):
    """A file that cannot be read as a document; the message is the reason, in our words."""


class NotADocument(Unreadable):
    """A file of a type that is never read, such as a licence or a picture; it is not broken."""


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading.

    ``heading`` is the path of headings from the outermost. ``starts`` holds the offset of each line
    of ``body`` and ``lines`` the line of the file that it came from: a placeholder may replace a
    line break, so lines are found by raw offset and never by counting breaks in redacted text.
    ``for_agents`` means that a heading above it or a remark in it says so.
    """

    heading: tuple[RawText, ...]
    body: RawText
    starts: tuple[int, ...]
    lines: tuple[int, ...]
    for_agents: bool = False

    @property
    def first_line(self) -> int:
        """The line of the file where the body begins."""
        return self.lines[0]

    @property
    def last_line(self) -> int:
        """The line of the file where the body ends."""
        return self.lines[-1]

    def line_at(self, offset: int) -> int:
        """Return the line of the file that holds character ``offset`` of the body."""
        return self.lines[max(bisect_right(self.starts, offset) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Labels:
    """The metadata of a document; ``audience`` is None where it states none."""

    tags: tuple[RawText, ...] = ()
    products: tuple[RawText, ...] = ()
    updated: datetime | None = None
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file that was read; ``notes`` name the parts that were not, such as pictures.

    A file of many articles has no sections of its own: each of its ``articles`` is a document, and
    ``key`` identifies it among them.
    """

    title: RawText
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    labels: Labels = field(default_factory=Labels)
    articles: tuple[Loaded, ...] = ()
    key: str = ""

    def documents(self) -> tuple[Loaded, ...]:
        """Return the articles of the file, or the file itself if it has none."""
        return self.articles or (self,)


def section(heading: Sequence[str], lines: Sequence[tuple[int, str]]) -> Section | None:
    """Make a section of numbered lines; return None when they contain no text."""
    kept = _strip([(number, line.rstrip()) for number, line in lines])
    if not kept:
        return None
    starts: list[int] = []
    at = 0
    for _, line in kept:
        starts.append(at)
        at += len(line) + 1
    return Section(
        heading=tuple(RawText(name) for name in heading),
        body=RawText("\n".join(line for _, line in kept)),
        starts=tuple(starts),
        lines=tuple(number for number, _ in kept),
        for_agents=narrowed(heading, (line for _, line in kept)),
    )


def _strip(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    filled = [at for at, (_, line) in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []

"""Rebuilds the sections of a document from its chunks.

The chunker packs small neighbouring sections into one chunk, each under a line ``## heading``, and
cuts long ones into several chunks. A question is answered by a section, so this puts them together
again: what stands under one heading, whole, in the words of the chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.model import PATH, Chunk, Section
from guardrails import RedactedText, join

_HEADING = re.compile(r"## (?P<name>\S.*)")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_LINK = re.compile(r"!?\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])|<?https?://\S+")
_WORD = re.compile(r"[^\W_]{2,}")
_LEAST = 2
"""Words outside links that a section must have."""

_COUNTED_IN_LINES = re.compile(r"\.(?:md|markdown|html?|txt|rst|eml)$", re.IGNORECASE)


def sections_of(
    source: RedactedText, title: RedactedText, chunks: Sequence[Chunk]
) -> list[Section]:
    """Return the sections of one document in order; ``chunks`` are all of it, in order."""
    found: list[Section] = []
    in_lines = bool(_COUNTED_IN_LINES.search(source.reveal()))
    fenced = False
    for chunk in chunks:
        last = found[-1].heading if found else None
        for at, run in enumerate(_runs(chunk, last if fenced else None)):
            if at == 0 and found and _goes_on(found[-1], run, chunk):
                found[-1] = _longer(found[-1], run, chunk, in_lines=in_lines, fenced=fenced)
            else:
                found.append(_section(source, title, run, chunk, len(found)))
            fenced = run.fenced
    return [each for each in found if _says_something(each.text.reveal())]


def _goes_on(section: Section, run: _Run, chunk: Chunk) -> bool:
    """Return whether a run continues ``section``; text of another audience never does."""
    return section.heading == run.heading and section.audience is chunk.audience


def _says_something(text: str) -> bool:
    """Return False for a section of links and pictures alone, such as a table of contents."""
    return len(_WORD.findall(_LINK.sub(" ", text))) >= _LEAST


@dataclass(frozen=True, slots=True)
class _Run:
    """The part of a chunk that belongs to one section; ``fenced`` when it ends inside a fence."""

    heading: RedactedText
    text: RedactedText
    fenced: bool


def _runs(chunk: Chunk, within: RedactedText | None) -> Iterator[_Run]:
    """Yield the runs of ``chunk``; ``within`` is the section whose code it continues, if any."""
    text = chunk.text.reveal()
    heading, start, at = chunk.heading, 0, 0
    fenced = within is not None
    for line in text.splitlines(keepends=True):
        mark = _HEADING.fullmatch(line.rstrip("\n"))
        name = mark and _below(
            chunk, chunk.text.cut(at + mark.start("name"), at + mark.end("name"))
        )
        if name and (not fenced or (at == 0 and name == within)):
            if text[start:at].strip():
                yield _Run(heading, _stripped(chunk.text, start, at), fenced)
            heading, start = name, at + len(line)
        elif _FENCE.match(line):
            fenced = not fenced
        at += len(line)
    if text[start:].strip():
        yield _Run(heading, _stripped(chunk.text, start, len(text)), fenced)


def _below(chunk: Chunk, name: RedactedText) -> RedactedText:
    return join(PATH, [chunk.heading, name]) if chunk.heading else name


def _stripped(text: RedactedText, start: int, end: int) -> RedactedText:
    """Return characters ``start`` to ``end`` without blank lines around; an indent is kept."""
    inside = text.reveal()[start:end]
    lead = re.match(r"(?:[^\S\n]*\n)*", inside)
    begin = start + (lead.end() if lead else 0)
    return text.cut(begin, start + len(inside.rstrip()))


def _section(
    source: RedactedText, title: RedactedText, run: _Run, chunk: Chunk, ordinal: int
) -> Section:
    return Section(
        chunk.document_id,
        source,
        title,
        run.heading,
        run.text,
        chunk.first_line,
        chunk.last_line,
        (chunk.id,),
        ordinal,
        audience=chunk.audience,
    )


def _longer(section: Section, run: _Run, chunk: Chunk, *, in_lines: bool, fenced: bool) -> Section:
    """Return ``section`` with what follows of it in the next chunk."""
    gap = chunk.first_line - section.last_line if in_lines else None
    if fenced or gap == 1:
        text = join("\n", [section.text, run.text])
    elif gap == 0:
        text = join(" ", [section.text, run.text])
    else:
        text = join("\n\n", [section.text, run.text])
    return replace(
        section,
        text=text,
        last_line=chunk.last_line,
        chunk_ids=(*section.chunk_ids, chunk.id),
    )

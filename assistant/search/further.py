"""What is shown one click below an answer: the rest of its section, and the next sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.model import Passage
from assistant.search.lines import Unit, runs, units
from guardrails import RedactedText, join

SHOWN = 450
"""Words of an answer and of what is shown below it."""

_MAIN = 150
"""Words of the first section's rest, so that other sections are shown too."""

_LEAST = 8


def further(body: RedactedText, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return what ``body`` does not show of ``passages``, in their order, at most 450 words in all.

    Each is a run of whole paragraphs, items and code blocks.
    """
    said = _plain(body.reveal())
    room = SHOWN - len(body.reveal().split())
    found: list[Passage] = []
    for at, passage in enumerate(passages):
        rest = _rest(said, passage, min(room, _MAIN) if at == 0 else room)
        if rest is None:
            continue
        text, words = rest
        room -= words
        found.append(replace(passage, chunk=replace(passage.chunk, text=text)))
        if room < _LEAST:
            break
    return tuple(found)


def _rest(said: str, passage: Passage, room: int) -> tuple[RedactedText, int] | None:
    text = passage.chunk.text
    kept: list[Unit] = []
    for unit in units(text.reveal()):
        if _plain(text.reveal()[unit.start : unit.end]) in said:
            continue
        if unit.words > room:
            break
        room -= unit.words
        kept.append(unit)
    while kept and kept[-1].leads:
        kept.pop()
    words = sum(each.words for each in kept)
    if not words:
        return None
    return join("\n\n", [text.cut(*place) for place in runs(text.reveal(), kept)]), words


def _plain(text: str) -> str:
    return " ".join(text.split())

"""Adds the neighbours of the best hit ("small-to-big" retrieval).

The passage that matches a question best often describes the symptoms; what to do comes further down
in the same document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.model import Passage
from assistant.ports import DocumentReader

_MOST = 9
_NEIGHBOUR = 0.97
"""Score of a neighbour relative to the hit that brought it, so that it ranks just behind."""


def around(documents: DocumentReader, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return ``passages`` with the rest of the best one's document, at most nine in all."""
    if not passages:
        return ()
    best = passages[0]
    known = {passage.chunk.id for passage in passages}
    rest = [
        replace(best, chunk=chunk, score=best.score * _NEIGHBOUR, matched_by=("same document",))
        for chunk in documents.chunks_of(best.chunk.document_id)
        if chunk.id not in known
    ]
    near = sorted(rest, key=lambda each: abs(each.chunk.ordinal - best.chunk.ordinal))
    room = _MOST - len(passages)
    return tuple(sorted((*passages, *near[:room]), key=lambda each: -each.score))

"""Reads on from the best hits: the whole sections of their documents, those that answer first.

The passage that matches a question best often describes the symptoms; what to do comes further down
in the same document. So the first documents that were found are read whole, and their sections are
ranked by what is asked. A question of two parts gets the best section for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.model import Passage, Section
from assistant.ports import DocumentReader, SectionRanker
from assistant.search.retrieve import Retrieved
from assistant.search.sections import sections_of
from guardrails import RedactedText

DOCUMENTS = 3
"""Documents that are read whole: the right one is among them for 92 of 100 questions."""

_MOST = 9
_PART_WORDS = 3
_PART = re.compile(
    r"\?+\s+(?:and\s+)?|[,;]?\s+(?:and|then|also)\s+(?=(?:how|what|which|who|where|when|why|is|are|can|"
    r"may|do|does|will|shall|should|then)\b)|,\s+(?=(?:how|what|which|who|where|when|why|may|can)\b)",
    re.IGNORECASE,
)


def read_sections(
    documents: DocumentReader, ranker: SectionRanker, question: RedactedText, found: Retrieved
) -> tuple[Passage, ...]:
    """Return at most nine sections of the documents that were found, best first, as passages.

    Their scores are from 0 to 1, relative to the best.
    """
    sections = list(_sections(documents, found))
    if not sections:
        return ()
    scores = ranker.scores(question, sections)
    order = sorted(range(len(sections)), key=lambda at: (-scores[at], at))
    parts = parts_of(question)
    if len(parts) > 1:
        order = list(dict.fromkeys([*_best_of_each(ranker, parts, sections, scores), *order]))
    top = max(*scores, 1e-9)
    return tuple(sections[at].passage(min(max(scores[at] / top, 0.0), 1.0)) for at in order[:_MOST])


def parts_of(question: RedactedText) -> list[RedactedText]:
    """Return the parts of a question that asks two things, or the question alone."""
    text = question.reveal()
    cuts = [0, *(found.end() for found in _PART.finditer(text)), len(text)]
    parts = [question.cut(start, end) for start, end in pairwise(cuts)]
    if all(len(part.reveal().split()) >= _PART_WORDS for part in parts):
        return parts
    return [question]


def _best_of_each(
    ranker: SectionRanker,
    parts: Sequence[RedactedText],
    sections: Sequence[Section],
    scores: Sequence[float],
) -> list[int]:
    """Return the best section for each part, which must answer the whole question too."""
    best: list[int] = []
    for part in parts[:2]:
        mine = ranker.scores(part, sections)
        best.append(max(range(len(sections)), key=lambda at: mine[at] + scores[at]))
    return sorted(best, key=lambda at: -scores[at])


def _sections(documents: DocumentReader, found: Retrieved) -> list[Section]:
    """Return the sections of the first documents, with what the search says of each."""
    standing: dict[str, float] = {}
    top = max((each.score for each in found.passages), default=0.0) or 1.0
    named: dict[str, Passage] = {}
    for each in found.passages:
        owner = each.chunk.document_id
        standing[owner] = max(standing.get(owner, 0.0), each.score / top)
        named.setdefault(owner, each)
    made: list[Section] = []
    for owner in list(standing)[:DOCUMENTS]:
        first = named[owner]
        for section in sections_of(first.source, first.title, documents.chunks_of(owner)):
            evidence = max(found.evidence.get(key, 0.0) for key in section.chunk_ids)
            made.append(replace(section, evidence=evidence, standing=standing[owner]))
    return made

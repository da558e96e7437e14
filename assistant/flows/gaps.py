"""What the knowledge base could not answer: kept, and shown in groups of like questions.

Questions are alike by the cosine of their vectors. Groups grow bottom-up by average linkage (UPGMA;
Sokal and Michener 1958): two join when their questions are alike on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from assistant.desk import Desk
from assistant.model import Gap, new_id
from assistant.ports import Vectors
from guardrails import RedactedText

KEPT = 1000
"""The newest that are kept of a tenant."""

_ALIKE = 0.6
"""Above it MiniLM's pairs mostly ask the same; two different problems of a product reach .5."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Questions that ask the same, newest first; ``typical`` stands for them."""

    typical: RedactedText
    gaps: tuple[Gap, ...]

    @property
    def last_asked(self) -> datetime:
        """When one of them was last asked."""
        return self.gaps[0].asked_at


def note_gap(desk: Desk, question: RedactedText) -> None:
    """Keep a question that nothing answered."""
    desk.records.gaps.put(Gap(new_id(), datetime.now(UTC), question), KEPT)


def gaps(desk: Desk) -> list[GapGroup]:
    """Return what was asked in vain, most often asked first, then last asked first."""
    kept = desk.records.gaps.list()
    if not kept:
        return []
    vectors = desk.embedder.embed([each.question for each in kept])
    groups = [_group(kept, vectors, members) for members in clusters(vectors, _ALIKE)]
    return sorted(groups, key=lambda each: (len(each.gaps), each.last_asked), reverse=True)


def clusters(vectors: Vectors, alike: float) -> list[list[int]]:
    """Return the rows of ``vectors`` (unit length) in groups, each in ascending order."""
    members = [[at] for at in range(len(vectors))]
    near = vectors @ vectors.T
    np.fill_diagonal(near, -np.inf)
    while True:
        one, two = divmod(int(near.argmax()), len(near))
        if near[one, two] < alike:
            return [sorted(each) for each in members if each]
        sizes = len(members[one]), len(members[two])
        mean = (sizes[0] * near[one] + sizes[1] * near[two]) / sum(sizes)
        near[one] = near[:, one] = mean
        near[two] = near[:, two] = near[one, one] = -np.inf
        members[one] += members[two]
        members[two] = []


def _group(kept: list[Gap], vectors: Vectors, members: list[int]) -> GapGroup:
    centre = vectors[members].mean(axis=0)
    typical = max(members, key=lambda at: float(vectors[at] @ centre))
    return GapGroup(kept[typical].question, tuple(kept[at] for at in members))

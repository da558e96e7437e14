"""What the knowledge base could not answer: kept, and shown in groups of like questions.

Questions are alike by the cosine of their vectors. Groups grow bottom-up by average linkage (UPGMA;
Sokal and Michener 1958): two join when their questions are alike on average.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    vectors = _vectors(desk, kept)
    groups = [_group(kept, vectors, members) for members in clusters(vectors, _ALIKE)]
    return sorted(groups, key=lambda each: (len(each.gaps), each.last_asked), reverse=True)


def clusters(vectors: Vectors, alike: float) -> list[list[int]]:
    """Return the rows of ``vectors`` (unit length) in groups, each in ascending order.

    From any group the chain goes on to the most like one until two are most like each other, and
    these join (Murtagh 1983, "A survey of recent advances in hierarchical clustering algorithms"):
    the groups of average linkage, with a few rows read for each join and not the whole matrix. What
    is like no other at the end of a chain stays as it is: joining others brings none nearer to it.
    """
    near = vectors @ vectors.T
    near = np.maximum(near, near.T)  # to the last bit, or the chain could go round
    np.fill_diagonal(near, -np.inf)
    members = {at: [at] for at in range(len(vectors))}
    left = set(members)
    chain: list[int] = []
    while left:
        if not chain:
            chain.append(min(left))
        last, before = chain[-1], chain[-2] if len(chain) > 1 else None
        best = int(near[last].argmax())
        if before is not None and near[last, before] >= near[last, best]:
            best = before  # of equals the one that it came from, so that the chain ends
        if near[last, best] < alike:
            left.discard(chain.pop())
            near[last] = near[:, last] = -np.inf
        elif best == before:
            del chain[-2:]
            _join(near, members, best, last)
            left.discard(last)
        else:
            chain.append(best)
    return sorted(sorted(each) for each in members.values())


def _join(near: Vectors, members: dict[int, list[int]], one: int, two: int) -> None:
    """Put group ``two`` into ``one``; what a third is like both is the mean over all members."""
    sizes = len(members[one]), len(members[two])
    mean = (sizes[0] * near[one] + sizes[1] * near[two]) / sum(sizes)
    near[one] = near[:, one] = mean
    near[two] = near[:, two] = near[one, one] = -np.inf
    members[one] += members.pop(two)


def _vectors(desk: Desk, kept: Sequence[Gap]) -> Vectors:
    """Return the questions' vectors; those that the desk's embedder has not made yet are kept."""
    model = desk.embedder.name
    known = desk.records.gaps.vectors(model)
    new = [each for each in kept if each.id not in known]
    if new:
        rows = desk.embedder.embed([each.question for each in new])
        made = {each.id: row for each, row in zip(new, rows, strict=True)}
        desk.records.gaps.put_vectors(model, made)
        known = {**known, **made}
    return np.stack([known[each.id] for each in kept])


def _group(kept: list[Gap], vectors: Vectors, members: list[int]) -> GapGroup:
    centre = vectors[members].mean(axis=0)
    typical = max(members, key=lambda at: float(vectors[at] @ centre))
    return GapGroup(kept[typical].question, tuple(kept[at] for at in members))

"""Questions that the knowledge base could not answer, shown in groups of similar questions.

Similarity is the cosine of the questions' vectors. Groups grow bottom-up by average linkage (UPGMA;
Sokal and Michener 1958): two join when their questions are similar on average. While search by
meaning is off, questions of the same words are one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from assistant.desk import Desk
from assistant.model import Gap, new_id
from assistant.ports import Vectors
from assistant.wording import stems
from guardrails import RedactedText
from guardrails.policy import AiFeature

KEPT = 1000
"""The most gaps that are kept of a tenant; older ones are deleted."""

_ALIKE = 0.6
"""Pairs above this cosine mostly ask the same; two problems of one product reach .5."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Questions that ask the same, newest first; ``typical`` represents them."""

    typical: RedactedText
    gaps: tuple[Gap, ...]

    @property
    def last_asked(self) -> datetime:
        """When one of them was last asked."""
        return self.gaps[0].asked_at


def note_gap(desk: Desk, question: RedactedText) -> None:
    """Keep a question without an answer."""
    desk.records.gaps.put(Gap(new_id(), desk.clock(), question), KEPT)


def gaps(desk: Desk) -> list[GapGroup]:
    """Return the unanswered questions in groups: largest first, then most recent first."""
    kept = desk.records.gaps.list()
    if not kept:
        return []
    if not desk.allows(AiFeature.SEARCH):
        return _by_words(kept)
    vectors = _vectors(desk, kept)
    groups = [_group(kept, vectors, members) for members in clusters(vectors, _ALIKE)]
    return sorted(groups, key=lambda each: (len(each.gaps), each.last_asked), reverse=True)


def _by_words(kept: Sequence[Gap]) -> list[GapGroup]:
    """Return the questions in groups of the same content words: nothing is embedded."""
    groups: dict[frozenset[str], list[Gap]] = {}
    for each in kept:
        text = each.question.reveal()
        groups.setdefault(frozenset(stems(text)) or frozenset([text]), []).append(each)
    found = [GapGroup(some[0].question, tuple(some)) for some in groups.values()]
    return sorted(found, key=lambda each: (len(each.gaps), each.last_asked), reverse=True)


def clusters(vectors: Vectors, alike: float) -> list[list[int]]:
    """Return the rows of ``vectors`` (unit length) in groups, each in ascending order.

    Nearest-neighbour chain (Murtagh 1983, "A survey of recent advances in hierarchical clustering
    algorithms"): from any group the chain goes on to the most similar one until two are each
    other's nearest, and these join. The result is that of average linkage, but each join reads a
    few rows and not the whole matrix. A group at the end of a chain that is similar to no other is
    final: joining others brings none nearer to it.
    """
    near = vectors @ vectors.T
    near = np.maximum(near, near.T)  # symmetric to the last bit, or the chain could loop
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
            best = before  # a tie goes to the group before it, so that the chain ends
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
    """Merge group ``two`` into ``one``; a third's similarity is the mean over all members."""
    sizes = len(members[one]), len(members[two])
    mean = (sizes[0] * near[one] + sizes[1] * near[two]) / sum(sizes)
    near[one] = near[:, one] = mean
    near[two] = near[:, two] = near[one, one] = -np.inf
    members[one] += members.pop(two)


def _vectors(desk: Desk, kept: Sequence[Gap]) -> Vectors:
    """Return the questions' vectors; missing ones are made and stored."""
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

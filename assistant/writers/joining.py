"""Sets a model's answer below the quotation that answers, without saying anything twice.

The quotation is there at once, word for word, and stays where it is while the model writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.model import Citation, Passage, Written
from assistant.writers.attribution import Kept
from assistant.writers.sources import Source, Sources
from guardrails import join

_SAME = 0.85
"""The share of a sentence's words from which on a quotation says it already."""


def unsaid(kept: Sequence[Kept], body: str) -> tuple[Kept, ...]:
    """Return those sentences of a model that ``body`` does not say, with what introduces them."""
    said = Sources([Source("", body)], least=_SAME, quoted=False)
    flat = " ".join(body.split())
    new = [
        bool(each.numbers)
        and not (
            each.instead is None
            and (each.piece.words in flat or said.support(each.piece.words).numbers)
        )
        for each in kept
    ]
    leads = [
        each.piece.leads and following
        for each, following in zip(kept, [*new[1:], False], strict=True)
    ]
    left = [each for each, a, b in zip(kept, new, leads, strict=True) if a or b]
    return tuple(
        replace(each, piece=replace(each.piece, gap="")) if at == 0 else each
        for at, each in enumerate(left)
    )


def numbers_beside(citations: Sequence[Citation], passages: Sequence[Passage]) -> Mapping[int, int]:
    """Return by which number each passage (from 1) is cited, where ``citations`` come first."""
    known = {each.chunk_id: each.number for each in citations}
    free = max(known.values(), default=0)
    found: dict[int, int] = {}
    for at, passage in enumerate(passages, 1):
        if passage.chunk.id not in known:
            free += 1
        found[at] = known.get(passage.chunk.id, free)
    return found


def below(quotation: Written, written: Written) -> Written:
    """Return ``written`` by a model with its text below ``quotation``."""
    if not quotation.body:
        return written
    known = {each.number for each in quotation.citations}
    parts = [each for each in (quotation.body, written.body) if each]
    moved = len(quotation.body) + len("\n\n")
    return replace(
        written,
        body=join("\n\n", parts),
        citations=(
            *quotation.citations,
            *(each for each in written.citations if each.number not in known),
        ),
        findings=(
            *quotation.findings,
            *(
                replace(each, start=each.start + moved, end=each.end + moved)
                for each in written.findings
            ),
        ),
        notes=(*quotation.notes, *written.notes),
        brief=quotation.brief,
        highlight=quotation.highlight,
    )

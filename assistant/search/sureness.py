"""Says whether a section is near enough to be shown where the search is not sure of it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.desk import Desk
from assistant.model import Passage
from assistant.search.by_meaning import embeds
from assistant.search.lines import sentences_of, units
from assistant.search.retrieve import Retrieved
from assistant.wording import stems
from guardrails import RedactedText

_LOST, _NEAR = 0.15, 0.36
"""The least confidence of the search, and the least cosine of a sentence with what is asked."""
_SHARED = 0.5
"""The least share of the question's stems in the section, while nothing may be embedded."""
_MOST = 24
"""Sentences of a section that are compared, from its beginning."""


def near_enough(
    desk: Desk, asked: RedactedText, found: Retrieved, passages: Sequence[Passage]
) -> bool:
    """Return whether a sentence of the best passage is near what is asked; False without any."""
    if found.confidence < _LOST or not passages:
        return False
    if not embeds(desk.embedder):
        said = stems(asked.reveal())
        return bool(said) and len(said & _stems_of(passages[0])) >= _SHARED * len(said)
    near = desk.nearness(asked, _sentences(passages[0].chunk.text))
    return max(near, default=0.0) >= _NEAR


def _sentences(text: RedactedText) -> list[RedactedText]:
    plain = text.reveal()
    return [text.cut(*place) for place in sentences_of(plain, units(plain))[:_MOST]]


def _stems_of(passage: Passage) -> set[str]:
    texts = (passage.title, passage.chunk.heading, passage.chunk.text)
    return stems("\n".join(text.reveal() for text in texts))

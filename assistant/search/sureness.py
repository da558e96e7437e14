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

LIKELY = 0.45
"""The least confidence of the search with which its best passage is shown whatever it says."""

_LOST, _NEAR = 0.15, 0.36
"""The least confidence of the search, and the least cosine of a sentence with what is asked. The
cosines of whole chunks, which the index holds, do not tell: .31 to .56 where a sentence is near,
.27 to .44 where none is."""
_MOST, _AT_ONCE = 24, 8
"""Sentences of a section that are compared, from its beginning, and how many before a look."""
_SHARED = 0.5
"""The least share of the question's stems in the section, while nothing may be embedded."""


def near_enough(
    desk: Desk, asked: RedactedText, found: Retrieved, passages: Sequence[Passage]
) -> bool:
    """Return whether a sentence of the best passage is near what is asked; False without any."""
    if is_lost(found) or not passages:
        return False
    if not embeds(desk.embedder):
        words = stems(asked.reveal())
        return bool(words) and len(words & _stems_of(passages[0])) >= _SHARED * len(words)
    said = _sentences(passages[0].chunk.text)
    some = (said[at : at + _AT_ONCE] for at in range(0, len(said), _AT_ONCE))
    return any(max(desk.nearness(asked, each)) >= _NEAR for each in some)


def is_lost(found: Retrieved) -> bool:
    """Return whether the search is so unsure that no sentence is near enough: read no section."""
    return found.confidence < _LOST


def _sentences(text: RedactedText) -> list[RedactedText]:
    plain = text.reveal()
    return [text.cut(*place) for place in sentences_of(plain, units(plain))[:_MOST]]


def _stems_of(passage: Passage) -> set[str]:
    texts = (passage.title, passage.chunk.heading, passage.chunk.text)
    return stems("\n".join(text.reveal() for text in texts))

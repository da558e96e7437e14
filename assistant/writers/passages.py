"""Finds in a passage the words of a question, and the sentence that is closest to it."""

from __future__ import annotations

from assistant.search.blocks import sentences_in
from assistant.wording import overlap, rarity, stem, stems, words


def shared(question: str, text: str) -> tuple[str, ...]:
    """Return the content words of ``question`` that occur in ``text``, in any form."""
    there = stems(text)
    return tuple(dict.fromkeys(word for word in words(question) if stem(word) in there))


def closest(question: str, text: str) -> tuple[int, int] | None:
    """Return start and end of the sentence that shares most with ``question``, or None."""
    asked = stems(question)
    places = list(sentences_in(text))
    weight = rarity(said for said, _, _ in places)
    near = [(overlap(asked, said, weight), -start, end) for said, start, end in places]
    best, start, end = max(near, default=(0.0, 0, 0))
    return (-start, end) if best > 0 else None

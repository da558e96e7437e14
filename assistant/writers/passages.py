"""Finds in a passage the words of a question, and the sentence that is closest to it."""

from __future__ import annotations

from assistant.search.blocks import Block, blocks
from assistant.wording import overlap, rarity, stem, stems, words
from guardrails.sentences import sentences


def shared(question: str, text: str) -> tuple[str, ...]:
    """Return the content words of ``question`` that occur in ``text``, in any form."""
    there = stems(text)
    return tuple(dict.fromkeys(word for word in words(question) if stem(word) in there))


def closest(question: str, text: str) -> tuple[int, int] | None:
    """Return start and end of the sentence that shares most with ``question``, or None."""
    asked = stems(question)
    flat = text.replace("\n", " ")  # prose is wrapped at any word
    places = [
        place
        for each in blocks(text)
        for place in sentences(flat if _is_wrapped(each) else text, each.start, each.end)
    ]
    weight = rarity(text[start:end] for start, end in places)
    near = [(overlap(asked, text[start:end], weight), -start, end) for start, end in places]
    best, start, end = max(near, default=(0.0, 0, 0))
    return (-start, end) if best > 0 else None


def _is_wrapped(block: Block) -> bool:
    return block.kind == "prose"

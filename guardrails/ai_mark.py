"""The mark of what AI wrote: a flag for machines, and the notices that people read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AiMark:
    """Whether AI wrote a text, and the tenant's notices that accompany it, sorted.

    A text that a writer without a model quoted from documents counts: it was made automatically.
    """

    generated: bool
    notices: tuple[str, ...] = ()


BY_HAND = AiMark(generated=False)
"""The mark of a text that a person wrote; it carries no notice."""

"""Placeholders, which replace identity: ``<PERSON_3>``, ``<PERSON>`` or ``<SECRET>``.

A numbered placeholder is one surface form of one entity record of one tenant. An unnumbered one is
a value of a query that the vault does not contain, or a secret, which is destroyed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.spans import EntityType

_NAMES = "|".join(sorted((kind.value for kind in EntityType), key=len, reverse=True))
PATTERN = re.compile(rf"<({_NAMES})(?:_([1-9][0-9]{{0,8}}))?>")
"""Matches exactly the placeholders that Quietdesk writes; the groups are type and number."""

ANY = rf"<(?:{_NAMES})(?:_[1-9][0-9]{{0,8}})?>"
"""The same without groups, to be set into other patterns."""

SHAPE = re.compile(r"<[A-Z]+(?:_[A-Z]+)*(?:_[0-9]+)?>")
"""Anything with the format of a placeholder: also a runbook's ``<NAMESPACE>``, or ``<CLIENT_3>``.

Code that reads text word by word (vectors, BM25, quoting, deduplication) takes these as one word.
The exact pattern would split 206 words in 68 of the 5,085 documents of the retrieval set in another
way, so that their vectors would differ from those in existing indexes.
"""

_LONGEST = max(map(len, EntityType)) + len("<_123456789>")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder; ``number`` is None where nothing can be restored."""

    type: EntityType
    number: int | None = None

    def __str__(self) -> str:
        return f"<{self.type}>" if self.number is None else f"<{self.type}_{self.number}>"


@dataclass(frozen=True, slots=True)
class Found:
    """A placeholder and its place (half open, in code points)."""

    start: int
    end: int
    placeholder: Placeholder


def find(text: str) -> Iterator[Found]:
    """Yield the placeholders of ``text`` in order."""
    for match in PATTERN.finditer(text):
        number = int(match[2]) if match[2] else None
        yield Found(match.start(), match.end(), Placeholder(EntityType(match[1]), number))


def around(text: str, at: int) -> tuple[int, int] | None:
    """Return the placeholder that a cut before character ``at`` would split, None without one."""
    opening = text.rfind("<", max(0, at - _LONGEST), at)
    found = PATTERN.match(text, opening) if opening != -1 else None
    return found.span() if found and found.end() > at else None


def count_by_type(text: str) -> dict[str, int]:
    """Return how many placeholders of each type ``text`` contains, for a ledger row."""
    return dict(sorted(Counter(found.placeholder.type.value for found in find(text)).items()))

"""What a rule is: a pattern, the type of what it finds, and how sure it is.

A pattern marks the identity in it with a group named ``x`` (then only that is masked, the words
around it are context) or, without one, masks all that it matches. Every pattern here starts at a
boundary and bounds its repeats, so that a scan stays linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from guardrails.spans import EntityType, Span

Finder = Callable[[str], list[Span]]
"""A recogniser: text in, spans out, in any order; they may overlap."""

Accept = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern. ``needs`` lists lower-case words, one of which must occur for it to run."""

    name: str
    type: EntityType
    pattern: re.Pattern[str]
    score: float = 0.9
    needs: tuple[str, ...] = ()
    accept: Accept | None = None

    def find(self, text: str, lowered: str) -> Iterable[Span]:
        """Yield what this rule masks in ``text``; ``lowered`` is its lower-case form."""
        if self.needs and not any(word in lowered for word in self.needs):
            return
        group = "x" if "x" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            start, end = match.span(group)
            if start < end and (self.accept is None or self.accept(text[start:end])):
                yield Span(start, end, self.type, self.score, self.name)


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A finder with the name and the types under which Presidio's registry knows it."""

    name: str
    types: tuple[EntityType, ...]
    find: Finder


def run(rules: Sequence[Rule], text: str) -> list[Span]:
    """Return what ``rules`` find in ``text``."""
    lowered = text.lower()
    return [span for rule in rules for span in rule.find(text, lowered)]


def words_before(text: str, at: int, reach: int = 40) -> str:
    """Return up to ``reach`` characters of the same line before ``at``, in lower case."""
    before = text[max(0, at - reach) : at]
    return before[before.rfind("\n") + 1 :].lower()

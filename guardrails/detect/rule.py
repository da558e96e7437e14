"""A detection rule: a pattern, the entity type of its matches, and a score.

A pattern marks the identity in it with a group named ``x`` (then only that is masked, the words
around it are context) or, without one, masks all that it matches. Every pattern here starts at a
boundary and bounds its repeats, so that a scan stays linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from guardrails.detect import tokens
from guardrails.errors import Refused
from guardrails.spans import EntityType, Span

Finder = Callable[[str], list[Span]]
"""A recognizer: text in, spans out, in any order; they may overlap."""

Check = Callable[[str], bool]
"""A further check of a matched value, where a pattern cannot express it."""


class BadTable(Refused):
    """A table of detection cannot be used. Names its file, the entry and the reason."""

    kept_safe = "It was not used on any text."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"{where}: {reason}.", todo="Correct the file, or install Quietdesk again."
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a table; `guardrails.detect.table` reads it and says what each field means."""

    id: str
    type: EntityType
    pattern: str
    score: float
    recognizer: str
    keywords: tuple[str, ...]
    entropy: float
    check: Check | None
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    where: str

    def find(self, text: str, lowered: str) -> Iterable[Span]:
        """Yield what this rule masks in ``text``; ``lowered`` is its lower-case form."""
        if self.keywords and not any(word in lowered for word in self.keywords):
            return
        pattern = compiled(self.where, self.pattern)
        group = "x" if "x" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if start < end and self._accepts(text[start:end]):
                yield Span(start, end, self.type, self.score, self.recognizer)

    def _accepts(self, value: str) -> bool:
        if self.entropy and tokens.entropy(value.rstrip("=")) < self.entropy:
            return False
        return self.check is None or self.check(value)


@cache
def compiled(where: str, pattern: str) -> re.Pattern[str]:
    """Return ``pattern`` compiled, at its first use. `BadTable` names the entry, ``where``."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise BadTable(where, f"the pattern is not a valid regular expression ({error})") from error


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A finder with the name under which Presidio's registry knows it."""

    name: str
    find: Finder


def run(rules: Sequence[Rule], text: str) -> list[Span]:
    """Return what ``rules`` find in ``text``."""
    lowered = text.lower()
    return [span for rule in rules for span in rule.find(text, lowered)]


def replay(rules: Iterable[Rule]) -> None:
    """Compile ``rules`` and try each on its own examples. `BadTable` where an example fails."""
    for rule in rules:
        compiled(rule.where, rule.pattern)
        for example in rule.match:
            if not run([rule], example):
                raise BadTable(rule.where, f"it does not match its example {example!r}")
        for example in rule.no_match:
            if run([rule], example):
                raise BadTable(rule.where, f"it matches {example!r}, which it must not")


def words_before(text: str, at: int, reach: int = 40) -> str:
    """Return up to ``reach`` characters of the same line before ``at``, in lower case."""
    before = text[max(0, at - reach) : at]
    return before[before.rfind("\n") + 1 :].lower()

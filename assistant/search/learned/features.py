"""What the trained ranker knows about a question and each section, without a model.

Shared words, weighted by how rare they are among the sections asked about; the kinds of question,
heading and text; the section's place in its document; and what the search thought of it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.model import PATH, Section
from assistant.search.learned import kinds
from assistant.wording import FILLER, STOP, stem
from guardrails import RedactedText, require_redacted
from guardrails.placeholders import SHAPE
from guardrails.sentences import sentences

_TOKEN = re.compile(SHAPE.pattern + r"|[^\W_]+(?:[-._:/@+#][^\W_]+)*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_EXACT = re.compile(r"\d|_|[a-z][A-Z]|[A-Z]{2}")
_SHORT, _LONG = 25, 350  # words
_K, _B = 1.2, 0.75  # of BM25
_NO_PARTS: tuple[frozenset[str], ...] = (frozenset(),)


@dataclass(frozen=True, slots=True)
class Read:
    """A section as the ranker reads it; ``parts`` are the words of each sentence, ``count`` of all.

    ``text_kinds``, ``heading_kinds`` and ``form`` do not depend on the question.
    """

    words: Mapping[str, int]
    parts: tuple[frozenset[str], ...]
    heading: frozenset[str]
    above: frozenset[str]
    title: frozenset[str]
    count: int
    lower: str
    said: dict[str, float]
    form: dict[str, float]


def read(section: Section) -> Read:
    """Read a section once; the result serves every question."""
    title, heading, text = (
        require_redacted(each).reveal() for each in (section.title, section.heading, section.text)
    )
    path = heading.split(PATH) if heading else []
    words = Counter(stems(text))
    size = len(text.split())
    by_heading = kinds.found(kinds.HEADING, " ".join(path[-2:]), most=1)
    return Read(
        words,
        tuple(frozenset(stems(text[start:end])) for start, end in sentences(text)) or _NO_PARTS,
        frozenset(stems(" ".join(path[-1:]))),
        frozenset(stems(" ".join(path[:-1]))),
        frozenset(stems(title)),
        sum(words.values()),
        text.lower(),
        kinds.found(kinds.TEXT, text) | {f"{name}:": value for name, value in by_heading.items()},
        {
            "length": math.log1p(size),
            "short": float(size < _SHORT),
            "long": float(size > _LONG),
            "links": kinds.links(text),
            "first": float(section.ordinal == 0),
            "without heading": float(not path),
            "depth": float(len(path)),
        },
    )


def features(
    question: RedactedText, sections: Sequence[Section], reads: Sequence[Read]
) -> list[dict[str, float]]:
    """Return the named features of each section; ``reads`` are the sections as `read` sees them."""
    asked = _Asked.of(require_redacted(question).reveal(), reads)
    return [
        asked.shared(each)
        | dict(each.said)
        | each.form
        | {f"{one} + {two}": asked.kinds[one] * each.said[two] for one, two in kinds.PAIRS}
        | {"search": section.evidence, "document": section.standing}
        for section, each in zip(sections, reads, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question's words with their weights among the sections ``read``; the weights add to 1."""

    weights: Mapping[str, float]
    exact: frozenset[str]
    kinds: Mapping[str, float]
    usual: float

    @staticmethod
    def of(question: str, reads: Sequence[Read]) -> _Asked:
        words = [word for word in dict.fromkeys(stems(question)) if word not in _EMPTY]
        seen = Counter(word for each in reads for word in {*each.words, *each.heading, *each.above})
        rare = {
            word: math.log(1 + (len(reads) - seen[word] + 1) / (seen[word] + 0.5))
            for word in words
            if seen[word]
        }
        total = sum(rare.values()) or 1.0
        return _Asked(
            {word: weight / total for word, weight in rare.items()},
            frozenset(token.lower() for token in _TOKEN.findall(question) if _EXACT.search(token)),
            kinds.found(kinds.QUESTION, question, most=1),
            sum(each.count for each in reads) / max(len(reads), 1) or 1.0,
        )

    def shared(self, read: Read) -> dict[str, float]:
        best = max(read.parts, key=self._weight)
        left = {word for word in self.weights if word not in read.title}
        rest = sum(self.weights[word] for word in left) or 1.0
        near = read.words.keys() | read.heading | read.above
        return {
            "words": self._weight(near),
            "words in text": self._weight(read.words.keys()),
            "bm25": self._bm25(read),
            "words in heading": self._weight(read.heading),
            "words above": self._weight(read.above - read.heading),
            "words in title": self._weight(read.title),
            "words in one sentence": self._weight(best),
            "dense sentence": max(
                self._weight(part) / (1 + math.log1p(len(part))) for part in read.parts
            ),
            "words in two sentences": max(
                (self._weight(one | two) for one, two in pairwise(read.parts)),
                default=self._weight(best),
            ),
            "heading asked for": len(self.weights.keys() & read.heading)
            / max(len(read.heading), 1),
            "words beside the title": self._weight(near & left) / rest,
            "exact words": sum(word in read.lower for word in self.exact) / max(len(self.exact), 1),
        }

    def _weight(self, words: Collection[str]) -> float:
        return sum(weight for word, weight in self.weights.items() if word in words)

    def _bm25(self, read: Read) -> float:
        longer = _K * (1 - _B + _B * read.count / self.usual)
        return sum(
            weight * (count * (_K + 1)) / (count + longer)
            for word, weight in self.weights.items()
            if (count := read.words.get(word, 0))
        )


def stems(text: str) -> list[str]:
    """Return the stems of the words of ``text`` in order, compounds whole and in parts."""
    return [word for token in _TOKEN.findall(text) for word in _stems(token)]


@lru_cache(1 << 16)
def _stems(token: str) -> tuple[str, ...]:
    if token.startswith("<"):
        return (token,)
    parts = [part.lower() for part in _PART.findall(token)]
    if not parts[1:]:
        return () if token.lower() in STOP else (stem(token.lower()),)
    return (token.lower(), *(stem(part) for part in parts if part not in STOP and len(part) > 1))


_EMPTY = frozenset(map(stem, FILLER - {"first", "check", "off", "out", "before", "after", "find"}))

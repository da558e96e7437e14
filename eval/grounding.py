"""Judges whether sources support the sentences of a text, by meaning instead of by words.

On purpose it shares nothing with the writers' own attribution (`assistant.writers.agreement`), so
that an error in that is measured and not repeated. A sentence is grounded when its vector is close
to that of a sentence, or of two or three successive ones, in a source that it cites, and when each
of its numbers and each of its code-like words occurs in that source or in what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guardrails import RedactedText
from guardrails.placeholders import SHAPE
from guardrails.sentences import sentences

Embed = Callable[[Sequence[RedactedText]], NDArray[np.float32]]
"""Returns unit vectors, one row for each text."""

CLOSE = 0.6
"""The least cosine: unrelated sentences of one topic are at .3 to .5, paraphrases above .65."""
_TOGETHER = 3
_CITED = re.compile(r"\s*\[(\d{1,2})\]")
_BEHIND = re.compile(r"(?:\s*\[\d{1,2}\])+\s*")
_STEP = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+])\s+", re.MULTILINE)
_EXACT = re.compile(
    SHAPE.pattern + r"|[\w./\\:-]*\d[\w./\\:-]*|\w+(?:[_/\\=]\w+)+|\b[a-z]+[A-Z]\w+"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the numbers that it cites, its cosine, and the words that no source holds."""

    text: str
    cites: tuple[int, ...]
    cosine: float
    strange: tuple[str, ...]

    @property
    def grounded(self) -> bool:
        """Return whether a source that it cites says it."""
        return self.cosine >= CLOSE and not self.strange


def judge(
    body: RedactedText, sources: Mapping[int, RedactedText], embed: Embed, *, asked: str = ""
) -> list[Sentence]:
    """Return a judgement on every cited sentence of ``body``; without citations on every one."""
    places = {number: _places(text) for number, text in sources.items()}
    vectors = {number: embed(texts) for number, texts in places.items() if texts}
    found: list[Sentence] = []
    for text, cites in cited_sentences(body, marked=bool(_CITED.search(body.reveal()))):
        numbers = cites or tuple(sources)
        (vector,) = embed([text])
        near = [float(np.max(vectors[n] @ vector)) for n in numbers if n in vectors]
        known = " ".join([asked, *(sources[n].reveal() for n in numbers if n in sources)]).lower()
        strange = tuple(word for word in _exact(text.reveal()) if word.lower() not in known)
        found.append(Sentence(text.reveal(), cites, max(near, default=0.0), strange))
    return found


def cited_sentences(
    body: RedactedText, *, marked: bool
) -> Iterator[tuple[RedactedText, tuple[int, ...]]]:
    """Yield the sentences with their citations; with ``marked`` only those that have one."""
    text = body.reveal()
    for start, end in _pieces(text):
        cites = tuple(int(each) for each in _CITED.findall(text[start:end]))
        if not marked or cites:
            first = _CITED.search(text, start, end)
            yield body.cut(start, first.start() if first else end), cites


def _pieces(text: str) -> list[tuple[int, int]]:
    """Return the sentences, each with the citations behind its full stop."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(text):
        begin = start
        if found and (behind := _BEHIND.match(text, start, end)):
            begin = behind.end()
            found[-1] = (found[-1][0], begin)
        if step := _STEP.match(text, begin, end):
            begin = step.end()
        if text[begin:end].strip():
            found.append((begin, end))
    return found


def _places(source: RedactedText) -> list[RedactedText]:
    spans = sentences(source.reveal())
    return [
        source.cut(spans[at][0], spans[min(at + more, len(spans) - 1)][1])
        for at in range(len(spans))
        for more in range(_TOGETHER)
    ]


def _exact(text: str) -> list[str]:
    return [each.strip(".:-/") for each in _EXACT.findall(text) if each.strip(".:-/")]

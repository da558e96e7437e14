"""The trained section ranker: words and kinds for every section, late interaction for the best.

``weights/sections.md`` says on what it was trained, how good it is, and where it fails. With
another embedding model than the one it was trained with, it ranks without late interaction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import numpy as np

from assistant.model import Section, last_heading
from assistant.ports import Embedder, TokenEmbedder, Vectors
from assistant.search.by_meaning import embeds
from assistant.search.learned import features, kinds, tokens
from guardrails import RedactedText

_READ_CLOSELY = 6
"""Sections for late interaction, which costs the embedding of each at its first question. On the
answer questions eight, ten or twelve found no more, four lost .014 of the first section."""

_SOFTNESS = 5.0
"""Odds become scores slowly, because readers of scores ask which sections are nearly as good."""

_FIRST = 1.5
"""What a heading that says “first” is worth to a question for the first step. Set by hand: too few
headings of the training questions say it to learn a weight."""

_REMEMBERED = 2_048
_REMEMBERED_VECTORS = 512  # about .1 MB each
_LATE = "late"
_Key = tuple[RedactedText, RedactedText, RedactedText, int]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the named features, without and with late interaction (``late``)."""

    model: str
    by_words: Mapping[str, float]
    closely: Mapping[str, float]
    scales: tokens.Scales


@cache
def weights() -> Weights:
    """Return the trained weights."""
    place = files("assistant.search.learned").joinpath("weights", "sections.json")
    loaded = cast("dict[str, object]", json.loads(place.read_bytes()))
    vectors = (np.asarray(loaded[name], dtype=np.float32) for name in ("dimension", "word"))
    return Weights(
        cast("str", loaded["model"]),
        cast("Mapping[str, float]", loaded["by_words"]),
        cast("Mapping[str, float]", loaded["closely"]),
        tokens.Scales(*vectors),
    )


class TrainedRanker:
    """A `SectionRanker`. It remembers sections of one tenant, so each tenant has its own."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._read: dict[_Key, features.Read] = {}
        self._vectors: dict[_Key, Vectors] = {}

    def scores(self, question: RedactedText, sections: Sequence[Section]) -> list[float]:
        """Return for each section how well it answers, from 0 to 1, the best one's score.

        0.8 means: a third as likely as the best one. The best ones by words come first.
        """
        if not sections:
            return []
        found = [
            score + lift
            for score, lift in zip(
                self._found(question, sections), _lifts(question, sections), strict=True
            )
        ]
        top = max(found)
        return [math.exp((each - top) / _SOFTNESS) for each in found]

    def forget(self) -> None:
        """Drop every section."""
        self._read, self._vectors = {}, {}

    def _found(self, question: RedactedText, sections: Sequence[Section]) -> list[float]:
        known, model = weights(), self._embedder
        rows = features.features(question, sections, self._read_once(sections))
        found = [_sum(known.by_words, row) for row in rows]
        if (
            not embeds(model)
            or not isinstance(model, TokenEmbedder)
            or not model.name.startswith(known.model)
        ):
            return found
        best = sorted(range(len(found)), key=lambda at: -found[at])[:_READ_CLOSELY]
        (asked,) = model.embed_tokens([question])
        near = self._vectors_once(model, [sections[at] for at in best])
        closely = {
            at: _sum(known.closely, {**rows[at], _LATE: tokens.score(known.scales, asked, vectors)})
            for at, vectors in zip(best, near, strict=True)
        }
        lift = min(closely.values()) - max(found)
        return [closely.get(at, score + lift) for at, score in enumerate(found)]

    def _read_once(self, sections: Sequence[Section]) -> list[features.Read]:
        old = self._read
        new = {_key(each): features.read(each) for each in sections if _key(each) not in old}
        found = [new.get(_key(each)) or old[_key(each)] for each in sections]
        # A new dictionary, because another thread may be reading the old one.
        self._read = {**old, **new} if len(old) + len(new) <= _REMEMBERED else new
        return found

    def _vectors_once(self, model: TokenEmbedder, sections: Sequence[Section]) -> list[Vectors]:
        old = self._vectors
        missing = {_key(each): each for each in sections if _key(each) not in old}
        read = tokens.read(model, weights().scales, list(missing.values()))
        new = dict(zip(missing, read, strict=True))
        found = [new[_key(each)] if _key(each) in new else old[_key(each)] for each in sections]
        self._vectors = {**old, **new} if len(old) + len(new) <= _REMEMBERED_VECTORS else new
        return found


def _key(section: Section) -> _Key:
    """What is read of a section; `found` and the like differ from question to question."""
    return section.title, section.heading, section.text, section.ordinal


def _lifts(question: RedactedText, sections: Sequence[Section]) -> list[float]:
    """Return what is added for each section that says what to do first, if that is asked."""
    if not kinds.QUESTION["first"].search(question.reveal()):
        return [0.0] * len(sections)
    names = (last_heading(each.heading).reveal() for each in sections)
    return [_FIRST if kinds.FIRST.search(name) else 0.0 for name in names]


def _sum(known: Mapping[str, float], row: Mapping[str, float]) -> float:
    return sum(weight * row[name] for name, weight in known.items())

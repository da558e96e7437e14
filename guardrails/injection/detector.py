"""Prompt injections in text from outside: direct ones, and those hidden in mails and articles.

Two logistic regressions over MiniLM's sentence vectors and hashed word n-grams: one reads a block
of up to 1,200 characters, the other each sentence of it. The features of a sentence include its
distance from the rest (an injection into a mail has another subject) and the patterns that it
matches. A block is suspicious when the mean of its own score and its worst sentence's is high, or
that sentence's score alone. The spans are the worst sentence, and others above the threshold.

``weights/injection.md`` says on what this was trained, how good it is, and where it fails. A
finding is shown to a person, and its sentence is kept from the writer; it is never a proof.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from guardrails.sentences import at_every_stop
from guardrails.text import RedactedText, require_redacted

Floats = NDArray[np.float32]
Embed = Callable[[Sequence[RedactedText]], Floats]
"""Redacted texts to unit vectors of all-MiniLM-L6-v2, shape ``(len(texts), 384)``."""

BUCKETS = 4096
_BLOCK = 1_200
_WORDS = 400
_STEM = 4  # letters: a crude stem
_NOTHING = 1e-6  # length of a sum of vectors without any other sentence
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_REMEMBERED = 4_096
_SHORT_STEP = 5  # words and signs, the full stop among them
_ASSISTANT = (
    r"(?:AIs?|(?:AI|support|virtual|automated|digital|IT)\ (?:agents?|assistants?)|assistants?|bot"
    r"|chat\ ?bot|(?:large\ )?language\ models?|LLMs?|automated\ (?:\w+\ )?systems?)"
)
_CUES = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        r"""\b(?:ignor|disregard|forget|overrid|bypass|drop|skip)\w*\b[^.!?\n]{0,24}
        \b(?:your|all|any|every|previous|prior|above|earlier|preceding|other)\b[^.!?\n]{0,24}
        \b(?:instructions?|rules?|orders?|guidelines?|prompts?|tasks?|policy|policies|everything
        |directions?|restrictions?)\b""",
        rf"""^\W*(?:system\ (?:message|note|prompt)|{_ASSISTANT})\b[^.!?\n]{{0,40}}[:,]
        |\b(?:note|message|instructions?|attention|orders?)\b[^.!?\n]{{0,16}}
        \b(?:to|for)\b[^.!?\n]{{0,16}}\b{_ASSISTANT}\b""",
        r"""\b(?:in|to|with|into|of|from)\ (?:your|the|every|each|any)\ (?:(?:next|final|own)\ )?
        (?:reply|replies|response|responses|answers?|summary|output)\b""",
        r"""\b(?:you\ are|act\ as|pretend|from\ now\ on|system\ prompt
        |your\ (?:(?:hidden|initial)\ )?(?:prompt|instructions|rules)
        |reveal|jailbreak|developer\ mode)\b""",
    )
)


@dataclass(frozen=True, slots=True)
class SuspiciousSpan:
    """Characters ``start`` to ``end`` of a redacted text that read like a prompt injection."""

    start: int
    end: int


FindSuspects = Callable[[Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]]
"""Redacted texts to, for each of them, its suspicious spans."""


class RememberedSuspects:
    """Caches ``find`` for each text. It keeps redacted texts, so each tenant has its own."""

    def __init__(self, find: FindSuspects) -> None:
        self._find = find
        self._read: dict[RedactedText, tuple[SuspiciousSpan, ...]] = {}

    def __call__(self, texts: Sequence[RedactedText]) -> list[tuple[SuspiciousSpan, ...]]:
        """Return, for each text, its suspicious spans; texts read before come from the cache."""
        read = self._read
        new = [text for text in dict.fromkeys(map(require_redacted, texts)) if text not in read]
        fresh = dict(zip(new, self._find(new) if new else [], strict=True))
        found = [fresh[text] if text in fresh else read[text] for text in texts]
        # A new dictionary, because another thread may be reading the old one.
        self._read = {**read, **fresh} if len(read) + len(fresh) <= _REMEMBERED else fresh
        return found

    def forget(self) -> None:
        """Drop every text."""
        self._read = {}


class InjectionDetector:
    """Finds prompt injections with the vectors of ``embed``."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def find(self, text: RedactedText) -> tuple[SuspiciousSpan, ...]:
        """Return the suspicious sentences of ``text``, in order."""
        return self.find_many([text])[0]

    def find_many(self, texts: Sequence[RedactedText]) -> list[tuple[SuspiciousSpan, ...]]:
        """Return, for each text, its suspicious sentences; all are classified in one batch.

        Blocks and sentences are embedded separately: in one batch, each sentence would cost as
        much as the longest block.
        """
        places = [blocks(require_redacted(text).reveal()) for text in texts]
        flat = [(text, block) for text, mine in zip(texts, places, strict=True) for block in mine]
        wholes = [text.cut(block[0][0], block[-1][1]) for text, block in flat]
        parts = [[text.cut(*place) for place in block] for text, block in flat]
        if not flat:
            return [() for _ in texts]
        of_wholes = self._embed(wholes)
        of_parts = iter(self._embed([each for some in parts for each in some]))
        found = iter(
            tuple(_judge(block, whole, some, np.stack([vector, *islice(of_parts, len(some))])))
            for (_, block), whole, some, vector in zip(flat, wholes, parts, of_wholes, strict=True)
        )
        return [tuple(each for _ in mine for each in next(found)) for mine in places]


@dataclass(frozen=True, slots=True)
class Weights:
    """The two regressions and the thresholds of their scores (log-odds)."""

    block: Floats
    part: Floats
    block_bias: float
    part_bias: float
    both_over: float
    part_over: float


@cache
def weights() -> Weights:
    """Return the trained weights."""
    loaded = json.loads(
        files("guardrails.injection").joinpath("weights", "injection.json").read_bytes()
    )
    for name in ("block", "part"):
        loaded[name] = np.asarray(loaded[name], dtype=np.float32)
    return Weights(**loaded)


def blocks(text: str) -> list[list[tuple[int, int]]]:
    """Return the sentences of ``text`` as places, in runs of about 1,200 characters."""
    found: list[list[tuple[int, int]]] = []
    for start, end in at_every_stop(text):
        if found and end - found[-1][0][0] <= _BLOCK:
            found[-1].append((start, end))
        else:
            found.append([(start, end)])
    return found


def features(whole: str, parts: Sequence[str], vectors: Floats) -> tuple[Floats, Floats]:
    """Return the row of a block and the rows of its sentences; the block's vector comes first."""
    sums = vectors[1:].sum(axis=0)
    size = np.float32((min(len(parts), 6) - 1) / 5)
    alone = np.float32(len(parts) == 1)
    row = np.concatenate([vectors[0], hashed(whole), [size, alone]])
    rows = [
        np.concatenate([vector, hashed(part), [size, alone], _marks(part, vector, sums - vector)])
        for part, vector in zip(parts, vectors[1:], strict=True)
    ]
    return row.astype(np.float32), np.stack(rows).astype(np.float32)


def hashed(text: str) -> Floats:
    """Return the words, pairs, gapped pairs and beginnings of words of ``text`` as a unit vector.

    A unit in each of `BUCKETS` numbers that one of them falls on, then divided by the root of how
    many there are.
    """
    words = [
        each.lower() if each.isalpha() else "0" if each.isdigit() else each
        for each in _TOKEN.findall(text)
    ][:_WORDS]
    line = ["^", *words, "$"]
    grams = {
        *words,
        *(f"{one} {two}" for one, two in pairwise(line)),
        *(f"{one} _ {two}" for one, two in zip(line, line[2:], strict=False)),
        *(f"#{word[:_STEM]}" for word in words if len(word) >= _STEM),
    }
    row = np.zeros(BUCKETS, dtype=np.float32)
    for bucket, count in Counter(zlib.crc32(gram.encode()) % BUCKETS for gram in grams).items():
        row[bucket] = count
    return row / np.float32(max(len(grams), 1) ** 0.5)


def _judge(
    block: Sequence[tuple[int, int]],
    whole: RedactedText,
    parts: Sequence[RedactedText],
    vectors: Floats,
) -> Iterator[SuspiciousSpan]:
    known = weights()
    by_block, by_part = features(whole.reveal(), [each.reveal() for each in parts], vectors)
    scores = by_part @ known.part + known.part_bias
    worst = float(scores.max())
    both = (float(by_block @ known.block) + known.block_bias + worst) / 2
    if both > known.both_over or worst > known.part_over:
        bar = min(known.part_over, worst)
        yield from (
            SuspiciousSpan(*at)
            for at, part, score in zip(block, parts, scores, strict=True)
            if score >= bar and not _is_a_short_step(part.reveal())
        )


def _is_a_short_step(part: str) -> bool:
    """``Ring the user.``: too short to be a prompt injection by its style alone."""
    words = _TOKEN.findall(part)
    return len(words) <= _SHORT_STEP and not any(cue.search(part) for cue in _CUES)


def _marks(part: str, vector: Floats, others: Floats) -> list[float]:
    """Return a sentence's distance from the others, and which patterns it matches."""
    length = float(np.linalg.norm(others))
    odd = 1 - float(vector @ others) / length if length > _NOTHING else 0.0
    return [odd, *(float(bool(cue.search(part))) for cue in _CUES)]

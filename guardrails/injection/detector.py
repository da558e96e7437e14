"""Prompt injections in text from outside: direct ones, and those hidden in mails and articles.

Three logistic regressions, each read only where the one before is not sure that a text is honest:

1. the words of a sentence (hashed n-grams and patterns), for every sentence;
2. the same with MiniLM's vector of the sentence, for about one in six;
3. words and vector of the block that the sentence stands in, and how far the sentence is from it,
   for about one block in six.

A sentence is suspicious when its last score is high, and `SuspiciousSpan.sure` when it is so high
that honest text hardly ever reaches it. ``weights/injection.md`` says on what this was trained, how
good it is, and where it fails. A finding is never a proof.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from guardrails.placeholders import SHAPE
from guardrails.sentences import at_every_stop
from guardrails.text import RedactedText, require_redacted

Floats = NDArray[np.float32]
Embed = Callable[[Sequence[RedactedText]], Floats]
"""Redacted texts to unit vectors of all-MiniLM-L6-v2, shape ``(len(texts), 384)``."""

BUCKETS = 4096
BEGINNING = 600
"""Characters of a block that its vector is made of."""
_BLOCK = 1_200
_WORDS = 400
_STEM = 4  # letters: a crude stem
_WRAPPED = 50  # characters of a line that was ended by its width, not by its author
_LONGEST = 600
_FEW = 4
_ALONE = 20  # characters around a sentence that are no context
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")
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
    """Characters ``start`` to ``end`` of a redacted text that read like a prompt injection.

    One that is ``sure`` is hardly ever honest.
    """

    start: int
    end: int
    sure: bool = False


FindSuspects = Callable[[Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]]
"""Redacted texts to, for each of them, its suspicious spans."""


class RememberedSuspects:
    """Caches what ``make()`` finds in each text. It keeps redacted texts: one for each tenant."""

    def __init__(self, make: Callable[[], FindSuspects]) -> None:
        self._make = make
        self._find = make()
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
        """Drop every text, and what the finder keeps of them."""
        self._read = {}
        self._find = self._make()


@dataclass(frozen=True, slots=True)
class Block:
    """A run of sentences of one text: ``places`` in it, and ``few`` if the text has hardly more."""

    text: RedactedText
    places: tuple[tuple[int, int], ...]
    few: bool

    @property
    def span(self) -> tuple[int, int]:
        """Where the block starts and ends."""
        return self.places[0][0], self.places[-1][1]

    @property
    def whole(self) -> RedactedText:
        """The text of the block."""
        return self.text.cut(*self.span)

    @property
    def beginning(self) -> RedactedText:
        """The part of the block that its vector is made of."""
        start, end = self.span
        return self.text.cut(start, min(end, start + BEGINNING))

    def alone(self, place: tuple[int, int]) -> bool:
        """Return whether next to nothing stands around a sentence."""
        start, end = self.span
        return (place[0] - start) + (end - place[1]) < _ALONE


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence whose words do not show that it is honest."""

    block: int
    place: tuple[int, int]
    text: RedactedText


class InjectionDetector:
    """Finds prompt injections with the vectors of ``embed``; a repeated sentence is embedded once.

    It keeps vectors of sentences, so each tenant has its own.
    """

    def __init__(self, embed: Embed) -> None:
        self._vectors = _Vectors(embed)

    def find(self, text: RedactedText) -> tuple[SuspiciousSpan, ...]:
        """Return the suspicious sentences of ``text``, in order."""
        return self.find_many([text])[0]

    def find_many(self, texts: Sequence[RedactedText]) -> list[tuple[SuspiciousSpan, ...]]:
        """Return, for each text, its suspicious sentences; all are embedded in two batches."""
        places = [blocks(require_redacted(text)) for text in texts]
        flat = [block for mine in places for block in mine]
        found = self._judge(flat)
        spans = iter(found.get(at, ()) for at in range(len(flat)))
        return [tuple(each for _ in mine for each in next(spans)) for mine in places]

    def _judge(self, flat: Sequence[Block]) -> dict[int, list[SuspiciousSpan]]:
        known = weights()
        candidates = [
            _Candidate(at, place, sentence)
            for at, block in enumerate(flat)
            for place, sentence in _sentences(block)
            if known.words_of(sentence.reveal()) > known.words_over
            and not _is_a_short_step(sentence.reveal())
        ]
        scored = self._sentences_scored(flat, candidates)
        read = {each.block for each, score, _ in scored if score > known.sentence_over}
        wholes = dict(zip(read, self._vectors([flat[at].beginning for at in read]), strict=True))
        blocks_scored = {at: known.block_of(flat[at], vector) for at, vector in wholes.items()}
        found: dict[int, list[SuspiciousSpan]] = {}
        for each, score, vector in scored:
            if each.block in read and score > known.sentence_over:
                last = known.last(score, blocks_scored[each.block], odd(vector, wholes[each.block]))
                if last > known.suspicious_over:
                    span = SuspiciousSpan(*each.place, last > known.sure_over)
                    found.setdefault(each.block, []).append(span)
        return found

    def _sentences_scored(
        self, flat: Sequence[Block], candidates: Sequence[_Candidate]
    ) -> list[tuple[_Candidate, float, Floats]]:
        known = weights()
        vectors = self._vectors([each.text for each in candidates])
        return [
            (each, known.sentence_of(flat[each.block], each.place, each.text, vector), vector)
            for each, vector in zip(candidates, vectors, strict=True)
        ]


class _Vectors:
    """Vectors of texts, each made once while there is room for it."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._known: dict[RedactedText, Floats] = {}

    def __call__(self, texts: Sequence[RedactedText]) -> list[Floats]:
        known = self._known
        new = [text for text in dict.fromkeys(texts) if text not in known]
        fresh = dict(zip(new, self._embed(new) if new else (), strict=True))
        found = [fresh[text] if text in fresh else known[text] for text in texts]
        # A new dictionary, because another thread may be reading the old one.
        self._known = {**known, **fresh} if len(known) + len(fresh) <= _REMEMBERED else fresh
        return found


@dataclass(frozen=True, slots=True)
class Linear:
    """One regression: weights of a vector, of the buckets of words, and of other features."""

    vector: Floats
    buckets: Floats
    others: Floats
    bias: float

    def score(self, text: str, others: Iterable[float], vector: Floats | None = None) -> float:
        """Return the log-odds of a text."""
        places, share = words_in(text)
        of_words = float(self.buckets[places].sum()) * share
        of_vector = 0.0 if vector is None else float(vector @ self.vector)
        return of_words + of_vector + float(np.dot(self.others, tuple(others))) + self.bias


@dataclass(frozen=True, slots=True)
class Weights:
    """The three regressions, how their scores are added, and the thresholds (log-odds)."""

    words: Linear
    sentence: Linear
    block: Linear
    block_share: float
    odd_share: float
    words_over: float
    sentence_over: float
    suspicious_over: float
    sure_over: float

    def words_of(self, sentence: str) -> float:
        """Return the score of a sentence by its words alone."""
        return self.words.score(sentence, cues_in(sentence))

    def sentence_of(
        self, block: Block, place: tuple[int, int], sentence: RedactedText, vector: Floats
    ) -> float:
        """Return the score of a sentence by its words, its vector, and whether it is alone."""
        said = sentence.reveal()
        return self.sentence.score(said, sentence_features(block, place, said), vector)

    def block_of(self, block: Block, vector: Floats) -> float:
        """Return the score of a block."""
        return self.block.score(block.beginning.reveal(), block_features(block), vector)

    def last(self, sentence: float, block: float, oddity: float) -> float:
        """Return the score that is compared with the thresholds."""
        return sentence + self.block_share * block + self.odd_share * oddity


@cache
def weights() -> Weights:
    """Return the trained weights."""
    loaded = json.loads(
        files("guardrails.injection").joinpath("weights", "injection.json").read_bytes()
    )
    for name in ("words", "sentence", "block"):
        one = loaded[name]
        loaded[name] = Linear(
            np.asarray(one["vector"], dtype=np.float32),
            np.asarray(one["buckets"], dtype=np.float32),
            np.asarray(one["others"], dtype=np.float32),
            one["bias"],
        )
    return Weights(**loaded)


def blocks(text: RedactedText) -> list[Block]:
    """Return the sentences of ``text`` in runs of about 1,200 characters."""
    places = sentences_of(text.reveal())
    runs: list[list[tuple[int, int]]] = []
    for start, end in places:
        if runs and end - runs[-1][0][0] <= _BLOCK:
            runs[-1].append((start, end))
        else:
            runs.append([(start, end)])
    return [Block(text, tuple(run), len(places) <= _FEW) for run in runs]


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return the places of the sentences that are judged: a line that was wrapped is no end."""
    found: list[tuple[int, int]] = []
    for start, end in at_every_stop(text):
        if found and _goes_on(text, *found[-1], start) and end - found[-1][0] <= _LONGEST:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def sentence_features(block: Block, place: tuple[int, int], sentence: str) -> list[float]:
    """Return what is known of a sentence beside its words and its vector."""
    return [*cues_in(sentence), float(block.alone(place)), float(block.few)]


def block_features(block: Block) -> list[float]:
    """Return what is known of a block beside its words and its vector."""
    count = len(block.places)
    return [(min(count, 6) - 1) / 5, float(count == 1)]


def cues_in(sentence: str) -> list[float]:
    """Return which patterns a sentence matches."""
    return [float(bool(cue.search(sentence))) for cue in _CUES]


def odd(vector: Floats, whole: Floats) -> float:
    """Return how far a sentence is from the block that it stands in, 0 to 2."""
    return 1 - float(vector @ whole)


def words_in(text: str) -> tuple[list[int], float]:
    """Return the buckets of the words, pairs, gapped pairs and beginnings of words of ``text``.

    Each bucket counts with the share that is returned too: one by the root of how many there are.
    """
    spoken = SHAPE.sub(lambda found: found[0].strip("<>_0123456789").replace("_", " "), text)
    words = [
        each.lower() if each.isalpha() else "0" if each.isdigit() else each
        for each in _TOKEN.findall(spoken)
    ][:_WORDS]
    line = ["^", *words, "$"]
    grams = {
        *words,
        *(f"{one} {two}" for one, two in pairwise(line)),
        *(f"{one} _ {two}" for one, two in zip(line, line[2:], strict=False)),
        *(f"#{word[:_STEM]}" for word in words if len(word) >= _STEM),
    }
    return [zlib.crc32(gram.encode()) % BUCKETS for gram in grams], max(len(grams), 1) ** -0.5


def _sentences(block: Block) -> Iterator[tuple[tuple[int, int], RedactedText]]:
    yield from ((place, block.text.cut(*place)) for place in block.places)


def _goes_on(text: str, start: int, end: int, following: int) -> bool:
    """Return whether a line was ended by its width: it is long, without a stop, and goes on."""
    line = max(text.rfind("\n", 0, end) + 1, start)
    return (
        end - line >= _WRAPPED
        and text[end - 1] not in ".!?:;"
        and text[following].islower()
        and _LINE_END.fullmatch(text, end, following) is not None
    )


def _is_a_short_step(part: str) -> bool:
    """``Ring the user.``: too short to be a prompt injection by its style alone."""
    words = _TOKEN.findall(part)
    return len(words) <= _SHORT_STEP and not any(cue.search(part) for cue in _CUES)

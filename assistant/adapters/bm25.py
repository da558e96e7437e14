"""Exact words: BM25 in memory over redacted chunks, never written to disk.

BM25 as in Lucene (Kamphuis et al. 2020, "Which BM25 do you mean?"), by `bm25s`. IT text is full
of names that a prose tokeniser splits or drops, so a word such as ``kube-proxy``,
``NodeNotReady``, ``4.1.1.2`` or ``0x80070005`` counts as a whole and by its parts, and a
placeholder is one word: ``<PERSON_3>`` matches ``<PERSON_3>`` alone.

A question “NodeClockNotSynchronising fires” or “node clock not synchronising” means the runbook of
that title, not one that mentions it in a short line. So each title is also indexed as one long
word, and adjacent words of a question that spell a title match it, with a weight of two.

A score is a share of the upper bound for its question: 1 would be a chunk that repeats every word
of it without end. So scores of different questions compare, which abstention needs, and a word that
occurs nowhere in the library lowers the share as a rare word should.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from threading import Lock
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from assistant.model import Chunk
from assistant.ports import DocumentStore, Hit
from assistant.wording import STOP, stem
from guardrails import RedactedText, require_redacted
from guardrails.placeholders import SHAPE

K1, B = 1.2, 0.75
"""Lucene's defaults."""

_TITLE_WEIGHT = 2
"""A title's words count twice: +.007 nDCG@10 over once on the development half of the test set."""

_PIECES = (2, 12)
"""Number of words of a title that is matched as a name: fewer name nothing, more are not typed."""

_NAMED = 2
"""The weight of a title that a question spells. Of 297 alerts of k8s-runbooks with a runbook of the
name, “How do I mitigate NAME?” found it first for .966 at 0, .983 at 1 and .993 at 2, and the name
spelt out for .912, .980 and .990. On the test set's development half only 3 questions spell one."""

_TOKEN = re.compile(SHAPE.pattern + r"|[^\W_]+(?:[-._:/@+#][^\W_]+)*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_LONGEST = 64
Bag: TypeAlias = "array[int]"
"""The words of a chunk by their numbers, each as often as it occurs."""


class Vocabulary(dict[str, tuple[int, ...]]):
    """The numbers of the words of each known token; `numbers` has those of single words.

    A token is split once, however often it occurs in a library: a hundred thousand chunks hold
    millions of tokens and some hundred thousand different ones.
    """

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, int] = {}

    def __missing__(self, token: str) -> tuple[int, ...]:
        found = tuple(self.numbers.setdefault(word, len(self.numbers)) for word in _words(token))
        if len(token) <= _LONGEST:  # longer ones are kept whole: they are keys, dumps and the like
            self[token] = found
        return found

    def bag(self, texts: Sequence[str], title: str = "") -> Bag:
        """Return the numbers of all words of ``texts``, and of ``title`` as one."""
        tokens = chain.from_iterable(map(_TOKEN.findall, texts))
        bag = array("i", chain.from_iterable(map(self.__getitem__, tokens)))
        name = name_of(title)
        if name is not None:
            bag.append(self.numbers.setdefault(name, len(self.numbers)))
        return bag


class Bm25Index:
    """A `LexicalIndex` over ``bags``, which maps a chunk's id to the numbers of its words."""

    def __init__(self, bags: Mapping[str, Bag], vocabulary: Vocabulary) -> None:
        self._ids = list(bags)
        self._bm25 = _build(list(bags.values()), vocabulary) if any(bags.values()) else None

    def search(self, query: RedactedText, limit: int) -> list[Hit]:
        """Return the best chunks, best first; nothing when no word matches."""
        if self._bm25 is None or limit < 1:
            return []
        text = require_redacted(query).reveal()
        words = list(dict.fromkeys(tokenize(text)))
        if not words:
            return []
        scores = self._shares([*words, *_NAMED * self._held(names_in(text))])
        return [Hit(self._ids[at], float(scores[at])) for at in _top(scores, limit)]

    def _held(self, names: Iterable[str]) -> list[str]:
        """Return the names that occur in the index; others must not lower a question's scores."""
        bm25 = cast("Any", self._bm25)
        vocabulary = cast("dict[str, int]", bm25.vocab_dict)
        starts = cast("NDArray[np.int64]", bm25.scores["indptr"])
        numbers = {name: vocabulary[name] for name in names if name in vocabulary}
        return [name for name, at in numbers.items() if starts[at + 1] > starts[at]]

    def _shares(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Score every chunk: its BM25 sum over the sum of the words' idf, which bounds it."""
        bm25 = cast("Any", self._bm25)
        known = cast("list[int]", bm25.get_tokens_ids(words))
        if not known:
            return np.zeros(len(self._ids), dtype=np.float32)
        count = len(self._ids)
        starts = cast("NDArray[np.int64]", bm25.scores["indptr"])
        frequencies = [int(starts[word + 1] - starts[word]) for word in known]
        unknown = [0] * (len(words) - len(known))
        bound = sum(_idf(frequency, count) for frequency in (*frequencies, *unknown))
        return cast("NDArray[np.float32]", bm25.get_scores_from_ids(known)) / np.float32(bound)


class Bm25Library:
    """Keeps one tenant's `Bm25Index` in step with the records; calling it returns the index.

    A chunk never changes under its id, so its words are kept: after one new document among ten
    thousand chunks, only the new chunks are opened and tokenised.
    """

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents
        self._lock = Lock()
        self._bags: dict[str, Bag] = {}
        self._vocabulary = Vocabulary()
        self._version: int | None = None
        self._index = Bm25Index({}, self._vocabulary)

    def __call__(self) -> Bm25Index:
        """Return an index of the chunks in the records."""
        with self._lock:
            version = self._documents.version()
            if version != self._version:
                self._refresh()
                self._version = version
            return self._index

    def drop_forgotten(self) -> None:
        """Drop the words of chunks that are no longer in the records."""
        with self._lock:
            built = self._version is not None
        if built:
            self()

    def _refresh(self) -> None:
        held = self._documents.chunk_ids()
        missing = sorted(held - self._bags.keys())
        titles = {each.id: each.title for each in self._documents.documents()} if missing else {}
        kept = {key: bag for key, bag in self._bags.items() if key in held}
        if len(kept) < len(self._bags):
            kept, self._vocabulary = _compacted(kept, self._vocabulary)
        chunks = self._documents.chunks(missing if kept else None) if missing else []
        self._bags = kept | {chunk.id: self._bag(chunk, titles) for chunk in chunks}
        self._index = Bm25Index(self._bags, self._vocabulary)

    def _bag(self, chunk: Chunk, titles: Mapping[str, RedactedText]) -> Bag:
        """Return the words of ``chunk``, with those of its document's title and its heading."""
        title = titles.get(chunk.document_id)
        texts = (*([title] * _TITLE_WEIGHT if title else ()), chunk.heading, chunk.text)
        plain = [require_redacted(text).reveal() for text in texts]
        return self._vocabulary.bag(plain, plain[0] if title else "")


def _compacted(
    bags: Mapping[str, Bag], vocabulary: Vocabulary
) -> tuple[dict[str, Bag], Vocabulary]:
    """Return ``bags`` and a vocabulary without words that occur in none of them."""
    used = np.zeros(len(vocabulary.numbers), dtype=bool)
    for bag in bags.values():
        used[np.asarray(bag, dtype=np.int32)] = True
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    fresh = Vocabulary()
    numbers = vocabulary.numbers.items()
    fresh.numbers.update((word, int(renumbered[at])) for word, at in numbers if used[at])
    return {key: _renumbered(bag, renumbered) for key, bag in bags.items()}, fresh


def _renumbered(bag: Bag, numbers: NDArray[np.int32]) -> Bag:
    return array("i", numbers[np.asarray(bag, dtype=np.int32)].tobytes())


def tokenize(text: str) -> list[str]:
    """Return the words of ``text`` in order: stemmed, lower case, compounds whole and in parts."""
    return [word for found in _TOKEN.finditer(text) for word in _words(found[0])]


def name_of(title: str) -> str | None:
    """Return ``title`` as one word, or None when it is too short or too long for a name."""
    if SHAPE.search(title):
        return None
    pieces = _PART.findall(title)
    return _name(pieces) if _PIECES[0] <= len(pieces) <= _PIECES[1] else None


def names_in(text: str) -> Iterator[str]:
    """Yield every name that adjacent words of ``text`` spell."""
    for stretch in SHAPE.split(text):
        pieces = _PART.findall(stretch)
        for start in range(len(pieces)):
            for end in range(start + _PIECES[0], min(start + _PIECES[1], len(pieces)) + 1):
                yield _name(pieces[start:end])


def _name(pieces: Sequence[str]) -> str:
    return "=" + "".join(pieces).lower()  # no token begins so


def _words(token: str) -> tuple[str, ...]:
    if token.startswith("<"):
        return (token,)
    whole = token[:_LONGEST].lower()
    parts = [part.lower() for part in _PART.findall(token)]
    if parts == [whole]:
        return () if whole in STOP else (stem(whole),)
    return (whole, *(stem(part) for part in parts if part not in STOP and len(part) > 1))


def _idf(frequency: int, count: int) -> float:
    """Lucene's inverse document frequency, as `bm25s` computes it."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def _build(bags: Sequence[Bag], vocabulary: Vocabulary) -> object:
    from assistant.adapters.bm25_columns import Bm25  # here: half a second, for scipy

    bm25 = Bm25(k1=K1, b=B, method="lucene")
    bm25.index((bags, dict(vocabulary.numbers)), create_empty_token=False, show_progress=False)
    return bm25


def _top(scores: NDArray[np.float32], limit: int) -> list[int]:
    matching = np.flatnonzero(scores > 0)
    if len(matching) > limit:
        matching = matching[np.argpartition(-scores[matching], limit - 1)[:limit]]
    order = np.lexsort((matching, -scores[matching]))  # ties by position: the same answer each time
    return [int(at) for at in matching[order]]

"""Words, their stems and their rarity, shared by retrieval and the extractive writer."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from threading import local
from typing import Any, Protocol, cast

import Stemmer

from guardrails.placeholders import SHAPE

Weight = Callable[[str], float]
"""The weight of a stem."""

STOP = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how i if in is "
    "it its me my not of on or our so than that the their them then there these they this to was "
    "we were what when where which who why will with would you your "
    "s t d ll ve re m don doesn isn".split()
)
"""Stop words of BM25: grammar only, because other words may be what a question is about."""

FILLER = STOP | frozenset(
    "about after all also am any before cannot doing down get got he hello her here hi him his "
    "into just know let more need no now off once only out over own please regards same she should "
    "some such thank thanks those too try under until up us use very want while "
    "first check fire happen issue problem error help work tell find thing".split()
)
"""Stop words for choosing sentences: also the words that every ticket contains."""

_WORD = re.compile(SHAPE.pattern + r"|[A-Za-z0-9][A-Za-z0-9_.:/\\-]*[A-Za-z0-9]|[A-Za-z0-9]")
_thread = local()


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the vendor's name


def stem(word: str) -> str:
    """Return the stem of a word in lower case, by Porter's English (Snowball)."""
    stemmer = cast("_Stemmer | None", getattr(_thread, "stemmer", None))
    if stemmer is None:  # one for each thread, because it is not thread-safe
        stemmer = _thread.stemmer = cast("Any", Stemmer).Stemmer("english")
    return cast("_Stemmer", stemmer).stemWord(word)


def all_words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case, placeholders whole."""
    return [match[0].lower() for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """Return the content words of ``text`` in lower case, placeholders whole."""
    return [word for word in all_words(text) if word not in FILLER and len(word) > 1]


def stems(text: str) -> set[str]:
    """Return the stems of the content words, so that "prints" matches "printing"."""
    return {stem(word) for word in words(text)}


def rarity(texts: Iterable[str]) -> Weight:
    """Return a weight for each stem: the rarer among ``texts``, the higher (IDF)."""
    seen: Counter[str] = Counter()
    count = 0
    for text in texts:
        count += 1
        seen.update(stems(text))
    return lambda stem: math.log(1 + (count + 1) / (seen[stem] + 0.5))


def overlap(query: set[str], text: str, weight: Weight) -> float:
    """Return the weight of the query's stems in ``text``, damped by its length."""
    found = stems(text)
    shared = sum(weight(stem) for stem in query & found)
    return shared / (1 + math.log1p(len(found)))

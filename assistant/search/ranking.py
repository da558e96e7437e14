"""Ranks sections by rules: which of them answers a question.

Features of a section, each from 0 to about 1: the rare words that it shares with the question, the
same of its heading, literal codes and names of the question that stand in it, the cosine of its
closest sentence, of its heading, the scores of its chunks and of its document in the search, and
whether it has the form that the question asks for: “who” wants people and teams, “how long” a
duration, “what first” steps. `WEIGHTS` says what each counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from assistant.model import Section
from assistant.search.lines import sentences_of, units
from assistant.search.nearness import Nearness
from assistant.wording import STOP, stem
from guardrails import RedactedText, join
from guardrails.placeholders import SHAPE

READ = 8
"""Sections whose sentences are compared with the question, those that share most with it."""

_MOST_SENTENCES = 24
_K, _B = 1.2, 0.75
_WORD = re.compile(SHAPE.pattern + r"|[^\W_]+(?:[-._:/@+#][^\W_]+)*")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_LITERAL = re.compile(
    r"\"([^\"]{4,})\"|'([^']{4,})'|\b([A-Z]{2,}-?\d+)\b|\b(\w+(?:[_.:/-]\w+)+)\b"
    r"|\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b|(?<!\w)(\d{2,})(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts."""

    words: float = 0.5
    share: float = 0.25
    heading: float = 0.2
    literal: float = 0.3
    sentence: float = 1.5
    title: float = 0.5
    form: float = 0.25
    chunk: float = 0.3
    document: float = 0.5


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class _Form:
    """A kind of question, and what the heading and the text of its answer look like."""

    asked: re.Pattern[str]
    heading: re.Pattern[str]
    text: re.Pattern[str]


def _form(asked: str, heading: str, text: str) -> _Form:
    return _Form(*(re.compile(each, re.IGNORECASE) for each in (asked, heading, text)))


_DURATION = (
    r"\b(?:\d+|one|two|three|four|five|six|ten|few)[ -]?(?:second|minute|min|hour|day|week|month|"
    r"year|working day)s?\b|\b\d{1,2}[:.]\d\d\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_FORMS = (
    _form(
        r"\bwho(?:m|se)?\b|\bwhich team\b",
        r"contact|escalat|who|owner|responsib|support|team|help",
        r"\b(?:contact|escalate|team|ask|ring|phone|call|inform|notify|service desk|on-call|"
        r"responsible|decision|decides?|approves?|manager|lead)\b|@|#[a-z]{3,}",
    ),
    _form(
        r"\bhow (?:long|often|quick|fast|soon|many (?:days|hours|minutes|weeks))\b|\bwhen\b|"
        r"\bresponse time\b",
        r"time|hour|schedule|lifecycle|retention|level|how long|when",
        _DURATION,
    ),
    _form(
        r"\bfirst\b|\bright now\b|\bstart with\b",
        r"first|diagnos|step|before|immediate|what to do|quick|mitigat|procedure",
        r"\bfirst\b|^\s*1[.)]\s|\bbefore anything\b|\bimmediately\b",
    ),
    _form(
        r"\bwhere\b|\bwhich (?:queue|folder|page|menu|file|channel|account|port)\b",
        r"where|location|access|connect|config|sett|find|log",
        r"\b(?:in|under|at|on|from) (?:the )?[`*\"/<A-Z]|\bnavigate\b|\bgo to\b|\bopen\b|://|\bedit",
    ),
    _form(
        r"^(?:\W*\w+\W+){0,12}?(?:can|may|must|should|shall|could|is|are|does|do|will|ok|okay|"
        r"safe)\b(?=.*\?|.*$)(?!.*\bhow (?:do|can)\b)",
        r"impact|limit|note|warning|before|policy|when",
        r"\b(?:not|cannot|can ?not|never|only|must|should|shouldn't|don't|doesn't|won't|safe|"
        r"possible|allowed|no need|avoid|warning|instead)\b",
    ),
    _form(
        r"\bhow (?:do|can|to|shall|should|would)\b|\bwhat (?:do|can|shall|should) (?:i|we)\b|"
        r"\bnow what\b|\bnext\b",
        r"mitigat|fix|how|step|resol|solution|procedure|using|setup|config|chang|restor|reset|"
        r"recover|creat|remov|add",
        r"^\s*\d{1,2}[.)]\s|^\s*```|^\s*[-*+]\s|:\s*$",
    ),
    _form(
        r"\bwhat (?:does|do|is|are)\b.*\b(?:mean|wrong)|\bwhy\b|\bmean(?:s|ing)?\b|\bgone\b",
        r"meaning|cause|why|reason|background|impact|overview|symptom",
        r"\b(?:because|means|caused?|due to|reason|indicates?|happens? when|this can)\b",
    ),
)


class RuleRanker:
    """A `SectionRanker` without training; ``nearness`` compares sentences."""

    def __init__(self, nearness: Nearness, weights: Weights = WEIGHTS) -> None:
        self._nearness = nearness
        self._weights = np.asarray(astuple(weights), dtype=np.float64)

    def scores(self, question: RedactedText, sections: Sequence[Section]) -> list[float]:
        """Return for each section how well it answers ``question``; higher is better."""
        if not sections:
            return []
        return [float(each) for each in self.features(question, sections) @ self._weights]

    def forget(self) -> None:
        """Drop the vectors of all texts."""
        self._nearness.forget()

    def features(self, question: RedactedText, sections: Sequence[Section]) -> NDArray[np.float64]:
        """Return the features, shape ``(sections, features)``, in the order of `Weights`."""
        table = np.zeros((len(sections), len(fields(Weights))))
        asked = question.reveal()
        table[:, 0], table[:, 1], table[:, 2] = _by_words(asked, sections)
        table[:, 3] = [_literal(asked, each) for each in sections]
        table[:, 6] = [_formed(asked, each) for each in sections]
        table[:, 7] = [each.evidence for each in sections]
        table[:, 8] = [each.standing for each in sections]
        first = np.argsort(-(table[:, 0] + table[:, 1] + table[:, 7]), kind="stable")[:READ]
        table[:, 4], table[:, 5] = self._near(question, sections, [int(at) for at in first])
        return table

    def _near(
        self, question: RedactedText, sections: Sequence[Section], first: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the cosines of each section's closest sentence and of its heading.

        A section outside ``first`` gets the least of those inside.
        """
        heads = [join(" › ", [each.title, each.heading]) for each in sections]
        said = [pieces_of(sections[at].text) for at in first]
        cosines = self._nearness.of(question, [*heads, *(text for some in said for text in some)])
        title = np.asarray(cosines[: len(heads)])
        rest = iter(cosines[len(heads) :])
        best = [max([next(rest) for _ in some], default=0.0) for some in said]
        sentence = np.full(len(sections), min(best, default=0.0))
        sentence[list(first)] = best
        return sentence, title


def pieces_of(text: RedactedText) -> list[RedactedText]:
    """Return the sentences of ``text`` that say something, at most two dozen."""
    places = sentences_of(text.reveal(), units(text.reveal()))
    return [text.cut(*place) for place in places[:_MOST_SENTENCES]]


def tokens(text: str) -> list[str]:
    """Return the stems of the words of ``text``; compounds whole and in parts."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.startswith("<"):
            found.append(word)
            continue
        pieces = [piece.lower() for piece in _PIECE.findall(word)]
        if pieces != [word.lower()]:
            found.append(word.lower())
        found += [stem(piece) for piece in pieces if piece not in STOP and len(piece) > 1]
    return found


def _by_words(
    asked: str, sections: Sequence[Section]
) -> tuple[list[float], list[float], list[float]]:
    """Return BM25 over its bound, the share of rare words, and that of the heading."""
    query = dict.fromkeys(tokens(asked))
    bags = [Counter(tokens(each.text.reveal())) for each in sections]
    heads = [set(tokens(each.heading.reveal())) for each in sections]
    titles = [set(tokens(each.title.reveal())) for each in sections]
    seen = Counter(word for bag, head in zip(bags, heads, strict=True) for word in {*bag, *head})
    count = len(sections)
    weight = {word: math.log(1 + (count - seen[word] + 0.5) / (seen[word] + 0.5)) for word in query}
    whole = sum(weight.values()) or 1.0
    usual = sum(bag.total() for bag in bags) / count or 1.0
    words: list[float] = []
    share: list[float] = []
    heading: list[float] = []
    for bag, head, title in zip(bags, heads, titles, strict=True):
        norm = _K * (1 - _B + _B * bag.total() / usual)
        gain = (weight[word] * bag[word] * (_K + 1) / (bag[word] + norm) for word in query)
        words.append(sum(gain) / whole)
        held = (weight[w] for w in query if w in bag or w in head or w in title)
        share.append(sum(held) / whole)
        heading.append(sum(weight[word] for word in query if word in head) / whole)
    return words, share, heading


def literals(asked: str) -> list[str]:
    """Return quoted strings, codes, identifiers and numbers of a question, in lower case."""
    found = (next(part for part in match if part) for match in _LITERAL.findall(asked))
    return list(dict.fromkeys(each.lower() for each in found))


def _literal(asked: str, section: Section) -> float:
    wanted = literals(asked)
    text = section.text.reveal().lower()
    return sum(each in text for each in wanted) / len(wanted) if wanted else 0.0


def _formed(asked: str, section: Section) -> float:
    """Return how far the section has the forms that the question asks for."""
    forms = [each for each in _FORMS if each.asked.search(asked)]
    if not forms:
        return 0.0
    heading, text = section.heading.reveal(), section.text.reveal()
    found = (
        0.5 * bool(each.heading.search(heading)) + 0.5 * bool(each.text.search(text))
        for each in forms
    )
    return sum(found) / len(forms)

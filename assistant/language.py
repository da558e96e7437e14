"""The language of a short text, from the words of its grammar.

Tickets are full of product names, codes and error messages in English, which mislead models of
letter groups; articles, pronouns and the like do not. So a language is recognised by its words in
``language_words.json``, by letters that only few languages have, and by endings. Where that is not
clear there is no answer, while such models always have one. They were tried: py3langid 0.4 is right
as often, and takes 75 MB of memory and a second to load; lingua 2.1 takes 250 MB and a wheel of
96 MB.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from guardrails import RedactedText
from guardrails.placeholders import SHAPE

NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
    "pl": "Polish",
    "sv": "Swedish",
    "da": "Danish",
    "nb": "Norwegian",
    "fi": "Finnish",
    "cs": "Czech",
    "ro": "Romanian",
    "hu": "Hungarian",
    "tr": "Turkish",
    "ca": "Catalan",
    "el": "Greek",
    "ru": "Russian",
    "uk": "Ukrainian",
    "ar": "Arabic",
    "he": "Hebrew",
    "ja": "Japanese",
    "ko": "Korean",
    "zh": "Chinese",
    "th": "Thai",
    "hi": "Hindi",
}
"""Every language that `language_of` returns, by its ISO 639-1 code."""

_LONGEST = 6_000
_NOT_PROSE = re.compile(
    rf"```.*?(?:```|\Z)|`[^`\n]*`|{SHAPE.pattern}|https?://\S+|\S*[\d_\\/@=]\S*", re.DOTALL
)
_WORD = re.compile(r"[^\W\d_]+(?:['’](?=[^\W\d_]))?")
_CONTRACTION = re.compile(r"['’](?:s|t|m|d|ll|ve|re)\b", re.IGNORECASE)
_LETTER, _ENDING = 0.6, 0.3  # a word counts 1, divided among the languages that have it
_ENOUGH = 0.75
_RARE = 0.65  # of a language that few of our readers write
_COMMON = frozenset({"en", "de", "fr", "es", "it", "nl", "pt"})
_CLEAR = 1.4  # times the next language's score
_ALIKE = frozenset({"da", "nb", "sv"})  # one of these is not told from another for sure
_SHORTEST_STEM = 4
_SCRIPTS = {
    "GREEK": "el",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "THAI": "th",
    "DEVANAGARI": "hi",
}


class _Signs(BaseModel):
    """The words, letters and endings of one language, separated by spaces."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    words: str
    letters: str = ""
    endings: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    words: dict[str, tuple[str, ...]]
    letters: dict[str, tuple[str, ...]]
    endings: dict[str, tuple[str, ...]]


def language_of(text: RedactedText) -> str | None:
    """Return the ISO 639-1 code of the language of ``text``; None when it is not clear."""
    return language_in(text.reveal())


def language_in(text: str) -> str | None:
    """Return the language of a plain text, as `language_of` does."""
    prose = _CONTRACTION.sub("", _NOT_PROSE.sub(" ", text[:_LONGEST]))
    return _by_script(prose) or _by_words(prose)


def _by_words(prose: str) -> str | None:
    tokens = [token.replace("’", "'") for token in _WORD.findall(prose.casefold())]
    scores = _scores(tokens)
    if not scores:
        return None
    best, most = max(scores.items(), key=lambda each: each[1])
    alike = _ALIKE if best in _ALIKE else {best}
    second = max((each for code, each in scores.items() if code not in alike), default=0.0)
    return best if most >= _ENOUGH and most >= _CLEAR * second else None


def _scores(tokens: list[str]) -> dict[str, float]:
    """Return how much speaks for each language."""
    table, scores = _table(), dict[str, float]()
    for token, times in Counter(tokens).items():
        weight = 1 + (times - 1) / 2  # a word that is repeated says less each time
        signs = [(table.words.get(token, ()), 1.0)]
        signs += [(table.letters.get(letter, ()), _LETTER) for letter in set(token)]
        signs += [
            (table.endings.get(token[-length:], ()), _ENDING)
            for length in range(3, 8)
            if len(token) >= length + _SHORTEST_STEM
        ]
        for languages, value in signs:
            for language in languages:
                share = value / len(languages)
                share *= 1 if language in _COMMON else _RARE
                scores[language] = scores.get(language, 0) + weight * share
    return scores


def _by_script(prose: str) -> str | None:
    """Return the language of a script other than Latin, if most letters are of it."""
    letters = [each for each in prose if each.isalpha()]
    found = Counter(
        language
        for each in letters
        if not each.isascii() and (language := _SCRIPTS.get(unicodedata.name(each, "").split()[0]))
    )
    if not found or found.total() * 2 < len(letters):
        return None
    if found["ja"] and found["ja"] * 10 > found["zh"]:
        return "ja"
    best = found.most_common(1)[0][0]
    return "uk" if best == "ru" and set("іїєґ") & set(prose.casefold()) else best


@cache
def _table() -> _Table:
    text = files("assistant").joinpath("language_words.json").read_text(encoding="utf-8")
    signs = {code: _Signs.model_validate(given) for code, given in json.loads(text).items()}

    def by_sign(field: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for code, each in signs.items():
            for sign in dict.fromkeys(str(getattr(each, field)).split()):
                found.setdefault(sign, []).append(code)
        return {sign: tuple(codes) for sign, codes in found.items()}

    return _Table(by_sign("words"), by_sign("letters"), by_sign("endings"))

"""Lines by which mail programs begin a quotation or a signature, in the languages of a table.

``reply_heads.json`` holds the words of each language and, as examples, the heads that Gmail,
Outlook, Apple Mail and Thunderbird write in it; a test replays every example. Each pattern looks at
one line of bounded length and runs in linear time.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

LONGEST = 400
"""The most characters of a head; a longer line is not one."""
_FOLLOWED = 60
_HEADERS = 3
"""This many header lines in a row are the head of a message that was pasted below the new one."""
_LATIN = "\u0600"
_MARKS = re.compile(r"^[\s>*_|]+")
_BLANK = re.compile(r"\s+")
_TIME = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}")
_ADDRESS = re.compile(r"[^\s<>()@]@[^\s<>()@]")
_ENDS_WITH_ADDRESS = re.compile(r"@[^\s<>()@]{1,250}[>)] ?[:：]$")
_UNDERSCORES = re.compile(r"\s*_{20,}\s*$")
_ABOVE_THIS_LINE = re.compile(r"##- .{5,200} -##$")


class Language(BaseModel):
    """The words of one language, in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    verbs: list[str] = Field(min_length=1)
    begins: list[str]
    first_header: list[str] = Field(min_length=1)
    headers: list[str] = Field(min_length=_HEADERS)
    separators: list[str] = Field(min_length=1)
    announcements: list[str]
    sent_from: list[str]
    farewells: list[str]
    examples: dict[str, list[str]]


@cache
def languages() -> dict[str, Language]:
    """Return the table. `pydantic.ValidationError` where it is malformed."""
    text = files("assistant.threads").joinpath("reply_heads.json").read_text(encoding="utf-8")
    return {code: Language.model_validate(given) for code, given in json.loads(text).items()}


def fold(line: str) -> str:
    """Return a line in the form for comparison: lower case, no marks of quotation or emphasis."""
    text = unicodedata.normalize("NFC", _MARKS.sub("", line[: LONGEST + 1]))
    return _BLANK.sub(" ", text).strip().casefold()


def attributes(line: str) -> bool:
    """Return whether a line such as “On Monday Sam wrote:” announces the quotation below it."""
    text = fold(line)
    return (
        len(text) <= LONGEST
        and text.endswith((":", "："))
        and (bool(_patterns().verb.search(text)) or _is_sure(text))
    )


def surely_attributes(line: str) -> bool:
    """Return whether a line announces a quotation even if the quoted text has no marks.

    It must have a date, an address, and a verb or the address at its end.
    """
    text = fold(line)
    return len(text) <= LONGEST and text.endswith((":", "：")) and _is_sure(text)


def begins_attribution(line: str) -> bool:
    """Return whether a line may be the first of an attribution that goes on in the next one."""
    text = fold(line)
    return bool(_patterns().begins.match(text) or any(each.isdigit() for each in text))


def begins_with_word(line: str) -> bool:
    """Return whether a line begins with an attribution's first word in a language, and a date."""
    text = fold(line)
    return bool(_patterns().begins.match(text)) and any(each.isdigit() for each in text)


def separates(line: str, below: str) -> bool:
    """Return whether a line such as “--- Original Message ---” ends the new words."""
    if _UNDERSCORES.match(line):
        return any(each.first.match(fold(below)) for each in _patterns().headers)
    text = fold(line)
    found = _patterns().separator.match(text) or _ABOVE_THIS_LINE.match(text)
    return len(text) <= LONGEST and bool(found)


def heads_message(lines: Sequence[str]) -> bool:
    """Return whether lines begin with the head of a pasted message: from, sent, to, subject."""
    folded = [fold(line) for line in lines]
    return any(
        each.first.match(folded[0])
        and sum(bool(each.any.match(line)) for line in folded) >= _HEADERS
        for each in _patterns().headers
    )


def is_header(line: str) -> bool:
    """Return whether a line is a header of a pasted message in any language."""
    text = fold(line)
    return any(each.any.match(text) for each in _patterns().headers)


def signs_device(line: str) -> bool:
    """Return whether a line names the device or program that sent the message."""
    text = fold(line)
    return len(text) <= LONGEST and bool(_patterns().sent_from.match(text))


def says_farewell(line: str) -> bool:
    """Return whether a line is a farewell and nothing else."""
    text = fold(line).rstrip(" ,.!，。")
    return text in _patterns().farewells


def _is_sure(text: str) -> bool:
    if not (_TIME.search(text) and _ADDRESS.search(text)):
        return False
    return bool(_ENDS_WITH_ADDRESS.search(text) or _patterns().verb.search(text))


@dataclass(frozen=True, slots=True)
class _Headers:
    first: re.Pattern[str]
    any: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Patterns:
    verb: re.Pattern[str]
    begins: re.Pattern[str]
    separator: re.Pattern[str]
    sent_from: re.Pattern[str]
    farewells: frozenset[str]
    headers: tuple[_Headers, ...]


@cache
def _patterns() -> _Patterns:
    table = list(languages().values())
    separators = _any_of(word for each in table for word in each.separators)
    announcements = _any_of(word for each in table for word in each.announcements)
    sent_from = _any_of(word for each in table for word in each.sent_from)
    return _Patterns(
        verb=re.compile("|".join(_word(verb) for each in table for verb in each.verbs)),
        begins=re.compile(rf"{_any_of(word for each in table for word in each.begins)} "),
        separator=re.compile(
            rf"-{{2,}} ?(?:{separators}|forwarded by .{{0,80}}) ?-{{2,}}$|{announcements} ?[:：]$"
        ),
        sent_from=re.compile(rf"{sent_from}(?! ?:).{{0,{_FOLLOWED}}}$"),
        farewells=frozenset(word.casefold() for each in table for word in each.farewells),
        headers=tuple(
            _Headers(_labels(each.first_header), _labels([*each.first_header, *each.headers]))
            for each in table
        ),
    )


def _labels(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"{_any_of(words)} ?[:：]")


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted({word.casefold() for word in words}, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


def _word(verb: str) -> str:
    """Return the pattern of a verb: a word of its own where words are divided by spaces."""
    text = re.escape(verb.casefold())
    return rf"(?<![^\W\d_]){text}(?![^\W\d_])" if verb[0] < _LATIN else text

"""Finds whom a document says to involve: its section about people, then sentences elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.model import Passage, last_heading
from assistant.search.blocks import MARK
from assistant.search.lines import Unit, sentences_of, units
from assistant.wording import stems
from assistant.writers.short import on_one_line
from guardrails import RedactedText, join

_PEOPLE = re.compile(
    r"\W*(?:\d{1,2}[.)]?\s+)?(?:escalat|eskal|who\b|whom\b|people\b|contacts?\b|owners?\b|"
    r"on[- ]call|responsib|ansprechpartner|zuständig|kontakt|contatt|contacto|contato|responsable)",
    re.IGNORECASE,
)
"""Headings of sections about people."""
_INVOLVE = re.compile(
    r"\b(?:escalat\w*|(?:contact|call|ring|page|ask|mail|tell|inform|notify|warn) "
    r"(?:the |our |your )?(?:vendor|platform|network|server|security|on[- ]call|\w+ team|officer|"
    r"manager|owner|<(?:PERSON|PHONE|EMAIL|ORGANIZATION))|hand (?:it )?over to|"
    r"second[- ]line (?:support|team)|"
    r"to (?:the )?second[- ]line\b|vendor (?:hotline|support|swap)|owner (?:on|is)|managed by|"
    r"responsible for)|\bowner:",
    re.IGNORECASE,
)
_OURSELVES = re.compile(
    r"\b(?:service|help|support|it)[ -]?desk\b|\b(?:the desk\b|desk <PHONE)", re.IGNORECASE
)
_REACHED = re.compile(r"<(?:PERSON|PHONE_NUMBER|EMAIL_ADDRESS|ORGANIZATION)_")
_NAMES = re.compile(
    rf"{_REACHED.pattern}|{_INVOLVE.pattern}|\b(?:vendor|provider|"
    r"supplier|team|manager|officer|owner|engineer|on[- ]call|escalat\w+|compliance)\b",
    re.IGNORECASE,
)
"""What names a person or a role."""
_SPOKEN = re.compile(r"[\"“„«][^\"“”„«»]*[\"”»]")
"""What others are to read or say, such as a message on a lost device."""
_CODE = re.compile(r"\b[A-Z]{1,8}-?\d{2,}\b")
_CELL = re.compile(r"[^|\s](?:[^|]*[^|\s])?")
_SAYS_SOMETHING = 4
_MOST = 2

Found = tuple[Passage, RedactedText]


def involve(sections: Sequence[Passage], said: str) -> list[Found]:
    """Return whom ``sections`` say to involve, each with its section; ``said`` is the ticket.

    A section about people comes first, and of it the rows and sentences that fit the ticket best.
    What concerns a code that the ticket does not name is left out, and so is the service desk.
    """
    about = [each for each in sections if _PEOPLE.match(last_heading(each.chunk.heading).reveal())]
    rest = [each for each in sections if each not in about]
    found = [*_best(about, said), *_first_of_each(rest, said)]
    unique: dict[RedactedText, Found] = {}
    for each in found:
        unique.setdefault(each[1], each)
    return list(unique.values())[:_MOST]


def _best(about: Sequence[Passage], said: str) -> list[Found]:
    asked = stems(said)
    fitting = [
        (each, text) for each in about for text in _lines(each) if _fits(text.reveal(), said)
    ]
    lines = [each for each in fitting if _NAMES.search(each[1].reveal())] or fitting[:1]
    worth = [_worth(text.reveal(), asked) for _, text in lines]
    best = sorted(range(len(lines)), key=lambda at: (-worth[at], at))[:_MOST]
    return [lines[at] for at in sorted(best)]


def _worth(line: str, asked: set[str]) -> int:
    names = bool(_REACHED.search(line)) + bool(_INVOLVE.search(line))
    return 2 * names + len(stems(line) & asked)


def _first_of_each(sections: Sequence[Passage], said: str) -> Iterator[Found]:
    for each in sections:
        for text in _lines(each):
            plain = text.reveal()
            if _INVOLVE.search(_SPOKEN.sub(" ", plain)) and _fits(plain, said):
                yield each, text
                break


def _fits(line: str, said: str) -> bool:
    foreign = [code for code in _CODE.findall(line) if code.lower() not in said.lower()]
    return not foreign and not _OURSELVES.search(line)


def _lines(passage: Passage) -> Iterator[RedactedText]:
    """Yield the sentences of a section and the rows of its tables, each on one line."""
    text = passage.chunk.text
    for unit in units(text.reveal()):
        if unit.kind == "table" and not unit.leads:
            yield _row(text, unit)
        elif unit.kind in {"prose", "list"}:
            yield from _sentences(text, unit)


def _sentences(text: RedactedText, unit: Unit) -> Iterator[RedactedText]:
    plain = text.reveal()
    for start, end in sentences_of(plain, [unit]):
        mark = MARK.match(plain[start:end])
        begin = start + (mark.end() if mark else 0)
        if len(plain[begin:end].split()) >= _SAYS_SOMETHING:
            yield on_one_line(text.cut(begin, end))


def _row(text: RedactedText, unit: Unit) -> RedactedText:
    plain = text.reveal()
    cells = _CELL.finditer(plain, unit.start, unit.end)
    return join(": ", [text.cut(*each.span()) for each in cells])

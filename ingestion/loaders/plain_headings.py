"""Finds the headings of plain text: underlined lines, and short lines in capitals.

A line counts only where its surroundings say so too: it begins at the margin, below a blank line,
and is no item of a list, no row of a table and no message that the text before it announces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 100
_MOST_WORDS = 10
_RULE = re.compile(r"(?:-{3,}|={3,})\s*\Z")
_FENCE = re.compile(r"(?:```|~~~)")
_NO_HEADING = re.compile(r"[-*+>|#•·\s]|\S.*(?:\s{2,}|\t|\|)\S")
"""Items, quotations, indented lines and columns."""
_NUMBER = re.compile(r"(?:(?P<number>\d{1,2})|[A-Z])[.)] +(?=\S)")
_MESSAGE = re.compile(
    r"(?:ALERT|CRITICAL|ERR|ERROR|EXCEPTION|FAIL|FAILED|FAILURE|FATAL|STOP|WARN|WARNING)\b"
)
_FEWEST_LETTERS = 4
_FEWEST_WORDS = 2
"""A single word is a label, unless it is numbered or in the first line."""
_LONG_WORD = 3
"""Letters that one word of a heading has at least: "TB 3 GB" is none."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: ``level`` from 1; lines ``first`` to ``after`` (exclusive, from 0) are its own."""

    level: int
    text: str
    first: int
    after: int


def headings(lines: Sequence[str]) -> list[Heading]:
    """Return the headings in order; what follows a mail's ``--`` is a signature and has none."""
    found: list[Heading] = []
    numbered = _numbered(lines)
    fenced = False
    for at, line in enumerate(lines):
        if line.rstrip() == "--":
            break
        fenced ^= bool(_FENCE.match(line))
        if fenced or not _may_be(line):
            continue
        if made := _underlined(lines, at):
            found.append(made)
        elif _in_capitals(lines, at) and _is_no_item(lines, numbered, at):
            found.append(Heading(2, line.strip(), at, at + 1))
    return found


def _may_be(line: str) -> bool:
    text = line.rstrip()
    return bool(text) and len(text) <= _LONGEST and not _NO_HEADING.match(text)


def _underlined(lines: Sequence[str], at: int) -> Heading | None:
    """Return the heading in line ``at``, if it is underlined and perhaps overlined."""
    rule = lines[at + 1] if at + 1 < len(lines) else ""
    text = lines[at].strip()
    long = len(rule.strip())
    fits = bool(_RULE.match(rule)) and len(text) <= 2 * long and long <= 2 * len(text) + 4
    if not fits or text.endswith((".", ",", ";")) or _RULE.match(text):
        return None
    over = at > 0 and rule[0] == "=" and lines[at - 1].rstrip() == rule.rstrip()
    first = at - over
    if first and lines[first - 1].strip():
        return None
    return Heading(1 if rule[0] == "=" else 2, text, first, at + 2)


def _in_capitals(lines: Sequence[str], at: int) -> bool:
    """Return whether line ``at`` is in capitals, below a blank line, and alone in that."""
    text = lines[at].strip()
    above, below = _filled(lines, at, -1), _filled(lines, at, 1)
    if not _is_loud(text) or (at and lines[at - 1].strip()) or not below:
        return False
    mark = _NUMBER.match(text)
    first = not above
    if text.endswith((".", "!", "?", ",", ";")) or _MESSAGE.match(text):
        return False
    if not (mark or first) and (len(text.split()) < _FEWEST_WORDS or ":" in text[:-1]):
        return False
    return not (above.rstrip().endswith(":") or _is_loud(above) or _is_loud(below))


def _is_loud(line: str) -> bool:
    """Return whether a line at the margin is a few words in capitals."""
    words = line.split()
    letters = sum(map(str.isalpha, line))
    return (
        not line[:1].isspace()
        and len(words) <= _MOST_WORDS
        and letters >= _FEWEST_LETTERS
        and line.upper() == line
        and line.lower() != line
        and any(sum(map(str.isalpha, word)) >= _LONG_WORD for word in words)
    )


def _filled(lines: Sequence[str], at: int, step: int) -> str:
    """Return the next line that is not blank, up to ten lines away, or nothing."""
    for away in range(1, 11):
        there = at + away * step
        if not 0 <= there < len(lines):
            return ""
        if lines[there].strip():
            return lines[there]
    return " "


def _numbered(lines: Sequence[str]) -> dict[int, tuple[int | None, int | None]]:
    """Return, for each numbered line at the margin, the places of those before and after it."""
    places = [
        at for at, line in enumerate(lines) if (mark := _NUMBER.match(line)) and mark["number"]
    ]
    around = [None, *places, None]
    return {at: (around[nth], around[nth + 2]) for nth, at in enumerate(places)}


def _is_no_item(
    lines: Sequence[str], numbered: dict[int, tuple[int | None, int | None]], at: int
) -> bool:
    """Return False for an item of a list, whose neighbours by number are in small letters."""
    if at not in numbered:
        return True
    own = _number(lines[at])
    return not any(
        there is not None
        and _number(lines[there]) == own + step
        and not _is_loud(lines[there].strip())
        and not (there + 1 < len(lines) and _RULE.match(lines[there + 1]))
        for there, step in zip(numbered[at], (-1, 1), strict=True)
    )


def _number(line: str) -> int:
    mark = _NUMBER.match(line)
    return int(mark["number"] or 0) if mark else 0

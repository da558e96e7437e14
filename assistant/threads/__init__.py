"""Finds the parts of a message that repeat another one: quoted replies, and signatures.

These are pure functions over plain text that return offsets. They run on mail and tickets while
these are read, before redaction. They look at lines and never at names. They err in one direction
only: text that is not surely a quotation counts as new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from assistant.threads import heads

_LAST_LINES = 12
"""A farewell above these last lines begins no signature: the letter goes on after it."""
_SIGNATURE_WIDTH = 80
_SIGNATURE_WORDS = 7
_ATTRIBUTION_LINES = 3
_HEAD_LINES = 5

_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;)")
_DASHES = re.compile(r"--\s?$")


class Stretch(NamedTuple):
    """Characters ``start`` to ``end`` of a text."""

    start: int
    end: int


def quotations(text: str) -> list[Stretch]:
    """Return where earlier messages are quoted, including the line that announces them."""
    lines = _lines(text)
    found: list[Stretch] = []
    at = 0
    while at < len(lines):
        if _begins_the_rest(lines, at):
            found.append(Stretch(lines[at].start, len(text)))
            break
        if not _QUOTED.match(lines[at].text):
            at += 1
            continue
        first = _with_attribution(lines, at)
        while at < len(lines) and (_QUOTED.match(lines[at].text) or _between(lines, at)):
            at += 1
        found.append(Stretch(lines[first].start, lines[at - 1].end))
    return found


def signature(text: str) -> Stretch | None:
    """Return the signature of the new words: from ``-- `` on, or a farewell near their end."""
    quoted = quotations(text)
    end = quoted[0].start if quoted and not text[quoted[-1].end :].strip() else len(text)
    lines = [line for line in _lines(text) if line.start < end and line.text.strip()]
    for line in reversed(lines):
        if _DASHES.match(line.text):
            return Stretch(line.start, lines[-1].end)
    last = lines[-_LAST_LINES:]
    for line in last:
        after = [each for each in last if each.start >= line.start]
        if heads.signs_device(line.text) or (heads.says_farewell(line.text) and _narrow(after)):
            return Stretch(line.start, lines[-1].end)
    return None


def said(text: str) -> frozenset[str]:
    """Return what `repeated` compares: the lines of a message, without case and quotation marks."""
    return frozenset(words for line in text.splitlines() if (words := _words(line)))


def repeated(text: str, earlier: AbstractSet[str]) -> list[Stretch]:
    """Return the quotations and the signature whose every line is in ``earlier``, see `said`."""
    candidates: list[Stretch] = [*quotations(text)]
    signed = signature(text)
    if signed is not None:
        candidates.append(signed)
    return sorted(each for each in candidates if _all_known(text[each.start : each.end], earlier))


def repeats(texts: Sequence[str]) -> list[list[Stretch]]:
    """Return, for each message of a thread, the stretches that only repeat earlier ones."""
    earlier: frozenset[str] = frozenset()
    found: list[list[Stretch]] = []
    for text in texts:
        found.append(repeated(text, earlier))
        earlier |= said(text)
    return found


def without(text: str, stretches: Iterable[Stretch]) -> str:
    """Return ``text`` without the given stretches."""
    kept: list[str] = []
    at = 0
    for each in sorted(stretches):
        kept.append(text[at : each.start])
        at = max(at, each.end)
    return "".join([*kept, text[at:]]).strip()


class _Line(NamedTuple):
    start: int
    end: int
    text: str


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        lines.append(_Line(at, at + len(bare), bare))
        at += len(line)
    return lines


def _begins_the_rest(lines: Sequence[_Line], at: int) -> bool:
    """Return whether a pasted message begins here, which runs to the end of the text."""
    if not lines[at].text.strip() or _QUOTED.match(lines[at].text):
        return False
    if heads.separates(lines[at].text, _below(lines, at + 1)):
        return True
    head = [line.text for line in lines[at : at + _HEAD_LINES] if line.text.strip()]
    return heads.heads_message(head) or _attributes_the_rest(lines, at)


def _attributes_the_rest(lines: Sequence[_Line], at: int) -> bool:
    """Return whether an attribution begins here above quoted words without quotation marks."""
    for last in range(at, min(at + _ATTRIBUTION_LINES, len(lines))):
        if not lines[last].text.strip():
            return False
        if heads.surely_attributes(_joined(lines, at, last)) and _may_begin(lines, at, last):
            return not _QUOTED.match(_below(lines, last + 1))
    return False


def _with_attribution(lines: Sequence[_Line], at: int) -> int:
    """Return the first line of an attribution (“On Monday Sam wrote:”) above ``at``, or ``at``."""
    above = at - 1
    while above >= 0 and not lines[above].text.strip():
        above -= 1
    firsts = [above]  # of lines that follow each other without a blank or a quoted one between
    for first in range(above - 1, max(above - _ATTRIBUTION_LINES, -1), -1):
        if not lines[first].text.strip() or _QUOTED.match(lines[first].text):
            break
        firsts.append(first)
    whole = above >= 0 and heads.begins_attribution(lines[above].text)
    ordered = firsts if whole else [*firsts[:0:-1], above]  # a wrapped one is taken whole
    found = (first for first in ordered if _attributes(lines, first, above))
    return next(found, at) if above >= 0 else at


def _attributes(lines: Sequence[_Line], first: int, last: int) -> bool:
    return heads.attributes(_joined(lines, first, last)) and _may_begin(lines, first, last)


def _may_begin(lines: Sequence[_Line], first: int, last: int) -> bool:
    """Return whether lines ``first`` to ``last`` may be an attribution, not part of a paragraph."""
    if first == last:
        return True
    alone = first == 0 or not lines[first - 1].text.strip() or _QUOTED.match(lines[first - 1].text)
    joined = _joined(lines, first, last)
    sure = heads.surely_attributes(joined) and heads.begins_attribution(lines[first].text)
    return bool(alone) and (sure or heads.begins_with_word(joined))


def _joined(lines: Sequence[_Line], first: int, last: int) -> str:
    return " ".join(line.text[: heads.LONGEST + 1] for line in lines[first : last + 1])


def _below(lines: Sequence[_Line], at: int) -> str:
    return next((line.text for line in lines[at : at + _HEAD_LINES] if line.text.strip()), "")


def _between(lines: Sequence[_Line], at: int) -> bool:
    """Return whether a blank line is between two quoted ones."""
    return (
        not lines[at].text.strip()
        and at + 1 < len(lines)
        and bool(_QUOTED.match(lines[at + 1].text))
    )


def _narrow(lines: Sequence[_Line]) -> bool:
    """Return whether lines are a name and contact data, and not one more request."""
    return len(lines) <= _LAST_LINES // 2 and all(
        len(line.text) <= _SIGNATURE_WIDTH
        and len(line.text.split()) <= _SIGNATURE_WORDS
        and not line.text.rstrip().endswith(("?", ":"))
        for line in lines
    )


def _all_known(text: str, known: AbstractSet[str]) -> bool:
    """Return whether all lines of a stretch are ``known``, except those that only announce it."""
    lines = text.splitlines()
    said = [words for line in lines[_announced(lines) :] if (words := _words(line))]
    own = {_words(line) for line in lines if _is_frame(line)}
    said = [words for words in said if words not in own]
    return bool(said) and all(words in known for words in said)


def _announced(lines: Sequence[str]) -> int:
    """Return how many lines at the top are an attribution, which the earlier message lacks."""
    for count in range(1, _ATTRIBUTION_LINES + 1):
        if any(_QUOTED.match(line) for line in lines[:count]):
            return 0
        if heads.attributes(" ".join(line[: heads.LONGEST + 1] for line in lines[:count])):
            return count
    return 0


def _is_frame(line: str) -> bool:
    """Return whether a line only announces a quotation."""
    bare = line.strip().lstrip("> ")
    return bool(
        bare.endswith((":", "："))
        or heads.separates(bare, "")
        or heads.is_header(bare)
        or not any(each.isalnum() for each in bare)
    )


def _words(line: str) -> str:
    return " ".join(line.replace(">", " ").split()).casefold()

"""What in a message is somebody else's words again: quoted replies, and signatures.

Pure functions over plain text that give offsets, so that they serve raw mail while it is read and
washed turns before a model sees them. They look at lines only and never at names, so they find the
same in washed text as in raw. Wrong in one direction only: what is not surely a quotation is new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

_LAST_LINES = 12
"""A farewell further up than this begins no signature: a letter goes on after it."""
_SIGNATURE_WIDTH = 80
_SIGNATURE_WORDS = 7
_ATTRIBUTION_LINES = 3

_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;)")
_WROTE = re.compile(
    r"(?:on|am|le|el|il|op|den)\b.{4,300}\b(?:wrote|schrieb|écrit|escribió|scritto|schreef|skrev)"
    r"\b.{0,80}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_BEGINS = re.compile(r"(?:on|am|le|el|il|op|den)\s", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|"
    r"message d'origine|forwarded by .{0,80})\s*-{2,}|begin forwarded message:|"
    r"##-\s*please type your reply above this line.{0,20}|_{20,})\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\s*[*>]?(?:from|sent|date|to|cc|subject|von|gesendet|an|betreff|de|envoyé|à|objet)\s?:\*?\s",
    re.IGNORECASE,
)
_FIRST_HEADER = re.compile(r"\s*[*>]?(?:from|von|de)\s?:\*?\s", re.IGNORECASE)
_HEADERS = 3
"""So many header lines in a row are the head of a message that was pasted below the new one."""

_DASHES = re.compile(r"--\s?$")
_SENT_FROM = re.compile(
    r"\s*(?:sent from my \w+|get outlook for \w+|von meinem \w+ gesendet).{0,40}$", re.IGNORECASE
)
_FAREWELL = re.compile(
    r"\s*(?:(?:kind|best|warm|many)\s+(?:regards|thanks|wishes)|regards|best|cheers|thanks|"
    r"thank you|many thanks|sincerely|yours (?:sincerely|faithfully)|rgds|br|"
    r"mit freundlichen grüßen|viele grüße|cordialement)\s*[,.!]?\s*$",
    re.IGNORECASE,
)


class Stretch(NamedTuple):
    """Characters ``start`` to ``end`` of a text."""

    start: int
    end: int


def quotations(text: str) -> list[Stretch]:
    """Return where earlier messages are quoted, the line that announces them included."""
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
    """Return where the signature of the new words stands: ``-- ``, or a farewell near their end."""
    quoted = quotations(text)
    end = quoted[0].start if quoted and not text[quoted[-1].end :].strip() else len(text)
    lines = [line for line in _lines(text) if line.start < end and line.text.strip()]
    for line in reversed(lines):
        if _DASHES.match(line.text):
            return Stretch(line.start, lines[-1].end)
    last = lines[-_LAST_LINES:]
    for line in last:
        after = [each for each in last if each.start >= line.start]
        if _SENT_FROM.match(line.text) or (_FAREWELL.match(line.text) and _narrow(after)):
            return Stretch(line.start, lines[-1].end)
    return None


def said(text: str) -> frozenset[str]:
    """Return what `repeated` compares: the lines of a message, without case and quotation marks."""
    return frozenset(words for line in text.splitlines() if (words := _words(line)))


def repeated(text: str, earlier: AbstractSet[str]) -> list[Stretch]:
    """Return the quotations and the signature of which every line was `said` ``earlier``."""
    candidates: list[Stretch] = [*quotations(text)]
    signed = signature(text)
    if signed is not None:
        candidates.append(signed)
    return sorted(each for each in candidates if _stood(text[each.start : each.end], earlier))


def repeats(texts: Sequence[str]) -> list[list[Stretch]]:
    """Return of each message of a thread what only repeats the ones before."""
    earlier: frozenset[str] = frozenset()
    found: list[list[Stretch]] = []
    for text in texts:
        found.append(repeated(text, earlier))
        earlier |= said(text)
    return found


def without(text: str, stretches: Iterable[Stretch]) -> str:
    """Return ``text`` less the given stretches."""
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
    """Whether a pasted message begins here, which runs to the end of the text."""
    if _SEPARATOR.match(lines[at].text):
        follows = next((line.text for line in lines[at + 1 :] if line.text.strip()), "")
        return not lines[at].text.strip().startswith("_") or bool(_FIRST_HEADER.match(follows))
    head = [line.text for line in lines[at : at + _HEADERS + 1] if line.text.strip()]
    return (
        bool(_FIRST_HEADER.match(lines[at].text))
        and sum(bool(_HEADER.match(line)) for line in head) >= _HEADERS
    )


def _with_attribution(lines: Sequence[_Line], at: int) -> int:
    """Return the first line of “On Monday Sam wrote:” above a quotation, else ``at``."""
    above = at - 1
    while above >= 0 and not lines[above].text.strip():
        above -= 1
    for first in range(above, max(above - _ATTRIBUTION_LINES, -1), -1):
        words = "\n".join(line.text for line in lines[first : above + 1]).strip()
        if _WROTE_BEGINS.match(words) and _WROTE.match(words):
            return first
    return at


def _between(lines: Sequence[_Line], at: int) -> bool:
    """Whether a blank line stands between two quoted ones."""
    return (
        not lines[at].text.strip()
        and at + 1 < len(lines)
        and bool(_QUOTED.match(lines[at + 1].text))
    )


def _narrow(lines: Sequence[_Line]) -> bool:
    """Whether lines are a name and how to reach it, and not one more request."""
    return len(lines) <= _LAST_LINES // 2 and all(
        len(line.text) <= _SIGNATURE_WIDTH
        and len(line.text.split()) <= _SIGNATURE_WORDS
        and not line.text.rstrip().endswith(("?", ":"))
        for line in lines
    )


def _stood(text: str, known: AbstractSet[str]) -> bool:
    lines = text.splitlines()
    counted = [words for line in lines if (words := _words(line))]
    own = {_words(line) for line in lines if _is_frame(line)}
    said = [words for words in counted if words not in own]
    return bool(said) and all(words in known for words in said)


def _is_frame(line: str) -> bool:
    """Whether a line only announces a quotation; it never stood in the earlier message itself."""
    bare = line.strip().lstrip("> ")
    return bool(
        bare.endswith(":")
        or (_WROTE_BEGINS.match(bare) and any(each.isdigit() for each in bare))
        or _SEPARATOR.match(bare)
        or _HEADER.match(bare + " ")
        or not any(each.isalnum() for each in bare)
    )


def _words(line: str) -> str:
    return " ".join(line.replace(">", " ").split()).casefold()

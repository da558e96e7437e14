"""Checks whether passages support an answer: each sentence against the passages that it cites.

A sentence is supported when at least half of its content words (their stems, placeholders whole)
occur in the passages it cites, every number in it occurs there or in the question, and the closest
sentence does not say the opposite. This does not notice reordered words; it catches the most
frequent error of models, which is to add steps, settings and figures of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.model import Finding, FindingKind, Passage
from assistant.writers import passages as reading
from guardrails.sentences import sentences

SUPPORT = 0.5
"""The least share of a sentence's content words that its passages must hold."""
GIST = 0.3
"""The same for a summary, which may shorten what the ticket says."""
_SMALL_TALK = 4
_CITED = re.compile(r"\[(\d{1,2})\]")
_CITED_ONLY = re.compile(r"[\s.,;]*(?:\[\d{1,2}\][\s.,;]*)+")
_NUMBER = re.compile(r"\d{1,2}[.)]")
_FIGURE = re.compile(r"(?<![\w<_])\d+(?:[.,:]\d+)*(?![\w>])")
_NOT = re.compile(r"\b(?:not|never|no|cannot|without|avoid|\w+n['’]t)\b", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+])\s+")


@dataclass(frozen=True, slots=True)
class _Claim:
    start: int
    end: int
    text: str
    cites: tuple[int, ...]


def cited(text: str) -> tuple[int, ...]:
    """Return the passage numbers that ``text`` cites, in order of first occurrence."""
    return tuple(dict.fromkeys(int(match[1]) for match in _CITED.finditer(text)))


def finished(text: str) -> int:
    """Return where the last whole sentence of an unfinished text ends, with its citations."""
    whole = _sentences(text, reading.Block(0, len(text), "prose"))[:-1]
    while whole and _NUMBER.fullmatch(text, *whole[-1]):
        whole.pop()
    return whole[-1][1] if whole else 0


def unsupported(
    text: str, texts: Sequence[str], *, asked: str = "", least: float = SUPPORT
) -> list[Finding]:
    """Return a finding for each sentence of ``text`` that ``texts`` do not support.

    ``[1]`` cites the first of ``texts``; ``asked`` is the question, whose words may be repeated.
    """
    found: list[Finding] = []
    for claim in _claims(text):
        why = _fault(claim, texts, asked, least)
        if why:
            found.append(Finding(FindingKind.UNSUPPORTED, claim.start, claim.end, why, blocks=True))
    return found


def as_source(passage: Passage) -> str:
    """Return the text that a passage supports answers with: its titles and its text."""
    return "\n".join(
        part.reveal() for part in (passage.title, passage.chunk.heading, passage.chunk.text)
    )


def _fault(claim: _Claim, texts: Sequence[str], asked: str, least: float) -> str:
    if any(not 1 <= number <= len(texts) for number in claim.cites):
        return "It cites a passage that does not exist."
    said = reading.stems(claim.text)
    if not claim.cites and (len(said) < _SMALL_TALK or _share(said, asked) >= least):
        return ""
    sources = [texts[number - 1] for number in claim.cites] or texts
    if _share(said, "\n".join(sources)) < least:
        return "Its passage does not say this." if claim.cites else "It cites nothing for this."
    known = set(_figures("\n".join((*sources, asked))))
    if not known.issuperset(_figures(_ITEM.sub("", claim.text))):
        return "Its passage does not contain this number."
    turned = bool(claim.cites) and _reversed(claim.text, said, sources)
    return "Its passage says the opposite." if turned else ""


def _claims(text: str) -> Iterator[_Claim]:
    """Yield the sentences; one that cites nothing takes the next citation of its block."""
    for block in reading.blocks(text):
        pieces = _sentences(text, block)
        following: tuple[int, ...] = ()
        claims: list[_Claim] = []
        for start, end in reversed(pieces):
            following = cited(text[start:end]) or following
            words = _CITED.sub("", text[start:end])
            if words.strip():
                claims.append(_Claim(start, end, words, following))
        yield from reversed(claims)


def _sentences(text: str, block: reading.Block) -> list[tuple[int, int]]:
    """Return the sentences of a block, each with the citation that follows its full stop."""
    pieces: list[tuple[int, int]] = []
    for start, end in sentences(text, block.start, block.end):
        if pieces and _CITED_ONLY.fullmatch(text, start, end):
            pieces[-1] = (pieces[-1][0], end)
            continue
        lead = _CITED_ONLY.match(text, start, end)
        if pieces and lead:
            pieces[-1] = (pieces[-1][0], lead.end())
        pieces.append((lead.end() if pieces and lead else start, end))
    return pieces


def _share(said: set[str], source: str) -> float:
    return len(said & reading.stems(source)) / len(said) if said else 1.0


def _figures(text: str) -> list[str]:
    return [match[0] for match in _FIGURE.finditer(text)]


def _reversed(text: str, said: set[str], sources: Sequence[str]) -> bool:
    """Return whether the closest sentences differ from ``text`` by a negation."""
    near: list[tuple[float, bool]] = []
    for source in sources:
        for start, end in sentences(source, 0, len(source)):
            sentence = source[start:end]
            near.append((_share(said, sentence), bool(_NOT.search(sentence))))
    closest = max((share for share, _ in near), default=0.0)
    if closest < SUPPORT:
        return False
    negated = bool(_NOT.search(text))
    return all(other != negated for share, other in near if share == closest)

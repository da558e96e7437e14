"""Chooses the sentences of a ticket that tell its problem."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.cutting import replaced
from assistant.model import Ticket
from assistant.questions import FAULT
from assistant.threads import quotations
from assistant.wording import rarity, stems
from assistant.writers.short import short
from guardrails import RedactedText, Template
from guardrails.sentences import sentences

_NOT_SAID = re.compile(
    r"^\s*>|\bwrote:\s*$|<SECRET>|^(?:thanks|thank|regards|cheers)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b[^,.!?\n]{0,40}(?:[,.!]\s*|$)",
    re.IGNORECASE,
)
_EXACT = re.compile(
    r"\b[A-Z]{1,8}-?\d{2,}\b|\b0x[0-9A-Fa-f]+\b|[“\"«„][^“”\"«»„\n]{4,}[”\"»]|\b(?:says|reads|shows)\b"
)
"""A code, or the words of a screen."""
_GUESS = re.compile(
    r"\b(?:i doubt|maybe|perhaps|i (?:think|guess|suppose)|my guess|might be|could be|vielleicht|"
    r"peut-être|quizás?|forse|misschien|talvez)\b",
    re.IGNORECASE,
)
_SENTENCES = 2
_LINE_END = Template("\n").fill()


def salient(ticket: Ticket) -> list[RedactedText]:
    """Return the requester's sentences that say most, in their order; none that is the subject.

    What they quote or forward counts where they say nothing themselves.
    """
    own = [_own(text) for text in ticket.asked]
    return _best_sentences(ticket.subject, own) or _best_sentences(ticket.subject, ticket.asked)


def _own(text: RedactedText) -> RedactedText:
    """Return ``text`` without the messages that it quotes."""
    quoted = quotations(text.reveal())
    return replaced(text, ((each.start, each.end, _LINE_END) for each in quoted))


def _best_sentences(subject: RedactedText, texts: Sequence[RedactedText]) -> list[RedactedText]:
    weight = rarity(text.reveal() for text in texts)
    known = stems(subject.reveal())
    scored: list[tuple[float, tuple[int, int], RedactedText]] = []
    for at, text in enumerate(texts):
        plain = text.reveal()
        for begin, end in sentences(plain):
            greeting = _GREETING.match(plain, begin, end)
            start = greeting.end() if greeting else begin
            found = stems(plain[start:end])
            if found - known and not _NOT_SAID.search(plain[start:end]):
                gain = sum(map(weight, found)) / (4 + (end - start) ** 0.5) / (1 + at)
                gain *= _tells(plain[start:end], found & known)
                scored.append((gain, (at, start), short(text.cut(start, end))))
    best = sorted(scored, key=lambda each: (-each[0], each[1]))[:_SENTENCES]
    return [text for _, _, text in sorted(best, key=lambda each: each[1])]


def _tells(sentence: str, of_subject: set[str]) -> float:
    """Return how much more a sentence says of the problem than another of the same words."""
    more = bool(of_subject) + bool(_EXACT.search(sentence)) + bool(FAULT.search(sentence))
    return (1 + more) * (0.5 if _GUESS.search(sentence) else 1)

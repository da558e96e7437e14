"""Quarantine of prompt injections: the writer does not see them, the reviewer does.

A suspicious span must be neither answered nor quoted. So the writer gets the ticket and passages
without it, and the draft notes where it was. Retrieval still reads the whole ticket: it follows no
instructions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.model import Citation, Finding, FindingKind, Passage, Ticket
from guardrails import RedactedText, Template, join
from guardrails.injection.detector import SuspiciousSpan

FindSuspicious = Callable[[Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]]
_SHOWN = 120
_PARAGRAPH = re.compile(r".+?(?=\n\s*\n|\Z)", re.DOTALL)
_NOTE = "reads like a prompt injection; the writer did not see it"
_NO_SUBJECT = Template("your message").fill()
_NOTHING = Template("").fill()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What a writer may read, and findings about what was removed."""

    ticket: Ticket
    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]


def quarantine(
    suspects: FindSuspicious, ticket: Ticket, passages: Sequence[Passage] = ()
) -> Quarantined:
    """Return ``ticket`` and ``passages`` without suspicious spans; some texts end up empty."""
    said = [turn.text for turn in ticket.turns]
    of_subject, *rest = suspects([ticket.subject, *said, *(each.chunk.text for each in passages)])
    of_turns, of_passages = rest[: len(said)], rest[len(said) :]
    kept = [
        _kept_of_turn(found, text, f"message {at}")
        for at, (text, found) in enumerate(zip(said, of_turns, strict=True), 1)
    ]
    subject, in_subject = _kept(of_subject, ticket.subject, "the subject")
    turns = [replace(turn, text=text) for turn, (text, _) in zip(ticket.turns, kept, strict=True)]
    readable, in_passages = _without_suspects(passages, of_passages)
    found = [each for _, findings in kept for each in findings]
    return Quarantined(
        replace(ticket, subject=subject or _NO_SUBJECT, turns=tuple(turns)),
        readable,
        (*in_subject, *found, *in_passages),
    )


def quarantine_passages(
    suspects: FindSuspicious, passages: Sequence[Passage]
) -> tuple[tuple[Passage, ...], tuple[Finding, ...]]:
    """Return ``passages`` without suspicious spans, and the findings about them."""
    return _without_suspects(passages, suspects([each.chunk.text for each in passages]))


def _without_suspects(
    passages: Sequence[Passage], suspects: Sequence[tuple[SuspiciousSpan, ...]]
) -> tuple[tuple[Passage, ...], tuple[Finding, ...]]:
    readable: list[Passage] = []
    findings: list[Finding] = []
    for passage, some in zip(passages, suspects, strict=True):
        chunk = passage.chunk
        where = _place(passage.source, chunk.first_line, chunk.last_line)
        text, found = _kept(some, chunk.text, where)
        findings += found
        if text:
            readable.append(replace(passage, chunk=replace(chunk, text=text)) if found else passage)
    return tuple(readable), tuple(findings)


def placed(findings: Sequence[Finding], body: RedactedText) -> tuple[Finding, ...]:
    """Return findings about sources as findings about ``body``; their notes give the place."""
    return tuple(replace(each, start=0, end=len(body)) for each in findings)


def of_cited(findings: Sequence[Finding], citations: Sequence[Citation]) -> tuple[str, ...]:
    """Return the notes about sentences that were left out of cited passages."""
    cited = [f"in {_place(each.source, each.first_line, each.last_line)}," for each in citations]
    return tuple(each.note for each in findings if each.note.startswith(tuple(cited)))


def _place(source: RedactedText, first: int, last: int) -> str:
    return f"{source.reveal()} ({first} to {last})"


def _kept(
    suspects: Sequence[SuspiciousSpan], text: RedactedText, where: str
) -> tuple[RedactedText, list[Finding]]:
    return _without(text, [(each.start, each.end) for each in suspects], where)


def _kept_of_turn(
    suspects: Sequence[SuspiciousSpan], text: RedactedText, where: str
) -> tuple[RedactedText, list[Finding]]:
    """As `_kept`, but the rest of the paragraph is removed too: an injection often goes on.

    In articles the rest is kept: it is often a step, and a missing step is dangerous.
    """
    ends = [each.end() for each in _PARAGRAPH.finditer(text.reveal())]
    places: list[tuple[int, int]] = []
    for each in suspects:
        if not places or each.start >= places[-1][1]:
            places.append((each.start, min(end for end in ends if end >= each.end)))
    return _without(text, places, where)


def _without(
    text: RedactedText, places: Sequence[tuple[int, int]], where: str
) -> tuple[RedactedText, list[Finding]]:
    if not places:
        return text, []
    parts: list[RedactedText] = []
    findings: list[Finding] = []
    at = 0
    for start, end in places:
        parts.append(text.cut(at, start))
        words = " ".join(text.cut(start, min(end, start + _SHOWN)).reveal().split())
        note = f"in {where}, characters {start} to {end}, “{words}” {_NOTE}"
        findings.append(Finding(FindingKind.INJECTION, start, end, note, blocks=False))
        at = end
    left = join("", [*parts, text.cut(at, len(text))])
    return (left if left.reveal().strip() else _NOTHING), findings

"""Prompt injections in tickets and passages: quoted or left out for a model, marked for a reviewer.

A writer without a model follows no orders, so it is given every word. A model is given suspicious
sentences as quoted data, between two marks that no text can contain, and is not given those of
which the detector is sure: a gap is there instead. The reviewer of a reply is shown the places, at
most one in each message or document.

A stranger writes a message, the tenant itself ingests a document, and a document is full of orders
to its reader. So only what the detector is sure of counts in a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.cutting import replaced
from assistant.model import NO_TEXT, Citation, Finding, FindingKind, Passage, Ticket, TurnRole
from assistant.prompts import LEFT_OUT, QUOTE_END, QUOTE_START
from guardrails import RedactedText, Template, join
from guardrails.injection.detector import SuspiciousSpan

FindSuspicious = Callable[[Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]]
_SHOWN = 120
_PARAGRAPH = re.compile(r".+?(?=\n\s*\n|\Z)", re.DOTALL)
_QUOTES = re.compile(f"[{QUOTE_START}{QUOTE_END}]")
_QUOTED = Template(QUOTE_START + "$text" + QUOTE_END)
_GAP = Template(LEFT_OUT)
_MARKED = "reads like a prompt injection; check that the reply does not follow it"
_LEFT_OUT = "reads like a prompt injection; the model did not see it"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What a model may read, and notes about what was left out."""

    ticket: Ticket
    passages: tuple[Passage, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A suspicious sentence of a ticket or document, whose id is ``origin``."""

    origin: str
    sentence: RedactedText
    finding: Finding


def quarantine(
    suspects: FindSuspicious, ticket: Ticket, passages: Sequence[Passage] = ()
) -> Quarantined:
    """Return ``ticket`` and ``passages`` for a model: suspicious sentences quoted, or left out."""
    said = [turn.text for turn in ticket.turns]
    subject, *rest = _for_model(
        suspects,
        [
            _Read("the subject", ticket.subject, message=True),
            *(_of_message(at, text) for at, text in enumerate(said, 1)),
            *map(_of_passage, passages),
        ],
    )
    turns, read = rest[: len(said)], rest[len(said) :]
    return Quarantined(
        replace(
            ticket,
            subject=subject.text,
            turns=tuple(
                replace(turn, text=each.text)
                for turn, each in zip(ticket.turns, turns, strict=True)
            ),
        ),
        _with_texts(passages, read),
        tuple(note for each in (subject, *rest) for note in each.notes),
    )


def quarantine_passages(
    suspects: FindSuspicious, passages: Sequence[Passage]
) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """Return ``passages`` for a model, and notes about what was left out."""
    read = _for_model(suspects, list(map(_of_passage, passages)))
    return _with_texts(passages, read), tuple(note for each in read for note in each.notes)


def without_suspects(
    suspects: FindSuspicious, ticket: Ticket, *, asked_only: bool = False
) -> Ticket:
    """Return ``ticket`` without suspicious sentences and what follows of their paragraphs.

    With ``asked_only`` it has the requester's turns alone, and no other is read.
    """
    kept = [each for each in ticket.turns if not asked_only or each.role is TurnRole.REQUESTER]
    read = [_of_message(at, turn.text) for at, turn in enumerate(kept, 1)]
    found = suspects([each.text for each in read])
    turns = [
        replace(turn, text=_without(one, spans)) if spans else turn
        for turn, one, spans in zip(kept, read, found, strict=True)
    ]
    return replace(ticket, turns=tuple(turns))


def marks(
    suspects: FindSuspicious, ticket: Ticket, passages: Sequence[Passage] = ()
) -> tuple[Mark, ...]:
    """Return the suspicious sentences of the requester's messages and of ``passages``.

    At most one of each message and document, the most suspicious of all.
    """
    messages = [
        (f"message {at}", ticket.id, _of_message(at, turn.text))
        for at, turn in enumerate(ticket.turns, 1)
        if turn.role is TurnRole.REQUESTER
    ]
    documents = (
        (each.chunk.document_id, each.chunk.document_id, _of_passage(each)) for each in passages
    )
    read = [*messages, *documents]
    found = suspects([one.text for _, _, one in read])
    marked: dict[str, Mark] = {}
    for (place, origin, one), spans in zip(read, found, strict=True):
        for span in sorted(one.counted(spans), key=lambda each: not each.sure)[:1]:
            marked.setdefault(place, _mark(origin, one, span))
    return tuple(marked.values())


def cited(passages: Sequence[Passage], citations: Sequence[Citation]) -> tuple[Passage, ...]:
    """Return those of ``passages`` that ``citations`` name."""
    named = {each.chunk_id for each in citations}
    return tuple(each for each in passages if each.chunk.id in named)


def quoted(sentence: RedactedText) -> str:
    """Return the beginning of a sentence as the notes about it quote it."""
    return f"“{' '.join(sentence.cut(0, min(len(sentence), _SHOWN)).reveal().split())}”"


def placed(findings: Sequence[Finding], body: RedactedText) -> tuple[Finding, ...]:
    """Return findings about sources as findings about ``body``; their notes give the place."""
    return tuple(replace(each, start=0, end=len(body)) for each in findings)


@dataclass(frozen=True, slots=True)
class _Read:
    """A text to read, and where it is; in a ``message`` an injection may fill its paragraph."""

    where: str
    text: RedactedText
    message: bool = False

    def counted(self, spans: Sequence[SuspiciousSpan]) -> list[SuspiciousSpan]:
        """Return the spans that count here."""
        return [each for each in spans if self.message or each.sure]


@dataclass(frozen=True, slots=True)
class _Kept:
    text: RedactedText
    notes: tuple[str, ...]


def _for_model(suspects: FindSuspicious, read: Sequence[_Read]) -> list[_Kept]:
    clean = [replace(each, text=_without_quotes(each.text)) for each in read]
    found = suspects([each.text for each in clean])
    return [_kept(one, one.counted(spans)) for one, spans in zip(clean, found, strict=True)]


def _without_quotes(text: RedactedText) -> RedactedText:
    """Drop our marks from a text, so that it cannot end its own quotation."""
    return replaced(text, ((*each.span(), NO_TEXT) for each in _QUOTES.finditer(text.reveal())))


def _kept(read: _Read, spans: Sequence[SuspiciousSpan]) -> _Kept:
    text, parts, notes = read.text, list[RedactedText](), list[str]()
    at = quoted_to = 0
    for span in spans:
        if span.sure or span.start >= quoted_to:
            parts += _parts(text, at, max(at, span.start), quoted_to)
            at = max(at, span.start)
        if span.sure:
            parts.append(_GAP.fill())
            notes.append(f"{_words(read, span)} {_LEFT_OUT}")
            at = max(at, span.end)
        quoted_to = max(quoted_to, _end(read, span))
    parts += _parts(text, at, len(text), quoted_to)
    return _Kept(join("", parts) if spans else text, tuple(notes))


def _without(read: _Read, spans: Sequence[SuspiciousSpan]) -> RedactedText:
    return replaced(read.text, ((span.start, _end(read, span), NO_TEXT) for span in spans))


def _parts(text: RedactedText, at: int, until: int, quoted_to: int) -> Iterator[RedactedText]:
    """Yield characters ``at`` to ``until``, those before ``quoted_to`` as a quotation."""
    edge = min(max(at, quoted_to), until)
    quoted_part = text.cut(at, edge)
    if quoted_part.reveal().strip():
        yield _QUOTED.fill(text=quoted_part)
    if edge < until:
        yield text.cut(edge, until)


def _end(read: _Read, span: SuspiciousSpan) -> int:
    """Return where the quotation ends: in a message with the paragraph, as an injection goes on."""
    if not read.message:
        return span.end
    ends = (each.end() for each in _PARAGRAPH.finditer(read.text.reveal()))
    return min((end for end in ends if end >= span.end), default=span.end)


def _mark(origin: str, read: _Read, span: SuspiciousSpan) -> Mark:
    note = f"{_words(read, span)} {_MARKED}"
    finding = Finding(FindingKind.INJECTION, span.start, span.end, note, blocks=False)
    return Mark(origin, read.text.cut(span.start, span.end), finding)


def _words(read: _Read, span: SuspiciousSpan) -> str:
    words = quoted(read.text.cut(span.start, span.end))
    return f"in {read.where}, characters {span.start} to {span.end}, {words}"


def _with_texts(passages: Sequence[Passage], read: Sequence[_Kept]) -> tuple[Passage, ...]:
    return tuple(
        passage
        if kept.text == passage.chunk.text
        else replace(passage, chunk=replace(passage.chunk, text=kept.text))
        for passage, kept in zip(passages, read, strict=True)
    )


def _of_message(number: int, text: RedactedText) -> _Read:
    return _Read(f"message {number}", text, message=True)


def _of_passage(passage: Passage) -> _Read:
    chunk = passage.chunk
    place = f"{chunk.first_line} to {chunk.last_line}"
    return _Read(f"{passage.source.reveal()} ({place})", chunk.text)

"""The extractive writer: no model, only verbatim sentences and steps with citations.

A summary quotes the sentences of the thread with most of its rare words, by role. A reply quotes
the steps and sentences of the passages that answer the ticket. The same input always gives the same
words.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from assistant.frames import FrameBook
from assistant.model import (
    Audience,
    Citation,
    Passage,
    Ticket,
    Turn,
    TurnRole,
    Written,
    last_heading,
)
from assistant.ports import Brief, Case
from assistant.prompts import read_with, thread_of
from assistant.search.nearness import Nearness
from assistant.wording import rarity, stems, words
from assistant.writers.brief import write_brief
from assistant.writers.cite import cite, digits
from assistant.writers.quoting import Quote, quoted
from guardrails import RedactedText, Template, join
from guardrails.sentences import sentences

NOTHING_FOUND = "Nothing in the knowledge base answers this."
_SUMMARY_SENTENCES = 3
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks|thank you|cheers|regards|"
    r"(?:kind|best) regards|sincerely|sent from)\b[^.!?]{0,40}[.!?,]*$",
    re.IGNORECASE,
)
_NOT_SPOKEN = re.compile(
    r"^\s*(?:>|[$#|]|On .{4,80} wrote:\s*$|-{2,}|(?:from|to|cc|date|sent|subject):)"
    r"|^\s*begin forwarded message",
    re.IGNORECASE,
)

_SHIPPED = FrameBook()
_QUOTE = Template("$text [$number]")
_OF_NOTE = Template("$text (internal note)")
_YES_OR_NO = re.compile(
    r"\W*(?:yes|no|ja|nein|oui|non|sí|sì|nee|sim|não)(?:[,.:;!]|\s[–—-])", re.IGNORECASE
)
_ASKED = Template("**$question**\n\n$text")
_ENDS_A_BLOCK = ("```", "~~~", "|")
"""What a text after it would break: the end of a fence, also in an item of a list, or of a row."""

_CODE_QUOTE = Template("$text\n[$number]")
_SUMMARY = Template("Problem: $problem\n\nSo far: $done\n\nStatus: $status, $last")
_EMPTY = Template("nothing yet").fill()
_SILENT = Template("no words of the requester").fill()
_STATUS = {
    "open": Template("open").fill(),
    "pending": Template("pending").fill(),
    "solved": Template("solved").fill(),
    "closed": Template("closed").fill(),
}
_LAST_WORD = {
    TurnRole.REQUESTER: Template("the requester spoke last").fill(),
    TurnRole.AGENT: Template("we spoke last").fill(),
    TurnRole.SYSTEM: Template("the last entry is a system note").fill(),
}


class ExtractiveWriter:
    """Writes with the words of the sources alone, and the frames of ``frames`` around them.

    ``nearness`` finds the sentence that answers.
    """

    def __init__(self, frames: FrameBook = _SHIPPED, nearness: Nearness | None = None) -> None:
        self._frames = frames
        self._nearness = nearness

    @property
    def name(self) -> str:
        return "extractive"

    def summarise(self, ticket: Ticket) -> Written:
        """Quote the problem and what was done, and add the thread's status."""
        saw = thread_of(ticket)
        body = _SUMMARY.fill(
            problem=_salient(ticket, TurnRole.REQUESTER) or _SILENT,
            done=_salient(ticket, TurnRole.AGENT) or _EMPTY,
            status=_STATUS[ticket.status.value],
            last=_LAST_WORD[ticket.turns[-1].role] if ticket.turns else _EMPTY,
        )
        return Written(saw, body, body, self.name)

    def reply(self, ticket: Ticket, passages: Sequence[Passage]) -> Written:
        """Quote the steps that answer the ticket, or say that there are none."""
        saw = read_with(thread_of(ticket), passages)
        asked = join(" ", [ticket.subject, *ticket.asked])
        steps, citations, _ = _written(asked, passages, self._nearness, to_send=True)
        frames = self._frames.for_ticket(ticket)
        if not steps:
            body, notes = frames.hold(ticket), (NOTHING_FOUND, *frames.notes())
            return Written(saw, body, body, self.name, notes=notes)
        body = frames.answer(ticket, steps)
        return Written(saw, body, body, self.name, citations, notes=frames.notes(steps))

    def brief(self, case: Case) -> Brief:
        """Quote what to do, whom to involve and how similar tickets ended."""
        return write_brief(case)

    def answer(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        """Quote what answers the question; an empty body when nothing does."""
        saw = read_with(question, passages)
        steps, citations, answering = _written(question, passages, self._nearness)
        notes = () if steps else (NOTHING_FOUND,)
        return Written(saw, steps, steps, self.name, citations, notes=notes, highlight=answering)

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield the answer, which is whole at once."""
        yield self.answer(question, passages)


def _written(
    asked: RedactedText,
    passages: Sequence[Passage],
    nearness: Nearness | None,
    *,
    to_send: bool = False,
) -> tuple[RedactedText, tuple[Citation, ...], tuple[int, int] | None]:
    """Return the quotations, each with its citation, and the place of the sentence that answers."""
    found = quoted(asked, passages, nearness, to_send=to_send)
    pieces = [_QUOTE.fill(text=found.sentence, number=digits(1))] if found.first else []
    for number, quote in enumerate(found.quotes, start=1):
        ends = quote.text.reveal().rstrip().endswith(_ENDS_A_BLOCK)
        frame = _CODE_QUOTE if ends or quote.kind in {"code", "table"} else _QUOTE
        pieces.append(frame.fill(text=_with_question(quote), number=digits(number)))
    body = join("\n\n", pieces)
    citations = tuple(cite(at, each.passage) for at, each in enumerate(found.quotes, start=1))
    start = body.reveal().find(found.sentence.reveal()) if found.sentence else -1
    return body, citations, (start, start + len(found.sentence)) if start >= 0 else None


def _with_question(quote: Quote) -> RedactedText:
    """Return what is quoted; a “Yes” or “No” after the question of its section that it answers."""
    asked = last_heading(quote.passage.chunk.heading)
    if not asked or not _YES_OR_NO.match(quote.text.reveal()):
        return quote.text
    return _ASKED.fill(question=asked, text=quote.text)


def _salient(ticket: Ticket, role: TurnRole) -> RedactedText | None:
    """Return the sentences of one role with most of the thread's rare words, in order."""
    turns = _of(ticket, role)
    weight = rarity(turn.text.reveal() for turn in ticket.turns)
    subject = stems(ticket.subject.reveal())
    scored = [
        (sum(map(weight, stems(text))) / (4 + len(text) ** 0.5), at, place, turn)
        for at, turn in enumerate(turns)
        for place in _spoken(turn)
        if (text := turn.text.reveal()[slice(*place)]) and not _GREETING.match(text)
    ]
    boosted = sorted(
        scored,
        key=lambda each: -each[0] * (1.5 if subject & stems(_text(each[3], each[2])) else 1),
    )
    best = sorted(boosted[:_SUMMARY_SENTENCES], key=lambda each: (each[1], each[2]))
    return join(" ", [_said(turn, place) for _, _, place, turn in best]) if best else None


def _said(turn: Turn, place: tuple[int, int]) -> RedactedText:
    """Return a sentence of a turn; one of a private note says that it is."""
    sentence = turn.text.cut(*place)
    return _OF_NOTE.fill(text=sentence) if turn.audience is Audience.AGENT else sentence


def _spoken(turn: Turn) -> list[tuple[int, int]]:
    """Return the sentences that were written for this turn: no quotes, no signature."""
    text = turn.text.reveal()
    return [
        place
        for place in sentences(text)
        if not _NOT_SPOKEN.match(text[slice(*place)]) and len(words(text[slice(*place)])) > 1
    ]


def _text(turn: Turn, place: tuple[int, int]) -> str:
    return turn.text.reveal()[slice(*place)]


def _of(ticket: Ticket, role: TurnRole) -> list[Turn]:
    return [turn for turn in ticket.turns if turn.role is role]

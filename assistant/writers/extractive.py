"""The extractive writer: no model, only verbatim sentences and steps with citations.

A summary quotes the sentences of the thread with most of its rare words, by role. A reply quotes
the steps and sentences of the passages that answer the ticket. The same input always gives the same
words.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from assistant.frames import FrameBook
from assistant.model import Audience, Citation, Passage, Ticket, Turn, TurnRole, Written
from assistant.ports import Brief, Case
from assistant.prompts import read_with, thread_of
from assistant.search.lines import ROOM, Unit, units, window
from assistant.wording import Weight, overlap, rarity, stems, words
from assistant.writers.brief import write_brief
from assistant.writers.cite import cite
from assistant.writers.passages import closest
from guardrails import RedactedText, Template, join
from guardrails.sentences import sentences

NOTHING_FOUND = "Nothing in the knowledge base answers this."
_MOST_PASSAGES = 3
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
_POINTER = re.compile(
    r"^(?:see|refer to|for more|for further|further info|more info|read more|learn more)\b",
    re.IGNORECASE,
)
_DESTROYED = "<SECRET>"
_NOTHING = Template("").fill()
_NEAR = 0.8  # of the best score
_LEAST = 30  # words that are worth a second section
_LATE = 40  # words before the sentence that answers, so that it is quoted first

_SHIPPED = FrameBook()
_QUOTE = Template("$text [$number]")
_OF_NOTE = Template("$text (internal note)")
_CODE_QUOTE = Template("$text\n[$number]")
_SUMMARY = Template("Problem: $problem\n\nSo far: $done\n\nStatus: $status, $last")
_EMPTY = Template("nothing yet").fill()
_SILENT = Template("no words of the requester").fill()
_NUMBERS = tuple(Template(word).fill() for word in ("1", "2", "3"))
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


@dataclass(frozen=True, slots=True)
class _Quote:
    passage: Passage
    text: RedactedText
    kind: str
    words: int
    cut: bool

    @property
    def plain(self) -> str:
        """The words alone, to recognise what was said already."""
        return " ".join(self.text.reveal().split()).lower()


class ExtractiveWriter:
    """Writes with the words of the sources alone, and the frames of ``frames`` around them."""

    def __init__(self, frames: FrameBook = _SHIPPED) -> None:
        self._frames = frames

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
        asked = join(
            " ", [ticket.subject, *(turn.text for turn in _of(ticket, TurnRole.REQUESTER))]
        )
        steps, citations, _ = _quote(asked, passages)
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
        steps, citations, answering = _quote(question, passages)
        notes = () if steps else (NOTHING_FOUND,)
        return Written(saw, steps, steps, self.name, citations, notes=notes, highlight=answering)

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield the answer, which is whole at once."""
        yield self.answer(question, passages)


def _quote(
    asked: RedactedText, passages: Sequence[Passage]
) -> tuple[RedactedText, tuple[Citation, ...], tuple[int, int] | None]:
    """Return the section that answers, and the next one if both fit, each with its citation.

    The third value is the place in the text of the one sentence that answers.
    """
    quotes = _quotes(asked.reveal(), passages)
    if not quotes:
        return _NOTHING, (), None
    answering = _sentence(asked.reveal(), quotes[0])
    pieces = (
        [_QUOTE.fill(text=answering, number=_NUMBERS[0])]
        if _comes_late(quotes[0], answering)
        else []
    )
    for number, quote in enumerate(quotes):
        frame = _CODE_QUOTE if quote.kind in {"code", "table"} else _QUOTE
        pieces.append(frame.fill(text=quote.text, number=_NUMBERS[number]))
    body = join("\n\n", pieces)
    citations = tuple(cite(at + 1, quote.passage) for at, quote in enumerate(quotes))
    start = body.reveal().find(answering.reveal()) if answering else -1
    return body, citations, (start, start + len(answering)) if start >= 0 else None


def _quotes(asked: str, passages: Sequence[Passage]) -> list[_Quote]:
    """Return what stands first: of the best section, and of the next while there is room."""
    weight = rarity(each.chunk.text.reveal() for each in passages)
    found: list[_Quote] = []
    room = ROOM
    for passage in passages:
        if found and (passage.score < _NEAR * found[0].passage.score or room < _LEAST):
            break
        quote = _quoted(asked, passage, weight, room)
        if quote is None or (found and quote.cut) or quote.plain in {q.plain for q in found}:
            continue
        found.append(quote)
        room -= quote.words
        if len(found) == _MOST_PASSAGES:
            break
    return found


def _quoted(asked: str, passage: Passage, weight: Weight, room: int) -> _Quote | None:
    text = passage.chunk.text
    found = [each for each in units(text.reveal()) if _says_something(text.reveal(), each)]
    if not found:
        return None
    query = stems(asked)
    worth = [overlap(query, text.reveal()[each.start : each.end], weight) for each in found]
    first, last = window(found, worth, room)
    shown = found[first:last]
    runs = [text.cut(*place) for place in _runs(text.reveal(), shown)]
    return _Quote(
        passage,
        join("\n\n", runs),
        shown[-1].kind,
        sum(each.words for each in shown),
        cut=len(shown) < len(found),
    )


def _runs(text: str, shown: Sequence[Unit]) -> list[tuple[int, int]]:
    """Return the places of units that follow each other directly, as one each."""
    places: list[tuple[int, int]] = []
    for each in shown:
        if places and not text[places[-1][1] : each.start].strip():
            places[-1] = (places[-1][0], each.end)
        else:
            places.append((each.start, each.end))
    return places


def _says_something(text: str, unit: Unit) -> bool:
    """Return False for a pointer to elsewhere, and for text with a removed secret."""
    inside = text[unit.start : unit.end]
    return _DESTROYED not in inside and not _POINTER.match(inside)


def _sentence(asked: str, quote: _Quote) -> RedactedText:
    """Return the sentence of ``quote`` that answers, or nothing."""
    place = closest(asked, quote.text.reveal())
    return quote.text.cut(*place) if place else _NOTHING


def _comes_late(quote: _Quote, sentence: RedactedText) -> bool:
    at = quote.text.reveal().find(sentence.reveal())
    return bool(sentence) and len(quote.text.reveal()[:at].split()) > _LATE


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

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
from assistant.writers import passages as reading
from assistant.writers.brief import write_brief
from assistant.writers.cite import cite
from guardrails import RedactedText, Template, join
from guardrails.sentences import sentences

NOTHING_FOUND = "Nothing in the knowledge base answers this."
_ROOM = 1_100
_MOST_PASSAGES = 3
_FLOOR, _ELSEWHERE = 0.75, 0.95  # of the best score: in its document, in another one
_RUN = 3
_TRUST = 4  # how much a passage's rank outweighs the words of its blocks
_SUMMARY_SENTENCES = 3
_LABEL = 3  # words
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
_FIX = re.compile(
    r"\b(?:fix|resol|mitigat|solution|steps?|workaround|how to|procedure|remed|repair|recover|"
    r"what to do|do this|answer|reset|restore|setup|set up)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:symptom|looks? like|signs?|verif|escalat|background|overview|meaning|impact|contact|"
    r"related|see also|histor|changelog|who|metadata|reference)",
    re.IGNORECASE,
)
_FIX_WEIGHT, _ASIDE_WEIGHT = 1.5, 0.55
_POINTER = re.compile(
    r"^(?:see|refer to|for more|for further|further info|more info|read more|learn more)\b",
    re.IGNORECASE,
)
_DESTROYED = "<SECRET>"
_STEP = re.compile(r"^(\d{1,2})[.)]\s", re.MULTILINE)

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
    passage: int
    heading: str
    block: reading.Block
    score: float


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
        steps, citations = _quote(asked, passages)
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
        steps, citations = _quote(question, passages)
        notes = () if steps else (NOTHING_FOUND,)
        return Written(saw, steps, steps, self.name, citations, notes=notes)

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield the answer, which is whole at once."""
        yield self.answer(question, passages)


def _quote(
    asked: RedactedText, passages: Sequence[Passage]
) -> tuple[RedactedText, tuple[Citation, ...]]:
    """Return the best blocks of the passages in reading order, each with its citation."""
    chosen = _choose(asked.reveal(), passages)
    order = list(dict.fromkeys(quote.passage for quote in chosen))
    pieces: list[RedactedText] = []
    for number, index in enumerate(order):
        text = passages[index].chunk.text
        mine = sorted((q.block for q in chosen if q.passage == index), key=lambda b: b.start)
        quoted = join("\n\n", [text.cut(block.start, block.end) for block in mine])
        frame = _CODE_QUOTE if mine[-1].kind in {"code", "table"} else _QUOTE
        pieces.append(frame.fill(text=quoted, number=_NUMBERS[number]))
    citations = tuple(cite(at + 1, passages[index]) for at, index in enumerate(order))
    return join("\n\n", pieces), citations


def _choose(asked: str, passages: Sequence[Passage]) -> list[_Quote]:
    """Return the best block with what follows it, then other blocks that are nearly as good."""
    candidates = _candidates(asked, passages)
    if not candidates:
        return []
    best = max(candidates, key=lambda quote: quote.score)
    rest = sorted(candidates, key=lambda quote: -quote.score)
    home = passages[best.passage].chunk.document_id
    good = [
        quote
        for quote in rest
        if quote.score
        >= best.score
        * (_FLOOR if passages[quote.passage].chunk.document_id == home else _ELSEWHERE)
    ]
    steps = _beginning(best, candidates, passages)
    extra = sum(step.block.end - step.block.start for step in steps)
    wanted = [best, *steps, *_following(best, candidates), *good]
    chosen = _fitting(wanted, passages, _ROOM + extra)
    first = [quote.passage for quote in (*steps, best)]
    return sorted(
        chosen,
        key=lambda quote: (
            first.index(quote.passage) if quote.passage in first else len(first),
            quote.passage,
        ),
    )


def _beginning(
    best: _Quote, candidates: Sequence[_Quote], passages: Sequence[Passage]
) -> list[_Quote]:
    """Return the steps before those of ``best``: chunking splits a long list into passages."""
    found: list[_Quote] = []
    at = best
    while (numbers := _numbers(at, passages)) and numbers[0] > 1:
        here = passages[at.passage].chunk
        before = [
            quote
            for quote in candidates
            if passages[quote.passage].chunk.document_id == here.document_id
            and passages[quote.passage].chunk.ordinal == here.ordinal - 1
            and _numbers(quote, passages)[-1:] == [numbers[0] - 1]
        ]
        if not before:
            break
        at = before[-1]
        found.insert(0, at)
    return found


def _numbers(quote: _Quote, passages: Sequence[Passage]) -> list[int]:
    text = passages[quote.passage].chunk.text.reveal()[quote.block.start : quote.block.end]
    return [int(number) for number in _STEP.findall(text)]


def _following(best: _Quote, candidates: Sequence[_Quote]) -> list[_Quote]:
    """Return the blocks after ``best`` in its section: steps make sense in a row."""
    return [
        quote
        for quote in candidates
        if quote.passage == best.passage
        and quote.heading == best.heading
        and quote.block.start > best.block.start
    ][:_RUN]


def _fitting(quotes: Sequence[_Quote], passages: Sequence[Passage], room: int) -> list[_Quote]:
    """Return the first of ``quotes`` that fit into ``room``, without repetitions."""
    said: set[str] = set()
    chosen: list[_Quote] = []
    for quote in quotes:
        text = passages[quote.passage].chunk.text.reveal()
        words = " ".join(text[quote.block.start : quote.block.end].split()).lower()
        sources = {each.passage for each in chosen} | {quote.passage}
        if words in said or len(sources) > _MOST_PASSAGES or (chosen and len(words) > room):
            continue
        said.add(words)
        chosen.append(quote)
        room -= len(words)
    return chosen


def _candidates(asked: str, passages: Sequence[Passage]) -> list[_Quote]:
    query = reading.stems(asked)
    weight = reading.rarity(passage.chunk.text.reveal() for passage in passages)
    top = max((passage.score for passage in passages), default=0.0) or 1.0
    return [
        _Quote(
            index,
            heading,
            block,
            _score(query, passage, block, heading, weight) * (passage.score / top) ** _TRUST,
        )
        for index, passage in enumerate(passages)
        for heading, block in _readable(passage)
    ]


def _readable(passage: Passage) -> list[tuple[str, reading.Block]]:
    """Return the blocks worth quoting, each with the heading above it.

    A line that ends in a colon is joined with the next block.
    """
    text, heading = passage.chunk.text.reveal(), passage.chunk.heading.reveal()
    found: list[tuple[str, reading.Block]] = []
    for block in reading.blocks(text):
        if block.kind == "heading":
            heading = text[block.start : block.end]
        elif found and _leads_on(text, found[-1][1]):
            found[-1] = (heading, reading.Block(found[-1][1].start, block.end, block.kind))
        else:
            found.append((heading, block))
    return [
        (head, each)
        for head, each in found
        if _says_something(text[each.start : each.end].rstrip())
    ]


def _leads_on(text: str, block: reading.Block) -> bool:
    return block.kind == "prose" and text[block.start : block.end].rstrip().endswith(":")


def _says_something(text: str) -> bool:
    """Return False for a label, a pointer to elsewhere, and text with a removed secret."""
    if _DESTROYED in text or text.endswith(":") or _POINTER.match(text):
        return False
    return len(text.split()) > _LABEL


def _score(
    query: set[str], passage: Passage, block: reading.Block, heading: str, weight: reading.Weight
) -> float:
    """Return how well ``block`` answers: by its words, its headings' words, and its purpose.

    The heading of a section separates steps from symptoms, which repeat the question's words most.
    """
    text = passage.chunk.text.reveal()[block.start : block.end]
    around = f"{passage.title.reveal()} {heading}"
    score = reading.overlap(query, text, weight) + 0.8 * reading.overlap(query, around, weight)
    if _FIX.search(heading):
        return score * _FIX_WEIGHT
    return score * (_ASIDE_WEIGHT if _ASIDE.search(heading) else 1.2 if block.kind == "list" else 1)


def _salient(ticket: Ticket, role: TurnRole) -> RedactedText | None:
    """Return the sentences of one role with most of the thread's rare words, in order."""
    turns = _of(ticket, role)
    weight = reading.rarity(turn.text.reveal() for turn in ticket.turns)
    subject = reading.stems(ticket.subject.reveal())
    scored = [
        (sum(map(weight, reading.stems(text))) / (4 + len(text) ** 0.5), at, place, turn)
        for at, turn in enumerate(turns)
        for place in _spoken(turn)
        if (text := turn.text.reveal()[slice(*place)]) and not _GREETING.match(text)
    ]
    boosted = sorted(
        scored,
        key=lambda each: (
            -each[0] * (1.5 if subject & reading.stems(_text(each[3], each[2])) else 1)
        ),
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
        if not _NOT_SPOKEN.match(text[slice(*place)])
        and len(reading.words(text[slice(*place)])) > 1
    ]


def _text(turn: Turn, place: tuple[int, int]) -> str:
    return turn.text.reveal()[slice(*place)]


def _of(ticket: Ticket, role: TurnRole) -> list[Turn]:
    return [turn for turn in ticket.turns if turn.role is role]

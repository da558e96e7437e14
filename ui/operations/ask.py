"""Ask a tenant's documents a question."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.drafts import CitationView, citation_view

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Passage
    from assistant.search.filters import DocumentFilter
    from guardrails import RedactedText


class Question(TenantArgs):
    """A question as a person typed it; with ``note`` it is kept as a gap though it was narrowed."""

    question: str
    type: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    since: date | None = None
    note: bool = False


class Nearest(Shape):
    """A passage that came nearest, whether it answers or not, and why.

    ``score`` is from 0 to 1 beside the others of this question; ``matched_by`` is ``terms``,
    ``vector`` or both; ``terms`` are words of the question that stand there; ``sentence`` is the
    one that shares most with it.
    """

    title: str
    source: str
    heading: str
    first_line: int
    last_line: int
    place: str
    score: float
    matched_by: tuple[str, ...]
    terms: tuple[str, ...]
    sentence: str


class AnswerView(Shape):
    """An answer with its citations; without one, ``answerable`` is false and ``text`` empty.

    ``noted`` tells that the question is kept as a gap.
    """

    question: str
    answerable: bool
    text: str
    writer: str
    citations: tuple[CitationView, ...]
    notes: tuple[str, ...]
    nearest: tuple[Nearest, ...]
    noted: bool


def _ask(home: Home, args: Question, _progress: Progress) -> AnswerView:
    from assistant.errors import BadInput
    from assistant.flows.ask import ask
    from assistant.flows.gaps import note_gap
    from guardrails import RawText

    if not args.question.strip():
        raise BadInput("The question is empty.")
    desk = home.desk(args.tenant)
    answer = ask(desk, RawText(args.question), filters=_filter(desk, args))
    text = answer.written.body.reveal()
    answerable = answer.answerable and bool(text)
    late = args.note and answer.narrowed and not answerable
    if late:
        note_gap(desk, answer.question)
    return AnswerView(
        question=answer.question.reveal(),
        answerable=answerable,
        text=text,
        writer=answer.written.writer,
        citations=tuple(citation_view(each) for each in answer.written.citations),
        notes=answer.written.notes,
        nearest=tuple(_nearest(each, answer.question) for each in answer.passages),
        noted=late or answer.noted,
    )


def _filter(desk: Desk, args: Question) -> DocumentFilter:
    from assistant.search.filters import parse_filter

    return parse_filter(
        desk.redactor,
        type_=args.type,
        source=args.source,
        tags=args.tags,
        products=args.products,
        since=datetime.combine(args.since, time(), UTC) if args.since else None,
    )


def _nearest(passage: Passage, question: RedactedText) -> Nearest:
    from assistant.writers.passages import closest, shared
    from ingestion.cited import place

    asked, text = question.reveal(), passage.chunk.text.reveal()
    headed = f"{passage.title.reveal()}\n{passage.chunk.heading.reveal()}\n{text}"
    best = closest(asked, text)
    return Nearest(
        title=passage.title.reveal(),
        source=passage.source.reveal(),
        heading=passage.chunk.heading.reveal(),
        first_line=passage.chunk.first_line,
        last_line=passage.chunk.last_line,
        place=place(passage.source.reveal(), passage.chunk.first_line, passage.chunk.last_line),
        score=round(passage.score, 3),
        matched_by=passage.matched_by,
        terms=shared(asked, headed),
        sentence=text[slice(*best)] if best else "",
    )


ASK = Operation("ask", Question, AnswerView, _ask)

"""Ask a tenant's documents a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.drafts import CitationView, citation_view

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Passage
    from guardrails import RedactedText


class Question(TenantArgs):
    """A question as a person typed it."""

    question: str
    type: str = ""
    source: str = ""


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
    """An answer with its citations; without one, ``answerable`` is false and ``text`` empty."""

    question: str
    answerable: bool
    text: str
    writer: str
    citations: tuple[CitationView, ...]
    notes: tuple[str, ...]
    nearest: tuple[Nearest, ...]


def _ask(home: Home, args: Question, _progress: Progress) -> AnswerView:
    from assistant.errors import BadInput
    from assistant.flows.ask import ask
    from assistant.flows.retrieve import Only
    from guardrails import RawText

    if not args.question.strip():
        raise BadInput("The question is empty.")
    only = Only(args.type, args.source) if args.type or args.source else None
    answer = ask(home.desk(args.tenant), RawText(args.question), only=only)
    text = answer.written.body.reveal()
    return AnswerView(
        question=answer.question.reveal(),
        answerable=answer.answerable and bool(text),
        text=text,
        writer=answer.written.writer,
        citations=tuple(citation_view(each) for each in answer.written.citations),
        notes=answer.written.notes,
        nearest=tuple(_nearest(each, answer.question) for each in answer.passages),
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

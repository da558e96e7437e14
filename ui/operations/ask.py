"""Ask a tenant's documents a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.drafts import CitationView, citation_view

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Passage


class Question(TenantArgs):
    """A question as a person typed it."""

    question: str


class Nearest(Shape):
    """An article that came nearest, whether it answers or not."""

    title: str
    source: str
    heading: str
    first_line: int
    last_line: int
    place: str


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
    from guardrails import RawText

    if not args.question.strip():
        raise BadInput("The question is empty.")
    answer = ask(home.desk(args.tenant), RawText(args.question))
    text = answer.written.body.reveal()
    return AnswerView(
        question=answer.question.reveal(),
        answerable=answer.answerable and bool(text),
        text=text,
        writer=answer.written.writer,
        citations=tuple(citation_view(each) for each in answer.written.citations),
        notes=answer.written.notes,
        nearest=tuple(_nearest(each) for each in answer.passages),
    )


def _nearest(passage: Passage) -> Nearest:
    from ingestion.cited import place

    return Nearest(
        title=passage.title.reveal(),
        source=passage.source.reveal(),
        heading=passage.chunk.heading.reveal(),
        first_line=passage.chunk.first_line,
        last_line=passage.chunk.last_line,
        place=place(passage.source.reveal(), passage.chunk.first_line, passage.chunk.last_line),
    )


ASK = Operation("ask", Question, AnswerView, _ask)

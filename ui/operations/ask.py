"""Ask a tenant's documents a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.drafts import CitationView, citation_view
from ui.operations.needs import owner_or
from ui.operations.sources import SourceView, cited, nearest
from ui.operations.texts import placed

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.flows.ask import Answer
    from assistant.flows.conversations import Conversation
    from assistant.model import Passage
    from assistant.search.filters import DocumentFilter
    from guardrails import RawText, RedactedText
    from guardrails.identity.permissions import Person


class Question(TenantArgs):
    """A question as a person typed it; with ``note`` it is kept as a gap although a filter is set.

    ``conversation`` is a conversation of the person, which the question continues.
    """

    question: str
    type: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    since: date | None = None
    note: bool = False
    conversation: str = ""


class Nearest(Shape):
    """One of the nearest passages, whether it answers the question or not, and why it was found.

    ``score`` is from 0 to 1, relative to the others of this question; ``matched_by`` is ``terms``,
    ``vector`` or both; ``terms`` are words of the question that are in the passage; ``sentence``
    is the one that shares most words with the question.
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

    In a near miss ``answerable`` is false too, ``near_miss`` says what the documents do not speak
    of, and ``text`` is the nearest section. ``below`` are further sections, one click below.

    ``noted`` means that the question is kept as a gap. ``restored`` is the text as the person who
    asked reads it, with the sentence that answers at ``highlight``. ``sources`` are the cited
    passages and ``near`` the nearest ones, to be opened. ``off`` says by whose choice no answer is
    written; then ``near`` are the passages that were found. ``notices`` accompany a text, which is
    always ``ai_generated``; where there is none, nothing was.
    """

    question: str
    answerable: bool
    text: str
    writer: str
    citations: tuple[CitationView, ...]
    notes: tuple[str, ...]
    nearest: tuple[Nearest, ...]
    noted: bool
    restored: str
    highlight: tuple[int, int] | None = None
    sources: tuple[SourceView, ...]
    near: tuple[SourceView, ...]
    below: tuple[SourceView, ...] = ()
    near_miss: str = ""
    off: str = ""
    ai_generated: bool
    notices: tuple[str, ...]


def _ask(home: Home, caller: Caller, args: Question, _progress: Progress) -> AnswerView:
    from assistant.flows.ask import ask
    from assistant.flows.gaps import note_gap

    desk, raw = home.desk(args.tenant), _asked(args)
    answer = ask(desk, raw, filters=_filter(desk, args))
    late = args.note and answer.narrowed and not answer.answerable
    if late:
        note_gap(desk, answer.question)
    return answer_view(
        desk, _reader(home, caller, args), replace(answer, noted=late or answer.noted)
    )


def _asking(
    home: Home, caller: Caller, args: Question, _progress: Progress
) -> Iterator[AnswerView]:
    """Yield the answer as it grows, each time as whole sentences that passed every check.

    It ends when the conversation is stopped or left, or when the caller closes the iterator.
    """
    from assistant.flows.ask import asking

    desk, raw = home.desk(args.tenant), _asked(args)
    here = conversation_of(home, caller, desk, args.conversation)
    here.stop.clear()
    before, last = [each.question for each in here.answers], None
    with closing(asking(desk, raw, before=before, filters=_filter(desk, args))) as answers:
        for last in answers:
            yield answer_view(desk, _reader(home, caller, args), last)
            if here.stop.is_set():
                break
    if last is not None and not here.left and (last.answerable or not here.stop.is_set()):
        here.add(last)


def conversation_of(home: Home, caller: Caller, desk: Desk, wanted: str) -> Conversation:
    """Return the caller's conversation at this desk. `NotFound` for another person's."""
    from assistant.errors import NotFound

    found = home.conversations.find((caller.login or "", desk.tenant.id), wanted)
    if found is None:
        raise NotFound("This conversation has ended.", todo="Start a new one.")
    return found


def answer_view(desk: Desk, person: Person | None, answer: Answer) -> AnswerView:
    """Return ``answer`` as a result, with identity restored for ``person``."""
    from assistant.flows.ai_notice import notices_of

    written, question = answer.written, answer.question
    wrote = bool(written.body)
    body, highlight = placed(desk, person, written.body, written.highlight)
    return AnswerView(
        question=question.reveal(),
        answerable=answer.answerable,
        text=written.body.reveal(),
        writer=written.writer,
        citations=tuple(citation_view(each) for each in written.citations),
        notes=written.notes,
        nearest=tuple(_nearest(each, question) for each in answer.passages),
        noted=answer.noted,
        restored=body.restored,
        highlight=highlight,
        sources=cited(desk, person, written.citations, answer.passages, question),
        near=() if answer.written.body else nearest(desk, person, answer.passages, question),
        below=nearest(desk, person, answer.below, question),
        near_miss=answer.near_miss,
        off=answer.off,
        ai_generated=wrote,
        notices=notices_of(desk) if wrote else (),
    )


def _asked(args: Question) -> RawText:
    from assistant.errors import BadInput
    from guardrails import RawText

    if not args.question.strip():
        raise BadInput("The question is empty.")
    return RawText(args.question)


def _reader(home: Home, caller: Caller, args: Question) -> Person | None:
    """Return the person who reads the answer; None for the owner of the home: it is redacted."""
    return caller.person(home, args.tenant) if caller.login else None


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


ASK = Operation("ask", Question, AnswerView, _ask, needs=owner_or(Role.AGENT), stream=_asking)

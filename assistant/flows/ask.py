"""An agent asks the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.desk import Desk
from assistant.flows.gaps import note_gap
from assistant.flows.reading import read_on
from assistant.flows.retrieve import retrieve
from assistant.model import Passage, Written, new_id
from guardrails import RawText, RedactedText


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer; when not ``answerable`` the passages are only the nearest ones."""

    question: RedactedText
    written: Written
    passages: tuple[Passage, ...]
    answerable: bool


def ask(desk: Desk, question: RawText) -> Answer:
    """Answer from the tenant's documents, or say that nothing there answers it."""
    washed = desk.redactor.look_up(question).text
    found = retrieve(desk, washed)
    passages = read_on(desk, found.passages) if found.answerable else ()
    written = desk.writer.answer(washed, passages)
    answerable = found.answerable and bool(written.body)
    desk.ledger.append(
        "question.answered",
        question=new_id(),
        writer=written.writer,
        intents=" ".join(map(str, written.intents)),
        passages=len(found.passages),
        answerable=answerable,
    )
    if not answerable:
        note_gap(desk, washed)
    return Answer(washed, written, found.passages, answerable)

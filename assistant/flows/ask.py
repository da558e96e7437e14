"""An agent asks the knowledge base a question, and follow-up questions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from assistant.desk import Desk
from assistant.flows.ai import why_off
from assistant.flows.checks import masked_again
from assistant.flows.gaps import note_gap
from assistant.model import NO_TEXT, Passage, Written, new_id
from assistant.ports import Writer
from assistant.search.federated import documents_of
from assistant.search.filters import DocumentFilter
from assistant.search.further import further
from assistant.search.missing import UNSURE, near_miss
from assistant.search.reading import read_sections
from assistant.search.retrieve import Retrieved, retrieve
from assistant.search.sureness import near_enough
from guardrails import RawText, RedactedText, Template, join
from guardrails.policy import AiFeature

_EARLIER = 3
_BEFORE, _NOW = Template("Before: $asked"), Template("Now: $asked")


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer; when not ``answerable`` the passages are only the nearest ones.

    ``narrowed`` means that a filter excluded documents, so that finding nothing is no gap yet;
    ``noted`` that the question is kept as a gap. ``below`` are further sections, shown one click
    below the answer. ``near_miss`` says in words what the documents do not speak of: then
    ``written`` holds the nearest section, and the answer is not answerable. ``off`` says by whose
    choice no answer is written: then the passages are what words found.
    """

    question: RedactedText
    written: Written
    passages: tuple[Passage, ...]
    answerable: bool
    narrowed: bool = False
    noted: bool = False
    below: tuple[Passage, ...] = ()
    near_miss: str = ""
    off: str = ""


def ask(
    desk: Desk,
    question: RawText,
    *,
    before: Sequence[RedactedText] = (),
    filters: DocumentFilter | None = None,
) -> Answer:
    """Answer from the tenant's documents, or report that they hold no answer.

    While answers are switched off, only search and write nothing.

    ``before`` are the earlier questions of the conversation, oldest first, as they were redacted.
    """
    look = _look(desk, question, before, filters)
    if look.off:
        return _searched(desk, look)
    written = masked_again(desk, _writer(desk, look).answer(look.asked, look.passages))
    _record(desk, look, written)
    return look.answer(written)


def asking(
    desk: Desk,
    question: RawText,
    *,
    before: Sequence[RedactedText] = (),
    filters: DocumentFilter | None = None,
) -> Generator[Answer]:
    """Yield the answer as it grows, checked parts only; the last item is the whole answer.

    Closing the generator stops the model; what was sent by then is in the ledger.
    """
    look = _look(desk, question, before, filters)
    if look.off:
        yield _searched(desk, look)
        return
    written: Written | None = None
    try:
        for grown in _writer(desk, look).answering(look.asked, look.passages):
            written = masked_again(desk, grown)
            yield look.answer(written)
    except GeneratorExit:
        if written is not None:
            _record(desk, look, written, stopped=True)
        raise
    assert written is not None, "a writer always returns something"
    _record(desk, look, written)


@dataclass(frozen=True, slots=True)
class _Look:
    """A question, the question with the earlier ones before it, and what was found."""

    question: RedactedText
    asked: RedactedText
    found: Retrieved
    passages: tuple[Passage, ...]
    narrowed: bool
    near_miss: str
    off: str = ""

    def answer(self, written: Written) -> Answer:
        answerable = not self.near_miss and bool(written.body)
        found = self.found.answerable if self.off else answerable
        noted = not (found or self.narrowed)
        written = replace(written, notes=(*written.notes, *self.found.notes))
        return Answer(
            self.question,
            written,
            self.found.passages,
            answerable,
            self.narrowed,
            noted,
            further(written.body, self.passages) if written.body else (),
            self.near_miss if written.body else "",
            self.off,
        )


def _look(
    desk: Desk,
    question: RawText,
    before: Sequence[RedactedText],
    filters: DocumentFilter | None = None,
) -> _Look:
    redacted = desk.scanner.remask(desk.redactor.look_up(question).text)
    found = retrieve(desk, redacted, before=before, filters=filters)
    asked = _in_turn(redacted, before[-_EARLIER:])
    passages = read_sections(documents_of(desk), desk.ranker, asked, found)
    sure = found.answerable or not passages or near_enough(desk, asked, found, passages)
    missed = near_miss(redacted, passages) or ("" if sure else UNSURE)
    off = why_off(desk, AiFeature.ANSWER)
    return _Look(redacted, asked, found, passages, bool(filters), missed, off)


def _searched(desk: Desk, look: _Look) -> Answer:
    """Return what was found, and no answer."""
    done = look.answer(Written(look.asked, NO_TEXT, NO_TEXT, "none"))
    desk.ledger.append(
        "question.searched", question=new_id(), passages=len(look.found.passages), noted=done.noted
    )
    if done.noted:
        note_gap(desk, look.asked)
    return done


def _writer(desk: Desk, look: _Look) -> Writer:
    """Return the writer: a near miss is quoted, so that no model makes an answer of it."""
    return desk.fallback_writer if look.near_miss else desk.writer


def _in_turn(question: RedactedText, before: Sequence[RedactedText]) -> RedactedText:
    """Return the question after the earlier ones: “And on a Mac?” means nothing by itself."""
    if not before:
        return question
    earlier = [_BEFORE.fill(asked=each) for each in before]
    return join("\n", [*earlier, _NOW.fill(asked=question)])


def _record(desk: Desk, look: _Look, written: Written, *, stopped: bool = False) -> None:
    desk.ledger.append(
        "question.answered",
        question=new_id(),
        writer=written.writer,
        prompt=written.prompt,
        model=written.outcome or "",
        intents=" ".join(map(str, written.intents)),
        passages=len(look.found.passages),
        answerable=look.answer(written).answerable,
        stopped=stopped,
    )
    if look.answer(written).noted and not stopped:
        note_gap(desk, look.asked)

"""A ticket becomes a draft in two parts: a brief for the agent, and a reply for a person to review.

The reply's writer is given what customers may read and nothing else: the ticket without private
notes, and passages for customers. So neither it nor a model can quote what is for agents only. The
brief rests on everything, and no model reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.desk import Desk
from assistant.flows.ai import must_be_on
from assistant.flows.checks import inspect, internal, masked_again, ticket_of
from assistant.flows.queue import queue
from assistant.flows.tickets import redact_again
from assistant.frames import Frames
from assistant.model import (
    Audience,
    Draft,
    DraftKind,
    Finding,
    FindingKind,
    Passage,
    Ticket,
    Written,
)
from assistant.ports import Case
from assistant.questions import missing, question
from assistant.search.audience import for_customer, is_third_person, is_ticket, known_to
from assistant.search.federated import documents_of
from assistant.search.filters import DocumentFilter
from assistant.search.quarantine import cited, marks, placed, without_suspects
from assistant.search.reading import read_sections
from assistant.search.retrieve import Retrieved, retrieve
from assistant.search.sections import sections_of
from assistant.search.sureness import LIKELY, is_lost, near_enough
from assistant.wording import stems
from guardrails import RedactedText, Template, join, placeholders
from guardrails.policy import AiFeature

_SEARCHED, _READ = 16, 6
"""Passages that are found, and those of them that are read on from."""
_NEAR = 0.9
"""The least score of the best passage for customers, relative to the best of all: what is found for
agents answers better than anything below it. Both being of one document is enough, too, and so is a
passage that holds every word of the subject: scores are relative, and far apart among few."""
_SUBJECT = 3
"""The least words of a subject that say enough."""
_FOR_AGENTS = "Only material for agents answers this; the brief has it."
_ONLY_NEAR = "No document answers this for certain; the brief has the nearest section."
_ITEM = Template("- $question")


def draft_reply(desk: Desk, reference: str) -> Draft:
    """Draft a reply to one ticket and queue it. `NotFound` for an unknown reference.

    `AiOff` while drafts are switched off, or for the requester.
    """
    must_be_on(desk, AiFeature.DRAFT, ticket_of(desk, reference).reference)
    ticket = redact_again(desk, reference)
    look = _look(desk, ticket)
    written = _reply(desk, look)
    # what others than the requester said matters to the steps of a passage, and to nothing else
    honest = without_suspects(desk.suspects, ticket, asked_only=not look.passages)
    brief = desk.fallback_writer.brief(look.case(honest, written))
    read = (*look.readable, *look.passages, *look.document, *look.found.passages)
    marked = marks(desk.suspects, ticket.public(), cited(read, brief.citations))
    suspect = placed([each.finding for each in marked], written.body)
    ready = replace(
        written,
        brief=desk.scanner.remask(brief.text),
        citations=brief.citations,
        findings=(*written.findings, *suspect),
        notes=(*written.notes, *look.found.notes),
    )
    return queue(desk, ticket, DraftKind.REPLY, ready)


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found for a ticket: all of it, and of that what its requester may read."""

    ticket: Ticket
    found: Retrieved
    passages: tuple[Passage, ...]
    readable: tuple[Passage, ...]
    similar: tuple[Passage, ...]
    frames: Frames
    document: tuple[Passage, ...] = ()
    near: bool = True

    @property
    def questions(self) -> list[RedactedText]:
        """What the reply asks, in our own words: no text for agents has a say in it."""
        said = self.ticket.question.reveal()
        steps = self.readable[0].chunk.text.reveal() if self.readable else ""
        return [question(fact, self.frames.language) for fact in missing(said, steps)]

    def case(self, honest: Ticket, written: Written) -> Case:
        """Return what the brief is written from: ``honest`` is the ticket without injections."""
        return Case(
            honest,
            self.passages or self.found.passages[:_READ],
            bool(self.passages),
            self.found.confidence,
            self.similar,
            self.frames.language,
            written.citations,
            self.document,
            self.near,
        )

    @property
    def hidden(self) -> list[RedactedText]:
        """The texts for agents that were found or stand in the ticket."""
        found = (*self.passages, *self.document, *self.found.passages)
        chunks = (each.chunk for each in found)
        texts = (*chunks, *self.ticket.turns)
        return [each.text for each in texts if each.audience is Audience.AGENT]


def _look(desk: Desk, ticket: Ticket) -> _Look:
    itself = desk.records.documents.document(ticket.id) is not None
    filters = DocumentFilter(but=ticket.id) if itself else None
    asked = ticket.question
    found = retrieve(desk, asked, _SEARCHED, filters=filters)
    documents = documents_of(desk)
    tickets = dict.fromkeys(each.chunk.document_id for each in found.passages if is_ticket(each))
    named = {each.chunk.document_id: each for each in reversed(found.passages)}
    similar = [
        replace(named[key], chunk=last) for key in tickets for last in documents.chunks_of(key)[-1:]
    ]
    frames = desk.frames.for_ticket(ticket.public())
    if not found.answerable:
        nearest = _nearest(desk, asked, found)
        whole = _whole_document(desk, nearest)
        return _Look(ticket, found, nearest, (), tuple(similar), frames, whole)
    open_ones = _answering(ticket, found.passages)
    passages = _sections(desk, asked, found, found.passages)
    same = open_ones[:_READ] == list(found.passages[:_READ])
    readable = passages if same else _sections(desk, asked, found, open_ones)
    return _Look(
        ticket,
        found,
        passages,
        for_customer(readable, known_to(ticket)),
        tuple(similar),
        frames,
        _whole_document(desk, passages),
        found.confidence >= LIKELY or near_enough(desk, asked, found, passages),
    )


def _nearest(desk: Desk, asked: RedactedText, found: Retrieved) -> tuple[Passage, ...]:
    """Return the sections of the first document that was found, if they are near enough."""
    if is_lost(found):
        return ()
    first = [
        each
        for each in found.passages
        if each.chunk.document_id == found.passages[0].chunk.document_id
    ]
    sections = _sections(desk, asked, found, first)
    return sections if near_enough(desk, asked, found, sections) else ()


def _whole_document(desk: Desk, ranked: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return all sections of the document that answers best, in its order, for the brief alone."""
    if not ranked:
        return ()
    best = ranked[0]
    chunks = documents_of(desk).chunks_of(best.chunk.document_id)
    scores = {(each.chunk.id, each.chunk.ordinal): each.score for each in ranked}
    return tuple(
        section.passage(scores.get((section.chunk_ids[0], section.ordinal), 0.0))
        for section in sections_of(best.source, best.title, chunks)
    )


def _sections(
    desk: Desk, asked: RedactedText, found: Retrieved, passages: Sequence[Passage]
) -> tuple[Passage, ...]:
    """Return the sections of the documents of ``passages`` that answer best."""
    some = replace(found, passages=tuple(passages[:_READ]))
    return read_sections(documents_of(desk), desk.ranker, asked, some)


def _answering(ticket: Ticket, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages for customers, if their best is about as good as the best of all."""
    open_ones = [each for each in passages if each.chunk.audience is Audience.CUSTOMER]
    if not open_ones:
        return []
    first, best = open_ones[0], passages[0]
    same = first.chunk.document_id == best.chunk.document_id
    near = same or first.score >= _NEAR * best.score or _holds_subject(ticket, first)
    return open_ones if near else []


def _holds_subject(ticket: Ticket, passage: Passage) -> bool:
    asked = stems(ticket.subject.reveal())
    texts = (passage.title, passage.chunk.heading, passage.chunk.text)
    return len(asked) >= _SUBJECT and asked <= stems("\n".join(text.reveal() for text in texts))


def _reply(desk: Desk, look: _Look) -> Written:
    """Return the reply, which rests on what the requester may read, with its findings."""
    public = look.ticket.public()
    written = masked_again(desk, desk.writer.reply(public, look.readable))
    if look.passages and not written.citations:
        written = masked_again(desk, _working_on_it(desk, look, written))
    known = [each.chunk.text for each in look.readable]
    known += [public.subject, *(turn.text for turn in public.turns)]
    found = (
        *inspect(desk, written.body, origin=written.saw),
        *internal(written.body, look.hidden, known),
        *_third_people(look.ticket, written.body),
    )
    return replace(written, findings=(*written.findings, *found))


def _working_on_it(desk: Desk, look: _Look, held: Written) -> Written:
    """Return a reply for when nothing that customers may read answers: it says who works on it."""
    public = look.ticket.public()
    questions = [_ITEM.fill(question=each) for each in look.questions]
    asked = join("\n", questions) if questions else None
    body = look.frames.working(public, asked)
    notes = (
        _FOR_AGENTS if look.found.answerable else _ONLY_NEAR,
        *look.frames.notes(),
        *(each for each in held.notes if each.startswith("The model")),
    )
    return replace(
        held,
        saw=join("\n\n", [held.saw, public.requester]),
        said=held.said if held.intents else body,
        body=body,
        writer=desk.fallback_writer.name,
        highlight=None,
        findings=(),
        notes=notes,
    )


def _third_people(ticket: Ticket, body: RedactedText) -> Sequence[Finding]:
    """Return a finding for each placeholder that is from the knowledge base, not the ticket.

    A person's name or contact blocks the reply; a thing, such as a host, is for the reviewer.
    """
    known = known_to(ticket)
    return [
        Finding(
            FindingKind.PERSONAL_DATA,
            each.start,
            each.end,
            "comes from the knowledge base, not from the ticket: may the requester know it?",
            blocks=is_third_person(each, known),
        )
        for each in placeholders.find(body.reveal())
        if each.placeholder not in known and each.placeholder.number is not None
    ]

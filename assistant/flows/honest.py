"""Sentences that a reviewer calls honest: they are not flagged as prompt injections again.

A sentence is named by a finding of a draft, so that a person decides about what they have read. It
is kept in the form in which sentences are compared, without the numbers of its placeholders, until
it is removed or the ticket or document that it comes from is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound
from assistant.flows.checks import draft_of, must_decide, ticket_of
from assistant.model import Draft, Finding, FindingKind, Honest
from assistant.search.federated import documents_of
from assistant.search.quarantine import quoted
from guardrails import RedactedText
from guardrails.identity.permissions import Person
from guardrails.injection.detector import sentences_of
from guardrails.injection.patterns import pattern


def call_honest(desk: Desk, person: Person, draft_id: str, number: int | None = None) -> Honest:
    """Keep the sentence of a suspicious span: finding ``number`` of a draft, from 1, or the first.

    The finding is removed from the draft. `BadInput` when that finding is no suspicious span,
    `NotFound` when the text has changed since.
    """
    must_decide(desk, person)
    draft = draft_of(desk, draft_id)
    finding = _finding(draft, number)
    origin, sentence = _sentence(desk, draft, finding)
    known = pattern(sentence)
    honest = Honest(desk.sealer.fingerprint_bytes(known.reveal().encode()), origin, known)
    left = tuple(each for each in draft.written.findings if each != finding)
    with desk.records.transaction():
        desk.records.honest.put(honest)
        desk.records.drafts.rewrite(draft.id, replace(draft.written, findings=left))
        desk.ledger.append("honest.added", by=person.id, draft=draft.id)
    return honest


def remove_honest(desk: Desk, person: Person, honest_id: str) -> None:
    """Let a sentence be flagged again; it is named by its id or the id's first digits."""
    must_decide(desk, person)
    found = [each for each in desk.records.honest.list() if each.id.startswith(honest_id)]
    if not honest_id or len(found) != 1:
        raise NotFound("No single sentence has this id.", todo="See `quietdesk injection list`.")
    with desk.records.transaction():
        desk.records.honest.remove(found[0].id)
        desk.ledger.append("honest.removed", by=person.id)


def honest_sentences(desk: Desk, person: Person) -> list[Honest]:
    """Return every sentence that was called honest, in the order of its words."""
    must_decide(desk, person)
    return sorted(desk.records.honest.list(), key=lambda each: each.pattern.reveal())


def _finding(draft: Draft, number: int | None) -> Finding:
    for at, each in enumerate(draft.written.findings, start=1):
        if each.kind is FindingKind.INJECTION and number in (None, at):
            return each
    raise BadInput(
        "The draft has no such suspicious span." if number else "The draft has no suspicious span.",
        todo="See `quietdesk review show`; findings count from 1.",
    )


def _sentence(desk: Desk, draft: Draft, finding: Finding) -> tuple[str, RedactedText]:
    """Return the sentence that a finding quotes, with the id of its ticket or document."""
    for origin, text in _read(desk, draft):
        for start, end in sentences_of(text.reveal()):
            sentence = text.cut(start, end)
            if quoted(sentence) in finding.note:
                return origin, sentence
    raise NotFound(
        "This sentence is no longer in the ticket or the documents.",
        todo="Draft the reply again.",
    )


def _read(desk: Desk, draft: Draft) -> Iterator[tuple[str, RedactedText]]:
    ticket = ticket_of(desk, draft.reference)
    yield from ((ticket.id, turn.text) for turn in ticket.turns)
    documents = documents_of(desk)
    for origin in dict.fromkeys(each.document_id for each in draft.written.citations):
        yield from ((origin, chunk.text) for chunk in documents.chunks_of(origin))

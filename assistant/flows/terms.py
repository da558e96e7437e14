"""A tenant's terms: words that are masked in every text, or left readable.

Every decision is made by a reviewer and recorded in the ledger, without the word. Documents that
were read before become stale; the caller must reopen the desk afterwards.

A masked value that should be readable is named by its placeholder in a text that the person has
open: no one learns here the value of a placeholder of another text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, Refused
from assistant.flows.seeing import seeing
from assistant.model import Draft, Ticket
from guardrails import ForPerson, RawText, RedactedText
from guardrails.detect.directory import Term
from guardrails.errors import NotPermitted
from guardrails.identity.permissions import Person, show, show_restored
from guardrails.placeholders import Placeholder, find
from guardrails.spans import EntityType

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term, shown to a permitted person; without a type it stays readable."""

    text: ForPerson
    type: EntityType | None
    id: str


@dataclass(frozen=True, slots=True)
class MaskedValue:
    """A placeholder of a text and its value, shown to a permitted person."""

    placeholder: Placeholder
    value: ForPerson
    readable_now: bool


def add_term(desk: Desk, person: Person, text: RawText, kind: EntityType | None) -> None:
    """Mask ``text`` as ``kind`` from now on, or leave it readable if that is None."""
    _permitted(person, desk)
    term = Term(text, kind)
    if term.says_little or len(text) > _LONGEST:
        raise BadInput(f"A term has 2 to {_LONGEST} characters.", todo="Enter a word or a name.")
    with desk.records.transaction():
        desk.records.terms.put(term)
        desk.ledger.append("term.added", by=person.id, masked=kind is not None)


def remove_term(desk: Desk, person: Person, text: RawText) -> None:
    """Remove a term, so that detection decides again. `BadInput` if there is no such term."""
    _permitted(person, desk)
    with desk.records.transaction():
        if not desk.records.terms.remove(Term(text, None)):
            raise BadInput("There is no such term.", todo="See `quietdesk terms list`.")
        desk.ledger.append("term.removed", by=person.id)


def leave_readable(
    desk: Desk, person: Person, placeholder: str, texts: Sequence[RedactedText]
) -> Placeholder:
    """Leave the value of ``placeholder`` in one of ``texts`` readable from now on.

    `NotFound` when none of them contains it, `Refused` when its value cannot be left readable.
    """
    _permitted(person, desk)
    here = {str(name): (name, cut) for name, cut in _placeholders(texts)}
    if placeholder not in here:
        raise NotFound("The open text contains no such placeholder.", todo="Open it again.")
    name, cut = here[placeholder]
    if name.type is EntityType.LITERAL:
        raise Refused("Text that only looks like a placeholder stays masked.", safe=_UNCHANGED)
    restored = desk.restorer.restore(cut)
    if restored.left:
        raise Refused(
            "The value of this placeholder was not kept, so it cannot be made readable here.",
            safe=_UNCHANGED,
            todo="Type the word instead; a word that still looks like a secret stays masked.",
        )
    add_term(desk, person, restored.text, None)
    return name


def masked(desk: Desk, person: Person, texts: Sequence[RedactedText]) -> list[MaskedValue]:
    """Return the masked values of ``texts`` that could be left readable, in their order."""
    _permitted(person, desk)
    read = {_id(desk, term) for term in desk.records.terms.list() if term.type is None}
    cuts = {
        name: cut
        for name, cut in _placeholders(texts)
        if name.number is not None and name.type is not EntityType.LITERAL
    }
    restored = desk.restorer.restore_many(list(cuts.values()))
    with seeing(desk, person):
        return [
            MaskedValue(
                name,
                show_restored(each, person, desk.tenant.slug),
                readable_now=_id(desk, Term(each.text, None)) in read,
            )
            for name, each in zip(cuts, restored, strict=True)
            if not each.left
        ]


def texts_of(what: Ticket | Draft) -> list[RedactedText]:
    """Return every text of a ticket or a draft."""
    if isinstance(what, Draft):
        return [what.written.saw, what.written.said, what.written.body]
    turns = (text for turn in what.turns for text in (turn.author, turn.text))
    return [what.subject, what.requester, *turns]


def take_back(desk: Desk, person: Person, term_id: str) -> None:
    """Remove a term by its id, so that detection decides again. `NotFound` for an unknown id."""
    _permitted(person, desk)
    found = [term for term in desk.records.terms.list() if _id(desk, term) == term_id]
    if not found:
        raise NotFound("This term was removed already.")
    remove_term(desk, person, found[0].text)


def terms(desk: Desk, person: Person) -> list[TermLine]:
    """Return every term, for ``person`` to read."""
    with seeing(desk, person):
        lines = [
            TermLine(show(term.text, person, desk.tenant.slug), term.type, _id(desk, term))
            for term in desk.records.terms.list()
        ]
    return sorted(lines, key=lambda line: line.text.for_display().casefold())


def _placeholders(texts: Sequence[RedactedText]) -> Iterator[tuple[Placeholder, RedactedText]]:
    for text in texts:
        for each in find(text.reveal()):
            yield each.placeholder, text.cut(each.start, each.end)


def _id(desk: Desk, term: Term) -> str:
    return desk.sealer.fingerprint(term.folded())


def _permitted(person: Person, desk: Desk) -> None:
    if person.tenant != desk.tenant.slug or not person.may_release:
        raise NotPermitted(
            f"{person.login} may not decide what this tenant masks.",
            safe=_UNCHANGED,
            todo="Ask a reviewer or an admin.",
        )


_UNCHANGED = "Nothing was changed."

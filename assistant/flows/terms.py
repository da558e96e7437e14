"""Words that a tenant decides on: masked wherever they stand, or left readable.

Every decision is a reviewer's and stands in the ledger, without the word. What was read before is
stale from then on; whoever keeps a desk opens it anew afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.desk import Desk
from assistant.errors import BadInput
from guardrails import ForPerson, RawText
from guardrails.doors import Person, show
from guardrails.errors import NotPermitted
from guardrails.known import Term
from guardrails.spans import EntityType


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term for the screen of a permitted person; without a type it stays readable."""

    text: ForPerson
    type: EntityType | None


def add_term(desk: Desk, person: Person, text: RawText, kind: EntityType | None) -> None:
    """Mask ``text`` as ``kind`` from now on, or leave it readable if that is None."""
    _permitted(person, desk)
    with desk.records.transaction():
        desk.records.terms.put(Term(text, kind))
        desk.ledger.append("term.added", by=person.login, masked=kind is not None)


def remove_term(desk: Desk, person: Person, text: RawText) -> None:
    """Leave the word to detection again. `BadInput` if nobody had decided on it."""
    _permitted(person, desk)
    with desk.records.transaction():
        if not desk.records.terms.remove(Term(text, None)):
            raise BadInput("There is no such term.", todo="See `quietdesk terms list`.")
        desk.ledger.append("term.removed", by=person.login)


def terms(desk: Desk, person: Person) -> list[TermLine]:
    """Return every term, for ``person`` to read."""
    return sorted(
        (
            TermLine(show(term.text, person, desk.tenant.slug), term.type)
            for term in desk.records.terms.list()
        ),
        key=lambda line: line.text.for_display().casefold(),
    )


def _permitted(person: Person, desk: Desk) -> None:
    if person.tenant != desk.tenant.slug or not person.may_release:
        raise NotPermitted(
            f"{person.login} may not decide what this tenant masks.", safe="Nothing was changed."
        )

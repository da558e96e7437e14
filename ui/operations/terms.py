"""Words that a tenant decides on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.operations.base import Operation, PersonArgs, Progress, Shape
from ui.operations.people import membership

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class OneTerm(PersonArgs):
    """A word; ``mask_as`` is the type it is masked as, None leaves it readable."""

    text: str
    mask_as: str | None = None


class TermView(Shape):
    """A word and what becomes of it."""

    text: str
    mask_as: str | None


class TermList(Shape):
    """Every term of a tenant, and how many documents were read under other rules."""

    terms: tuple[TermView, ...]
    stale_documents: int


def _list(home: Home, args: PersonArgs, _progress: Progress) -> TermList:
    from assistant.flows.terms import terms
    from ingestion.staleness import stale

    desk, person = membership(home, args)
    return TermList(
        terms=tuple(
            TermView(text=each.text.for_display(), mask_as=each.type.value if each.type else None)
            for each in terms(desk, person)
        ),
        stale_documents=stale(desk),
    )


def _add(home: Home, args: OneTerm, progress: Progress) -> TermList:
    from assistant.errors import BadInput
    from assistant.flows.terms import add_term
    from guardrails import RawText
    from guardrails.spans import EntityType

    desk, person = membership(home, args)
    if args.mask_as is not None and args.mask_as not in EntityType.__members__:
        known = ", ".join(kind.value for kind in EntityType)
        raise BadInput("There is no such type.", todo=f"Types: {known}.")
    if not args.text.strip():
        raise BadInput("The term is empty.")
    add_term(desk, person, RawText(args.text), EntityType(args.mask_as) if args.mask_as else None)
    home.directory_changed(args.tenant)
    return _list(home, args, progress)


def _remove(home: Home, args: OneTerm, progress: Progress) -> TermList:
    from assistant.flows.terms import remove_term
    from guardrails import RawText

    desk, person = membership(home, args)
    remove_term(desk, person, RawText(args.text))
    home.directory_changed(args.tenant)
    return _list(home, args, progress)


ADD = Operation("terms.add", OneTerm, TermList, _add, alone=True)
REMOVE = Operation("terms.remove", OneTerm, TermList, _remove, alone=True)
LIST = Operation("terms.list", PersonArgs, TermList, _list)

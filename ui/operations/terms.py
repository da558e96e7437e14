"""Terms: words that a tenant has set to be always masked or left readable.

A person decides with a ticket or a draft open, or with nothing open. The open ticket is then
redacted again, so that the decision shows. Decisions take the tenant's turn, because indexing
resolved tickets removes every vector without a record, and an ingest adds vectors first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.needs import member

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Draft, Ticket
    from guardrails import RedactedText
    from guardrails.placeholders import Placeholder
    from guardrails.spans import EntityType


class OpenArgs(TenantArgs):
    """What the person has open: a ticket by its reference, a draft by its id, or neither."""

    reference: str = ""
    draft: str = ""


class OneTerm(OpenArgs):
    """A word; ``mask_as`` is the type it is masked as, None leaves it readable."""

    text: str
    mask_as: str | None = None


class LeaveArgs(OpenArgs):
    """A placeholder in the open text, such as ``<PERSON_3>``."""

    placeholder: str


class RemoveArgs(OpenArgs):
    """A term by its words, or by the ``id`` of its line."""

    text: str = ""
    id: str = ""


class TermView(Shape):
    """A word, and whether it is masked or readable."""

    id: str
    text: str
    mask_as: str | None


class TermList(Shape):
    """Every term of a tenant, and how many documents were redacted under other terms.

    ``still_masked`` means that the word is masked in the open ticket although it was left readable,
    because it belongs to the ticket's own people or the directory.
    """

    terms: tuple[TermView, ...]
    stale_documents: int
    still_masked: bool = False


class MaskedView(Shape):
    """A placeholder, its value, and whether a term leaves that value readable."""

    placeholder: str
    value: str
    readable_now: bool


class Masked(Shape):
    """The masked values of the open text; ``secrets`` were destroyed and can never be readable."""

    values: tuple[MaskedView, ...]
    secrets: bool


def _list(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> TermList:
    from assistant.flows.terms import terms
    from ingestion.staleness import stale

    desk, person = at_desk(home, caller, args.tenant)
    return TermList(
        terms=tuple(
            TermView(
                id=each.id,
                text=each.text.for_display(),
                mask_as=each.type.value if each.type else None,
            )
            for each in terms(desk, person)
        ),
        stale_documents=stale(desk),
    )


def _masked(home: Home, caller: Caller, args: OpenArgs, _progress: Progress) -> Masked:
    from assistant.flows.terms import masked
    from guardrails.spans import EntityType

    desk, person = at_desk(home, caller, args.tenant)
    texts = _texts(_opened(desk, args))
    return Masked(
        values=tuple(
            MaskedView(
                placeholder=str(each.placeholder),
                value=each.value.for_display(),
                readable_now=each.readable_now,
            )
            for each in masked(desk, person, texts)
        ),
        secrets=any(each.type is EntityType.SECRET for each in _placeholders(texts)),
    )


def _add(home: Home, caller: Caller, args: OneTerm, progress: Progress) -> TermList:
    from assistant.errors import BadInput
    from assistant.flows.terms import add_term
    from guardrails import RawText

    desk, person = at_desk(home, caller, args.tenant)
    opened, word = _opened(desk, args), args.text.strip()
    if not word:
        raise BadInput("The term is empty.")
    add_term(desk, person, RawText(word), _type(args.mask_as))
    return _decided(home, caller, args, opened, progress)


def _leave(home: Home, caller: Caller, args: LeaveArgs, progress: Progress) -> TermList:
    from assistant.flows.terms import leave_readable

    desk, person = at_desk(home, caller, args.tenant)
    opened = _opened(desk, args)
    name = leave_readable(desk, person, args.placeholder, _texts(opened))
    return _decided(home, caller, args, opened, progress, name)


def _remove(home: Home, caller: Caller, args: RemoveArgs, progress: Progress) -> TermList:
    from assistant.flows.terms import remove_term, take_back
    from guardrails import RawText

    desk, person = at_desk(home, caller, args.tenant)
    opened = _opened(desk, args)
    if args.id:
        take_back(desk, person, args.id)
    else:
        remove_term(desk, person, RawText(args.text))
    return _decided(home, caller, args, opened, progress)


def _decided(
    home: Home,
    caller: Caller,
    args: OpenArgs,
    opened: Ticket | Draft | None,
    progress: Progress,
    name: Placeholder | None = None,
) -> TermList:
    """Redact the open ticket under the current terms; return them. ``name`` was left readable."""
    from assistant.flows.tickets import redact_again
    from ingestion.resolved import bring_resolved

    home.directory_changed(args.tenant)
    still = False
    if opened is not None:
        desk = home.desk(args.tenant)
        ticket = redact_again(desk, opened.reference)
        bring_resolved(desk)
        still = name is not None and name in _placeholders(_texts(ticket))
    return _list(home, caller, args, progress).model_copy(update={"still_masked": still})


def _opened(desk: Desk, args: OpenArgs) -> Ticket | Draft | None:
    """Return what the person has open. `NotFound` if it no longer exists."""
    from assistant.flows.checks import draft_of, ticket_of

    if args.draft:
        return draft_of(desk, args.draft)
    return ticket_of(desk, args.reference) if args.reference else None


def _texts(what: Ticket | Draft | None) -> Sequence[RedactedText]:
    from assistant.flows.terms import texts_of

    return texts_of(what) if what is not None else []


def _placeholders(texts: Sequence[RedactedText]) -> list[Placeholder]:
    from guardrails.placeholders import find

    return [each.placeholder for text in texts for each in find(text.reveal())]


def _type(name: str | None) -> EntityType | None:
    from assistant.errors import BadInput
    from guardrails.spans import EntityType

    if name is None:
        return None
    kinds = {kind.value: kind for kind in EntityType if kind is not EntityType.LITERAL}
    if name not in kinds:
        raise BadInput("There is no such type.", todo=f"Types: {', '.join(kinds)}.")
    return kinds[name]


_NEEDS = member(Role.REVIEWER)

ADD = Operation("terms.add", OneTerm, TermList, _add, needs=_NEEDS, takes_turn=True)
LEAVE = Operation("terms.leave", LeaveArgs, TermList, _leave, needs=_NEEDS, takes_turn=True)
REMOVE = Operation("terms.remove", RemoveArgs, TermList, _remove, needs=_NEEDS, takes_turn=True)
LIST = Operation("terms.list", TenantArgs, TermList, _list, needs=_NEEDS)
MASKED = Operation("terms.masked", OpenArgs, Masked, _masked, needs=_NEEDS)

"""People who opt out of AI: note one, list them, take one back."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from assistant.model import OWNER, Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from guardrails.detect.directory import KnownPerson

_NUMBER = re.compile(r"[+(]?\d[\d ()/.-]{5,}")


class WhoArgs(TenantArgs):
    """A person, or the requester of the ticket ``ticket``.

    ``person`` is an e-mail address, ``Name <address>``, a telephone number or a name; where an
    opt-out is taken back, it may be the beginning of its id.
    """

    person: str = ""
    ticket: str = ""


class OptOutNoted(Shape):
    """The note of an opt-out; ``withdrawn`` waiting drafts by AI were withdrawn.

    It is not ``new`` if the person had opted out before.
    """

    id: str
    new: bool
    withdrawn: int


class OptOutsRemoved(Shape):
    """How many notes were removed."""

    removed: int


class OptOutView(Shape):
    """A person who opted out; ``person`` is empty for a caller who may not read unredacted text.

    ``by`` is the id of the user who noted it, or `OWNER`.
    """

    id: str
    person: str
    at: datetime
    by: str


class OptOutList(Shape):
    """People who opted out, oldest first."""

    people: tuple[OptOutView, ...]


def _out(home: Home, caller: Caller, args: WhoArgs, _progress: Progress) -> OptOutNoted:
    from assistant.flows.opt_outs import opt_out
    from ingestion.resolved import bring_resolved

    desk = home.desk(args.tenant)
    done = opt_out(desk, _who(desk, args), _by(home, caller, args.tenant))
    if done.new:
        bring_resolved(desk)
    return OptOutNoted(id=done.id, new=done.new, withdrawn=done.withdrawn)


def _in(home: Home, caller: Caller, args: WhoArgs, _progress: Progress) -> OptOutsRemoved:
    from assistant.flows.opt_outs import opt_in
    from ingestion.resolved import bring_resolved

    desk = home.desk(args.tenant)
    by_id = re.fullmatch(r"[0-9a-f]{8,32}", args.person)
    whom = args.person if by_id else _who(desk, args)
    removed = opt_in(desk, whom, _by(home, caller, args.tenant))
    bring_resolved(desk)
    return OptOutsRemoved(removed=removed)


def _list(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> OptOutList:
    from assistant.flows.opt_outs import noted

    person = caller.person(home, args.tenant) if caller.login else None
    return OptOutList(
        people=tuple(
            OptOutView(
                id=each.id,
                person=", ".join(field.for_display() for field in each.fields),
                at=each.at,
                by=each.by,
            )
            for each in noted(home.desk(args.tenant), person)
        )
    )


def _by(home: Home, caller: Caller, tenant: str) -> str:
    """Return the id of the user who calls, or `OWNER`."""
    return caller.person(home, tenant).id if caller.login else OWNER


def _who(desk: Desk, args: WhoArgs) -> KnownPerson:
    from assistant.errors import BadInput
    from assistant.flows.opt_outs import requester_of

    if bool(args.person.strip()) == bool(args.ticket.strip()):
        raise BadInput("Name a person or a ticket.", todo="Give one of both.")
    return requester_of(desk, args.ticket) if args.ticket else _person(args.person.strip())


def _person(said: str) -> KnownPerson:
    from guardrails import RawText
    from guardrails.detect.directory import KnownPerson

    if "@" in said:
        name, address = parseaddr(said)
        return KnownPerson(name=RawText(name) if name else None, email=RawText(address or said))
    if _NUMBER.fullmatch(said):
        return KnownPerson(phone=RawText(said))
    return KnownPerson(name=RawText(said))


_READERS = (Role.AGENT, Role.REVIEWER, Role.OFFICER)
OUT = Operation(
    "people.opt_out", WhoArgs, OptOutNoted, _out, needs=owner_or(*_READERS), takes_turn=True
)
IN = Operation(
    "people.opt_in",
    WhoArgs,
    OptOutsRemoved,
    _in,
    needs=owner_or(Role.REVIEWER, Role.OFFICER),
    takes_turn=True,
)
LIST = Operation("people.opt_outs", TenantArgs, OptOutList, _list, needs=owner_or(*_READERS))

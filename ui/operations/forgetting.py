"""Forget documents or a ticket, and erase their bytes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.model import Role
from guardrails.identity.permissions import Right
from ui.operations.base import Operation, Progress, Shape, Step, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.flows.forget import Forgotten as Done


class ForgetArgs(TenantArgs):
    """What to forget: a document's source or path, or a ticket's reference."""

    name: str


class Forgotten(Shape):
    """How much was forgotten; ``quoting`` drafts of tickets still contain words of it."""

    documents: int
    chunks: int
    tickets: int
    drafts: int
    values: int
    quoting: int
    erased: bool


def forgotten(home: Home, done: Done) -> Forgotten:
    """Return what was done as a result."""
    return Forgotten(**asdict(done), erased=home.erases_rows)


def _document(home: Home, _caller: Caller, args: ForgetArgs, progress: Progress) -> Forgotten:
    from assistant.errors import NotFound
    from assistant.flows.forget import forget_documents
    from ingestion.staleness import named

    desk = home.desk(args.tenant)
    found = named(desk, args.name)
    if not found:
        raise NotFound(
            f"There is no document named {args.name}.",
            todo="Give its name as citations show it, or its path.",
        )
    with home.erasing(args.tenant):
        done = forget_documents(desk, found)
        progress(Step(what="erasing", done=0))
    return forgotten(home, done)


def _ticket(home: Home, _caller: Caller, args: ForgetArgs, progress: Progress) -> Forgotten:
    from assistant.flows.forget import forget_ticket

    with home.erasing(args.tenant):
        done = forget_ticket(home.desk(args.tenant), args.name)
        progress(Step(what="erasing", done=0))
    return forgotten(home, done)


_NEEDS = owner_or(Role.REVIEWER, Role.OFFICER, Role.ADMIN, right=Right.ERASE)

DOCUMENT = Operation(
    "forget.document", ForgetArgs, Forgotten, _document, needs=_NEEDS, takes_turn=True
)
TICKET = Operation("forget.ticket", ForgetArgs, Forgotten, _ticket, needs=_NEEDS, takes_turn=True)

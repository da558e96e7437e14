"""Tickets: bring an export in, list them redacted, show one as it came to a permitted person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.needs import member, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class Export(TenantArgs):
    """The text of a JSON-lines export; ``name`` is what errors call it."""

    name: str
    text: str


class Imported(Shape):
    """What an import changed."""

    new: int
    changed: int
    unchanged: int


class RedactArgs(TenantArgs):
    """Tickets by reference; without any, all of them."""

    references: tuple[str, ...] = ()


class RedactedAgain(Shape):
    """How many tickets read otherwise now."""

    changed: int
    unchanged: int


class TicketLineView(Shape):
    """A ticket in the list, redacted."""

    reference: str
    subject: str
    requester: str
    status: str
    priority: str
    created_at: datetime
    turns: int


class TicketList(Shape):
    """Every ticket of a tenant, newest first."""

    tickets: tuple[TicketLineView, ...]


class OneTicket(TenantArgs):
    """A ticket by the customer's own number."""

    reference: str


class TurnView(Shape):
    """One message as it came."""

    at: datetime
    author: str
    role: str
    text: str


class TicketFull(Shape):
    """A ticket as it came, for a permitted person."""

    reference: str
    subject: str
    requester: str
    status: str
    priority: str
    created_at: datetime
    turns: tuple[TurnView, ...]


def _import(home: Home, _caller: Caller, args: Export, progress: Progress) -> Imported:
    from assistant.flows.tickets import import_tickets
    from guardrails import RawText
    from ingestion.resolved import bring_resolved

    desk = home.desk(args.tenant)
    pace = Pace("redacting")
    done = import_tickets(
        desk,
        RawText(args.text),
        args.name,
        progress=lambda at, total: progress(pace.at(at, total)),
    )
    bring_resolved(desk)
    return Imported(new=done.new, changed=done.changed, unchanged=done.unchanged)


def _redact(home: Home, _caller: Caller, args: RedactArgs, progress: Progress) -> RedactedAgain:
    from assistant.flows.checks import ticket_of
    from assistant.flows.tickets import redact_again
    from ingestion.resolved import bring_resolved

    desk, pace = home.desk(args.tenant), Pace("redacting")
    references = args.references or tuple(row.reference for row in desk.records.tickets.list())
    changed = 0
    for at, reference in enumerate(references):
        progress(pace.at(at, len(references)))
        changed += ticket_of(desk, reference) != redact_again(desk, reference)
    bring_resolved(desk)
    return RedactedAgain(changed=changed, unchanged=len(references) - changed)


def _list(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> TicketList:
    rows = home.desk(args.tenant).records.tickets.list()
    return TicketList(
        tickets=tuple(
            TicketLineView(
                reference=row.reference,
                subject=row.subject.reveal(),
                requester=row.requester.reveal(),
                status=row.status.value,
                priority=row.priority,
                created_at=row.created_at,
                turns=row.turns,
            )
            for row in rows
        )
    )


def _show(home: Home, caller: Caller, args: OneTicket, _progress: Progress) -> TicketFull:
    from assistant.flows import show

    desk, person = at_desk(home, caller, args.tenant)
    view = show.ticket(desk, person, args.reference)
    return TicketFull(
        reference=view.reference,
        subject=view.subject.for_display(),
        requester=view.requester.for_display(),
        status=view.status.value,
        priority=view.priority,
        created_at=view.created_at,
        turns=tuple(
            TurnView(
                at=turn.at,
                author=turn.author.for_display(),
                role=turn.role.value,
                text=turn.text.for_display(),
            )
            for turn in view.turns
        ),
    )


IMPORT = Operation(
    "tickets.import", Export, Imported, _import, needs=owner_or(Role.REVIEWER), alone=True
)
REDACT = Operation(
    "tickets.redact", RedactArgs, RedactedAgain, _redact, needs=owner_or(Role.REVIEWER), alone=True
)
LIST = Operation("tickets.list", TenantArgs, TicketList, _list, needs=owner_or(Role.AGENT))
SHOW = Operation("tickets.show", OneTicket, TicketFull, _show, needs=member(Role.AGENT))

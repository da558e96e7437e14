"""Tickets: bring an export in, list them redacted, show one as it came to a permitted person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ui.operations.base import Operation, Pace, PersonArgs, Progress, Shape, Step, TenantArgs
from ui.operations.people import membership

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from ingestion.source import Source


class Export(TenantArgs):
    """The text of an export of tickets; ``name`` is what errors call it."""

    name: str
    text: str

    def source(self) -> Source:
        """Return where the bytes are."""
        from ingestion.source import Upload

        return Upload(self.name, self.text.encode("utf-8", "replace"))


class ExportFile(TenantArgs):
    """An export of tickets in a file of this machine, by its absolute path."""

    path: str

    def source(self) -> Source:
        """Return where the bytes are; a file is read in pieces, whatever its size."""
        from ingestion.source import FileSource

        return FileSource(Path(self.path))


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


class OneTicket(PersonArgs):
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


def _import(home: Home, args: Export | ExportFile, progress: Progress) -> Imported:
    from ingestion.resolved import bring_resolved
    from ingestion.tickets import import_tickets

    desk = home.desk(args.tenant)
    done = import_tickets(desk, args.source(), progress=steps(progress))
    bring_resolved(desk)
    return Imported(new=done.new, changed=done.changed, unchanged=done.unchanged)


def steps(progress: Progress) -> Callable[[str, int, int | None], None]:
    """Return what an import reports to, as steps with their pace."""
    paces: dict[str, Pace] = {}

    def step(what: str, done: int, total: int | None) -> None:
        pace = paces.setdefault(what, Pace(what))
        progress(Step(what=what, done=done) if total is None else pace.at(done, total))

    return step


def _redact(home: Home, args: RedactArgs, progress: Progress) -> RedactedAgain:
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


def _list(home: Home, args: TenantArgs, _progress: Progress) -> TicketList:
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


def _show(home: Home, args: OneTicket, _progress: Progress) -> TicketFull:
    from assistant.flows import show

    desk, person = membership(home, args)
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


IMPORT = Operation("tickets.import", Export, Imported, _import, alone=True)
IMPORT_FILE = Operation("tickets.import_file", ExportFile, Imported, _import, alone=True)
REDACT = Operation("tickets.redact", RedactArgs, RedactedAgain, _redact, alone=True)
LIST = Operation("tickets.list", TenantArgs, TicketList, _list)
SHOW = Operation("tickets.show", OneTicket, TicketFull, _show)
